"""The sign-in page: name and password, and plain words when they do not fit."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpResponse

from yunzhang.base.errors import YunzhangError
from yunzhang.ground.org.actions import check_sign_in
from yunzhang.kit.doors import POST_COOKIE, STATUS, DoorRequest, SeeOther, public, render, safe_target
from yunzhang.kit.wording import explain
from yunzhang.web.middleware import mark_seen


def sign_in(request: DoorRequest) -> HttpResponse:
    """Show the form, or check what was typed."""
    return check(request) if request.method == "POST" else ask(request)


sign_in.may = public  # type: ignore[attr-defined]
sign_in.methods = ("GET", "HEAD", "POST")  # type: ignore[attr-defined]


def ask(request: DoorRequest, problem: str = "", status: int = 200) -> HttpResponse:
    """Return the form, with what is wrong."""
    target = request.POST.get("next") or request.GET.get("next") or "/"
    typed = {"name": request.POST.get("name", ""), "next": target, "problem": problem}
    return render(request, "sign_in.html", typed, status=status)


def check(request: DoorRequest) -> HttpResponse:
    """Sign the person in, or say why not."""
    name, password = request.POST.get("name", ""), request.POST.get("password", "")
    try:
        user = check_sign_in(name, password, address=client_address(request), at=request.at)
    except YunzhangError as refusal:
        return ask(request, explain(refusal).html, STATUS[refusal.category])
    login(request, user)
    response = SeeOther(safe_target(request, request.POST.get("next", "/")))
    response.delete_cookie(POST_COOKIE)
    mark_seen(response, request)
    return response


def client_address(request: DoorRequest) -> str:
    """Return where the request comes from; behind our https proxy, the address it appended last."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.IS_HTTPS else ""
    return forwarded.rpartition(",")[2].strip() or str(request.META.get("REMOTE_ADDR", ""))
