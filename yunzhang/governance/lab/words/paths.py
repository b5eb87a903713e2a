"""What paths are called and come to, in sentences and rows: each says whether links or budgets are equal in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

KEEP, GIVE_UP, AFFORDED = "keep_line", "give_up_line", "give_up_line_afforded"
FROM_AUTHORITY = (KEEP, GIVE_UP, AFFORDED, "detour")
FROM_LOOSE = ("build_line", "line_then_links", "links_then_line", "both_at_once")
FIGURES = ("delivered", "busiest", "without_top", "hops", "cost")
type_row = Mapping[str, Any]


def path_words() -> dict[str, str]:
    """Return what each path is called."""
    return {
        "keep_line": _("保留层级、增加联系"),
        "give_up_line": _("放弃层级、换取联系"),
        "give_up_line_afforded": _("放弃层级、预算相同"),
        "build_line": _("先建层级"),
        "line_then_links": _("先层级后联系"),
        "links_then_line": _("先联系后层级"),
        "both_at_once": _("同时推进"),
        "detour": _("先放弃后恢复"),
    }


def mode_words(modes: Sequence[str]) -> str:
    """Return the modes a path goes through, by name."""
    names = mode_names() | {"cooperative_afforded": mode_names()["cooperative"]}
    return " → ".join(names[mode] for mode in modes)


def mode_names() -> dict[str, str]:
    """Return what each mode is called where a picture says that it is a model's."""
    return {"loose": _("松散型"), "authority": _("权威型"), "cooperative": _("合作型"), "collaborative": _("协同型")}


def figure_words() -> dict[str, str]:
    """Return the columns of a step, by name."""
    return {
        "line": _("层级强度"),
        "links": _("每单位联系数"),
        "cost": _("累计成本"),
        "delivered": _("送达比重"),
        "delivered_se": _("送达标准误"),
        "busiest": _("最忙单位负荷"),
        "without_top": _("顶层空缺时送达"),
        "hops": _("平均经手数"),
        "v": _("纵向 V"),
        "h": _("横向 H"),
    }


def ends_of(rows: Sequence[type_row], path: str) -> tuple[type_row, type_row]:
    """Return the first and the last step of a path."""
    own = rows_of(rows, path)
    return own[0], own[-1]


def rows_of(rows: Sequence[type_row], path: str) -> list[type_row]:
    """Return the steps of a path."""
    return [row for row in rows if row["path"] == path]


def is_afforded(rows: Sequence[type_row]) -> bool:
    """Return whether what adding links while keeping the line costs pays for giving the line up at all."""
    keep, afforded = ends_of(rows, KEEP)[1], ends_of(rows, AFFORDED)[1]
    return bool(afforded["cost"] <= keep["cost"] + 1e-6)


def say_paths(rows: Sequence[type_row]) -> str:
    """Return in a sentence what the study's choice comes to: at equal links, and at equal budget."""
    (start, keep), give_up, afforded = ends_of(rows, KEEP), ends_of(rows, GIVE_UP)[1], ends_of(rows, AFFORDED)[1]
    told = {"start": share(start["delivered"]), "keep": share(keep["delivered"])}
    told |= {"give_up": share(give_up["delivered"]), "afforded": share(afforded["delivered"])}
    if not is_afforded(rows):
        return (
            _(
                "从权威型出发，联系数相同时，保留层级使送达由 %(start)s 变为 %(keep)s，放弃层级则变为 %(give_up)s；"
                "预算相同时，连放弃层级也付不起"
            )
            % told
        )
    return (
        _(
            "从权威型出发，联系数相同时，保留层级使送达由 %(start)s 变为 %(keep)s，放弃层级则变为 %(give_up)s；"
            "预算相同时，放弃层级变为 %(afforded)s"
        )
        % told
    )


def say_loads(rows: Sequence[type_row]) -> str:
    """Return in a sentence what keeping the line and adding links does to the busiest unit, and without the top."""
    start, keep = ends_of(rows, KEEP)
    told = {"before": share(start["busiest"]), "after": share(keep["busiest"])}
    told |= {"headless": share(start["without_top"]), "then": share(keep["without_top"])}
    said = _(
        "保留层级、增加联系后，最忙单位经手的比重由 %(before)s 变为 %(after)s，"
        "顶层空缺时的送达由 %(headless)s 变为 %(then)s。"
    )
    return said % told


def say_costs(assumed: type_row) -> str:
    """Return in a sentence what everything costs."""
    costs = assumed["costs"]
    said = _(
        "成本：建立一条联系 %(link)s，此后每年维持 %(keep)s；一个单位的层级由满到无或由无到满 %(line)s，"
        "满层级每年维持 %(upkeep)s；计 %(years)s 年。均为学术假定。"
    )
    told = {"link": costs["link"], "keep": costs["link_upkeep"], "line": costs["line"]}
    told |= {"upkeep": costs["line_upkeep"], "years": costs["years"]}
    return said % {name: f"{value:g}" for name, value in told.items()}


def say_walked() -> str:
    """Return in a sentence how upkeep is counted on a path."""
    return _("维持成本按各步所占的时间计；表中均为每单位的成本。")


def compare_ends(rows: Sequence[type_row]) -> tuple[list[str], list[list[str]]]:
    """Return heads and rows of the study's choice: where one starts, and the three ends, with what is equal in each."""
    heads = figure_words()
    names = ("line", "links", "cost", "delivered", "busiest", "without_top", "v", "h")
    equal = _("预算相同") if is_afforded(rows) else _("预算不够")
    start, keep = ends_of(rows, KEEP)
    told = [
        (_("起点：权威型"), "–", start),
        (path_words()[KEEP], _("作为比较的基准"), keep),
        (path_words()[GIVE_UP], _("联系数相同"), ends_of(rows, GIVE_UP)[1]),
        (path_words()[AFFORDED], equal, ends_of(rows, AFFORDED)[1]),
    ]
    body = [[name, basis, *(figure(row, each) for each in names)] for name, basis, row in told]
    return [_("终点"), _("与保留层级相比"), *(heads[name] for name in names)], body


def figure(row: type_row, name: str) -> str:
    """Return one figure of a step as text, with its standard error where there is one."""
    value = row[name]
    if value is None:
        return "–"
    if name in ("line", "links", "cost", "v", "h"):
        return f"{value:.2f}"
    error = row.get(f"{name}_se")
    digits = 2 if name == "hops" else 3
    return f"{value:.{digits}f}" if error is None else f"{value:.{digits}f} ± {error:.{digits}f}"


def share(value: float) -> str:
    """Return a share in percent with one place."""
    return f"{value:.1%}"
