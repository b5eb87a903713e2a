"""Sign-ins: one a person, strong passwords, lock-out that tells nothing, and who acts after it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from typer.testing import CliRunner

from tests.org.cast import DAY, NOW, TODAY, Cast, make_cast
from tests.org.places import system
from yunzhang.base.errors import Refused
from yunzhang.ground.ledger.actions import list_entries
from yunzhang.ground.org import actions as org
from yunzhang.ground.org.commands import account
from yunzhang.ground.org.store import OrgSignInFailure
from yunzhang.ground.org.terms import (
    Appointment,
    Duty,
    HasAccount,
    HatKind,
    NameTaken,
    NewPost,
    NotHeld,
    Reader,
    SignInFailed,
    SignInLocked,
    WeakPassword,
)

pytestmark = pytest.mark.django_db
PASSWORD = "kq7m-2xwp-9fhd-t4ra"
HERE, THERE = "10.1.1.1", "10.2.2.2"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def add(cast: Cast, name: str, **more: Any) -> int:
    org.add_account(system(), name, PASSWORD, post=cast.posts[name], at=NOW, **more)
    return int(get_user_model().objects.get(username=name).pk)


def sign_in(name: str, password: str, *, address: str = HERE, minutes: int = 0) -> Any:
    return org.check_sign_in(name, password, address=address, at=NOW + timedelta(minutes=minutes))


# ---- adding


def test_an_account_belongs_to_the_holder_of_a_post(cast: Cast) -> None:
    user = add(cast, "mayor", reader=Reader.RESEARCH)
    acting = org.resolve_acting(user, post=None, request=uuid4(), at=NOW)
    assert (acting.person, acting.post, acting.unit) == ("mayor", cast.posts["mayor"], cast.places["city"])
    assert org.find_reader(user) == "research"
    entry = list_entries(org.find_post(cast.posts["mayor"]).stream)[-1]  # type: ignore[arg-type]
    assert (entry.verb, entry.data["account"]) == ("account_added", user)
    assert PASSWORD not in str(entry)


def test_a_vacant_post_is_taken_by_a_new_person(cast: Cast) -> None:
    org.end_appointment(system(), cast.posts["mayor"], at=NOW)
    add(cast, "mayor", person_name="王某")
    assert org.find_holders([cast.posts["mayor"]], on=TODAY)[cast.posts["mayor"]].name == "王某"


def test_what_may_not_be_added(cast: Cast) -> None:
    add(cast, "mayor")
    with pytest.raises(NameTaken):
        org.add_account(system(), "mayor", PASSWORD, post=cast.posts["a_chief"], at=NOW)
    with pytest.raises(HasAccount):
        org.add_account(system(), "mayor2", PASSWORD, post=cast.posts["mayor"], at=NOW)
    for weak in ("short1", "123456789012345", "password1234567"[:8]):
        with pytest.raises(WeakPassword):
            org.add_account(system(), "new", weak, post=cast.posts["a_chief"], at=NOW)
    for by in ("mayor", "auditor"):
        with pytest.raises(Refused):
            org.add_account(cast[by], "new", PASSWORD, post=cast.posts["a_chief"], at=NOW)
    with pytest.raises(Refused):
        org.add_account(cast["a_admin"], "new", PASSWORD, post=cast.posts["b_chief"], at=NOW)
    org.add_account(cast["a_admin"], "new", PASSWORD, post=cast.posts["a_chief"], at=NOW)


def test_passwords_are_kept_by_a_slow_hash() -> None:
    from django.conf import global_settings

    from yunzhang.web import settings as own

    assert "PBKDF2" in global_settings.PASSWORD_HASHERS[0]
    assert not hasattr(own, "PASSWORD_HASHERS")  # only the tests hash fast (tests/conftest.py)


def test_a_made_password_is_long_and_new() -> None:
    made = {org.make_password() for _ in range(50)}
    assert len(made) == 50
    assert {len(each) for each in made} == {19}


# ---- signing in


def test_name_and_password_sign_in(cast: Cast) -> None:
    user = add(cast, "mayor")
    assert sign_in(" mayor ", PASSWORD).pk == user
    assert not OrgSignInFailure.objects.exists()


@pytest.mark.parametrize("name", ["mayor", "nobody"])
def test_five_failures_lock_whether_or_not_the_account_exists(cast: Cast, name: str) -> None:
    add(cast, "mayor")
    for _ in range(5):
        with pytest.raises(SignInFailed):
            sign_in(name, "wrong")
    with pytest.raises(SignInLocked) as locked:
        sign_in(name, PASSWORD)
    assert name not in str(locked.value)
    with pytest.raises((SignInFailed, SignInLocked)):
        sign_in(name, "wrong", minutes=14)


def test_a_lock_ends_with_its_window_and_stays_at_its_address(cast: Cast) -> None:
    add(cast, "mayor")
    for _ in range(5):
        with pytest.raises(SignInFailed):
            sign_in("mayor", "wrong")
    assert sign_in("mayor", PASSWORD, address=THERE)
    assert sign_in("mayor", PASSWORD, minutes=15)


def test_guesses_from_many_addresses_lock_the_account(cast: Cast) -> None:
    add(cast, "mayor")
    for turn in range(20):
        with pytest.raises(SignInFailed):
            sign_in("MAYOR", "wrong", address=f"10.3.3.{turn}")
    with pytest.raises(SignInLocked):
        sign_in("mayor", PASSWORD, address=THERE)


def test_guesses_at_many_names_lock_the_address(cast: Cast) -> None:
    add(cast, "mayor")
    for turn in range(60):
        with pytest.raises(SignInFailed):
            sign_in(f"name{turn}", "wrong")
    with pytest.raises(SignInLocked):
        sign_in("mayor", PASSWORD)


def test_a_password_typed_as_a_name_is_not_kept(cast: Cast) -> None:
    with pytest.raises(SignInFailed):
        sign_in(PASSWORD, "")
    row = OrgSignInFailure.objects.get()
    assert PASSWORD not in f"{row.account}{row.address}"
    assert HERE not in row.address


# ---- from which posts one may act


def test_own_acting_concurrent_and_lent_posts_in_this_order(cast: Cast) -> None:
    user = add(cast, "a_chief")
    org.end_appointment(system(), cast.posts["a_finance_head"], at=NOW)
    row = Appointment(cast.posts["a_finance_head"], "a_chief", "a_chief", TODAY, is_concurrent=True)
    spare = org.find_next_post()
    org.add_posts(system(), [NewPost(cast.places["a.civil_affairs"], "x", "局长", Duty.LEADER)], at=NOW)
    stand_in = Appointment(spare, "a_chief", "a_chief", TODAY, is_acting=True)
    org.appoint(system(), [row, stand_in], at=NOW)
    org.delegate(system(), cast.posts["a_civil"], cast.posts["a_chief"], at=NOW)
    hats = org.list_hats(user, TODAY)
    assert [hat.kind for hat in hats] == [HatKind.OWN, HatKind.ACTING, HatKind.CONCURRENT, HatKind.DELEGATED]
    assert [hat.key for hat in hats] == [
        cast.posts["a_chief"],
        spare,
        cast.posts["a_finance_head"],
        cast.posts["a_civil"],
    ]
    lent = org.resolve_acting(user, post=cast.posts["a_civil"], request=uuid4(), at=NOW)
    assert (lent.post, lent.on_behalf, lent.unit) == (
        cast.posts["a_chief"],
        cast.posts["a_civil"],
        cast.places["a.civil_affairs"],
    )
    standing = org.find_standing(lent, on=TODAY)
    assert (standing.unit, standing.duty, standing.acting_for) == (lent.unit, Duty.OFFICER, lent.on_behalf)
    assert org.list_hats(user, DAY)[1:] == [], "not before their days"


def test_a_chosen_post_is_honoured_only_if_held(cast: Cast) -> None:
    user = add(cast, "a_chief")
    with pytest.raises(NotHeld):
        org.resolve_acting(user, post=cast.posts["mayor"], request=uuid4(), at=NOW)
    org.end_appointment(system(), cast.posts["a_chief"], at=NOW)
    with pytest.raises(NotHeld):
        org.resolve_acting(user, post=None, request=uuid4(), at=NOW)


def test_hats_and_acting_take_one_query(cast: Cast, django_assert_num_queries: Any) -> None:
    user = add(cast, "a_chief")
    with django_assert_num_queries(1):
        org.list_hats(user, TODAY)
    with django_assert_num_queries(1):
        org.resolve_acting(user, post=None, request=uuid4(), at=NOW)


# ---- the command line


def test_the_verb_prints_a_made_password_once(cast: Cast) -> None:
    done = CliRunner().invoke(account, ["add", "wang", "--post", str(cast.posts["mayor"])])
    assert done.exit_code == 0, done.output
    password = done.output.rsplit("：", 1)[1].strip()
    assert org.check_sign_in("wang", password, address=HERE, at=NOW)
