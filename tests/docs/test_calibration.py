"""docs/lab-calibration.md is true: its commands run as shown, and write the files it names."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from pyarrow import csv

from tests.house.tree import ROOT
from tests.lab.logs import UNITS, steady
from yunzhang.cli.root import run
from yunzhang.governance.lab.commands import calibrating

TEXT = (ROOT / "docs" / "lab-calibration.md").read_text("utf-8")


def test_every_command_shown_runs_and_every_file_named_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    csv.write_csv(UNITS, tmp_path / "units.csv")
    csv.write_csv(steady(1), tmp_path / "loops.csv")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("YUNZHANG_HOME", raising=False)
    monkeypatch.setattr(calibrating, "RUNS", 3)
    shown = re.findall(r"^\$ yunzhang (.+)$", TEXT, re.MULTILINE)
    assert len(shown) == 3
    for line in shown:
        assert run(shlex.split(line)) == 0, line
    cells = re.findall(r"^\| (`[^|]+) \|", TEXT, re.MULTILINE)
    named = {name for cell in cells for name in re.findall(r"`(\w+\.\w+)`", cell)}
    assert {file.name for file in (tmp_path / "calibration").iterdir()} == named
