"""The research pack from files: whole, marked, the same bytes again, and nothing half-written."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
from pathlib import Path

import pandas
import pytest
from pandas.io.stata import StataReader

from yunzhang.base.errors import YunzhangError
from yunzhang.governance.observatory import actions
from yunzhang.governance.observatory.commands import measure, packing
from yunzhang.governance.observatory.commands.pack import folder, manifest
from yunzhang.governance.observatory.commands.pack.rows import list_names
from yunzhang.governance.observatory.commands.pack.writing import OWN_FILES

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "example"
WINDOW = {"from_": "2025-12-31", "to": "2026-06-30"}
MARK = {"zh": "学术测量，不代表官方评价", "en": "Academic measurement; not an official evaluation"}
OUTSIDE = re.compile(rb"""(src|href|url)\s*[=(]\s*["']?\s*(https?:)?//|<script|<link|@import""", re.IGNORECASE)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    made = tmp_path_factory.mktemp("example")
    for name in ("units", "loops", "need"):
        shutil.copy(EXAMPLE / f"{name}.csv", made / f"{name}.csv")
    return {name: made / f"{name}.csv" for name in ("units", "loops", "need")}


@pytest.fixture(scope="module")
def bundle(files, tmp_path_factory):
    made = tmp_path_factory.mktemp("out") / "bundle"
    measure(**files, **WINDOW, draws=60, sweep=True, language="zh", bundle=made)
    return made


def rows_of(path):
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))


def test_holds_every_file_and_says_what_each_is(bundle):
    names = {file.name for file in bundle.iterdir()}
    assert names == OWN_FILES
    read_me = (bundle / "README.md").read_text("utf-8")
    for name in names - {"MANIFEST", "manifest.json", "CITATION.cff", "RUN.txt"}:
        assert f"`{name}`" in read_me


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_report_stands_alone_and_is_marked(files, tmp_path, language):
    measure(**files, **WINDOW, draws=20, language=language, report=tmp_path / "r")
    page = (tmp_path / "r" / "report.html").read_bytes()
    assert not OUTSIDE.search(page)
    assert f'<html lang="{"zh-CN" if language == "zh" else "en"}">' in page.decode()
    for name in ("report.html", "figures.json", "README.md", "codebook.md"):
        assert MARK[language] in (tmp_path / "r" / name).read_text("utf-8"), name
    for row in rows_of(tmp_path / "r" / "figures.csv"):
        assert row["origin"] == "foreign"
    if language == "en":
        plain = re.sub(r'<(\w+)[^>]* lang="zh"[^>]*>.*?</\1>|<title>.*?</title>|<style>.*?</style>', "", page.decode())
        assert not re.search(r"[\u4e00-\u9fff]", plain)


def test_every_column_is_in_the_codebook_and_every_figure_in_the_columns(bundle):
    rows = rows_of(bundle / "figures.csv")
    assert list(rows[0]) == list_names()
    told = {row["name"] for row in rows_of(bundle / "codebook.csv")}
    written = [rows_of(bundle / f"{name}.csv")[0] for name in ("figures", "sweep", "trail", "levels")]
    assert told == {name for row in written for name in row}
    found = json.loads((bundle / "figures.json").read_text("utf-8"))
    assert [row["unit"] for row in found["figures"]] == [row["unit"] for row in rows] == ["a", "b", "c", "jz"]
    for one, other in zip(found["figures"], rows, strict=True):
        assert {name: "" if value is None else str(value) for name, value in one.items()} == other


def test_months_and_levels_are_those_of_the_log(bundle):
    months = rows_of(bundle / "trail.csv")
    assert [row["month"] for row in months] == ["2026-03", "2026-04", "2026-05", "2026-06"]
    assert [int(row["held"]) for row in months] == [3, 4, 5, 6]
    whole = {row["unit"]: row for row in rows_of(bundle / "figures.csv")}["jz"]
    assert (months[-1]["V"], months[-1]["H"], months[-1]["loops"]) == (whole["V"], whole["H"], whole["loops"])
    levels = rows_of(bundle / "levels.csv")
    first = next(row for row in levels if (row["line"], row["asks"], row["below"]) == ("territorial", "directive", "1"))
    assert (first["met"], first["asked"], first["edges"], first["reached"]) == ("35", "42", "6", "6")  # worked example


