"""Whether the holder of a post has opened the own view of its rhythm, and when.

Trust and loss: a choice of the holder alone, kept outside the ledger so that no superior learns of it; if it is lost,
the view is closed again, which is how it begins. No figure is kept here: it is counted from the ledger when opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["ObsOwnView"]


class ObsOwnView(models.Model):
    """One holder's choice for one post: open from a moment, until it is switched off."""

    post = models.BigIntegerField()
    person = models.CharField(max_length=80)
    opened_at = models.DateTimeField()

    class Meta:
        app_label = "yunzhang"
        db_table = "obs_own_view"
        constraints = [models.UniqueConstraint(fields=["post", "person"], name="obs_own_view_once")]


def opened_at(post: int, person: str) -> datetime | None:
    """Return since when this holder of this post has the view open, or None."""
    found = ObsOwnView.objects.filter(post=post, person=person).values_list("opened_at", flat=True)
    return found.first()


def open_view(post: int, person: str, at: datetime) -> None:
    """Open the view; where it is open already, its date stays."""
    ObsOwnView.objects.get_or_create(post=post, person=person, defaults={"opened_at": at})


def close_view(post: int, person: str) -> None:
    """Close the view and forget when it was opened."""
    ObsOwnView.objects.filter(post=post, person=person).delete()
