"""`yunzhang init` and `yunzhang upgrade`: a home is born, and kept at this program's schema."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from yunzhang.base.errors import Invalid, YunzhangError, zh
from yunzhang.cli.readiness import NoDatabase, schema_difference, set_up
from yunzhang.cli.speech import either
from yunzhang.kit.busy import busy
from yunzhang.kit.home import Home, current_home, write_home
from yunzhang.kit.yaml import read_yaml

SCHEMES = Path(__file__).resolve().parents[1] / "data" / "schemes"
DEPTHS = ("city", "county", "town")
DATABASES = ("postgresql", "postgres")


class NotEmpty(YunzhangError):
    """A new office would overwrite what is there."""

    code = "not_empty"
    category = "conflict"
    what = zh("%(place)s 不是空的，不能在其中新建办公室。")
    do = zh("请另选一个空目录（或空数据库）。")


SchemeOption = Annotated[str, typer.Option(help="guizhou|chongqing|guangxi|national|leading_group|cdo")]
DatabaseOption = Annotated[str, typer.Option(help="postgresql://USER:PASSWORD@HOST/NAME", envvar="YUNZHANG_DATABASE")]


def init(
    home: Annotated[Path, typer.Option(metavar="DIR")],
    scheme: SchemeOption,
    depth: Annotated[str, typer.Option(help="|".join(DEPTHS))] = "",
    place: Annotated[str, typer.Option(metavar="CODE")] = "",
    database: DatabaseOption = "sqlite",
) -> None:
    """Build an office: a place of a scheme from real divisions, its departments, and its posts without persons."""
    if depth and depth not in DEPTHS:
        raise Invalid(field="--depth", problem=f"{depth} ({', '.join(DEPTHS)})")
    new = new_home(home, born="real", scheme=scheme, database=database)
    with building(new), busy(either("正在建立机构与岗位", "Building units and posts")):
        build(scheme=scheme, place=place, depth=depth)
    typer.echo(either("已建成：%s", "Built: %s") % new.root)
    typer.echo(either("下一步:yunzhang export posts 查岗位编号，再用 yunzhang account add 开账号。",
                      "Next: find a post's ID with yunzhang export posts, then yunzhang account add."))  # fmt: skip


def build(*, scheme: str, place: str, depth: str) -> None:
    """Lay the place of a scheme into the office's empty tables."""
    from yunzhang.ground.ledger.terms import Acting
    from yunzhang.ground.org.actions import build_place

    by = Acting(person="system", post=None, unit=None)
    now = datetime.now(UTC)
    build_place(by, scheme, place=place or None, depth=depth or None, at=now, real_names=True, fictional=False)


def new_home(root: Path, *, born: str, scheme: str, database: str, until: str = "", places: str = "fictional") -> Home:
    """Return the home to be built; raises Invalid for an unknown scheme or address, NotEmpty for a folder in use."""
    known = sorted(file.stem for file in SCHEMES.glob("*.yaml"))
    if scheme not in known:
        raise Invalid(field="--scheme", problem=f"{scheme} ({', '.join(known)})")
    database = database or "sqlite"
    if database != "sqlite" and urlsplit(database).scheme not in DATABASES:
        raise Invalid(field="--database", problem="postgresql://USER:PASSWORD@HOST/NAME")
    root = root.expanduser().absolute()
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise NotEmpty(place=root)
    wording = str(read_yaml(SCHEMES / f"{scheme}.yaml").get("wording", "cloud_chief"))
    return Home(root=root, born=born, scheme=scheme, database=database, wording=wording, until=until, places=places)


@contextmanager
def building(home: Home) -> Iterator[Home]:
    """Write a new home, set Django up in it and make its tables; whatever fails, the folder is as empty as before."""
    was_there = home.root.exists()
    try:
        _write(home)
        os.environ["YUNZHANG_HOME"] = str(home.root)
        set_up()
        make_tables(home)
        yield home
    except BaseException:
        _undo(home, was_there=was_there)
        raise


def make_tables(home: Home) -> None:
    """Run all migrations in an empty database; raises NotEmpty where it holds tables already."""
    from django.core.management import call_command
    from django.db import DatabaseError, connection

    try:
        tables = connection.introspection.table_names()
    except DatabaseError as error:
        raise NoDatabase(problem=str(error).strip().splitlines()[0]) from error
    if tables:
        raise NotEmpty(place=urlsplit(home.database).path.lstrip("/") or home.sqlite.name)
    call_command("migrate", verbosity=0, interactive=False)


def _write(home: Home) -> None:
    try:
        write_home(home)
    except OSError as error:
        raise Invalid(field="--home", problem=f"{home.root}: {error.strerror}") from error


def _undo(home: Home, *, was_there: bool) -> None:
    from django.conf import settings
    from django.db import connection

    if settings.configured:
        connection.close()
    for item in home.root.iterdir() if home.root.exists() else ():
        shutil.rmtree(item) if item.is_dir() else item.unlink()
    if not was_there and home.root.exists():
        home.root.rmdir()


def upgrade() -> None:
    """Bring the database to this program's schema; an embedded one is copied to HOME/backups first."""
    from django.core.management import call_command

    from yunzhang.kit.guard import only_worker

    home = current_home()
    assert home is not None  # noqa: S101 - the root has opened it
    waiting, _ = schema_difference()
    if not waiting:
        typer.echo(either("数据库结构已是最新。", "The schema is up to date."))
        return
    with only_worker(home.root):
        if home.database == "sqlite":
            typer.echo(either("备份：%s", "Backup: %s") % back_up(home))
        call_command("migrate", verbosity=0, interactive=False)
    typer.echo(either("已升级 %d 步。", "Applied %d steps.") % waiting)


def back_up(home: Home) -> Path:
    """Copy the embedded database, as one consistent whole, into HOME/backups; returns the copy."""
    folder = home.root / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    copy = folder / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}.sqlite3"
    with closing(sqlite3.connect(home.sqlite)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return copy
