"""`yunzhang lab run`, `validate` and `example`: results that resume and repeat, and refusals before anything runs."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from pyarrow import csv, parquet

from tests.cli.homes import bare_home
from tests.conftest import ROOT
from tests.directives.office import NOW, issue, open_office
from yunzhang.base.errors import Invalid
from yunzhang.cli.root import run as verb
from yunzhang.governance.lab.actions import find_behaviour, government_of, load_scenario
from yunzhang.governance.lab.commands import folder as folders
from yunzhang.governance.lab.commands.example import lines_of
from yunzhang.governance.lab.commands.pathing import paths
from yunzhang.governance.lab.commands.running import run, scenario_bytes
from yunzhang.governance.lab.commands.stamping import PROVENANCE, RIBBON, stamp_of
from yunzhang.governance.lab.commands.starting import NoGovernment
from yunzhang.governance.lab.commands.traces import read_traces, traces_bytes
from yunzhang.governance.lab.rules.limits.checks import Check, Compared
from yunzhang.governance.lab.rules.paths.mapping import AXES
from yunzhang.governance.lab.rules.paths.walking import PATHS
from yunzhang.governance.lab.rules.scenarios import read_scenario
from yunzhang.governance.lab.rules.simulating import simulate
from yunzhang.governance.lab.terms import RELATIONS, BadScenario, Do, ScenarioTooLarge, Unresumable
from yunzhang.governance.lab.words.calibration import say_record
from yunzhang.governance.lab.words.paths import FIGURES as FIGURES_OF_PATHS
from yunzhang.governance.observatory.rules.planted import Plan, plant, plant_place, rates_of
from yunzhang.governance.observatory.terms import FIGURES, Mode
from yunzhang.kit.home import Home, write_home

UNITS = plant_place(counties=2, departments=4, towns=1, enterprises=3, citizens=3, organisations=2)
SCENARIO = """title: 两县签订协议
begins: 2027-01-01
days: 360
what_ifs:
  - do: sign_agreement
    on: 2027-03-01
    units: [c0-1, c0-2]
    rate: 3
"""
FILES = ["manifest.json", "report.html", "scenario.yaml", "summary.json", "traces.parquet", "units.parquet"]
RUNS = 3


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A planted place as files: units, a year's log, a scenario."""
    made = tmp_path_factory.mktemp("place")
    csv.write_csv(UNITS, made / "units.csv")
    log = plant(UNITS, Plan(rates=rates_of(Mode.AUTHORITATIVE), events=8, seed=1)).loops
    parquet.write_table(log, made / "loops.parquet")
    (made / "scenario.yaml").write_text(SCENARIO, "utf-8")
    return made


@pytest.fixture(scope="module")
def results(place):
    """The folder of an uninterrupted run in this process."""
    run(place / "scenario.yaml", units=place / "units.csv", runs=RUNS, out=place / "whole", language="zh")
    return place / "whole"


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def words_of(place: Path, out: Path, runs: int = RUNS) -> list[object]:
    return ["lab", "run", place / "scenario.yaml", "--units", place / "units.csv", "--runs", runs, "--out", out,
            "--language", "zh"]  # fmt: skip


# ---- results


