"""What papers are written from, read once; and the sentences that brief and report share.

Papers leave the platform: no unit below stands beside a figure, no peer appears, no edge is listed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from yunzhang.governance.observatory.actions import Place, Snapshot
from yunzhang.governance.observatory.pages import wording
from yunzhang.governance.observatory.pages.course import Month, written_month
from yunzhang.governance.observatory.pages.scene import Scene, find_scene
from yunzhang.kit.papers import Heading, Table
from yunzhang.kit.wording import speaks_chinese, term

WORTH = 0.01  # a level that would raise V by less is no place where it stalls
HALF_YEAR, YEAR = 6, 12
SAME = 0.005  # a smaller difference does not show in two places
NUMERALS = "一二三四五六七八九十"
ENGLISH_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, slots=True)
class Matter:
    """One unit with its figures, its months, and further facets; `research` is told the mode's name."""

    scene: Scene
    snapshot: Snapshot
    own: Mapping[str, Any]
    research: bool

    @property
    def name(self) -> str:
        """What the place is called."""
        return self.scene.unit.short_name

    @property
    def on(self) -> date:
        """The day of the snapshot at the place: the paper's date."""
        return timezone.localtime(self.snapshot.taken_at).date()

    @property
    def has_h(self) -> bool:
        """Whether there is H."""
        return self.scene.has_h


def find_matter(place: Place, *, at: datetime, research: bool) -> Matter | None:
    """Return what papers about the unit are written from; None where it has no figures."""
    scene = find_scene(place, at=at, more=("why", "suggest"))
    if place.snapshot is None or scene.own is None or scene.own["values"]["V"] is None:
        return None
    return Matter(scene, place.snapshot, scene.own, research and scene.has_h)


def noun(matter: Matter, figure: str) -> str:
    """Return what a figure is called on paper: without letters, except for research."""
    word = wording.noun(figure)
    return word if matter.research else word.replace(" (V)", "").replace(" (H)", "")


def day(on: date) -> str:
    """Return 2026年11月23日, or 23 November 2026."""
    if speaks_chinese():
        return f"{on.year}年{on.month}月{on.day}日"
    return f"{on.day} {ENGLISH_MONTHS[on.month - 1]} {on.year}"


def title(matter: Matter, kind: str) -> str:
    """Return the paper's title: place, programme if one was chosen, and what it is."""
    programme = _("（%(programme)s）") % {"programme": matter.snapshot.programme} if matter.snapshot.programme else ""
    return _("%(place)s%(kind)s%(programme)s") % {"place": matter.name, "kind": kind, "programme": programme}


def addressee(matter: Matter) -> str:
    """Return to whom it goes: the chiefs of the place in the words of its scheme; of a study to nobody."""
    if matter.snapshot.study:
        return ""
    return _("%(first)s、%(second)s：") % {"first": term("general_cloud_chief"), "second": term("first_cloud_chief")}


def ribbon(matter: Matter) -> str:
    """Return what stands at the head of every page: simulated, or from elsewhere."""
    if matter.snapshot.mark:
        return term(f"study_{matter.snapshot.mark}")
    return term("simulated") if settings.YUNZHANG_SIMULATED else ""


def signed(matter: Matter) -> str:
    """Return who wrote it: the platform, not a body; a body signs what it adopts."""
    return _("%(product)s（系统生成）") % {"product": term("product")}


def period(matter: Matter) -> str:
    """Return the window in words."""
    last = timezone.localtime(matter.snapshot.to_at - timedelta(seconds=1)).date()
    if matter.snapshot.from_at is None:
        return _("截至%(last)s") % {"last": day(last)}
    first = timezone.localtime(matter.snapshot.from_at).date()
    return _("%(first)s至%(last)s") % {"first": day(first), "last": day(last)}


def verdict(matter: Matter) -> str:
    """Return the conclusion in one sentence: where it stands and how sure."""
    said, sure = wording.verdict(matter.own, has_h=matter.has_h, research=matter.research)
    about = {"period": period(matter), "place": matter.name, "said": said, "sure": _("，") + sure if sure else ""}
    return _("%(period)s，%(place)s%(said)s%(sure)s。") % about


def beside(matter: Matter) -> str:
    """Return the parts under .5, H above chance, and on what it rests."""
    return wording.explanation(matter.own, has_h=matter.has_h) + chance(matter)


def chance(matter: Matter) -> str:
    """Return how H compares with dealings at random, or "" where that was not computed."""
    said = wording.said_chance(wording.above_chance(matter.own)) if matter.has_h else ""
    return _("%(figure)s%(said)s。") % {"figure": noun(matter, "H"), "said": said} if said else ""


