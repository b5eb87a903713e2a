"""What the report page says: verdict, pictures, tables, sweep, definitions, cautions; one template draws it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yunzhang.governance.observatory import actions
from yunzhang.governance.observatory.commands.pack.pictures import (
    Place,
    draw_plane,
    draw_range,
    draw_sweep,
    draw_trail,
    draw_verdict,
)
from yunzhang.governance.observatory.rules.sweeping import DIFFERS, NONE, STANDS, UNSURE, Finding, weightings
from yunzhang.governance.observatory.terms import PARTS, Mode
from yunzhang.kit.wording import term

TEMPLATE = "observatory/research/report.html"
STYLE = Path(__file__).resolve().parents[2] / "templates" / "observatory" / "research" / "report.css"
SHOWN_ROWS, SHOWN_SWEEPS, NAMED_PLACES = 120, 12, 14
type_row = Mapping[str, Any]
LINES = ("V_territorial", "V_functional", "H_department", "H_region", "H_market", "H_society")
BESIDE = (
    "silent_edges", "silent_blocks", "late", "refused", "withdrawn", "extended", "unconfirmed", "skip_level",
    "responsiveness", "set_aside",
)  # fmt: skip
COUNTS = ("units", "loops", "horizontal_loops", "reports_asked", "outsiders")


def render_report(
    rows: Sequence[type_row],
    *,
    cloud: Iterable[tuple[float, float]],
    findings: Sequence[Finding],
    trail: Sequence[type_row],
    levels: Sequence[type_row],
    about: Mapping[str, Any],
) -> bytes:
    """Return the whole page, with nothing outside it; `rows` in the order to be shown, the first one is its subject."""
    shown = [row for row in rows if not row.get("withheld")]
    own = shown[0] if shown else {}
    context = {
        "language": "zh-CN" if _is_chinese() else "en",
        "style": mark_safe(f"<style>{STYLE.read_text('utf-8')}</style>"),  # noqa: S308 - our own file
        "about": about,
        "missing": _missing(own),
        "own": own,
        "verdict": verdict(own),
        "planes": list_planes(own, shown, list(cloud)),
        "modes": list_modes(own),
        "heads": [_measure(own, name) for name in ("V", "H")],
        "chance": list_chance(own),
        "weak": [label(f"H_{part}") for part in str(own.get("weak_parts") or "").split()],
        "lines": [_measure(own, name) for name in LINES],
        "forest": [_branch(row) for row in rows[:SHOWN_ROWS]],
        "left_out": max(len(rows) - SHOWN_ROWS, 0),
        "counts": [(label(name), own.get(name)) for name in COUNTS],
        "shares": [(label(name), percent(own.get(name)), _definition(name)) for name in BESIDE],
        "beside": [label(name) for name in BESIDE[:-1]],
        "coverage": [(row, [percent(row.get(name)) for name in BESIDE[:-1]]) for row in shown[:SHOWN_ROWS]],
        "sweep": sweep_context(findings),
        "trail": trail_context(trail),
        "levels": [_level(row) for row in levels],
        "definitions": list_definitions(),
    }
    return render_to_string(TEMPLATE, context).encode()


def _is_chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


def _language() -> str:
    return "zh" if _is_chinese() else "en"


def label(name: str) -> str:
    """Return what a column is called in the reader's language."""
    return str(actions.list_variables()[name].label[_language()])


def _definition(name: str) -> str:
    return str(actions.list_variables()[name].definition[_language()])


def percent(value: float | None) -> str:
    """Return a share as a whole percentage, "–" for null; below one in a hundred with one place.

    >>> percent(0.256), percent(0.004), percent(None)
    ('26%', '0.4%', '–')
    """
    if value is None:
        return "–"
    return f"{value:.0%}" if value == 0 or value >= 0.01 else f"{value:.1%}"


def verdict(row: type_row) -> tuple[str, str]:
    """Return the measured type in words and how sure it is; a researcher reads the mode's name."""
    mode = str(row.get("mode") or Mode.UNDECIDED)
    if mode == Mode.UNDECIDED or row.get("p_mode") is None:
        return term("undecided"), ""
    sure = _("%(words)s（%(percent)s%%）") % {"words": term("high_confidence"), "percent": round(row["p_mode"] * 100)}
    return term(f"mode_{mode}"), sure


