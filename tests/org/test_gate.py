"""Who may ask whom: the officials' cases, and what must hold of every verdict."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.org.lines import World, world_of, worlds
from yunzhang.ground.org.rules import gate, is_superior
from yunzhang.ground.org.terms import Alternative, Ask, Authority, Form, GateClosed, Involved, Lack, Remedy, UnitKind

FILE = yaml.safe_load(Path(__file__).with_name("cases").joinpath("gate.yaml").read_text("utf-8"))
ON = date(2026, 11, 23)


@pytest.fixture(scope="module")
def place() -> World:
    return world_of(FILE["units"])


def ask_of(case: dict[str, Any], place: World) -> Ask:
    involved = tuple(Involved(place[who].unit, who, agreed) for who, agreed in case.get("involves", {}).items())
    return Ask(
        in_name_of=place[case["name"]].unit,
        handled_by=place[case["handled_by"]].unit if "handled_by" in case else None,
        authority=Authority(case.get("authority", "own")),
        number=case.get("number", ""),
        form=Form(case.get("form", "instruction")),
        involves=involved,
        copied_to=frozenset(place[who].unit for who in case.get("copied_to", ())),
    )


@pytest.mark.parametrize("case", FILE["cases"], ids=lambda case: f"{case['name']}→{case['to']} {case['rule']}")
def test_case(place: World, case: dict[str, Any]) -> None:
    verdict = gate(ask_of(case, place), place[case["name"]], place[case["to"]], ON)
    assert (verdict.allowed, verdict.rule) == (case["allowed"], case["rule"])
    assert {Remedy(each) for each in case.get("offers", ())} <= {each.remedy for each in verdict.alternatives}
    if "notices" in case:
        assert len(verdict.notices) == case["notices"]
    assert "条例" in str(verdict.source)
    assert "%" not in str(verdict.explanation)


def test_every_rule_has_a_case() -> None:
    from yunzhang.ground.org.rules import sentences

    assert {case["rule"] for case in FILE["cases"]} == set(sentences.EXPLANATIONS) == set(sentences.SOURCES)


def test_the_burden_rules_are_cited_from_their_day_on(place: World) -> None:
    ask = Ask(place["市大数据局"].unit)
    pair = place["市大数据局"], place["甲区政府"]
    assert "减负" in str(gate(ask, *pair, ON).source)
    assert "减负" not in str(gate(ask, *pair, date(2024, 8, 5)).source)


def test_a_closed_gate_explains_itself(place: World) -> None:
    closed = GateClosed(gate(Ask(place["市大数据局"].unit), place["市大数据局"], place["甲区政府"], ON))
    assert "“市大数据局”是部门或议事协调机构" in str(closed)
    assert "第十六条" in str(closed)


def filled(offer: Alternative) -> Ask:
    """Return the alternative as a person would complete it."""
    if offer.lacks is Lack.NUMBER:
        return replace(offer.ask, number="第1号")
    if offer.lacks is Lack.COUNTERSIGNS:
        return replace(offer.ask, involves=tuple(replace(one, agreed="第2号") for one in offer.ask.involves))
    return offer.ask


def asks(world: World) -> st.SearchStrategy[Ask]:
    units = st.sampled_from([line.unit for line in world.lines.values()])
    involved = st.builds(Involved, units, st.just("某局"), st.sampled_from(["", "第3号"]))
    return st.builds(
        Ask,
        in_name_of=units,
        handled_by=st.none() | units,
        authority=st.sampled_from(Authority),
        number=st.sampled_from(["", " ", "第4号"]),
        form=st.sampled_from(Form),
        involves=st.lists(involved, max_size=2).map(tuple),
        copied_to=st.frozensets(units, max_size=2),
    )


@given(worlds(), st.data())
def test_following_any_offer_ends_in_a_lawful_ask(world: World, data: st.DataObject) -> None:
    ask = data.draw(asks(world))
    to = world[data.draw(st.sampled_from(sorted(world.lines)))]
    seen: list[str] = []
    verdict = gate(ask, world.by_id(ask.in_name_of), to, ON)
    while not verdict.allowed:
        assert verdict.rule not in seen, "the same refusal twice"
        seen.append(verdict.rule)
        open_offers = [each for each in verdict.alternatives if each.lacks is not Lack.ADDRESSEE]
        assert open_offers, "a refusal offers nothing"
        ask = filled(data.draw(st.sampled_from(open_offers)))
        verdict = gate(ask, world.by_id(ask.in_name_of), to, ON)


@given(worlds(), st.data())
def test_what_is_allowed_meets_the_five_rules(world: World, data: st.DataObject) -> None:
    ask = replace(data.draw(asks(world)), form=Form.INSTRUCTION)
    name, to = world.by_id(ask.in_name_of), world[data.draw(st.sampled_from(sorted(world.lines)))]
    if not gate(ask, name, to, ON).allowed:
        return
    consent = ask.authority is Authority.CONSENT and ask.number.strip()
    if to.kind in (UnitKind.GOVERNMENT, UnitKind.TOWN):
        assert consent or is_superior(name, to)
    else:
        assert consent or is_superior(name, to) or name.code == to.code
    assert all(one.agreed.strip() for one in ask.involves if one.unit != name.unit)
    assert not is_superior(to, name)


@given(worlds(), st.data())
def test_more_papers_never_close_an_open_gate(world: World, data: st.DataObject) -> None:
    ask = data.draw(asks(world))
    name, to = world.by_id(ask.in_name_of), world[data.draw(st.sampled_from(sorted(world.lines)))]
    richer = replace(
        ask,
        number=ask.number.strip() or "第5号",
        copied_to=ask.copied_to | {line.unit for line in world.lines.values()},
    )
    assert gate(richer, name, to, ON).allowed >= gate(ask, name, to, ON).allowed
