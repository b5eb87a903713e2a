"""A table of policy documents: who cites whom down a line, who issues jointly, who was consulted.

An upper document is a matter its citing lower document closes; a joint issue is a tie closed on its day; a consultation
is a matter each consulted body owes an answer to.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Cells
from dataclasses import dataclass

from yunzhang.governance.observatory.rules.logs.clock import Unreadable, days, read_moment
from yunzhang.governance.observatory.rules.logs.desk import Aside, Desk
from yunzhang.governance.observatory.rules.logs.spec import Cites, Consults, DocumentRules
from yunzhang.governance.observatory.rules.logs.units import NoUnit


@dataclass(slots=True)
class Document:
    """One document; the first issuer leads."""

    row: int
    id: str
    at: int
    issuers: list[str]
    addressees: list[str]
    cites: list[str]
    consulted: list[tuple[str, int | None]]
    consulted_at: int | None
    kind: str
    programme: str
    used: bool = False


def read_documents(rows: Iterable[tuple[int, Cells[str, str]]], desk: Desk) -> None:
    """Turn documents into loops; who cites what is known only when all have been read."""
    rules = desk.mapping.loops
    assert isinstance(rules, DocumentRules)  # noqa: S101 - the mapping was checked
    documents: dict[str, Document] = {}
    for number, cells in rows:
        with desk.row(number, cells, uses=False):
            one = _document(number, cells, desk)
            if one.id in documents:
                raise Aside("duplicate_id")
            documents[one.id] = one
    ordered = sorted(documents.values(), key=lambda one: (one.at, one.row))
    if rules.cites is not None:
        _follow_citations(ordered, documents, rules.cites, desk)
    for one in ordered:
        _join(one, rules.joint, desk)
        if rules.consults is not None:
            _consult(one, rules.consults, desk)
    for one in ordered:
        if one.used:
            desk.tally.used += 1
        else:
            desk.tally.put_aside("opens_nothing", one.row, {"id": one.id, "issuer": "、".join(one.issuers)})


def _document(number: int, cells: Cells[str, str], desk: Desk) -> Document:
    read = desk.reader(cells)
    if not read("id"):
        raise Aside("no_id")
    at = desk.moment(read("at"))
    issuers = [desk.units.unit_of(name) for name in desk.mapping.split(read("issuer"))]
    if not issuers:
        raise Aside("no_unit")
    asked = read_moment(read("consulted_at"), desk.mapping.clock)
    consulted = [_consulted(text, desk) for text in desk.mapping.split(read("consulted"))]
    addressees = list(_known(desk, read("to")))
    desk.hang(cells, {"issuer": issuers[0]})
    cites = desk.mapping.split(read("cites"))
    kept = list(dict.fromkeys(issuers))
    return Document(number, read("id"), at, kept, addressees, cites, consulted, asked, read("kind"), read("programme"))


def _known(desk: Desk, text: str) -> Iterable[str]:
    for name in desk.mapping.split(text):
        try:
            yield desk.units.unit_of(name)
        except NoUnit as reason:
            desk.tally.parts[str(reason)] += 1


def _consulted(text: str, desk: Desk) -> tuple[str, int | None]:
    # "某局=2026-03-02": the day the answer came; without a day none came
    name, _, day = text.partition("=")
    try:
        return desk.units.unit_of(name), read_moment(day, desk.mapping.clock)
    except Unreadable as reason:
        raise Aside(str(reason)) from None


def _follow_citations(ordered: list[Document], known: dict[str, Document], rules: Cites, desk: Desk) -> None:
    first: dict[str, dict[str, int]] = {}  # document -> unit that implements it -> when it first did
    for one in ordered:
        for cited in one.cites:
            upper = known.get(cited)
            if upper is None or upper.at > one.at:
                desk.tally.parts["cites_unseen" if upper is None else "cites_later"] += 1
                continue
            lower = [unit for unit in one.issuers if desk.units.is_above(upper.issuers[0], unit)]
            desk.tally.parts["cites_beside"] += int(not lower)
            for unit in lower:
                first.setdefault(cited, {}).setdefault(unit, one.at)
                one.used = upper.used = True
    for upper in ordered:
        done = first.get(upper.id, {})
        for unit in _wanted(upper, list(done), rules, desk):
            upper.used = True
            moments = (upper.at, upper.at + days(rules.within_days), done.get(unit))
            desk.loops.add(upper.id, rules.kind, (upper.issuers[0], unit), moments, programme=upper.programme)


def _wanted(upper: Document, done: list[str], rules: Cites, desk: Desk) -> list[str]:
    # those who implemented it, and those who by the mapping ought to have
    issuer = upper.issuers[0]
    wanted = list(done)
    if rules.silent == "addressees":
        wanted += [unit for unit in upper.addressees if desk.units.is_above(issuer, unit)]
    if rules.silent == "sisters":
        rows = desk.units.rows
        kinds = {rows[unit]["kind"] for unit in done if rows[unit]["parent"] == issuer}
        wanted += [unit for unit in desk.units.below(issuer) if rows[unit]["kind"] in kinds] if kinds else []
    return list(dict.fromkeys(wanted))


def _join(one: Document, kind: str, desk: Desk) -> None:
    # a star about the leading issuer: one act of thirty signatures is no thirty times thirty ties
    if not kind or len(one.issuers) < 2:
        return
    one.used = True
    for other in one.issuers[1:]:
        parties, moments = (one.issuers[0], other), (one.at, one.at, one.at)
        desk.loops.add(f"{one.id}/joint", kind, parties, moments, programme=one.programme)


def _consult(one: Document, rules: Consults, desk: Desk) -> None:
    if not one.consulted or one.consulted_at is None:
        desk.tally.parts["no_moment"] += len(one.consulted)
        return
    asked = one.consulted_at
    for unit, answered in one.consulted:
        if unit == one.issuers[0] or (answered is not None and answered < asked):
            desk.tally.parts["same_unit" if unit == one.issuers[0] else "closed_before_opened"] += 1
            continue
        one.used = True
        moments = (asked, asked + days(rules.within_days), answered)
        parties = (one.issuers[0], unit)
        desk.loops.add(f"{one.id}/consult", rules.kind, parties, moments, programme=one.programme)
