"""Every route × every role: allowed or refused as declared here. A route that is not declared fails the build.

Roles stand towards one matter: the city asks county A. `+` may come in, `-` is refused (403), `>` is sent to sign in.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse

from tests.directives.office import NOW, issue
from tests.doors.office import ROLES, Doors, make_doors, routes
from tests.org.places import system
from yunzhang.base.clock import day_of
from yunzhang.governance.observatory.store import loads
from yunzhang.ground.ledger import actions as ledger
from yunzhang.ground.org import actions as org
from yunzhang.ground.org.terms import Appointment
from yunzhang.kit import doors as kit
from yunzhang.kit.home import Home

pytestmark = pytest.mark.django_db

# one column a role, in the order of ROLES:
#   responsible, handler, superior, colleague, borrower, stranger, auditor, administrator, anonymous
EVERYBODY, SIGNED_IN = "+" * 9, "+" * 8 + ">"
DECLARED = {
    # -- web
    "home": EVERYBODY,
    "language": EVERYBODY,
    "sign_in": EVERYBODY,
    "sign_out": EVERYBODY,
    "act_from": SIGNED_IN,
    # -- matters
    "matters:desk": SIGNED_IN,
    "matters:list": SIGNED_IN,
    "matters:go": "+++---+->",
    # -- directives
    "directives:new": "+++--+-->",
    "directives:issue": "+++--+-->",
    "directives:subject": "+++---+->",
    "directives:matter": "+++---+->",
    "directives:sign": "++++++-->",
    "directives:accept": "++++++-->",
    "directives:split": "+------->",
    "directives:parts": "+------->",
    "directives:report": "+------->",
    "directives:answer": "+------->",
    "directives:extend": "+------->",
    "directives:object": "+------->",
    "directives:return": "-++----->",
    "directives:withdraw": "-++----->",
    "directives:strike_off": "-++----->",
    "directives:decide": "-++----->",
    # -- records: what is listed and found there is narrowed to what the post may see
    "records:list": SIGNED_IN,
    "records:receipt": SIGNED_IN,
    "records:checkpoints": SIGNED_IN,
    "records:checkpoint": SIGNED_IN,
    "records:verify": SIGNED_IN,
    # -- observatory: a placement is seen by the unit itself, its superior line and the office
    "observatory:home": "+++++++->",
    "observatory:unit": "+++----->",
    "observatory:table": "+++----->",
    "observatory:months": "+++----->",
    "observatory:why": "+++----->",
    "observatory:why_pairs": "+++----->",
    "observatory:why_levels": "+++----->",
    "observatory:suggestions": "+++----->",
    # -- drafts: leaders of the unit draft; a draft put up is read by its parties, their superiors and auditors
    "observatory:advice": "+------->",
    "observatory:draft": "+------->",
    "observatory:subject": "-++---+->",
    "observatory:matter": "-++---+->",
    "observatory:revise": "-+------>",
    "observatory:recall": "-+------>",
    "observatory:drop": "-+------>",
    "observatory:decide": "--+----->",
    "observatory:change": "+++----->",
    "observatory:change_table": "+++----->",
    "observatory:rhythm": "+++----->",
    "observatory:rhythm_table": "+++----->",
    # a post's own view: the route names no post, nobody opens any but one's own (tests/observatory)
    "observatory:own_rhythm": SIGNED_IN,
    # -- lab: findings hold no data of any unit
    "lab:home": "+++++++->",
    # offices, leaders of governments and researchers simulate; what came of it is seen as the placement of its unit
    "lab:new": "+++--+-->",
    "lab:draft": "+------->",
    "lab:again": "+++----->",
    "lab:repeat": "+++----->",
    "lab:build": "+++--+-->",
    "lab:download": "+++--+-->",
    "lab:run": "+++--+-->",
    "lab:experiment": "+++----->",
    "lab:progress": "+++----->",
    "lab:table": "+++----->",
    "lab:scenario": "+++----->",
    "lab:cancel": "+++----->",
    "lab:remove": "+++----->",
    "lab:open_study": "-+------>",
    # calibration: a unit's is for who may simulate and sees it; the tab tells everybody else that it is not open
    "lab:calibration": "+++++++->",
    "lab:calibration_of": "+++----->",
    "lab:calibration_table": "+++----->",
    "lab:calibration_make": "+++----->",
    "lab:validation": "+++++++->",
    "lab:validation_table": "+++++++->",
    "lab:paths": "+++++++->",
    "lab:paths_table": "+++++++->",
    "lab:map": "+++++++->",
    "lab:map_table": "+++++++->",
    "lab:learning_table": "+++++++->",
    "observatory:open_own_rhythm": SIGNED_IN,
    "observatory:close_own_rhythm": SIGNED_IN,
    "observatory:brief_pdf": "+++----->",
    "observatory:brief_docx": "+++----->",
    "observatory:report_pdf": "+++----->",
    "observatory:report_docx": "+++----->",
    # -- a study: office, leaders and auditors of the uppermost place; researchers (tests/observatory)
    "observatory:study_unit": "-++---+->",
    "observatory:study_table": "-++---+->",
    "observatory:study_suggestions": "-++---+->",
    "observatory:study_months": "-++---+->",
    "observatory:studies": "-++---+->",
    "observatory:study": "-++---+->",
    "observatory:study_new": "-+------>",
    "observatory:study_upload": "-+------>",
    "observatory:study_load": "-+------>",
    "observatory:study_confirm": "-+------>",
    "observatory:study_rejects": "-+------>",
    "observatory:study_remove": "-+------>",
    "observatory:study_why": "-++---+->",
    "observatory:study_why_pairs": "-++---+->",
    "observatory:study_why_levels": "-++---+->",
    "observatory:study_change": "-++---+->",
    "observatory:study_change_table": "-++---+->",
    "observatory:study_rhythm": "-++---+->",
    "observatory:study_rhythm_table": "-++---+->",
    "observatory:study_brief_pdf": "-++---+->",
    "observatory:study_brief_docx": "-++---+->",
    "observatory:study_report_pdf": "-++---+->",
    "observatory:study_report_docx": "-++---+->",
    # -- organisation: who there is and who holds which post is open to all who sign in
    "org:browse": SIGNED_IN,
    "org:unit": SIGNED_IN,
    "org:pick": SIGNED_IN,
    "org:subject": SIGNED_IN,
    "org:chiefs": SIGNED_IN,
    "org:chiefs_of": SIGNED_IN,
    "org:register": SIGNED_IN,
    "org:edit": "-------+>",
    "org:rename": "-------+>",
    "org:move": "-------+>",
    "org:retire": "-------+>",
    "org:reorder": "-------+>",
    "org:add": "-------+>",
    "org:guide": "-------+>",
    "org:end_guide": "-------+>",
    "org:post": SIGNED_IN,
    "org:responsible": SIGNED_IN,
    "org:delegation": SIGNED_IN,
    "org:appoint": "-------+>",
    "org:end_appointment": "-------+>",
    "org:open_account": "-------+>",
    "org:renew_password": "-------+>",
    "org:delegate": "+------+>",
    "org:end_delegation": "+------+>",
}


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    """One office for all these tests; each of them leaves it as it was."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(kit, "now", lambda: NOW)
        patch.setattr(loads, "settings", SimpleNamespace(HOME=Home(root=tmp_path_factory.mktemp("home"))))
        yield make_doors()
        transaction.set_rollback(True)


