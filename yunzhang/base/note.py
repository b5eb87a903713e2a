"""Signed notes (C2SP signed-note, Ed25519) and checkpoints (C2SP tlog-checkpoint): texts others can check.

Keys come as 32 bytes; nothing here reads or writes a file.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519, TIMED = b"\x01", b"\x04"
DASH = "\u2014"


@dataclass(frozen=True, slots=True)
class Signer:
    """One ledger's signing key under its origin name."""

    name: str
    seed: bytes

    @property
    def public(self) -> bytes:
        """The public key, 32 bytes."""
        return Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()

    def signed(self, text: str) -> str:
        """Return the note: the text, an empty line, one signature line."""
        signature = Ed25519PrivateKey.from_private_bytes(self.seed).sign(text.encode())
        line = b64encode(key_id(self.name, self.public) + signature).decode()
        return f"{text}\n{DASH} {self.name} {line}\n"

    def cosigned(self, note: str, seconds: int) -> str:
        """Return the note with one more line that binds it to a moment (C2SP tlog-cosignature v1)."""
        text, _, _ = note.rpartition("\n\n")
        signature = Ed25519PrivateKey.from_private_bytes(self.seed).sign(cosigned_bytes(text, seconds))
        raw = key_id(self.name, self.public, TIMED) + seconds.to_bytes(8, "big") + signature
        return f"{note}{DASH} {self.name} {b64encode(raw).decode()}\n"

    def verifier_key(self) -> str:
        """Return the public key as others configure it: name+hash+base64."""
        stamp = key_id(self.name, self.public).hex()
        return f"{self.name}+{stamp}+{b64encode(ED25519 + self.public).decode()}"


@dataclass(frozen=True, slots=True)
class TreeHead:
    """What a checkpoint says: this ledger, this many entries, this root."""

    origin: str
    size: int
    root: bytes


def key_id(name: str, public: bytes, kind: bytes = ED25519) -> bytes:
    """Return the four bytes that tell keys of one name apart."""
    return sha256(name.encode() + b"\n" + kind + public).digest()[:4]


def cosigned_bytes(text: str, seconds: int) -> bytes:
    """Return what a timed signature line signs: a header, the moment in Unix seconds, the checkpoint's text."""
    return f"cosignature/v1\ntime {seconds}\n{text}\n".encode()


def checkpoint_text(head: TreeHead) -> str:
    """Return the checkpoint's text, before signing.

    >>> checkpoint_text(TreeHead("example.org/log", 0, bytes(32))).splitlines()[:2]
    ['example.org/log', '0']
    """
    return f"{head.origin}\n{head.size}\n{b64encode(head.root).decode()}\n"


def read_checkpoint(note: str) -> TreeHead:
    """Return what a checkpoint says, unchecked; raises ValueError where it is none."""
    lines = note.split("\n")
    if len(lines) < 4 or not lines[0] or lines[1] != str(int(lines[1])):
        raise ValueError(note[:80])
    root = b64decode(lines[2], validate=True)
    if len(root) != 32:
        raise ValueError(note)
    return TreeHead(lines[0], int(lines[1]), root)


def is_signed(note: str, name: str, public: bytes) -> bool:
    """Return whether the note carries a good signature of this key."""
    text, gap, signatures = note.rpartition("\n\n")
    if not gap:
        return False
    stamp = key_id(name, public)
    raws = _signatures(signatures, name)
    return any(raw[:4] == stamp and _is_good(raw[4:], f"{text}\n".encode(), public) for raw in raws)


def signed_at(note: str, name: str, public: bytes) -> int | None:
    """Return the moment (Unix seconds) that a good timed signature of this key binds the note to, or None."""
    text, _, signatures = note.rpartition("\n\n")
    stamp = key_id(name, public, TIMED)
    for raw in _signatures(signatures, name):
        seconds = int.from_bytes(raw[4:12], "big")
        if raw[:4] == stamp and _is_good(raw[12:], cosigned_bytes(text, seconds), public):
            return seconds
    return None


def _signatures(lines: str, name: str) -> list[bytes]:
    found = []
    for line in lines.splitlines():
        head, _, encoded = line.rpartition(" ")
        with suppress(ValueError):
            found += [b64decode(encoded, validate=True)] if head == f"{DASH} {name}" else []
    return found


def _is_good(signature: bytes, text: bytes, public: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text)
    except (ValueError, InvalidSignature):
        return False
    return True
