"""The lab's pages: a scenario is built press by press, run, watched, read; nothing that was typed is lost."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from uuid import UUID, uuid4

import openpyxl
import pytest
import yaml
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.directives.office import NOW, Office, open_home, press, sign_in
from tests.lab.building import built, fields, pair, start, step
from yunzhang.governance.lab import actions
from yunzhang.governance.lab.actions import playing
from yunzhang.governance.lab.commands import jobs
from yunzhang.governance.lab.pages.saying import say_step
from yunzhang.governance.lab.pages.tables import TABLES
from yunzhang.governance.lab.rules.scenarios import FIELDS
from yunzhang.governance.lab.store import LabExperiment
from yunzhang.governance.lab.terms import Do, State
from yunzhang.governance.lab.words.results import list_idle_parts
from yunzhang.governance.observatory import actions as observatory
from yunzhang.ground.org.store import OrgAccount
from yunzhang.kit.jobs import run_jobs

pytestmark = pytest.mark.django_db
assert jobs  # registers the job


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office with people in it and a home of the test's own."""
    return open_home(tmp_path, monkeypatch)


def test_build_run_watch_and_read(office: Office) -> None:
    browser = sign_in(office, "office")
    assert "还没有推演" in browser.get("/lab/").content.decode()
    text = built(office, browser)
    assert "明确一位负责同志牵头" in text
    assert "江州市财政局、江州市生态环境局" in text or "财政局" in text
    experiment = start(browser, text)
    waiting = browser.get(f"/lab/{experiment}").content.decode()
    assert '<meta http-equiv="refresh" content="4">' in waiting
    assert "已完成 0/10 次" in waiting
    assert "HX-Refresh" not in browser.get(f"/lab/{experiment}/progress")
    run_jobs(NOW)
    assert browser.get(f"/lab/{experiment}/progress")["HX-Refresh"] == "true"
    text = browser.get(f"/lab/{experiment}").content.decode()
    for said in (
        "若按“",
        "模拟推演 · 不是预测",
        "不得据此排名",
        "模型看不到",
        'class="plane"',
        'class="course"',
        "SHA-256 units",
    ):
        assert said in text, said
    assert "http-equiv" not in text
    assert 'href="/lab/' in browser.get("/lab/").content.decode()


def test_every_kind_of_what_if_has_its_form(office: Office) -> None:
    browser = sign_in(office, "office")
    text = browser.get("/lab/new").content.decode()
    for do in Do:
        seen = step(browser, text, "choose", do=str(do))
        assert seen.status_code == 200
        for field in FIELDS[do]:
            assert f'name="v_{field.name}"' in seen.content.decode(), (do, field.name)


def test_a_step_is_told_in_words_and_without_values_that_play_no_part() -> None:
    opened = {"do": "open_channel", "units": ["7"], "kind": "enterprise"}
    assert say_step(opened, {})["values"].startswith("渠道对象 企业")
    drawn = {"do": "add_links", "count": 9, "lam": 0.5, "zeta": 0.5}
    assert "λ" in say_step(drawn, {})["values"]
    assert "λ" not in say_step(drawn | {"units": ["7", "8"]}, {})["values"]


def test_a_programme_comes_and_goes_with_its_what_if(office: Office) -> None:
    browser = sign_in(office, "office")
    text = step(browser, browser.get("/lab/new").content.decode(), "choose", do="change_programme").content.decode()
    seen = step(browser, text, "add", v_programme="数据共享")
    assert seen.status_code == 200
    draft = json.loads(fields(seen.content.decode())["draft"])
    assert [one["name"] for one in draft["programmes"]] == ["数据共享"]
    gone = step(browser, seen.content.decode(), "remove:0")
    draft = json.loads(fields(gone.content.decode())["draft"])
    assert (draft["what_ifs"], draft["programmes"]) == ([], [])


