"""Words: every noun used is defined in both languages, profiles rename only what they name, the English is complete."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.template import Context, Template
from django.utils.translation import override
from pytest_django import Settings

import yunzhang
from yunzhang.base.errors import Invalid, Refused, zh
from yunzhang.kit.wording import HAN, data, explain, term

PACKAGE = Path(yunzhang.__file__).parent
PROFILES = sorted((PACKAGE / "web" / "wording").glob("*.yaml"))
USED = re.compile(r"\{%-? *term ['\"](\w+)['\"]|\bterm(?:_lazy)?\(['\"](\w+)['\"]\)")


def nouns(file: Path) -> dict[str, dict[str, str]]:
    words: dict[str, dict[str, str]] = yaml.safe_load(file.read_text("utf-8"))
    return words


@pytest.mark.parametrize("file", PROFILES, ids=lambda file: file.stem)
def test_every_noun_has_both_languages(file: Path) -> None:
    for name, word in nouns(file).items():
        assert set(word) == {"zh", "en"}, name
        assert HAN.search(word["zh"]), name
        assert not HAN.search(word["en"]), name


def test_profiles_rename_nouns_of_the_default_only() -> None:
    known = set(nouns(PACKAGE / "web" / "wording" / "cloud_chief.yaml"))
    assert all(set(nouns(file)) <= known for file in PROFILES)


def test_every_noun_used_is_defined() -> None:
    known = set(nouns(PACKAGE / "web" / "wording" / "cloud_chief.yaml"))
    used = {
        (name, file.name)
        for file in [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("templates/**/*.html")]
        for pair in USED.findall(file.read_text("utf-8"))
        for name in pair
        if name
    }
    assert {(name, where) for name, where in used if name not in known} == set()


def test_a_profile_falls_back_to_the_default(settings: Settings) -> None:
    settings.YUNZHANG_WORDING = "leading_group"
    assert (term("product"), term("loop")) == ("数字政府建设统筹协同平台", "事项")
    with override("en"):
        assert (term("product"), term("loop")) == ("Digital-government coordination", "matter")
    with pytest.raises(KeyError):
        term("nobody_defined_this")


def test_data_is_marked_on_english_pages_only() -> None:
    draw = Template("{{ name|data }}|{{ plain|data }}|{{ nothing|data }}").render
    names = Context({"name": "甲<区>", "plain": "A&B", "nothing": None})
    assert draw(names) == "甲&lt;区&gt;|A&amp;B|"
    with override("en"):
        assert draw(names) == '<span lang="zh">甲&lt;区&gt;</span>|A&amp;B|'
        assert data(data("甲")) == '<span lang="zh">甲</span>'


def test_errors_are_explained_with_their_places_escaped() -> None:
    told = explain(Invalid(field=zh("排序"), problem="<b>"))
    assert told.what == "排序 填写有误：&lt;b&gt;。"
    with override("en"):
        assert not HAN.search(explain(Refused()).html)


def test_the_english_catalogue_is_complete() -> None:
    command = [sys.executable, str(PACKAGE.parent / "tools" / "messages.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_days_and_lights_are_written_in_the_readers_way() -> None:
    from datetime import UTC, datetime

    draw = Template("{% day at %} {% moment at %} {% light 'overdue' 3 %}").render
    at = Context({"at": datetime(2026, 11, 22, 16, 30, tzinfo=UTC)})
    chinese = draw(at)
    assert ">2026年11月23日</time>" in chinese
    assert ">2026年11月23日 00:30</time>" in chinese
    assert "超期" in chinese
    with override("en"):
        assert ">23 Nov 2026</time>" in draw(at)
        assert "overdue" in draw(at)
