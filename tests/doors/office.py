"""One office, one matter in it, and one signed-in person of each role towards that matter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client

from tests.directives.office import DUE, NOW, Office, issue, open_office
from tests.observatory.suggested import KEY, keep_suggestions
from tests.org.places import system
from yunzhang.governance.lab import actions as lab
from yunzhang.governance.lab.pages.draft import Form
from yunzhang.governance.observatory import actions as observatory
from yunzhang.governance.observatory.store import studies
from yunzhang.governance.observatory.terms import Parameters, Proposal, Study
from yunzhang.ground.ledger.terms import Acting
from yunzhang.ground.org import actions as org
from yunzhang.ground.org.store import OrgAccount
from yunzhang.vertical.directives import actions as directives

# The matter: the city government, by its office, asks county A's government.
ROLES = {
    "responsible": "a",  # the county government that owes
    "handler": "office",  # the city's office that drafts and handles
    "superior": "city",  # the mayor in whose government's name it went out
    "colleague": "a.civil_affairs",  # another unit of the same county
    "borrower": "a.finance",  # a unit of the county, to which the county's post is lent
    "stranger": "b",  # the government of the peer county
    "auditor": "auditor",
    "administrator": "administrator",
    "anonymous": "",
}


LOAD = UUID(int=7)


@dataclass
class Doors:
    """The office behind its doors: a session for each role, and what the addresses are about."""

    office: Office
    sessions: dict[str, str]
    about: dict[str, Any]

    def browser(self, role: str) -> Client:
        """Return a new browser signed in as a role, whatever earlier ones have done."""
        found = Client()
        if self.sessions[role]:
            found.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[role]
        return found

    def open(self, role: str, method: str, path: str, **fields: Any) -> Any:
        """Return the answer to one role's request; a form carries its act key."""
        browser = self.browser(role)
        return browser.get(path) if method == "GET" else browser.post(path, {"act_key": str(uuid4()), **fields})


def make_doors() -> Doors:
    """Lay the office, open the matter, ask for more time, lend a post, sign everybody in."""
    office = open_office()
    matter, _ = issue(office, "a")
    directives.sign_matters(office.by("a"), [matter.id], at=NOW + timedelta(hours=1))
    directives.ask_extension(office.by("a"), matter.id, DUE + timedelta(9), "原因", at=NOW + timedelta(hours=2))
    lender, borrower = (office.actors[name].post or 0 for name in ("a", "a.finance"))
    org.delegate(system(), lender, borrower, at=NOW)
    keep_study("away")
    keep_files(office)
    lab.keep_calibration(office.unit("a"), at=NOW)
    proposal = put_up(office)
    about = {
        "study": "away",
        "load": LOAD,
        "loop": matter.id,
        "directive": matter.subject,
        "ask": waiting_ask(matter.id),
        "post": lender,
        "unit": office.unit("a"),
        "place": office.unit("a"),
        "subject": org.find_unit(office.unit("a")).stream,
        "delegation": org.list_delegations([lender])[0].id,
        "entry": first_entry(matter.id),
        "key": KEY,
        "proposal": proposal.id,
        "experiment": keep_experiment(office),
        "draft": lab.keep_draft(Form(office.unit("a"), {"what_ifs": []}).plain, by=office.by("a"), at=NOW),
        "observatory:matter loop": proposal.loop,
    }
    return Doors(office, {role: session(office, name) for role, name in ROLES.items()}, about)


def put_up(office: Office) -> Proposal:
    """Have the office draft on a suggestion about the city and put it up to the city's government."""
    keep_suggestions(office.unit("city"), office.unit("a"), at=NOW)
    city = office.unit("city")
    observatory.draft_proposal(office.by("office"), city, KEY, title="标题", text="拟办", at=NOW)
    [made] = observatory.list_proposals(office.by("office"), city, at=NOW)
    observatory.submit_proposal(office.by("office"), made.id, "拟办", version=1, due_on=DUE, at=NOW)
    return observatory.find_proposal(made.id)


def keep_study(name: str) -> None:
    """Keep a study whose units are numbered as the office's own, so that one address fits both."""
    found = replace(observatory.find_material(Parameters(draws=20), at=NOW), study=name)
    observatory.keep_facets(found, size=0, title="外地日志", mark="foreign")
    facts: dict[str, Any] = {"command": "yunzhang study add away"}
    studies.insert(Study(name, "外地日志", "foreign", uuid4(), NOW, "system", None, 1, 0, 1, facts))


def keep_experiment(office: Office) -> UUID:
    """Have county A ask for a simulation of itself without what-ifs, made at once."""
    given = {"title": "现状延续", "begins": "2026-04-01", "days": 30, "what_ifs": []}
    receipt = lab.ask_experiment(office.by("a"), office.unit("a"), given, 10, 1, at=NOW)
    found = lab.find_asked(receipt)
    lab.keep_runs(found, at=NOW, is_over=lambda: False)
    facts: dict[str, Any] = {"command": "lab"}  # it was opened as a study before: pressed again it is the same
    studies.insert(
        Study(f"lab-{found.hex[-6:]}", "现状延续", "simulated", uuid4(), NOW, "system", None, 1, 0, 1, facts)
    )
    return found


def keep_files(office: Office) -> None:
    """Have the office upload two tables, not yet checked."""
    files: dict[str, tuple[str, list[bytes]]] = {name: (name, [b""]) for name in ("units.csv", "loops.csv")}
    observatory.keep_load(LOAD, files, size=0, person=office.actors["office"].person, post=None)


def session(office: Office, name: str) -> str:
    """Return the session of an actor of the office who has signed in, or ""."""
    if not name:
        return ""
    browser = Client()
    browser.force_login(account(office.actors[name]))
    return browser.cookies[settings.SESSION_COOKIE_NAME].value


def account(by: Acting) -> Any:
    """Return a sign-in of a person, without the cost of a password."""
    user = get_user_model().objects.create(username=by.person)
    OrgAccount.objects.create(user=user, person_id=by.person)
    return user


def waiting_ask(loop: UUID) -> UUID:
    """Return the ask that waits for a decision on this matter."""
    return directives.list_open_asks([loop])[0].id


def first_entry(loop: UUID) -> UUID:
    """Return the first entry of a matter."""
    from yunzhang.ground.ledger.actions import list_entries

    return list_entries(loop)[0].id


def routes(resolver: Any, prefix: str = "", space: str = "") -> Iterator[tuple[str, Any]]:
    """Return every route of the URLconf by its full name, with its view."""
    for each in resolver.url_patterns:
        if hasattr(each, "url_patterns"):
            yield from routes(each, prefix + str(each.pattern), each.namespace or space)
        else:
            yield f"{space}:{each.name}" if space else str(each.name), each