def test_what_stands_beside_a_figure_is_in_the_columns(files):
    found = packing.sources.find_log(packing.sources.Named(files["units"], files["loops"]), packing_parameters())
    known = actions.list_variables()
    for figures in found.measured.figures():
        assert {name for name in figures.coverage if name != "set_aside_reasons"} <= set(known)


def packing_parameters():
    from yunzhang.governance.observatory.terms import Parameters

    return Parameters(draws=0)


@pytest.mark.parametrize(("name", "version"), [("figures.dta", b"118"), ("figures_stata13.dta", b"117")])
def test_stata_reads_labels_of_variables_and_of_values(bundle, name, version):
    assert version in (bundle / name).read_bytes()[:60]
    with StataReader(bundle / name) as reader:
        labels, values = reader.variable_labels(), reader.value_labels()
        assert "evaluation" in reader.data_label or "官方评价" in reader.data_label
    frame = pandas.read_stata(bundle / name)
    rows = rows_of(bundle / "figures.csv")
    assert labels["V"] == ("纵向贯通度 V" if version == b"118" else "vertical integration V")
    assert set(values["mode"].values()) & {"权威", "authoritative"}
    assert frame["V"].tolist() == pytest.approx([float(row["V"]) for row in rows])
    assert frame["V_functional"].isna().tolist() == [not row["V_functional"] for row in rows]
    if version == b"118":
        assert frame["name"].tolist() == [row["name"] for row in rows]
        assert frame["mode"].astype(str).tolist()[2] == "权威"
    else:
        assert frame["row"].tolist() == [1, 2, 3, 4]
        assert frame["unit"].tolist() == [row["unit"] for row in rows]


def test_the_same_command_gives_the_same_bytes_wherever_it_runs(files, bundle, tmp_path):
    moved = {name: tmp_path / f"{name}-renamed.csv" for name in files}
    for name, path in files.items():
        shutil.copy(path, moved[name])
    measure(**moved, **WINDOW, draws=60, sweep=True, language="zh", bundle=tmp_path / "again")
    for file in bundle.iterdir():
        if file.name != "RUN.txt":
            assert file.read_bytes() == (tmp_path / "again" / file.name).read_bytes(), file.name
            assert b"renamed" not in file.read_bytes()
            assert str(bundle.parent).encode() not in file.read_bytes()
    assert subprocess.run(["sha256sum", "--check", "--quiet", "MANIFEST"], cwd=bundle, check=False).returncode == 0


def test_reproduces_itself_and_names_what_differs(files, bundle, tmp_path, capsys):
    assert measure(**files, reproduce=bundle) == 0
    copy = tmp_path / "bundle"
    shutil.copytree(bundle, copy)
    (copy / "figures.csv").write_bytes(b"unit,V\njz,1\n")
    with pytest.raises(packing.NotReproduced):
        measure(**files, reproduce=copy)
    changed = tmp_path / "loops.csv"
    changed.write_text(files["loops"].read_text("utf-8").replace(",open\n", ",met\n", 1), "utf-8")
    capsys.readouterr()
    with pytest.raises(packing.NotReproduced):
        measure(**(files | {"loops": changed}), reproduce=bundle)
    told = capsys.readouterr().out
    assert re.search(r"不一致\s+input\s+loops", told)
    assert re.search(r"\n一致\s+input\s+units", f"\n{told}")
    (copy / "manifest.json").write_text("{}", "utf-8")
    with pytest.raises(manifest.BadManifest):
        measure(**files, reproduce=copy)


