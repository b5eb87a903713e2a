"""Canonical JSON (RFC 8785), the bytes that are hashed: one value, one byte string.

Plain values (text, whole numbers, true, false, null, lists, ASCII keys) take the C encoder; it gives the same bytes.
"""

from __future__ import annotations

import json
from typing import Any

import rfc8785

SAFE = 2**53 - 1
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def is_plain(value: Any) -> bool:
    """Return whether the fast encoder gives RFC 8785's bytes for this value: no floats, no huge numbers, ASCII keys.

    >>> is_plain({"a": [1, None, "云"]}), is_plain(1.5)
    (True, False)
    """
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return True
    if kind is int:
        return bool(-SAFE <= value <= SAFE)
    if kind is dict:
        return all(type(key) is str and key.isascii() and is_plain(inner) for key, inner in value.items())
    return kind in (list, tuple) and all(map(is_plain, value))


def canonical(value: Any) -> bytes:
    """Return the RFC 8785 bytes of a JSON value; raises ValueError where it has none (infinities, lone surrogates).

    >>> canonical({"b": 1, "a": "云"}).decode()
    '{"a":"云","b":1}'
    """
    return canonical_plain(value) if is_plain(value) else rfc8785.dumps(value)


def canonical_plain(value: Any) -> bytes:
    """Return the canonical bytes of a value already known to be plain."""
    return _encode(value).encode("utf-8")
