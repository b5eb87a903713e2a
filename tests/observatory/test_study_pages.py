"""The pages of studies: who may look, who may load; upload, look, confirm; nothing is changed before."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.directives.office import NOW, Office, open_home, press, sign_in
from tests.observatory.test_studies import loops, units
from yunzhang.governance.observatory import actions, rules
from yunzhang.governance.observatory.pages import studies as pages
from yunzhang.ground.org import actions as org
from yunzhang.ground.org.store import OrgAccount
from yunzhang.kit import uploads
from yunzhang.kit.jobs import run_jobs

SHIPPED = Path(rules.__file__).resolve().parents[3] / "data" / "mappings"
pytestmark = pytest.mark.django_db


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office with people in it; uploads and studies go to a folder of the test's own."""
    return open_home(tmp_path, monkeypatch)


def shipped(*names: str, **roles: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        role: SimpleUploadedFile(name, (SHIPPED / name).read_bytes()) for role, name in roles.items()
    }
    if names:
        found["beside"] = [SimpleUploadedFile(name, (SHIPPED / name).read_bytes()) for name in names]
    return found


def table(name: str, found: Any) -> SimpleUploadedFile:
    text = [",".join(found.column_names), *(",".join(map(str, row.values())) for row in found.to_pylist())]
    return SimpleUploadedFile(name, "\n".join(text).encode())


def send(browser: Client, files: dict[str, Any]) -> Any:
    return browser.post("/observatory/studies/upload", {"act_key": str(uuid4()), **files})


def load_of(answer: Any) -> UUID:
    assert answer.status_code == 303, answer.content.decode()[:400]
    return UUID(answer["Location"].rsplit("/", 1)[1])


def confirm(browser: Client, load: UUID, name: str = "pilot", mark: str = "foreign") -> Any:
    return press(browser, f"/observatory/studies/loading/{load}/confirm", name=name, title="试点", mark=mark)


def test_upload_look_confirm_and_see_it(office: Office) -> None:
    browser = sign_in(office, "office")
    load = load_of(send(browser, {"units": table("units.csv", units()), "loops": table("loops.csv", loops())}))
    seen = browser.get(f"/observatory/studies/loading/{load}").content.decode()
    assert "读出单位 3 个、事项 4 行" in seen
    for heading in ("交办或提出方", "承办方", "开立时间", "到期时间"):
        assert heading in seen, "columns are told in words; the name in the file stands behind"
    assert ">opened_at<" not in seen
    assert actions.list_studies() == [], "nothing is changed before it is confirmed"
    assert confirm(browser, load).status_code == 303
    assert [one.name for one in actions.list_studies()] == ["pilot"]
    opened = browser.get(f"/observatory/studies/loading/{load}", follow=True)
    assert opened.status_code == 200
    assert "外部日志 · 非本办公室台账" in opened.content.decode()
    listed = browser.get("/observatory/studies").content.decode()
    assert "试点" in listed
    assert org.find_signatures([], [office.actors["office"].person]).name(office.actors["office"].person) in listed


def test_a_log_with_its_mapping_and_the_tables_it_names(office: Office) -> None:
    browser = sign_in(office, "office")
    load = load_of(send(browser, shipped("permits_units.csv", log="permits.xes", mapping="permits.yaml")))
    seen = browser.get(f"/observatory/studies/loading/{load}").content.decode()
    assert "石桥市并联审批（虚构示例）" in seen
    assert "有答复而没有对应的来文" in seen
    rejects = browser.get(f"/observatory/studies/loading/{load}/rejects.csv").content.decode("utf-8-sig").splitlines()
    assert len(rejects) == 1 + 3
    confirm(browser, load, mark="simulated")
    [study] = actions.list_studies()
    assert (study.mark, study.loops, study.facts["inputs"]["log"]["file"]) == ("simulated", 4, "permits.xes")
    assert browser.get("/observatory/studies").status_code == 200


TWO = ("units", "units.csv"), ("loops", "loops.csv")
BOTH = ("log", "a.csv"), ("mapping", "m.yaml")


def test_of_a_log_without_a_line_of_command_v_is_missing_and_nothing_is_stuck(office: Office) -> None:
    browser = sign_in(office, "office")
    load = load_of(send(browser, shipped(log="hotline.csv", mapping="hotline.yaml")))
    confirm(browser, load)
    page = browser.get("/observatory/studies/pilot", follow=True)
    text = page.content.decode()
    assert "日志里没有纵向往来，纵向贯通度暂缺，不判定类型" in text
    assert "没有记录的种类不计入" not in text
    assert "纵横均待加强" not in text, "silence of the log is no weak line"
    why = browser.get(page.redirect_chain[-1][0] + "/why").content.decode()
    assert "纵向的卡点无从说起" in why
    assert "预计提升约" not in why


