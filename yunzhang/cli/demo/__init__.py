"""The demonstration office: a fictional place, a simulated year, and sign-ins; every row comes from a room's action."""

from __future__ import annotations

import calendar as months_of
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Annotated, Any

import typer

from yunzhang.base.clock import day_of, end_of, start_of
from yunzhang.base.errors import Invalid
from yunzhang.cli.office import DatabaseOption, building, new_home
from yunzhang.cli.speech import either

DENSITY = 0.28  # documents a working day and programme at full push
LONGEST = 36


def demo(  # noqa: PLR0917 - one option each
    home: Annotated[Path, typer.Option(metavar="DIR")],
    scheme: Annotated[str, typer.Option()] = "chongqing",
    months: Annotated[int, typer.Option(min=1, max=LONGEST)] = 12,
    until: Annotated[str, typer.Option(metavar="DATE", help="last simulated day, default yesterday")] = "",
    seed: Annotated[int, typer.Option()] = 1,
    real_names: Annotated[bool, typer.Option("--real-names")] = False,
    no_serve: Annotated[bool, typer.Option("--no-serve")] = False,
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
    depth: Annotated[str, typer.Option(help="city|county|town")] = "town",
    database: DatabaseOption = "sqlite",
) -> None:
    """Build a demonstration office with a simulated year of operation, and serve it."""
    ends = last_day(until)
    new = new_home(
        home,
        born="simulated",
        scheme=scheme,
        database=database,
        until=ends.isoformat(),
        places="real" if real_names else "fictional",
    )
    with building(new):
        build(new.root, scheme=scheme, months=months, ends=ends, seed=seed, real_names=real_names, depth=depth)
    typer.echo(either("演示办公室已建成:%s", "Demonstration office built: %s") % new.root)
    if not no_serve:
        from yunzhang.cli.serve import serve

        serve(port=port)


def last_day(text: str) -> date:
    """Return the last simulated day: yesterday unless given. Raises: Invalid for no date, or a day not yet over."""
    yesterday = day_of(datetime.now(UTC)) - timedelta(days=1)
    if not text:
        return yesterday
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Invalid(field="--until", problem=f"{text} (2026-11-22)") from None
    if day > yesterday:
        raise Invalid(field="--until", problem=f"{text} > {yesterday}")
    return day


def first_day(ends: date, months: int) -> date:
    """Return the first day of a span of whole months that ends with `ends`.

    >>> first_day(date(2026, 11, 22), 12)
    datetime.date(2025, 11, 23)
    """
    number = ends.year * 12 + ends.month - 1 - months
    year, month = divmod(number, 12)
    day = min(ends.day, months_of.monthrange(year, month + 1)[1])
    return date(year, month + 1, day) + timedelta(days=1)


def build(root: Path, *, seed: int, ends: date, **facts: Any) -> None:
    """Lay the place, appoint, play the months, seal, measure, open the accounts."""
    from yunzhang.base.ids import seeded
    from yunzhang.cli.demo.sign_ins import open_accounts, write_file
    from yunzhang.governance.observatory import actions as observatory
    from yunzhang.ground.ledger import actions as ledger
    from yunzhang.ground.ledger.terms import Acting
    from yunzhang.ground.org.terms import CONSOLE
    from yunzhang.kit.memo import remembering

    last = end_of(ends) - timedelta(seconds=1)
    with seeded(f"{seed}:{ends}"), remembering(through_days=True):
        play_year(Random(seed), Acting(person=CONSOLE, post=None, unit=None), ends=ends, **facts)
        sign_ins = open_accounts(Acting(person=CONSOLE, post=None, unit=None), on=ends, at=last)
        add_study(seed, ends=ends, at=last)
        ledger.seal(last)
        ledger.write_checkpoint(last)
    observatory.refresh_figures(end_of(ends))
    write_file(root, sign_ins)
    for one in sign_ins:
        typer.echo(f"  {one.name:<14} {one.password}   {one.title}")


def add_study(seed: int, *, ends: date, at: datetime) -> None:
    """Load the simulated log of an invented city through the same actions as anybody's study."""
    from yunzhang.cli.demo import study
    from yunzhang.cli.demo.cast import fresh
    from yunzhang.governance.observatory import actions as observatory
    from yunzhang.governance.observatory.terms import Parameters
    from yunzhang.ground.ledger.terms import Acting
    from yunzhang.ground.org.terms import CONSOLE

    tables = observatory.StudyTables(**study.make_study(ends, seed), facts={"command": f"yunzhang demo --seed {seed}"})
    months = study.month_starts(ends)
    window = Parameters(from_at=months[study.HALF], to_at=months[-1])
    with observatory.place_stage(study.NAME) as stage:
        prepared = observatory.prepare_study(stage, study.NAME, study.TITLE, tables, window, at=at, simulated=True)
        observatory.add_study(fresh(Acting(person=CONSOLE, post=None, unit=None), at), prepared, at=at)


def play_year(rng: Random, by: Any, *, scheme: str, months: int, ends: date, real_names: bool, depth: str) -> None:
    """Build the place on the eve of the first day, fill its posts, and play every day to the last."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from yunzhang.cli.demo import plan
    from yunzhang.cli.demo.cast import fresh, gather, hold_posts, list_all_units
    from yunzhang.cli.demo.play import Play
    from yunzhang.ground.ledger import actions as ledger
    from yunzhang.ground.org import actions as org
    from yunzhang.kit.calendar import load_calendar

    begins = first_day(ends, months)
    eve = start_of(begins) - timedelta(hours=8)
    with ledger.day(eve):
        org.build_place(fresh(by, eve), scheme, depth=depth, at=eve, real_names=real_names, fictional=not real_names)
        posts = org.list_posts([unit.id for unit in list_all_units()], on=day_of(eve))
        hold_posts(fresh(by, eve), rng, posts, on=day_of(eve), at=eve)
    calendar = load_calendar()
    cast = gather(rng, on=begins)
    issues = plan.plan_year(rng, begins=begins, ends=ends, calendar=calendar, density=DENSITY)
    days = (ends - begins).days + 1
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[day]}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(either("模拟运行", "Simulating"), total=days, day="")
        Play(cast, calendar, rng, begins, ends).run(issues, lambda on: bar.update(task, advance=1, day=str(on)))
        bar.update(task, completed=days)
