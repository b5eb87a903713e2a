"""Which programs made a result: digests of what they say; a comment, a docstring or a line break changes none.

A digest covers a whole folder, or a module with everything it imports, however far away: no list to be kept by hand.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import yunzhang

__all__ = ["find_engine_digest", "find_programs", "find_programs_digest"]
PACKAGE = Path(yunzhang.__file__).resolve().parent
DECIDING = ("base", "governance/lab/rules", "governance/observatory/rules")
UNSAID = ("ctx", "kind", "type_comment")  # follow from the rest, or say nothing to the machine


@cache
def find_engine_digest() -> str:
    """Return one digest of the programs that decide what a run comes to: the engine, its rules, the measure, chance."""
    return _digest(file for folder in DECIDING for file in (PACKAGE / folder).rglob("*.py"))


@cache
def find_programs(*modules: str) -> tuple[str, ...]:
    """Return the names of modules of this package with all they import, themselves included, sorted."""
    seen, waiting = set[str](), list(modules)
    while waiting:
        module = waiting.pop()
        if module not in seen:
            seen.add(module)
            waiting += [*_parents(module), *_imported(module)]
    return tuple(sorted(seen))


@cache
def find_programs_digest(*modules: str, alone: tuple[str, ...] = ()) -> str:
    """Return one digest of modules with all they import; of those `alone` without what they import."""
    return _digest(_file(module) for module in {*find_programs(*modules), *alone})


def _digest(files: Iterable[Path]) -> str:
    sums = hashlib.sha256()
    for file in sorted(files):
        sums.update(f"{file.relative_to(PACKAGE)} {_said(file)}\n".encode())
    return sums.hexdigest()


@cache
def _said(file: Path) -> str:
    parts: list[str] = []
    _spell(_tree(file), parts)
    return hashlib.sha256("".join(parts).encode()).hexdigest()


@cache
def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_bytes())


def _spell(node: object, parts: list[str]) -> None:
    # not ast.dump: what it writes differs between versions of Python
    if isinstance(node, ast.AST):
        parts.append(f"({type(node).__name__}")
        for name in node._fields:
            value = getattr(node, name, None)
            if name == "value" and isinstance(node, ast.Constant):
                parts.append(repr(value))
            elif name not in UNSAID and value is not None and value != []:
                parts.append(f" {name}=")
                _spell(value, parts)
        parts.append(")")
    elif isinstance(node, list):
        parts.append("[")
        for each in node:
            if not _is_text_alone(each):
                _spell(each, parts)
        parts.append("]")
    else:
        parts.append(repr(node))


def _is_text_alone(node: object) -> bool:
    # a docstring, or a text that stands as a statement of its own
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _imported(module: str) -> Iterator[str]:
    for node in ast.walk(_tree(_file(module))):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names if _is_ours(each.name))
        elif isinstance(node, ast.ImportFrom) and node.module and _is_ours(node.module):
            yield node.module
            yield from (name for each in node.names if _is_module(name := f"{node.module}.{each.name}"))


def _parents(module: str) -> Iterator[str]:
    # importing a module runs those above it first; the uppermost holds the number of the release alone
    while (module := module.rpartition(".")[0]) != PACKAGE.name:
        yield module


def _is_ours(module: str) -> bool:
    return module.startswith(f"{PACKAGE.name}.")


def _is_module(name: str) -> bool:
    return _file(name).exists()


def _file(module: str) -> Path:
    inside = PACKAGE.joinpath(*module.split(".")[1:])
    return inside / "__init__.py" if inside.is_dir() else inside.with_suffix(".py")
