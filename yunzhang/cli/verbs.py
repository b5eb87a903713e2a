"""The verbs of `yunzhang`: where each is written and what it needs; nothing is imported until a verb is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Need = Literal["nothing", "maybe", "home", "upgradable"]


@dataclass(frozen=True, slots=True)
class Verb:
    """`target` is module:function or module:Typer app; `failed` the exit status when home or schema are unfit.

    A verb that `writes` ends with everything sealed and a checkpoint signed.
    """

    target: str
    need: Need
    zh: str
    en: str
    failed: int = 1
    writes: bool = False


ORG = "yunzhang.ground.org.commands"
VERBS = {
    "init": Verb(
        "yunzhang.cli.office:init",
        "nothing",
        "建立办公室：机构与岗位",
        "Build an office: organisation and posts",
        writes=True,
    ),
    "demo": Verb(
        "yunzhang.cli.demo:demo", "nothing", "建立演示办公室（模拟数据）", "Build a demonstration office (simulated)"
    ),
    "serve": Verb("yunzhang.cli.serve:serve", "home", "启动网站与一个后台进程", "Start the web and one worker"),
    "work": Verb(
        "yunzhang.cli.work:work", "home", "只运行后台进程：封存、任务、定时", "The worker alone: seals, jobs, timers"
    ),
    "account": Verb(f"{ORG}:account", "home", "账号管理", "Accounts", writes=True),
    "upgrade": Verb("yunzhang.cli.office:upgrade", "upgradable", "升级数据库结构", "Bring the schema up to date"),
    "verify": Verb("yunzhang.ground.ledger.commands:verify", "home", "核验台账", "Verify the ledger", failed=2),
    "import": Verb(
        f"{ORG}:import_file",
        "home",
        "导入单位、岗位、任职、区划变更",
        "Import units, posts, appointments, divisions",
        writes=True,
    ),
    "export": Verb("yunzhang.cli.export:export", "home", "导出数据", "Export data"),
    "measure": Verb(
        "yunzhang.governance.observatory.commands:measure", "maybe", "测量纵向贯通度与横向协同度", "Measure V and H"
    ),
    "study": Verb(
        "yunzhang.governance.observatory.commands:study",
        "home",
        "外部日志研究：装入、列出、移除",
        "Logs from elsewhere: add, list, remove",
        writes=True,
    ),
    "lab": Verb(
        "yunzhang.governance.lab.commands:lab",
        "maybe",
        "情景推演：模拟结构变化，核对引擎，比较路径",
        "What-if: simulate a structure, check the engine, compare paths",
    ),
}
