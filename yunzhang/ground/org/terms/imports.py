"""Nouns of imports: what may be imported, what is wrong with a row, what a file would do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from yunzhang.base.errors import YunzhangError, zh

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yunzhang.base.errors import Sentence

__all__ = ["COLUMNS", "OPTIONAL", "REJECTED", "FileRow", "ImportKind", "ImportPlan", "RowError", "RowsRefused"]


class ImportKind(StrEnum):
    """What a file may hold."""

    UNITS = "units"
    POSTS = "posts"
    APPOINTMENTS = "appointments"
    DIVISIONS = "divisions"


# Column name -> Chinese heading; a file may use either. The order is that of our own exports.
COLUMNS: Mapping[ImportKind, Mapping[str, str]] = {
    ImportKind.UNITS: {
        "id": zh("编号"),
        "parent": zh("上级"),
        "guided_by": zh("指导单位"),
        "kind": zh("类别"),
        "jurisdiction": zh("所属地方"),
        "name": zh("名称"),
        "reports": zh("是否报告"),
        "short_name": zh("简称"),
        "branch": zh("系列"),
        "level": zh("层级"),
        "guidance": zh("指导方式"),
        "division": zh("行政区划代码"),
        "uscc": zh("统一社会信用代码"),
        "code": zh("机构代码"),
        "official_order": zh("排序"),
        "source": zh("出处"),
    },
    ImportKind.POSTS: {
        "id": zh("编号"),
        "unit": zh("单位"),
        "unit_name": zh("单位名称"),
        "kind": zh("岗位类别"),
        "title": zh("岗位名称"),
        "duty": zh("职责"),
        "sector": zh("系统"),
        "official_order": zh("排序"),
        "source": zh("出处"),
    },
    ImportKind.APPOINTMENTS: {
        "post": zh("岗位编号"),
        "unit_name": zh("单位名称"),
        "title": zh("岗位名称"),
        "person": zh("人员编号"),
        "name": zh("姓名"),
        "from_on": zh("任职日期"),
        "to_on": zh("离任日期"),
        "acting": zh("是否代理"),
        "concurrent": zh("是否兼任"),
    },
    ImportKind.DIVISIONS: {
        "on": zh("变更日期"),
        "kind": zh("变更类型"),
        "code": zh("行政区划代码"),
        "name": zh("名称"),
        "into": zh("变更后代码"),
        "parent": zh("上级代码"),
        "source": zh("出处"),
    },
}
OPTIONAL: Mapping[ImportKind, tuple[str, ...]] = {
    ImportKind.UNITS: tuple(name for name in COLUMNS[ImportKind.UNITS] if name not in ("parent", "kind", "name")),
    ImportKind.POSTS: ("id", "unit_name", "sector", "official_order", "source"),
    ImportKind.APPOINTMENTS: ("unit_name", "title", "person", "to_on", "acting", "concurrent"),
    ImportKind.DIVISIONS: ("name", "into", "parent", "source"),
}


# What a reject file has in front; corrected, it can be imported as it is.
REJECTED: Mapping[str, str] = {"row": zh("行号"), "reason": zh("原因")}


@dataclass(frozen=True, slots=True)
class FileRow:
    """One row of a file: its number there, its cells by column name."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong with one row, in words its author understands; the column by name and by Chinese heading."""

    row: int
    column: str
    heading: str
    problem: str | Sentence
    value: str = ""


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What a file would do: rows to add (units superiors first), rows already there, rows refused."""

    kind: ImportKind
    new: tuple[Any, ...]
    unchanged: int
    errors: tuple[RowError, ...]

    @property
    def refused(self) -> frozenset[int]:
        """The numbers of the rows refused."""
        return frozenset(error.row for error in self.errors)


class RowsRefused(YunzhangError):
    """Rows of a file cannot be taken, so nothing was."""

    code = "rows_refused"
    what = zh("%(count)s 行有误，未作任何改动。第 %(row)s 行“%(heading)s”：%(problem)s。")
    do = zh("请按提示改正后重新导入；或用 --rejects 只导入无误的行。")
