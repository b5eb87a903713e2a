"""The doors of suggestions: who sees and drafts, nothing typed is lost, the rows behind, words and red lines."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.directives.office import DUE, NOW, hours, issue, open_office, press, sign_in
from tests.observatory.suggested import KEY, keep_none, keep_suggestions
from yunzhang.governance.observatory import actions
from yunzhang.governance.observatory.pages import advice
from yunzhang.governance.observatory.terms import Advice, Step
from yunzhang.kit import doors

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=70)


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    monkeypatch.setattr(doors, "now", lambda: LATER)


@pytest.fixture
def office():
    found = open_office()
    keep_suggestions(found.unit("city"), found.unit("a"), at=NOW)
    return found


def page_of(office, name, tail="", unit="city"):
    return sign_in(office, name).get(f"/observatory/{office.unit(unit)}/suggestions{tail}")


def text_of(answer):
    return answer.content.decode()


def drafted(office, name="office"):
    client = sign_in(office, name)
    answer = press(client, f"/observatory/{office.unit('city')}/suggestions/{KEY}/draft", text="拟请会商。")
    assert answer.status_code == 303
    return client, answer["Location"]


def test_the_page_says_what_is_proposed_on_what_and_what_would_make_it_wrong(office):
    page = text_of(page_of(office, "office"))
    assert "建议会商解决江州市→甲区的办理卡点" in page
    assert "到期 10 件，按期办结 2 件" in page
    assert "0.031（0.020–0.045）" in page
    assert "此建议不成立" in page
    assert "形成拟办意见" in page


def test_red_lines_of_wording(office):
    page = text_of(page_of(office, "city"))
    main = page[page.index("<main") :]
    assert not re.search("排名|红黑榜|最拖累|注意力|转为交办|推荐路径|第一名", main)
    assert "light-overdue" not in main


@pytest.mark.parametrize(
    ("name", "sees", "drafts"),
    [("office", True, True), ("city", True, True), ("city.big_data", False, False), ("a", False, False)],
)
def test_who_sees_and_who_may_draft(office, name, sees, drafts):
    page = page_of(office, name)
    assert (page.status_code == 200) == sees
    assert (f"/suggestions/{KEY}" in text_of(page)) == drafts
    assert (page_of(office, name, f"/{KEY}").status_code == 200) == drafts


def test_from_draft_to_decision_through_the_doors(office):
    client, address = drafted(office)
    page = text_of(client.get(address))
    assert "拟请会商。" in page
    assert "呈江州市人民政府批示" in page
    put = press(client, f"{address}/revise", text="拟请会商，月底前报。", version="1", then="submit", due_on=str(DUE))
    assert put.status_code == 422  # the day lies behind
    assert "拟请会商，月底前报。" in text_of(put)
    day = (LATER + timedelta(days=9)).date().isoformat()
    press(client, f"{address}/revise", text="拟请会商，月底前报。", version="1", then="submit", due_on=day)
    leader = sign_in(office, "city")
    desk = text_of(leader.get("/desk"))
    assert "待批复" in desk
    [matter] = re.findall(r"/observatory/matters/[0-9a-f-]+", desk)
    assert leader.get(matter)["Location"] == address
    assert press(leader, f"{address}/decide", decision="decline", reason="", version="2").status_code == 422
    assert press(client, f"{address}/decide", decision="adopt", reason="同意", version="2").status_code == 403
    press(leader, f"{address}/decide", decision="decline", reason="已有安排。", version="2")
    page = text_of(client.get(address))
    assert "未采纳" in page
    assert "已有安排。" in page
    assert "待批复" not in text_of(leader.get("/desk"))


def test_what_was_typed_is_kept_where_another_was_first(office):
    client, address = drafted(office)
    press(client, f"{address}/revise", text="先改。", version="1")
    late = press(client, f"{address}/revise", text="后改的长篇文字。", version="1")
    assert late.status_code == 409
    assert "后改的长篇文字。" in text_of(late)
    assert "未作任何改动" in text_of(late)


def test_a_gone_suggestion_leaves_its_draft_with_the_figures_it_had(office):
    client, address = drafted(office)
    keep_none(at=LATER)
    assert "0.031（0.020–0.045）" in text_of(client.get(address))
    page = text_of(page_of(office, "office"))
    assert "目前没有参考建议" in page
    assert address in page


def test_an_adopted_one_leads_to_the_issue_form_and_issues_nothing_itself(office):
    client, address = drafted(office, "city")
    press(client, f"{address}/decide", decision="adopt", reason="同意。", version="1")
    page = text_of(client.get(address))
    [form] = re.findall(r'href="(/directives/new\?[^"]+)"', page)
    assert "会商解决江州市→甲区的办理卡点" in text_of(client.get(form.replace("&amp;", "&")))
    assert "没有待签收的事项" in text_of(sign_in(office, "a").get("/desk"))
    assert "此前的拟办意见" in text_of(page_of(office, "city"))


def test_the_rows_behind_are_those_of_the_list_and_only_those_one_may_see(office):
    for turn in range(8):
        issue(office, "a", "b", at=hours(turn), due_on=DUE, report_on=())
    issue(office, "a", at=hours(9), due_on=DUE + timedelta(60), report_on=())
    actions.refresh_figures(LATER)
    page = text_of(page_of(office, "city"))
    href = re.findall(r'href="(/matters/?\?basis=[^"]+)"', page)
    assert href
    for each in href:
        listed = text_of(sign_in(office, "city").get(each.replace("&amp;", "&")))
        number = re.search(r"查看所依据的 (\d+) 件", page[page.index(each) :]).group(1)
        assert f"列出 {number} 条" in listed
        assert "列出 0 条" in text_of(sign_in(office, "a.finance").get(each.replace("&amp;", "&")))


def test_adopted_ones_show_the_same_rows_before_and_since(office):
    issue(office, "a", at=hours(-24 * 40), due_on=(NOW - timedelta(days=20)).date(), report_on=())
    client, address = drafted(office, "city")
    number = address.rsplit("/", 1)[1]
    press(client, f"{address}/decide", decision="adopt", reason="同意。", version="1")
    issue(office, "a", at=LATER, due_on=(LATER + timedelta(days=20)).date(), report_on=())
    body = dict(actions.build_suggestions(actions.find_material(actions_parameters(), at=LATER + timedelta(days=30))))
    achieved = body[office.unit("city")]["achieved"][number]
    assert (achieved["before"]["due"], achieved["since"]["due"]) == (1, 1)
    assert (achieved["before"]["met"], achieved["since"]["met"]) == (0, 0)


def actions_parameters():
    from yunzhang.governance.observatory.terms import Parameters

    return Parameters(draws=0)


def test_pages_stay_within_their_budget(office):
    client, address = drafted(office)
    paths = (f"/observatory/{office.unit('city')}/suggestions", address)
    for path in paths:
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            client.get(path)
        assert len(asked) <= 12, "\n".join(query["sql"][:60] + " … " + query["sql"][-110:] for query in asked)


def test_every_kind_has_its_words_in_both_languages(office):
    from django.utils.translation import override

    for kind in Advice:
        one = sample(kind)
        for language in ("zh-hans", "en"):
            with override(language):
                said = (
                    advice.title_of(one, {}), str(advice.title_html(one, {})), advice.ground_of(one, {}),
                    advice.supposed(one), advice.doubt_of(one), advice.kind_of(one),
                    advice.draft_of(one, {}, begins="a", ends="b"),
                )  # fmt: skip
                assert all(said)
                assert not any("%(" in each or "{" in each for each in said)
    assert {advice.step_of(step) for step in Step}


def sample(kind):
    details = {"absent": 2, "governments": 5, "quiet_days": 80, "halves_in_days": 30, "fresh": 0.9, "stale": 0.5}
    details |= {"at_once": 8.2, "usual": 3.1, "busy": 0.4, "calm": 0.8}
    return {
        "advice": kind.value, "figure": "V", "line": "market", "units": [[1, "甲区"], [2, "乙县"]], "count": 2,
        "gain": 0.01, "low": 0.005, "high": 0.02, "met": 2, "due": 10, "share": [0.1, 0.4], "stability": 0.9,
        "details": details, "basis": {"programme": "一件事"},
    }  # fmt: skip
