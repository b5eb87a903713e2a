"""Reads a mapping strictly: an unknown key, a missing role, a wrong value is an error that names where it stands."""

from __future__ import annotations

from collections.abc import Mapping as Facts
from datetime import UTC, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from yunzhang.base.errors import zh
from yunzhang.governance.observatory.rules.logs import spec
from yunzhang.governance.observatory.rules.logs.nodes import Node, numbers, words
from yunzhang.governance.observatory.rules.logs.spec import Clock, Mapping, Match, Source, UnitRules
from yunzhang.governance.observatory.terms import UNIT_KINDS

ENCODINGS = ("utf-8", "gb18030")
SEPARATORS = (",", ";", "\t", "|")
SIDES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "need": (("lead", "support"), ("matters",)),
    "groups": (("group", "member"), ("lead",)),
    "due": (("creditor", "debtor", "kind", "count"), ()),
}
SECTIONS = {"log", "title", "file", "time", "columns", "units", "loops", "only", "several", "tables", "within_days"}


def read_mapping(facts: Facts[Any, Any]) -> Mapping:
    """Return the mapping that a YAML file's facts declare; raises BadMapping naming the key that is wrong."""
    top = Node(facts).table(SECTIONS, ("log", "columns"))
    log = top["log"].one_of(*spec.LOGS)
    file = top["file"].table({"encoding", "separator"}) if "file" in top else {}
    if "within_days" in top and log != "matters":
        raise top["within_days"].refuse(zh("只用于 matters；其他日志写在 loops 之下"))
    found = Mapping(
        log=log,
        columns=_columns(top["columns"], log),
        clock=_clock(top["time"]) if "time" in top else Clock(),
        units=_units(top["units"]) if "units" in top else UnitRules(),
        loops=_loops(top.get("loops"), log),
        within_days=top["within_days"].number(0, 36_500) if "within_days" in top else None,
        title=top["title"].text() if "title" in top else "",
        encoding=file["encoding"].one_of(*ENCODINGS) if "encoding" in file else "utf-8",
        separator=_separator(file),
        several=top["several"].texts() if "several" in top else ("、", ";", "；"),
        only=tuple(_only(node) for node in top["only"].list()) if "only" in top else (),
        sides=_sides(top["tables"]) if "tables" in top else {},
    )
    _check_together(found, top)
    return found


def _check_together(found: Mapping, top: dict[str, Node]) -> None:
    if found.units.parent is not None and found.units.parent_of not in found.columns:
        raise top["units"].refuse(zh("parent_of 应为 columns 中已写明的单位列"))
    if not found.units.derive and not found.units.table and not found.units.more:
        raise top["units"].refuse(zh("derive 为 no 时须写明 table 或 more"))
    loops = found.loops
    if isinstance(loops, spec.EventRules):
        _check_events(found, loops, top)
    if isinstance(loops, spec.MessageRules):
        wanted = {"reply": "in_reply_to", "subject": "subject", "column": "thread"}[loops.thread]
        if wanted not in found.columns and not (wanted == "in_reply_to" and "references" in found.columns):
            raise top["columns"].refuse(zh("缺少 %(name)s"), name=wanted)
    if isinstance(loops, spec.DocumentRules):
        for name, rule, roles in (("cites", loops.cites, ("cites",)), ("consults", loops.consults, CONSULTED)):
            missing = [role for role in roles if rule is not None and role not in found.columns]
            if missing:
                raise top["columns"].refuse(zh("loops.%(rule)s 需要列 %(name)s"), rule=name, name=", ".join(missing))
        if loops.cites and loops.cites.silent == "addressees" and "to" not in found.columns:
            raise top["columns"].refuse(zh("缺少 %(name)s"), name="to")


CONSULTED = ("consulted", "consulted_at")


def _check_events(found: Mapping, loops: spec.EventRules, top: dict[str, Node]) -> None:
    if "unit" not in found.columns and not (loops.how == "case" and {"creditor", "debtor"} <= set(found.columns)):
        raise top["columns"].refuse(zh("缺少 %(name)s"), name="unit")
    if loops.how == "case" and not loops.closes:
        raise top["loops"].refuse(zh("缺少 %(name)s"), name="closes")
    if loops.how == "pairs" and not loops.pairs:
        raise top["loops"].refuse(zh("缺少 %(name)s"), name="pairs")


