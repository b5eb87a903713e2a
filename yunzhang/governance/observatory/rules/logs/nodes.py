"""One value of a mapping and the way to it: what it is asked for is given, or refused with where it stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from yunzhang.base.errors import Sentence, zh
from yunzhang.governance.observatory.terms import BadMapping

LONGEST = 200


class Node:
    """One value of the mapping with the way to it; every question it is asked is answered or refused."""

    def __init__(self, value: Any, way: tuple[str, ...] = ()) -> None:
        self.value, self.way = value, way

    def refuse(self, problem: str, **params: str) -> BadMapping:
        return BadMapping(at=".".join(self.way) or "/", problem=Sentence(problem, params))

    def table(self, known: set[str], must: tuple[str, ...] = ()) -> dict[str, Node]:
        if not isinstance(self.value, dict):
            raise self.refuse(zh("应为键值对"))
        facts = {str(key): Node(value, (*self.way, str(key)[:LONGEST])) for key, value in self.value.items()}
        for name, node in facts.items():
            if name not in known:
                raise node.refuse(zh("不认识这个键；可用的有 %(known)s"), known=", ".join(sorted(known)))
        for name in must:
            if name not in facts:
                raise self.refuse(zh("缺少 %(name)s"), name=name)
        return facts

    def free(self) -> dict[str, Node]:
        if not isinstance(self.value, dict):
            raise self.refuse(zh("应为键值对"))
        return {str(key): Node(value, (*self.way, str(key)[:LONGEST])) for key, value in self.value.items()}

    def list(self) -> list[Node]:
        if not isinstance(self.value, list):
            raise self.refuse(zh("应为列表"))
        return [Node(value, (*self.way, str(number))) for number, value in enumerate(self.value, 1)]

    def text(self) -> str:
        if isinstance(self.value, bool) or not isinstance(self.value, (str, int, float)):
            raise self.refuse(zh("应为一段文字"))
        found = str(self.value).strip()
        if not found or len(found) > LONGEST:
            raise self.refuse(zh("应为 1 到 200 个字的文字"))
        return found

    def texts(self) -> tuple[str, ...]:
        return tuple(node.text() for node in self.list()) if isinstance(self.value, list) else (self.text(),)

    def one_of(self, *choices: str) -> str:
        found = self.text()
        if found not in choices:
            raise self.refuse(zh("“%(value)s”不在 %(known)s 之中"), value=found, known=", ".join(choices))
        return found

    def number(self, low: float, high: float) -> float:
        if isinstance(self.value, bool) or not isinstance(self.value, (int, float)) or not low <= self.value <= high:
            raise self.refuse(zh("应为 %(low)s 到 %(high)s 之间的数"), low=f"{low:g}", high=f"{high:g}")
        return float(self.value)

    def is_yes(self) -> bool:
        if not isinstance(self.value, bool):
            raise self.refuse(zh("应为 yes 或 no"))
        return self.value

    def file(self) -> str:
        name = self.text()
        if "/" in name or "\\" in name or name.startswith(".") or not name.lower().endswith((".csv", ".parquet")):
            raise self.refuse(zh("应为与日志放在同一目录的 .csv 或 .parquet 文件名"))
        return name

    def read(self, parsers: dict[str, Callable[[Node], Any]], must: tuple[str, ...] = ()) -> dict[str, Any]:
        """Return the value of every key that is there, read by its parser."""
        return {name: parsers[name](node) for name, node in self.table(set(parsers), must).items()}


def words(*choices: str) -> Callable[[Node], str]:
    """Return a parser of one word out of several."""
    return lambda node: node.one_of(*choices)


def numbers(low: float, high: float) -> Callable[[Node], float]:
    """Return a parser of a number within bounds."""
    return lambda node: node.number(low, high)
