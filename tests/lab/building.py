"""The scenario builder as a browser without scripts drives it: what a form would send, presses, a run asked for."""

from __future__ import annotations

import html
import re
from typing import Any
from uuid import UUID, uuid4

from django.test import Client

from tests.directives.office import Office


def fields(text: str) -> dict[str, Any]:
    """Return what a browser would send of the builder as it stands."""
    found: dict[str, Any] = {"act_key": str(uuid4())}
    form = text[text.index('id="lab-build"') :]
    for tag in re.findall(r"<input[^>]*>", form):
        own = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if own.get("type") == "checkbox":
            if " checked" in tag:
                found.setdefault("units", []).append(own["value"])
        elif own.get("type") == "radio":
            if " checked" in tag:
                found[own["name"]] = own["value"]
        elif own.get("name") and own.get("type") != "file":
            found[own["name"]] = html.unescape(own.get("value", ""))
    for name, body in re.findall(r'<select[^>]*name="([\w]+)"[^>]*>(.*?)</select>', form):
        options = re.findall(r'<option value="([^"]*)"( selected)?', body)
        found[name] = next((value for value, chosen in options if chosen), options[0][0])
    return found | {"act_key": str(uuid4())}


def step(browser: Client, text: str, name: str, **more: Any) -> Any:
    """Press a button of the builder and return the page one comes to."""
    return browser.post("/lab/build", fields(text) | {"press": name} | more, follow=True)


def pair(office: Office) -> list[str]:
    return [str(office.unit(f"city.{name}")) for name in ("finance", "ecology")]


def built(office: Office, browser: Client) -> str:
    """The builder with one leader over two departments."""
    text = browser.get("/lab/new").content.decode()
    return step(browser, text, "add", units=pair(office), title="牵头", days="180").content.decode()


def start(browser: Client, text: str, **more: Any) -> UUID:
    answer = browser.post("/lab/run", fields(text) | {"runs": "10"} | more)
    assert answer.status_code == 303, answer.content.decode().partition('alert"')[2][:600]
    return UUID(answer["Location"].rsplit("/", 1)[1])
