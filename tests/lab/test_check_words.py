"""Every number of the validation has a name in the reader's language, and says what kind of reference it has."""

from __future__ import annotations

import re

import pytest
from django.utils import translation

from yunzhang.governance.lab import actions
from yunzhang.governance.lab.rules.limits import dodds
from yunzhang.governance.lab.words.checks import check_words, cited_words, list_differences, say_sources

PLAIN = r"(K|N|p[123]|m|λ|ζ|ξ|NK|March|Lazer|Friedman|Dodds|Watts|Sabel)"


@pytest.fixture(scope="module")
def checks():
    """All checks, of as few runs as they can be made of."""
    published = actions.find_published()
    small = [make(published, runs=30, seed=1).checks for name, (make, *_) in actions.LIMITS.items() if name != "dodds"]
    return [*(check for each in small for check in each), *dodds.compare(published, runs=1, seed=1, messages=20).checks]


def test_every_number_is_named_in_chinese_without_a_word_of_the_program(checks):
    with translation.override("zh-hans"):
        names = [check_words(check.name) for check in checks]
    assert len(set(names)) == len(names)
    for name in names:
        assert not re.sub(rf"\b{PLAIN}\b|[^A-Za-z_]", "", name), name


def test_every_number_is_named_in_english(checks):
    with translation.override("en"):
        names = [check_words(check.name) for check in checks]
        assert say_sources(check.source for check in checks).count(":") >= 4
    assert len(set(names)) == len(names)
    assert not any(re.search("[\u3000-\u9fff\uff00-\uffef_]", name) for name in names)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "march/known/p2=0.1/p1=0.9",
            "March 1991：探索与利用 · 均衡时组织所知 · 组织学习速度 p2 = 0.1 · 个人学习速度 p1 = 0.9",
        ),
        ("dodds/order/m=1/random>multiscale", "最大负荷之差，应为正 · 每单位联系 m = 1 · 随机减多尺度"),
        ("dodds/grid/lam=inf/zeta=0.5", "λ = ∞ · ζ = 0.5"),
        ("lazer/score/network=full/day=20", "平均得分 · 全连 · 期数 = 20"),
        ("other/thing", "other · thing"),
    ],
)
def test_a_name_says_model_subject_and_place(name, said):
    assert check_words(name).endswith(said)


def test_where_a_number_comes_from_is_told_with_its_citation(checks):
    kinds = {cited_words(check.source) for check in checks}
    assert "公开复现的输出 [S132]" in kinds
    assert "另一独立程序，方向见于文献 [S134]" in kinds
    assert "精确计算 [S133]" in kinds
    assert all(re.match("公开|另一|文献|精确", kind) for kind in kinds)


def test_differences_are_told_of_every_model():
    assert len(list_differences()) == len(actions.LIMITS)
    (only,) = list_differences(["dodds"])
    assert any("核心–边缘" in said for said in only[1])
