"""`python -m bench [NAME …] [--quick]`: runs every bench, each in a process of its own, and prints its figures."""

from __future__ import annotations

import argparse
import importlib
import subprocess
import sys
import time
from pathlib import Path

from bench.harness import Bench, machine

FOLDER = Path(__file__).resolve().parent
ASIDE = ("__init__", "__main__", "harness")


def names() -> list[str]:
    """Return the names of all benches: the modules of this folder that have a `run`."""
    return sorted(f.stem for f in FOLDER.glob("*.py") if f.stem not in ASIDE and "\ndef run(" in f.read_text("utf-8"))


def main() -> int:
    """Run what was asked for; the status tells whether a bench broke, never how fast it was."""
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("names", nargs="*", help=", ".join(names()))
    parser.add_argument("--quick", action="store_true", help="one run each, at a tenth of the size")
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    unknown = set(asked.names) - set(names())
    if unknown:
        parser.error(f"no such bench: {', '.join(sorted(unknown))}")
    if asked.alone:
        bench = Bench(runs=1, scale=0.1) if asked.quick else Bench()
        importlib.import_module(f"bench.{asked.names[0]}").run(bench)
        return 0
    return run_all(asked.names or names(), quick=asked.quick)


def run_all(asked: list[str], *, quick: bool) -> int:
    """Run benches one after the other; returns how many broke."""
    broken = []
    for name in asked:
        print(f"\n{name}: {machine()}", flush=True)
        started = time.perf_counter()
        words = [sys.executable, "-m", "bench", name, "--alone", *(["--quick"] if quick else [])]
        if subprocess.run(words, cwd=FOLDER.parent, check=False).returncode:
            broken.append(name)
        print(
            f"  {name} took {time.perf_counter() - started:.0f} s, load now {machine().split('load ')[1]}", flush=True
        )
    if broken:
        print(f"\nbroken: {', '.join(broken)}")
    return len(broken)


if __name__ == "__main__":
    sys.exit(main())
