"""What-ifs that contradict each other, or the place of the units they name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from yunzhang.base.errors import Sentence, zh
from yunzhang.governance.lab.rules.scenarios.fields import FIELDS
from yunzhang.governance.lab.terms import Do, WhatIf
from yunzhang.governance.observatory.rules.tree import GOVERNMENT, Tree

FOREVER = 1 << 30
BESIDE = (Do.APPOINT_LEADER, Do.SIGN_AGREEMENT, Do.MERGE_UNITS)  # units of which none stands above another
PLACES = (Do.SIGN_AGREEMENT, Do.OPEN_CHANNEL)  # of governments alone
ALONE = (Do.SET_MEETINGS, Do.RAISE_SYSTEM, Do.LOOSEN_LINE)  # once at a time over the same units
SHARED = {
    Do.APPOINT_LEADER: zh("“%(unit)s”同时由两位负责同志牵头"),
    Do.VACATE_POST: zh("“%(unit)s”的岗位在另一项中同时空缺"),
    Do.SPLIT_UNIT: zh("“%(unit)s”在另一项中同时拆分"),
}
LOST = (zh("“%(unit)s”在另一项中已并入其他单位"), zh("“%(unit)s”在另一项中还有安排，不能并入其他单位"))
SECOND = (zh("“%(unit)s”在另一项中已增加同一个条线上级"), zh("“%(unit)s”在另一项中同时增加了另一个条线上级"))
type_clash = tuple[int, str | Sentence]


def say_unit(tree: Tree, number: Mapping[str, int], unit: str) -> str:
    """Return a unit by its name and its id, by its id alone where it has no name."""
    name = tree.names[number[unit]] if unit in number else ""
    return f"{name}（{unit}）" if name and name != unit else unit[:60]


def find_clash(steps: Sequence[WhatIf], number: Mapping[str, int], tree: Tree) -> type_clash | None:
    """Return the place of the first what-if that cannot be, and why; None where all can."""
    return next(_clashes(steps, number, tree), None)


def _clashes(steps: Sequence[WhatIf], number: Mapping[str, int], tree: Tree) -> Iterator[type_clash]:
    for place, one in enumerate(steps):
        yield from ((place, told) for told in _misplaced(one, number, tree))
        for other in steps[:place]:
            told = _contradiction(other, one, number, tree)
            if told is not None:
                yield place, told


def _misplaced(one: WhatIf, number: Mapping[str, int], tree: Tree) -> Iterator[str | Sentence]:
    nodes = [number[unit] for unit in one.units]
    if one.do in BESIDE and any(_is_above(tree, a, b) or _is_above(tree, b, a) for a, b in combinations(nodes, 2)):
        yield zh("所列单位互为上下级")
    if one.do in PLACES and any(tree.kind[node] != GOVERNMENT for node in nodes):
        yield zh("只能列政府，不能列部门")
    if one.do is Do.ADD_SUPERIOR:
        upper = number[str(one.values["superior"])]
        if any(_is_above(tree, upper, node) or _is_above(tree, node, upper) for node in nodes):
            yield zh("该上级与所列单位已在同一条上下级线上")
        for unit, node in zip(one.units, nodes, strict=True):
            if tree.guide[node] >= 0:
                yield _of(zh("“%(unit)s”已有条线上级"), say_unit(tree, number, unit))
    if one.do is Do.MERGE_UNITS:
        yield from _unmergeable(nodes, tree)
    if one.do is Do.MOVE_OFFICE:
        was = str(one.values["was"])
        yield from _unseatable(nodes[0], number[was] if was else None, tree)


def _unmergeable(nodes: Sequence[int], tree: Tree) -> Iterator[str]:
    if any(tree.end[node] - node > 1 for node in nodes[1:]):
        yield zh("并入的单位还有下级，不能直接合并")
    elif len({tree.kind[node] == GOVERNMENT for node in nodes}) > 1:
        yield zh("政府与部门不能合并")


def _unseatable(node: int, was: int | None, tree: Tree) -> Iterator[str]:
    if tree.kind[node] == GOVERNMENT:
        yield zh("办公室应设在部门")
    elif was == node:
        yield zh("改设到的部门就是原设的部门")
    elif was is not None and (tree.kind[was] == GOVERNMENT or seat_of(tree, was) != seat_of(tree, node)):
        yield zh("原设的部门与改设到的部门不属于同一政府")


def _is_above(tree: Tree, upper: int, lower: int) -> bool:
    return upper <= lower < int(tree.end[upper])


def seat_of(tree: Tree, node: int) -> int:
    """Return the number of the government a department belongs to, that of the root where it has none."""
    node = int(tree.parent[node])
    while node > 0 and tree.kind[node] != GOVERNMENT:
        node = int(tree.parent[node])
    return max(node, 0)


def _contradiction(earlier: WhatIf, later: WhatIf, number: Mapping[str, int], tree: Tree) -> str | Sentence | None:
    # earlier and later in the file; their days decide, and where these are alike their order
    if not _meet(earlier, later):
        return None
    for merger, other, is_after in (
        (earlier, later, later.day >= earlier.day),
        (later, earlier, earlier.day > later.day),
    ):
        lost = sorted(_lost(merger, other, is_after=is_after))
        if lost:
            return _of(LOST[0] if is_after else LOST[1], say_unit(tree, number, lost[0]))
    return _twice(earlier, later, number, tree) if earlier.do is later.do else None


def _lost(merger: WhatIf, other: WhatIf, *, is_after: bool) -> set[str]:
    # the units a merger takes from another what-if; who leaves a post empty or moves out before it does not mind
    if merger.do is not Do.MERGE_UNITS or (other.do is Do.VACATE_POST and not is_after):
        return set()
    fields = [field.name for field in FIELDS[other.do] if field.kind == "unit" and (is_after or field.name != "was")]
    return set(merger.units[1:]) & {*other.units, *(str(other.values[name]) for name in fields)}


def _twice(earlier: WhatIf, later: WhatIf, number: Mapping[str, int], tree: Tree) -> str | Sentence | None:
    # two of one kind at the same time
    shared, do = sorted(set(earlier.units) & set(later.units)), later.do
    if do in SHARED and shared:
        return _of(SHARED[do], say_unit(tree, number, shared[0]))
    if do is Do.ADD_SUPERIOR and shared:
        is_same = earlier.values["superior"] == later.values["superior"]
        return _of(SECOND[0] if is_same else SECOND[1], say_unit(tree, number, shared[0]))
    if do is Do.MOVE_OFFICE and earlier.day == later.day:
        seats = {seat_of(tree, number[one.units[0]]) for one in (earlier, later)}
        return zh("办公室同一天改设到两处") if len(seats) == 1 else None
    is_same = do in ALONE and earlier.units == later.units
    is_same |= do is Do.CHANGE_PROGRAMME and earlier.values["programme"] == later.values["programme"]
    return zh("与另一项同时生效且相互矛盾") if is_same else None


def _of(text: str, unit: str) -> Sentence:
    return Sentence(text, {"unit": unit})


def _meet(one: WhatIf, other: WhatIf) -> bool:
    return one.day < (other.until or FOREVER) and other.day < (one.until or FOREVER)