def span(row: type_row, name: str) -> str:
    """Return a plausible range with two digits, "" where there is none."""
    low, high = row.get(f"{name}_low"), row.get(f"{name}_high")
    return "" if low is None or high is None else f"{low:.2f}–{high:.2f}"


def two(value: float | None) -> str:
    """Return a figure with two digits, "–" for null."""
    return "–" if value is None else f"{value:.2f}"


def _measure(row: type_row, name: str) -> dict[str, Any]:
    ends = [row.get(f"{name}_{side}") for side in ("low", "high")]
    bar = draw_range(ends[0], row.get(name), ends[1], vertical=name.startswith("V"))
    return {"label": label(name), "value": two(row.get(name)), "range": span(row, name), "bar": bar,
            "raw": two(row.get(f"{name}_raw")), "definition": _definition(name)}  # fmt: skip


def _branch(row: type_row) -> dict[str, Any]:
    if row.get("withheld"):
        why = actions.list_variables()["withheld"].values[str(row["withheld"])]
        return {"name": row["name"], "depth": 0, "withheld": why[_language()]}
    mode = str(row.get("mode") or "")
    decided = mode not in ("", Mode.UNDECIDED) and row.get("p_mode") is not None
    said = actions.list_variables()["mode"].values[mode][_language()] if decided else "–"
    return {
        "name": row["name"],
        "depth": min(int(row.get("indent", 0)), 4),
        "v": _measure(row, "V"),
        "h": _measure(row, "H"),
        "mode": said,
        "p": percent(row.get("p_mode")),
        "loops": row.get("loops"),
        "units": row.get("units"),
    }


def list_chance(row: type_row) -> list[tuple[str, str]]:
    """Return H by chance and H beyond it, where draws were made."""
    if row.get("H_null") is None or row.get("H_excess") is None:
        return []
    return [(label("H_null"), two(row["H_null"])), (label("H_excess"), signed(row["H_excess"]))]


def signed(value: float) -> str:
    """Return a difference with its sign and two digits; what rounds to nothing has none.

    >>> signed(0.123), signed(-0.05), signed(-0.001)
    ('+0.12', '−0.05', '0.00')
    """
    said = f"{value:+.2f}".replace("-", "−")
    return said[1:] if said[1:] == "0.00" else said


def trail_context(rows: Sequence[type_row]) -> dict[str, Any] | None:
    """Return picture and table of the months; None where the log is too short."""
    if not rows:
        return None
    words = {"title": _("逐月轨迹"), "v": label("V"), "h": label("H")}
    table = [(row["month"], row["held"], *_pair(row, "V"), *_pair(row, "H"), row["loops"]) for row in rows]
    return {"picture": draw_trail(rows, words=words), "table": table}


def _pair(row: type_row, name: str) -> tuple[str, str]:
    return two(row[name]), span(row, name)


def _level(row: type_row) -> dict[str, Any]:
    known = actions.list_variables()
    words = {name: known[name].values[str(row[name])][_language()] for name in ("line", "asks")}
    bar = draw_range(row["share_low"], row["share"], row["share_high"], vertical=True)
    return {**row, **words, "bar": bar, "share": two(row["share"]), "range": span(row, "share")}


def list_modes(row: type_row) -> list[dict[str, Any]]:
    """Return the probability of each mode, where draws were made."""
    known = [mode for mode in Mode if mode is not Mode.UNDECIDED]
    if any(row.get(f"p_{mode}") is None for mode in known):
        return []
    return [{"name": term(f"mode_{mode}"), "p": percent(row[f"p_{mode}"])} for mode in known]


def list_planes(own: type_row, rows: Sequence[type_row], cloud: list[tuple[float, float]]) -> list[Any]:
    """Return the plane for a wide and a narrow screen; empty where nothing has both V and H."""
    if not own or own.get("V") is None or own.get("H") is None:
        return []
    words = {"title": term("mode_plane"), "v": label("V"), "h": label("H")}
    words |= {name: text[_language()] for name, text in actions.list_variables()["mode"].values.items()}
    others = [row for row in rows[1:] if row.get("V") is not None and row.get("H") is not None]
    planes = []
    for name, size in (("wide", (660, 520)), ("narrow", (350, 400))):
        named = name == "wide" and len(others) <= NAMED_PLACES
        places = [_place(row, named=named) for row in others]
        planes.append((name, draw_plane(_place(own, named=True), places, cloud, words=words, size=size)))
    return planes


