"""How much of a foreign file is read before it is refused, and what a file opened for reading is."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO

from yunzhang.base.errors import Sentence, YunzhangError, zh

MEGABYTE = 1 << 20


class Unreadable(YunzhangError):
    """A log that is not what its ending says, or larger than we read."""

    code = "unreadable_log"
    what = zh("文件 %(file)s 无法读取：%(problem)s。")
    do = zh("请核对文件内容、编码和大小后重试。")


@dataclass(frozen=True, slots=True)
class Limits:
    """Rows, bytes once unpacked, characters of one cell; of XML: depth, and events of one trace."""

    rows: int = 5_000_000
    size: int = 8 << 30
    cell: int = MEGABYTE
    depth: int = 40
    trace: int = 500_000


@dataclass(frozen=True, slots=True)
class Opened:
    """A file opened for reading: its headings, whether there can be no others, and its rows with their numbers."""

    headings: tuple[str, ...]
    is_complete: bool
    rows: Iterator[tuple[int, Mapping[str, str]]]


def refuse(file: str, problem: str, **params: object) -> Unreadable:
    """Return the error that says why a file is not read."""
    return Unreadable(file=file, problem=Sentence(problem, {name: str(value) for name, value in params.items()}))


class Measured(io.RawIOBase):
    """A stream that gives no more than it may: an archive that unpacks to more is refused on the way."""

    def __init__(self, inner: IO[bytes], file: str, limit: int) -> None:
        super().__init__()
        self.inner, self.file, self.left, self.limit = inner, file, limit, limit

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill a buffer; raises Unreadable beyond the limit."""
        block = self.inner.read(len(buffer))
        self.left -= len(block)
        if self.left < 0:
            raise refuse(self.file, zh("解压后超过 %(limit)s MB"), limit=self.limit // MEGABYTE)
        buffer[: len(block)] = block
        return len(block)

    def close(self) -> None:
        """Close the file beneath."""
        self.inner.close()
        super().close()
