"""docs/worked-example.md: its arithmetic runs, its table is what `measure` says, its counts are those of the files."""

from __future__ import annotations

import csv
import doctest
import re
from collections import Counter
from pathlib import Path

import pytest

from yunzhang.governance.observatory import rules
from yunzhang.governance.observatory.terms import Parameters
from yunzhang.kit.columns import read_columns

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = DOCS / "worked-example.md"
COLUMNS = ("V", "V_territorial", "V_functional", "H", "H_department", "H_region", "H_market", "H_society")


@pytest.fixture(scope="module")
def figures():
    window = {
        "from_at": rules.moment("2025-12-31", bare="start", name="from"),
        "to_at": rules.moment("2026-06-30", bare="end", name="to"),
    }
    units, loops, need = (read_columns(DOCS / "example" / f"{name}.csv") for name in ("units", "loops", "need"))
    measured = rules.measure(units, loops, Parameters(draws=50, **window), need=need)
    return {each.unit: each for each in measured.figures()}


def test_every_step_gives_what_the_page_says():
    failed, tried = doctest.testfile(str(PAGE), module_relative=False)
    assert (failed, tried > 30) == (0, True)


def test_the_table_is_what_measure_says(figures):
    rows = re.findall(r"^\| (jz|a|b|c) \|(.*)\|$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert len(rows) == 4
    for unit, cells in rows:
        *told, loops = (cell.strip() for cell in cells.split("|"))
        found = figures[unit]
        assert told == ["–" if found.values[name] is None else f"{found.values[name]:.4f}" for name in COLUMNS]
        assert int(loops) == found.loops


def test_the_counts_are_those_of_the_files():
    rows = list(csv.DictReader((DOCS / "example" / "loops.csv").open(encoding="utf-8")))
    known = {row["id"] for row in csv.DictReader((DOCS / "example" / "units.csv").open(encoding="utf-8"))}
    threads = {row["loop"]: row for row in rows if row["debtor"] in known and row["outcome"] != "withdrawn"}
    assert (len(known), len(rows), len(threads)) == (31, 258, 255)
    asked = Counter((row["kind"], row["creditor"], row["debtor"]) for row in threads.values())
    met = Counter((row["kind"], row["creditor"], row["debtor"]) for row in threads.values() if row["outcome"] == "met")
    text = PAGE.read_text("utf-8")
    kinds = ("directive", "report")
    for line in re.findall(r"^\| ([\w., ]+) → (\w+) \| (.*?) \| (.*?) \|$", text, re.MULTILINE):
        names = line[0].split(", ")
        for kind, cells in zip(kinds, line[2:], strict=True):
            told = [] if cells == "–" else cells.split(", ")
            for name, cell in zip(names, told, strict=False):
                skipped = ("directive", "jz", name) if line[1] != "jz" else ("", "", "")
                both = [(kind, line[1], name), *([skipped] if kind == "directive" else [])]
                assert cell == f"{sum(met[key] for key in both)}/{sum(asked[key] for key in both)}", (name, kind)
    assert (asked["consult", "a", "jz"], met["consult", "a", "jz"]) == (2, 1)


def test_shares_of_silence_stay_shares(figures):
    # a need table leaves blocks out; what is left out is not silent either
    for each in figures.values():
        assert 0 <= each.coverage["silent_blocks"] <= 1
    assert figures["jz"].coverage["responsiveness"] == 0.5
    assert figures["jz"].coverage["set_aside_reasons"] == {"unknown_unit": 1}
