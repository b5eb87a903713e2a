"""Addresses of static files carry the digest of their content, so browsers may keep them for a year."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


@lru_cache
def digest(file: str, stamp: int) -> str:
    """Return eight hex digits of the file's content; `stamp` is its time of change, so an edit is noticed."""
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()[:8]


class DigestStorage(StaticFilesStorage):
    """`{% static "x.css" %}` gives /static/x.css?v=1a2b3c4d; nothing has to be collected first."""

    def url(self, name: str | None) -> str:
        """Return the address of a static file with its digest."""
        address = super().url(name)
        found = finders.find(name or "")
        if not isinstance(found, str):
            return address
        return f"{address}?v={digest(found, Path(found).stat().st_mtime_ns)}"
