"""The engine beside published models: the numbers it is compared with, as dated data hold them, and the comparison."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from yunzhang.governance.lab.rules.limits import dodds, lazer, march, nk
from yunzhang.governance.lab.rules.limits.checks import Compared, Reference
from yunzhang.kit.parameters import read_parameters

__all__ = ["LIMITS", "find_comparison", "find_published"]
FOLDER = Path(__file__).resolve().parents[3] / "data" / "lab"
LIMITS: Mapping[str, tuple[Callable[..., Compared], int, int]] = {  # how many runs in whole, and how many suffice
    "nk": (nk.compare, nk.LANDSCAPES, nk.LANDSCAPES // 2),
    "march": (march.compare, march.RUNS, march.RUNS // 2),
    "lazer": (lazer.compare, lazer.LANDSCAPES, lazer.LANDSCAPES // 2),
    "dodds": (dodds.compare, dodds.NETWORKS, dodds.NETWORKS),  # its bands need all of them
}


@cache
def find_published() -> dict[str, Reference]:
    """Return every published number the engine is compared with. Raises BadData."""
    held = {name: one for file in sorted(FOLDER.glob("*.yaml")) for name, one in read_parameters(file).items()}
    return {name: Reference(one.values[-1].value, one.values[-1].source) for name, one in held.items()}


def find_comparison(
    name: str, *, quick: bool = False, seed: int = 1, tell: Callable[[int, int], None] | None = None
) -> Compared:
    """Return one limit beside its published numbers; `quick`: with half the runs where bands allow it.

    `tell` gets runs done and to do.
    """
    compare, whole, fewer = LIMITS[name]
    return compare(find_published(), runs=fewer if quick else whole, seed=seed, tell=tell)
