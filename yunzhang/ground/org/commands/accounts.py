"""`yunzhang account add NAME --post ID`: a sign-in for the holder of a post; the password is asked for or made."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from yunzhang.base.errors import Invalid, zh
from yunzhang.ground.ledger.terms import Acting
from yunzhang.ground.org.actions import add_account, make_password
from yunzhang.ground.org.terms import CONSOLE, Reader

account = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@account.callback()
def accounts() -> None:
    """Accounts of this office."""


@account.command("add")
def add(
    name: Annotated[str, typer.Argument(metavar="NAME")],
    post: Annotated[int, typer.Option(metavar="ID", min=1, max=2**63 - 1)],
    person: Annotated[str, typer.Option(metavar="TEXT")] = "",
    reader: Annotated[Reader, typer.Option()] = Reader.OFFICE,
) -> None:
    """Add a sign-in for the holder of a post; a vacant post is taken by a new person (--person, else NAME)."""
    password, is_made = ask_password()
    by = Acting(person=CONSOLE, post=None, unit=None)
    add_account(by, name, password, post=post, person_name=person, reader=reader, at=datetime.now(UTC))
    typer.echo(_("已开设账号：%(name)s") % {"name": name})
    if is_made:
        typer.echo(_("密码（只显示这一次）：%(password)s") % {"password": password})


def ask_password() -> tuple[str, bool]:
    """Return a password typed twice at a terminal (an empty one is made up), or one made up where nobody can type."""
    if not sys.stdin.isatty():
        return make_password(), True
    typed = typer.prompt(_("密码（留空则自动生成）"), default="", hide_input=True, show_default=False)
    if not typed:
        return make_password(), True
    if typer.prompt(_("再输一次"), default="", hide_input=True, show_default=False) != typed:
        raise Invalid(field=zh("密码"), problem=zh("两次输入不一致"))
    return str(typed), False
