"""The ledger's signing key, in HOME/keys, readable by its owner alone. Never lost: without it no checkpoint is signed.

Whoever holds it can sign another history; keep checkpoints elsewhere.
"""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from secrets import token_bytes
from typing import TYPE_CHECKING

from yunzhang.base.note import Signer

if TYPE_CHECKING:
    from pathlib import Path

    from yunzhang.kit.home import Home

FILE = "ledger.ed25519"


def key_file(home: Home) -> Path:
    return home.keys / FILE


def load_signer(home: Home, origin: str) -> Signer:
    """The home's signer; raises OSError or ValueError where its key is missing or unreadable."""
    seed = b64decode(key_file(home).read_text("ascii"), validate=True)
    if len(seed) != 32:
        raise ValueError(key_file(home))
    return Signer(origin, seed)


def make_signer(home: Home, origin: str) -> Signer:
    """A new key for a ledger just named; an existing key file is never overwritten (FileExistsError)."""
    home.keys.mkdir(mode=0o700, exist_ok=True)
    seed = token_bytes(32)
    descriptor = os.open(key_file(home), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as out:
        out.write(b64encode(seed).decode())
        out.flush()
        os.fsync(out.fileno())
    return Signer(origin, seed)
