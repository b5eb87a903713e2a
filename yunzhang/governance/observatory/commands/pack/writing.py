"""All files of a pack as bytes: what was measured in, names and contents out. Nothing here reads a clock or a path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

import yunzhang
from yunzhang.governance.observatory import rules
from yunzhang.governance.observatory.commands.pack import files, report, texts, trends
from yunzhang.governance.observatory.commands.pack.codebook import codebook_csv, codebook_page
from yunzhang.governance.observatory.commands.pack.masking import Mask, make_mask
from yunzhang.governance.observatory.commands.pack.rows import (
    DIGITS,
    has_h,
    has_v,
    list_names,
    list_rows,
    moment_text,
    type_row,
)
from yunzhang.governance.observatory.rules import sweeping
from yunzhang.governance.observatory.rules.posterior import MODES
from yunzhang.governance.observatory.rules.sweeping import Finding
from yunzhang.governance.observatory.terms import ROOTS, Figures

SWEPT = 60  # sub-trees a sweep takes up, the uppermost first; every setting of each is a row
SWEEP_NAMES = ("unit", "name", "theta", "tau", "weighting", "V", "H", "quadrant", "mode", "p_loose", "p_authoritative",
               "p_cooperative", "p_collaborative", "stands")  # fmt: skip
TRAIL_NAMES = ("unit", "name", "month", "held", "V", "V_low", "V_high", "H", "H_low", "H_high", "loops")
LEVEL_NAMES = ("unit", "name", "line", "asks", "below", "edges", "reached", "asked", "met", "share", "share_low",
               "share_high")  # fmt: skip
CLOUD = 200
OWN_FILES = frozenset(
    {
        "CITATION.cff", "MANIFEST", "README.md", "RUN.txt", "codebook.csv", "codebook.md", "figures.csv", "figures.dta",
        "figures.json", "figures_stata13.dta", "levels.csv", "manifest.json", "report.html", "sweep.csv", "sweep.json",
        "trail.csv",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pack:
    """What is to be written: a measured log, its chosen sub-trees, where it comes from, and how it shall be shown."""

    measured: rules.Measured
    found: Sequence[Figures]
    tables: Mapping[str, Any]  # units, loops, need, due
    origin: str  # office | simulated | foreign
    command: str
    language: str = "zh"
    swept: bool = False
    mask_key: bytes | None = None

    def mask(self) -> Mask | None:
        """Return the mask, where one is asked for."""
        if self.mask_key is None:
            return None
        return make_mask(self.measured, [each.unit for each in self.found], self.mask_key)


def write_pack(pack: Pack) -> dict[str, bytes]:
    """Return the files of a pack by name: the same measured log gives the same bytes."""
    with translation.override("zh-hans" if pack.language == "zh" else "en"):
        return _files(pack)


def _files(pack: Pack) -> dict[str, bytes]:
    mask = pack.mask()
    plain = list_rows(pack.measured, pack.found, origin=pack.origin)
    rows = mask.rows(plain) if mask else plain
    findings = [mask.finding(each) if mask else each for each in _findings(pack, mask)]
    names = list_names(masked=mask is not None)
    marks = texts.list_marks(pack.origin, real_places=getattr(settings, "YUNZHANG_PLACES", "") == "real")
    title = " · ".join([_("治理模式测量"), *marks])
    top = _top(pack, mask)
    trail = trends.list_trail(pack.tables, pack.measured, top) if top is not None else []
    levels = trends.list_levels(pack.measured, top) if top is not None and mask is None else []
    extra = (TRAIL_NAMES if trail else ()) + (LEVEL_NAMES if levels else ()) + (SWEEP_NAMES if findings else ())
    listed = list(dict.fromkeys([*names, *extra]))
    made = {
        "figures.csv": files.csv_bytes(names, rows),
        "figures.json": files.json_bytes({"marks": marks, "parameters": _parameters(pack, mask), "figures": rows}),
        "figures.dta": files.stata_bytes(names, rows, language=pack.language, title=title),
        "figures_stata13.dta": files.stata13_bytes(names, rows, title=texts.ascii_title(pack.origin)),
        "codebook.md": "\n".join([codebook_page(listed), *marks, ""]).encode(),
        "codebook.csv": codebook_csv(listed),
    }
    if findings:
        table = list(sweep_rows(findings))
        made["sweep.csv"] = files.csv_bytes(("origin", *SWEEP_NAMES), [{"origin": pack.origin} | row for row in table])
        made["sweep.json"] = files.json_bytes({"marks": marks, "findings": [_told(each) for each in findings]})
    if trail:
        trail = mask.rows(trail) if mask else trail
        made["trail.csv"] = files.csv_bytes(("origin", *TRAIL_NAMES), [{"origin": pack.origin} | row for row in trail])
    if levels:
        table = [{"origin": pack.origin} | row for row in levels]
        made["levels.csv"] = files.csv_bytes(("origin", *LEVEL_NAMES), table)
    about = _about(pack, marks, masked=mask is not None)
    made["report.html"] = report.render_report(
        _in_order(pack, mask, rows), cloud=_cloud(pack, top), findings=findings, trail=trail, levels=levels, about=about
    )
    made["README.md"] = texts.read_me(sorted([*made, "README.md"]), about).encode()
    return dict(sorted(made.items()))


def _parameters(pack: Pack, mask: Mask | None) -> dict[str, Any]:
    held = pack.measured.parameters
    return {
        "from": moment_text(held.from_at),
        "to": moment_text(held.to_at),
        "as_of": moment_text(held.as_of),
        "term_days": held.term_days,
        "tau": held.tau,
        "parts": list(held.parts),
        "weights": list(held.weights),
        "programme": "" if mask else held.programme,
        "covers": list(held.covers or ()),
        "draws": held.draws,
        "seed": held.seed,
        "version": yunzhang.__version__,
    }


def _findings(pack: Pack, mask: Mask | None) -> Iterator[Finding]:
    if not pack.swept or not (has_v(pack.measured) and has_h(pack.measured)):
        return iter(())
    tree = pack.measured.tree
    number = {name: node for node, name in enumerate(tree.ids[: tree.count])}
    units = [each.unit for each in pack.found if not (mask and each.unit in mask.withheld)]
    nodes = sorted((number[unit] for unit in units), key=lambda node: (tree.depth[node], node))[:SWEPT]
    return sweeping.sweep(pack.measured, nodes)


def sweep_rows(findings: Sequence[Finding]) -> Iterator[type_row]:
    """Yield one row for each sub-tree and setting."""
    for finding in findings:
        for each in finding.settings:
            chances = each.chances or (None,) * len(MODES)
            yield {
                "unit": finding.unit,
                "name": finding.name,
                "theta": each.setting.theta,
                "tau": each.setting.tau,
                "weighting": each.setting.weighting,
                "V": _short(each.v),
                "H": _short(each.h),
                "quadrant": each.quadrant and str(each.quadrant),
                "mode": str(each.mode),
                **{f"p_{mode}": _short(chance) for mode, chance in zip(MODES, chances, strict=True)},
                "stands": each.verdict,
            }


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)


def _told(finding: Finding) -> dict[str, Any]:
    counts = {verdict: finding.count(verdict) for verdict in report.VERDICTS}
    base = {"quadrant": finding.base.quadrant and str(finding.base.quadrant), "mode": str(finding.base.mode)}
    told = {"unit": finding.unit, "name": finding.name, "base": base, "settings": len(finding.settings)}
    return told | counts | {"sentence": report.sentence(finding)}


def _in_order(pack: Pack, mask: Mask | None, rows: Sequence[type_row]) -> list[dict[str, Any]]:
    # the tree's order, its subject first; masked rows keep the subject first and stand by pseudonym, without indent
    top = min(pack.found, key=lambda each: (each.level, each.unit), default=None)
    whole = {"name": _("全部单位（*）")}
    rows = [row | whole if row["unit"] == ROOTS else row for row in rows]
    if mask is not None:
        first = mask.names[top.unit] if top else ""
        return sorted((dict(row) for row in rows), key=lambda row: (row["unit"] != first, row["unit"]))
    place = {name: node for node, name in enumerate(pack.measured.tree.ids)}
    ordered = sorted((dict(row) for row in rows), key=lambda row: place[row["unit"]])
    return [row | {"indent": row["level"] - (top.level if top else 0)} for row in ordered]


def _top(pack: Pack, mask: Mask | None) -> int | None:
    """Return the node the report is about: the uppermost; None where there is none or it is withheld."""
    top = min(pack.found, key=lambda each: (each.level, each.unit), default=None)
    if top is None or (mask and top.unit in mask.withheld):
        return None
    return pack.measured.tree.ids.index(top.unit)


def _cloud(pack: Pack, top: int | None) -> list[tuple[float, float]]:
    return (
        []
        if top is None or not (has_v(pack.measured) and has_h(pack.measured))
        else sweeping.draw_cloud(pack.measured, top)[:CLOUD]
    )


def _about(pack: Pack, marks: Sequence[str], *, masked: bool) -> Mapping[str, Any]:
    held = pack.measured.parameters
    window = f"{(moment_text(held.from_at) or '…')[:16]} – {(moment_text(held.to_at) or '…')[:16]}".replace("T", " ")
    return {
        "marks": marks,
        "masked": masked,
        "window": window,
        "draws": held.draws,
        "covers": ", ".join(held.covers or ()) or "–",
        "cautions": texts.list_cautions(masked=masked),
        "command": pack.command,
        "facts": texts.list_facts(pack.command, _parameters(pack, None), masked=masked),
        "weights": " ".join(f"{weight:g}" for weight in held.weights),
    }