def test_a_folder_holds_what_a_reader_needs(results):
    assert sorted(bytes_of(results)) == FILES
    table = parquet.read_table(results / "traces.parquet")
    assert parquet.ParquetFile(results / "traces.parquet").num_row_groups == RUNS
    assert table["number"].to_pylist() == [0, 0, 1, 1, 2, 2]
    assert table["changed"].to_pylist() == [False, True] * RUNS
    summary = json.loads((results / "summary.json").read_text("utf-8"))
    gain = summary["difference"]["H_region"]
    assert gain["low"] > 0
    last = [[row[-1]["H_region"] for row in table.filter(table["changed"]).column("course").to_pylist()]]
    assert summary["figures"]["H_region"]["after"]["mid"][-1] == pytest.approx(sorted(last[0])[RUNS // 2])
    assert summary["runs"] == RUNS
    assert summary["basis"] == "assumed"
    manifest = json.loads((results / "manifest.json").read_text("utf-8"))
    assert sorted(manifest["outputs"]) == sorted(set(FILES) - {"manifest.json"})
    assert manifest["command"].startswith("yunzhang lab run SCENARIO --units UNITS --runs 3 --seed 1")
    assert manifest["product"]["libraries"]["numba"].count(".") == 2
    units = parquet.read_table(results / "units.parquet")
    assert units.to_pylist() == UNITS.to_pylist()


def test_nothing_in_the_folder_tells_path_or_machine(results):
    for name, content in bytes_of(results).items():
        for word in (str(results).encode(), str(ROOT).encode(), os.uname().nodename.encode()):
            assert word not in content, (name, word)


def test_the_scenario_written_reads_back_as_the_same(results):
    scenario = read_scenario(yaml.safe_load(SCENARIO.replace(" on:", ' "on":')), units=UNITS)
    assert (results / "scenario.yaml").read_bytes() == scenario_bytes(scenario)
    assert load_scenario(results / "scenario.yaml", government_of(UNITS, None)) == scenario


def test_a_trace_comes_back_from_its_file_to_the_last_bit(results):
    table = parquet.read_table(results / "traces.parquet")
    traces = read_traces(table)
    pairs = list(zip(traces[::2], traces[1::2], strict=True))
    told = json.loads((results / "manifest.json").read_bytes())
    assert traces_bytes(pairs, stamp_of(told)) == (results / "traces.parquet").read_bytes()


def test_every_table_passed_on_alone_names_inputs_seed_engine_and_parameters(results):
    told = json.loads((results / "manifest.json").read_bytes())
    for name in ("traces.parquet", "units.parquet"):
        held = parquet.read_schema(results / name).metadata
        assert "模拟" in held[RIBBON.encode()].decode()
        stamp = json.loads(held[PROVENANCE.encode()])
        assert stamp["inputs"] == told["inputs"]
        for part in ("engine", "seed", "runs", "scenario", "behaviour", "parameter_files", "product"):
            assert stamp[part] == told[part], part


def test_the_report_stands_alone_and_says_it_is_simulated(results, place):
    text = (results / "report.html").read_text("utf-8")
    assert not re.search(r"(src|href)=|url\(|<script|@import", text)
    for word in ("情景推演", "模拟结果", "学术测量", "若按“两县签订协议”实施，12 个月后", "不得据此排名", "<svg"):
        assert word in text
    assert text.count("<svg") == 3
    run(place / "scenario.yaml", units=place / "units.csv", runs=1, out=place / "english", language="en")
    page = (place / "english" / "report.html").read_text("utf-8")
    assert "If &quot;" in page
    assert not chinese_in(page)


def chinese_in(page: str) -> list[str]:
    """Chinese that is neither marked as the records' own nor part of a style or a command."""
    own = r'<[^>]* lang="zh"[^>]*>[^<]*|<title>[^<]*|font-family="[^"]*"|<style>.*?</style>|<code>[^<]*'
    return re.findall(r"[\u4e00-\u9fff]+", re.sub(own, "", page, flags=re.DOTALL))


def test_the_same_bytes_whatever_the_number_of_threads_and_a_kill_in_the_middle_is_resumed(yunzhang, results, place):
    out = place / "killed"
    env = {key: value for key, value in os.environ.items() if not key.startswith("YUNZHANG")}
    command = [sys.executable, "-m", "yunzhang.cli", *map(str, words_of(place, out, runs=400))]
    child = subprocess.Popen(command, env=env | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while len(list((out / "runs").glob("[0-9]*.parquet"))) < 3 and time.monotonic() < deadline:
        assert child.poll() is None
        time.sleep(0.005)
    child.send_signal(signal.SIGKILL)
    child.wait()
    kept = {file.name for file in (out / "runs").glob("[0-9]*.parquet")}
    assert 3 <= len(kept) < 400
    assert all(len(read_traces(parquet.read_table(out / "runs" / name))) == 2 for name in kept)
    (out / "runs" / ".9999.parquet.part").write_bytes(b"PAR1 half")
    for name in kept:  # what a shorter command has left: the first runs alone
        if int(name[:4]) >= RUNS:
            (out / "runs" / name).unlink()
    before = {file.name: file.stat().st_mtime_ns for file in (out / "runs").glob("[0-9]*.parquet")}
    assert missing(out) == [number for number in range(RUNS) if f"{number:04d}.parquet" not in before]
    done = yunzhang(*words_of(place, out), NUMBA_NUM_THREADS="1")
    assert done.returncode == 0, done.stderr
    assert bytes_of(out) == bytes_of(results)


def test_who_stops_a_command_is_told_that_it_goes_on(results, place, tmp_path, monkeypatch, capsys):
    given = {"units": place / "units.csv", "runs": RUNS, "out": tmp_path / "r", "language": "zh"}

    def stopped(prepared, *, seed, number, changed):
        if number == 1:
            raise KeyboardInterrupt
        return simulate(prepared, seed=seed, number=number, changed=changed)

    with monkeypatch.context() as patch:
        patch.setattr("yunzhang.governance.lab.commands.running.simulate", stopped)
        with pytest.raises(KeyboardInterrupt):
            run(place / "scenario.yaml", **given)
    assert "重复同一条命令" in capsys.readouterr().err
    assert 1 in missing(tmp_path / "r")
    run(place / "scenario.yaml", **given)
    assert bytes_of(tmp_path / "r") == bytes_of(results)


def missing(folder: Path) -> list[int]:
    """What a resumed command would still have to do."""
    told = json.loads((folder / "manifest.json").read_text("utf-8"))
    with folders.opened(folder, told, RUNS) as found:
        return found.missing()


def test_a_finished_folder_is_left_as_it_is_and_may_be_extended(results, place, tmp_path):
    shutil.copytree(results, tmp_path / "r")
    again = {"units": place / "units.csv", "out": tmp_path / "r", "language": "zh"}
    run(place / "scenario.yaml", runs=RUNS, **again)
    assert bytes_of(tmp_path / "r") == bytes_of(results)
    run(place / "scenario.yaml", runs=RUNS + 1, **again)
    run(place / "scenario.yaml", runs=RUNS + 1, **(again | {"out": tmp_path / "fresh"}))
    assert bytes_of(tmp_path / "r") == bytes_of(tmp_path / "fresh")
    with pytest.raises(folders.MoreRunsThere):
        run(place / "scenario.yaml", runs=RUNS, **again)


@pytest.mark.parametrize("other", ["seed", "scenario", "units", "behaviour", "foreign", "engine"])
def test_another_studys_folder_is_not_touched(results, place, tmp_path, monkeypatch, other):
    out = tmp_path / "r"
    shutil.copytree(results, out)
    given = {"scenario": place / "scenario.yaml", "units": place / "units.csv", "runs": RUNS, "out": out}
    if other == "seed":
        given["seed"] = 2
    elif other == "scenario":
        (tmp_path / "s.yaml").write_text(SCENARIO.replace("rate: 3", "rate: 4"), "utf-8")
        given["scenario"] = tmp_path / "s.yaml"
    elif other == "units":
        csv.write_csv(UNITS.slice(0, UNITS.num_rows - 1), tmp_path / "u.csv")
        given["units"] = tmp_path / "u.csv"
    elif other == "behaviour":
        given["loops"] = place / "loops.parquet"
    elif other == "foreign":
        shutil.rmtree(out)
        out.mkdir()
        (out / "notes.txt").write_text("mine", "utf-8")
    else:
        monkeypatch.setattr("yunzhang.governance.lab.commands.manifest.find_engine_digest", lambda: "another")
    before = bytes_of(out)
    with pytest.raises(Unresumable):
        run(**given)
    assert bytes_of(out) == before


@pytest.mark.parametrize("after", [0, 1, 3])
def test_a_full_disk_is_told_and_the_same_command_goes_on_afterwards(tmp_path, monkeypatch, after):
    told = {"format": 1, "seed": 1, "outputs": {"a": "1"}}
    files = {name: name.encode() * 9 for name in "abc"}
    folders.write_all(tmp_path / "whole", files, told)
    left = iter(range(after, -1, -1))

    def full(number):
        if next(left) == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr("yunzhang.governance.lab.commands.folder.os.fsync", full)
        with pytest.raises(folders.CannotWrite) as refused:
            folders.write_all(tmp_path / "r", files, told)
    assert "No space left" in str(refused.value)
    assert "--out" in str(refused.value)
    folders.write_all(tmp_path / "r", files, told)
    assert bytes_of(tmp_path / "r") == bytes_of(tmp_path / "whole")


def test_a_folder_run_again_from_its_own_files_gives_the_same_traces_and_scenario(results, tmp_path):
    given = {"units": results / "units.parquet", "runs": RUNS, "out": tmp_path / "again", "language": "zh"}
    run(results / "scenario.yaml", **given)
    again = bytes_of(tmp_path / "again")
    for name in ("scenario.yaml", "summary.json"):
        assert again[name] == (results / name).read_bytes(), name
    for name in ("traces.parquet", "units.parquet"):  # their stamp names the file the units were read from
        assert parquet.read_table(tmp_path / "again" / name).equals(parquet.read_table(results / name)), name


def test_two_commands_do_not_write_to_one_folder(results, place, tmp_path):
    shutil.copytree(results, tmp_path / "r")
    told = json.loads((tmp_path / "r" / "manifest.json").read_text("utf-8"))
    with (
        folders.opened(tmp_path / "r", told, RUNS),
        pytest.raises(folders.FolderBusy),
        folders.opened(tmp_path / "r", told, RUNS),
    ):
        raise AssertionError
    assert bytes_of(tmp_path / "r") == bytes_of(results)


def test_a_run_that_cannot_be_read_is_made_again(results, place, tmp_path):
    out = tmp_path / "r"
    shutil.copytree(results, out)
    (out / "traces.parquet").write_bytes((results / "traces.parquet").read_bytes()[:-100])
    run(place / "scenario.yaml", units=place / "units.csv", runs=RUNS, out=out, language="zh")
    assert bytes_of(out) == bytes_of(results)


# ---- told on the terminal


def test_without_a_folder_it_prints_the_verdict_or_json(yunzhang, place, results, capsys):
    run(place / "scenario.yaml", units=place / "units.csv", runs=RUNS)
    said = capsys.readouterr().out
    assert "若按“两县签订协议”实施，12 个月后" in said
    assert "地区间" in said
    done = yunzhang(*words_of(place, place / "x")[:7], "--json", NUMBA_NUM_THREADS="2")
    assert json.loads(done.stdout) == json.loads((results / "summary.json").read_text("utf-8"))
    assert done.stderr == ""


def test_a_record_gives_the_behaviour(place, tmp_path, capsys):
    run(place / "scenario.yaml", units=place / "units.csv", loops=place / "loops.parquet", runs=2, out=tmp_path / "r")
    told = json.loads((tmp_path / "r" / "manifest.json").read_text("utf-8"))["behaviour"]
    assert told["basis"] == "record"
    chance = {(row["relation"], row["level"]): row["chance"] for row in told["paces"]}
    assert chance["territorial directive", 2] > 0.75  # planted: .92
    assert chance["department", 2] < 0.6  # planted: .35
    assert "由已有记录估计" in (tmp_path / "r" / "report.html").read_text("utf-8")
    said = say_record(json.loads((tmp_path / "r" / "summary.json").read_text("utf-8")))
    assert said in (tmp_path / "r" / "report.html").read_text("utf-8")
    assert said in capsys.readouterr().out
    assert said.startswith("用此前的记录推算最近 3 个月")


def test_a_scenario_without_what_ifs_compares_nothing(place, tmp_path, capsys):
    (tmp_path / "s.yaml").write_text("begins: 2027-01-01\ndays: 90\n", "utf-8")
    run(tmp_path / "s.yaml", units=place / "units.csv", runs=2, as_json=True)
    summary = json.loads(capsys.readouterr().out)
    assert all(summary["figures"][name]["before"] == summary["figures"][name]["after"] for name in FIGURES)


def test_the_default_behaviour_knows_every_relation_and_says_it_is_assumed():
    held = find_behaviour(date(2027, 1, 1))
    assert {relation for relation, _ in held.paces} == set(RELATIONS)
    text = (ROOT / "yunzhang" / "data" / "parameters" / "lab.yaml").read_text("utf-8")
    assert text.count("source: academic assumption") >= 2


# ---- refusals


@pytest.mark.parametrize(
    ("change", "line", "told"),
    [
        (("c0-2]", "c0-9]"), 5, "c0-9"),
        (("rate: 3", "rate: 900"), 8, "rate"),
        (("rate: 3", "rate: yes"), 8, "rate"),
        (("rate: 3", "term: 20.5"), 8, "term"),
        (("2027-03-01", "2027-02-29"), 6, "2027-02-29"),
        (("rate: 3", "until: 0"), 8, "until"),
        (("rate: 3", "speed: 3"), 5, "speed"),
        (("2027-03-01", "2029-03-01"), 6, "2029-03-01"),
        (("2027-03-01", "2027-03-01 10:00:00"), 6, "2027-03-01 10:00:00"),
        (("sign_agreement", "abolish"), 5, "abolish"),
        (("days: 360", "days: 9999999"), 3, "3660"),
        (("days: 360", "days: 360\nbehaviour: {attention: 4}"), 4, "attention"),
        (("days: 360", "days: 360\npaces:\n  region: {rate: .nan, chance: 1}"), 5, "rate"),
        (("days: 360", "days: 360\nprogrammes:\n  - {name: a, share: 0.1}\n  - {name: b, share: 7}"), 6, "share"),
        (("begins: 2027-01-01", "begins: soon"), 2, "soon"),
        (("units: [c0-1, c0-2]", "units: [c0, c0-2]"), 5, "上下级"),
        (("rate: 3", "rate: 3\n  - {do: merge_units, on: 2027-04-01, units: [c0.1, c0.2]}\n"
          "  - {do: vacate_post, on: 2027-05-01, units: [c0.2]}"), 10, "c0.2"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_scenario_is_told_by_file_line_and_field(place, tmp_path, change, line, told):
    (tmp_path / "s.yaml").write_text(SCENARIO.replace(*change), "utf-8")
    with pytest.raises(BadScenario) as refused:
        run(tmp_path / "s.yaml", units=place / "units.csv", out=tmp_path / "r")
    assert f"s.yaml 第 {line} 行" in str(refused.value)
    assert told in str(refused.value)
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", BadScenario),
        ("what_ifs: [", BadScenario),
        ("- a\n- b\n", BadScenario),
        ("title: a\ntitle: b\nbegins: 2027-01-01\n", BadScenario),
        ("? [a]\n: 1\n", BadScenario),
        ("? {a: b}\n: 1\n", BadScenario),
        ("a: &a [1]\nb: *a\n", BadScenario),
        ("x: " + "[" * 2000, BadScenario),
        ("title: " + "一" * 70_000, BadScenario),
        ("title: 无日期\n", BadScenario),
        ("begins: 2027-01-01\nwhat_ifs: [{do: add_links, on: 2027-02-01, count: 1000000}]\n", ScenarioTooLarge),
    ],
)
def test_what_is_no_scenario_is_refused_before_anything_runs(place, tmp_path, text, error):
    (tmp_path / "s.yaml").write_text(text, "utf-8")
    with pytest.raises(error) as refused:
        run(tmp_path / "s.yaml", units=place / "units.csv", out=tmp_path / "r")
    assert "\n" not in str(refused.value)
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"runs": 0}, Invalid),
        ({"runs": 10_001}, Invalid),
        ({"seed": -1}, Invalid),
        ({"seed": 2**63}, Invalid),
        ({"language": "fr"}, Invalid),
        ({"units": None}, NoGovernment),
        ({"units": None, "loops": Path("loops.parquet")}, NoGovernment),
        ({"out": Path("nowhere/r")}, Invalid),
        ({"out": Path("units.csv")}, Invalid),
        ({"scenario": Path("none.yaml")}, BadScenario),
    ],
)
def test_a_wrong_command_line_is_refused(place, monkeypatch, change, error):
    monkeypatch.chdir(place)
    with pytest.raises(error):
        run(**({"scenario": Path("scenario.yaml"), "units": Path("units.csv"), "runs": 1} | change))