def test_refuses_a_folder_that_holds_something_and_replaces_only_its_own(files, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "notes.txt").write_text("mine", "utf-8")
    (out / "sweep.csv").write_text("old", "utf-8")
    with pytest.raises(folder.FolderTaken):
        measure(**files, **WINDOW, draws=0, report=out)
    measure(**files, **WINDOW, draws=0, report=out, force=True)
    assert (out / "notes.txt").read_text("utf-8") == "mine"
    assert not (out / "sweep.csv").exists()  # an older sweep would no longer belong to these figures
    assert (out / "report.html").exists()
    with pytest.raises(folder.NoFolder):
        measure(**files, **WINDOW, draws=0, report=tmp_path / "no" / "where")
    with pytest.raises(folder.NoFolder):
        measure(**files, **WINDOW, draws=0, report=out / "notes.txt")


def test_nothing_half_written_is_left_behind(tmp_path, monkeypatch):
    written = []

    def break_off(self, content):
        written.append(self.name)
        if len(written) == 2:
            raise OSError(28, "No space left on device")
        return 0

    monkeypatch.setattr(Path, "write_bytes", break_off)
    with pytest.raises(OSError, match="No space"):
        folder.write_folder(tmp_path / "out", {"a": b"1", "b": b"2"})
    assert not list(tmp_path.iterdir())


def test_a_log_with_nothing_horizontal_says_so_and_names_no_mode(files, tmp_path, capsys):
    lines = files["loops"].read_text("utf-8").splitlines(keepends=True)
    only = [line for line in lines if line.split(",")[1] in ("kind", "directive", "report")]
    (tmp_path / "loops.csv").write_text("".join(only), "utf-8")
    named = {"units": files["units"], "loops": tmp_path / "loops.csv"} | WINDOW
    measure(**named, draws=20, sweep=True, report=tmp_path / "out", language="zh")
    for row in rows_of(tmp_path / "out" / "figures.csv"):
        assert (row["mode"], row["p_mode"], row["H"], row["H_region"], row["H_raw"]) == ("undecided", "", "", "", "")
        assert row["V"]
    assert not (tmp_path / "out" / "sweep.csv").exists()
    assert "横向协同度暂缺" in (tmp_path / "out" / "report.html").read_text("utf-8")
    capsys.readouterr()
    measure(**named, draws=20)
    table = capsys.readouterr().out
    assert "松散治理" not in table
    assert "权威治理" not in table


def test_a_name_is_no_formula(files, tmp_path):
    units = tmp_path / "units.csv"
    units.write_text(files["units"].read_text("utf-8").replace("甲区人民政府", "=1+1", 1), "utf-8")
    measure(**(files | {"units": units}), **WINDOW, draws=0, report=tmp_path / "out")
    names = [row["name"] for row in rows_of(tmp_path / "out" / "figures.csv")]
    assert names[0] == "'=1+1"


def test_an_export_of_a_simulated_office_stays_marked_so(files, tmp_path):
    units = tmp_path / "units.csv"
    units.write_text(f"模拟数据 · 虚构地区\n{files['units'].read_text('utf-8')}", "utf-8-sig")
    measure(**(files | {"units": units}), **WINDOW, draws=0, report=tmp_path / "out", language="zh")
    assert {row["origin"] for row in rows_of(tmp_path / "out" / "figures.csv")} == {"simulated"}
    for name in ("report.html", "figures.json", "README.md", "codebook.md"):
        assert "模拟数据" in (tmp_path / "out" / name).read_text("utf-8"), name
    assert b"SIMULATED" in (tmp_path / "out" / "figures_stata13.dta").read_bytes()


@pytest.mark.parametrize(
    "changed",
    [
        {"language": "fr", "report": Path("x")},
        {"mask": True},
        {"mask": True, "report": Path("x"), "as_json": True},
        {"units": None},
        {"study": "pilot"},
        {"units": Path("nothing.csv")},
        {"loops": Path("nothing.txt")},
    ],
)
def test_says_what_why_and_what_to_do(files, changed):
    with pytest.raises(YunzhangError) as refused:
        measure(**(files | changed))
    error = refused.value
    assert error.what
    assert error.do or type(error).__name__ == "BadParameter"
    assert error.why or type(error).__name__ == "BadParameter"
