"""Studies: loaded whole or not at all, apart from the office, refused twice, the same again from their own files."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pytest
from django.conf import settings

from yunzhang.cli.demo import study as invented
from yunzhang.governance.observatory import actions
from yunzhang.governance.observatory.actions import studies
from yunzhang.governance.observatory.store import facets, folders
from yunzhang.governance.observatory.terms import (
    BadStudyName,
    BadTable,
    NoSuchStudy,
    Parameters,
    StudyDamaged,
    StudyTaken,
    StudyTooLarge,
)
from yunzhang.ground.ledger import actions as ledger
from yunzhang.ground.ledger.terms import Acting
from yunzhang.kit.home import Home, write_home

AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def console() -> Acting:
    return Acting(person="system", post=None, unit=None, request=uuid4())


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home folder; the tables are the test's own."""
    made = Home(root=tmp_path / "home")
    write_home(made)
    monkeypatch.setattr(settings, "HOME", made)
    return made


def units(**more: str) -> pa.Table:
    rows = [("city", "", "government"), ("a", "city", "government"), ("b", "city", "government")]
    rows += [(name, "", kind) for name, kind in more.items()]
    ids, parents, kinds = (list(column) for column in zip(*rows, strict=True))
    return pa.table({
        "id": ids, "parent": parents, "guided_by": [""] * len(ids), "kind": kinds, "jurisdiction": ids, "name": ids
    })  # fmt: skip