@pytest.mark.parametrize(
    ("names", "bodies", "said"),
    [
        (TWO, (b"id\n1\n", b"loop\n1\n"), "缺少列"),
        (TWO, ("编号\n甲\n".encode("gbk"), b"loop\n1\n"), "UTF-8"),
        (BOTH, (b"a,b\n1,2\n", b"log: matters\n"), "columns"),
        (BOTH, (b"a,b\n1,2\n", b"a: &x 1\nb: *x"), "引用"),
    ],
)
def test_what_cannot_be_read_is_told_and_changes_nothing(
    office: Office, names: tuple[tuple[str, str], ...], bodies: tuple[bytes, ...], said: str
) -> None:
    browser = sign_in(office, "office")
    files = {role: SimpleUploadedFile(name, body) for (role, name), body in zip(names, bodies, strict=True)}
    load = load_of(send(browser, files))
    seen = browser.get(f"/observatory/studies/loading/{load}").content.decode()
    assert "未能读取，未作任何改动" in seen
    assert said in seen
    assert confirm(browser, load).status_code == 404
    assert actions.list_studies() == []


def test_odd_sets_and_names_of_files_are_refused(office: Office) -> None:
    browser = sign_in(office, "office")
    table_ = {"units": SimpleUploadedFile("units.csv", b"id\n")}
    assert send(browser, {}).status_code == 422
    assert send(browser, table_).status_code == 422
    assert (
        send(
            browser,
            {"units": SimpleUploadedFile("units.exe", b"x"), **table_, "loops": SimpleUploadedFile("x.zip", b"")},
        ).status_code
        == 422
    )
    beside = SimpleUploadedFile("state.json", b"{}")
    assert send(browser, shipped(log="permits.xes", mapping="permits.yaml") | {"beside": [beside]}).status_code == 422
    assert pages._beside("..\\..\\a/b.csv") == "b.csv"


def test_a_form_that_brings_too_much_is_refused(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = sign_in(office, "office")
    files = {"units": table("units.csv", units()), "loops": table("loops.csv", loops())}
    monkeypatch.setattr(actions, "MAX_UPLOAD", 10)
    assert "MB" in send(browser, files).content.decode()
    monkeypatch.setattr(uploads, "MOST", 100)
    assert send(browser, files).status_code == 400


def test_a_large_load_is_checked_and_added_by_the_worker(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    import yunzhang.governance.observatory.commands  # noqa: F401 - the worker knows its jobs

    monkeypatch.setattr("yunzhang.governance.observatory.actions.loads.SMALL_LOAD", 0)
    browser = sign_in(office, "office")
    load = load_of(send(browser, {"units": table("units.csv", units()), "loops": table("loops.csv", loops())}))
    page = f"/observatory/studies/loading/{load}"
    assert 'http-equiv="refresh"' in browser.get(page).content.decode()
    assert run_jobs(NOW) == 1
    assert "读出单位 3 个" in browser.get(page).content.decode()
    confirm(browser, load)
    confirm(browser, load)
    assert "正在装入" in browser.get(page).content.decode()
    assert run_jobs(NOW) == 1
    assert [one.name for one in actions.list_studies()] == ["pilot"]
    assert browser.get(page).status_code == 303
    actions.add_load(load, request=uuid4(), at=NOW)
    assert len(actions.list_studies()) == 1, "the same load twice is once"


def test_a_name_in_use_is_told_and_another_may_be_chosen(office: Office) -> None:
    browser = sign_in(office, "office")
    files = [{"units": table("units.csv", units()), "loops": table("loops.csv", loops())} for _ in range(2)]
    first, second = (load_of(send(browser, each)) for each in files)
    confirm(browser, first)
    refused = confirm(browser, second)
    assert refused.status_code == 409
    assert confirm(browser, second, name="other").status_code == 303
    assert [one.name for one in actions.list_studies()] == ["other", "pilot"]


def test_researchers_load_and_read_and_a_load_is_its_uploaders_alone(office: Office) -> None:
    officer = sign_in(office, "city.finance")
    assert officer.get("/observatory/studies/new").status_code == 403
    OrgAccount.objects.filter(person=office.actors["a.finance"].person).delete()
    researcher = sign_in(office, "a.finance")
    OrgAccount.objects.filter(person=office.actors["a.finance"].person).update(reader="research")
    load = load_of(send(researcher, {"units": table("units.csv", units()), "loops": table("loops.csv", loops())}))
    assert sign_in(office, "office").get(f"/observatory/studies/loading/{load}").status_code == 404
    confirm(researcher, load)
    assert researcher.get("/observatory/studies/pilot", follow=True).status_code == 200
    for name, status in {"city": 200, "auditor": 200, "office": 200, "a": 403, "b": 403, "administrator": 403}.items():
        assert sign_in(office, name).get("/observatory/studies").status_code == status, name
    assert press(sign_in(office, "auditor"), "/observatory/studies/pilot/remove").status_code == 403
    assert press(researcher, "/observatory/studies/pilot/remove").status_code == 303
    assert actions.list_studies() == []


def test_an_administrator_who_reads_as_research_still_sees_no_study(office: Office) -> None:
    browser = sign_in(office, "administrator")
    OrgAccount.objects.filter(person=office.actors["administrator"].person).update(reader="research")
    assert browser.get("/observatory/studies/new").status_code == 403
    assert browser.get("/observatory/studies").status_code == 403


def test_pages_ask_little(office: Office, django_assert_max_num_queries: Any) -> None:
    browser = sign_in(office, "office")
    confirm(
        browser, load_of(send(browser, {"units": table("units.csv", units()), "loops": table("loops.csv", loops())}))
    )
    with django_assert_max_num_queries(12):
        browser.get("/observatory/studies")
    with django_assert_max_num_queries(12):
        browser.get("/observatory/studies/new")
