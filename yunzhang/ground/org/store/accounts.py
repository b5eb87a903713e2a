"""Accounts: which person a sign-in belongs to, and the failed sign-ins of the last while.

Trust and loss: failures may be lost at any time; names typed at the sign-in page are stored as keyed digests only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models

from yunzhang.ground.org.store.posts import OrgPerson
from yunzhang.ground.org.terms import Reader

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["OrgAccount", "OrgSignInFailure"]


class OrgAccount(models.Model):
    """A sign-in belongs to one person; `reader` chooses between the plain sentence and the mode's name."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="account")
    person = models.OneToOneField(OrgPerson, models.PROTECT, related_name="account")
    reader = models.CharField(max_length=16, default=Reader.OFFICE)

    class Meta:
        app_label = "yunzhang"
        db_table = "org_account"


class OrgSignInFailure(models.Model):
    """One failed sign-in, counted under the digests of account, address, and both together."""

    account = models.CharField(max_length=64)
    address = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        app_label = "yunzhang"
        db_table = "org_sign_in_failure"
        indexes: ClassVar = [
            models.Index(fields=["account", "at"], name="org_failure_account"),
            models.Index(fields=["address", "at"], name="org_failure_address"),
        ]


def failures_since(account: str, address: str, since: datetime) -> tuple[int, int, int]:
    """Return the failures since a moment: of this account from this address, of the account, of the address."""
    same = models.Q(account=account) & models.Q(address=address)
    counted = OrgSignInFailure.objects.filter(models.Q(account=account) | models.Q(address=address), at__gt=since)
    row = counted.aggregate(
        both=models.Count("id", filter=same),
        of_account=models.Count("id", filter=models.Q(account=account)),
        of_address=models.Count("id", filter=models.Q(address=address)),
    )
    return row["both"], row["of_account"], row["of_address"]


def add_failure(account: str, address: str, *, at: datetime, keep_from: datetime) -> None:
    """Count one failure and drop the ones too old to matter."""
    OrgSignInFailure.objects.filter(at__lte=keep_from).delete()
    OrgSignInFailure.objects.create(account=account, address=address, at=at)


def clear_failures(account: str, address: str) -> None:
    """Forget the failures of an account from an address: it signed in."""
    OrgSignInFailure.objects.filter(account=account, address=address).delete()


def save_account(name: str, password: str, *, person: str, reader: str) -> int:
    """Insert a sign-in of a person, the password hashed; returns the user's number."""
    user = get_user_model().objects.create_user(username=name, password=password)
    OrgAccount.objects.create(user=user, person_id=person, reader=reader)
    return int(user.pk)


def name_of(person: str) -> str:
    """Return the sign-in name of a person, or ""."""
    names = OrgAccount.objects.filter(person=person).values_list("user__username", flat=True)
    return names.first() or ""


def set_password(name: str, password: str) -> None:
    """Store another password, hashed."""
    user = get_user_model().objects.get(username=name)
    user.set_password(password)
    user.save(update_fields=["password"])


def is_name_taken(name: str) -> bool:
    """Return whether a sign-in of that name exists, whatever its case."""
    return get_user_model().objects.filter(username__iexact=name).exists()


def has_account(person: str) -> bool:
    """Return whether a person can sign in already."""
    return OrgAccount.objects.filter(person=person).exists()
