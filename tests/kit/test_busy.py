"""A long command shows on a terminal how far it is, on standard error alone, and says nothing where nobody looks."""

from __future__ import annotations

import sys

import pytest

from yunzhang.kit.busy import busy, counted


def test_nothing_is_said_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    with busy("work") as tell, counted("runs", 3) as count:
        tell("more")
        count(2)
    assert capsys.readouterr() == ("", "")


def test_a_terminal_shows_what_is_done_of_how_much(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with counted("runs", 3) as count:
        count(2)
    out, shown = capsys.readouterr()
    assert out == ""
    assert "runs" in shown
    assert "2/3" in shown