def figures_of(matter: Matter) -> list[str]:
    """Return the figures a paper shows: V and its lines, and H with its parts where there is H."""
    names = ["V", *wording.LINES, *(("H", *wording.H_PARTS) if matter.has_h else ())]
    return [name for name in names if matter.own["values"].get(name) is not None or name in ("V", "H")]


def wide_table(matter: Matter) -> Table:
    """Return all figures as one small table lying down: a column each, values and ranges."""
    own, names = matter.own, figures_of(matter)
    if not speaks_chinese():  # English names are too long for columns
        return figure_table(matter, "")
    spans = (wording.span(own["low"].get(name), own["high"].get(name)) or "–" for name in names)
    rows = ((_("数值"), *(value(own["values"][name]) for name in names)), (term("interval"), *spans))
    return Table("", ("", *(noun(matter, name) for name in names)), rows, (1.1, *(1.3 for _each in names)))


def figure_table(matter: Matter, caption: str) -> Table:
    """Return all figures, a row each: value, range, and the value with nothing borrowed."""
    own, rows = matter.own, []
    for name in figures_of(matter):
        told = wording.span(own["low"].get(name), own["high"].get(name)) or "–"
        rows.append((capfirst(noun(matter, name)), value(own["values"][name]), told, value(own["raw"].get(name))))
    headings = (_("方面"), _("数值"), capfirst(term("interval")), _("不作合并的数值"))
    return Table(caption, headings, tuple(rows), (1.4, 1, 1.4, 1.4))


def value(number: float | None) -> str:
    """Return a figure in two places, or a dash."""
    return "–" if number is None else f"{number:.2f}"


def change(matter: Matter) -> str:
    """Return how V and H moved since the first month there is, or "" where there are no months."""
    first, last = ends(matter.scene.months)
    if first is None or last is None:
        return ""
    moves = [_move(matter, name, first, last) for name in (("V", "H") if matter.has_h else ("V",))]
    told = _("，").join(move for move in moves if move)
    if not told:
        return ""
    held = _("（当时有 %(held)s 个月的记录）") % {"held": first.held} if first.held < YEAR else ""
    return _("与%(month)s%(held)s相比，%(moves)s。") % {
        "month": written_month(first.month),
        "held": held,
        "moves": told,
    }


def ends(months: Sequence[Month]) -> tuple[Month | None, Month | None]:
    """Return the first and the last month that has V on at least half a year of records."""
    known = [month for month in months if month.values.get("V") is not None and month.held >= HALF_YEAR]
    return (known[0], known[-1]) if len(known) > 1 else (None, None)


def _move(matter: Matter, name: str, first: Month, last: Month) -> str:
    before, after = first.values.get(name), last.values.get(name)
    if before is None or after is None:
        return ""
    about = {"figure": noun(matter, name), "before": f"{before:.2f}", "after": f"{after:.2f}"}
    if abs(after - before) < SAME:
        return _("%(figure)s保持在 %(after)s") % about
    said = (
        _("%(figure)s由 %(before)s 升至 %(after)s") if after > before else _("%(figure)s由 %(before)s 降至 %(after)s")
    )
    return said % about


def stalls(matter: Matter, most: int) -> list[str]:
    """Return at which level of which line most is lost, without naming anybody."""
    stages = matter.scene.facets.get("why", {}).get("stages", ())
    told = []
    for stage in list(stages)[:most]:
        if stage.get("asked") and stage["gain"] >= WORTH:
            level = _("下一级") if stage["level"] == 1 else _("下 %(level)s 级") % {"level": stage["level"]}
            line = wording.noun("V_territorial" if stage["line"] == "territorial" else "V_functional")
            about = {"line": line, "level": level, "asked": f"{stage['asked']:,}", "met": f"{stage['met']:,}"}
            about["share"] = wording.percent(stage["met"] / stage["asked"])
            told.append(_("%(line)s对%(level)s应办 %(asked)s 件，按期 %(met)s 件（%(share)s）") % about)
    return told


class Numbered:
    """Headings numbered as they come: 一、, 二、, …; in English 1., 2., …"""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, words: str) -> Heading:
        self.count += 1
        if speaks_chinese():
            return Heading(f"{NUMERALS[self.count - 1]}、{words}")
        return Heading(f"{self.count}. {capfirst(words)}")


def note() -> str:
    """Return what every paper says of itself."""
    return _("说明：本材料由系统按台账逐条计算，供参考，不作评价和考核依据；参考建议须由人决定是否形成拟办意见。")