def _columns(node: Node, log: str) -> dict[str, Source]:
    must, may = spec.ROLES[log]
    return {role: _source(found) for role, found in node.table({*must, *may}, must).items()}


def _source(node: Node) -> Source:
    if not isinstance(node.value, dict):
        return Source(column=node.text())
    facts = node.table({"column", "constant", "match", "otherwise"})
    if ("column" in facts) == ("constant" in facts):
        raise node.refuse(zh("应写 column 或 constant 其中之一"))
    if "constant" in facts:
        if len(facts) > 1:
            raise node.refuse(zh("constant 不与其他键同用"))
        return Source(constant=facts["constant"].text())
    matches = tuple(_match(each, then=True) for each in facts["match"].list()) if "match" in facts else ()
    otherwise = _otherwise(facts["otherwise"]) if "otherwise" in facts else None
    return Source(column=facts["column"].text(), matches=matches, otherwise=otherwise)


def _otherwise(node: Node) -> str:
    return "" if node.value in ("", None) else node.text()


def _match(node: Node, *, then: bool, name: str = "then") -> Match:
    facts = node.table({*spec.TESTS, name} if then else {*spec.TESTS}, (name,) if then else ())
    tests = [test for test in spec.TESTS if test in facts]
    if len(tests) != 1:
        raise node.refuse(zh("应写 is、has、starts、ends 其中之一"))
    return Match(tests[0], facts[tests[0]].texts(), facts[name].text() if then else "")


def _only(node: Node) -> tuple[str, Match]:
    facts = node.table({"column", *spec.TESTS}, ("column",))
    rest = {name: each.value for name, each in facts.items() if name != "column"}
    return facts["column"].text(), _match(Node(rest, node.way), then=False)


def _separator(file: dict[str, Node]) -> str:
    if "separator" not in file:
        return ","
    value = file["separator"].value
    if value not in SEPARATORS:
        raise file["separator"].refuse(zh('应为逗号、分号、竖线或制表符（写作 "\\t"）'))
    return str(value)


def _clock(node: Node) -> Clock:
    facts = node.table({"format", "zone"})
    formats = facts["format"].texts() if "format" in facts else ("iso",)
    for text in formats:
        if text != "iso" and "%Y" not in text and "%y" not in text:
            raise facts["format"].refuse(zh("“%(value)s”不是时间格式，如 iso 或 %%Y/%%m/%%d %%H:%%M"), value=text)
    return Clock(formats, _zone(facts["zone"]) if "zone" in facts else None)


def _zone(node: Node) -> tzinfo | None:
    text = node.text()
    if text == "as_written":
        return None
    if text in ("Z", "UTC"):
        return UTC
    if text[0] in "+-" and len(text) == 6 and text[3] == ":" and (text[1:3] + text[4:]).isdigit():
        minutes = int(text[1:3]) * 60 + int(text[4:])
        if minutes < 24 * 60:
            return timezone(timedelta(minutes=minutes if text[0] == "+" else -minutes))
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise node.refuse(zh("“%(value)s”不是时区，如 +08:00、Asia/Shanghai 或 as_written"), value=text) from None


def _units(node: Node) -> UnitRules:
    parsers: dict[str, Any] = {
        "table": Node.file,
        "people": Node.file,
        "derive": Node.is_yes,
        "default_kind": words(*UNIT_KINDS),
        "root": Node.text,
        "parent": _source,
        "parent_of": Node.text,
        "address": words("whole", "domain", "local"),
        "kinds": lambda each: tuple(_kind_match(one) for one in each.list()),
        "aliases": _aliases,
        "more": lambda each: tuple(_more(one) for one in each.list()),
    }
    return UnitRules(**node.read(parsers))


