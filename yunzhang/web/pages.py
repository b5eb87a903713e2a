"""Pages that belong to no room: home, sign-in and out, choosing a post or a language, error pages."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yunzhang.base.errors import zh
from yunzhang.kit.doors import (
    POST_COOKIE,
    DoorRequest,
    SeeOther,
    change,
    page,
    public,
    remember_language,
    render_error,
    safe_target,
    signed_in,
)
from yunzhang.kit.wording import Explanation
from yunzhang.web.frame import Frame


@page(may=public)
def home(request: DoorRequest, by: Any) -> HttpResponse:
    """To my desk (the administrator to the organisation), or to the sign-in page."""
    return SeeOther(Frame(request).start if request.user.is_authenticated else settings.LOGIN_URL)


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language in a cookie and go back."""
    response = SeeOther(safe_target(request, request.POST.get("next", "/")))
    return remember_language(response, request.POST.get("language", ""))


set_language.may = public  # type: ignore[attr-defined]
set_language.methods = ("POST",)  # type: ignore[attr-defined]


@change(may=signed_in)
def act_from(request: DoorRequest, by: Any) -> HttpResponse:
    """Act from another of one's posts from now on."""
    post = int(request.POST.get("post", "0") or 0)
    import_string(settings.YUNZHANG_RESOLVER)(request.user.pk, post=post, request=uuid4(), at=request.at)
    response = SeeOther("/")
    response.set_signed_cookie(
        POST_COOKIE,
        f"{request.user.pk}:{post}",
        salt=POST_COOKIE,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    response = SeeOther(settings.LOGIN_URL)
    response.delete_cookie(POST_COOKIE)
    return response


sign_out.may = public  # type: ignore[attr-defined]
sign_out.methods = ("POST",)  # type: ignore[attr-defined]


def error_page(request: HttpRequest, status: int, what: str, do: str) -> HttpResponse:
    """Return one of Django's own refusals in our words."""
    return render_error(request, Explanation(what=_(what), do=_(do)), status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: no page there."""
    return error_page(request, 404, zh("没有这个页面。"), zh("请检查地址，或从菜单重新进入。"))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 from Django itself."""
    return error_page(request, 403, zh("无权查看此页面。"), zh("如确需办理，请由责任单位的岗位人员登录后操作。"))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: a request that makes no sense."""
    return error_page(request, 400, zh("请求无法识别，未作任何改动。"), zh("请返回原页面重试。"))


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form not made by this site, or too old."""
    return error_page(
        request, 403, zh("页面已过期，未作任何改动。"), zh("请刷新页面后重新提交，并确认浏览器允许本站 Cookie。")
    )


def broken(request: HttpRequest) -> HttpResponse:
    """500: our fault."""
    return error_page(
        request, 500, zh("系统出错，未能完成操作。"), zh("请稍后重试；如仍出错，请将发生时间告知系统管理员。")
    )
