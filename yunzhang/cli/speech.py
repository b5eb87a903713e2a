"""What the command line says: in Chinese, or in English where the terminal's locale is English."""

from __future__ import annotations

import gettext
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from django.conf import settings
from django.utils import translation

from yunzhang.base.errors import YunzhangError

LOCALE = Path(__file__).resolve().parents[1] / "web" / "locale"
VARIABLES = ("YUNZHANG_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


def is_english() -> bool:
    """Return whether the first language named in the environment is English."""
    named = next((os.environ[name] for name in VARIABLES if os.environ.get(name)), "")
    return named.lower().startswith("en")


def either(zh: str, en: str) -> str:
    """Return the text in the terminal's language."""
    return en if is_english() else zh


@contextmanager
def spoken() -> Iterator[None]:
    """Let everything a command says through the catalogue be in the terminal's language."""
    if not settings.configured:
        yield
        return
    with translation.override("en" if is_english() else "zh-hans"):
        yield


def told(error: YunzhangError) -> str:
    """Return an error's one line in the terminal's language, its parameters too where they are messages."""
    texts = [text for text in (error.what, error.why, error.do) if text]
    params = error.params
    if settings.configured:
        from yunzhang.kit.wording import plain

        with spoken():
            texts = [translation.gettext(text) for text in texts]
            params = {name: plain(value) for name, value in params.items()}
    elif is_english():  # init and demo speak before Django is set up
        catalogue = gettext.translation("django", LOCALE, ["en"], fallback=True)
        texts = [catalogue.gettext(text) for text in texts]
    return " ".join(" ".join((text % params).split()) for text in texts)


def fail(line: str) -> None:
    """Print one line on standard error."""
    typer.secho(" ".join(line.split()), err=True, fg="red" if os.isatty(2) else None)
