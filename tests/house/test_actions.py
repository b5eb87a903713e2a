"""What every action must look like, and what rules, actions and pages may not reach for."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.house.tree import PACKAGE, decorators, dotted, functions, modules, parse, part, parts, place

CLOCK = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "timezone.now",
    "timezone.localdate",
    "timezone.localtime",
    "time.time",
    "time.time_ns",
    "time.monotonic",
    "time.perf_counter",
}
TIMELESS = ("terms", "rules", "store", "actions")
LOOKS = ("find_", "list_", "count_", "search_", "who_", "scope_", "load_", "verify", "tell_", "place_", "preview_")
# Changes that are no acts of a person: the ledger's own machinery, and what stands outside the record.
NO_ACT = {
    ("ledger", "act"): "the decorator itself",
    ("ledger", "day"): "a context around many acts",
    ("ledger", "record"): "what acts call",
    ("ledger", "seal"): "the sequencer",
    ("ledger", "write_checkpoint"): "the worker",
    ("ledger", "write_tiles"): "rebuildable files",
    ("org", "resolve_acting"): "the door asks who acts",
}


def public_actions() -> list[tuple[str, ast.FunctionDef, str]]:
    return [(room(file), node, place(file, node)) for file in parts("actions") for node in functions(file)]


def room(file: Path) -> str:
    return file.relative_to(PACKAGE).parts[1]


def is_look(name: str) -> bool:
    return name.startswith(LOOKS) or name.endswith("_columns")


def test_nobody_below_the_doors_reads_the_clock() -> None:
    seen = [
        f"{place(file, node)} {dotted(node.func)}"
        for file in modules()
        if part(file) in TIMELESS or "base" in file.parts
        for node in ast.walk(parse(file))
        if isinstance(node, ast.Call) and ".".join(dotted(node.func).split(".")[-2:]) in CLOCK
    ]
    assert not seen


def test_every_change_is_an_act_with_by_first_and_at_last() -> None:
    wrong = []
    for home, node, where in public_actions():
        if is_look(node.name) or (home, node.name) in NO_ACT:
            continue
        first = node.args.args[0] if node.args.args else None
        if not first or first.arg != "by":
            continue
        if "act" not in decorators(node):
            wrong.append(f"{where} {node.name}: not decorated with @act")
        if not first.annotation or dotted(first.annotation) != "Acting":
            wrong.append(f"{where} {node.name}: by is no Acting")
        if "at" not in [argument.arg for argument in node.args.kwonlyargs]:
            wrong.append(f"{where} {node.name}: no keyword-only at")
    assert not wrong


def test_public_functions_of_rules_and_actions_say_what_they_return() -> None:
    bare = [
        f"{place(file, node)} {node.name}"
        for file in parts("rules", "actions")
        for node in functions(file)
        if not ast.get_docstring(node)
    ]
    assert not bare


def imports(file: Path) -> list[tuple[ast.stmt, str]]:
    found: list[tuple[ast.stmt, str]] = []
    for node in ast.walk(parse(file)):
        if isinstance(node, ast.ImportFrom) and node.module:
            found += [(node, f"{node.module}.{alias.name}") for alias in node.names]
        elif isinstance(node, ast.Import):
            found += [(node, alias.name) for alias in node.names]
    return found


def test_pages_and_commands_never_reach_a_store_or_the_database() -> None:
    bad = [
        f"{place(file, node)} {name}"
        for file in parts("pages", "api", "commands")
        for node, name in imports(file)
        if name.startswith(("django.db", "yunzhang.models")) or ".store" in name
    ]
    managers = [
        place(file, node)
        for file in parts("pages", "api", "commands", "actions", "rules", "terms")
        for node in ast.walk(parse(file))
        if isinstance(node, ast.Attribute) and node.attr == "objects"
    ]
    assert not bad + managers
