"""The doors of 交办 and 事项 as people find them: forms, refusals, the gate's remedies, budgets of queries."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from tests.directives.office import DUE, NOW, Office, hours, issue, open_office, press, sign_in
from yunzhang.ground.ledger import actions as ledger
from yunzhang.ground.ledger.terms import Loop, State
from yunzhang.kit import doors
from yunzhang.vertical.directives import actions
from yunzhang.vertical.directives.terms import Part

pytestmark = pytest.mark.django_db
BUDGET = 12


@pytest.fixture(autouse=True)
def at_nine(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(doors, "now", lambda: NOW)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def office() -> Office:
    return open_office()


@pytest.fixture
def matter(office: Office) -> Loop:
    return issue(office, "a", at=hours(-3))[0]


def at(matter: Loop, verb: str = "") -> str:
    return f"/directives/matters/{matter.id}{verb}"


def state(matter: Loop) -> State:
    return ledger.find_loop(matter.id).state


def form(office: Office, **changes: Any) -> dict[str, Any]:
    facts = {
        "name": office.unit("city"), "to": [office.unit("a")], "title": "关于清理僵尸系统的通知",
        "requirement": "请清理。", "due_on": DUE.isoformat(), "report_on": "2026-03-16", "programme": "政务云迁移",
        "source": "meeting", "urgency": "ordinary", "authority": "minutes", "authority_number": "江府纪〔2026〕3号",
    }  # fmt: skip
    return facts | changes


# --- seeing


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("a", 200), ("city", 200), ("office", 200), ("auditor", 200),
        ("b", 403), ("a.finance", 403), ("city.finance", 403), ("administrator", 403), ("b.finance", 403),
    ],
)  # fmt: skip
def test_who_sees_a_matter(office: Office, matter: Loop, name: str, status: int) -> None:
    client = sign_in(office, name)
    for path in (at(matter), f"/directives/{matter.subject}"):
        page = client.get(path)
        assert page.status_code == status, path
        assert ("政务云" in page.content.decode()) == (status == 200)


def test_anonymous_is_led_to_the_sign_in_page(matter: Loop) -> None:
    assert Client().get(at(matter)).status_code == 302
    assert press(Client(), at(matter, "/answer"), text="x").status_code == 302
    assert state(matter) is State.OPEN


def test_unknown_numbers_are_not_found(office: Office) -> None:
    client = sign_in(office, "office")
    assert client.get(f"/directives/matters/{uuid4()}").status_code == 404
    assert client.get(f"/directives/{uuid4()}").status_code == 404
    assert client.get(f"/matters/{uuid4()}").status_code == 404
    assert client.get("/directives/matters/nonsense").status_code == 404


def test_the_list_counts_only_what_one_may_see(office: Office) -> None:
    issue(office, "a", "b", at=hours(-3))
    counts = {name: total(sign_in(office, name).get("/matters")) for name in ("city", "a", "b", "a.finance")}
    assert counts == {"city": 4, "a": 2, "b": 2, "a.finance": 0}
    assert sign_in(office, "administrator").get("/matters").status_code == 200
    assert total(sign_in(office, "administrator").get("/matters")) == 0


def total(page: Any) -> int:
    return int(page.context["page"].total)


def test_the_export_equals_the_screen(office: Office) -> None:
    issue(office, "a", "b", at=hours(-3), title="=cmd|' /C calc'!A0")
    client = sign_in(office, "city")
    page = client.get("/matters?kind=directive&order=-due_at")
    sheet = load_workbook(io.BytesIO(client.get("/matters?kind=directive&order=-due_at&form=xlsx").content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 1 + len(page.context["page"].rows) == 3
    assert [row[2] for row in rows[1:]] == [one.debtor for one in page.context["page"].rows]
    assert all(str(row[0]).startswith("'=") for row in rows[1:])


def test_filters_narrow_and_bad_ones_are_named(office: Office) -> None:
    issue(office, "a", "city.finance", at=hours(-3))
    client = sign_in(office, "city")
    assert total(client.get("/matters?kind=report")) == 2
    assert total(client.get(f"/matters?unit={office.unit('a')}")) == 2
    assert total(client.get("/matters?text=没有")) == 0
    assert total(client.get("/matters?lamp=overdue")) == 0
    assert total(client.get("/matters?lamp=on_track")) == 4
    assert total(client.get("/matters?side=owing")) == 0
    assert total(client.get("/matters?side=owed&state=open")) == 4
    assert client.get("/matters?kind=nonsense").status_code == 422
    assert client.get("/matters?unit=x").status_code == 422


def test_guessing_a_neighbours_list_gives_no_count(office: Office, matter: Loop) -> None:
    refused = sign_in(office, "b").get(f"/matters?unit={office.unit('a')}")
    assert refused.status_code == 403
    assert "共" not in refused.content.decode().split("<main", 1)[1].split("</main>", 1)[0]
    assert sign_in(office, "b").get("/matters?unit=999999").status_code == 404


def test_a_matter_leads_to_its_room(office: Office, matter: Loop) -> None:
    there = sign_in(office, "a").get(f"/matters/{matter.id}")
    assert (there.status_code, there.headers["Location"]) == (303, f"/directives/{matter.subject}")
    assert sign_in(office, "b").get(f"/matters/{matter.id}").status_code == 403


# --- acting


def test_one_directive_down_and_back_through_the_doors(office: Office, matter: Loop) -> None:
    a, handler = sign_in(office, "a"), sign_in(office, "office")
    assert press(a, "/directives/sign", loop=[matter.id]).status_code == 303
    assert press(a, at(matter, "/report"), text="已部署").status_code == 303
    split = press(a, at(matter, "/parts"), to=[office.unit("a.finance")], due_on="2026-03-20", report_on="2026-03-10")
    assert split.status_code == 303
    part = next(one for one in ledger.find_children([matter.id])[matter.id] if one.debtor == office.unit("a.finance"))
    assert press(sign_in(office, "a.finance"), at(part, "/answer"), text="完成").status_code == 303
    assert press(a, "/directives/accept", loop=[part.id]).status_code == 303
    assert press(a, at(matter, "/answer"), text="全部完成").status_code == 303
    assert press(handler, at(matter, "/return"), text="缺清单").status_code == 303
    assert press(a, at(matter, "/answer"), text="已补清单").status_code == 303
    assert press(handler, "/directives/accept", loop=[matter.id], next="/desk").headers["Location"] == "/desk"
    assert press(handler, at(matter, "/strike-off")).status_code == 303
    assert state(matter) is State.STRUCK_OFF
    text = sign_in(office, "a").get(at(matter)).content.decode()
    for said in ("退回 1 次", "缺清单", "已补清单", "销号", "已销号"):
        assert said in text


def test_extension_and_objection_through_the_doors(office: Office, matter: Loop) -> None:
    a, handler = sign_in(office, "a"), sign_in(office, "office")
    later = (DUE + timedelta(days=7)).isoformat()
    assert press(a, at(matter, "/extend"), due_on=later, text="系统改造").status_code == 303
    assert "系统改造" in handler.get(at(matter)).content.decode()
    (ask,) = actions.list_open_asks([matter.id])
    assert press(a, f"/directives/asks/{ask.id}/decide", decision="grant").status_code == 403
    assert press(handler, f"/directives/asks/{ask.id}/decide", decision="grant").status_code == 303
    assert ledger.find_loop(matter.id).extended == 1
    assert press(a, at(matter, "/object"), text="不属本单位职责").status_code == 303
    (again,) = actions.list_open_asks([matter.id])
    press(handler, f"/directives/asks/{again.id}/decide", decision="refuse")  # a refusal needs its reason
    assert actions.list_open_asks([matter.id]) == [again]
    press(handler, f"/directives/asks/{again.id}/decide", decision="refuse", text="属于职责清单第 3 项")
    assert actions.list_open_asks([matter.id]) == []


DEBTOR = [("/report", {"text": "x"}), ("/answer", {"text": "x"}), ("/extend", {"text": "x", "due_on": "2026-04-30"})]
DEBTOR += [("/object", {"text": "x"}), ("/parts", {"to": ["1"], "due_on": "2026-03-20"})]
HANDLER = [("/return", {"text": "x"}), ("/withdraw", {"text": "x"}), ("/strike-off", {})]


@pytest.mark.parametrize("name", ["b", "a.finance", "city.finance", "auditor", "administrator", "office", "city"])
def test_the_debtors_doors_are_shut_to_others(office: Office, matter: Loop, name: str) -> None:
    client = sign_in(office, name)
    for verb, fields in DEBTOR:
        assert press(client, at(matter, verb), **fields).status_code == 403, verb
    assert press(client, "/directives/sign", loop=[matter.id]).status_code == 403
    assert state(matter) is State.OPEN


@pytest.mark.parametrize("name", ["a", "b", "a.finance", "city.finance", "auditor", "administrator"])
def test_the_handlers_doors_are_shut_to_others(office: Office, matter: Loop, name: str) -> None:
    actions.answer_matter(office.by("a"), matter.id, "完成", at=hours(-1))
    client = sign_in(office, name)
    for verb, fields in HANDLER:
        assert press(client, at(matter, verb), **fields).status_code == 403, verb
    assert press(client, "/directives/accept", loop=[matter.id]).status_code == 403
    assert state(matter) is State.ANSWERED


def test_two_presses_are_one_act_and_the_second_person_is_told(office: Office, matter: Loop) -> None:
    a, key = sign_in(office, "a"), str(uuid4())
    for _ in range(2):
        assert a.post(at(matter, "/answer"), {"act_key": key, "text": "完成"}).status_code == 303
    assert [row.entry.verb for row in actions.list_timeline(matter.id)] == ["opened", "answered"]
    late = a.post(
        at(matter, "/answer"), {"act_key": str(uuid4()), "text": "再答"}, HTTP_REFERER=f"http://testserver{at(matter)}"
    )
    assert late.status_code == 303
    assert "不能进行此项操作" in a.get(at(matter)).content.decode()


def test_a_form_without_its_key_changes_nothing(office: Office, matter: Loop) -> None:
    assert sign_in(office, "a").post(at(matter, "/answer"), {"text": "完成"}).status_code == 422
    assert state(matter) is State.OPEN


# --- issuing


def test_the_office_issues_in_the_governments_name(office: Office) -> None:
    client = sign_in(office, "office")
    assert press(client, "/directives/issue", **form(office)).status_code == 303
    (paper,) = {loop.subject for loop in ledger.find_opened(last_request())}
    assert actions.find_directive(paper).in_name_of == office.unit("city")


def last_request() -> UUID:
    with connection.cursor() as cursor:
        cursor.execute("SELECT request_id FROM ledger_entry WHERE verb = 'directive_issued' ORDER BY id DESC")
        return UUID(str(cursor.fetchone()[0]))


def test_the_gate_explains_and_its_remedy_is_one_press(office: Office) -> None:
    client = sign_in(office, "office")
    bureau = form(office, name=office.unit("city.big_data"), authority="own", authority_number="")
    shut = press(client, "/directives/issue", **bureau)
    text = shut.content.decode()
    assert shut.status_code == 422
    for said in (
        "不得向下级党委、政府",
        "公文处理工作条例",
        "以政府名义",
        "工作提示",
        'value="government_name"',
        "关于清理僵尸系统的通知",
    ):
        assert said in text
    assert ledger.count_loops(ledger_query(), per="kind") == {}
    lacking = press(client, "/directives/issue", **bureau, take="government_name")
    assert lacking.status_code == 422
    taken = press(
        client, "/directives/issue", **(bureau | {"authority_number": "江府纪〔2026〕3号"}), take="government_name"
    )
    assert taken.status_code == 303
    assert ledger.count_loops(ledger_query(), per="creditor") == {office.unit("city"): 2}


def ledger_query() -> Any:
    from yunzhang.ground.ledger.terms import LoopQuery

    return LoopQuery()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"title": " "}, "标题"), ({"due_on": "31/3"}, "办结时限"), ({"to": []}, "责任单位"),
        ({"urgency": "x"}, "紧急程度"),
        ({"report_on": "2026-03-16 bad"}, "反馈日期"), ({"due_on": "2026-02-01"}, "早于今天"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(office: Office, change: dict[str, Any], said: str) -> None:
    page = press(sign_in(office, "office"), "/directives/issue", **form(office, **change, number="江府发〔2026〕1号"))
    assert page.status_code == 422
    assert said in page.content.decode()
    assert "江府发〔2026〕1号" in page.content.decode()


def test_a_whole_group_is_issued_in_one_act(office: Office) -> None:
    asked = form(office, to=[], group=["governments", "departments"])
    assert press(sign_in(office, "office"), "/directives/issue", **asked).status_code == 303
    debtors = {loop.debtor for loop in ledger.find_opened(last_request())}
    own = ("city.finance", "city.civil_affairs", "city.big_data", "city.ecology")
    assert debtors == {office.unit(one) for one in ("a", "b", *own)}


@pytest.mark.parametrize("name", ["a.finance", "b.town1", "auditor", "administrator"])
def test_who_may_not_issue_finds_no_form(office: Office, name: str) -> None:
    client = sign_in(office, name)
    assert client.get("/directives/new").status_code == 403
    assert press(client, "/directives/issue", **form(office)).status_code == 403


# --- budgets


def test_pages_keep_to_their_budget_of_queries(office: Office, matter: Loop) -> None:
    actions.split_matter(
        office.by("a"),
        matter.id,
        [Part(office.unit(one), "", DUE) for one in ("a.finance", "a.town1", "a.town2")],
        at=hours(-2),
    )
    for number in range(4):
        issue(office, "a", "b", "city.finance", at=hours(-2), title=f"第 {number} 件")
    paths = ["/desk", "/matters", at(matter), f"/directives/{matter.subject}", at(matter, "/split"), "/directives/new"]
    spent = {
        (name, path): queries(sign_in(office, name), path)
        for name in ("a", "office", "city")
        for path in seen_by(paths, name)
    }
    assert {key: number for key, number in spent.items() if number > BUDGET} == {}


def seen_by(paths: list[str], name: str) -> list[str]:
    return paths if name == "a" else [path for path in paths if not path.endswith("/split")]


def queries(client: Client, path: str) -> int:
    client.get("/desk")  # the idle cookie is set
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(path).status_code == 200
    return len([one for one in seen.captured_queries if one["sql"].startswith("SELECT") or "UPDATE" in one["sql"]])
