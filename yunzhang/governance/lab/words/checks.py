"""What the numbers of the validation are called and come from, and where ours and the printed papers may differ."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from django.utils.translation import gettext as _

CITED = re.compile(r"\[S\d+\]")


def model_words() -> dict[str, str]:
    """Return the name of each published model."""
    return {
        "nk": _("NK 景观"),
        "march": _("March 1991：探索与利用"),
        "lazer": _("Lazer–Friedman 2007：网络与求解"),
        "dodds": _("Dodds–Watts–Sabel 2003：组织网络"),
    }


def subject_words() -> dict[str, str]:
    """Return what is compared, by the beginning of the path of a check."""
    return {
        "nk/optima": _("局部最优的个数"),
        "nk/height": _("局部最优的平均高度"),
        "nk/highest": _("全局最优的高度"),
        "nk/exact/optima": _("局部最优的个数，精确值"),
        "nk/exact/highest": _("全局最优的高度，精确值"),
        "march/known": _("均衡时组织所知"),
        "march/known_300/mean square": _("与另一程序各格之差的均方，以标准误计"),
        "march/one_step": _("信念一步到位时组织所知（已知的误读）"),
        "march/gradual minus one_step": _("逐步改变减一步到位"),
        "march/turnover": _("人员更替后组织所知"),
        "march/turnover/harms slow learners": _("更替使学得慢的组织所知减少"),
        "march/turnover/helps fast learners": _("更替使学得快的组织所知增加"),
        "march/turbulence": _("环境变动后组织所知"),
        "march/turbulence/turnover helps": _("环境变动时更替带来的增加"),
        "lazer/crossing": _("线形网络追上全连网络的期数"),
        "lazer/gap": _("终了时线形网络领先的得分"),
        "lazer/score": _("平均得分"),
        "lazer/distinct": _("线形网络中不同解的个数"),
        "lazer/k=0": _("K = 0 时终了得分，应到最高"),
        "dodds/tree/pairs_alike": _("纯树、任意两单位等可能：根的负荷"),
        "dodds/tree/xi=1": _("纯树、ξ = 1：最大负荷"),
        "dodds/load": _("最大负荷"),
        "dodds/order": _("最大负荷之差，应为正"),
        "dodds/relief": _("多尺度比随机减轻的负荷"),
        "dodds/gain": _("每单位一条联系已得的减轻，占两条时的比重"),
        "dodds/grid": _("最大负荷，每单位一条联系"),
        "dodds/grid/lowest": _("最大负荷最低之处"),
        "dodds/left": _("自上而下移除后最大连通部分占比"),
        "dodds/robust": _("移除 156 个单位后最大连通部分占比"),
    }


def kind_words() -> dict[str, str]:
    """Return what networks and axes are called."""
    return {
        "line": _("线形"),
        "full": _("全连"),
        "random": _("随机"),
        "local_team": _("本地小组"),
        "interdivisional": _("跨部门随机"),
        "core_periphery": _("核心–边缘"),
        "multiscale": _("多尺度"),
        "k": "K",
        "p1": _("个人学习速度 p1"),
        "p2": _("组织学习速度 p2"),
        "p3": _("更替 p3"),
        "m": _("每单位联系 m"),
        "removed": _("移除单位数"),
        "lam": "λ",
        "zeta": "ζ",
        "xi": "ξ",
        "day": _("期数"),
    }


def check_words(name: str) -> str:
    """Return the path of a check in words: the model, what is compared, where in its table."""
    parts, subjects = name.split("/"), subject_words()
    known = next((end for end in range(len(parts), 1, -1) if "/".join(parts[:end]) in subjects), 0)
    said = [subjects["/".join(parts[:known])]] if known else parts[1:]
    rest = parts[known:] if known else []
    return " · ".join([model_words().get(parts[0], parts[0]), *said, *map(part_words, rest)])


def line_words(name: str) -> str:
    """Return what the line of a picture is called: the last part of its path, or its subject where that is all."""
    return subject_words().get(name) or part_words(name.rpartition("/")[2])


def part_words(part: str) -> str:
    """Return a part of a path in words: a network, two of them in order, or a place on an axis."""
    kinds = kind_words()
    if ">" in part:
        return _("%(more)s减%(less)s") % dict(zip(("more", "less"), map(part_words, part.split(">", 1)), strict=True))
    axis, is_place, value = part.partition("=")
    if not is_place:
        return kinds.get(part, part)
    if axis == "network":
        return kinds.get(value, value)
    return f"{kinds.get(axis, axis)} = {'∞' if value == 'inf' else value}"


def source_words(source: str) -> str:
    """Return what kind of number one is compared with: printed, another program's, or exact; else as it is written."""
    if source.startswith("published output"):
        return _("公开复现的输出")
    if source.startswith("an independent"):
        return (
            _("另一独立程序，方向见于文献")
            if "is published" in source or "are published" in source
            else _("另一独立程序")
        )
    if "is published" in source:
        return _("文献的结论，界限自定")
    return _("精确计算") if source.startswith(("exact", "without interdependence")) else source


