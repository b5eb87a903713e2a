"""The demonstration office: how long it takes to build, and how its pages answer each sign-in."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.harness import Bench

LINK = re.compile(r'href="(/[^"#]*)"')
PAGES = 60  # of each sign-in, the first found by following links
QUERIES, MILLISECONDS, OBSERVATORY_MILLISECONDS = 12, 150, 200
OBSERVATORY = ("/observatory/", "/observatory/studies")  # where its own pages are found from
FILE = re.compile(r"\.(xlsx|csv|pdf|docx)(\?|$)")


def run(bench: Bench) -> None:
    """Build it in a process of its own, then open its pages in this one."""
    months = 12 if bench.scale == 1 else 1
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        words = [
            sys.executable,
            "-m",
            "yunzhang.cli",
            "demo",
            "--home",
            str(home),
            "--no-serve",
            "--months",
            str(months),
        ]
        started = time.perf_counter()
        subprocess.run(words, check=True, capture_output=True)
        bench.figure(f"demo of {months} months built", time.perf_counter() - started, "s", aim="≤ 60")
        open_pages(bench, home)


def open_pages(bench: Bench, home: Path) -> None:
    """Follow links from the desk of each sign-in; print rows, slowest and heaviest pages."""
    os.environ.update(YUNZHANG_HOME=str(home), DJANGO_SETTINGS_MODULE="yunzhang.web.settings")
    import django

    django.setup()
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.test import Client

    with connection.cursor() as cursor:
        for table in ("org_unit", "ledger_loop", "ledger_entry"):
            cursor.execute(f"SELECT count(*) FROM {table}")
            bench.figure(table, cursor.fetchone()[0], "rows")
    everywhere: list[tuple[float, int, str]] = []
    observatory: list[tuple[float, int, str]] = []
    for user in get_user_model().objects.order_by("pk"):
        client = Client(headers={"host": "127.0.0.1"})
        client.force_login(user)
        everywhere += follow(client, user.get_username(), bench.runs, "/desk")
        for start in OBSERVATORY:
            observatory += follow(client, user.get_username(), bench.runs, start, inside="/observatory/")
    report(bench, everywhere)
    report(bench, observatory, of="observatory ", milliseconds=OBSERVATORY_MILLISECONDS)


def follow(client: Any, name: str, runs: int, start: str, *, inside: str = "/") -> list[tuple[float, int, str]]:
    """Return median seconds, queries and address of the pages found from one page by following links."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    waiting, done, found = [start], {"/sign-out", "/language"}, []
    while waiting and len(found) < PAGES:
        address = waiting.pop(0)
        if address in done or "form=" in address or address.startswith("/static"):
            continue
        if address != start and not address.startswith(inside):
            continue
        if FILE.search(address):
            continue
        done.add(address)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address)
        count = len(queries)  # the next request empties the log
        if answer.status_code != 200 or "text/html" not in answer.headers.get("Content-Type", ""):
            continue
        waiting += LINK.findall(answer.content.decode().replace("&amp;", "&"))
        seconds = statistics.median(timed(client, address) for _ in range(runs))
        found.append((seconds, count, f"{name} {address}"))
    return found


def timed(client: Any, address: str) -> float:
    """Return the seconds of one page."""
    started = time.perf_counter()
    client.get(address)
    return time.perf_counter() - started


def report(
    bench: Bench, seen: list[tuple[float, int, str]], *, of: str = "", milliseconds: float = MILLISECONDS
) -> None:
    """Print the spread, and name the three slowest and heaviest."""
    seconds = sorted(one for one, _, _ in seen)
    bench.figure(f"{of}pages opened", len(seen), "pages")
    bench.figure(f"{of}server time, median", statistics.median(seconds) * 1000, "ms")
    bench.figure(
        f"{of}server time, 95th percentile", seconds[int(len(seconds) * 0.95)] * 1000, "ms", aim=f"≤ {milliseconds}"
    )
    bench.figure(f"{of}most queries on a page", max(queries for _, queries, _ in seen), "", aim=f"≤ {QUERIES}")
    for spent, queries, where in sorted(seen, reverse=True)[:3]:
        print(f"    slow   {spent * 1000:7.0f} ms  {queries:3} queries  {where}")
    for queries, spent, where in sorted(((q, s, w) for s, q, w in seen), reverse=True)[:3]:
        print(f"    heavy  {spent * 1000:7.0f} ms  {queries:3} queries  {where}")
