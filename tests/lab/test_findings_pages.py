"""The pages of findings: before and after they are computed, with their tables, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction

from tests.directives.office import NOW
from tests.doors.office import Doors, make_doors
from tests.lab.small_findings import keep, small
from yunzhang.base.clock import day_of
from yunzhang.governance.lab import actions, store
from yunzhang.governance.lab.rules.paths.walking import PATHS
from yunzhang.governance.lab.words.paths import FIGURES, path_words
from yunzhang.governance.observatory.store import loads
from yunzhang.kit import doors as kit
from yunzhang.kit.home import Home

pytestmark = pytest.mark.django_db
PAGES = ("/lab/validation", "/lab/paths", "/lab/paths/map")
TABLES = (
    "/lab/validation/table.xlsx",
    "/lab/paths/table.xlsx",
    "/lab/paths/map/table.xlsx",
    "/lab/paths/map/learning.xlsx",
)


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    """One office for all these tests."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(kit, "now", lambda: NOW)
        patch.setattr(loads, "settings", SimpleNamespace(HOME=Home(root=tmp_path_factory.mktemp("home"))))
        yield make_doors()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def found() -> dict[str, dict[str, Any]]:
    """The small findings, made once."""
    return small(NOW.date())


@pytest.fixture
def filled(built: Doors, found: dict[str, dict[str, Any]]) -> Iterator[Doors]:
    """The office with findings of this engine."""
    with transaction.atomic():
        keep(found, NOW)
        yield built
        transaction.set_rollback(True)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_says_that_it_is_being_computed_until_it_is_there(built: Doors, path: str) -> None:
    answer = built.open("responsible", "GET", path)
    assert answer.status_code == 200
    assert "后台进程" in answer.content.decode()
    assert "学术情景 · 模拟" in answer.content.decode()


def test_the_validation_counts_what_holds_and_shows_what_does_not(filled: Doors) -> None:
    text = filled.open("stranger", "GET", "/lab/validation").content.decode()
    assert "8 项对照数值中，本引擎有 4 项" in text
    assert "本引擎与文献可能不同之处" in text
    assert "March 1991：探索与利用 · 均衡时组织所知" in text
    assert "✕ 不在范围内" in text
    assert "<svg" in text
    assert "后台进程" not in text


def test_the_paths_stand_on_planes_each_with_its_table(filled: Doors) -> None:
    text = filled.open("colleague", "GET", "/lab/paths").content.decode()
    assert text.count('class="plane"') == len(PATHS)
    assert text.count('class="chart"') == 2 * len(FIGURES)
    assert text.count("数值表") == len(PATHS) + 2 * len(FIGURES)
    for name in path_words().values():
        assert name in text
    assert "所作的假定" in text
    assert "学术情景 · 模拟" in text


def test_the_paths_say_what_is_equal_in_each_comparison_and_what_it_costs(filled: Doors) -> None:
    answer = filled.open("colleague", "GET", "/lab/paths")
    text = answer.content.decode()
    assert "联系数相同时" in text
    assert "预算相同时" in text
    assert "建立一条联系 1，此后每年维持 0.1" in text
    rows = answer.context["ends"]["rows"]
    assert [row[1] for row in rows] == ["–", "作为比较的基准", "联系数相同", "预算相同"]
    assert rows[1][3] == rows[2][3], "as many links"
    assert rows[1][4] == rows[3][4] != rows[2][4], "the same spent"


def test_the_map_shows_every_world_and_how_many_chance_alone_would_decide(filled: Doors) -> None:
    answer = filled.open("responsible", "GET", "/lab/paths/map")
    text = answer.content.decode()
    assert text.count('class="mosaic"') == 2
    worlds = store.find_finding("map")[2]["rows"]  # type: ignore[index]
    counts = [
        int(number) for row in answer.context["panels"]["rows"] for number in re.findall(r"[■○·×] (\d+)", " ".join(row))
    ]
    assert sum(counts) == len(worlds) == 48
    assert "每种情形运行 2 次" in text
    assert f"约 {0.1476 * 48:.0f} 种情形" in text
    assert "同等预算" in text


def test_each_cell_of_a_layer_bears_a_word_and_the_axes_can_be_chosen(filled: Doors) -> None:
    text = filled.open("responsible", "GET", "/lab/paths/map").content.decode()
    assert text.count('<td class="won-') == 4
    assert text.count(" ± ") >= 4
    assert "建议在哪里不成立" in text
    other = filled.open("responsible", "GET", "/lab/paths/map?down=links&across=xi&vacancy=0.3&retries=nonsense")
    assert other.content.decode().count('<td class="won-') == 6
    assert other.context["down"] == "links"
    assert other.content.decode().count('class="mosaic"') == 2


@pytest.mark.parametrize("query", ["down=xi&across=xi", "down=nothing", "vacancy=9", "across=spread&down=spread"])
def test_an_odd_address_of_the_map_falls_back(filled: Doors, query: str) -> None:
    assert filled.open("responsible", "GET", f"/lab/paths/map?{query}").status_code == 200


@pytest.mark.parametrize("path", TABLES)
def test_each_table_is_a_workbook(filled: Doors, path: str) -> None:
    answer = filled.open("superior", "GET", path)
    assert answer.status_code == 200
    assert answer.content[:2] == b"PK"


@pytest.mark.parametrize("path", [*PAGES, *TABLES])
def test_administrators_are_refused_and_nobody_is_sent_to_sign_in(built: Doors, path: str) -> None:
    assert built.open("administrator", "GET", path).status_code == 403
    assert built.open("anonymous", "GET", path).status_code in (302, 303)


def test_findings_of_an_older_engine_are_not_shown_as_of_this_one(filled: Doors) -> None:
    held = store.find_finding("paths")
    assert held is not None
    store.keep_finding("paths", "older", held[2], at=NOW)
    assert "尚在计算" in filled.open("responsible", "GET", "/lab/paths").content.decode()
    assert actions.find_missing(day_of(NOW)) == ["paths"]