# ---- a home


@pytest.mark.django_db
def test_the_office_itself_is_simulated(tmp_path, monkeypatch):
    made = Home(root=tmp_path / "home", born="simulated", until=f"{NOW.year}-12-31")
    write_home(made)
    monkeypatch.setattr(settings, "HOME", made)
    monkeypatch.setenv("YUNZHANG_HOME", str(made.root))
    issue(open_office(), "a", "b")
    (tmp_path / "s.yaml").write_text(f"begins: {NOW.year + 1}-01-01\ndays: 60\n", "utf-8")
    run(tmp_path / "s.yaml", runs=1, out=tmp_path / "r")
    told = json.loads((tmp_path / "r" / "manifest.json").read_text("utf-8"))
    assert set(told["inputs"]) == {"units", "loops"}
    assert "--home HOME" in told["command"]
    with pytest.raises(NoGovernment):
        run(tmp_path / "s.yaml", units=tmp_path / "units.csv")


def test_a_home_of_an_older_schema_is_refused(yunzhang, tmp_path, place):
    home = bare_home(tmp_path / "home")
    with closing(sqlite3.connect(home / "yunzhang.sqlite3")) as database:
        database.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
        database.commit()
    done = yunzhang("lab", "run", place / "scenario.yaml", "--home", home)
    assert done.returncode == 1
    assert "yunzhang upgrade" in done.stderr


