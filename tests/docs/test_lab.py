"""docs/lab.md is true: every what-if with its values, every command as it is shown."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.house.tree import ROOT
from yunzhang.cli.root import run
from yunzhang.governance.lab.rules.scenarios import BEHAVIOUR, FIELDS, HOW_MANY, TITLES, Field
from yunzhang.governance.lab.rules.scenarios.reading import LONGEST, MOST_LINKS, MOST_STEPS
from yunzhang.governance.lab.rules.scenarios.staging import MOST_FLOWS, MOST_UNITS
from yunzhang.governance.lab.terms import RELATIONS, Do

TEXT = (ROOT / "docs" / "lab.md").read_text("utf-8")
ROWS = {row[0]: row[1:] for row in re.findall(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", TEXT, re.MULTILINE)}


def told(field: Field) -> str:
    if field.kind in ("text", "unit"):
        return f"`{field.name}`"
    if field.kind == "choice":
        return f"`{field.name}` {field.default} ({'/'.join(field.choices)})"
    high = min(field.high, MOST_LINKS) if field.name == "count" else field.high
    return f"`{field.name}` {field.default:g} ({field.low:g}–{high:g})"


@pytest.mark.parametrize("do", list(Do))
def test_every_what_if_stands_there_with_its_values(do: Do) -> None:
    what, units, values = ROWS[do]
    assert what.startswith(TITLES[do])
    least, most = HOW_MANY[do]
    assert units == (f"{least}–{most}" if most else "–")
    assert values == ("; ".join(told(field) for field in FIELDS[do]) or "–")


def test_every_behaviour_relation_and_limit_stands_there() -> None:
    for name, field in BEHAVIOUR.items():
        assert re.search(
            rf"^\| [^|]*`{name}`[^|]* \| [^|]+ \| {field.low:g}–{re.escape(f'{field.high:g}')} \|$", TEXT, re.M
        )
    assert all(f"`{name}`" in TEXT for name in RELATIONS)
    assert f"(30–{LONGEST})" in TEXT
    for limit in (MOST_UNITS, MOST_FLOWS, MOST_LINKS):
        assert f"{limit:,}" in TEXT
    assert f"{MOST_STEPS} what-ifs" in TEXT
    assert len(TEXT.splitlines()) <= 150


def test_every_command_shown_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("units", "loops"):
        shutil.copy(ROOT / "docs" / "example" / f"{name}.csv", tmp_path / f"{name}.csv")
    (tmp_path / "scenario.yaml").write_text(re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)[0], "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("YUNZHANG_HOME", raising=False)
    shown = re.findall(r"^\$ yunzhang (.+)$", TEXT, re.MULTILINE)
    assert len(shown) >= 5
    for line in shown:
        assert run(shlex.split(line)) == 0, line
    assert (tmp_path / "results" / "report.html").read_text("utf-8").startswith('<!doctype html>\n<html lang="en">')
    assert (tmp_path / "walk" / "map.parquet").is_file()
