"""What the command line says: in Chinese, or in English where the terminal's locale is English."""

from __future__ import annotations

import os

import typer
from django.conf import settings
from django.utils import translation

from yunzhang.base.errors import YunzhangError

VARIABLES = ("YUNZHANG_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


def is_english() -> bool:
    """Return whether the first language named in the environment is English."""
    named = next((os.environ[name] for name in VARIABLES if os.environ.get(name)), "")
    return named.lower().startswith("en")


def either(zh: str, en: str) -> str:
    """Return the text in the terminal's language."""
    return en if is_english() else zh


def told(error: YunzhangError) -> str:
    """Return an error's one line in the terminal's language."""
    texts = [text for text in (error.what, error.why, error.do) if text]
    if settings.configured:
        with translation.override("en" if is_english() else "zh-hans"):
            texts = [translation.gettext(text) for text in texts]
    return " ".join(" ".join((text % error.params).split()) for text in texts)


def fail(line: str) -> None:
    """Print one line on standard error."""
    typer.secho(" ".join(line.split()), err=True, fg="red" if os.isatty(2) else None)
