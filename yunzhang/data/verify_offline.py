#!/usr/bin/env python3
"""Checks a copy of a ledger's tiles by the published rules (RFC 6962, C2SP signed-note, tlog-checkpoint, tlog-tiles).

    python verify_offline.py TILES KEY [--against CHECKPOINT]

TILES is a copy of the office's folder `tiles`, KEY its public key (name+hash+base64, or a file holding it),
CHECKPOINT one that was kept elsewhere. Needs Python 3.9 and the package `cryptography`; nothing of Yunzhang.
Ends with 0 whole, 1 differs, 2 unreadable.
"""
# ruff: noqa: T201 - it is a program of its own

from __future__ import annotations

import base64
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SPAN = 256


class Differs(Exception):
    """Something does not agree."""


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def tree_root(hashes: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, over the hashes of one level."""
    if not hashes:
        return hashlib.sha256().digest()
    while len(hashes) > 1:
        pairs = [node_hash(hashes[i], hashes[i + 1]) for i in range(0, len(hashes) - 1, 2)]
        hashes = pairs + hashes[len(hashes) - 1 :] if len(hashes) % 2 else pairs
    return hashes[0]


def read_key(text: str) -> tuple[str, bytes, bytes]:
    """Return name, key hash and public key of a verifier key."""
    name, stamp, encoded = text.strip().split("+", 2)
    raw = base64.b64decode(encoded, validate=True)
    expected = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    if raw[:1] != b"\x01" or len(raw) != 33 or expected.hex() != stamp:
        raise ValueError("not an Ed25519 verifier key")
    return name, expected, raw[1:]


def read_checkpoint(note: str, key: tuple[str, bytes, bytes]) -> tuple[int, bytes]:
    """Return size and root of a signed checkpoint; raises Differs where its signature is not this key's."""
    name, stamp, public = key
    text, gap, signatures = note.rpartition("\n\n")
    lines = text.split("\n")
    if not gap or len(lines) < 3 or lines[0] != name:
        raise Differs("checkpoint: not one of this ledger")
    for line in signatures.splitlines():
        head, _, encoded = line.rpartition(" ")
        raw = base64.b64decode(encoded)
        if head == "\u2014 " + name and raw[:4] == stamp:
            try:
                Ed25519PublicKey.from_public_bytes(public).verify(raw[4:], (text + "\n").encode())
            except InvalidSignature:
                raise Differs("checkpoint: bad signature") from None
            return int(lines[1]), base64.b64decode(lines[2], validate=True)
    raise Differs("checkpoint: no signature of this key")


def tile_path(root: Path, level: int | str, number: int, width: int) -> Path:
    groups = [f"{number % 1000:03}"]
    while number >= 1000:
        number //= 1000
        groups.insert(0, f"x{number % 1000:03}")
    path = root.joinpath("tile", str(level), *groups)
    return path if width == SPAN else path.with_name(f"{path.name}.p") / str(width)


def entries(root: Path, size: int) -> Iterator[bytes]:
    """Yield every entry's bytes in order."""
    for number in range(-(-size // SPAN)):
        width = min(SPAN, size - number * SPAN)
        raw, at = tile_path(root, "entries", number, width).read_bytes(), 0
        for offset in range(width):
            length = int.from_bytes(raw[at : at + 2], "big")
            if at + 2 + length > len(raw):
                raise Differs(f"entry {number * SPAN + offset}: cut off")
            yield raw[at + 2 : at + 2 + length]
            at += 2 + length
        if at != len(raw):
            raise Differs(f"entry bundle {number}: has more than its entries")


def check_level(root: Path, level: int, hashes: list[bytes]) -> None:
    """Compare the tiles of one level with the hashes they must hold."""
    for number in range(-(-len(hashes) // SPAN)):
        expected = hashes[number * SPAN : (number + 1) * SPAN]
        raw = tile_path(root, level, number, len(expected)).read_bytes()
        for offset, value in enumerate(expected):
            if raw[offset * 32 : offset * 32 + 32] != value:
                where = "entry" if level == 0 else f"level {level} hash"
                raise Differs(f"{where} {number * SPAN + offset}: differs from its tile")
        if len(raw) != 32 * len(expected):
            raise Differs(f"tile {level}/{number}: wrong length")


def check(root: Path, key: tuple[str, bytes, bytes], against: str | None = None) -> int:
    """Return the size of a whole ledger; raises Differs with the first thing that does not agree."""
    size, signed = read_checkpoint((root / "checkpoint").read_text("utf-8"), key)
    leaves = [leaf_hash(entry) for entry in entries(root, size)]
    level, hashes = 0, leaves
    while hashes:
        check_level(root, level, hashes)
        complete = len(hashes) // SPAN * SPAN
        hashes = [tree_root(hashes[i : i + SPAN]) for i in range(0, complete, SPAN)]
        level += 1
    if tree_root(leaves) != signed:
        raise Differs("root: the entries do not give the signed root")
    if against is not None:
        old, root_then = read_checkpoint(against, key)
        if old > size:
            raise Differs(f"entry {size}: the ledger is shorter than the checkpoint kept elsewhere ({old})")
        if tree_root(leaves[:old]) != root_then:
            raise Differs(f"root: the first {old} entries are not those of the checkpoint kept elsewhere")
    return size


def main(words: list[str]) -> int:
    against = None
    if len(words) == 4 and words[2] == "--against":
        against = words[3]
    elif len(words) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        text = Path(words[1]).read_text("utf-8") if Path(words[1]).exists() else words[1]
        kept = Path(against).read_text("utf-8") if against else None
        size = check(Path(words[0]), read_key(text), kept)
    except Differs as problem:
        print(f"differs: {problem}")
        return 1
    except (OSError, ValueError, UnicodeDecodeError) as problem:
        print(f"unreadable: {problem}", file=sys.stderr)
        return 2
    print(f"whole: {size} entries")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
