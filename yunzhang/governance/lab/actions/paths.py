"""Paths between the modes and where the advice fails, with costs and stands as dated parameters hold them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, fields, is_dataclass, replace
from datetime import date
from math import inf, isfinite
from typing import TYPE_CHECKING, Any

from yunzhang.governance.lab.rules.backbone import regular_tree
from yunzhang.governance.lab.rules.paths.learning import Work, compare_learning
from yunzhang.governance.lab.rules.paths.mapping import AXES, Grid, map_paths
from yunzhang.governance.lab.rules.paths.placing import Answers, Placing
from yunzhang.governance.lab.rules.paths.stands import Costs, Setting, Stand, stands_of
from yunzhang.governance.lab.rules.paths.walking import PATHS, walk_paths
from yunzhang.kit import parameters as parameters_of
from yunzhang.kit.yaml import BadData

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["find_assumptions", "find_learning", "find_map", "find_paths"]
BRANCH, LEVELS = 5, 6  # 3,906 units, the tree of Dodds, Watts and Sabel
PLACED_LEVELS, PLACED_RUNS = 4, 20  # 156 units: a year of all their matters, measured as an office's are
Tell = Callable[[int, int], None]


def find_assumptions(on: date) -> dict[str, Any]:
    """Return `costs`, `modes` and `answers` as the dated parameters `lab` hold them on a day. Raises BadData."""
    held = parameters_of.load("lab").on(on)
    found: dict[str, Any] = {name: held[name] for name in ("costs", "modes", "answers")}
    try:
        costs, _ = Costs(**_numbers(found["costs"])), Answers(**_numbers(found["answers"]))
        stands_of(found["modes"])
        if costs.link + costs.link_upkeep * costs.years <= 0:
            raise ValueError("link 0")
    except (TypeError, ValueError, KeyError) as error:
        raise BadData(file="lab.yaml", problem=f"{type(error).__name__}: {error}") from error
    return found


def _numbers(values: dict[str, Any]) -> dict[str, float]:
    told = {name: float(value) for name, value in values.items()}
    if not all(isfinite(value) and value >= 0 for value in told.values()):
        raise ValueError(values)
    return told


def find_paths(
    on: date, *, levels: int = LEVELS, runs: int = 10, seed: int = 1, tell: Tell | None = None
) -> dict[str, Any]:
    """Return every step of every path: `rows` as `walk_paths` has them, `clouds`, `assumed`, plain for JSON.

    `clouds` holds for each line and number of links, as "line links", V and H of each run of the engine.
    """
    held = find_assumptions(on)
    setting = Setting(regular_tree(BRANCH, levels), across=held["modes"]["across"], runs=runs, seed=seed)
    placed = replace(setting, tree=regular_tree(BRANCH, min(levels, PLACED_LEVELS)), runs=PLACED_RUNS)
    place = Placing(placed, Answers(**_numbers(held["answers"])))
    costs = Costs(**_numbers(held["costs"]))
    table = walk_paths(stands_of(held["modes"]), setting, costs, place=place, tell=tell)
    clouds = {f"{stand.line:g} {stand.links:g}": found.tolist() for stand, found in place.found.items()}
    return {
        "rows": _rows(table),
        "clouds": clouds,
        "paths": {name: list(modes) for name, modes in PATHS.items()},
        "assumed": held | _setting(setting) | {"placed_units": placed.tree.count, "placed_runs": PLACED_RUNS},
    }


def find_map(
    on: date, *, grid: Grid | None = None, levels: int = LEVELS, runs: int = 10, seed: int = 1, tell: Tell | None = None
) -> dict[str, Any]:
    """Return which path wins in each world of a grid at equal budget: `rows` as `map_paths` has them, `axes`."""
    held, used = find_assumptions(on), grid or Grid()
    setting = Setting(regular_tree(BRANCH, levels), across=held["modes"]["across"], runs=runs, seed=seed)
    costs = Costs(**_numbers(held["costs"]))
    table = map_paths(setting, costs, line=held["modes"]["strong_line"], grid=used, tell=tell)
    axes = {name: [_plain(value) for value in getattr(used, name)] for name in AXES}
    return {"rows": _rows(table), "axes": axes, "assumed": held | _setting(setting)}


def find_learning(on: date, *, work: Work | None = None, levels: int = 4, tell: Tell | None = None) -> dict[str, Any]:
    """Return what both stands of one budget know where the work is hard: `rows` as `compare_learning` has them.

    Who gives up the line down to the weak one has the links the same budget pays for.
    """
    held, used, tree = find_assumptions(on), work or Work(), regular_tree(BRANCH, levels)
    modes = held["modes"]
    keep, given_up = Stand(modes["strong_line"], modes["links"]), modes["strong_line"] - modes["weak_line"]
    more = Costs(**_numbers(held["costs"])).equal_links(tree, keep.links, given_up)
    give_up = Stand(modes["weak_line"], max(0.0, more))
    table = compare_learning(keep, give_up, used, tree=tree, tell=tell)
    stands = {"keep": asdict(keep), "give_up": asdict(give_up)}
    facts = {"units": tree.count, "runs": used.runs, "seed": used.seed}
    return {"rows": _rows(table), "stands": stands, "assumed": held | facts}


def _setting(setting: Setting) -> dict[str, Any]:
    told = {each.name: getattr(setting, each.name) for each in fields(setting)}
    plain = {name: _plain(value) for name, value in told.items() if not is_dataclass(value) and name != "tree"}
    return plain | {"units": setting.tree.count}


def _rows(table: pa.Table) -> list[dict[str, Any]]:
    return [{name: _plain(value) for name, value in row.items()} for row in table.to_pylist()]


def _plain(value: Any) -> Any:
    # JSON knows no infinity: "inf" as text; what is not a number is null
    if isinstance(value, float) and not isfinite(value):
        return "inf" if value == inf else None
    return value
