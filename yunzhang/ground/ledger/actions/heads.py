"""Signed heads under verification: every checkpoint's words, signature and root, and the stored frontier."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from yunzhang.base.errors import zh
from yunzhang.base.merkle import Frontier, node_hash
from yunzhang.base.note import Signer, TreeHead, is_signed, read_checkpoint, signed_at
from yunzhang.ground.ledger.store import keys, looks
from yunzhang.ground.ledger.store.tiles import TileFolder, sealed_span
from yunzhang.ground.ledger.terms import Fault, KeyMissing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yunzhang.ground.ledger.actions.scanning import Part
    from yunzhang.kit.home import Home

NOTE = zh("检查点文字与记录不符")
SIGNATURE = zh("检查点签名无效")
ROOT = zh("树根与检查点不符")
SHORT = zh("台账短于检查点")
FOREIGN = zh("所给检查点不属于本台账")
HEAD = zh("台账头与存证不符")
TILE = zh("存证与已公布的分片不符")


class Heads:
    """All heads a ledger has signed, and perhaps one that was kept elsewhere."""

    def __init__(
        self,
        home: Home | None,
        stop: int,
        head: tuple[str, str, int, bytes] | None,
        signed: Sequence[tuple[int, bytes, str, str]],
        against: str | None,
    ) -> None:
        self.home, self.stop, self.head, self.signed, self.against = home, stop, head, signed, against
        self.newest = max((size for size, *_ in signed), default=0)
        self.signer = self._signer()
        self.kept = self._read(against)
        sizes = {size for size, *_ in signed} | {stop} | ({self.kept.size} if self.kept else set())
        self.sizes = sorted(size for size in sizes if size <= stop)

    def _signer(self) -> Signer | None:
        if self.home is None or self.head is None or not (self.signed or self.against):
            return None
        try:
            return keys.load_signer(self.home, self.head[0])
        except (OSError, ValueError) as problem:
            raise KeyMissing(problem=problem) from problem

    def _read(self, note: str | None) -> TreeHead | None:
        try:
            return read_checkpoint(note) if note is not None else None
        except ValueError:
            return None

    def faults(self, parts: Sequence[Part], *, is_clean: bool) -> list[Fault]:
        """Return what is wrong with the heads; `is_clean`: no entry has shown a fault of its own so far."""
        roots = self._roots(parts)
        faults = [fault for one in self.signed for fault in self._words(*one)]
        wrong = [size for size, root, *_ in self.signed if size in roots and roots[size] != root]
        faults += [Fault(self.stop, None, SHORT, str(size)) for size, *_ in self.signed if size > self.stop]
        if wrong and is_clean:
            good = max((size for size, *_ in self.signed if size < wrong[0]), default=0)
            faults.append(self._first_changed(good, wrong[0]))
        faults += [Fault(None, None, ROOT, str(size)) for size in wrong] + self._head(parts)
        return faults + (self._kept(roots) if self.against is not None else [])

    def _roots(self, parts: Sequence[Part]) -> dict[int, bytes]:
        partials = {size: hashes for part in parts for size, hashes in part.partials.items()}
        blocks = [block for part in parts for block in part.blocks]
        tree, roots = Frontier(), {}
        for size in self.sizes:
            tree = tree.extended(blocks[tree.size : size // 256])
            roots[size] = _joined((*tree.hashes, *partials.get(size, ())))
        return roots

    def _words(self, size: int, root: bytes, written: str, note: str) -> list[Fault]:
        try:
            said = read_checkpoint(note)
        except ValueError:
            return [Fault(None, None, NOTE, str(size))]
        if said != TreeHead(self.head[0] if self.head else "", size, root):
            return [Fault(None, None, NOTE, str(size))]
        if self.signer is None:
            return []
        seconds = signed_at(note, self.signer.name, self.signer.public)
        moment = "" if seconds is None else str(datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None))
        is_good = is_signed(note, self.signer.name, self.signer.public) and moment == written
        return [] if is_good else [Fault(None, None, SIGNATURE, str(size))]

    def _head(self, parts: Sequence[Part]) -> list[Fault]:
        if self.head is None:
            return [Fault(None, None, HEAD)] if self.stop else []
        blocks = [block for part in parts for block in part.blocks]
        inside = next((part.partials[self.stop] for part in parts if self.stop in part.partials), ())
        _, hash_name, size, packed = self.head
        if size > self.stop:
            return [Fault(self.stop, None, SHORT, str(size))]
        # Blocks of 256 are complete sub-trees, so the frontier over them continues inside the last one.
        is_same = packed == b"".join((*Frontier().extended(blocks).hashes, *inside))
        return [] if is_same and size == self.stop and hash_name == "sha256" else [Fault(None, None, HEAD, str(size))]

    def _first_changed(self, good: int, bad: int) -> Fault:
        """Between two checkpoints the tiles on disk still hold the old leaves: they name the entry."""
        published = TileFolder(self.home.tiles).leaves(good, bad) if self.home is not None else {}
        for start in range(good, bad, 256):
            count = min(256, bad - start)
            for seq, (leaf, _) in enumerate(sealed_span(start, count), start):
                if published.get(seq, leaf) != leaf:
                    return Fault(seq, looks.entry_at(seq), TILE)
        return Fault(good, looks.entry_at(good), ROOT, f"{good}-{bad - 1}")

    def _kept(self, roots: dict[int, bytes]) -> list[Fault]:
        if self.kept is None or self.head is None or self.kept.origin != self.head[0]:
            return [Fault(None, None, FOREIGN)]
        signer = self.signer
        if signer is not None and not is_signed(self.against or "", signer.name, signer.public):
            return [Fault(None, None, SIGNATURE, str(self.kept.size))]
        if self.kept.size > self.stop:
            return [Fault(self.stop, None, SHORT, str(self.kept.size))]
        if roots[self.kept.size] != self.kept.root:
            return [Fault(None, None, ROOT, str(self.kept.size))]
        return []


def _joined(hashes: Sequence[bytes]) -> bytes:
    if not hashes:
        return Frontier().root()
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root
