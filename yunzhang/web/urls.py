"""Every room's pages, mounted under the room's own name."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from yunzhang.web import pages
from yunzhang.web.sign_in import sign_in

ROOMS = (
    ("", "yunzhang.ground.matters.pages"),  # desk, matters
    ("directives/", "yunzhang.vertical.directives.pages"),
    ("lab/", "yunzhang.governance.lab.pages"),
    ("observatory/", "yunzhang.governance.observatory.pages"),
    ("org/", "yunzhang.ground.org.pages"),
    ("records/", "yunzhang.ground.matters.pages.records"),
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.home, name="home"),
    path("language", pages.set_language, name="language"),
    path("act-from", pages.act_from, name="act_from"),
    path("sign-in", sign_in, name="sign_in"),
    path("sign-out", pages.sign_out, name="sign_out"),
    *(path(prefix, include(module)) for prefix, module in ROOMS),
]


handler400 = pages.bad_request
handler403 = pages.forbidden
handler404 = pages.not_found
handler500 = pages.broken
