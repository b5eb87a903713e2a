"""The page of records: everybody finds the acts of the units they may see, and no others."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.directives.office import NOW
from tests.doors.office import Doors, make_doors
from yunzhang.ground.ledger.actions import (
    find_checkpoint,
    find_verification,
    list_entries,
    seal,
    verify,
    write_checkpoint,
)
from yunzhang.ground.ledger.commands import verify_in_background
from yunzhang.kit import doors as kit
from yunzhang.kit.home import Home, write_home

pytestmark = pytest.mark.django_db


@pytest.fixture
def doors(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any) -> Doors:
    settings.HOME = Home(tmp_path / "home")
    write_home(settings.HOME)
    monkeypatch.setattr(kit, "now", lambda: NOW)
    made = make_doors()
    seal(NOW)
    write_checkpoint(NOW)
    return made


def text(doors: Doors, role: str, path: str) -> str:
    page = doors.open(role, "GET", path)
    assert page.status_code == 200
    return str(page.content.decode())


def test_the_list_holds_the_acts_of_units_in_sight_only(doors: Doors) -> None:
    signed = list_entries(doors.about["loop"])[1]  # the county's signature
    assert str(signed.id) in text(doors, "responsible", "/records/")
    assert str(signed.id) in text(doors, "superior", "/records/")
    assert str(signed.id) in text(doors, "auditor", "/records/")
    for role in ("stranger", "colleague", "administrator"):
        assert str(signed.id) not in text(doors, role, "/records/")


def test_the_list_narrows_by_verb_and_exports_what_it_shows(doors: Doors) -> None:
    signed = list_entries(doors.about["loop"])[1]
    assert str(signed.id) in text(doors, "responsible", "/records/?verb=signed")
    assert str(signed.id) not in text(doors, "responsible", "/records/?verb=accepted")
    csv = text(doors, "responsible", "/records/?verb=signed&form=csv")
    assert csv.count("\n") == 2
    assert f",{signed.seq}\r" in csv


def test_a_receipt_is_found_by_act_key_and_by_entry_by_those_it_touches(doors: Doors) -> None:
    signed = list_entries(doors.about["loop"])[1]
    for key in (signed.request, signed.id):
        assert f">{signed.seq}<" in text(doors, "responsible", f"/records/receipt?key={key}")
        assert f">{signed.seq}<" in text(doors, "handler", f"/records/receipt?key={key}")
    unknown = text(doors, "stranger", f"/records/receipt?key={uuid4()}")
    hidden = text(doors, "stranger", f"/records/receipt?key={signed.id}")
    assert "没有您可以查看的这一编号" in unknown
    assert "没有您可以查看的这一编号" in hidden
    assert "没有您可以查看的这一编号" in text(doors, "stranger", "/records/receipt?key=nothing")


def test_checkpoints_and_the_key_are_shown_and_downloaded(doors: Doors) -> None:
    newest = find_checkpoint()
    assert newest is not None
    page = text(doors, "auditor", "/records/checkpoints")
    assert newest.root.hex() in page
    assert text(doors, "auditor", "/records/checkpoint.txt") == newest.note
    assert verify(against=newest.note).is_whole


def test_the_last_verification_is_said_first(doors: Doors) -> None:
    assert "尚未" in text(doors, "auditor", "/records/")
    assert doors.open("auditor", "POST", "/records/verify").status_code == 303
    verify_in_background(NOW)
    found = find_verification()
    assert found is not None
    assert found.is_whole
    assert "核验通过" in text(doors, "auditor", "/records/")
