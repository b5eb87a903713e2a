"""Pure reading of imported rows: what each would add, and what is wrong with it in plain words.

Time is an argument; nothing here reads or writes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from yunzhang.base.errors import Sentence, YunzhangError, zh
from yunzhang.base.identifiers import credit_code, division_code
from yunzhang.ground.org.rules.cells import Bad, checked, choice, day, needed, needed_day, plain, row_error, whole, yes
from yunzhang.ground.org.rules.posts import check_appointment
from yunzhang.ground.org.rules.tree import level_below
from yunzhang.ground.org.terms import (
    Appointment,
    Branch,
    Duty,
    GuidanceKind,
    ImportKind,
    ImportPlan,
    Level,
    NewPost,
    NewUnit,
    UnitKind,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from yunzhang.ground.org.terms import FileRow, Post, RowError, Unit

__all__ = ["plan_appointments", "plan_posts", "plan_units"]

KINDS = {
    "政府": UnitKind.GOVERNMENT, "人民政府": UnitKind.GOVERNMENT, "乡镇": UnitKind.TOWN, "街道": UnitKind.TOWN,
    "乡镇街道": UnitKind.TOWN, "部门": UnitKind.DEPARTMENT, "企业": UnitKind.ENTERPRISE,
    "社会组织": UnitKind.ORGANISATION, "外单位": UnitKind.EXTERNAL,
}  # fmt: skip
BRANCHES = {
    "政府": Branch.GOVERNMENT, "党委": Branch.PARTY, "人大": Branch.CONGRESS, "政协": Branch.CPPCC,
    "法院": Branch.COURT, "检察院": Branch.PROCURATORATE, "群团": Branch.GROUP,
}  # fmt: skip
LEVELS = {"国家": Level.NATION, "省": Level.PROVINCE, "市": Level.CITY, "县": Level.COUNTY, "乡": Level.TOWN}
GUIDANCE = {"业务指导": GuidanceKind.GUIDANCE, "双重领导": GuidanceKind.DUAL, "垂直管理": GuidanceKind.VERTICAL}
DUTIES = {
    "负责同志": Duty.LEADER, "办公室": Duty.OFFICE, "经办": Duty.OFFICER, "联络员": Duty.OFFICER,
    "审计": Duty.AUDITOR, "机构管理": Duty.ADMINISTRATOR,
}  # fmt: skip
NAMING = ("parent", "jurisdiction", "guided_by")  # the columns in which one unit names another
TELLING = re.compile(r"\d{17}[\dXx]|\d{15}|1\d{10}")


# ---- units


@dataclass(slots=True)
class _Roll:
    """Units known so far, by number, by name, and by the label a file gives them."""

    first: int
    by_id: dict[int, Unit | NewUnit] = field(default_factory=dict)
    by_name: dict[str, list[int]] = field(default_factory=dict)
    labels: dict[str, int] = field(default_factory=dict)
    made: set[int] = field(default_factory=set)  # numbers given to rows of this file: no label means them

    def add(self, number: int, unit: Unit | NewUnit) -> None:
        self.by_id[number] = unit
        self.by_name.setdefault(unit.name, []).append(number)

    def find(self, name: str, text: str) -> int:
        if text in self.labels:
            return self.labels[text]
        if self.stood(text):
            return int(text)
        named = self.by_name.get(text, [])
        if len(named) > 1:
            raise Bad(name, zh("有多个同名单位，请改填编号"), text)
        if not named:
            raise Bad(name, zh("系统和文件中都没有这个单位"), text)
        return named[0]

    def stood(self, text: str) -> bool:
        """Return whether the text is the number of a unit that was here before the file."""
        return text.isascii() and text.isdigit() and int(text) in self.by_id and int(text) not in self.made

    def same(self, unit: str, parent: int | None) -> int | None:
        return next((n for n in self.by_name.get(unit, ()) if self.by_id[n].parent == parent), None)


def plan_units(rows: Sequence[FileRow], known: Iterable[Unit], *, first: int) -> ImportPlan:
    """Return what the rows would add, superiors first; units are matched by number, or by name under their superior.

    Imports add only: a number that names another unit here is an error, never a rename.
    """
    roll = _Roll(first)
    for unit in known:
        roll.add(unit.id, unit)
    made: list[NewUnit] = []
    errors: list[RowError] = []
    unchanged = 0
    for row in _named_first(_superiors_first(rows, errors)):
        try:
            added = _unit(row, roll)
        except Bad as bad:
            errors.append(row_error(ImportKind.UNITS, row, bad))
            continue
        unchanged += added is None
        made += [added] if added else []
    return ImportPlan(ImportKind.UNITS, tuple(made), unchanged, tuple(sorted(errors, key=lambda each: each.row)))


def _superiors_first(rows: Sequence[FileRow], errors: list[RowError]) -> list[FileRow]:
    """Order the rows so that superiors of the same file come first; rings and doubled labels become errors."""
    own: dict[str, FileRow] = {}
    for row in rows:
        label = row.cells.get("id", "").strip()
        if label and label in own:
            errors.append(row_error(ImportKind.UNITS, row, Bad("id", zh("与前面的行编号相同"), label)))
            continue
        own[label or row.cells.get("name", "").strip() or f"#{row.number}"] = row
    placed: dict[str, bool] = {}
    ordered: list[FileRow] = []

    def place(key: str) -> None:
        path = []
        while key in own and key not in placed:
            placed[key] = False
            path.append(key)
            key = own[key].cells.get("parent", "").strip()
        if key in path:
            errors.append(row_error(ImportKind.UNITS, own[key], Bad("parent", zh("上级关系成环"), key)))
        ordered.extend(own[each] for each in reversed(path))

    for key in own:
        place(key)
    ringed = {error.row for error in errors}
    return [row for row in ordered if row.number not in ringed]


def _named_first(rows: Sequence[FileRow]) -> list[FileRow]:
    """Order the rows so that every unit of the file stands before those that name it, as place or guide too."""
    own = {row.cells.get("id", "").strip() or f"#{row.number}": row for row in rows}
    seen: set[str] = set()
    ordered: list[FileRow] = []
    stack = [(key, False) for key in reversed(own)]
    while stack:
        key, is_ready = stack.pop()
        if is_ready:
            ordered.append(own[key])
        elif key not in seen:
            seen.add(key)
            named = [own[key].cells.get(column, "").strip() for column in NAMING]
            stack += [(key, True), *((each, False) for each in named if each in own and each not in seen)]
    return ordered


def _unit(row: FileRow, roll: _Roll) -> NewUnit | None:
    cells, name = row.cells, needed(row.cells, "name")
    above = cells.get("parent", "").strip()
    parent = roll.find("parent", above) if above else None
    label = cells.get("id", "").strip()
    here = _match(label, name, parent, roll)
    if here is not None:
        roll.labels[label or name] = here
        return None
    number = roll.first
    unit = _new_unit(cells, name, parent, number, roll)
    roll.first += 1
    roll.add(number, unit)
    roll.made.add(number)
    if label:
        roll.labels[label] = number
    return unit


def _match(label: str, name: str, parent: int | None, roll: _Roll) -> int | None:
    same = roll.same(name, parent)
    if same is not None:
        return same
    if roll.stood(label) and label not in roll.labels:
        raise Bad("id", zh("系统中该编号是另一个单位；更名、调整隶属请在机构页面办理"), label)
    return None


def _new_unit(cells: Mapping[str, str], name: str, parent: int | None, number: int, roll: _Roll) -> NewUnit:
    kind = choice(cells, "kind", KINDS)
    above = roll.by_id.get(parent) if parent is not None else None
    place = cells.get("jurisdiction", "").strip()
    own_label = cells.get("id", "").strip()
    return NewUnit(
        name=name,
        short_name=plain(cells, "short_name", 120) or name,
        kind=kind,
        branch=choice(cells, "branch", BRANCHES, Branch.GOVERNMENT),
        level=choice(cells, "level", LEVELS, level_below(kind, above.level) if above else Level.CITY),
        parent=parent,
        id=number,
        jurisdiction=roll.find("jurisdiction", place) if place and place != own_label else None,
        official_order=whole(cells, "official_order"),
        code=plain(cells, "code", 40),
        division=checked(cells, "division", division_code),
        uscc=checked(cells, "uscc", credit_code),
        source=plain(cells, "source", 200),
        guided_by=_guided(cells, roll),
    )


def _guided(cells: Mapping[str, str], roll: _Roll) -> tuple[tuple[int, GuidanceKind], ...]:
    text = cells.get("guided_by", "").strip()
    if not text:
        return ()
    return ((roll.find("guided_by", text), choice(cells, "guidance", GUIDANCE, GuidanceKind.GUIDANCE)),)


# ---- posts and appointments


def plan_posts(rows: Sequence[FileRow], units: Iterable[Unit], posts: Iterable[Post]) -> ImportPlan:
    """Return what the rows would add; a post of the same unit, kind, title and sector is already there."""
    roll = _Roll(0)
    for unit in units:
        roll.add(unit.id, unit)
    held = {(post.unit, post.kind, post.title, post.sector) for post in posts}
    made: list[NewPost] = []
    errors: list[RowError] = []
    for row in rows:
        try:
            post = _post(row.cells, roll)
        except Bad as bad:
            errors.append(row_error(ImportKind.POSTS, row, bad))
            continue
        key = (post.unit, post.kind, post.title, post.sector)
        made += [post] if key not in held else []
        held.add(key)
    return ImportPlan(ImportKind.POSTS, tuple(made), len(rows) - len(errors) - len(made), tuple(errors))


def _post(cells: Mapping[str, str], roll: _Roll) -> NewPost:
    unit = roll.find("unit", needed(cells, "unit"))
    _same_name(cells, "unit_name", roll.by_id[unit].name)
    return NewPost(
        unit=unit,
        kind=needed(cells, "kind", 40),
        title=needed(cells, "title"),
        duty=choice(cells, "duty", DUTIES),
        sector=plain(cells, "sector", 40),
        official_order=whole(cells, "official_order"),
        source=plain(cells, "source", 200),
    )


def plan_appointments(rows: Sequence[FileRow], posts: Iterable[Post], held: Iterable[Appointment]) -> ImportPlan:
    """Return what the rows would add; the same person in the same post from the same day is already there.

    A row carries its person: by number where one is known here, else by name alone.
    """
    book = _Book({post.id: post for post in posts})
    for each in held:
        book.add(each)
    made: list[Appointment] = []
    errors: list[RowError] = []
    for row in rows:
        try:
            appointment = _appointment(row.cells, book)
            if not book.holds(appointment):
                _check_beside(appointment, book)
                book.add(appointment)
                made.append(appointment)
        except Bad as bad:
            errors.append(row_error(ImportKind.APPOINTMENTS, row, bad))
    return ImportPlan(ImportKind.APPOINTMENTS, tuple(made), len(rows) - len(errors) - len(made), tuple(errors))


@dataclass(slots=True)
class _Book:
    """Appointments known so far, by post and by person."""

    posts: dict[int, Post]
    of_post: dict[int, list[Appointment]] = field(default_factory=dict)
    of_person: dict[str, list[tuple[Appointment, Duty]]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def add(self, each: Appointment) -> None:
        self.of_post.setdefault(each.post, []).append(each)
        if each.person:
            self.of_person.setdefault(each.person, []).append((each, self.posts[each.post].duty))
            self.names[each.person] = each.name

    def holds(self, new: Appointment) -> bool:
        return any(
            each.from_on == new.from_on and each.name == new.name and new.person in ("", each.person)
            for each in self.of_post.get(new.post, ())
        )


def _check_beside(new: Appointment, book: _Book) -> None:
    same_person = book.of_person.get(new.person, ()) if new.person else ()
    try:
        check_appointment(new, book.posts[new.post], of_post=book.of_post.get(new.post, ()), of_person=same_person)
    except YunzhangError as error:
        params = {name: str(value) for name, value in error.params.items()}
        raise Bad("post", Sentence(error.what, params), str(new.post)) from error


def _appointment(cells: Mapping[str, str], book: _Book) -> Appointment:
    post, name = whole(cells, "post"), needed(cells, "name", 60)
    if post not in book.posts:
        raise Bad("post", zh("系统中没有这个岗位"), cells.get("post", ""))
    _same_name(cells, "title", book.posts[post].title)
    person = _person(cells)
    if book.names.get(person, name) != name:
        raise Bad("person", zh("系统中该编号是另一个人"), person)
    begun, ended = needed_day(cells, "from_on"), day(cells, "to_on")
    if ended is not None and ended <= begun:
        raise Bad("to_on", zh("应晚于任职日期"), cells.get("to_on", ""))
    return Appointment(post, person, name, begun, ended, yes(cells, "acting"), yes(cells, "concurrent"))


def _same_name(cells: Mapping[str, str], column: str, here: str) -> None:
    """Refuse a number that means something else here: the file comes from another office, or is older than a rename."""
    name = cells.get(column, "").strip()
    if name and name != here:
        raise Bad(column, zh("与系统中该编号的名称不符"), name)


def _person(cells: Mapping[str, str]) -> str:
    """Person numbers enter the ledger: they must be opaque, never a citizen number or a telephone."""
    text = plain(cells, "person", 40)
    if TELLING.fullmatch(text):
        raise Bad("person", zh("不得填写身份证号或手机号，请用内部编号"))
    return text
