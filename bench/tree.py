"""Sub-tree statistics of a province of 75,000 units in a tree of 1,000,000, per city, on SQLite and PostgreSQL."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from bench.harness import Bench

MILLISECONDS = 100
# Henan's shape: 18 cities; the other provinces share the rest of the million.
PROVINCES, CITIES, COUNTIES, BODIES, TOWNS, BELOW_TOWN = 31, 18, 9, 30, 14, 30
COLUMNS = (
    "id", "stream", "parent_id", "path", "jurisdiction_id", "kind", "branch", "level", "official_order", "name",
    "short_name", "pinyin", "code", "division", "uscc", "source", "from_on", "to_on",
)  # fmt: skip


def run(bench: Bench) -> None:
    """Fill both engines with the same tree and time the same look."""
    with tempfile.TemporaryDirectory() as folder:
        told("sqlite", measured(bench, {"YUNZHANG_HOME": folder}), bench)
        from tests.postgres import new_database, server

        with server() as address:
            told("postgresql", measured(bench, {"YUNZHANG_DATABASE": new_database(address)}), bench)


def measured(bench: Bench, env: dict[str, str]) -> dict[str, Any]:
    """Measure one engine in a process of its own, so that Django opens the right database."""
    words = [sys.executable, "-c", f"from bench.tree import measure; measure({bench.runs}, {bench.scale})"]
    clean = {key: value for key, value in os.environ.items() if not key.startswith("YUNZHANG")}
    answer = subprocess.run(words, env={**clean, **env}, check=True, capture_output=True, text=True)
    return dict(json.loads(answer.stdout.splitlines()[-1]))


def told(engine: str, found: dict[str, Any], bench: Bench) -> None:
    """Print what was found."""
    bench.figure(f"{engine}: units", found["units"], "rows")
    bench.figure(f"{engine}: province", found["province"], f"units in {found['blocks']} cities")
    bench.figure(f"{engine}: per city", found["milliseconds"], "ms", aim=f"≤ {MILLISECONDS}")
    bench.figure(f"{engine}: ancestors of a leaf", found["ancestors"], "ms")


def measure(runs: int, scale: float) -> None:
    """Build the tree in the database of the environment and time the looks; prints one JSON line."""
    import statistics
    import time

    os.environ["DJANGO_SETTINGS_MODULE"] = "yunzhang.web.settings"
    if home := os.environ.get("YUNZHANG_HOME"):
        from yunzhang.kit.home import Home, write_home

        write_home(Home(root=Path(home)))
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from yunzhang.ground.org import actions as org

    with contextlib.redirect_stdout(io.StringIO()):
        call_command("migrate", verbosity=0)
    count, province, leaf = fill(connection, scale)
    seen = []
    for _ in range(max(runs, 3)):
        started = time.perf_counter()
        blocks = org.count_blocks(province)
        seen.append(time.perf_counter() - started)
    started = time.perf_counter()
    org.find_ancestors(leaf)
    up = time.perf_counter() - started
    found = {
        "units": count, "province": sum(n for each in blocks.values() for n in each.values()), "blocks": len(blocks),
        "milliseconds": round(statistics.median(seen) * 1000, 1), "ancestors": round(up * 1000, 2),
    }  # fmt: skip
    print(json.dumps(found))


def fill(connection: Any, scale: float) -> tuple[int, int, int]:
    """Write the tree straight into the table; returns how many, the province to look at, and a leaf."""
    towns = max(1, round(TOWNS * scale))
    rows = tree(towns)
    marks = ", ".join(["%s"] * len(COLUMNS))
    count = 0
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            names = ", ".join(COLUMNS)
            with cursor.copy(f"COPY org_unit ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
                    count += 1
        else:
            cursor.execute("PRAGMA foreign_keys=OFF")
            cursor.execute("BEGIN")
            counted = list(rows)
            count = len(counted)
            # the address of a UUID column on SQLite is its 32 digits
            flat = [(row[0], row[1].hex, *row[2:-2], row[-2].isoformat(), None) for row in counted]
            cursor.executemany(f"INSERT INTO org_unit ({', '.join(COLUMNS)}) VALUES ({marks})", flat)
            cursor.execute("COMMIT")
        cursor.execute("ANALYZE")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM org_unit")
    return count, 2, count


def tree(towns: int) -> Iterator[tuple[Any, ...]]:
    """Yield the units, superiors first: 31 provinces, the first of Henan's size, the others share the rest."""
    from yunzhang.base.ids import segment

    number = 0

    def unit(parent: int | None, above: str, kind: str, level: str) -> tuple[int, str, tuple[Any, ...]]:
        nonlocal number
        number += 1
        path = f"{above}{segment(number)}."
        name = f"单位{number}"
        row = (
            number, UUID(int=number), parent, path, number, kind, "government", level, number % 97, name, name,
            "dw", "", "", "", "", date(2025, 1, 1), None,
        )  # fmt: skip
        return number, path, row

    nation, root, row = unit(None, "", "government", "nation")
    yield row
    ids = [unit(nation, root, "government", "province") for _ in range(PROVINCES)]
    yield from (row for _, _, row in ids)
    for place, (province, path, _) in enumerate(ids):
        for _ in range(CITIES if place == 0 else 8 if place < 10 else 7):
            city, city_path, row = unit(province, path, "government", "city")
            yield row
            yield from (unit(city, city_path, "department", "city")[2] for _ in range(BODIES))
            for _ in range(COUNTIES):
                county, county_path, row = unit(city, city_path, "government", "county")
                yield row
                yield from (unit(county, county_path, "department", "county")[2] for _ in range(BODIES))
                for _ in range(towns):
                    town, town_path, row = unit(county, county_path, "town", "town")
                    yield row
                    yield from (unit(town, town_path, "organisation", "town")[2] for _ in range(BELOW_TOWN))
