"""The frame around every page: product name, menu, ribbon, who acts and from which posts one may act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.module_loading import import_string

from yunzhang.kit.wording import speaks_chinese, term

# noun, address, icon; an entry whose address no room serves is not shown
MENU = (
    ("desk", "/desk", "inbox"),
    ("vertical", "/matters", "list-details"),
    ("observatory", "/observatory/", "chart-dots"),
    ("lab", "/lab/", "flask"),
    ("organisation", "/org/", "building-community"),
    ("chiefs_wall", "/org/chiefs", "sitemap"),
    ("records", "/records/", "shield-check"),
)


MATTERS = {"desk", "vertical", "observatory", "lab"}  # the administrator edits the organisation and sees no matters


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One word of the menu."""

    label: str
    href: str
    icon: str
    current: bool


@lru_cache
def is_served(path: str) -> bool:
    """True when some room answers at this address."""
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


class Frame:
    """Read lazily by the base template: a page without a menu asks nothing."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @property
    def product(self) -> str:
        """The product's name in this home's wording."""
        return term("product")

    @property
    def is_simulated(self) -> bool:
        """True in a home born simulated: every page, print and export says so."""
        return bool(settings.YUNZHANG_SIMULATED)

    @property
    def other_language(self) -> str:
        """The language the switch leads to."""
        return "en" if speaks_chinese() else "zh-hans"

    @property
    def by(self) -> Any:
        """Who acts on this page, or None."""
        return getattr(self.request, "by", None)

    @cached_property
    def menu(self) -> list[MenuEntry]:
        """The entries that exist, the current one marked: the longest address the path starts with."""
        served = [
            entry for entry in MENU if is_served(entry[1]) and not (self.is_administrator and entry[0] in MATTERS)
        ]
        fits = [href for _, href, _ in served if self.request.path.startswith(href)]
        here = max(fits, key=len, default="")
        return [MenuEntry(term(noun), href, icon, href == here) for noun, href, icon in served]

    @property
    def is_administrator(self) -> bool:
        """True when the hat worn is the organisation's administrator."""
        return str(getattr(self.hat, "duty", "")) == "administrator"

    @property
    def start(self) -> str:
        """Where a person starts: the desk, or the organisation for its administrator."""
        return "/org/" if self.is_administrator else "/desk"

    @cached_property
    def hats(self) -> list[Any]:
        """The posts this person may act from today."""
        if not self.request.user.is_authenticated:
            return []
        return list(import_string(settings.YUNZHANG_HATS)(self.request.user.pk, today(self.request)))

    @property
    def hat(self) -> Any:
        """The hat worn on this page."""
        worn = (getattr(self.by, "post", None), getattr(self.by, "on_behalf", None))
        return next((hat for hat in self.hats if (hat.post, hat.on_behalf) == worn), None)


def today(request: HttpRequest) -> date:
    """Return the place's date of this request."""
    return timezone.localtime(getattr(request, "at", None)).date()


def frame(request: HttpRequest) -> dict[str, Frame]:
    """Context processor: `frame` in every template."""
    return {"frame": Frame(request)}
