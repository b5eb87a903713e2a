"""Opens a log by its ending."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from yunzhang.base.errors import zh
from yunzhang.kit.rows.cells import read_csv, read_parquet
from yunzhang.kit.rows.limits import Limits, Measured, Opened, refuse
from yunzhang.kit.rows.mail import read_mbox
from yunzhang.kit.rows.xes import read_xes

ENDINGS = (".csv", ".csv.gz", ".parquet", ".xes", ".xes.gz", ".mbox")
BUFFER = 1 << 18


@contextmanager
def open_rows(
    path: Path, *, encoding: str = "utf-8", separator: str = ",", limits: Limits | None = None
) -> Iterator[Opened]:
    """Give the rows of a log while the block runs; raises Unreadable where the file is not what its ending says."""
    limits = limits or Limits()
    name = path.name.lower()
    if not name.endswith(ENDINGS):
        raise refuse(path.name, zh("后缀应为 %(known)s"), known=", ".join(ENDINGS))
    if name.endswith(".parquet"):
        yield read_parquet(path, limits)
        return
    try:
        with _stream(path, limits) as stream:
            if name.endswith((".xes", ".xes.gz")):
                yield read_xes(stream, path.name, limits)
            elif name.endswith(".mbox"):
                yield read_mbox(stream, path.name, limits)
            else:
                yield read_csv(stream, path.name, limits, encoding=encoding, separator=separator)
    except (OSError, EOFError, zlib.error) as error:
        raise refuse(path.name, zh("文件已损坏或无法打开（%(error)s）"), error=type(error).__name__) from error


def _stream(path: Path, limits: Limits) -> io.BufferedReader:
    packed = path.name.lower().endswith(".gz")
    inner = gzip.open(path, "rb") if packed else path.open("rb")  # noqa: SIM115 - closed with the stream about it
    return io.BufferedReader(Measured(inner, path.name, limits.size), BUFFER)  # type: ignore[arg-type]
