"""The small place with people in its posts: who issues, who owes, who looks on. For tests of every room above org."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client

from tests.org.places import AT, Places, make_place, system
from yunzhang.base.clock import day_of
from yunzhang.ground.ledger import actions as ledger
from yunzhang.ground.ledger.terms import Acting, Loop
from yunzhang.ground.org import actions as org
from yunzhang.ground.org.terms import Appointment, Authority, Duty, NewPost
from yunzhang.kit import doors as kit
from yunzhang.kit.home import Home, write_home
from yunzhang.vertical.directives import actions
from yunzhang.vertical.directives.terms import Order

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)  # a Monday, 9 o'clock
TODAY = date(2026, 3, 2)
DUE = date(2026, 3, 31)


@dataclass(frozen=True)
class Office:
    """Units and actors by short names: "city" (mayor), "office", "auditor", "administrator", "a", "a.finance"…"""

    places: Places
    actors: dict[str, Acting]

    def by(self, name: str) -> Acting:
        """The actor of that name, in an act of its own."""
        return replace(self.actors[name], request=uuid4())

    def unit(self, name: str) -> int:
        return self.places[name]


def open_office(*, at: datetime = AT) -> Office:
    """Make the place and fill its posts: one in every unit, the office in the city's big-data bureau."""
    places = make_place(at=at)
    duties = dict.fromkeys(places.units, Duty.OFFICER) | {"city": Duty.LEADER, "a": Duty.LEADER, "b": Duty.LEADER}
    duties["city.finance"] = Duty.LEADER
    rows = [(key, key, duty) for key, duty in duties.items()]
    rows += [("office", "city.big_data", Duty.OFFICE)]
    rows += [("auditor", "city.finance", Duty.AUDITOR), ("administrator", "city.big_data", Duty.ADMINISTRATOR)]
    first = org.find_next_post()
    posts = {name: first + turn for turn, (name, _, _) in enumerate(rows)}
    new = [
        NewPost(places[unit], duty.value, f"{name}岗", duty, official_order=turn)
        for turn, (name, unit, duty) in enumerate(rows)
    ]
    org.add_posts(system(), new, at=at)
    people = {name: str(UUID(int=post + 1)) for name, post in posts.items()}
    held = [Appointment(post, people[name], f"某{post}", day_of(at)) for name, post in posts.items()]
    org.appoint(system(), held, at=at)
    return Office(places, {name: Acting(people[name], posts[name], places[unit]) for name, unit, _ in rows})


def order(office: Office, *to: str, name: str = "city", **changes: object) -> Order:
    """An order of the city to these units, on minutes of a meeting, with one report."""
    facts: dict[str, object] = {
        "in_name_of": office.unit(name),
        "to": tuple(office.unit(one) for one in to),
        "title": "关于推进政务云迁移的通知",
        "requirement": "请于月底前完成。",
        "due_on": DUE,
        "report_on": (date(2026, 3, 16),),
        "programme": "政务云迁移",
        "authority": Authority.MINUTES,
        "authority_number": "江府纪〔2026〕3号",
    }
    return Order(**(facts | changes))  # type: ignore[arg-type]


def issue(office: Office, *to: str, by: str = "office", at: datetime = NOW, **changes: object) -> list[Loop]:
    """Issue the order and return the loops it opened: for each unit its matter, then its report."""
    receipt = actions.issue_directive(office.by(by), order(office, *to, **changes), at=at)
    return ledger.find_opened(receipt.request)


def hours(number: float, *, after: datetime = NOW) -> datetime:
    return after + timedelta(hours=number)


def sign_in(office: Office, name: str) -> Client:
    """A signed-in browser of that actor; the account is opened on first use."""
    account = name.replace(".", "_")
    post, users = office.actors[name].post, get_user_model().objects.filter(username=account)
    if not users.exists():
        assert post is not None
        org.add_account(system(), account, org.make_password(), post=post, at=NOW)
    client = Client()
    client.force_login(users.get())
    return client


def press(client: Client, path: str, **fields: Any) -> Any:
    """Submit a form with an act key of its own."""
    return client.post(path, {"act_key": str(uuid4()), **fields})


def open_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office with people in it and a home of the test's own."""
    opened = open_office()
    made = Home(root=tmp_path / "home")
    write_home(made)
    monkeypatch.setattr(settings, "HOME", made)
    monkeypatch.setattr(kit, "now", lambda: NOW)
    return opened