@pytest.fixture
def doors(built: Doors) -> Iterator[Doors]:
    """The office, restored afterwards."""
    with transaction.atomic():
        yield built
        transaction.set_rollback(True)


ALL = dict(routes(get_resolver()))


def test_every_route_is_declared_and_every_declared_route_is_there() -> None:
    assert set(ALL) == set(DECLARED)
    assert {len(cells) for cells in DECLARED.values()} == {len(ROLES)}


def about(built: Doors, name: str, word: str) -> Any:
    """What an address is about: of this route alone, where another room's ids bear the same word."""
    return built.about.get(f"{name} {word}", built.about[word])


def came_in(answer: Any) -> str:
    if answer.status_code == 403:
        return "-"
    if answer.status_code in (302, 303) and answer["Location"].startswith("/sign-in?"):
        return ">"
    is_form = answer.wsgi_request.method == "POST"  # an empty form may well name what is not there
    assert answer.status_code not in (405, 500) + (() if is_form else (404,))
    return "+"


@pytest.mark.parametrize("name", sorted(DECLARED))
def test_each_role_is_let_in_or_refused_as_declared(built: Doors, name: str) -> None:
    route = ALL[name]
    method = "GET" if "GET" in route.callback.methods else "POST"
    path = reverse(name, kwargs={word: about(built, name, word) for word in route.pattern.converters})
    fields = {"post": built.office.actors["a"].post} if name == "act_from" else {}
    found = ""
    for role in ROLES:
        with transaction.atomic():
            own = {"post": built.office.actors[ROLES[role]].post} if fields and ROLES[role] else fields
            found += came_in(built.open(role, method, path, **own))
            transaction.set_rollback(True)
    assert found == DECLARED[name], dict(zip(ROLES, found, strict=True))


@pytest.mark.parametrize("name", sorted(DECLARED))
def test_the_other_method_is_refused(built: Doors, name: str) -> None:
    route = ALL[name]
    other = "POST" if "POST" not in route.callback.methods else "GET" if "GET" not in route.callback.methods else ""
    path = reverse(name, kwargs={word: about(built, name, word) for word in route.pattern.converters})
    if other:
        assert built.open("responsible", other, path).status_code == 405


