"""`python -m yunzhang.cli` is the command `yunzhang`."""

from yunzhang.cli.root import main

if __name__ == "__main__":
    main()
