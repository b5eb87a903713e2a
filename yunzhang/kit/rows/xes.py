"""Rows of an XES event log (IEEE 1849), read as a stream: one row an event, attributes of its trace as `case:NAME`.

No document type, no entity, no address outside the file is ever followed; depth and length are bounded.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import Any
from xml.etree.ElementTree import Element, ParseError  # names only; what parses is defusedxml

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from yunzhang.base.errors import zh
from yunzhang.kit.rows.limits import Limits, Opened, refuse

VALUES = {"string", "date", "int", "float", "boolean", "id"}
PEEKED = 500


def read_xes(stream: io.BufferedReader, file: str, limits: Limits) -> Opened:
    """Return the events of an XES log; headings are those of its first events. Raises Unreadable."""
    rows = _guarded(stream, file, limits)
    first = list(islice(rows, PEEKED))
    if not first:
        raise refuse(file, zh("没有任何事件"))
    headings = dict.fromkeys(name for _, row in first for name in row)
    return Opened(tuple(headings), False, chain(first, rows))


def _guarded(stream: io.BufferedReader, file: str, limits: Limits) -> Iterator[tuple[int, Mapping[str, str]]]:
    try:
        yield from _events(stream, file, limits)
    except DefusedXmlException:
        raise refuse(file, zh("含有文档类型或实体声明，已拒绝读取")) from None
    except ParseError as error:
        line, column = error.position
        raise refuse(file, zh("第 %(line)s 行第 %(column)s 列不是合格的 XML"), line=line, column=column) from None
    except (ValueError, LookupError) as error:
        raise refuse(file, zh("编码无法识别（%(error)s）"), error=error) from None


def _events(stream: io.BufferedReader, file: str, limits: Limits) -> Iterator[tuple[int, Mapping[str, str]]]:
    way: list[Element] = []
    held: list[dict[str, str]] = []
    number = 0
    for kind, element in _parsed(stream):
        if kind == "start":
            way.append(element)
            if len(way) > limits.depth:
                raise refuse(file, zh("XML 嵌套超过 %(limit)s 层"), limit=limits.depth)
            continue
        way.pop()
        if _local(element) == "event":
            held.append(_attributes(element, limits))
            element.clear()
            if number + len(held) > limits.rows or len(held) > limits.trace:
                raise refuse(file, zh("超过 %(limit)s 行"), limit=min(limits.rows, limits.trace))
        elif _local(element) == "trace":
            case = {f"case:{key}": text for key, text in _attributes(element, limits).items()}
            yield from enumerate((row | case for row in held), number + 1)
            number, held = number + len(held), []
        if len(way) == 1:
            way[0].clear()  # what has been read of the log is let go


def _parsed(stream: io.BufferedReader) -> Any:
    return iterparse(stream, events=("start", "end"), forbid_dtd=True, forbid_entities=True, forbid_external=True)


def _attributes(element: Element, limits: Limits) -> dict[str, str]:
    return {
        child.get("key", "")[:200]: child.get("value", "")[: limits.cell]
        for child in element
        if _local(child) in VALUES and child.get("key")
    }


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
