"""Calibrations as a whole: what is kept and shown of a steady log and of a broken one, on files and by the worker."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv, parquet

from tests.directives.office import NOW, Office, issue, open_office
from tests.lab.logs import JANUARY, MONTHS, UNITS, record_of, steady, turned
from yunzhang.base.errors import Invalid
from yunzhang.governance.lab import actions, store
from yunzhang.governance.lab.actions import government_of
from yunzhang.governance.lab.commands import calibrating, calibrations
from yunzhang.governance.lab.commands.calibrating import calibrate as command
from yunzhang.governance.lab.commands.stamping import stamp_of
from yunzhang.governance.lab.rules.calibration import Calibration, calibrate, hold_out, hold_out_often, judge
from yunzhang.governance.lab.rules.calibration.checks import month_name
from yunzhang.governance.lab.rules.calibration.whole import list_forecast_months, list_observed_months, list_scores
from yunzhang.governance.lab.terms import Hindrance, Unresumable
from yunzhang.governance.lab.words import calibration as words
from yunzhang.governance.observatory.rules.trailing import month_start
from yunzhang.governance.observatory.terms import COVERS
from yunzhang.kit.jobs import KitJob, run_jobs

FILES = [
    "calibration.json", "coming.parquet", "estimates.parquet", "forecasts.parquet", "manifest.json", "months.parquet",
    "refusals.parquet", "report.html", "scores.parquet",
]  # fmt: skip
RUNS = 60
BROKEN = 9  # months before the shares of the lines fall


@lru_cache
def told() -> Calibration:
    """A steady log judged as a whole."""
    return calibrate(record_of(steady(1)), runs=RUNS)


@lru_cache
def broken() -> pa.Table:
    """A log in which every share of the lines falls by half after nine months."""
    return turned(BROKEN, seed=1, **{name.replace(" ", "_"): 0.35 for name in COVERS})


def ends(months: int = MONTHS) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=month_start(JANUARY + months))


# ---- what is told


def test_a_steady_log_is_told_and_covered() -> None:
    found = told()
    score = found.scores["record"][""]
    assert score["months"] >= 60
    # nine in ten; of so many independent months fewer than 80 % come once in a thousand tries
    assert 0.8 <= score["covered"] <= 1
    assert 0.8 <= found.scores["engine"][""]["covered"] <= 1
    assert abs(found.scores["engine"][""]["crps"] - score["crps"]) <= 0.1 * score["crps"], "both say the same"
    assert found.scores["turns"][""]["months"] == sum(turn["scores"][""]["months"] for turn in found.turns)
    assert len(found.turns) == len(hold_out_often(record_of(steady(1))))
    assert len(found.coming) >= len(found.held) // 2
    assert {row["months"][0] for row in found.coming} == {month_name(JANUARY + MONTHS)}
    assert not any(np.isfinite(value or np.nan) for row in found.coming for value in row["observed"])


def test_estimates_hold_what_was_planted() -> None:
    rows = {(row["relation"], row["level"]): row for row in told().estimates}
    inside = [row["rate_range"][0] <= 1 <= row["rate_range"][1] for key, row in rows.items() if " " in key[0]]
    assert sum(inside) >= 0.6 * len(inside), "each range holds the planted rate nine times in ten"
    assert all(row["matters"] for row in rows.values())


def test_what_is_told_is_what_the_rules_tell() -> None:
    record, found = record_of(steady(1)), told()
    held = hold_out(record)
    assert [(row["relation"], row["level"], row["what"]) for row in found.held] == [
        (one.relation, one.level, one.what) for one in held.forecasts
    ]
    assert found.scores["record"][""]["inside"] == held.whole[""].inside
    assert found.summary == judge(record)
    first = found.held[0]
    assert first["bands"]["low90"] == pytest.approx(held.forecasts[0].bands.low90.tolist())
    assert len(first["simulated"]["low90"]) == found.ahead == len(first["months"]) - first["held"]


def test_it_is_kept_as_plain_values_and_comes_back() -> None:
    packed = json.loads(json.dumps(told().pack(), allow_nan=False))
    assert Calibration.unpack(packed).pack() == packed


def test_rows_of_tables_hold_every_month_once() -> None:
    found = told()
    rows = list(list_forecast_months(found.held))
    assert len(rows) == sum(len(one["months"]) for one in found.held)
    held = [row for row in rows if row["is_held"]]
    assert len(held) == found.ahead * len(found.held)
    assert all((row["engine_median"] is None) is not row["is_held"] for row in rows if row["what"] == "due")
    inside = sum(row["low90"] <= row["observed"] <= row["high90"] for row in held if row["observed"] is not None)
    assert inside == found.scores["record"][""]["inside"]
    months = list(list_observed_months(found))
    assert sum(row["due"] for row in months) >= sum(row["matters"] for row in found.estimates)
    scores = list(list_scores(found))
    cells = [row for row in scores if row["by"] == "record" and row["relation"]]
    assert sum(row["months"] for row in cells) == found.scores["record"][""]["months"]


def test_progress_is_told_after_every_run() -> None:
    seen: list[int] = []
    calibrate(record_of(steady(1)), runs=4, tell=seen.append)
    assert seen == [1, 2, 3, 4]


# ---- what is refused


def test_a_broken_log_is_refused_where_it_broke_with_its_month() -> None:
    found = calibrate(record_of(broken()), runs=2)
    refused = [row for row in found.unforeseen["coming"] if row["hindrance"] == Hindrance.CHANGED_SHARE]
    lines = {(row["relation"], row["level"]) for row in found.observed if row["relation"] in COVERS}
    assert len(refused) >= 0.5 * len(lines)
    assert {row["relation"] for row in refused} <= set(COVERS)
    told_of = {(row["relation"], row["level"]) for row in found.coming if row["what"] == "met"}
    assert not told_of & {(row["relation"], row["level"]) for row in refused}
    said = [reason for _kind, _what, reason in words.list_refusals(found)]
    assert any("按期办结的比例自 2026-1" in reason for reason in said), said


@pytest.mark.parametrize("months", [0, 2, 4, 8])
def test_a_record_too_short_is_refused_as_a_whole_and_says_why(months: int) -> None:
    found = calibrate(record_of(steady(1), months=months), runs=2)
    assert not found.summary["is_told"]
    assert (found.held, found.turns) == ([], [])
    assert bool(found.coming) is (months >= 6), "what is too short for a test may still bear a forecast"
    said = words.say_calibration(found.summary)
    assert "现有记录不足以预测" in said
    assert "至少需要 6 个" in said


def test_no_log_is_no_calibration() -> None:
    for loops in (None, steady(1).slice(0, 0)):
        found = actions.find_calibration(government_of(UNITS, loops), at=None)
        assert (found.summary["is_told"], list(found.months)) == (False, [])
        assert "没有可用的事项记录" in words.say_calibration(found.summary)
        assert actions.find_record_score(government_of(UNITS, loops), at=None) == found.summary


def test_only_what_was_known_at_the_moment_counts() -> None:
    whole = government_of(UNITS, steady(1))
    early = actions.find_calibration(whole, at=ends(12), runs=2)
    assert early.months[-1] == month_name(JANUARY + 11)
    assert actions.find_record_score(whole, at=ends(12)) == early.summary


# ---- the command


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The planted place as files, with a steady log and a folder calibrated from it; the engine runs five times."""
    made = tmp_path_factory.mktemp("place")
    csv.write_csv(UNITS, made / "units.csv")
    parquet.write_table(steady(1), made / "loops.parquet")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calibrating, "RUNS", 5)
        command(**given(made), out=made / "out", language="zh")
        yield made