def test_what_is_wrong_is_told_above_and_nothing_is_lost(office: Office) -> None:
    browser = sign_in(office, "office")
    text = built(office, browser)
    seen = step(browser, text, "add", units=pair(office)[:1], until="2020-01-01", title="改名")
    assert seen.status_code == 422
    body = seen.content.decode()
    assert 'role="alert"' in body
    kept = fields(body)
    assert (kept["units"], kept["until"], kept["title"]) == (pair(office)[:1], "2020-01-01", "改名")
    assert len(json.loads(kept["draft"])["what_ifs"]) == 1
    for more in ({"runs": "9"}, {"runs": "many"}, {"seed": "-1"}, {"days": "9"}, {"begins": "x"}):
        answer = browser.post("/lab/run", fields(text) | more)
        assert answer.status_code == 422, more
        assert len(json.loads(fields(answer.content.decode())["draft"])["what_ifs"]) == 1
    assert actions.list_experiments(office.by("office"), at=NOW) == []


@pytest.mark.parametrize(
    "draft", ["", "[", "[]", '{"what_ifs": 3}', '{"what_ifs": [7, {"do": []}, {"do": "x"}]}', "[" * 99_999]
)
def test_a_draft_that_was_tampered_with_breaks_nothing(office: Office, draft: str) -> None:
    browser = sign_in(office, "office")
    text = browser.get("/lab/new").content.decode()
    for target, press_ in (("build", "choose"), ("build", "remove:0"), ("run", ""), ("build/scenario.yaml", "")):
        answer = browser.post(f"/lab/{target}", fields(text) | {"draft": draft, "press": press_, "runs": "10"})
        assert answer.status_code in (200, 303, 422), (target, answer.status_code)


def test_a_scenario_file_goes_out_and_comes_back(office: Office) -> None:
    browser = sign_in(office, "office")
    text = built(office, browser)
    out = browser.post("/lab/build/scenario.yaml", fields(text))
    assert "attachment" in out["Content-Disposition"]
    told = yaml.safe_load(out.content)
    assert told["what_ifs"][0]["units"] == pair(office)
    fresh = browser.get("/lab/new").content.decode()
    back = step(browser, fresh, "load", file=SimpleUploadedFile("s.yaml", out.content))
    assert back.status_code == 200
    assert json.loads(fields(back.content.decode())["draft"]) == json.loads(fields(text)["draft"])
    for body in (b"", b"\xff\xfe", b"a: [", b"what_ifs: [{do: nothing}]", b"x" * 70_000):
        assert step(browser, text, "load", file=SimpleUploadedFile("s.yaml", body)).status_code == 422
    assert step(browser, text, "load").status_code == 422


def test_one_press_is_one_experiment(office: Office) -> None:
    browser = sign_in(office, "office")
    sent = fields(built(office, browser)) | {"runs": "10"}
    first, second = (browser.post("/lab/run", sent)["Location"] for _ in range(2))
    assert first == second
    assert len(actions.list_experiments(office.by("office"), at=NOW)) == 1


def test_cancel_and_remove(office: Office) -> None:
    browser = sign_in(office, "office")
    experiment = start(browser, built(office, browser))
    heading = re.compile(r"<h1>(?:<[^>]*>)*([^<]*)")
    assert heading.findall(browser.get(f"/lab/{experiment}").content.decode()) != ["排队中"], "it would go stale"
    assert press(browser, f"/lab/{experiment}/cancel").status_code == 303
    run_jobs(NOW)
    assert "10 次" not in browser.get("/lab/").content.decode(), "runs that were never made"
    assert actions.find_experiment(experiment).state is State.CANCELLED
    assert "已取消" in browser.get(f"/lab/{experiment}").content.decode()
    assert press(browser, f"/lab/{experiment}/remove").status_code == 303
    assert browser.get(f"/lab/{experiment}").status_code == 404


