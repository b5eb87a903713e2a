"""Write docs/errors.md: every error class with its code, what it says and what to do. `--check` only compares."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs" / "errors.md"
STATUS = {"refused": 403, "missing": 404, "conflict": 409, "invalid": 422, "unavailable": 503}
HEAD = """# Errors

Every refusal has a stable code, says what happened, why, and what to do. One shape for all doors: a page shows the
sentences, the command line prints them as one line. `%(name)s` is filled in. Written by `python tools/errors.py`.

| Code | Category (HTTP) | What happened | Why | What to do | Raised as |
|---|---|---|---|---|---|
"""


def load_all() -> None:
    """Import every module of the package, so that every error class is known."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yunzhang.web.settings")
    import django

    django.setup()
    for file in sorted((ROOT / "yunzhang").rglob("*.py")):
        parts = file.relative_to(ROOT).with_suffix("").parts
        if "migrations" not in parts and parts[-1] != "__main__":
            importlib.import_module(".".join(parts[:-1] if parts[-1] == "__init__" else parts))


def below(kind: type) -> Iterator[type]:
    """Yield a class and every class below it."""
    yield kind
    for inner in kind.__subclasses__():
        yield from below(inner)


def text() -> str:
    """Return the page."""
    from yunzhang.base.errors import YunzhangError

    found = {one for one in below(YunzhangError) if one.__module__.startswith("yunzhang.")}
    rows = sorted((one for one in found), key=lambda one: (one.code, one.__module__, one.__qualname__))  # type: ignore[attr-defined]
    return HEAD + "".join(row(one) for one in rows)


def row(kind: type) -> str:
    """Return one line of the table."""
    facts: dict[str, str] = {name: getattr(kind, name) for name in ("code", "category", "what", "why", "do")}
    said = [facts[name].replace("|", "\\|") for name in ("what", "why", "do")]
    where = f"`{kind.__module__.removeprefix('yunzhang.')}.{kind.__qualname__}`"
    category = facts["category"]
    return "| " + " | ".join([f"`{facts['code']}`", f"{category} ({STATUS[category]})", *said, where]) + " |\n"


def main() -> int:
    """Write or compare the page."""
    load_all()
    page = text()
    if "--check" in sys.argv:
        return int(not TARGET.exists() or TARGET.read_text("utf-8") != page)
    TARGET.write_text(page, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