def given(place: Path) -> dict[str, Path]:
    return {"units": place / "units.csv", "loops": place / "loops.parquet"}


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def test_the_folder_holds_tables_report_and_origin(place: Path) -> None:
    held = contents(place / "out")
    assert list(held) == FILES
    found = Calibration.unpack(json.loads(held["calibration.json"]))
    assert parquet.read_table(place / "out" / "estimates.parquet").num_rows == len(found.estimates)
    table = parquet.read_table(place / "out" / "forecasts.parquet")
    assert table.num_rows == len(list(list_forecast_months(found.held)))
    manifest = json.loads(held["manifest.json"])
    assert table.schema.metadata == {key.encode(): value.encode() for key, value in stamp_of(manifest).items()}
    assert sorted(manifest["outputs"]) == sorted(set(FILES) - {"manifest.json"})
    assert manifest["command"].startswith("yunzhang lab calibrate --units UNITS --loops LOOPS --ahead 3 --seed 1")
    page = held["report.html"].decode()
    assert words.say_calibration(found.summary) in page
    assert page.count('class="months"') == len(found.held)
    for said in ("学术测量", "推演所得为模拟", "不得据此排名", manifest["inputs"]["loops"]):
        assert said in page, said
    assert str(place) not in page


def test_the_same_command_gives_the_same_bytes_and_leaves_another_folder_alone(place: Path, tmp_path: Path) -> None:
    before = contents(place / "out")
    command(**given(place), out=place / "out", language="zh")
    assert contents(place / "out") == before
    with pytest.raises(Unresumable):
        command(**given(place), out=place / "out", seed=2)
    assert contents(place / "out") == before


