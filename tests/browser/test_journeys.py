"""Two journeys of users.md walked in a browser: an instruction down to a town and back; the inspector's own check."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, Office, SignIn, axe, look, overflow

TITLE = "关于清理僵尸系统的紧急通知"
NUMBER = "江府专纪〔2026〕99号"
OFFLINE = ROOT / "yunzhang" / "data" / "verify_offline.py"


def run(*words: object, check: bool = True, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the product."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("YUNZHANG")}
    environment = {**clean, "PYTHONPATH": str(ROOT), "YUNZHANG_LANGUAGE": "zh", **env}
    command = [sys.executable, "-m", "yunzhang.cli", *map(str, words)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=check, timeout=240)


def today() -> date:
    """The place's day of today, as the doors see it."""
    from yunzhang.base.clock import day_of
    from yunzhang.kit.doors import now

    return day_of(now())


def town_account(office: Office, folder: Path) -> str:
    """Open an account for a town of 甲区 the way an administrator would; returns the town's name."""
    posts = folder / "posts.csv"
    run("export", "posts", "--home", office.home, "--out", posts)
    lines = posts.read_text("utf-8-sig").splitlines()[1:]  # the first line marks the data as simulated
    found = next(row for row in csv.DictReader(lines) if re.fullmatch(r"甲区.{1,3}街道办事处", row["unit_name"]))
    said = run("account", "add", "town", "--post", found["id"], "--home", office.home)
    office.accounts["town"] = SignIn("乡镇", "town", said.stdout.rsplit("：", 1)[-1].strip())
    return found["unit_name"]


def v_of(office: Office, name: str) -> dict[str, float]:
    """V of 江州市's line down to a unit, up to tomorrow, as the command measures it."""
    until = (today() + timedelta(days=1)).isoformat()
    since = (today() - timedelta(days=400)).isoformat()
    said = run("measure", "--home", office.home, "--from", since, "--to", until, "--json")
    return next(row for row in json.loads(said.stdout) if row["name"] == name)


def fill_order(page: Page) -> None:
    page.fill("#title", TITLE)
    page.fill("#requirement", "请核对系统清单，关停无人使用的系统。")
    page.fill("#due", today().isoformat())


def open_matter(page: Page, side: str = "owing") -> None:
    page.goto(f"/matters?text={TITLE}&kind=directive&side={side}&order=-opened_at")
    page.locator("a.row-link").first.click()
    expect(page.locator("h1")).to_contain_text(TITLE)


