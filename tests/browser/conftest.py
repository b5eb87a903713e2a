"""A real office served to a real browser: Debian's Chromium driven by Playwright, axe-core from node_modules.

The office is a small demonstration built once (or YUNZHANG_TEST_HOME); it is served on a free loopback port by a
process that we end by its own id. Pictures go to build/looks/, which git does not keep.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.lab.small_findings import keep_in

ROOT = Path(__file__).resolve().parents[2]
LOOKS = ROOT / "build" / "looks"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
INSTALL = (
    "No Chromium found. Install it: apt-get install chromium fonts-noto-cjk (or set YUNZHANG_CHROMIUM to its path)."
)
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run"]
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
LEFT = """() => {
  const found = [];
  const isData = (node) => node.parentElement.closest('[lang^="zh"]:not(html), textarea, script, style, title');
  const walk = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode.textContent;
    if (/[\\u3400-\\u9fff]/.test(text) && !isData(walk.currentNode)) { found.push(text.trim().slice(0, 80)); }
  }
  for (const each of document.querySelectorAll('[title],[aria-label],[placeholder],[alt],[data-label]')) {
    for (const name of ['title', 'aria-label', 'placeholder', 'alt', 'data-label']) {
      const text = each.getAttribute(name) || '';
      if (/[\\u3400-\\u9fff]/.test(text) && !each.closest('[lang^="zh"]:not(html)')) { found.push(`@${name} ${text}`); }
    }
  }
  return found;
}"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here drives a browser; tests/conftest.py keeps it in one process, for it shares one office."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass(frozen=True)
class SignIn:
    """A demonstration account."""

    role: str
    name: str
    password: str


@dataclass(frozen=True)
class Office:
    """A served office and its accounts, by role."""

    address: str
    home: Path
    accounts: dict[str, SignIn]


def chromium() -> str:
    """Return Chromium's path, or fail with the way to install it."""
    names = (os.environ.get("YUNZHANG_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    if found is None:
        pytest.fail(INSTALL)
    return found


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all these tests."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="package")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A demonstration office, served."""
    home = Path(os.environ.get("YUNZHANG_TEST_HOME") or build_home(tmp_path_factory.mktemp("office") / "home"))
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "yunzhang.cli", "serve", "--home", str(home), "--port", str(port)],
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(address, server)
        yield Office(address, home, read_accounts(home))
    finally:
        server.terminate()
        server.wait(20)


def build_home(home: Path) -> Path:
    """Build a small demonstration office."""
    command = [sys.executable, "-m", "yunzhang.cli", "demo", "--home", str(home), "--months", "1", "--seed", "1"]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("YUNZHANG_HOME")}
    subprocess.run([*command, "--no-serve"], check=True, env={**environment, "PYTHONPATH": str(ROOT)}, timeout=300)
    keep_in(home)  # pages show them from the first moment on, and the worker is free for what the tests ask of it
    return home


def free_port() -> int:
    """Return a loopback port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    """Wait until the office answers."""
    for _ in range(150):
        try:
            urllib.request.urlopen(f"{address}/sign-in", timeout=2)  # noqa: S310
        except OSError:
            assert server.poll() is None, "the server ended"
            time.sleep(0.2)
        else:
            return
    pytest.fail("the office did not answer within 30 s")


def read_accounts(home: Path) -> dict[str, SignIn]:
    """Return the accounts of HOME/sign-ins.txt by name: `name password title` a line."""
    found = {}
    for line in (home / "sign-ins.txt").read_text("utf-8").splitlines():
        words = line.split()
        if len(words) >= 3 and not line.startswith("#"):
            found[words[0]] = SignIn(" ".join(words[2:]), words[0], words[1])
    return found


@pytest.fixture
def enter(browser: Browser, office: Office) -> Iterator[Callable[..., Page]]:
    """`enter("mayor", lang="en", narrow=True, script=False)`: a signed-in page of that account."""
    opened: list[BrowserContext] = []

    def sign_in(
        account: str | None = None, *, lang: str = "zh-hans", narrow: bool = False, script: bool = True
    ) -> Page:
        context = browser.new_context(
            base_url=office.address, viewport=NARROW if narrow else WIDE, java_script_enabled=script
        )
        opened.append(context)
        context.add_cookies([{"name": "django_language", "value": lang, "url": office.address}])
        page = context.new_page()
        page.on("console", lambda message: note_console(page, message))
        if account:
            page.goto("/sign-in")
            page.fill("#name", office.accounts[account].name)
            page.fill("#password", office.accounts[account].password)
            page.click("main button")
            page.wait_for_load_state()
        return page

    yield sign_in
    for context in opened:
        context.close()


COMPLAINTS: dict[int, list[str]] = {}


def note_console(page: Page, message: Any) -> None:
    """Keep what the browser complains about: a refused script or style is a fault of the page."""
    if message.type == "error" and "Failed to load resource" not in message.text:
        COMPLAINTS.setdefault(id(page), []).append(message.text)


def complaints(page: Page) -> list[str]:
    """Return what the browser complained about on this page."""
    return COMPLAINTS.get(id(page), [])


def look(page: Page, name: str) -> Path:
    """Save a picture of the whole page and return where."""
    LOOKS.mkdir(parents=True, exist_ok=True)
    file = LOOKS / f"{name}.png"
    page.screenshot(path=file, full_page=True)
    return file


def axe(page: Page) -> list[str]:
    """Return axe's serious and critical findings, one line each."""
    # evaluated over the debugging protocol, which the page's own policy does not govern
    page.evaluate(AXE.read_text("utf-8"))
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
    found = page.evaluate("rules => axe.run(document, rules)", rules)["violations"]
    return [
        f"{each['id']} {[node['target'] for node in each['nodes']][:3]}"
        for each in found
        if each["impact"] in ("serious", "critical")
    ]


def untranslated(page: Page) -> list[str]:
    """Return Chinese on an English page that is not marked as data."""
    found: list[str] = page.evaluate(LEFT)
    return found


def overflow(page: Page) -> int:
    """Return by how many pixels the page scrolls sideways."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
