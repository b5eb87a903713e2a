"""The sign-in page: name and password, and plain words when they do not fit."""

from __future__ import annotations

from django.contrib.auth import login
from django.http import HttpResponse

from yunzhang.ground.org.actions import check_sign_in
from yunzhang.ground.org.terms import SignInFailed, SignInLocked
from yunzhang.kit.doors import POST_COOKIE, DoorRequest, SeeOther, public, render, safe_target
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
        user = check_sign_in(name, password, address=request.META.get("REMOTE_ADDR", ""), at=request.at)
    except (SignInFailed, SignInLocked) as problem:
        return ask(request, explain(problem).html, 422)
    login(request, user)
    response = SeeOther(safe_target(request, request.POST.get("next", "/")))
    response.delete_cookie(POST_COOKIE)
    mark_seen(response, request)
    return response
