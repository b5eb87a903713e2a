"""Every kind of what-if through the real form: a valid one is run; what is wrong is told by step and field and kept."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.directives.office import NOW, Office, open_home, sign_in
from tests.lab.building import fields, start, step
from yunzhang.governance.lab import actions
from yunzhang.governance.lab.commands import jobs
from yunzhang.governance.lab.rules.scenarios import FIELDS, HOW_MANY
from yunzhang.governance.lab.terms import Do, State
from yunzhang.kit.jobs import run_jobs

pytestmark = pytest.mark.django_db
assert jobs  # registers the job
NUMBERS = ("number", "share", "days")
DEPARTMENTS = ("city.finance", "city.civil_affairs", "city.big_data", "city.ecology")
UNITS: dict[Do, tuple[str, ...]] = {
    Do.APPOINT_LEADER: ("city.finance", "city.ecology"),
    Do.RAISE_SYSTEM: (),
    Do.SIGN_AGREEMENT: ("a", "b"),
    Do.OPEN_CHANNEL: ("city", "a"),
    Do.MOVE_OFFICE: ("city.finance",),
    Do.SET_MEETINGS: (),
    Do.CHANGE_PROGRAMME: (),
    Do.VACATE_POST: ("city.civil_affairs",),
    Do.MERGE_UNITS: ("city.finance", "city.ecology"),
    Do.SPLIT_UNIT: ("city.finance",),
    Do.ADD_SUPERIOR: ("a.town1",),
    Do.ADD_LINKS: ("city.finance", "a.finance"),
    Do.LOOSEN_LINE: ("a",),
}


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office with people in it and a home of the test's own."""
    return open_home(tmp_path, monkeypatch)


@pytest.fixture
def browser(office: Office) -> Client:
    """The office's browser."""
    return sign_in(office, "office")


def given(office: Office, do: Do, **more: Any) -> dict[str, Any]:
    """What one types for a kind of what-if."""
    own: dict[str, Any] = {"do": str(do), "units": [str(office.unit(name)) for name in UNITS[do]]}
    own |= {"v_superior": str(office.unit("city.ecology"))} if do is Do.ADD_SUPERIOR else {}
    own |= {"v_was": str(office.unit("city.big_data"))} if do is Do.MOVE_OFFICE else {}
    own |= {"v_programme": "数据共享"} if do is Do.CHANGE_PROGRAMME else {}
    return own | more


def choose(browser: Client, text: str, do: Do) -> str:
    seen = step(browser, text, "choose", do=str(do))
    assert seen.status_code == 200
    body: str = seen.content.decode()
    return body


def add(browser: Client, text: str, one: dict[str, Any]) -> Any:
    return step(browser, choose(browser, text, Do(one["do"])), "add", **one)


def new(browser: Client, **more: str) -> str:
    text: str = browser.get("/lab/new").content.decode()
    return step(browser, text, "choose", days="60", **more).content.decode()  # type: ignore[no-any-return]


def alert(text: str) -> str:
    [told] = re.findall(r'role="alert">(.*?)</p>', text, re.S)
    return html.unescape(re.sub(r"<[^>]*>", "", told)).strip()


def refused(browser: Client, text: str, one: dict[str, Any], *words: str) -> str:
    """Add a what-if that cannot be: told in these words, everything typed still there, nothing started."""
    seen = step(browser, text, "add", shown=one["do"], **one)
    body: str = seen.content.decode()
    assert seen.status_code == 422, one
    told = alert(body)
    for word in words:
        assert word in told, (told, word)
    kept = fields(body)
    for name, value in one.items():
        if name == "units":
            known = set(re.findall(r'name="units" value="(\d+)"', body))
            assert set(kept.get("units", [])) == set(value) & known
        elif name != "v_superior":  # a unit that is none stands in no list
            assert kept[name] == value, name
    assert json.loads(kept["draft"])["what_ifs"] == json.loads(fields(text)["draft"])["what_ifs"]
    assert 'class="card lab-wrong"' in body
    return body


@pytest.mark.parametrize("do", list(Do))
def test_a_valid_one_is_added_run_and_read(office: Office, browser: Client, do: Do) -> None:
    seen = add(browser, new(browser), given(office, do))
    assert seen.status_code == 200, alert(seen.content.decode())
    body = seen.content.decode()
    assert len(json.loads(fields(body)["draft"])["what_ifs"]) == 1
    experiment = start(browser, body)
    run_jobs(NOW)
    found = actions.find_experiment(experiment)
    assert found.state is State.DONE, found.problem
    assert browser.get(f"/lab/{experiment}").status_code == 200