def test_instruction_to_a_town_and_back(enter: Callable[..., Page], office: Office, tmp_path: Path) -> None:
    town = town_account(office, tmp_path)
    before = v_of(office, "江州市人民政府")

    clerk = enter("office")
    clerk.goto("/directives/new")
    clerk.select_option("#name", label="江州市大数据应用发展管理局")
    clerk.get_by_role("button", name="更换名义").click()
    fill_order(clerk)
    clerk.select_option("#authority", "own")
    clerk.get_by_label("甲区人民政府", exact=True).check()
    clerk.get_by_role("button", name="印发").click()
    gate = clerk.get_by_role("alert")
    expect(gate).to_contain_text("不得向下级党委、政府")
    expect(gate).to_contain_text("公文处理工作条例")
    expect(gate).to_contain_text("工作提示")
    assert axe(clerk) == []
    look(clerk, "gate")
    clerk.fill("#authority-number", NUMBER)
    clerk.get_by_role("listitem").filter(has_text="以政府名义").get_by_role("button").click()
    expect(clerk.get_by_role("status").first).to_contain_text("已印发")

    chief = enter("district", narrow=True)
    chief.goto("/desk")
    chief.get_by_role("checkbox", name=re.compile(TITLE)).check()
    chief.get_by_role("button", name="签收所选").click()
    open_matter(chief)
    assert overflow(chief) == 0
    chief.get_by_role("link", name="分解").click()
    for unit in (town, "甲区市场监督管理局"):
        box = chief.get_by_label(unit).first
        box.locator("xpath=ancestor::details").evaluate("group => { group.open = true; }")
        box.check()
    chief.get_by_role("button", name="分解").click()
    expect(chief.get_by_role("status").first).to_contain_text("已分解")
    expect(chief.locator(".verdict")).to_contain_text("今日到期")

    clerk_of_town = enter("town", script=False)
    clerk_of_town.goto("/desk")
    clerk_of_town.get_by_role("checkbox", name=re.compile(TITLE)).check()
    clerk_of_town.get_by_role("button", name="签收所选").click()
    open_matter(clerk_of_town)
    expect(clerk_of_town.locator(".verdict")).to_contain_text("已办结")
    expect(clerk_of_town.get_by_label("办理结果")).to_have_count(0)

    officer = enter("officer")
    open_matter(officer)
    officer.get_by_role("button", name="签收").click()
    officer.fill("#answer", "已关停两个系统，清单附后。")
    officer.get_by_role("button", name="报送办理结果").click()

    chief.goto("/desk")
    chief.get_by_role("checkbox", name=re.compile(TITLE)).check()
    chief.get_by_role("button", name="所选审核通过").click()
    open_matter(chief)
    chief.fill("#answer", "全区已完成清理。")
    chief.get_by_role("button", name="报送办理结果").click()
    expect(chief.locator(".verdict")).to_contain_text("待验收")

    open_matter(clerk, side="owed")
    clerk.fill("#return", "请补充系统清单。")
    clerk.get_by_role("button", name="退回补充").click()
    chief.reload()
    chief.fill("#answer", "已补充系统清单。")
    chief.get_by_role("button", name="报送办理结果").click()
    clerk.reload()
    clerk.get_by_role("button", name="审核通过").click()
    clerk.get_by_role("button", name="销号").click()
    expect(clerk.locator(".verdict")).to_contain_text("已销号")
    timeline = clerk.locator(".timeline-list")
    for said in ("交办", "签收", "报送办理结果", "退回补充", "审核通过", "销号", "请补充系统清单。", "存证第"):
        expect(timeline).to_contain_text(said)
    expect(timeline).to_contain_text("甲区人民政府 · 云长 · ")  # who held the post that day
    look(clerk, "matter-struck-off")
    assert axe(clerk) == []

    after = v_of(office, "江州市人民政府")
    assert after["V"] > before["V"], (after["V"], before["V"])
    assert after["H"] == before["H"]


def test_a_matter_is_out_of_sight_for_its_neighbours(enter: Callable[..., Page], office: Office) -> None:
    district = enter("district")
    district.goto("/matters?order=-opened_at&kind=directive")
    address = district.locator("a.row-link").first.get_attribute("href")
    stranger = enter("administrator")
    answer = stranger.goto(str(address))
    assert answer is not None
    assert answer.status == 403
    assert "关于" not in stranger.locator("main").inner_text()


def test_the_inspector_does_not_take_our_word(enter: Callable[..., Page], office: Office, tmp_path: Path) -> None:
    auditor = enter("auditor")
    auditor.goto("/records/")
    auditor.get_by_role("button", name="立即核验").click()
    expect(auditor.locator("main")).to_contain_text("核验通过", timeout=60_000)
    look(auditor, "records")
    assert run("verify", "--home", office.home).returncode == 0

    tiles = tmp_path / "tiles"
    shutil.copytree(office.home / "tiles", tiles)
    auditor.goto("/records/checkpoints")
    key = auditor.locator("main code").first.inner_text().strip()
    own = [sys.executable, "-I", str(OFFLINE), str(tiles), key]
    assert subprocess.run(own, cwd=tmp_path, check=False).returncode == 0

    copy = tmp_path / "copy"
    shutil.copytree(office.home, copy)
    with sqlite3.connect(copy / "yunzhang.sqlite3") as tables:
        for (name,) in tables.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            tables.execute(f'DROP TRIGGER "{name}"')
        seq, entry, body = tables.execute(
            "SELECT s.seq, e.id, e.body FROM ledger_sealed s JOIN ledger_entry e ON e.id = s.entry_id WHERE s.seq = 777"
        ).fetchone()
        forged = bytes(body).replace(b'"verb":"', b'"verb":"x', 1)
        tables.execute("UPDATE ledger_entry SET body = ? WHERE id = ?", (forged, entry))
    said = run("verify", "--home", copy, "--json", check=False)
    assert said.returncode == 1
    found = json.loads(said.stdout)["first_bad"]
    assert (found["seq"], found["entry"].replace("-", "")) == (seq, entry)
    assert "存证不一致" in run("verify", "--home", copy, check=False).stdout


def test_the_administrator_cannot_open_what_others_wrote(enter: Callable[..., Page]) -> None:
    administrator = enter("administrator")
    administrator.goto("/matters")
    expect(administrator.locator("main")).not_to_contain_text("关于")
