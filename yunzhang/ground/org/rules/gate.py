"""The gate "who may ask whom": five rules on official documents, the reason, and the lawful form of the same ask.

It judges the form of an ask between two units; whether a post may issue at all is `rights.may_issue`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from yunzhang.base.ids import path_ids
from yunzhang.ground.org.rules import sentences
from yunzhang.ground.org.rules.placement import OUTSIDE, contains_place, guiding_chain, is_above, is_guided_by
from yunzhang.ground.org.rules.tree import GOVERNMENTS
from yunzhang.ground.org.terms import (
    Alternative,
    Authority,
    Branch,
    Form,
    GuidanceKind,
    Lack,
    Remedy,
    Sentence,
    Verdict,
)

if TYPE_CHECKING:
    from datetime import date

    from yunzhang.ground.org.terms import Ask, Line

__all__ = ["gate", "is_head", "other_superior", "skipped_units"]

PARTY_COMMITTEE = "party_committee"


def gate(ask: Ask, name: Line, to: Line, on: date) -> Verdict:
    """Return whether `ask`, in the name of `name`, may go to `to` in this form, and what would be lawful instead.

    The rules are tried in order (form, relation, number, countersigning, copy); the first that refuses speaks, and
    following its alternatives never meets the same refusal again.
    Source: 《党政机关公文处理工作条例》 arts. 14–17, 《整治形式主义为基层减负若干规定》.
    """
    if ask.form is Form.ADVISORY:
        return _allow("advisory", ask, name, to, on)
    rule = _relation(ask, name, to)
    if rule not in ("subordinate", "corresponding", "consent"):
        return _refuse(rule, ask, name, to, on)
    broken = _formality(ask, name, to)
    return _refuse(broken, ask, name, to, on) if broken else _allow(rule, ask, name, to, on)


def is_head(line: Line) -> bool:
    """Return whether a unit is a Party committee or government itself, not one of its departments."""
    return line.kind in GOVERNMENTS or (line.branch is Branch.PARTY and line.code == PARTY_COMMITTEE)


def other_superior(name: Line, to: Line) -> int | None:
    """Return the superior of a dual-led body that `name` does not speak for; None where it has but one."""
    parents = path_ids(to.path)[:-1]
    if not parents or not guiding_chain(to) or to.guides[0][1] is not GuidanceKind.DUAL:
        return None
    other = to.guides[0][0] if is_above(name, to) else parents[-1]
    return None if other == name.unit else other


def skipped_units(name: Line, to: Line) -> tuple[int, ...]:
    """Return the superiors of `to` that stand between it and `name` on the line the ask goes down."""
    if is_above(name, to):
        return path_ids(to.path[len(name.path) :])[:-1]
    chain = guiding_chain(to)
    return chain[: chain.index(name.unit)] if name.unit in chain else ()


def _relation(ask: Ask, name: Line, to: Line) -> str:
    if name.kind in OUTSIDE or to.kind in OUTSIDE:
        return "outside"
    if is_above(to, name) or is_guided_by(name, to) or to.unit == name.jurisdiction:
        return "upward"
    if is_head(to):
        return _to_head(ask, name, to)
    if is_above(name, to) or is_guided_by(to, name) or _leads_place(name, to):
        return "subordinate"
    return _to_department(ask, name, to)


def _to_head(ask: Ask, name: Line, to: Line) -> str:
    if is_above(name, to) or _leads_place(name, to):
        return "subordinate"
    if is_head(name) or not _is_lower_place(name, to):
        return "not_subordinate"
    return "consent" if _has_consent(ask) else "department_to_government"


def _to_department(ask: Ask, name: Line, to: Line) -> str:
    if is_head(name):
        return "not_subordinate"
    if name.jurisdiction == to.jurisdiction:
        return "peer"
    if not _is_lower_place(name, to):
        return "not_subordinate"
    if name.code and name.code == to.code:
        return "corresponding"
    return "consent" if _has_consent(ask) else "not_corresponding"


def _leads_place(name: Line, to: Line) -> bool:
    leads = name.branch is Branch.PARTY and name.code == PARTY_COMMITTEE
    return leads and contains_place(name, to) and to.unit != name.jurisdiction


def _is_lower_place(name: Line, to: Line) -> bool:
    return name.jurisdiction != to.jurisdiction and contains_place(name, to)


def _has_consent(ask: Ask) -> bool:
    return ask.authority is Authority.CONSENT and bool(ask.number.strip())


def _formality(ask: Ask, name: Line, to: Line) -> str:
    by_another = ask.handled_by not in (None, ask.in_name_of)
    if (by_another or ask.authority is not Authority.OWN) and not ask.number.strip():
        return "number_missing"
    if _not_agreed(ask):
        return "not_countersigned"
    other = other_superior(name, to)
    return "dual_not_copied" if other is not None and other not in ask.copied_to else ""


def _not_agreed(ask: Ask) -> tuple[str, ...]:
    return tuple(one.name for one in ask.involves if one.unit != ask.in_name_of and not one.agreed.strip())


def _allow(rule: str, ask: Ask, name: Line, to: Line, on: date) -> Verdict:
    skipped = ask.form is Form.INSTRUCTION and not set(skipped_units(name, to)) <= ask.copied_to
    notices = (Sentence(sentences.SKIPPED),) if skipped else ()
    return Verdict(True, rule, _source(rule, on), _explain(rule, ask, name, to), notices=notices)


def _refuse(rule: str, ask: Ask, name: Line, to: Line, on: date) -> Verdict:
    remedies = tuple(_alternative(remedy, ask, name, to) for remedy in _remedies(rule, name, to))
    return Verdict(False, rule, _source(rule, on), _explain(rule, ask, name, to), remedies)


def _source(rule: str, on: date) -> Sentence:
    burden = rule == "department_to_government" and on >= sentences.BURDEN_FROM
    return Sentence(sentences.BURDEN_SOURCE if burden else sentences.SOURCES[rule])


def _explain(rule: str, ask: Ask, name: Line, to: Line) -> Sentence:
    params = {"name": name.name, "to": to.name, "number": ask.number, "missing": "、".join(_not_agreed(ask))}
    return Sentence(sentences.EXPLANATIONS[rule], params)


def _remedies(rule: str, name: Line, to: Line) -> tuple[Remedy, ...]:
    fixed = {
        "number_missing": (Remedy.NUMBER,),
        "not_countersigned": (Remedy.COUNTERSIGN,),
        "dual_not_copied": (Remedy.COPY,),
    }
    if rule in fixed:
        return (*fixed[rule], Remedy.ADVISORY)
    government = (Remedy.GOVERNMENT_NAME,) if _government_may(name, to) else ()
    if rule in ("department_to_government", "not_corresponding"):
        return (*government, Remedy.CONSENT, Remedy.CORRESPONDING, Remedy.ADVISORY)
    return (*government, Remedy.ADVISORY) if rule == "peer" else (Remedy.ADVISORY,)


def _government_may(name: Line, to: Line) -> bool:
    return name.jurisdiction != name.unit and name.jurisdiction in path_ids(to.path)[:-1]


def _alternative(remedy: Remedy, ask: Ask, name: Line, to: Line) -> Alternative:
    changed, lack = ask, Lack.NOTHING
    if remedy is Remedy.GOVERNMENT_NAME:
        changed, lack = replace(ask, in_name_of=name.jurisdiction, handled_by=name.unit), Lack.NUMBER
        changed = replace(changed, authority=Authority.MINUTES, number="")
    elif remedy is Remedy.CONSENT:
        changed, lack = replace(ask, authority=Authority.CONSENT, number=""), Lack.NUMBER
    elif remedy is Remedy.NUMBER:
        authority = Authority.MINUTES if ask.authority is Authority.OWN else ask.authority
        changed, lack = replace(ask, authority=authority), Lack.NUMBER
    elif remedy is Remedy.COPY:
        changed = replace(ask, copied_to=ask.copied_to | {other_superior(name, to) or name.jurisdiction})
    elif remedy is Remedy.ADVISORY:
        changed = replace(ask, form=Form.ADVISORY)
    else:
        lack = Lack.COUNTERSIGNS if remedy is Remedy.COUNTERSIGN else Lack.ADDRESSEE
    return Alternative(remedy, Sentence(sentences.LABELS[remedy]), changed, lack)
