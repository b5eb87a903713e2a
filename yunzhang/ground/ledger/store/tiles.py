"""Static tiles of the tree (C2SP tlog-tiles) in HOME/tiles: may be lost, are rebuilt from the tables.

tile/<level>/<n>[.p/<width>] holds hashes, tile/entries/<n>[.p/<width>] the entries' bytes, checkpoint the signed head.
"""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from yunzhang.base.merkle import WIDTH, parents
from yunzhang.ground.ledger.store.rows import fetch

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SPAN = 256


def tile_path(level: int | str, number: int, width: int = SPAN) -> str:
    """The address of one tile, its number in groups of three digits.

    >>> tile_path(0, 1234067), tile_path("entries", 0, 5)
    ('tile/0/x001/x234/067', 'tile/entries/000.p/5')
    """
    groups = [f"{number % 1000:03}"]
    while number := number // 1000:
        groups.insert(0, f"x{number % 1000:03}")
    return f"tile/{level}/{'/'.join(groups)}" + ("" if width == SPAN else f".p/{width}")


class TileFolder:
    """The tiles of one ledger, written up to a size; complete tiles are never written twice."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def published(self) -> int:
        """The size of the checkpoint that stands beside the tiles; 0 where there is none."""
        try:
            return int((self.root / "checkpoint").read_text("utf-8").split("\n")[1])
        except (OSError, ValueError, IndexError):
            return 0

    def write(self, size: int, note: str) -> None:
        """Write what is missing up to `size`, and the checkpoint last: a reader never sees it before its tiles."""
        old = min(self.published(), size)
        for number in range(old // SPAN, -(-size // SPAN)):
            self._write_bottom(number, min(SPAN, size - number * SPAN))
        level = 1
        while count := size >> 8 * level:
            for number in range((old >> 8 * level) // SPAN, -(-count // SPAN)):
                self._put(level, number, self._hashes(level, number * SPAN, min(count, (number + 1) * SPAN)))
            level += 1
        self._file("checkpoint", note.encode())

    def leaves(self, start: int, stop: int) -> dict[int, bytes]:
        """The published leaf hashes of these numbers, as far as complete or partial tiles hold them."""
        found: dict[int, bytes] = {}
        for number in range(start // SPAN, -(-stop // SPAN)):
            raw = b""
            for path in (self.root / tile_path(0, number), *(self.root / f"{tile_path(0, number)}.p").glob("*")):
                raw = max(raw, path.read_bytes() if path.is_file() else b"", key=len)
            hashes = (raw[i : i + WIDTH] for i in range(0, len(raw), WIDTH))
            found |= {seq: leaf for seq, leaf in enumerate(hashes, number * SPAN) if start <= seq < stop}
        return found

    def clear(self) -> None:
        """Drop everything, to be rebuilt."""
        for name in ("tile", "checkpoint"):
            path = self.root / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    def _write_bottom(self, number: int, width: int) -> None:
        rows = sealed_span(number * SPAN, width)
        self._put(0, number, [leaf for leaf, _ in rows])
        bundle = b"".join(len(body).to_bytes(2, "big") + body for _, body in rows)
        self._store("entries", number, width, bundle)

    def _hashes(self, level: int, start: int, end: int) -> list[bytes]:
        if level == 0:
            return [leaf for leaf, _ in sealed_span(start, end - start)]
        return [self._root_below(level - 1, number) for number in range(start, end)]

    def _root_below(self, level: int, number: int) -> bytes:
        path = self.root / tile_path(level, number)
        raw = path.read_bytes() if path.exists() else b""
        hashes = [raw[i : i + WIDTH] for i in range(0, len(raw), WIDTH)]
        if len(hashes) != SPAN:
            hashes = self._hashes(level, number * SPAN, (number + 1) * SPAN)
        while len(hashes) > 1:
            hashes = parents(hashes)
        return hashes[0]

    def _put(self, level: int, number: int, hashes: Iterable[bytes]) -> None:
        raw = b"".join(hashes)
        self._store(level, number, len(raw) // WIDTH, raw)

    def _store(self, level: int | str, number: int, width: int, raw: bytes) -> None:
        self._file(tile_path(level, number, width), raw)
        if width == SPAN:
            shutil.rmtree(self.root / f"{tile_path(level, number)}.p", ignore_errors=True)

    def _file(self, name: str, raw: bytes) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f".{path.name}.{os.getpid()}")
        new.write_bytes(raw)
        new.replace(path)


def sealed_span(start: int, count: int) -> list[tuple[bytes, bytes]]:
    """Leaf and body of sealed entries, in order."""
    sql = (
        "SELECT s.leaf, e.body FROM ledger_sealed s JOIN ledger_entry e ON e.id = s.entry_id"
        " WHERE s.seq >= %s AND s.seq < %s ORDER BY s.seq"
    )
    return [(bytes(leaf), bytes(body)) for leaf, body in fetch(sql, [start, start + count])]
