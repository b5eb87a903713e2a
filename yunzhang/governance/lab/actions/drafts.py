"""Drafts of scenarios: the builder's form as it stood at each press, for whoever typed it and nobody else.

Each press keeps a form of its own and never changes one: its address survives a reload, the back button, a switch of
language and a second tab. A draft is no act: nothing of it enters the ledger.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from yunzhang.governance.lab import store
from yunzhang.governance.lab.terms import NoSuchDraft, NotYourDraft
from yunzhang.ground.ledger.terms import Acting

__all__ = ["find_draft", "find_open_draft", "keep_draft"]
MOST_KEPT = 60  # presses of one person in one post; two or three scenarios
OPEN_FOR = timedelta(days=30)


def keep_draft(form: Mapping[str, Any], *, by: Acting, at: datetime) -> UUID:
    """Return the number a form was kept under; one press, sent twice, is one draft, another form another."""
    number = uuid5(by.request, json.dumps(dict(form), sort_keys=True, ensure_ascii=False))
    store.keep_draft(number, dict(form), person=by.person, post=by.post, at=at, most=MOST_KEPT)
    return number


def find_draft(by: Acting, draft: UUID) -> dict[str, Any]:
    """Return a form one kept oneself in this post. Raises NoSuchDraft, NotYourDraft."""
    found = store.find_draft(draft)
    if found is None:
        raise NoSuchDraft
    if found[:2] != (by.person, by.post):
        raise NotYourDraft
    return found[2]


def find_open_draft(by: Acting, *, at: datetime) -> tuple[UUID, datetime, dict[str, Any]] | None:
    """Return the last form one kept in the last 30 days and has not run since: its number, moment and content."""
    last = store.find_last_draft(person=by.person, post=by.post)
    ran = store.find_last_asked(person=by.person, post=by.post)
    if last is None or last[1] < at - OPEN_FOR or (ran is not None and ran >= last[1]):
        return None
    return last
