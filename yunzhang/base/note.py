"""Signed notes (C2SP signed-note, Ed25519) and checkpoints (C2SP tlog-checkpoint): texts others can check.

Keys come as 32 bytes; nothing here reads or writes a file.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
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


def key_id(name: str, public: bytes) -> bytes:
    """Return the four bytes that tell keys of one name apart."""
    return sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


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
        raise ValueError(note)
    root = b64decode(lines[2], validate=True)
    if len(root) != 32:
        raise ValueError(note)
    return TreeHead(lines[0], int(lines[1]), root)


def is_signed(note: str, name: str, public: bytes) -> bool:
    """Return whether the note carries a good signature of this key."""
    text, gap, signatures = note.rpartition("\n\n")
    if not gap:
        return False
    return any(_is_good(line, f"{text}\n".encode(), name, public) for line in signatures.splitlines())


def _is_good(line: str, text: bytes, name: str, public: bytes) -> bool:
    head, _, encoded = line.rpartition(" ")
    if head != f"{DASH} {name}":
        return False
    try:
        raw = b64decode(encoded, validate=True)
        if raw[:4] != key_id(name, public):
            return False
        Ed25519PublicKey.from_public_bytes(public).verify(raw[4:], text)
    except (ValueError, InvalidSignature):
        return False
    return True