TYPED = [
    ("abc", "不是数"),
    ("1e99", "应在"),
    ("-1", "应在"),
    ("", "没有填写"),
    ("nan", "应在"),
    ("１，０００", "不是数"),
]


@pytest.mark.parametrize("do", [do for do in Do if any(each.kind in NUMBERS for each in FIELDS[do])])
def test_numbers_that_are_none_are_told_by_step_and_field(office: Office, browser: Client, do: Do) -> None:
    text = new(browser)
    numbers = [each for each in FIELDS[do] if each.kind in NUMBERS]
    for turn, field in enumerate(numbers):
        for typed, why in TYPED if not turn and do is Do.APPOINT_LEADER else TYPED[:1]:
            one = given(office, do, **{f"v_{field.name}": typed})
            body = refused(browser, text, one, "第 1 项", field.label, why)
            assert re.search(rf'is-invalid" aria-invalid="true"[^>]*id="v_{field.name}"', body), typed
    assert actions.list_experiments(office.by("office"), at=NOW) == []


@pytest.mark.parametrize("do", [do for do in Do if HOW_MANY[do][1]])
def test_units_that_are_none_or_too_few_or_many(office: Office, browser: Client, do: Do) -> None:
    text, (least, most) = new(browser), HOW_MANY[do]
    for unknown in ("999999", "<b>")[: 1 + (do is Do.VACATE_POST)]:
        units = [*given(office, do)["units"][1:], unknown]
        refused(browser, text, given(office, do, units=units), "第 1 项", "没有编号为", unknown)
    if least:
        refused(browser, text, given(office, do, units=[]), "第 1 项", "写了 0 个单位")
    everybody = [str(office.unit(name)) for name in DEPARTMENTS]
    if most < len(everybody):
        refused(browser, text, given(office, do, units=everybody), "第 1 项", f"写了 {len(everybody)} 个单位")


@pytest.mark.parametrize("do", [Do.VACATE_POST, Do.MERGE_UNITS, Do.SPLIT_UNIT, Do.SIGN_AGREEMENT])
def test_days_outside_the_run_and_no_days(office: Office, browser: Client, do: Do) -> None:
    text = new(browser)
    for on in ("2020-01-01", "2036-01-01") if do is not Do.VACATE_POST else ("2026-13-45", "tomorrow"):
        refused(browser, text, given(office, do, on=on), "第 1 项", "自（on）", on)
    if do not in (Do.MERGE_UNITS, Do.SPLIT_UNIT):
        first = fields(text)["begins"]
        for until in (first, "2036-01-01") if do is not Do.VACATE_POST else ("2020-01-01", "x"):
            refused(browser, text, given(office, do, on=first, until=until), "第 1 项", "至（until）", until)
    else:
        refused(browser, text, given(office, do, until="2026-05-01"), "第 1 项", "合并与拆分不写")


def both(office: Office, do: Do, *names: str, **more: Any) -> dict[str, Any]:
    return given(office, do, units=[str(office.unit(name)) for name in names], **more)


def test_pairs_that_contradict_each_other(office: Office, browser: Client) -> None:
    merged = given(office, Do.MERGE_UNITS)
    vacant = given(office, Do.VACATE_POST, on="2026-04-10", until="2026-05-10")
    pairs = [
        (merged, merged, "已并入其他单位"),
        (merged, both(office, Do.MERGE_UNITS, "city.civil_affairs", "city.ecology"), "已并入其他单位"),
        (merged, both(office, Do.VACATE_POST, "city.ecology"), "已并入其他单位"),
        (both(office, Do.SPLIT_UNIT, "city.ecology"), merged, "还有安排"),
        (vacant, vacant, "同时空缺"),
        (vacant, vacant | {"on": "2026-05-09", "until": ""}, "同时空缺"),
        (given(office, Do.APPOINT_LEADER), both(office, Do.APPOINT_LEADER, "city.ecology", "city.big_data"), "两位"),
        (given(office, Do.MOVE_OFFICE), both(office, Do.MOVE_OFFICE, "city.ecology"), "同一天改设到两处"),
        (given(office, Do.SPLIT_UNIT), given(office, Do.SPLIT_UNIT), "同时拆分"),
        (given(office, Do.ADD_SUPERIOR), given(office, Do.ADD_SUPERIOR), "同一个条线上级"),
        (given(office, Do.CHANGE_PROGRAMME), given(office, Do.CHANGE_PROGRAMME), "矛盾"),
        (given(office, Do.RAISE_SYSTEM), given(office, Do.RAISE_SYSTEM), "矛盾"),
        (given(office, Do.SET_MEETINGS), given(office, Do.SET_MEETINGS), "矛盾"),
        (given(office, Do.LOOSEN_LINE), given(office, Do.LOOSEN_LINE), "矛盾"),
    ]
    blank = new(browser)
    for one, other, why in pairs:
        text = step(browser, blank, "add", shown=one["do"], **one).content.decode()
        told = alert(refused(browser, text, other, "第 2 项", why))
        assert not re.search(r"“\d+”", told), f"units are told by name: {told}"


