"""The Merkle tree of RFC 6962 §2.1, kept as a frontier: the roots of its complete sub-trees, largest first.

Pure arithmetic over SHA-256; it neither stores nor signs.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WIDTH = 32
LEAF, NODE = b"\x00", b"\x01"


def leaf_hash(body: bytes) -> bytes:
    """Return the leaf hash of an entry's bytes (RFC 6962 §2.1).

    >>> leaf_hash(b"").hex()[:8]
    '6e340b9c'
    """
    return sha256(LEAF + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node over its two children."""
    return sha256(NODE + left + right).digest()


def parents(hashes: Sequence[bytes]) -> list[bytes]:
    """Return the hashes one level up, of the complete pairs only."""
    pairs = iter(hashes)
    return [sha256(NODE + left + right).digest() for left, right in zip(pairs, pairs, strict=False)]


@dataclass(frozen=True, slots=True)
class Frontier:
    """A tree of `size` leaves as the roots of its complete sub-trees, largest first."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def extended(self, leaves: Iterable[bytes]) -> Frontier:
        """Return the frontier after appending these leaf hashes."""
        stack, size = list(self.hashes), self.size
        for leaf in leaves:
            merged, count = leaf, size
            while count & 1:
                merged = sha256(NODE + stack.pop() + merged).digest()
                count >>= 1
            stack.append(merged)
            size += 1
        return Frontier(size, tuple(stack))

    def root(self) -> bytes:
        """Return the tree's root; the empty tree's is the hash of nothing.

        >>> Frontier().root().hex()[:8]
        'e3b0c442'
        """
        if not self.hashes:
            return sha256().digest()
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = node_hash(left, root)
        return root

    def packed(self) -> bytes:
        """Return the sub-tree roots as one byte string, to be stored beside the size."""
        return b"".join(self.hashes)

    @classmethod
    def unpacked(cls, size: int, packed: bytes) -> Frontier:
        """Return the frontier stored by `packed`; raises ValueError where size and bytes do not fit."""
        if len(packed) != WIDTH * size.bit_count():
            raise ValueError(size)
        return cls(size, tuple(packed[i : i + WIDTH] for i in range(0, len(packed), WIDTH)))
