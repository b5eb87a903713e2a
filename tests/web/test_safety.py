"""What every answer tells the browser: own scripts and styles only, no frames, no guessing, and cookies kept close."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

import yunzhang
from yunzhang.web.pages import broken

pytestmark = pytest.mark.django_db
PACKAGE = Path(yunzhang.__file__).parent
INLINE = re.compile(r"\sstyle\s*=\s*[\"']|\son\w+\s*=\s*[\"']|<style|<script(?![^>]*\bsrc=)|javascript:", re.IGNORECASE)


def test_the_policy_admits_own_scripts_and_styles_only() -> None:
    response = Client().get("/sign-in")
    policy = dict(part.split(" ", 1) for part in response["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("file", sorted(PACKAGE.rglob("templates/**/*.html")), ids=lambda file: file.name)
def test_templates_hold_no_inline_script_or_style(file: Path) -> None:
    assert not INLINE.search(file.read_text("utf-8"))


def test_nothing_comes_from_another_host() -> None:
    sources = [*PACKAGE.rglob("templates/**/*.html"), *(PACKAGE / "web" / "static").glob("*.*")]
    remote = [
        file.name
        for file in sources
        if re.search(r"(src|href|url)\s*[=(]\s*[\"']?(https?:)?//", file.read_text("utf-8"))
    ]
    assert not remote


def test_the_stylesheet_stays_small() -> None:
    assert (PACKAGE / "web" / "static" / "yunzhang.css").stat().st_size < 25_000


def test_static_addresses_carry_the_digest_of_the_file() -> None:
    page = Client().get("/sign-in").content.decode()
    address = re.search(r"/static/yunzhang\.css\?v=[0-9a-f]{8}", page)
    assert address
    served = Client().get(address[0])
    assert served.status_code == 200
    assert "max-age=31536000" in served["Cache-Control"]


@pytest.mark.parametrize(("https", "secure"), [("1", "True 31536000"), ("", "False 0")])
def test_behind_https_cookies_are_secure(https: str, secure: str) -> None:
    code = "from yunzhang.web import settings as s; print(s.SESSION_COOKIE_SECURE, s.SECURE_HSTS_SECONDS)"
    environment = {**os.environ, "YUNZHANG_HTTPS": https, "PYTHONPATH": str(PACKAGE.parent)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == secure


def test_a_form_of_another_site_is_refused_in_plain_words() -> None:
    response = Client(enforce_csrf_checks=True).post("/sign-in", {"name": "x", "password": "y"})
    assert response.status_code == 403
    assert "页面已过期" in response.content.decode()


def test_our_own_fault_is_admitted_without_details(rf: object) -> None:
    client = Client(raise_request_exception=False)
    request = client.get("/sign-in").wsgi_request
    page = broken(request)
    assert page.status_code == 500
    assert "系统出错" in page.content.decode()
