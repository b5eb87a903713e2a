"""Compile every message catalogue with Babel; no gettext programs are needed."""

from __future__ import annotations

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).resolve().parents[1] / "yunzhang" / "web" / "locale"


def main() -> None:
    """Write a .mo beside every .po."""
    for file in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        with file.open("rb") as source:
            catalogue = read_po(source, locale=file.parts[-3])
        with file.with_suffix(".mo").open("wb") as target:
            write_mo(target, catalogue)


if __name__ == "__main__":
    main()
