"""The verdict of runs in words: a scenario without a title is neither quoted nor left without a name."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils import translation

from yunzhang.governance.lab.words.verdict import sentence, title_of

SPAN = {"low": 0.1, "mid": 0.2, "high": 0.3, "chance_up": 1.0}
SIDE = {"low": [0.4], "mid": [0.5], "high": [0.6]}
GAINED = {"figures": {name: {"before": SIDE, "after": SIDE} for name in "VH"}, "difference": {"V": SPAN, "H": SPAN}}
SUMMARY: dict[str, Any] = {**GAINED, "months": [1] * 12, "runs": 20, "scenario": {"what_ifs": [{"do": "vacate_post"}]}}


@pytest.mark.parametrize(
    ("language", "title", "said"),
    [
        ("zh-hans", "两县签订协议", "若按“两县签订协议”实施，12 个月后"),
        ("zh-hans", "", "若实施所列措施，12 个月后"),
        ("en", "A trial", 'If "A trial" is carried out, after 12 months: '),
        ("en", "", "If the measures listed are carried out, after 12 months: "),
    ],
)
def test_the_verdict_names_what_is_carried_out(language: str, title: str, said: str) -> None:
    with translation.override(language):
        assert sentence(SUMMARY, title).startswith(said)


@pytest.mark.parametrize(
    ("language", "said"), [("zh-hans", "2026年11月30日起的推演"), ("en", "What-if from 30 Nov 2026")]
)
def test_a_scenario_without_a_title_is_called_by_its_day(language: str, said: str) -> None:
    with translation.override(language):
        assert title_of("", date(2026, 11, 30)) == said
        assert title_of("A trial", date(2026, 11, 30)) == "A trial"
