"""What each what-if does: what it adds to the draft before a run, and what it changes in the arrays from its day on."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np

from yunzhang.base.errors import Sentence, zh
from yunzhang.governance.lab.rules.composing import MONTH
from yunzhang.governance.lab.rules.links import draw_links
from yunzhang.governance.lab.rules.scenarios.clashes import seat_of
from yunzhang.governance.lab.rules.scenarios.draft import NOBODY, Arrays, Draft
from yunzhang.governance.lab.terms import RELATIONS, BadScenario, Do, WhatIf
from yunzhang.governance.observatory.rules.tree import FIRST_OUTSIDE, GOVERNMENT, VIRTUAL

FOREVER = 1 << 30
CROWN = "centre"
REGION, MARKET, SOCIETY = (RELATIONS.index(name) for name in ("region", "market", "society"))
VERTICAL = 4  # relations below this number are vertical
CLASS_OF = {"citizen": "society", "organisation": "society", "enterprise": "market"}
COLUMNS = ("id", "parent", "guided_by", "kind", "jurisdiction", "name")


def _pace(one: WhatIf, term: float = 20) -> tuple[float, float, int]:
    return float(one.values["rate"]), float(one.values["chance"]), int(float(one.values.get("term", term)))


def _row(draft: Draft, **cells: str) -> dict[str, str]:
    return dict.fromkeys(draft.rows[0], "") | cells


def _row_of(draft: Draft, unit: str) -> dict[str, str]:
    return next(row for row in draft.rows if row["id"] == unit)


def free_id(draft: Draft, wish: str) -> str:
    """Return the wished id, or with a number behind where a unit has it."""
    taken = {row["id"] for row in draft.rows}
    return next(name for name in (wish, *(f"{wish}-{k}" for k in range(1, len(taken) + 2))) if name not in taken)


# ---- what is added before a run


def _raise_system(draft: Draft, place: int, one: WhatIf) -> None:
    crown = free_id(draft, CROWN)
    roots = [row["id"] for row in draft.rows if not row["parent"] and row["kind"] in ("government", "department")]
    draft.add_unit(
        _row(draft, id=crown, kind="government", jurisdiction=crown, name=zh("更高一级（学术情景）")), one.day
    )
    draft.crowned = crown, one.day, one.until or FOREVER
    for root in roots:
        for kind in ("directive", "report"):
            draft.add_stream(place, f"territorial {kind}", (crown, root), _pace(one))


def _sign_agreement(draft: Draft, place: int, one: WhatIf) -> None:
    for a, b in combinations(one.units, 2):
        draft.links.append((a, b, place))
        for ends in ((a, b), (b, a)):
            draft.add_stream(place, "region", ends, _pace(one))


def _open_channel(draft: Draft, place: int, one: WhatIf) -> None:
    kind = str(one.values["kind"])
    outsider = free_id(draft, f"channel-{place + 1}")
    draft.add_unit(_row(draft, id=outsider, kind=kind, name=outsider), one.day)
    for unit in one.units:
        draft.add_stream(place, CLASS_OF[kind], (outsider, unit), _pace(one))


def _merge(draft: Draft, place: int, one: WhatIf) -> None:
    into, *rest = one.units
    group = set(one.units)
    for unit in rest:
        draft.merged[unit] = one.day, into
        for relation, creditor, debtor, rate, chance, term in draft.streams_of(unit):
            if creditor in group and debtor in group:
                continue
            ends = (into if creditor == unit else creditor, into if debtor == unit else debtor)
            draft.add_stream(place, relation, ends, (rate * MONTH, chance, term))


def _split(draft: Draft, place: int, one: WhatIf) -> None:
    unit, share = one.units[0], float(one.values["share"])
    row = _row_of(draft, unit)
    fresh = free_id(draft, f"{unit}~2")
    seat = {"jurisdiction": fresh} if row["jurisdiction"] == unit else {}
    draft.split[unit] = fresh
    draft.add_unit(row | seat | {"id": fresh, "name": str(one.values["name"]) or f"{row['name']}（新设）"}, one.day)
    for relation, creditor, debtor, rate, chance, term in draft.streams_of(unit):
        ends = (fresh if creditor == unit else creditor, fresh if debtor == unit else debtor)
        draft.add_stream(place, relation, ends, (rate * MONTH * share, chance, term))
    across = "region" if row["kind"] == "government" else "department"
    for ends in ((unit, fresh), (fresh, unit)):
        draft.add_stream(place, across, ends, _pace(one))


def _add_superior(draft: Draft, place: int, one: WhatIf) -> None:
    upper = str(one.values["superior"])
    for unit in one.units:
        if _row_of(draft, unit)["guided_by"]:
            at = Sentence(zh("第 %(place)s 项"), {"place": str(place + 1)})
            raise BadScenario(at=at, problem=zh("所列单位已有条线上级"))
        draft.guided.append((unit, upper, one.day, one.until or FOREVER))
        for kind in ("directive", "report"):
            draft.add_stream(place, f"functional {kind}", (upper, unit), _pace(one))


def _add_links(draft: Draft, place: int, one: WhatIf) -> None:
    tree = draft.made.tree
    number = {name: node for node, name in enumerate(tree.ids)}
    if one.units:
        pairs = [(number[a], number[b]) for a, b in combinations(one.units, 2)]
    else:
        law = {"lam": float(one.values["lam"]), "zeta": float(one.values["zeta"])}
        drawn = draw_links(draft.made.backbone, count=int(float(one.values["count"])), seed=place + 1, **law)
        pairs = [(int(a), int(b)) for a, b in drawn]
    for a, b in pairs:
        kinds = tree.kind[a], tree.kind[b]
        if VIRTUAL in kinds or tree.end[min(a, b)] > max(a, b):  # on one line: a link there is no tie across
            continue
        relation = "region" if kinds == (GOVERNMENT, GOVERNMENT) else "department"
        draft.links.append((tree.ids[a], tree.ids[b], place))
        for ends in ((tree.ids[a], tree.ids[b]), (tree.ids[b], tree.ids[a])):
            draft.add_stream(place, relation, ends, _pace(one))


EXTEND: dict[Do, Callable[[Draft, int, WhatIf], None]] = {
    Do.RAISE_SYSTEM: _raise_system,
    Do.SIGN_AGREEMENT: _sign_agreement,
    Do.OPEN_CHANNEL: _open_channel,
    Do.MERGE_UNITS: _merge,
    Do.SPLIT_UNIT: _split,
    Do.ADD_SUPERIOR: _add_superior,
    Do.ADD_LINKS: _add_links,
}


# ---- what changes from its day on


def _between(at: Arrays, nodes: np.ndarray, relation: int) -> np.ndarray:
    both = np.isin(at.creditor, nodes) & np.isin(at.debtor, nodes)
    return np.asarray(both & (at.relation == relation))


def _lift(at: Arrays, which: np.ndarray, chance: float) -> None:
    at.chance[which] = np.maximum(at.chance[which], chance)


def _appoint(at: Arrays, one: WhatIf) -> None:
    nodes = at.nodes(one.units)
    at.units.watch[nodes] = len(at.leaders)
    at.leaders.append((float(one.values["capacity"]), float(one.values["chance"])))
    at.units.rho[nodes] = np.maximum(at.units.rho[nodes], float(one.values["refresh"]))


def _raised(at: Arrays, one: WhatIf) -> None:
    tree = at.tree
    reached = (tree.depth >= 1) & (tree.depth <= float(one.values["reach"]))
    at.units.rho[reached] = np.maximum(at.units.rho[reached], float(one.values["refresh"]))
    outside = (tree.kind[at.creditor] >= FIRST_OUTSIDE) | (tree.kind[at.debtor] >= FIRST_OUTSIDE)
    deep = tree.depth[np.minimum(at.debtor, tree.count - 1)]
    _lift(at, (at.relation == REGION) & (outside | (deep == 1)), float(one.values["across"]))


def _agreed(at: Arrays, one: WhatIf) -> None:
    _lift(at, _between(at, at.nodes(one.units), REGION), float(one.values["chance"]))


def _opened(at: Arrays, one: WhatIf) -> None:
    relation = RELATIONS.index(CLASS_OF[str(one.values["kind"])])
    _lift(at, (at.relation == relation) & np.isin(at.debtor, at.nodes(one.units)), float(one.values["chance"]))


def _moved(at: Arrays, one: WhatIf) -> None:
    at.units.host[seat_of(at.tree, at.number[one.units[0]])] = at.number[one.units[0]]


def _meet(at: Arrays, one: WhatIf) -> None:
    start = at.number[one.units[0]] if one.units else 0
    every, gain = int(float(one.values["every"])), float(one.values["gain"])
    at.meetings.append((start, int(at.tree.end[start]), every, one.day, gain, NOBODY))


def _vacate(at: Arrays, one: WhatIf) -> None:
    at.units.vacant[at.nodes(one.units)] = 1


def _merged(at: Arrays, one: WhatIf) -> None:
    into, rest = at.number[one.units[0]], at.nodes(one.units[1:])
    at.rate[(at.owner == NOBODY) & (np.isin(at.debtor, rest) | np.isin(at.creditor, rest))] = 0.0
    at.units.capacity[into] += float(one.values["keep"]) * at.units.capacity[rest].sum()


def _divided(at: Arrays, one: WhatIf) -> None:
    node, share = at.number[one.units[0]], float(one.values["share"])
    at.rate[(at.owner == NOBODY) & ((at.debtor == node) | (at.creditor == node))] *= 1.0 - share
    whole = at.units.capacity[node]
    at.units.capacity[node] = whole * (1.0 - share)
    at.units.capacity[at.number[at.split[one.units[0]]]] = whole * share


def _loosen(at: Arrays, one: WhatIf) -> None:
    start = at.number[one.units[0]] if one.units else 0
    inside, factor = slice(start, int(at.tree.end[start])), float(one.values["factor"])
    down = (at.relation < VERTICAL) & (at.debtor >= inside.start) & (at.debtor < inside.stop)
    at.chance[down] = np.minimum(1.0, at.chance[down] * factor)
    at.units.hop[inside] = np.minimum(1.0, at.units.hop[inside] * factor)


APPLY: dict[Do, Callable[[Arrays, WhatIf], None]] = {
    Do.APPOINT_LEADER: _appoint,
    Do.RAISE_SYSTEM: _raised,
    Do.SIGN_AGREEMENT: _agreed,
    Do.OPEN_CHANNEL: _opened,
    Do.MOVE_OFFICE: _moved,
    Do.SET_MEETINGS: _meet,
    Do.VACATE_POST: _vacate,
    Do.MERGE_UNITS: _merged,
    Do.SPLIT_UNIT: _divided,
    Do.LOOSEN_LINE: _loosen,
}
