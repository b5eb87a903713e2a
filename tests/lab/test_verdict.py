"""The verdict of runs in words: a scenario without a title is neither quoted nor left without a name."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils import translation

from yunzhang.governance.lab.words.verdict import say_touched, sentence, title_of

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


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "zh-hans",
            "所列单位之间的事项，按时办成的比重预计由 55% 变为 88%（+33 个百分点，90% 的模拟在 +30 至 +36 之间）。",
        ),
        (
            "en",
            "For matters between the units named, the share done in time is expected to go from 55% to 88% (+33",
        ),
    ],
)
def test_the_verdict_tells_what_becomes_of_the_units_named(language: str, said: str) -> None:
    held = {"before": [0.53, 0.55, 0.57], "after": [0.86, 0.88, 0.9], "difference": [0.3, 0.33, 0.36]}
    with translation.override(language):
        assert said in say_touched(SUMMARY | {"touched": {"between": held}})
        alike = held | {"difference": [-0.01, 0.0, 0.02]}
        assert not say_touched(SUMMARY | {"touched": {"between": alike}})
        assert not say_touched(SUMMARY | {"touched": {"between": held}, "runs": 5})


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-hans", "若实施所列措施，12 个月后纵向贯通度和横向协同度预计都没有可辨的变化。"),
        ("en", "neither Vertical integration (V) nor Horizontal coordination (H) is expected to change"),
    ],
)
def test_where_nothing_moves_the_verdict_is_short(language: str, said: str) -> None:
    still = {"low": -0.01, "mid": 0.0, "high": 0.02, "chance_up": 0.6}
    with translation.override(language):
        assert said in sentence(SUMMARY | {"difference": {"V": still, "H": still}}, "")
