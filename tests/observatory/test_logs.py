"""Any log: each format end to end against counts made by hand; bad files and mappings get one clear sentence."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from yunzhang.base.errors import YunzhangError
from yunzhang.governance.observatory import rules
from yunzhang.governance.observatory.actions import find_log, find_mapping
from yunzhang.governance.observatory.actions.logs import ReadLog
from yunzhang.governance.observatory.rules.logs import read_mapping
from yunzhang.governance.observatory.rules.logs.clock import Unreadable as BadMoment
from yunzhang.governance.observatory.rules.logs.clock import read_moment
from yunzhang.governance.observatory.rules.logs.spec import Clock
from yunzhang.governance.observatory.terms import BadLog, BadMapping, Parameters
from yunzhang.kit.rows import Limits, Unreadable
from yunzhang.kit.yaml import BadData

SHIPPED = Path(rules.__file__).resolve().parents[3] / "data" / "mappings"


def read(log: str, mapping: str) -> ReadLog:
    return find_log(SHIPPED / log, SHIPPED / f"{mapping}.yaml")


def ties(found: ReadLog) -> list[tuple[str, str, str, str]]:
    """Creditor, debtor, kind and what became of it: met, late, open, refused, withdrawn."""
    return [(row["creditor"], row["debtor"], row["kind"], fate(row)) for row in found.loaded.loops.to_pylist()]


def fate(row: dict[str, Any]) -> str:
    if row["outcome"]:
        return row["outcome"]
    if row["closed_at"] is None:
        return "open"
    return "met" if row["due_at"] is None or row["closed_at"] <= row["due_at"] else "late"


def test_a_register() -> None:
    found = read("register.csv", "register")
    county, money, data = "青岚县政府", "县财政局", "县数据局"
    assert ties(found) == [
        (county, money, "directive", "met"),
        (county, money, "report", "met"),
        (county, data, "directive", "late"),
        (county, data, "report", "open"),
        (county, "东溪镇", "directive", "met"),
        (county, "西溪镇", "directive", "withdrawn"),
        (money, data, "consultation", "met"),
        (data, money, "consultation", "open"),
    ]
    coverage = found.loaded.coverage
    assert (coverage["rows"], coverage["used"]) == (10, 8)
    assert coverage["set_aside"] == {"bad_moment": 1, "same_unit": 1}
    assert coverage["units"] == {"department": 2, "government": 3}
    assert [(one.row, one.reason) for one in found.loaded.rejects] == [(11, "same_unit"), (12, "bad_moment")]
    parents = dict(zip(*(found.loaded.units[name].to_pylist() for name in ("id", "parent")), strict=True))
    assert parents == {county: "", money: county, data: county, "东溪镇": county, "西溪镇": county}


def test_a_register_is_measured_as_by_hand() -> None:
    loaded = read("register.csv", "register").loaded
    measured = rules.measure(loaded.units, loaded.loops, Parameters(tau=0, draws=0))
    [top] = [each for each in measured.figures() if each.unit == "青岚县政府"]
    # edges: 财政局 p = 1/1, r = 1/1; 数据局 p = 0/1, r = 0/1; 东溪镇 p = 1/1, r = 0/1 (nothing reported);
    # 西溪镇: withdrawn in time, so nothing was asked: n = 1, s = 0
    assert top.values["V"] == pytest.approx((1 + 0 + 0 + 0) / 4)
    # both directions of the two departments are one pair: 1 met of 2; two blocks of it
    assert top.values["H_department"] == pytest.approx(0.5)


def test_cases() -> None:
    found = read("hotline.csv", "hotline")
    assert ties(found) == [
        ("市民", "城管局", "appeal", "met"),
        ("市民", "住建局", "appeal", "late"),
        ("市民", "热线中心", "appeal", "refused"),
        ("市民", "住建局", "appeal", "open"),
    ]
    coverage = found.loaded.coverage
    assert (coverage["rows"], coverage["used"]) == (15, 13)
    assert coverage["set_aside"] == {"case_without_opening": 1, "no_zone": 1}
    assert coverage["ambiguous"] == {"debtor_from_order": 4}


def test_handovers_of_the_same_log() -> None:
    found = read("hotline.csv", "handover")
    assert [(a, b, end) for a, b, _, end in ties(found)] == [
        ("热线中心", "城管局", "met"),
        ("热线中心", "住建局", "late"),
        ("热线中心", "城管局", "met"),
        ("城管局", "住建局", "met"),
    ]
    assert "only_handed_over" in found.loaded.coverage["blind"]
    assert found.loaded.coverage["set_aside"] == {"no_zone": 1, "one_unit_case": 3}


@pytest.mark.parametrize("packed", [False, True])
def test_pairs_in_xes(tmp_path: Path, packed: bool) -> None:
    log = SHIPPED / "permits.xes"
    if packed:
        log = tmp_path / "permits.xes.gz"
        log.write_bytes(gzip.compress((SHIPPED / "permits.xes").read_bytes()))
    found = find_log(log, SHIPPED / "permits.yaml")
    assert ties(found) == [
        ("sp", "gh", "consultation", "met"),
        ("sp", "hb", "consultation", "late"),
        ("sp", "xf", "consultation", "refused"),
        ("sp", "sq", "directive", "open"),
    ]
    coverage = found.loaded.coverage
    assert coverage["set_aside"] == {"answer_without_request": 1, "filtered": 1, "unknown_unit": 1}


def test_mail() -> None:
    found = read("mailbox.mbox", "mailbox")
    assert ties(found) == [
        ("市数据局", "市财政局", "request", "met"),
        ("市数据局", "firm.example", "request", "late"),
        ("市财政局", "市数据局", "request", "open"),
    ]
    assert found.first[0]["subject"] == "请提供数据清单"
    aside = {"answer_without_request": 1, "duplicate_id": 1, "no_zone": 1, "same_unit": 1}
    assert found.loaded.coverage["set_aside"] == aside


def test_policy_documents() -> None:
    found = read("policies.csv", "policies")
    assert sorted(ties(found)) == sorted(
        [
            ("by", "n", "directive", "met"),
            ("by", "b", "directive", "late"),
            ("by", "d", "directive", "open"),  # addressed, never cited
            ("by", "by-s", "directive", "met"),
            ("by", "by-c", "directive", "met"),
            ("by", "by-m", "directive", "met"),
            ("by-s", "n-s", "directive", "met"),
            ("n", "n-s", "directive", "met"),
            ("by-s", "by-c", "joint_issue", "met"),
            ("by-s", "by-m", "joint_issue", "met"),
            ("by", "by-c", "consultation", "met"),
            ("by", "by-m", "consultation", "open"),
        ]
    )
    coverage = found.loaded.coverage
    assert coverage["set_aside"] == {"bad_moment": 1, "duplicate_id": 1, "opens_nothing": 1, "unknown_unit": 2}
    assert coverage["parts_set_aside"] == {"cites_beside": 1, "cites_unseen": 1}
    assert coverage["overlap"]["alike"] == [["数字政府建设领导小组", "一网通办领导小组"]]
    assert coverage["overlap"]["units_in_several"] == 3
    need = {(row["a"], row["b"]): row["matters"] for row in found.loaded.need.to_pylist()}
    # list of joint matters: m-s, m-c, s-m again; groups: by with each member, once for each group
    assert need == {("by-m", "by-s"): 2, ("by-m", "by-c"): 1, ("by", "by-s"): 2, ("by", "by-c"): 1, ("by", "by-m"): 2}


def test_csv_parquet_and_gbk_give_the_same(tmp_path: Path) -> None:
    text = (SHIPPED / "register.csv").read_text("utf-8")
    mapping = (SHIPPED / "register.yaml").read_text("utf-8")
    first = read("register.csv", "register").loaded
    (tmp_path / "gbk.csv").write_text(text, "gb18030")
    (tmp_path / "gbk.yaml").write_text(mapping + "file: {encoding: gb18030}\n", "utf-8")
    assert find_log(tmp_path / "gbk.csv", tmp_path / "gbk.yaml").loaded.loops == first.loops
    headings, *rows = [line.split(",") for line in text.splitlines()[1:]]
    columns = dict(zip(headings, map(list, zip(*rows, strict=True)), strict=True))
    parquet.write_table(pa.table(columns), tmp_path / "same.parquet")
    again = find_log(tmp_path / "same.parquet", SHIPPED / "register.yaml").loaded
    assert again.loops == first.loops
    assert again.units == first.units


@pytest.mark.parametrize("name", sorted(file.stem for file in SHIPPED.glob("*.yaml")))
def test_every_shipped_mapping_is_read_and_every_example_is_marked_invented(name: str) -> None:
    assert find_mapping(SHIPPED / f"{name}.yaml").title.endswith("（虚构示例）")
    for file in SHIPPED.iterdir():
        head = file.read_text("utf-8")
        assert "虚构" in head or "Invented" in head, file


# ---- bad files


def put(folder: Path, name: str, data: str | bytes, mapping: str = "register", **changes: str) -> ReadLog:
    """Read a file of these bytes by a shipped mapping, pieces of whose text are replaced."""
    for each in SHIPPED.glob("*.csv"):
        shutil.copy(each, folder)
    text = (SHIPPED / f"{mapping}.yaml").read_text("utf-8")
    for old, new in changes.items():
        text = text.replace(old, new)
    (folder / "mapping.yaml").write_text(text, "utf-8")
    (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)
    return find_log(folder / name, folder / "mapping.yaml")


BOMB = """<?xml version="1.0"?><!DOCTYPE log [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><log><trace><string key="concept:name" value="&c;"/></trace></log>"""
OUTSIDE = '<!DOCTYPE log [<!ENTITY x SYSTEM "file:///etc/passwd">]><log><trace>&x;</trace></log>'


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.csv", "编号,交办单位\n1,甲\n".encode("gbk"), "gb18030"),
        ("a.csv", "编号;交办单位;承办单位\n1;甲;乙\n", "分隔符"),
        ("a.csv", "编号,编号\n1,2\n", "重复"),
        ("a.csv", "", "表头"),
        ("a.csv", '编号,"交办单位\n1,2\n', "csv"),
        ("a.parquet", b"PAR1 no", "Parquet"),
        ("a.txt", "x", "后缀"),
        ("a.csv.gz", b"no archive", "损坏"),
    ],
)
def test_bad_tables_are_refused_with_a_sentence(tmp_path: Path, name: str, data: str | bytes, said: str) -> None:
    with pytest.raises(Unreadable) as refused:
        put(tmp_path, name, data)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (BOMB, "实体"),
        (OUTSIDE, "实体"),
        ("<log><trace><event></trace></log>", "XML"),
        ("<log></log>", "没有任何事件"),
        ("<a>" * 50 + "</a>" * 50, "嵌套"),
        ('<?xml version="1.0" encoding="no-such"?><log/>', ""),
        ("\0\0\0", "XML"),
    ],
)
def test_bad_xml_is_refused_with_a_sentence(tmp_path: Path, data: str, said: str) -> None:
    with pytest.raises(Unreadable) as refused:
        put(tmp_path, "a.xes", data, "permits")
    assert said in str(refused.value)


def test_no_more_is_read_than_allowed(tmp_path: Path) -> None:
    log, mapping = SHIPPED / "register.csv", SHIPPED / "register.yaml"
    with pytest.raises(Unreadable, match="9 行"):
        find_log(log, mapping, limits=Limits(rows=9, size=1 << 20))
    packed = tmp_path / "bomb.csv.gz"
    packed.write_bytes(gzip.compress(log.read_bytes() + b"1,2,3\n" * 300_000))
    with pytest.raises(Unreadable, match="MB"):
        find_log(packed, mapping, limits=Limits(size=1 << 20))
    with pytest.raises(Unreadable):
        find_log(SHIPPED / "permits.xes", SHIPPED / "permits.yaml", limits=Limits(trace=2))
    with pytest.raises(Unreadable, match="mbox"):
        put(tmp_path, "a.mbox", "no mail", "mailbox")


# ---- bad mappings


def test_a_column_that_is_not_there_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(BadMapping) as refused:
        put(tmp_path, "a.csv", "编号,交办单位\n1,甲\n")
    text = str(refused.value)
    assert "第 9 行 columns.debtor" in text
    assert "承办单位" in text
    assert "编号, 交办单位" in text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"log: matters": "log: letters"}, "第 3 行 log"),
        ({"title:": "titel:"}, "第 4 行 titel"),
        ({"Asia/Shanghai": "Asia/Nowhere"}, "time.zone"),
        ({"Asia/Shanghai": "+10:00"}, "time.zone"),  # unquoted it is a number to YAML
        ({"creditor: 交办单位": "creditor: [a]"}, "columns.creditor"),
        ({"default_kind: department": "default_kind: office"}, "units.default_kind"),
        ({"{has: 报告, then: report}": "{has: 报告, is: 报告, then: report}"}, "columns.kind.match.1"),
        ({"{ends: 公司, kind: enterprise}": "{ends: 公司, kind: firm}"}, "units.kinds.2"),
        ({"parent_of: debtor": "parent_of: nobody"}, "units"),
        ({"units:": "within_days: -1\nunits:"}, "within_days"),
        ({"units:": "loops: {}\nunits:"}, "loops"),
        ({"units:": "tables: {need: {file: ../x.csv}}\nunits:"}, "tables.need.file"),
    ],
)
def test_a_wrong_mapping_is_told_by_line_and_key(tmp_path: Path, changes: dict[str, str], said: str) -> None:
    with pytest.raises(BadMapping) as refused:
        put(tmp_path, "a.csv", (SHIPPED / "register.csv").read_bytes(), **changes)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "a: &x [1]\nb: *x\n",
        "log: matters\nlog: events\n",
        "- 1\n",
        "a: [",
        "[" * 1900,
        "- " * 900,
        "x: " + "y" * 300_000,
    ],
)
def test_yaml_that_cannot_be_read_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "mapping.yaml").write_text(text)
    with pytest.raises(BadData):
        find_mapping(tmp_path / "mapping.yaml")


def test_a_table_beside_that_is_missing_is_named(tmp_path: Path) -> None:
    shutil.copy(SHIPPED / "permits.yaml", tmp_path)
    with pytest.raises(BadLog) as refused:
        find_log(SHIPPED / "permits.xes", tmp_path / "permits.yaml")
    assert "permits_units.csv" in str(refused.value)


def test_required_parts_of_each_kind_of_log() -> None:
    for facts in (
        {},
        {"log": "events", "columns": {"case": "a", "activity": "b", "at": "c"}, "loops": {"how": "handover"}},
        {"log": "events", "columns": {"case": "a", "activity": "b", "at": "c", "unit": "d"}, "loops": {"how": "case"}},
        {"log": "messages", "columns": {"id": "a", "from": "b", "to": "c", "at": "d"}, "loops": {"within_days": 1}},
        {"log": "documents", "columns": {"id": "a", "issuer": "b", "at": "c"}, "loops": {"cites": {"within_days": 1}}},
        {"log": "documents", "columns": {"id": "a", "issuer": "b", "at": "c"}},
    ):
        with pytest.raises(BadMapping):
            read_mapping(facts)


@pytest.mark.parametrize(
    ("text", "clock", "hours"),
    [
        ("1970-01-01T10:00:00+08:00", Clock(), 2),
        ("1970-01-01T10:00:00Z", Clock(), 10),
        ("1970-01-02", Clock(), 16),
        ("1970/1/1 10:00", Clock(("%Y/%m/%d %H:%M",), None), None),
        ("soon", Clock(), None),
        ("0001-01-01T00:00:00+14:00", Clock(), -17259902),
    ],
)
def test_moments_are_read_or_told(text: str, clock: Clock, hours: int | None) -> None:
    if hours is None:
        with pytest.raises(BadMoment):
            read_moment(text, clock)
    else:
        assert read_moment(text, clock) == hours * 3600 * 1_000_000


def test_every_reason_and_error_has_words() -> None:
    from yunzhang.governance.observatory.actions import BLIND, REASONS

    assert all(REASONS.values())
    assert all(BLIND.values())
    assert issubclass(BadMapping, YunzhangError)
