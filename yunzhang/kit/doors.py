"""Doors: who may come in is asked first, one act key makes one act, and every error says what, why and what to do.

A page is `@page(may=...)` (GET), a form's target `@change(may=...)` (POST). Nothing here knows a domain noun.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar, cast
from urllib.parse import urlencode, urlsplit
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render as render_template
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.module_loading import import_string

from yunzhang.base.errors import Invalid, Refused, YunzhangError, zh
from yunzhang.kit.memo import remembering
from yunzhang.kit.wording import Explanation, explain

STATUS = {"refused": 403, "missing": 404, "conflict": 409, "invalid": 422, "unavailable": 503}
POST_COOKIE = "yz_post"
ACT_KEY = "act_key"


class DoorRequest(HttpRequest):
    """A request as doors see it: with its moment (aware UTC) and who acts."""

    at: datetime
    by: Any


class SeeOther(HttpResponseRedirect):
    """Answer to a form: look there (303)."""

    status_code = 303


class StaleForm(Invalid):
    """A form came without its act key, so a second press could not be told from the first."""

    code = "stale_form"
    what = zh("表单缺少办理编号，未作任何改动。")
    why = zh("每张表单带有一个办理编号，用来防止重复提交。")
    do = zh("请返回原页面刷新后重新提交。")


# The question every door asks first, may(by, *, at, **kwargs): raises Refused or Missing, otherwise returns.
May = Callable[..., None]
View = TypeVar("View", bound=Callable[..., HttpResponse])


def public(by: Any, /, *, at: datetime, **kwargs: Any) -> None:
    """Anybody may, signed in or not; `by` is None for a stranger."""


def signed_in(by: Any, /, *, at: datetime, **kwargs: Any) -> None:
    """Anybody who acts from a post may."""
    if by is None:
        raise Refused


def page(*, may: May) -> Callable[[View], View]:
    """Make a view a page (GET): `def view(request, by, **kwargs)`."""
    return functools.partial(hang, may=may, methods=("GET", "HEAD"))


def change(*, may: May) -> Callable[[View], View]:
    """Make a view the target of a form (POST): `by.request` is the form's act key."""
    return functools.partial(hang, may=may, methods=("POST",))


def hang(view: View, *, may: May, methods: tuple[str, ...]) -> View:
    """Return `view` behind its door; `view.may` and `view.methods` say which (a house test reads them)."""

    @functools.wraps(view)
    def door(request: DoorRequest, **kwargs: Any) -> HttpResponse:
        if request.method not in methods:
            return HttpResponseNotAllowed(methods)
        try:
            if request.method == "POST":
                return enter(request, view, may, kwargs)
            with remembering():
                return enter(request, view, may, kwargs)
        except YunzhangError as error:
            return turn_away(request, error)

    door.may = may  # type: ignore[attr-defined]
    door.methods = methods  # type: ignore[attr-defined]
    return cast(View, door)


def enter(request: DoorRequest, view: Callable[..., HttpResponse], may: May, kwargs: dict[str, Any]) -> HttpResponse:
    """Ask `may`, then run the view as the one who acts."""
    if may is not public and not request.user.is_authenticated:
        return ask_to_sign_in(request)
    by = request.by = who_acts(request, key=act_key(request))
    if by is None and may is not public:
        raise NoPost
    may(by, at=request.at, **kwargs)
    return view(request, by, **kwargs)


class NoPost(Refused):
    """A person is signed in but holds no post today."""

    code = "no_post"
    what = zh("您的账号目前没有可以使用的岗位。")
    why = zh("办理和查看事项都以岗位身份进行，而不是以个人身份。")
    do = zh("请联系本地的机构管理员核对任职记录。")


def act_key(request: HttpRequest) -> UUID:
    """Return the form's act key; a page gets a fresh one. Raises StaleForm when a form has none."""
    if request.method != "POST":
        return uuid4()
    try:
        return UUID(request.POST.get(ACT_KEY, ""))
    except ValueError:
        raise StaleForm from None


def who_acts(request: DoorRequest, *, key: UUID) -> Any:
    """Return the Acting of the signed-in person in the chosen post, or None."""
    if not request.user.is_authenticated:
        return None
    resolve = import_string(settings.YUNZHANG_RESOLVER)
    for post in dict.fromkeys((chosen_post(request), None)):
        try:
            return resolve(request.user.pk, post=post, request=key, at=request.at)
        except Refused:  # the chosen post ended meanwhile: fall back to the person's own
            continue
    return None


def chosen_post(request: HttpRequest) -> int | None:
    """Return the post chosen in the switcher, if the cookie was signed for this very person."""
    try:
        owner, post = str(request.get_signed_cookie(POST_COOKIE, salt=POST_COOKIE)).split(":")
    except (KeyError, BadSignature, ValueError):
        return None
    return int(post) if owner == str(request.user.pk) else None


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send a stranger to the sign-in page; a partial request gets 401 and reloads there."""
    target = f"{settings.LOGIN_URL}?{urlencode({'next': request.get_full_path()})}"
    if getattr(request, "htmx", False):
        return HttpResponse(status=401, headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)


def turn_away(request: DoorRequest, error: YunzhangError) -> HttpResponse:
    """Answer an error: a form goes back to its page with the message, everything else gets an error page."""
    back = came_from(request)
    if request.method == "POST" and back and error.category in ("conflict", "invalid"):
        messages.error(request, explain(error).html)
        return SeeOther(back)
    return render_error(request, explain(error), STATUS[error.category])


def came_from(request: HttpRequest) -> str:
    """Return the path of the page of ours the request came from, or ""."""
    referer = request.META.get("HTTP_REFERER", "")
    if not url_has_allowed_host_and_scheme(referer, {request.get_host()}, require_https=request.is_secure()):
        return ""
    parts = urlsplit(referer)
    return f"{parts.path}?{parts.query}" if parts.query else str(parts.path)


def safe_target(request: HttpRequest, target: str, fallback: str = "/") -> str:
    """Return `target` when it is a page of ours, else `fallback`."""
    ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if ours else fallback


def remember_language(response: HttpResponse, code: str) -> HttpResponse:
    """Return the answer with the reader's language in a cookie; of a language we do not speak nothing is kept."""
    if code in dict(settings.LANGUAGES):
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, code, max_age=31_536_000, samesite="Lax", httponly=True)
    return response


def done(request: HttpRequest, target: str, message: str = "") -> HttpResponse:
    """Answer a form that did its act: say so on the page shown next."""
    if message:
        messages.success(request, message)
    return SeeOther(target)


def render(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """Return the page; who acts, hats, wording and ribbon come from the frame (a context processor of web)."""
    return render_template(request, template, context or {}, status=status)


def render_error(request: HttpRequest, explanation: Explanation, status: int) -> HttpResponse:
    """Return the error page of that status."""
    return render(request, "errors/error.html", {"status": status, "error": explanation}, status=status)


def now() -> datetime:
    """Return the moment of a request; tests replace this."""
    return datetime.now(UTC)
