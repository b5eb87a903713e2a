"""The codebook: every column the observatory writes, from the one file that defines them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from yunzhang.kit.yaml import BadData, check_keys, read_yaml

__all__ = ["Variable", "list_variables"]

FILE = Path(__file__).resolve().parents[3] / "data" / "codebook.yaml"
KINDS = ("text", "count", "share", "figure", "code", "yes_no", "moment")
RANGES = {"share": "0–1", "figure": "0–1", "count": "0, 1, 2 …", "yes_no": "0, 1"}
MUST = {"kind", "group", "label", "definition", "source"}
MAY = {"also", "formula", "empty", "values", "range"}
SIDES = {
    "low": (
        {"zh": "{}：可能区间下端", "en": "{}: plausible range, low"},
        {
            "zh": "可能区间的 5% 端；往来越少区间越宽。",
            "en": "The 5 % end of the plausible range; the fewer matters, the wider.",
        },
    ),
    "high": (
        {"zh": "{}：可能区间上端", "en": "{}: plausible range, high"},
        {"zh": "可能区间的 95% 端。", "en": "The 95 % end of the plausible range."},
    ),
    "chance": (
        {"zh": "{}：机遇水平", "en": "{}: by chance"},
        {
            "zh": "各件事项移到同一方面、同层的另一对单位时的期望，为多次重排的平均。",
            "en": "The figure with each matter moved to a pair drawn of its part and level; a mean of draws.",
        },
    ),
    "raw": (
        {"zh": "{}：原始值", "en": "{}: raw"},
        {
            "zh": "同一定义，τ = 0，不向同级借用；用于追溯，不用于比较。",
            "en": "The same with τ = 0, nothing borrowed; for tracing, not for comparing.",
        },
    ),
}
SUFFIX = {"chance": "null"}
UNDRAWN = {"zh": "无此项，或未抽样", "en": "no such figure, or no draws were made"}


@dataclass(frozen=True, slots=True)
class Variable:
    """One column: texts by language (zh, en); `values` of a code are its labels, in the order of their numbers."""

    name: str
    kind: str
    group: str
    label: Mapping[str, str]
    definition: Mapping[str, str]
    source: str
    formula: str = ""
    range: str = ""
    empty: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@cache
def list_variables() -> Mapping[str, Variable]:
    """Return every column by name, in the order of the files; raises BadData where the codebook is not whole."""
    found: dict[str, Variable] = {}
    for name, facts in read_yaml(FILE).items():
        check_keys(FILE, facts, must=MUST, may=MAY)
        variable = _variable(str(name), facts)
        for one in (variable, *(_side(variable, side) for side in facts.get("also", ()))):
            found[one.name] = one
    return found


def _variable(name: str, facts: Mapping[str, Any]) -> Variable:
    kind = str(facts["kind"])
    texts = [facts["label"], facts["definition"], facts.get("empty", UNDRAWN), *facts.get("values", {}).values()]
    if kind not in KINDS or any(set(text) != {"zh", "en"} for text in texts) or (kind == "code") != ("values" in facts):
        raise BadData(file=FILE.name, problem=name)
    return Variable(
        name=name,
        kind=kind,
        group=str(facts["group"]),
        label=facts["label"],
        definition=facts["definition"],
        source=str(facts["source"]),
        formula=str(facts.get("formula", "")),
        range=str(facts.get("range", RANGES.get(kind, ""))),
        empty=facts.get("empty", {}),
        values=facts.get("values", {}),
    )


def _side(variable: Variable, side: str) -> Variable:
    label, definition = SIDES[side]
    return replace(
        variable,
        name=f"{variable.name}_{SUFFIX.get(side, side)}",
        label={language: text.format(variable.label[language]) for language, text in label.items()},
        definition=definition,
        formula="" if side != "raw" else variable.formula.replace("τ", "0"),
        empty=variable.empty if side == "raw" else UNDRAWN,
    )