def cited_words(source: str) -> str:
    """Return the kind of a number with its citations."""
    return " ".join([source_words(source), *dict.fromkeys(CITED.findall(source))])


def say_held(held: int, whole: int) -> str:
    """Return the verdict: how many numbers there are, and how many the engine meets."""
    if not whole:
        return _("引擎验证尚在计算")
    return _("%(whole)s 项对照数值中，本引擎有 %(held)s 项落在允许范围内") % {"whole": whole, "held": held}


def say_sources(sources: Iterable[str]) -> str:
    """Return how many of the numbers come from where."""
    kinds = Counter(map(source_words, sources))
    parts = [_("%(kind)s %(count)s 项") % {"kind": kind, "count": count} for kind, count in kinds.most_common()]
    return _("对照数值的来源：%(parts)s。") % {"parts": _("；").join(parts)}


def list_differences(models: Iterable[str] = ("dodds", "march", "lazer", "nk")) -> list[tuple[str, list[str]]]:
    """Return where ours and the printed papers may differ, for each model asked for."""
    asked, words, told = set(models), model_words(), _differences()
    return [(words[model], said) for model, said in told.items() if model in asked]


def _differences() -> dict[str, list[str]]:
    return {
        "dodds": [
            _("原文写 3,905 个单位；每级五个下级、共六级的满树是 3,906 个，本引擎用后者。"),
            _("原文各图的数值未能读出：见于文献的是五类网络的次序和最低负荷的位置，负荷和连通的数值取自另一独立程序。"),
            _(
                "每单位恰有一条联系时，核心–边缘网络的最大负荷在本引擎中低于多尺度（其核心此时近乎两两相连），"
                "有两条时又高出；原文只说多尺度在负荷与稳健两方面同时较好，故这一次序不列入对照。"
            ),
            _(
                "联系不重复抽取。过早放弃的抽样在核心–边缘网络中只加上 3,906 条中的 134 条；"
                "m = 0.2 时另一程序曾得 0.200，按全部配对精确抽取为 0.172，以后者为准。"
            ),
        ],
        "march": [
            _("图 1 的数值取自公开复现的输出（每格 10,000 次），不是从原图读出。"),
            _(
                "原文没有写明信念逐步改变还是一步到位；一步到位在 p1 = 0.1 时只得 0.937 和 0.962，与图 1 不符，"
                "本引擎逐步改变。"
            ),
            _("更替和环境变动的数值来自另一独立程序，见于文献的只是方向。"),
        ],
        "lazer": [
            _(
                "见于文献的是短期全连较好、长期线形较好、两者相交；相交的期数和终了的差距来自另一独立程序，"
                "原图的数值未能读出。"
            ),
        ],
        "nk": [
            _("数值是另一独立程序 400 个随机地形的平均，带有抽样误差；K = 0 和 K = N − 1 另与精确值对照。"),
        ],
    }