def _kind_match(node: Node) -> Match:
    found = _match(node, then=True, name="kind")
    if found.then not in UNIT_KINDS:
        raise node.refuse(zh("“%(value)s”不在 %(known)s 之中"), value=found.then, known=", ".join(UNIT_KINDS))
    return found


def _aliases(node: Node) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, each in node.free().items():
        for other in each.texts():
            if found.setdefault(other, name) != name:
                raise each.refuse(zh("“%(value)s”已是“%(name)s”的别名"), value=other, name=found[other])
    return found


def _more(node: Node) -> dict[str, str]:
    facts = node.table({"id", "parent", "guided_by", "kind", "jurisdiction", "name", "reports"}, ("id", "kind"))
    facts["kind"].one_of(*UNIT_KINDS)
    return {name: each.text() for name, each in facts.items()}


def _loops(node: Node | None, log: str) -> spec.EventRules | spec.MessageRules | spec.DocumentRules | None:
    if log == "matters":
        if node is not None:
            raise node.refuse(zh("matters 每行即一件事项，不用 loops"))
        return None
    if node is None:
        raise Node({}).refuse(zh("缺少 %(name)s"), name="loops")
    if log == "events":
        return _events(node)
    return _messages(node) if log == "messages" else _documents(node)


DAYS = numbers(0, 36_500)


def _events(node: Node) -> spec.EventRules:
    parsers: dict[str, Any] = dict.fromkeys(("opens", "closes", "refuses", "withdraws"), Node.texts) | {
        "how": words("case", "handover", "pairs"),
        "within_days": DAYS,
        "closes_on": words("first", "last"),
        "answered_by": words("first", "last"),
        "kind": Node.text,
        "pairs": lambda each: tuple(_pair(one) for one in each.list()),
    }
    return spec.EventRules(**node.read(parsers, ("how",)))


def _pair(node: Node) -> spec.Pair:
    given = node.read({"asks": Node.texts, "answers": Node.texts, "refuses": Node.texts, "kind": Node.text}, ASKED)
    return spec.Pair(given["asks"], given["answers"], given.get("refuses", ()), given.get("kind", "request"))


ASKED = ("asks", "answers")


def _messages(node: Node) -> spec.MessageRules:
    parsers: dict[str, Any] = {
        "thread": words("reply", "subject", "column"),
        "opens": words("start", "every"),
        "within_days": DAYS,
        "lapse_days": DAYS,
        "copies": Node.is_yes,
        "at_most": lambda each: int(each.number(1, 100_000)),
        "kind": Node.text,
    }
    given = node.read(parsers, ("within_days",))
    if given.setdefault("lapse_days", max(90.0, given["within_days"])) < given["within_days"]:
        raise node.refuse(zh("lapse_days 不应短于 within_days"))
    return spec.MessageRules(**given)


def _documents(node: Node) -> spec.DocumentRules:
    found = node.read({"cites": _cites, "joint": _joint, "consults": _consults})
    if not found:
        raise node.refuse(zh("应写 cites、joint、consults 中的至少一项"))
    return spec.DocumentRules(**found)


def _cites(node: Node) -> spec.Cites:
    parsers = {"within_days": DAYS, "kind": Node.text, "silent": words("none", "addressees", "sisters")}
    return spec.Cites(**node.read(parsers, ("within_days",)))


def _joint(node: Node) -> str:
    return str(node.read({"kind": Node.text}).get("kind", "joint_issue"))


def _consults(node: Node) -> spec.Consults:
    return spec.Consults(**node.read({"within_days": DAYS, "kind": Node.text}, ("within_days",)))


def _sides(node: Node) -> dict[str, spec.Side]:
    found = {}
    for name, each in node.table(set(SIDES)).items():
        must, may = SIDES[name]
        columns = {*must, *may} - {"matters"}
        facts = each.table({"file", "matters", *columns}, ("file",))
        given = {role: facts[role].text() if role in facts else role for role in must if role in columns}
        given |= {role: facts[role].text() for role in may if role in facts and role != "matters"}
        matters = facts["matters"].number(0, 1e6) if "matters" in facts else 1
        found[name] = spec.Side(facts["file"].file(), given, matters)
    return found
