"""A what-if in one sentence: every kind, in both languages, with names as data and nothing taken for markup."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from yunzhang.governance.lab.rules.scenarios import FIELDS, HOW_MANY
from yunzhang.governance.lab.terms import Do
from yunzhang.governance.lab.words.sentences import say_kind, say_what_if

NAMES = {"1": "江州市人民政府", "2": "甲局", "3": "乙局", "9": "<b>坏</b>局%s"}


def step(do: Do, *units: str, **more: Any) -> dict[str, Any]:
    return {"do": str(do), "on": "2027-03-01", "units": list(units)} | more


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (step(Do.APPOINT_LEADER, "2", "3"), "自2027年3月1日起，明确一位负责同志牵头甲局、乙局"),
        (step(Do.VACATE_POST, "2", until="2027-09-01"), "2027年3月1日至2027年9月1日，甲局负责人空缺"),
        (step(Do.MERGE_UNITS, "2", "3"), "自2027年3月1日起，乙局并入甲局"),
        (step(Do.OPEN_CHANNEL, "1", kind="enterprise"), "自2027年3月1日起，江州市人民政府开通企业渠道，每月约 2 件"),
        (step(Do.SET_MEETINGS, every=14), "自2027年3月1日起，全域每 14 天召开一次调度会"),
        (step(Do.LOOSEN_LINE, "2", factor=1.2), "自2027年3月1日起，甲局对下级的约束加强，办成可能为原来的 1.2 倍"),
        (step(Do.ADD_LINKS, count=50), "自2027年3月1日起，随机增加 50 条单位之间的直接联系"),
        (step(Do.ADD_SUPERIOR, "2", superior="3"), "自2027年3月1日起，乙局成为甲局的又一个条线上级"),
        (step(Do.SPLIT_UNIT, "2", name="丙局", share=0.4), "自2027年3月1日起，甲局分出丙局，划出 40% 的事项与能力"),
        (step(Do.CHANGE_PROGRAMME, programme="政务云", factor=0), "自2027年3月1日起，专项“政务云”停止推进"),
    ],
)  # fmt: skip
def test_it_says_from_when_who_and_what(one: dict[str, Any], said: str) -> None:
    assert say_what_if(one, NAMES) == said


@pytest.mark.parametrize("do", list(Do))
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_kind_has_a_sentence_with_its_defaults(do: Do, language: str) -> None:
    units = ["2", "3"][: min(max(HOW_MANY[do]), 2)]
    with translation.override(language):
        said, kind = say_what_if(step(do, *units), NAMES), say_kind(do)
    assert said
    assert kind
    if language == "en":
        without = said.replace('<span lang="zh">甲局</span>', "").replace('<span lang="zh">乙局</span>', "")
        assert not any("\u3400" <= sign <= "\u9fff" for sign in without + kind), (said, kind)


def test_names_are_data_and_never_markup() -> None:
    said = say_what_if(step(Do.VACATE_POST, "9"), NAMES)
    assert "<b>" not in said
    assert "&lt;b&gt;坏&lt;/b&gt;局%s" in said


@pytest.mark.parametrize("broken", ["text", None, {}, {"do": "dance"}, {"do": "vacate_post", "units": 3, "on": []}])
def test_what_is_no_what_if_is_shown_as_it_is(broken: Any) -> None:
    assert isinstance(say_what_if(broken, NAMES), str)


def test_a_long_list_is_cut_with_its_number() -> None:
    names = {str(number): f"局{number}" for number in range(12)}
    assert say_what_if(step(Do.VACATE_POST, *names), names).endswith("局5等 12 个单位负责人空缺")


def test_every_field_may_be_missing_or_wrong() -> None:
    for do, fields in FIELDS.items():
        for field in fields:
            assert say_what_if(step(do, "2", **{field.name: "x"}), NAMES)
