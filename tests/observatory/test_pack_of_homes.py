"""The research pack of an office's own ledger and of a study: marked as what it is, the same bytes again."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings

from tests.directives.office import NOW, issue, open_office
from tests.observatory.test_pack import EXAMPLE
from yunzhang.governance.observatory import actions
from yunzhang.governance.observatory.commands import measure
from yunzhang.governance.observatory.commands.sources import NoLog
from yunzhang.governance.observatory.terms import Parameters
from yunzhang.ground.ledger.terms import Acting
from yunzhang.kit.columns import read_columns
from yunzhang.kit.home import Home, write_home

pytestmark = pytest.mark.django_db
WINDOW = {"from_": f"{NOW.year - 1}-01-01", "to": f"{NOW.year + 1}-12-31", "draws": 20, "language": "zh"}


@pytest.fixture
def home(tmp_path, monkeypatch):
    def make(**facts):
        made = Home(root=tmp_path / "home", **facts)
        write_home(made)
        monkeypatch.setattr(settings, "HOME", made)
        monkeypatch.setenv("YUNZHANG_HOME", str(made.root))
        return made

    return make


def rows_of(path: Path):
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))


@pytest.mark.parametrize(("born", "origin"), [("real", "office"), ("simulated", "simulated")])
def test_an_offices_pack_says_what_the_office_is(home, tmp_path, born, origin):
    home(born=born, until="" if born == "real" else f"{NOW.year}-12-31")
    issue(open_office(), "a", "b")
    measure(**WINDOW, bundle=tmp_path / "b", sweep=True)
    rows = rows_of(tmp_path / "b" / "figures.csv")
    assert {row["origin"] for row in rows} == {origin}
    for name in ("report.html", "README.md"):  # the codebook explains the word anyhow
        assert ("模拟数据" in (tmp_path / "b" / name).read_text("utf-8")) == (born == "simulated"), name
    told = json.loads((tmp_path / "b" / "manifest.json").read_text("utf-8"))
    assert told["command"].startswith("yunzhang measure --home HOME --from")
    assert set(told["inputs"]) == {"units", "loops"}
    assert measure(reproduce=tmp_path / "b") == 0


@pytest.mark.parametrize(("simulated", "origin"), [(False, "foreign"), (True, "simulated")])
def test_a_studys_pack_is_marked_and_equals_that_of_its_files(home, tmp_path, simulated, origin):
    home()
    tables = {name: read_columns(EXAMPLE / f"{name}.csv") for name in ("units", "loops", "need")}
    by = Acting(person="system", post=None, unit=None, request=uuid4())
    with actions.place_stage("pilot") as stage:
        made = actions.StudyTables(**tables)
        study = actions.prepare_study(
            stage, "pilot", "绝密的题目", made, Parameters(draws=0), at=NOW, simulated=simulated
        )
        actions.add_study(by, study, at=NOW)
    window = {"from_": "2025-12-31", "to": "2026-06-30", "draws": 20, "language": "zh"}
    measure(study="pilot", **window, bundle=tmp_path / "b", mask=True, mask_key=tmp_path / "key")
    assert {row["origin"] for row in rows_of(tmp_path / "b" / "figures.csv")} == {origin}
    for file in (tmp_path / "b").iterdir():
        assert "绝密" not in file.read_text("utf-8", "replace")
        assert b"pilot" not in file.read_bytes()
    assert measure(study="pilot", reproduce=tmp_path / "b", mask_key=tmp_path / "key") == 0
    measure(study="pilot", **window, report=tmp_path / "s")
    files = {name: tmp_path / f"{name}.csv" for name in tables}
    for name, path in files.items():
        shutil.copy(EXAMPLE / f"{name}.csv", path)
    ours = rows_of(tmp_path / "s" / "figures.csv")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("YUNZHANG_HOME")
        measure(**files, **window, report=tmp_path / "f")
    assert [row | {"origin": ""} for row in ours] == [
        row | {"origin": ""} for row in rows_of(tmp_path / "f" / "figures.csv")
    ]


def test_one_run_measures_one_log(home, tmp_path):
    home()
    for named in ({"units": EXAMPLE / "units.csv"}, {"study": "pilot", "loops": EXAMPLE / "loops.csv"}):
        with pytest.raises(NoLog):
            measure(**named, draws=0)
