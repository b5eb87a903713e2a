"""What became of every row read: used, set aside with its reason, or used on a guess; and the loops made of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping as Cells
from dataclasses import dataclass, field

import pyarrow as pa

from yunzhang.base.errors import zh

KEPT_REJECTS = 20_000
SHOWN = 200  # characters of a cell kept with a reject
REASONS = {
    # of rows
    "filtered": zh("不在 only 所选范围内"),
    "too_many_columns": zh("单元格多于表头"),
    "no_loop": zh("没有事项编号"),
    "no_case": zh("没有案件编号"),
    "no_id": zh("没有编号"),
    "no_unit": zh("没有写明单位"),
    "no_activity": zh("没有活动名称"),
    "no_moment": zh("没有时间"),
    "bad_moment": zh("时间无法读取"),
    "no_zone": zh("时间没有时区，映射也未声明 zone"),
    "unknown_unit": zh("单位不在机构表中"),
    "several_units": zh("同名单位不止一个"),
    "same_unit": zh("双方为同一单位"),
    "bad_outcome": zh("办理结果不是 met、late、refused、withdrawn、open 之一"),
    "closed_before_opened": zh("办结早于开立"),
    "duplicate_id": zh("编号重复"),
    "answer_without_request": zh("有答复而没有对应的来文"),
    "reply_to_unseen": zh("答复的邮件不在日志中"),
    "opens_nothing": zh("不构成事项"),
    "announcement": zh("收件单位过多，视为通报"),
    "case_without_opening": zh("案件没有开立事件"),
    "no_debtor": zh("无从判断由谁答复"),
    "one_unit_case": zh("案件始终在同一单位"),
    "bad_number": zh("数值无法读取"),
    # of rows of a finished loop table
    "owed_to_itself": zh("自己对自己的事项"),
    "both_outside": zh("双方均在体制外"),
    "unknown_outcome": zh("办理结果不认识"),
    "due_before_opened": zh("时限早于开立"),
    # of parts of rows
    "cites_unseen": zh("所引文件不在表中"),
    "cites_later": zh("所引文件晚于本文件"),
    "cites_beside": zh("所引文件不是上级文件"),
    # used on a guess
    "debtor_from_order": zh("按事件先后推定答复单位"),
    "several_open": zh("有多件待答复，按最早一件计"),
    "by_thread": zh("按同一主题推定为答复"),
    "several_closings": zh("多次办结，按最后一次计"),
    "parent_differs": zh("上级前后不一，按首次出现计"),
}


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was set aside."""

    table: str
    row: int
    reason: str
    cells: tuple[str, ...]


@dataclass(slots=True)
class Tally:
    """Counts of rows by what became of them; `parts` counts what one row held several of (recipients, citations)."""

    read: int = 0
    used: int = 0
    set_aside: Counter[str] = field(default_factory=Counter)
    ambiguous: Counter[str] = field(default_factory=Counter)
    parts: Counter[str] = field(default_factory=Counter)
    rejects: list[Reject] = field(default_factory=list)

    def put_aside(self, reason: str, row: int, cells: Cells[str, str] | None = None, table: str = "log") -> None:
        """Count a row as not used, and keep it for the file of rejects while there is room."""
        self.set_aside[reason] += 1
        if len(self.rejects) < KEPT_REJECTS:
            shown = tuple(f"{name}={text[:SHOWN]}" for name, text in list((cells or {}).items())[:12] if text)
            self.rejects.append(Reject(table, row, reason, shown))


@dataclass(slots=True)
class LoopRows:
    """The loop table while it is made; moments are microseconds of UTC or None."""

    loop: list[str] = field(default_factory=list)
    kind: list[str] = field(default_factory=list)
    creditor: list[str] = field(default_factory=list)
    debtor: list[str] = field(default_factory=list)
    opened_at: list[int] = field(default_factory=list)
    due_at: list[int | None] = field(default_factory=list)
    closed_at: list[int | None] = field(default_factory=list)
    outcome: list[str] = field(default_factory=list)
    programme: list[str] = field(default_factory=list)
    extended: list[str] = field(default_factory=list)
    confirmed: list[str] = field(default_factory=list)

    def add(
        self,
        loop: str,
        kind: str,
        parties: tuple[str, str],
        moments: tuple[int, int | None, int | None],
        *,
        outcome: str = "",
        programme: str = "",
        extended: str = "",
        confirmed: str = "",
    ) -> int:
        """Append a row and return its place; `parties` are creditor and debtor, `moments` opened, due, closed."""
        self.loop.append(loop)
        self.kind.append(kind)
        self.creditor.append(parties[0])
        self.debtor.append(parties[1])
        self.opened_at.append(moments[0])
        self.due_at.append(moments[1])
        self.closed_at.append(moments[2])
        self.outcome.append(outcome)
        self.programme.append(programme)
        self.extended.append(extended)
        self.confirmed.append(confirmed)
        return len(self.loop) - 1

    def close(self, place: int, at: int, outcome: str = "") -> None:
        """Close a row that was appended open."""
        self.closed_at[place] = at
        self.outcome[place] = outcome

    def table(self) -> pa.Table:
        """Return the columns of the measure; optional ones only where the log gave any."""
        must = ("loop", "kind", "creditor", "debtor")
        columns = {name: pa.array(getattr(self, name), pa.string()) for name in must}
        for name in ("opened_at", "due_at", "closed_at"):
            columns[name] = pa.array(getattr(self, name), pa.int64()).cast(pa.timestamp("us", "UTC"))
        columns["outcome"] = pa.array(self.outcome, pa.string())
        for name in ("programme", "extended", "confirmed"):
            if any(getattr(self, name)):
                columns[name] = pa.array(getattr(self, name), pa.string())
        return pa.table(columns)
