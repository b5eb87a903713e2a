"""The source tree as the house tests read it: files, rooms, syntax. It decides nothing."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "yunzhang"
FLOORS = ("ground", "assets", "vertical", "horizontal", "governance")
FILES = ("terms", "rules", "store", "actions", "words", "pages", "api", "commands")


def modules() -> list[Path]:
    """Every module of the package, migrations apart."""
    return sorted(file for file in PACKAGE.rglob("*.py") if "migrations" not in file.parts)


def rooms() -> list[Path]:
    """Every room that has content: a folder on a floor with one module that defines or imports something."""
    folders = (folder for floor in FLOORS for folder in sorted((PACKAGE / floor).glob("*/")))
    return [room for room in folders if any(len(parse(file).body) > 1 for file in room.rglob("*.py"))]


@cache
def parse(file: Path) -> ast.Module:
    """The syntax of one module, read once."""
    return ast.parse(file.read_text("utf-8"), str(file))


def part(file: Path) -> str:
    """Which of a room's files this is ("rules", "actions", …), also where it is a folder; "" outside a room."""
    inside = file.relative_to(PACKAGE).parts
    if len(inside) < 3 or inside[0] not in FLOORS:
        return ""
    name = inside[2].removesuffix(".py")
    return name if name in FILES else ""


def parts(*wanted: str) -> list[Path]:
    """The modules of all rooms that are one of these files."""
    return [file for file in modules() if part(file) in wanted]


def place(file: Path, node: ast.stmt | ast.expr | None = None) -> str:
    """Where something stands, as one clicks on it."""
    line = f":{node.lineno}" if node is not None else ""
    return f"{file.relative_to(ROOT)}{line}"


def functions(file: Path) -> Iterator[ast.FunctionDef]:
    """The public functions at the top of a module."""
    for node in parse(file).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


def dotted(node: ast.expr) -> str:
    """The dotted name an expression spells, or ""."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        left = dotted(node.value)
        return f"{left}.{node.attr}" if left else node.attr
    return ""


def decorators(function: ast.FunctionDef) -> list[str]:
    """The names a function is decorated with."""
    return [dotted(node.func if isinstance(node, ast.Call) else node) for node in function.decorator_list]
