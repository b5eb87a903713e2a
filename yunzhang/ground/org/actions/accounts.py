"""What one may ask about accounts: add one for the holder of a post, and check a sign-in.

Passwords are kept by Django's own strong hash; failed sign-ins are counted per account and per address, and no answer
tells whether an account exists.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from django.contrib.auth import authenticate, get_user_model
from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    NumericPasswordValidator,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.utils.crypto import salted_hmac

from yunzhang.ground.ledger.actions import act, record
from yunzhang.ground.ledger.terms import Acting, Draft, Receipt
from yunzhang.ground.org import rules
from yunzhang.ground.org.actions.posts import appoint, find_holders, find_post, verify_post_editor
from yunzhang.ground.org.store import accounts as store
from yunzhang.ground.org.terms import (
    Appointment,
    HasAccount,
    NameTaken,
    NotHeld,
    Reader,
    SignInFailed,
    SignInLocked,
    WeakPassword,
)
from yunzhang.kit import parameters

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from yunzhang.ground.ledger.terms import type_json

__all__ = ["add_account", "check_sign_in", "find_account", "make_password", "reset_password"]

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
SALT = "yunzhang.sign_in"


def make_password(act: UUID | None = None) -> str:
    """Return a password of 16 easily read characters, about 79 bits; the same for the same act of this home.

    A form pressed twice thus shows the password that its first press set.
    """
    number = secrets.randbits(256) if act is None else int(_digest(f"password {act}"), 16)
    letters = []
    for _ in range(16):
        number, at = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[at])
    return "-".join("".join(letters[at : at + 4]) for at in range(0, 16, 4))


@act
def add_account(
    by: Acting,
    name: str,
    password: str,
    *,
    post: int,
    at: datetime,
    person_name: str = "",
    reader: Reader = Reader.OFFICE,
) -> Receipt:
    """Add a sign-in for who holds a post today; a vacant post is first taken by a new person.

    Raises NameTaken, HasAccount, WeakPassword, UnknownPost, Refused.
    """
    found, today = find_post(post), rules.day_of(at)
    verify_post_editor(by, found, at=at)
    _check_name(name)
    _check_password(password, name, today)
    holder = find_holders([post], on=today).get(post)
    if holder is None:
        appoint(by, [Appointment(post, "", person_name or name, today)], at=at)
        holder = find_holders([post], on=today)[post]
    if store.has_account(holder.person):
        raise HasAccount(name=holder.name)
    user = store.save_account(name, password, person=holder.person, reader=reader)
    facts: dict[str, type_json] = {
        "post": post, "person": holder.person, "account": user, "reader": str(reader),
    }  # fmt: skip
    assert found.stream is not None  # noqa: S101 - every stored post has one
    return record(by, [Draft(found.stream, "account_added", facts)], at=at)


def find_account(person: str) -> str:
    """Return the sign-in name of a person, or ""."""
    return store.name_of(person)


@act
def reset_password(by: Acting, post: int, password: str, *, at: datetime) -> Receipt:
    """Give who holds a post today another password; whoever is signed in with the old one is signed out.

    Raises NotHeld where nobody with an account holds it, WeakPassword, UnknownPost, Refused.
    """
    found, today = find_post(post), rules.day_of(at)
    verify_post_editor(by, found, at=at)
    holder = find_holders([post], on=today).get(post)
    name = find_account(holder.person) if holder else ""
    if not name:
        raise NotHeld
    _check_password(password, name, today)
    store.set_password(name, password)
    assert found.stream is not None  # noqa: S101 - every stored post has one
    return record(by, [Draft(found.stream, "password_reset", {"post": post})], at=at)


def _check_name(name: str) -> None:
    if not name.strip() or store.is_name_taken(name):
        raise NameTaken(name=name)


def _check_password(password: str, name: str, today: date) -> None:
    length = parameters.load("sign_in").on(today)["password_length"]
    try:
        validate_password(
            password,
            get_user_model()(username=name),
            [MinimumLengthValidator(length), _common_passwords(), NumericPasswordValidator()],
        )
    except ValidationError as error:
        raise WeakPassword(problem=" ".join(error.messages)) from error


@cache
def _common_passwords() -> CommonPasswordValidator:
    return CommonPasswordValidator()  # reads its list of 20,000 each time it is made


def check_sign_in(name: str, password: str, *, address: str, at: datetime) -> Any:
    """Return the user whose name and password fit. One failure is counted before the password is looked at.

    Raises SignInFailed, or SignInLocked after too many failures of the account or from the address; neither tells
    whether the account exists.
    """
    limits = parameters.load("sign_in").on(rules.day_of(at))
    window = timedelta(minutes=limits["window_minutes"])
    account, place = _digest(name.strip().casefold()), _digest(address)
    if rules.is_locked(store.failures_since(account, place, at - window), limits):
        raise SignInLocked(minutes=limits["window_minutes"])
    store.add_failure(account, place, at=at, keep_from=at - window)
    user = authenticate(username=name.strip(), password=password)
    if user is None:
        raise SignInFailed
    store.clear_failures(account, place)
    return user


def _digest(text: str) -> str:
    return salted_hmac(SALT, text, algorithm="sha256").hexdigest()
