"""Sentences of a pack: marks, cautions, how to recompute and cite, the read-me."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

import yunzhang
from yunzhang.kit.wording import term

ASCII = {
    "office": "Yunzhang measure; office ledger; academic, not an official evaluation",
    "simulated": "Yunzhang measure; SIMULATED DATA; academic, not an official evaluation",
    "foreign": "Yunzhang measure; foreign log; academic, not an official evaluation",
}


def list_marks(origin: str, *, real_places: bool = False) -> list[str]:
    """Return what must stand on every report: where the data come from, and that it is no official evaluation."""
    own = _("学术测量，不代表官方评价")
    if origin == "simulated":
        return [term("simulated_real" if real_places else "simulated"), own]
    return [_("外部日志，不是本办公室的记录"), own] if origin == "foreign" else [own]


def ascii_title(origin: str) -> str:
    """Return the mark for a file that holds no Chinese."""
    return ASCII[origin]


def list_cautions(*, masked: bool) -> list[str]:
    """Return what a reader must know before using a figure."""
    told = [
        _("V 和 H 量的是日志里的往来，不是全部治理活动；口头交办不在其中。请连同数据覆盖情况一并引用。"),
        _("纸面办结会抬高 V：有 confirmed 列时，未经确认的办结按未办结计；没有此列时无从分辨。"),
        _("“应协同”“应办应报”是政策选择，改动它就改动 V 和 H；请与结果一同公布。"),
        _("阈值 0.5、权重与 τ 是我们的选择，原研究只分强弱；请同时报告敏感性分析，并给出把握而不只给类型。"),
        _("数字不含因果：“若该处全部办结，V 将为……”是算术，不是效果估计。"),
        _("往来少的单位区间宽；事项很少时只看区间，不看点值。小数两位以后没有意义。"),
        _("不得据此排名、考核或问责。"),
    ]
    if masked:
        told.append(
            _(
                "已遮蔽：少于 5 个单位的子树及可由相减得出的子树隐去，名称与编号换成随机代号，"
                "计数取 5 的倍数；仍可能有人凭其他知识认出。"
            )
        )
    return told


def list_facts(command: str, parameters: Mapping[str, Any], *, masked: bool) -> list[tuple[str, str]]:
    """Return name and value of what one needs to compute it again and to cite it."""
    weights = " ".join(f"{weight:g}" for weight in parameters["weights"])
    term_of, seed_of, weights_of = _("办理期限"), _("种子"), _("权重")
    return [
        (_("命令"), command),
        (_("窗口"), f"({parameters['from'] or '…'}, {parameters['to'] or '…'}]"),
        (_("参数"), f"τ {parameters['tau']:g} · {term_of} {parameters['term_days']:g} · {weights_of} {weights}"),
        (_("抽样"), f"{parameters['draws']} · {seed_of} {parameters['seed']}"),
        (_("软件"), f"Yunzhang {yunzhang.__version__} (Apache-2.0)"),
        (_("引用"), citation()),
    ]


def citation() -> str:
    """Return how to cite the program; the same facts stand in CITATION.cff."""
    return f"The Yunzhang authors. Yunzhang, version {yunzhang.__version__}. Computer software, Apache-2.0."


def citation_file() -> str:
    """Return CITATION.cff (CFF 1.2.0): an entity as author, no invented person, no date that would change."""
    return f"""cff-version: 1.2.0
message: If you use this software or figures it computed, please cite it as below, with the version and the seed.
title: "Yunzhang: measuring vertical integration and horizontal coordination of a government from its record"
type: software
authors:
  - name: The Yunzhang authors
version: {yunzhang.__version__}
license: Apache-2.0
abstract: >-
  Runs a government's cloud-chief system (云长制) and measures from its record, or from any log, how strong vertical
  integration (V) and horizontal coordination (H) are, with plausible ranges, probabilities of four modes of governance,
  coverage, sensitivity and null models. Academic measurement; not an official evaluation.
keywords:
  - digital government
  - governance modes
  - vertical integration
  - horizontal coordination
  - event logs
"""


def read_me(names: Sequence[str], about: Mapping[str, Any]) -> str:
    """Return the read-me of a folder: what each file is, how to read it, how to cite it."""
    what = {
        "report.html": _("报告，用任何浏览器打开，可打印"),
        "figures.csv": _("全部指标与数据覆盖情况，每个子树一行（UTF-8）"),
        "figures.json": _("同样的数字，附参数"),
        "figures.dta": _("同样的数字，带变量标签与值标签（Stata 14 及以上、R haven、pandas）"),
        "figures_stata13.dta": _("同上，供 Stata 13：英文标签，不含中文文本，row 为 figures.csv 的行号"),
        "codebook.md": _("每一列的定义、公式、取值、空值含义、出处"),
        "codebook.csv": _("同上，表格"),
        "levels.csv": _("逐级办结率：每条线、每类、每一级一行"),
        "trail.csv": _("逐月轨迹：每个 12 个月窗口一行"),
        "sweep.csv": _("敏感性分析：每个子树、每种设定一行"),
        "sweep.json": _("敏感性分析的结论与计数"),
        "manifest.json": _("输入与输出的摘要、参数文件、种子、版本、命令"),
        "MANIFEST": _("输出的摘要，可用 sha256sum --check MANIFEST 核对"),
        "CITATION.cff": _("引用信息"),
        "README.md": _("本说明"),
    }
    heads = [_("治理模式测量"), _("文件"), _("如何复算与引用"), _("使用时须知")]
    lines = [f"# {heads[0]}", "", *(f"**{line}**  " for line in about["marks"]), "", f"## {heads[1]}", ""]
    lines += [f"- `{name}`: {what[name]}" for name in names if name in what]
    sealed = ("manifest.json", "MANIFEST", "CITATION.cff")
    lines += [f"- `{name}` (--bundle): {what[name]}" for name in sealed]
    lines += ["", f"## {heads[2]}", ""]
    lines += [f"- {name}: `{value}`" for name, value in about["facts"]]
    lines += [
        "",
        f"## {heads[3]}",
        "",
        *(f"{number}. {line}" for number, line in enumerate(about["cautions"], 1)),
    ]
    return "\n".join(lines) + "\n"