def test_it_prints_a_sentence_tables_and_reasons_or_data(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(**given(place), language="zh") == 0
    said = capsys.readouterr().out
    for part in ("落在 90% 区间内", "每对单位每月件数", "CRPS", "今后各月", "由引擎推演"):
        assert part in said, part
    assert command(**given(place), as_json=True, ahead=4) == 0
    found = Calibration.unpack(json.loads(capsys.readouterr().out))
    assert (found.ahead, len(found.coming[0]["months"])) == (4, 4)


def test_english_files_have_english_words(place: Path, tmp_path: Path) -> None:
    command(**given(place), out=tmp_path / "out", language="en")
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert "lie in the 90% band" in page
    bare = [text for text in page.split(">") if any("一" <= sign <= "鿿" for sign in text.split("<")[0])]
    assert not [text for text in bare if "font-family" not in text], bare[:3]


def test_what_cannot_be_told_is_status_1_and_mistakes_are_told_first(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    csv.write_csv(steady(1).slice(0, 12), tmp_path / "few.csv")
    assert command(units=place / "units.csv", loops=tmp_path / "few.csv", out=tmp_path / "few", language="zh") == 1
    assert parquet.read_table(tmp_path / "few" / "refusals.parquet").num_rows > 0
    assert parquet.read_table(tmp_path / "few" / "forecasts.parquet").num_rows == 0
    assert "现有记录不足以预测" in capsys.readouterr().out
    with pytest.raises(Invalid, match="--loops"):
        command(units=place / "units.csv", out=tmp_path / "none")
    for ahead in (2, 25):
        with pytest.raises(Invalid, match="--ahead"):
            command(**given(place), ahead=ahead, out=tmp_path / "none")
    assert not (tmp_path / "none").exists()


# ---- kept by the worker


@pytest.fixture
def office(db: None) -> Office:
    """An office with one matter."""
    opened = open_office()
    issue(opened, "a")
    return opened


def test_the_worker_makes_the_places_at_the_top_and_makes_them_anew_when_the_record_grew(office: Office) -> None:
    city = office.unit("city")
    assert calibrations
    assert actions.find_kept_calibration(city, at=NOW) is None
    assert city in actions.list_due_calibrations(NOW)
    for _ in range(2):
        calibrations.ask_for_calibrations(NOW)
    asked = KitJob.objects.filter(name="lab_calibration").count()
    assert asked == len(actions.list_due_calibrations(NOW)), "asked twice is one job"
    run_jobs(NOW)
    kept = actions.find_kept_calibration(city, at=NOW)
    assert kept is not None
    assert kept.is_current
    assert not kept.calibration.summary["is_told"]
    assert actions.list_due_calibrations(NOW) == []
    assert actions.keep_calibration(city, at=NOW) is False, "twice is once"
    later = NOW + timedelta(days=31)
    assert city in actions.list_due_calibrations(later), "the month has turned"
    found = actions.find_kept_calibration(city, at=later)
    assert found is not None
    assert not found.is_current


def test_what_was_asked_for_is_kept_current_while_the_unit_stands(office: Office) -> None:
    county, later = office.unit("a"), NOW + timedelta(days=31)
    actions.keep_calibration(county, at=NOW)
    store.keep_finding("calibration 999999", "x", {}, at=NOW)
    assert county in actions.list_due_calibrations(later)
    assert 999999 not in actions.list_due_calibrations(later)


def test_an_experiment_from_assumptions_tells_of_no_record(office: Office) -> None:
    scenario = {"title": "", "begins": "2026-04-01", "days": 30, "what_ifs": []}
    receipt = actions.ask_experiment(office.by("office"), office.unit("city"), scenario, 10, 1, at=NOW, basis="assumed")
    assert actions.find_experiment_score(actions.find_experiment(actions.find_asked(receipt))) == {}
