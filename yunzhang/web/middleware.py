"""Around every request: its moment, its language, and the idle time-out kept in a signed cookie."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.contrib.auth import logout
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from yunzhang.kit import doors

Next = Callable[[HttpRequest], HttpResponse]
SEEN_COOKIE = "yz_seen"
RENEW_SECONDS = 60


def moment(get_response: Next) -> Next:
    """Give the request its moment; whatever is decided on this request is decided at that moment."""

    def middleware(request: HttpRequest) -> HttpResponse:
        cast(doors.DoorRequest, request).at = doors.now()
        return get_response(request)

    return middleware


def language(get_response: Next) -> Next:
    """Speak Chinese unless the reader switched: the browser's own preference does not decide."""

    def middleware(request: HttpRequest) -> HttpResponse:
        wanted = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        code = wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(code):
            request.LANGUAGE_CODE = code
            response = get_response(request)
        response.headers.setdefault("Content-Language", code)
        return response

    return middleware


def idle(get_response: Next) -> Next:
    """Sign out who has been away longer than IDLE_SECONDS; the last moment seen stands in a signed cookie only."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return get_response(request)
        seen = last_seen(request)
        if time.time() - seen > settings.IDLE_SECONDS:
            return time_out(request)
        response = get_response(request)
        if time.time() - seen > RENEW_SECONDS or SEEN_COOKIE not in request.COOKIES:
            mark_seen(response, request)
        return response

    return middleware


def last_seen(request: HttpRequest) -> float:
    """Return when this person was last here; without the cookie, when they signed in."""
    try:
        owner, moment = str(request.get_signed_cookie(SEEN_COOKIE, salt=SEEN_COOKIE)).split(":")
    except (KeyError, BadSignature, ValueError):
        owner, moment = "", "0"
    if owner == str(request.user.pk):
        return float(moment)
    signed_in_at = getattr(request.user, "last_login", None)
    return signed_in_at.timestamp() if signed_in_at else 0.0


def mark_seen(response: HttpResponse, request: HttpRequest) -> None:
    """Renew the cookie, at most once a minute."""
    if request.user.is_authenticated:
        value = f"{request.user.pk}:{int(time.time())}"
        response.set_signed_cookie(
            SEEN_COOKIE, value, salt=SEEN_COOKIE, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )


def time_out(request: HttpRequest) -> HttpResponse:
    """End the session; texts just typed are shown once more so that nothing written is lost."""
    typed = {name: text for name, text in request.POST.items() if len(text) > 1 and name not in HIDDEN}
    logout(request)
    if request.method != "POST":
        response = doors.ask_to_sign_in(request)
    else:
        response = doors.render(request, "timed_out.html", {"typed": typed, "back": doors.came_from(request)}, 401)
    response.delete_cookie(SEEN_COOKIE)
    return response


HIDDEN = {"csrfmiddlewaretoken", doors.ACT_KEY, "password"}