# ---- validate, example


def test_validate_prints_every_number_and_fails_where_one_is_off(monkeypatch, capsys):
    monkeypatch.delenv("YUNZHANG_HOME", raising=False)
    assert verb(["lab", "validate", "nk", "--quick", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) > 10
    assert all(row["passed"] and row["source"] for row in rows)
    bad = Compared((Check("nk/off", 1.0, 0.9, 1.1, 2.0, "tried"), Check("nk/sign", float("nan"), 0.0, 9.0, 1.0)), ())
    monkeypatch.setattr("yunzhang.governance.lab.actions.find_comparison", lambda *a, **k: bad)
    assert verb(["lab", "validate", "nk"]) == 1  # the exit status
    said = capsys.readouterr().out
    assert "未通过" in said
    assert "1 / 2" in said
    assert "NK 景观" in said
    assert "本引擎与文献可能不同之处" in said
    assert verb(["lab", "validate", "gossip"]) == 1
    assert "nk | march | lazer | dodds" in capsys.readouterr().err


@pytest.mark.parametrize("do", list(Do))
def test_an_example_of_every_what_if_can_be_filled_in_and_read(do):
    text = "\n".join(lines_of(do))
    near = {"UNIT1": "c0.2", "UNIT2": "c0.3", "SUPERIOR": "c0-1", "PROGRAMME": "某专项"}
    if do in (Do.SIGN_AGREEMENT, Do.OPEN_CHANNEL):
        near |= {"UNIT1": "c0-1", "UNIT2": "c0-2"}
    if do is Do.ADD_LINKS:
        near |= {"UNIT1": "c0.2, c0.3"}
    for word, said in near.items():
        text = text.replace(word, said)
    given = yaml.safe_load(text.replace(" on:", ' "on":'))
    assert read_scenario(given, units=UNITS).what_ifs[0].do is do


# ---- paths


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """The folder of the paths in a small world."""
    out = tmp_path_factory.mktemp("paths") / "p"
    paths(out=out, with_map=True, runs=2, levels=2, language="zh")
    return out


def test_paths_write_tables_a_map_and_a_report(walked):
    assert sorted(bytes_of(walked)) == [
        "assumptions.json", "learning.parquet", "manifest.json", "map.parquet", "paths.parquet", "report.html",
    ]  # fmt: skip
    table = parquet.read_table(walked / "map.parquet")
    assert table.num_rows == len(table.select(AXES).to_pandas().drop_duplicates())
    assert float("inf") in table["xi"].to_pylist()
    steps = parquet.read_table(walked / "paths.parquet").to_pylist()
    assert {row["path"] for row in steps} == set(PATHS)
    text = (walked / "report.html").read_text("utf-8")
    assert not re.search(r"(src|href)=|url\(|<script|@import", text)
    assert "学术情景" in text
    assert text.count("<svg") == 2 * len(FIGURES_OF_PATHS) + len(PATHS) + 2  # the map for wide and for narrow screens
    assert text.count('class="mosaic"') == 2
    for said in ("联系数相同时", "预算相同时", "建立一条联系 1", "每种情形运行 2 次", "单凭偶然"):
        assert said in text
    signs = re.findall(r'<td class="number">[■○·×](?: [+−]?\d\.\d\d)?</td>', text)
    assert len(signs) == table.num_rows
    told = json.loads((walked / "manifest.json").read_text("utf-8"))
    assert told["command"] == "yunzhang lab paths --runs 2 --seed 1 --levels 2 --map --language zh --out DIR"


def test_paths_are_the_same_bytes_again_and_touch_no_other_folder(walked, results, capsys):
    before = bytes_of(walked)
    paths(out=walked, with_map=True, runs=2, levels=2, language="zh")
    assert bytes_of(walked) == before
    assert "保留层级" in capsys.readouterr().out
    for other in ({"seed": 2}, {"with_map": False}, {"runs": 3}):
        with pytest.raises(Unresumable):
            paths(**({"out": walked, "with_map": True, "runs": 2, "levels": 2} | other))
    there = bytes_of(results)
    with pytest.raises(Unresumable):
        paths(out=results, runs=2, levels=2)
    assert bytes_of(results) == there
    assert bytes_of(walked) == before


def test_paths_speak_english(tmp_path):
    paths(out=tmp_path / "p", runs=2, levels=2, language="en")
    page = (tmp_path / "p" / "report.html").read_text("utf-8")
    assert "Keep the line, add links" in page
    assert not chinese_in(page)


@pytest.mark.parametrize("wrong", [{"runs": 1}, {"levels": 1}, {"levels": 8}, {"language": "fr"}, {"seed": -1}])
def test_paths_refuse_what_cannot_be(wrong):
    with pytest.raises(Invalid):
        paths(**wrong)
