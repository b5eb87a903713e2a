"""A masked bundle: no original name, id or text in any byte, small cells gone, the same again with its key alone."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from tests.observatory.test_pack import EXAMPLE, WINDOW
from yunzhang.governance.observatory.commands import measure
from yunzhang.governance.observatory.commands.pack.masking import BadMaskKey
from yunzhang.governance.observatory.commands.packing import NotReproduced


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    """The example with ids, names and a programme nobody could meet by chance; 丙县 keeps two units below it."""
    made = tmp_path_factory.mktemp("secret")
    units = list(csv.DictReader((EXAMPLE / "units.csv").open(encoding="utf-8")))
    gone = {"c.hrs", "c.mkt", "c.t1", "c.t2", "c.t3"}
    number = {row["id"]: f"QX{place:05d}Z" for place, row in enumerate(units, 71_000)}
    secret = {row["id"]: f"{row['name'] or row['id']}·秘{place:03d}" for place, row in enumerate(units)}
    with (made / "units.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, units[0])
        writer.writeheader()
        for row in units:
            if row["id"] not in gone:
                cells = {name: number.get(row[name], row[name]) for name in row}
                writer.writerow(cells | {"name": secret[row["id"]]})
    loops = list(csv.DictReader((EXAMPLE / "loops.csv").open(encoding="utf-8")))
    with (made / "loops.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*loops[0], "programme"])
        writer.writeheader()
        for row in loops:
            cells = {name: number.get(row[name], row[name]) for name in row}
            writer.writerow(cells | {"programme": "绝密专题"})
    names = {"units": made / "units.csv", "loops": made / "loops.csv"}
    return names, [*number.values(), *secret.values(), "绝密专题", "江州市", "QX7"], number


def rows_of(path):
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))


def masked(log, out, **more):
    wanted = {"draws": 20, "sweep": True, "mask": True, "language": "zh", "bundle": out} | WINDOW | more
    return measure(**log[0], **wanted)


def test_no_name_and_no_id_is_in_any_byte(log, tmp_path):
    masked(log, tmp_path / "b", programme="绝密专题", root=log[2]["jz"])
    for file in (tmp_path / "b").iterdir():
        content = file.read_bytes()
        for text in log[1]:
            for code in ("utf-8", "gb18030", "utf-16-le"):
                assert text.encode(code) not in content, (file.name, text)


def test_small_cells_are_withheld_with_the_reason_and_counts_are_rounded(log, tmp_path):
    masked(log, tmp_path / "b")
    rows = rows_of(tmp_path / "b" / "figures.csv")
    assert sorted(row["withheld"] for row in rows) == ["", "", "", "small"]
    for row in rows:
        assert row["name"] == row["unit"]
        assert row["unit"].startswith("U")
        assert not row["upper"]
        if row["withheld"]:
            kept = {"unit", "name", "withheld", "origin", "from_at", "to_at", "parts", "covers", "weights", "need"}
            assert all(not value for name, value in row.items() if name not in kept)
        else:
            assert {int(row[name]) % 5 for name in ("units", "loops", "outsiders", "horizontal_loops")} == {0}
            assert len(row["V"]) <= 5
    page = (tmp_path / "b" / "report.html").read_text("utf-8")
    assert "单位少于 5 个" in page
    withheld = next(row["unit"] for row in rows if row["withheld"])
    assert withheld not in {row["unit"] for row in rows_of(tmp_path / "b" / "sweep.csv")}


def test_pseudonyms_are_of_one_bundle_unless_its_key_is_kept(log, tmp_path):
    for name, key in (("one", "key"), ("two", "key"), ("three", "other"), ("four", None)):
        more = {"mask_key": tmp_path / key} if key else {}
        masked(log, tmp_path / name, sweep=False, draws=0, **more)
    read = {name: (tmp_path / name / "figures.csv").read_bytes() for name in ("one", "two", "three", "four")}
    assert read["one"] == read["two"]
    assert len(set(read.values())) == 3
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0
    key = (tmp_path / "key").read_text("ascii").strip()
    for file in (tmp_path / "one").iterdir():
        assert key.encode() not in file.read_bytes()
        assert bytes.fromhex(key) not in file.read_bytes()
    assert measure(**log[0], reproduce=tmp_path / "one", mask_key=tmp_path / "key") == 0
    with pytest.raises(NotReproduced):
        measure(**log[0], reproduce=tmp_path / "one", mask_key=tmp_path / "other")


def test_a_masked_bundle_without_its_key_is_not_blamed_on_the_inputs(log, tmp_path, capsys):
    masked(log, tmp_path / "b", sweep=False, draws=0, mask_key=tmp_path / "key")
    with pytest.raises(NotReproduced):
        measure(**log[0], reproduce=tmp_path / "b")
    assert "没有当时的密钥" in capsys.readouterr().err
    with pytest.raises(BadMaskKey):
        measure(**log[0], reproduce=tmp_path / "b", mask_key=tmp_path / "keys")
    assert not (tmp_path / "keys").exists(), "a mistyped name makes no key"


def test_a_key_inside_the_bundle_or_a_broken_one_is_refused(log, tmp_path):
    with pytest.raises(BadMaskKey):
        masked(log, tmp_path / "b", mask_key=tmp_path / "b" / "key")
    assert not (tmp_path / "b").exists()
    (tmp_path / "key").write_text("secret", "utf-8")
    with pytest.raises(BadMaskKey):
        masked(log, tmp_path / "b", mask_key=Path(tmp_path / "key"))
