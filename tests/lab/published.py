"""The numbers the limits are compared with, as the product's own data hold them."""

from __future__ import annotations

from pathlib import Path

from yunzhang.governance.lab.rules.limits.checks import Check, Compared, Reference
from yunzhang.kit.parameters import read_parameters

FILE = Path(__file__).resolve().parents[2] / "yunzhang" / "data" / "lab" / "published.yaml"


def published() -> dict[str, Reference]:
    held = read_parameters(FILE)
    return {name: Reference(one.values[-1].value, one.values[-1].source) for name, one in held.items()}


def failed(compared: Compared) -> list[Check]:
    return [check for check in compared.checks if not check.passed]


def found(compared: Compared, name: str) -> float:
    return next(check.found for check in compared.checks if check.name == name)
