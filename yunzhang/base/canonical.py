"""Canonical JSON (RFC 8785), the bytes that are hashed: one value, one byte string.

Plain values (text, whole numbers, true, false, null, lists, ASCII keys) take the C encoder; it gives the same bytes.
"""

from __future__ import annotations

import json
from typing import Any

import rfc8785

SAFE = 2**53 - 1
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode
SIMPLE = (str, bool, type(None))


def is_plain(value: Any) -> bool:
    """Return whether the fast encoder gives RFC 8785's bytes for this value: no floats, no huge numbers, ASCII keys.

    >>> is_plain({"a": [1, None, "云"]}), is_plain(1.5)
    (True, False)
    """
    kind = type(value)
    if kind in SIMPLE:
        return True
    if kind is int:
        return bool(-SAFE <= value <= SAFE)
    if kind is dict:
        for key, inner in value.items():  # a plain loop: this runs for every entry
            if type(key) is not str or not key.isascii() or not (type(inner) in SIMPLE or is_plain(inner)):
                return False
        return True
    return kind in (list, tuple) and all(map(is_plain, value))


def canonical(value: Any) -> bytes:
    """Return the RFC 8785 bytes of a JSON value; raises ValueError where it has none (infinities, lone surrogates).

    >>> canonical({"b": 1, "a": "云"}).decode()
    '{"a":"云","b":1}'
    """
    return _encode(value).encode("utf-8") if is_plain(value) else rfc8785.dumps(value)


def canonical_text(value: Any) -> str:
    """Return the same as text, to stand inside a larger canonical text."""
    return _encode(value) if is_plain(value) else rfc8785.dumps(value).decode("utf-8")
