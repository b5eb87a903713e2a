"""The codebook as a page and as csv, both languages side by side, generated from the one file that defines columns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from yunzhang.governance.observatory import actions
from yunzhang.governance.observatory.actions import Variable
from yunzhang.governance.observatory.commands.pack.files import csv_bytes

GROUPS = {
    "run": ("本次测量", "The run"),
    "unit": ("单位", "The unit"),
    "v": ("纵向", "Vertical"),
    "h": ("横向", "Horizontal"),
    "mode": ("类型", "Mode"),
    "coverage": ("数据覆盖情况：与每个数字并列", "Coverage: what stands beside every figure"),
    "mask": ("遮蔽", "Mask"),
    "trail": ("逐月轨迹", "By month"),
    "levels": ("逐级曲线", "Level by level"),
    "sweep": ("敏感性分析", "Sweep"),
}
HEAD = """# 变量说明 · Codebook

每个数据文件的每一列：名称、定义、公式、取值、空值含义、出处。空单元格即为空值，不是 0。份额与指标在 0 到 1 之间，
保留 9 位小数以便复核，不表示有 9 位精度。学术测量，不代表官方评价。

Every column of every data file. An empty cell is null, never 0. Shares and figures lie between 0 and 1; nine digits
are kept so that two programs can be compared, not because so much is known.
Academic measurement; not an official evaluation.
"""


def codebook_page(names: Iterable[str]) -> str:
    """Return the codebook of these columns as Markdown, one table a group."""
    known = [actions.list_variables()[name] for name in names]
    parts = [HEAD]
    for group, (zh, en) in GROUPS.items():
        rows = [_row(each) for each in known if each.group == group]
        if rows:
            parts.append(
                f"\n## {zh} · {en}\n\n| name | 名称 · label | 定义 · definition | 公式 · formula |"
                " 取值 · range | 空值 · null | 出处 · source |\n|---|---|---|---|---|---|---|\n" + "".join(rows)
            )
    return "".join(parts)


def _row(each: Variable) -> str:
    both = [" · ".join(text[language] for language in ("zh", "en")) for text in (each.label, each.definition)]
    empty = " · ".join(each.empty[language] for language in ("zh", "en")) if each.empty else "–"
    formula = f"`{each.formula}`" if each.formula else "–"
    return f"| `{each.name}` | {both[0]} | {both[1]} | {formula} | {_values(each)} | {empty} | {each.source} |\n"


def _values(each: Variable) -> str:
    if not each.values:
        return each.range or each.kind
    return "<br>".join(
        f"{code} `{name}` {text['zh']} · {text['en']}" for code, (name, text) in enumerate(each.values.items(), 1)
    )


def codebook_csv(names: Iterable[str]) -> bytes:
    """Return the codebook of these columns as csv, both languages side by side."""
    rows = []
    for each in (actions.list_variables()[name] for name in names):
        row: dict[str, Any] = {"name": each.name, "kind": each.kind, "range": _range(each)}
        for language in ("zh", "en"):
            row |= {f"label_{language}": each.label[language], f"definition_{language}": each.definition[language]}
            row[f"empty_{language}"] = each.empty.get(language, "")
        rows.append(row | {"formula": each.formula, "source": each.source})
    return csv_bytes(list(rows[0]), rows)


def _range(variable: Variable) -> str:
    if not variable.values:
        return variable.range
    return "; ".join(f"{code} {name}" for code, name in enumerate(variable.values, 1))
