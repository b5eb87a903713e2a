"""What must hold before a verb runs: a home that can be read, and a database whose schema is this program's."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

from yunzhang.base.errors import YunzhangError, zh
from yunzhang.cli.verbs import Verb

SETTINGS = "yunzhang.web.settings"


class Unready(YunzhangError):
    """A home that no verb can work with; carries the exit status its verb gives for this."""

    code = "unready"
    category = "unavailable"
    status = 1


class NoHome(Unready):
    """No --home was given."""

    code = "no_home"
    what = zh("未指明办公室所在目录。")
    do = zh("请加上 --home DIR。")


class NotAHome(Unready):
    """The folder holds no readable home.toml."""

    code = "not_a_home"
    what = zh("目录 %(home)s 不是可用的办公室（%(problem)s）。")
    do = zh("请用 yunzhang init --home DIR --scheme … 新建。")


class NoDatabase(Unready):
    """The home's database cannot be opened."""

    code = "no_database"
    what = zh("无法打开该办公室的数据库（%(problem)s）。")
    do = zh("请检查 home.toml 中的 database 与数据库服务。")


class OlderSchema(Unready):
    """The database was made by an older version of this program."""

    code = "older_schema"
    what = zh("该办公室的数据库结构较旧。")
    do = zh("请先运行 yunzhang upgrade --home %(home)s")


class NewerSchema(Unready):
    """The database was made by a newer version of this program."""

    code = "newer_schema"
    what = zh("该办公室的数据库由较新版本的程序建立。")
    do = zh("请使用较新版本的 yunzhang。")


def ready(verb: Verb, *, asks_help: bool = False) -> None:
    """Set Django up for a verb; raises Unready with the verb's exit status where home or schema are unfit."""
    try:
        if asks_help or (verb.need == "maybe" and not os.environ.get("YUNZHANG_HOME")):
            os.environ.pop("YUNZHANG_HOME", None)
            set_up()
        elif verb.need != "nothing":  # init and demo write the home first, and set Django up then
            open_home(verb)
    except Unready as error:
        error.status = verb.failed
        raise


def set_up() -> None:
    """Set Django up with the home in the environment, if any."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    django.setup()


def open_home(verb: Verb) -> None:
    """Read the home, set Django up, and compare the schema."""
    named = os.environ.get("YUNZHANG_HOME")
    if not named:
        raise NoHome
    check_home(Path(named))
    try:
        set_up()
    except OSError as error:
        raise NotAHome(home=named, problem=error) from error
    if verb.need in ("home", "maybe"):
        check_schema(Path(named))


def check_home(root: Path) -> None:
    """Raise NotAHome unless the folder holds a home.toml that can be read and, embedded, its database."""
    from yunzhang.kit.home import read_home

    try:
        home = read_home(root)
    except FileNotFoundError as error:
        raise NotAHome(home=root, problem="home.toml") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise NotAHome(home=root, problem=error) from error
    if home.database == "sqlite" and not home.sqlite.is_file():
        raise NotAHome(home=root, problem=home.sqlite.name)


def check_schema(root: Path) -> None:
    """Raise OlderSchema or NewerSchema unless the database has exactly this program's migrations."""
    waiting, unknown = schema_difference()
    if unknown:
        raise NewerSchema
    if waiting:
        raise OlderSchema(home=root)


def schema_difference() -> tuple[int, int]:
    """Return how many migrations the database still lacks, and how many it has that this program does not know."""
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        applied, known = executor.loader.applied_migrations, executor.loader.disk_migrations
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        raise NoDatabase(problem=str(error).strip().splitlines()[0]) from error
    return len(waiting), len([name for name in applied if name[0] == "yunzhang" and name not in known])
