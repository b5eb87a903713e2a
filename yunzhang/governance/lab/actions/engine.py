"""Which engine made a result: one digest of all programs that decide what a run comes to."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import yunzhang

__all__ = ["find_engine_digest"]
PACKAGE = Path(yunzhang.__file__).resolve().parent
DECIDING = ("base", "governance/lab/rules", "governance/observatory/rules")


@cache
def find_engine_digest() -> str:
    """Return one digest of the programs that decide what a run comes to: the engine, its rules, the measure, chance."""
    sums = hashlib.sha256()
    for folder in DECIDING:
        for file in sorted((PACKAGE / folder).rglob("*.py")):
            digest = hashlib.sha256(file.read_bytes()).hexdigest()
            sums.update(f"{file.relative_to(PACKAGE)} {digest}\n".encode())
    return sums.hexdigest()