def loops(count: int = 4, **columns: list[str]) -> pa.Table:
    numbers = [str(number) for number in range(count)]
    return pa.table({
        "loop": numbers, "kind": ["directive"] * count, "creditor": ["city"] * count,
        "debtor": ["a", "b"] * (count // 2), "opened_at": ["2026-01-05"] * count, "due_at": ["2026-02-05"] * count,
        "closed_at": ["2026-02-01"] * (count // 2) + [""] * (count - count // 2), "outcome": [""] * count, **columns,
    })  # fmt: skip


def load(name: str = "pilot", tables: Any = None, **changes: Any) -> Any:
    tables = tables or actions.StudyTables(units(), loops())
    with actions.place_stage(name) as stage:
        prepared = actions.prepare_study(stage, name, "试点", tables, Parameters(draws=0), at=AT, **changes)
        return actions.add_study(console(), prepared, at=AT)


def hidden(home: Home) -> list[str]:
    return [each.name for each in (home.root / "studies").iterdir() if each.is_dir()]


def test_a_study_is_shown_with_its_units_figures_and_mark(home: Home) -> None:
    receipt = load()
    [study] = actions.list_studies()
    assert (study.name, study.title, study.mark, study.units, study.loops) == ("pilot", "试点", "foreign", 3, 4)
    snapshot = actions.find_snapshot("pilot")
    assert (snapshot.study, snapshot.mark, snapshot.title) == ("pilot", "foreign", "试点")
    top = facets.facets(snapshot.id, "unit", [study.top])[study.top]
    assert (top["id"], [each[1] for each in top["below"]]) == ("city", ["a", "b"])
    assert facets.facets(snapshot.id, "figures", [study.top])[study.top]["values"]["V"] > 0
    assert hidden(home) == ["pilot"]
    assert [entry.verb for entry in ledger.list_entries(study.stream)] == ["study_added"]
    assert len(receipt.entries) == 1
    assert actions.find_snapshot() is None, "the office's own figures are untouched"


def test_twice_is_refused_and_changes_nothing(home: Home) -> None:
    load()
    before = folders.digests_of("pilot")
    with pytest.raises(StudyTaken):
        load(tables=actions.StudyTables(units(x="citizen"), loops()))
    assert folders.digests_of("pilot") == before
    assert [study.units for study in actions.list_studies()] == [3]


@pytest.mark.parametrize("broken", ["keep_built", "record"])
def test_a_load_that_breaks_off_leaves_nothing(home: Home, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(studies, broken, fail)
        with pytest.raises(KeyboardInterrupt):
            load()
    assert hidden(home) == []
    assert actions.list_studies() == []
    assert actions.find_snapshot("pilot") is None
    load()
    assert hidden(home) == ["pilot"]


def test_rests_of_a_killed_load_are_swept_by_the_next(home: Home) -> None:
    for name in (".pilot.part", "orphan"):
        (folders.root() / name).mkdir()
    load()
    assert hidden(home) == ["pilot"]


@pytest.mark.parametrize("name", ["", "Pilot", "1st", "new", "a/b", "..", "名", "a" * 41])
def test_odd_names_are_refused(home: Home, name: str) -> None:
    with pytest.raises(BadStudyName):
        actions.verify_study_name(name)


def test_too_large_and_unmeasurable_logs_are_refused_before_anything_is_shown(home: Home) -> None:
    with pytest.raises(StudyTooLarge):
        actions.verify_study_size(studies.MAX_UNITS + 1, 0)
    with pytest.raises(BadTable):
        load(tables=actions.StudyTables(units().drop_columns(["kind"]), loops()))
    assert hidden(home) == []


@pytest.mark.django_db(transaction=True)
def test_removed_it_is_gone_with_its_figures_and_files(home: Home) -> None:
    load()
    actions.remove_study(console(), "pilot", at=AT)
    assert actions.list_studies() == []
    assert actions.find_snapshot("pilot") is None
    assert hidden(home) == []
    with pytest.raises(NoSuchStudy):
        actions.remove_study(console(), "pilot", at=AT)


def test_refreshed_from_its_files_it_is_the_same_and_damaged_files_are_told(home: Home) -> None:
    load(tables=actions.StudyTables(units(), loops(programme=["甲", "乙", "甲", ""])))
    first = {name: snapshot_rows("pilot", name) for name in ("", "甲", "乙")}
    assert all(first.values())
    actions.refresh_study("pilot", at=AT)
    assert {name: snapshot_rows("pilot", name) for name in ("", "甲", "乙")} == first
    assert actions.refresh_studies_when_due(AT) == 0
    file = folders.root() / "pilot" / "loops.parquet"
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(StudyDamaged):
        actions.refresh_study("pilot", at=AT)


def snapshot_rows(study: str, programme: str) -> list[tuple[int, str, str]]:
    from yunzhang.governance.observatory.store import ObsFacet, ObsSnapshot

    found = ObsSnapshot.objects.get(study=study, programme=programme)
    rows = ObsFacet.objects.filter(snapshot=found).order_by("facet", "unit")
    return list(rows.values_list("unit", "facet", "body"))


def test_the_invented_city_is_as_planted_and_the_same_again() -> None:
    from yunzhang.governance.observatory import rules

    ends = date(2026, 11, 22)
    tables, again = invented.make_study(ends, 1), invented.make_study(ends, 1)
    assert tables == again
    assert tables != invented.make_study(ends, 2)
    months = invented.month_starts(ends)
    modes = []
    for first, last in ((0, invented.HALF), (invented.HALF, invented.MONTHS)):
        window = Parameters(from_at=months[first], to_at=months[last])
        measured = rules.measure(tables["units"], tables["loops"], window, need=tables["need"])
        found = {each.unit: each for each in measured.figures()}
        modes.append([str(found[f"c{number:02d}"].mode) for number in range(1, 13)])
        assert found["c09"].values["H_market"] == found["c09"].values["H_society"] == 0, "absent outsiders"
        assert found["c06-park"].values["V"] < 0.35, "a rotten branch"
        assert found["c06"].values["V"] > 0.6
    most = "authoritative"
    before = ["collaborative", most, most, "cooperative", most, most, most, "loose", most, most, most, most]
    after = [
        "collaborative",
        most,
        "collaborative",
        "cooperative",
        most,
        most,
        "collaborative",
        "loose",
        most,
        most,
        most,
        most,
    ]
    assert modes == [before, after]
