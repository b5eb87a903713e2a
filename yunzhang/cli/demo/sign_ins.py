"""One sign-in for each kind of user of the demonstration office, with passwords of this home alone."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from yunzhang.base.ids import uuid7
from yunzhang.cli.demo.cast import find_government
from yunzhang.ground.ledger.terms import Acting
from yunzhang.ground.org import actions as org
from yunzhang.ground.org.terms import Duty, Post, Reader, UnitKind

FILE = "sign-ins.txt"
RESEARCHER = "researcher"  # reads the names of the modes, and studies of logs from elsewhere


@dataclass(frozen=True, slots=True)
class SignIn:
    """One account of the demonstration: its name, password and the post it acts from."""

    name: str
    password: str
    title: str


def choose_posts(on: date) -> dict[str, Post]:
    """Return the post each demonstration account acts from, by account name; a post nobody holds is left out."""
    root = find_government()
    places = [unit for unit in org.list_children(root.id) if unit.kind is UnitKind.GOVERNMENT]
    below = org.list_children(places[0].id)
    department = next((unit for unit in below if unit.code == "market_regulation"), below[0])
    beside = org.list_children(root.id)
    office = [unit.id for unit in beside]
    departments = {unit.id for unit in beside if unit.kind is UnitKind.DEPARTMENT}
    top = org.list_posts([root.id, *office], on=on)
    local = org.list_posts([places[0].id, department.id], on=on)
    wanted = {
        "chief": [post for post in top if post.unit == root.id and post.duty is Duty.LEADER],
        "sector": [post for post in top if post.sector and post.duty is Duty.LEADER],
        "district": [post for post in local if post.unit == places[0].id and post.duty is Duty.LEADER],
        "officer": [post for post in local if post.unit == department.id and post.duty is Duty.OFFICER],
        "office": [post for post in reversed(top) if post.duty is Duty.OFFICE],
        "auditor": [post for post in top if post.duty is Duty.AUDITOR],
        "administrator": [post for post in top if post.duty is Duty.ADMINISTRATOR],
        RESEARCHER: [post for post in top if post.unit in departments and post.duty is Duty.OFFICER],
    }
    held = org.find_holders([post.id for posts in wanted.values() for post in posts], on=on)
    found = {name: next((post for post in posts if post.id in held), None) for name, posts in wanted.items()}
    return {name: post for name, post in found.items() if post is not None}


def open_accounts(by: Acting, *, on: date, at: datetime) -> list[SignIn]:
    """Open the accounts and return them; the passwords are random in every home."""
    opened = []
    names = org.find_units({post.unit for post in choose_posts(on).values()})
    for name, post in choose_posts(on).items():
        password = org.make_password()
        fresh = Acting(by.person, by.post, by.unit, None, uuid7(at))
        reader = Reader.RESEARCH if name == RESEARCHER else Reader.OFFICE
        org.add_account(fresh, name, password, post=post.id, reader=reader, at=at)
        opened.append(SignIn(name, password, f"{names[post.unit].name} · {post.title}"))
    return opened


def write_file(root: Path, sign_ins: Sequence[SignIn]) -> None:
    """Keep the sign-ins beside the simulated office, readable by its owner alone."""
    descriptor = os.open(root / FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.writelines(f"{one.name:<14} {one.password}   {one.title}\n" for one in sign_ins)