def test_table_scenario_and_study_of_what_came_out(office: Office) -> None:
    browser = sign_in(office, "office")
    experiment = start(browser, built(office, browser))
    assert browser.get(f"/lab/{experiment}/table.xlsx").status_code == 404, "not before it is done"
    run_jobs(NOW)
    sheet = openpyxl.load_workbook(io.BytesIO(browser.get(f"/lab/{experiment}/table.xlsx").content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert "模拟推演" in str(rows[0][0])
    assert len(rows) == 3 + 8 * 6, "two marks, headings, six months of eight figures"
    facts = actions.find_experiment(experiment).facts
    [shown] = [row for row in rows if row[0] == rows[3][0] and row[1] == 6]
    assert shown[6] == pytest.approx(facts["figures"]["V"]["after"]["mid"][-1])
    told = yaml.safe_load(browser.get(f"/lab/{experiment}/scenario.yaml").content)
    assert told["title"] == "牵头"
    for turn in range(2):
        asked = press(browser, f"/lab/{experiment}/study")
        assert asked.status_code == 303
        waits = 'http-equiv="refresh"' in browser.get(asked["Location"], follow=True).content.decode()
        assert waits is (turn == 0)
        run_jobs(NOW)
    assert "查看由第一次运行打开的研究" in browser.get(f"/lab/{experiment}?opening=1").content.decode()
    [study] = observatory.list_studies()
    assert (study.name, study.mark) == (f"lab-{experiment.hex[-6:]}", "simulated")
    assert browser.get(f"/observatory/studies/{study.name}", follow=True).status_code == 200


def test_an_office_reads_the_plain_sentence_research_the_mode(office: Office) -> None:
    browser = sign_in(office, "office")
    experiment = start(browser, built(office, browser))
    run_jobs(NOW)
    plain = browser.get(f"/lab/{experiment}").content.decode()
    OrgAccount.objects.filter(person_id=office.actors["office"].person).update(reader="research")
    named = browser.get(f"/lab/{experiment}").content.decode()
    for mode in ("权威治理", "松散治理", "协同治理"):
        assert mode not in plain
        assert mode in named


def test_strangers_are_turned_away(office: Office) -> None:
    browser = sign_in(office, "office")
    experiment = start(browser, built(office, browser))
    for name in ("b", "administrator", "a.civil_affairs"):
        other = sign_in(office, name)
        assert other.get(f"/lab/{experiment}").status_code == 403
        assert "牵头" not in other.get("/lab/").content.decode().replace("牵头几个部门", "")
    assert sign_in(office, "b").get(f"/lab/new?unit={office.unit('a')}").status_code == 403
    assert browser.get(f"/lab/{uuid4()}").status_code == 404


def test_english_pages_have_english_words(office: Office) -> None:
    browser = sign_in(office, "office")
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    text = built(office, browser)
    experiment = start(browser, text)
    run_jobs(NOW)
    for seen in (text, browser.get("/lab/").content.decode(), browser.get(f"/lab/{experiment}").content.decode()):
        left = re.sub(r'<(\w+)[^>]*lang="zh[^"]*"[^>]*>.*?</\1>|<title>.*?</title>|<[^>]*>', "", seen, flags=re.S)
        assert not re.findall(r"[\u4e00-\u9fff]{2,}", left.replace("中文", "")), re.findall(
            r"[\u4e00-\u9fff]{2,}", left
        )


# ---- the picture, changes, where behaviour comes from


def test_one_looks_further_down_and_what_is_chosen_stays(office: Office) -> None:
    browser = sign_in(office, "office")
    text = browser.get("/lab/new").content.decode()
    county = str(office.unit("a"))
    seen = step(browser, text, f"look:{county}", units=pair(office)).content.decode()
    kept = fields(seen)
    assert kept["at"] == county
    assert set(pair(office)) <= set(kept["units"])
    assert "图外已选" in seen
    assert f'data-unit="{office.unit("a.finance")}"' in seen
    back = step(browser, seen, f"look:{office.unit('city')}").content.decode()
    assert set(fields(back)["units"]) == set(pair(office))


def test_a_what_if_is_taken_back_changed_and_added_anew(office: Office) -> None:
    browser = sign_in(office, "office")
    text = built(office, browser)
    seen = step(browser, text, "edit:0").content.decode()
    kept = fields(seen)
    assert (kept["do"], sorted(kept["units"])) == ("appoint_leader", sorted(pair(office)))
    assert len(json.loads(kept["draft"])["what_ifs"]) == 1, "it stays until the change is kept"
    assert json.loads(fields(step(browser, seen, "leave").content.decode())["draft"]) == json.loads(kept["draft"])
    again = step(browser, seen, "add", v_capacity="9").content.decode()
    [one] = json.loads(fields(again)["draft"])["what_ifs"]
    assert (one["capacity"], one["do"]) == (9.0, "appoint_leader")
    assert step(browser, text, "edit:7").status_code == 200


def test_the_what_if_that_is_wrong_is_marked(office: Office) -> None:
    browser = sign_in(office, "office")
    text = step(browser, built(office, browser), "add", do="vacate_post", units=pair(office)[:1]).content.decode()
    answer = browser.post("/lab/run", fields(text) | {"begins": "2027-01-01"})
    seen = answer.content.decode()
    assert answer.status_code == 422
    assert seen.count('<li class="lab-wrong">') == 1
    assert seen.index('<li class="lab-wrong">') < seen.index("负责人空缺"), "the first of both"
    new = step(browser, text, "add", do="vacate_post").content.decode()
    assert '<section class="card lab-wrong"' in new


def test_a_run_is_repeated_with_changes(office: Office) -> None:
    browser = sign_in(office, "office")
    experiment = start(browser, built(office, browser), seed="7")
    again = browser.get(f"/lab/{experiment}/again").content.decode()
    kept = fields(again)
    assert (kept["seed"], kept["runs"], kept["title"]) == ("7", "10", "牵头")
    assert len(json.loads(kept["draft"])["what_ifs"]) == 1


def test_a_failure_is_told_as_the_house_does_and_asked_again_with_one_press(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = sign_in(office, "office")
    experiment = start(browser, built(office, browser), seed="7", basis="assumed")
    with monkeypatch.context() as patch:
        patch.setattr(playing, "simulate", lambda *_, **__: [] + {})  # type: ignore[operator]
        run_jobs(NOW)
    text = browser.get(f"/lab/{experiment}").content.decode()
    assert "推演进行到第 0 次时中断" in text
    assert "与您填写的内容未必有关" in text
    assert "TypeError" not in re.sub(r"<details.*?</details>", "", text, flags=re.S), "the detail is folded away"
    assert "TypeError" in text
    assert str(experiment) in text
    sent = {"act_key": str(uuid4())}
    first, again = (browser.post(f"/lab/{experiment}/repeat", sent) for _ in range(2))
    assert (first.status_code, first["Location"]) == (303, again["Location"])
    new = actions.find_experiment(UUID(first["Location"].rsplit("/", 1)[1]))
    old = actions.find_experiment(experiment)
    assert new.id != old.id
    assert (new.scenario, new.runs, new.seed, new.unit) == (old.scenario, old.runs, old.seed, old.unit)
    assert actions.find_provenance(new)["basis"] == "assumed"
    run_jobs(NOW)
    assert actions.find_experiment(new.id).state is State.DONE
    assert browser.get(f"/lab/{new.id}").status_code == 200


def test_a_failure_of_before_is_told_too(office: Office) -> None:
    browser = sign_in(office, "office")
    experiment = start(browser, built(office, browser))
    LabExperiment.objects.filter(pk=experiment).update(state="failed", problem="ValueError: x", facts="{}")
    assert "没有预料到" in browser.get(f"/lab/{experiment}").content.decode()


def test_what_cannot_be_asked_again_as_it_was_is_told_above_the_form(office: Office) -> None:
    browser = sign_in(office, "office")
    experiment = start(browser, built(office, browser))
    scenario = actions.find_experiment(experiment).scenario
    scenario["what_ifs"][0]["units"][0] = "999999"  # it is gone from the organisation since
    LabExperiment.objects.filter(pk=experiment).update(state="failed", scenario=json.dumps(scenario))
    answer = press(browser, f"/lab/{experiment}/repeat")
    assert answer.status_code == 422
    assert "999999" in answer.content.decode()
    assert len(actions.list_experiments(office.by("office"), at=NOW)) == 1


def test_a_zero_for_want_of_dealings_says_so_where_it_stands(office: Office) -> None:
    browser = sign_in(office, "office")
    channel = {"do": "open_channel", "units": [str(office.unit("city"))]}
    text = step(browser, browser.get("/lab/new").content.decode(), "add", days="90", **channel).content.decode()
    experiment = start(browser, text, basis="assumed")
    run_jobs(NOW)
    facts = actions.find_experiment(experiment).facts
    assert list_idle_parts(facts) == {"H_market": ["before", "after"], "H_society": ["before"]}
    assert facts["figures"]["H_society"]["after"]["mid"][-1] > 0
    shown = browser.get(f"/lab/{experiment}").content.decode()
    assert "政企、社会参与（不实施）为 0，因为推演中没有这方面的往来" in shown
    assert shown.count("推演中没有这方面的往来，按测量规则计为 0。") == 1, "in place of the course of the market"


def test_one_month_without_what_ifs_and_title_is_shown_once_and_named(office: Office) -> None:
    browser = sign_in(office, "a")
    text = browser.get("/lab/new").content.decode()
    experiment = start(browser, text, days="30", basis="assumed")
    run_jobs(NOW)
    shown = browser.get(f"/lab/{experiment}").content.decode()
    assert "<title>现状延续 " in shown
    assert '<th scope="col" class="number">实施</th>' not in shown
    assert ">差值<" not in shown
    assert 'class="course"' not in shown, "one month is no course"
    assert "现状延续" in browser.get("/lab/").content.decode()


def test_an_experiment_without_a_title_is_called_by_what_it_does(office: Office) -> None:
    browser = sign_in(office, "office")
    text = step(browser, built(office, browser), "add", do="raise_system", units=[], title="").content.decode()
    start(browser, text)
    assert "明确一位负责同志牵头等 2 项" in browser.get("/lab/").content.decode()


def test_every_table_goes_out_as_the_page_shows_it(office: Office) -> None:
    browser = sign_in(office, "office")
    experiment = start(browser, built(office, browser))
    run_jobs(NOW)
    facts = actions.find_experiment(experiment).facts
    rows = {}
    for name in TABLES:
        body = browser.get(f"/lab/{experiment}/table.xlsx?of={name}").content
        sheet = openpyxl.load_workbook(io.BytesIO(body)).active
        assert sheet is not None
        rows[name] = list(sheet.iter_rows(values_only=True))[3:]
    assert [row[0] for row in rows["busiest"]] == [one["name"] for one in facts["busiest"]]
    assert len(rows["busiest"]) <= 5
    assert [row[0] for row in rows["places"]] == [one["name"] for one in facts["places"]]
    assert rows["relations"][0][2] == pytest.approx(facts["delivered"]["before"][1])
    assert rows["figures"][0][8] == pytest.approx(facts["difference"]["V"]["mid"])
    assert browser.get(f"/lab/{experiment}/table.xlsx?of=nothing").status_code == 404


def test_behaviour_comes_from_the_record_or_from_assumptions(office: Office) -> None:
    browser = sign_in(office, "office")
    text = built(office, browser)
    assert re.findall(r'name="basis" value="(\w+)"', text) == list(actions.BASES)
    experiment = start(browser, text, basis="assumed")
    run_jobs(NOW)
    assert "没有采用记录" in browser.get(f"/lab/{experiment}").content.decode()
    assert browser.post("/lab/run", fields(text) | {"runs": "10", "basis": "wish"}).status_code == 422


def test_a_researcher_tries_the_place_from_assumptions_alone(office: Office) -> None:
    OrgAccount.objects.filter(person_id=office.actors["a.finance"].person).update(reader="research")
    browser = sign_in(office, "a.finance")
    OrgAccount.objects.filter(person_id=office.actors["a.finance"].person).update(reader="research")
    text = browser.get("/lab/new").content.decode()
    assert fields(text)["unit"] == str(office.unit("a"))
    assert re.findall(r'name="basis" value="(\w+)"', text) == ["assumed"]
    assert browser.post("/lab/run", fields(text) | {"runs": "10", "basis": "record"}).status_code == 422
    own = start(browser, text)
    run_jobs(NOW)
    assert "没有采用记录" in browser.get(f"/lab/{own}").content.decode()
    assert str(own) in browser.get("/lab/").content.decode()
    office_run = start(sign_in(office, "office"), built(office, sign_in(office, "office")))
    for address in ("", "/again", "/table.xlsx", "/scenario.yaml"):
        assert browser.get(f"/lab/{office_run}{address}").status_code == 403
    assert str(office_run) not in browser.get("/lab/").content.decode()
    assert browser.get(f"/lab/new?unit={office.unit('city')}").status_code == 403
    assert browser.get(f"/lab/new?unit={office.unit('b')}").status_code == 403