def test_what_cannot_be_by_itself(office: Office, browser: Client) -> None:
    text = new(browser)
    finance = str(office.unit("city.finance"))
    refused(browser, text, given(office, Do.MOVE_OFFICE, v_was=finance), "第 1 项", "就是原设的部门")
    refused(browser, text, both(office, Do.MOVE_OFFICE, "city"), "第 1 项", "办公室应设在部门")
    refused(browser, text, both(office, Do.SIGN_AGREEMENT, "a", "city.finance"), "第 1 项", "只能列政府")
    refused(browser, text, both(office, Do.MERGE_UNITS, "city.finance", "a"), "第 1 项", "还有下级")
    refused(browser, text, both(office, Do.APPOINT_LEADER, "a", "a.finance"), "第 1 项", "互为上下级")
    refused(browser, text, both(office, Do.ADD_SUPERIOR, "a.ecology", v_superior=finance), "第 1 项", "已有条线上级")
    refused(browser, text, given(office, Do.ADD_SUPERIOR, v_superior=""), "第 1 项", "应写明", "条线上级")
    refused(browser, text, given(office, Do.ADD_SUPERIOR, v_superior="999999"), "第 1 项", "999999")
    refused(browser, text, given(office, Do.CHANGE_PROGRAMME, v_programme=""), "第 1 项", "应写明", "专项名称")
    million = given(office, Do.ADD_LINKS, units=[], v_count="1000000")
    refused(browser, text, million, "第 1 项", "联系条数", "1000000", "200000")
    refused(browser, text, given(office, Do.ADD_LINKS, units=[], v_count="0"), "第 1 项", "点选单位")
    refused(browser, text, given(office, Do.CHANGE_PROGRAMME, v_programme_share="1.5"), "比重", "1.5")
    assert actions.list_experiments(office.by("office"), at=NOW) == []


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("runs", "9", ("运行次数", "10")),
        ("runs", "-1", ("运行次数", "-1")),
        ("runs", "many", ("运行次数", "整数")),
        ("runs", "", ("运行次数", "整数")),
        ("runs", "9" * 25, ("运行次数", "整数")),
        ("seed", "x", ("种子", "整数")),
        ("seed", "-5", ("种子", "-5")),
        ("days", "9", ("天数", "30", "3660")),
        ("days", "long", ("天数", "long")),
        ("days", "", ("天数", "没有填写")),
        ("begins", "", ("起始日", "不是日期")),
        ("begins", "soon", ("起始日", "soon")),
        ("begins", "9999-12-31", ("起始日",)),
    ],
)
def test_what_is_wrong_with_the_run_is_told_by_field(
    office: Office, browser: Client, name: str, value: str, words: tuple[str, ...]
) -> None:
    answer = browser.post("/lab/run", fields(new(browser)) | {"runs": "10"} | {name: value})
    body = answer.content.decode()
    assert answer.status_code == 422
    assert all(word in alert(body) for word in words), alert(body)
    assert html.unescape(fields(body)[name]) == value[:30]
    assert re.search(rf'is-invalid" aria-invalid="true"[^>]*id="{name}"', body)
    assert actions.list_experiments(office.by("office"), at=NOW) == []


def test_what_is_not_a_number_of_what_ifs(office: Office, browser: Client) -> None:
    sent = fields(new(browser)) | {"runs": "10", "draft": json.dumps({"what_ifs": [{"do": "raise_system"}] * 51})}
    answer = browser.post("/lab/run", sent)
    assert answer.status_code == 422
    assert "50" in alert(answer.content.decode())
