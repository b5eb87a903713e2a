"""Rows of an mbox file: the headers of its messages; bodies are passed over and never kept."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import getaddresses, parsedate_to_datetime

from yunzhang.base.errors import zh
from yunzhang.kit.rows.limits import Limits, Opened, refuse

HEADINGS = ("id", "from", "to", "cc", "date", "subject", "in_reply_to", "references")
LINE = 1 << 16
HEAD = 1 << 18  # bytes of headers kept; what is beyond is passed over
START = b"From "


def read_mbox(stream: io.BufferedReader, file: str, limits: Limits) -> Opened:
    """Return a row a message; addresses are joined by `;`, dates are ISO 8601. Raises Unreadable."""
    if not stream.peek(len(START)).startswith(START):
        raise refuse(file, zh("不是 mbox 邮件文件"))
    return Opened(HEADINGS, True, _rows(stream, file, limits))


def _rows(stream: io.BufferedReader, file: str, limits: Limits) -> Iterator[tuple[int, Mapping[str, str]]]:
    parser = BytesHeaderParser()
    for number, head in enumerate(_heads(stream), 1):
        if number > limits.rows:
            raise refuse(file, zh("超过 %(limit)s 行"), limit=limits.rows)
        yield number, _row(parser.parsebytes(head))


def _heads(stream: io.BufferedReader) -> Iterator[bytes]:
    head: list[bytes] | None = None
    size, blank = 0, True
    while line := stream.readline(LINE):
        if blank and line.startswith(START):
            if head is not None:
                yield b"".join(head)
            head, size = [], 0
        elif head is not None and size >= 0:
            size += len(line)
            if line in (b"\n", b"\r\n"):
                yield b"".join(head)
                head, size = None, -1
            elif size <= HEAD:
                head.append(line)
        blank = line in (b"\n", b"\r\n")
    if head is not None:
        yield b"".join(head)


def _row(message: Message) -> dict[str, str]:
    return {
        "id": _one(message, "Message-ID"),
        "from": ";".join(_addresses(message, "From")[:1]),
        "to": ";".join(_addresses(message, "To")),
        "cc": ";".join(_addresses(message, "Cc")),
        "date": _date(_one(message, "Date")),
        "subject": _decoded(_one(message, "Subject")),
        "in_reply_to": _one(message, "In-Reply-To"),
        "references": _one(message, "References"),
    }


def _one(message: Message, name: str) -> str:
    return " ".join(str(message.get(name, "")).split())


def _addresses(message: Message, name: str) -> list[str]:
    texts = [str(each) for each in message.get_all(name, [])]
    return [address.strip().lower() for _, address in getaddresses(texts) if "@" in address]


def _date(text: str) -> str:
    try:
        return parsedate_to_datetime(text).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return text


def _decoded(text: str) -> str:
    try:
        parts = decode_header(text)
        return "".join(
            part if isinstance(part, str) else part.decode(name or "ascii", "replace") for part, name in parts
        )
    except (ValueError, LookupError):
        return text