def _place(row: type_row, *, named: bool) -> Place:
    v, h = (_three(row, name) for name in ("V", "H"))
    return Place(v, h, str(row["name"]) if named else "")


def _three(row: type_row, name: str) -> tuple[float, float, float]:
    value = float(row[name])
    low, high = row.get(f"{name}_low"), row.get(f"{name}_high")
    return (value if low is None else low, value, value if high is None else high)


def sweep_context(findings: Sequence[Finding]) -> dict[str, Any] | None:
    """Return sentences, map and table of the sweep; None where none was asked for."""
    if not findings:
        return None
    words = {"title": _("敏感性分析"), "tau": "τ", "theta": "θ"} | weighting_words()
    verdicts = {name: actions.list_variables()["stands"].values[name][_language()] for name in VERDICTS}
    return {
        "sentence": sentence(findings[0]),
        "more": [(finding.name, sentence(finding)) for finding in findings[1:SHOWN_SWEEPS]],
        "map": draw_sweep(findings[0], words=words),
        "legend": [(draw_verdict(name), text, findings[0].count(name)) for name, text in verdicts.items()],
        "table": list_sweep_rows(findings[0]),
        "all": len(findings[0].settings),
    }


VERDICTS = (STANDS, UNSURE, DIFFERS, NONE)


def weighting_words() -> dict[str, str]:
    """Return what each weighting is called."""
    found = {"equal": _("等权")}
    for part in PARTS:
        found[f"double_{part}"] = _("%(part)s加倍") % {"part": label(f"H_{part}")}
        found[f"only_{part}"] = _("只用%(part)s") % {"part": label(f"H_{part}")}
    return {name: found[name] for name in weightings()}


def sentence(finding: Finding) -> str:
    """Return the plain sentence: in k of n settings the finding stands."""
    told = {"k": finding.count(STANDS), "n": len(finding.settings), "unsure": finding.count(UNSURE)}
    told |= {"differs": finding.count(DIFFERS), "none": finding.count(NONE)}
    if finding.base.quadrant is None:
        return _("V 或 H 为空，没有可以检验的结论。")
    if finding.base.mode is Mode.UNDECIDED:
        said = {"mode": term(f"mode_{finding.base.quadrant}"), **told}
        return (
            _(
                "基准设定下暂不判定（估计值位于“%(mode)s”）。%(n)s 种设定中有 %(k)s 种与此一致，"
                "%(unsure)s 种估计值移到别处而仍不判定，%(differs)s 种得出另一类型。"
            )
            % said
        )
    said = {"mode": term(f"mode_{finding.base.mode}"), **told}
    return (
        _(
            "结论“%(mode)s”在 %(n)s 种设定中的 %(k)s 种成立；%(unsure)s 种把握不足，"
            "%(differs)s 种得出另一类型，%(none)s 种无法比较。"
        )
        % said
    )


def list_sweep_rows(finding: Finding) -> list[list[str]]:
    """Return for each weighting and tau: V, H, and in how many of the thresholds the finding stands."""
    rows = []
    for name, said in weighting_words().items():
        row = [said]
        for tau in sorted({each.setting.tau for each in finding.settings}):
            cells = [each for each in finding.settings if (each.setting.weighting, each.setting.tau) == (name, tau)]
            stands = sum(each.verdict == STANDS for each in cells)
            row.append(f"{two(cells[0].v)} / {two(cells[0].h)} · {stands}/{len(cells)}")
        rows.append(row)
    return rows


def _missing(own: type_row) -> str:
    if not own.get("covers"):
        return nothing_down()
    return nothing_across() if own.get("V") is not None and own.get("H") is None else ""


def nothing_down() -> str:
    """Return what is said where the log covers no line of command: V is unknown, not 0."""
    return _("日志里没有纵向往来，纵向贯通度暂缺，不判定类型。")


def nothing_across() -> str:
    """Return what is said where the log holds nothing horizontal: H is unknown, not low."""
    return _("窗口期内没有横向事项，也没有应协同事项表：横向协同度暂缺，不判定类型。")


def list_definitions() -> list[tuple[str, str, str, str]]:
    """Return label, definition, formula and source of the figures a reader meets first."""
    names = ("V", "H", "H_department", "H_market", "H_society", "mode")
    known = [actions.list_variables()[name] for name in names]
    language = _language()
    return [(each.label[language], each.definition[language], each.formula, each.source) for each in known]
