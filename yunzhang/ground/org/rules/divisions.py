"""Pure facts about division codes: levels, pseudo-levels, the real superior, fictional names.

Time is an argument; nothing here reads or writes.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from yunzhang.base.errors import zh
from yunzhang.ground.org.terms import Division, Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

__all__ = [
    "NATION",
    "division_level",
    "fictional",
    "is_pseudo",
    "lift",
    "place_code",
    "real_places",
    "within",
]

NATION = "00"
INVENTED = zh("虚构")
LEVELS = {2: Level.PROVINCE, 4: Level.CITY, 6: Level.COUNTY, 9: Level.TOWN}
LEVEL_ORDER = (Level.NATION, Level.PROVINCE, Level.CITY, Level.COUNTY, Level.TOWN)
PSEUDO = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划", "直辖县级行政区划"}
TOWN_PARTS = range(1, 400)  # GB/T 10114: 001-399 街道, 镇, 乡; from 400 on special units
ZONE_PARTS = range(71, 81)  # statistical codes of development zones, not in GB/T 2260
CITIES_WITHOUT_COUNTIES = {"东莞市": "441900", "中山市": "442000", "儋州市": "460400", "嘉峪关市": "620201"}


def place_code(text: str) -> str:
    """Return the shortest form of a place's code: trailing pairs of zeros fall away.

    >>> place_code("500000"), place_code("450100"), place_code("441900"), place_code("00")
    ('50', '4501', '4419', '00')
    """
    code = text.strip()
    while len(code) in (4, 6) and code.endswith("00"):
        code = code[:-2]
    return code or NATION


def division_level(code: str) -> Level | None:
    """Return the level a code speaks of; villages (12 digits) have none, they are no units.

    >>> division_level("500101").value
    'county'
    """
    return Level.NATION if code == NATION else LEVELS.get(len(code))


def is_pseudo(code: str, name: str) -> bool:
    """Return True for rows of the list that are no places: 市辖区, 县, 省直辖…, repeated cities, zones, special units.

    >>> is_pseudo("5001", "市辖区"), is_pseudo("441900", "东莞市"), is_pseudo("130171", "石家庄高新技术产业开发区")
    (True, True, True)
    """
    if name in PSEUDO or CITIES_WITHOUT_COUNTIES.get(name) == code:
        return True
    if len(code) == 6:
        return int(code[4:]) in ZONE_PARTS
    return len(code) == 9 and int(code[6:]) not in TOWN_PARTS


def lift(rows: Sequence[tuple[str, str, str]], *, from_on: date, source: str) -> list[Division]:
    """Return the divisions of a list of (code, name, code above), each under its next real superior.

    Pseudo rows stay in the result, marked, so that their codes can be explained; nothing stands under them.
    """
    above = {code: parent for code, _, parent in rows}
    pseudo = {code for code, name, _ in rows if is_pseudo(code, name)}

    def real(code: str) -> str:
        while code in pseudo:
            code = above.get(code, NATION)
        return code

    return [
        Division(code, name, real(parent), from_on=from_on, is_pseudo=code in pseudo, source=source)
        for code, name, parent in rows
    ]


def within(code: str, place: str) -> bool:
    """Return True where a code belongs to the place: its own code, or one that starts with it.

    >>> within("500101", "50"), within("510100", "50"), within("11", "00")
    (True, False, True)
    """
    return place == NATION or code.startswith(place)


def real_places(divisions: Iterable[Division], place: str, depth: Level) -> list[Division]:
    """Return the real divisions of a place down to a depth, each after its superior, in code order.

    A depth the place lacks means the next lower one: where no city stands below it, its counties are shown.
    """
    found = [each for each in divisions if not each.is_pseudo and within(each.code, place)]
    levels = {division_level(each.code) for each in found if each.code != place}
    deepest = next((level for level in LEVEL_ORDER[LEVEL_ORDER.index(depth) :] if level in levels), depth)
    wanted = [
        each
        for each in found
        if (level := division_level(each.code)) and LEVEL_ORDER.index(level) <= LEVEL_ORDER.index(deepest)
    ]
    return sorted(wanted, key=lambda each: (len(each.code) if each.code != NATION else 0, each.code))


STEMS = "甲乙丙丁戊己庚辛壬癸"
BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
CYCLE = [STEMS[n % 10] + BRANCHES[n % 12] for n in range(60)]
NUMERALS = "一二三四五六七八九"
ENDINGS = ("街道", "镇", "乡", "自治区", "省", "市", "区", "县", "州", "盟", "旗")
# Pairs that GB/T 2260 gives to no province: invented places can never be taken for real ones.
FREE_PAIRS = [str(n) for n in (*range(99, 91, -1), *range(90, 82, -1), *range(80, 71, -1), *range(69, 65, -1), 39, 38)]


def fictional(divisions: Sequence[Division], place: str) -> list[Division]:
    """Return the same structure under invented names and codes no real place has: 江州市, 甲区, 乙区, 甲区一镇…

    `divisions` come each after its superior; siblings are named by the stems, then the branches, then the cycle.
    """
    pairs = dict(
        zip(dict.fromkeys(each.code[:2] for each in divisions if each.code != NATION), FREE_PAIRS, strict=False)
    )
    made: dict[str, Division] = {}
    turns: dict[str, int] = defaultdict(int)

    def mask(code: str) -> str:
        return pairs.get(code[:2], code[:2]) + code[2:]

    for each in divisions:
        if each.code == place:
            name = "云国" if place == NATION else f"江州{_ending(each.name)}"
        else:
            name = _invent(each, made[each.parent], is_top=each.parent == place, turn=turns[each.parent])
            turns[each.parent] += 1
        code, above = mask(each.code), mask(each.parent) if each.code != place else ""
        made[each.code] = Division(code, name, above, from_on=each.from_on, source=INVENTED)
    return list(made.values())


def _ending(name: str) -> str:
    return next((ending for ending in ENDINGS if name.endswith(ending)), "市")


def _invent(division: Division, above: Division, *, is_top: bool, turn: int) -> str:
    ending = _ending(division.name)
    if len(division.code) == 9:
        return f"{above.name}{_numeral(turn + 1)}{ending}"
    names = [*STEMS, *BRANCHES, *CYCLE]
    plain = f"{names[turn % len(names)]}{ending}"
    return plain if is_top else f"{above.name}{plain}"


def _numeral(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = "" if not tens else ("十" if tens == 1 else f"{NUMERALS[tens - 1]}十")
    return head + (NUMERALS[ones - 1] if ones else "")
