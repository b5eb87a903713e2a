"""Parameters are dated, sourced and checked on load; a home may add to them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from yunzhang.kit.parameters import FOLDER, load, read_parameters
from yunzhang.kit.yaml import BadData

GOOD = """
reply_days:
  title: 答复期限
  unit: working_days
  values:
    - {value: 10, from: 2025-08-01, source: "[S39] art. 21"}
    - {value: 8, from: 2026-01-01, source: local}
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "home.toml").write_text('born = "real"\n', "utf-8")
    (tmp_path / "parameters").mkdir()
    monkeypatch.setenv("YUNZHANG_HOME", str(tmp_path))
    return tmp_path


def test_every_shipped_file_loads() -> None:
    files = sorted(FOLDER.glob("*.yaml"))
    assert files
    for file in files:
        assert load(file.stem).on(date(2026, 11, 23))


def test_the_value_in_force_changes_with_the_day(tmp_path: Path) -> None:
    file = tmp_path / "clocks.yaml"
    file.write_text(GOOD, "utf-8")
    reply = read_parameters(file)["reply_days"]
    assert reply.on(date(2025, 12, 31)).value == 10
    assert reply.on(date(2026, 1, 1)).value == 8
    with pytest.raises(BadData):
        reply.on(date(2025, 7, 31))


def test_a_home_adds_values_and_a_change_is_seen(home: Path) -> None:
    shipped = load("lights").on(date(2026, 11, 23))["due_soon_working_days"]
    own = home / "parameters" / "lights.yaml"
    own.write_text(
        "due_soon_working_days:\n  unit: working_days\n  values:\n"
        "    - {value: 7, from: 2026-06-01, source: local notice}\n",
        "utf-8",
    )
    held = load("lights")
    assert held.on(date(2026, 11, 23))["due_soon_working_days"] == 7
    assert held["due_soon_working_days"].on(date(2026, 5, 31)).value == shipped


def test_a_home_cannot_invent_a_parameter(home: Path) -> None:
    (home / "parameters" / "lights.yaml").write_text(GOOD, "utf-8")
    with pytest.raises(BadData):
        load("lights")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("unit: working_days", "unit: fortnights", "fortnights"),
        ("value: 10,", "value: 2.5,", "2.5"),
        ("value: 10,", "value: -1,", "-1"),
        ("2025-08-01", "2026-02-01", "reply_days"),
        ("from: 2025-08-01", "since: 2025-08-01", "from"),
        ('source: "[S39] art. 21"', 'source: ""', "出处"),
        ("  title: 答复期限", "  title: 答复期限\n  note: x", "note"),
        ("  unit: working_days", "  unit: working_days\n  unit: days", "doubled"),
        (GOOD, "- 1", "键"),
        (GOOD, "a: [", "clocks.yaml"),
    ],
)
def test_a_bad_file_is_refused_by_name(tmp_path: Path, old: str, new: str, told: str) -> None:
    file = tmp_path / "clocks.yaml"
    file.write_text(GOOD.replace(old, new), "utf-8")
    with pytest.raises(BadData, match=told):
        read_parameters(file)