# ---- the same matter, reached another way


SECRET = "关于推进政务云迁移的通知"


@pytest.mark.parametrize("role", ["stranger", "colleague", "administrator"])
def test_guessing_an_address_gives_403_and_tells_nothing(doors: Doors, role: str) -> None:
    for name in ("matters:go", "directives:subject", "directives:matter", "directives:split"):
        words = {word: about(doors, name, word) for word in ALL[name].pattern.converters}
        answer = doors.open(role, "GET", reverse(name, kwargs=words))
        text = answer.content.decode()
        assert answer.status_code == 403
        assert SECRET not in text
        assert "办结" not in text
        assert role == "colleague" or "甲区" not in text


@pytest.mark.parametrize("role", ["stranger", "colleague", "administrator"])
def test_lists_neither_show_nor_count_what_one_may_not_see(doors: Doors, role: str) -> None:
    guessed = doors.open(role, "GET", f"/matters?unit={doors.office.unit('a')}")
    assert guessed.status_code == 403
    assert SECRET not in guessed.content.decode()
    for path in ("/desk", "/matters", "/matters?text=政务云"):
        answer = doors.open(role, "GET", path)
        assert SECRET not in answer.content.decode(), path
        assert path == "/desk" or answer.context["page"].total == 0
    seen = doors.open("responsible", "GET", "/matters")
    assert SECRET in seen.content.decode()
    assert seen.context["page"].total == 2, "the matter and its report"


@pytest.mark.parametrize("role", ["stranger", "handler", "colleague", "superior"])
def test_a_matter_slipped_into_a_form_is_refused(doors: Doors, role: str) -> None:
    before = ledger.find_loop(doors.about["loop"])
    answer = doors.open(role, "POST", reverse("directives:sign"), loop=str(before.id))
    assert answer.status_code == 403
    assert ledger.find_loop(before.id) == before


def test_one_form_with_an_own_and_a_peers_matter_moves_neither(doors: Doors) -> None:
    own, _ = issue(doors.office, "b")
    both = [str(own.id), str(doors.about["loop"])]
    assert doors.open("stranger", "POST", reverse("directives:sign"), loop=both).status_code == 403
    assert ledger.find_loop(own.id).state == "open"


def test_one_may_not_act_from_a_post_of_another(doors: Doors) -> None:
    post = doors.office.actors["city"].post
    assert doors.open("stranger", "POST", reverse("act_from"), post=post).status_code == 403


# ---- delegation, acting and concurrent posts each turn a refused cell into an allowed one, at the door itself


def test_a_lent_post_opens_the_lenders_doors(doors: Doors) -> None:
    browser = doors.browser("borrower")
    matter = reverse("directives:matter", kwargs={"loop": doors.about["loop"]})
    assert browser.get(matter).status_code == 403
    wear(browser, doors.about["post"])
    assert browser.get(matter).status_code == 200


@pytest.mark.parametrize("kind", ["is_acting", "is_concurrent"])
def test_an_acting_or_concurrent_post_opens_its_doors(doors: Doors, kind: str) -> None:
    post, person = doors.about["post"], doors.office.actors["a.civil_affairs"].person
    browser = doors.browser("colleague")
    matter = reverse("directives:matter", kwargs={"loop": doors.about["loop"]})
    assert browser.get(matter).status_code == 403
    org.end_appointment(system(), post, at=NOW)
    org.appoint(system(), [Appointment(post, person, "某人", day_of(NOW), **{kind: True})], at=NOW)
    assert browser.get(matter).status_code == 403, "one acts from one post at a time"
    wear(browser, post)
    assert browser.get(matter).status_code == 200
    assert doors.open("responsible", "GET", matter).status_code == 403, "who left the post is out"


def wear(browser: Client, post: int) -> None:
    """Choose a post to act from."""
    assert browser.post(reverse("act_from"), {"act_key": str(uuid4()), "post": post}).status_code == 303


# ---- records


@pytest.mark.parametrize("role", ["stranger", "colleague", "borrower", "administrator"])
def test_records_tell_nothing_of_a_matter_one_may_not_see(doors: Doors, role: str) -> None:
    loop, entry = doors.about["loop"], doors.about["entry"]
    request = ledger.find_entry(entry).request
    listed = doors.open(role, "GET", f"/records/?loop={loop}")
    assert listed.context["page"].total == 0
    for key in (entry, request):
        text = doors.open(role, "GET", f"/records/receipt?key={key}").content.decode()
        assert "没有您可以查看的这一编号" in text
    assert doors.open("responsible", "GET", f"/records/receipt?key={entry}").context["rows"]
