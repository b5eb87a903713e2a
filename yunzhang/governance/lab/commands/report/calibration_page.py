"""What the report of a calibration says: how well it tells, pictures with their tables, estimates, refusals, origin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.template.loader import render_to_string

from yunzhang.governance.lab.commands.report.page import language_code, list_facts, style
from yunzhang.governance.lab.rules.calibration import Calibration
from yunzhang.governance.lab.words import calibration as words
from yunzhang.governance.lab.words import months

TEMPLATE = "lab/file/calibration.html"


def render_calibration(found: Calibration, manifest: Mapping[str, Any]) -> bytes:
    """Return the whole page, with nothing outside it."""
    context = {
        "language": language_code(),
        "style": style(),
        "marks": months.list_marks(),
        "sentence": words.say_calibration(found.summary),
        "months": found.months,
        "legend": months.draw_legend(),
        "kinds": list(months.list_kinds(found)),
        "month_heads": months.month_heads(),
        "score_heads": words.score_heads(),
        "scores": [words.score_cells(row) for row in words.list_whole(found)],
        "estimate_heads": words.estimate_heads(),
        "estimates": [words.estimate_cells(row) for row in found.estimates],
        "coming_heads": words.coming_heads(found),
        "coming": [words.coming_cells(row) for row in found.coming],
        "refusal_heads": words.refusal_heads(),
        "refusals": {when: list(words.list_refusals(found, when)) for when in ("held", "coming")},
        "method": words.list_method(),
        "facts": list_facts(manifest),
    }
    return render_to_string(TEMPLATE, context).encode()
