"""Rows of the loop table as arrays: who owes whom, when due, when closed, and which rows are set aside and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yunzhang.base.errors import zh
from yunzhang.governance.observatory.rules.moments import DAY, NONE, ZONE, read_moments
from yunzhang.governance.observatory.rules.names import Text, plain_text, text_of
from yunzhang.governance.observatory.rules.refusals import refuse_rows, row_number
from yunzhang.governance.observatory.rules.tree import Tree
from yunzhang.governance.observatory.terms import OUTCOMES, Parameters

TABLE = zh("事项表")
COLUMNS = ("loop", "kind", "creditor", "debtor", "opened_at", "due_at", "closed_at", "outcome")
OPTIONAL = ("extended", "confirmed", "relation", "programme")
MOMENTS = ("opened_at", "due_at", "closed_at")
REASONS = (
    "unknown_unit",
    "owed_to_itself",
    "both_outside",
    "unknown_outcome",
    "closed_before_opened",
    "due_before_opened",
)
RELATIONS = ("territorial", "functional", "department", "region", "market", "society")
_OUTCOME = {name: code for code, name in enumerate((*OUTCOMES, ""))}
_RELATION = {name: code for code, name in enumerate(RELATIONS)}
_NUMBERING = Lock()
_NOTHING = dict.fromkeys(("", "0", "0.0", "no", "false"), 0)


@dataclass(frozen=True, slots=True)
class Rows:
    """Columns by row. `reason` is -1 where the row is kept, else a number in REASONS."""

    loop: pa.Array  # text, trimmed
    kind: np.ndarray  # number in the reader's `kinds`
    creditor: np.ndarray
    debtor: np.ndarray
    due: np.ndarray
    closed: np.ndarray
    outcome: np.ndarray
    reason: np.ndarray
    extended: np.ndarray | None
    unconfirmed: np.ndarray | None
    relation: np.ndarray | None
    latest: int  # the latest moment given in a cell, NONE if there is none

    @property
    def known_latest(self) -> int | None:
        """Return the latest moment given in a cell, or None."""
        return None if self.latest == NONE else self.latest


@dataclass(slots=True)
class Reader:
    """Reads pieces of one loop table; remembers kinds, and nodes already found for the codes of a dictionary."""

    tree: Tree
    parameters: Parameters
    kinds: dict[str, int] = field(default_factory=dict)
    _known: dict[str, tuple[pa.Array, Text, np.ndarray]] = field(default_factory=dict)

    def cut(self, table: pa.Table) -> tuple[pa.Table, np.ndarray]:
        """Return the rows of the wanted programme, or all, and where they stand in the table."""
        if not self.parameters.programme:
            return table, np.arange(table.num_rows)
        mine = _coded(table["programme"], {self.parameters.programme: 1}, 0) == 1
        return table.filter(pa.array(mine)), np.flatnonzero(mine)

    def read_table(self, table: pa.Table) -> Rows:
        """Return the rows of the wanted programme of a whole table; raises BadTable."""
        part, places = self.cut(table.unify_dictionaries().combine_chunks())
        return self.read(part, lambda index: row_number(table, int(places[index])))

    def read(self, table: pa.Table, number: Callable[[int], int]) -> Rows:
        """Return the rows of a piece; raises BadTable where a moment cannot be read or a row has no id or no date."""
        loop = plain_text(table["loop"])
        refuse_rows(np.asarray(pc.equal(loop, ""), np.bool_), TABLE, number, zh("没有事项编号 loop"))
        creditor, debtor = (self._nodes(table, name) for name in ("creditor", "debtor"))
        opened, given, closed = _moments(table, number)
        due = np.where(given == NONE, opened + np.int64(round(self.parameters.term_days * DAY)), given)
        outcome = _coded(table["outcome"], _OUTCOME, -1)
        latest = max((int(column.max()) for column in (opened, given, closed) if len(column)), default=NONE)
        return Rows(
            loop=loop,
            kind=self._kinds(table["kind"]),
            creditor=creditor,
            debtor=debtor,
            due=due,
            closed=closed,
            outcome=outcome,
            reason=_reasons(creditor, debtor, opened, due, closed, outcome, self.tree.count),
            extended=None if "extended" not in table.column_names else _coded(table["extended"], _NOTHING, 1) == 1,
            unconfirmed=None
            if "confirmed" not in table.column_names
            else _coded(table["confirmed"], {"no": 1}, 0) == 1,
            relation=None if "relation" not in table.column_names else _coded(table["relation"], _RELATION, -1),
            latest=latest,
        )

    def _kinds(self, column: pa.ChunkedArray) -> np.ndarray:
        words, codes = _words(column)
        if not all(word in self.kinds for word in words):
            with _NUMBERING:  # readers of one table share the numbers of kinds
                for word in words:
                    self.kinds.setdefault(word, len(self.kinds))
        return _spell(codes, [self.kinds[word] for word in words])

    def _nodes(self, table: pa.Table, name: str) -> np.ndarray:
        column = table[name]
        dictionary = column.chunk(0).dictionary if _is_coded(column) else None
        if dictionary is None:
            return self.tree.finder.find(column)
        held = self._known.get(name)
        if held is None or not (_is_same(held[0], dictionary) or held[0].equals(dictionary)):
            text = text_of(column)
            held = self._known[name] = (dictionary, text, self.tree.finder.new_memo(text))
        codes = column.chunk(0).indices.fill_null(-1).to_numpy(zero_copy_only=False)
        return self.tree.finder.find_text(Text(held[1].offsets, held[1].data, codes, len(codes)), held[2])


def _is_coded(column: pa.ChunkedArray) -> bool:
    return bool(pa.types.is_dictionary(column.type)) and column.num_chunks == 1


def _is_same(one: pa.Array, other: pa.Array) -> bool:
    # slices of one chunk share their dictionary's memory
    mine, yours = ([None if b is None else (b.address, b.size) for b in each.buffers()] for each in (one, other))
    return mine == yours and (one.offset, len(one)) == (other.offset, len(other))


def _moments(table: pa.Table, number: Callable[[int], int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    opened, _ = read_moments(table["opened_at"], table=TABLE, bare="start", number=number)
    given, _ = read_moments(table["due_at"], table=TABLE, bare="end", number=number)
    closed, dated = read_moments(table["closed_at"], table=TABLE, bare="start", number=number)
    undated = (opened == NONE) & (given == NONE)
    refuse_rows(undated, TABLE, number, zh("既无 opened_at 也无 due_at"))
    if dated.any():
        same_day = dated & (opened != NONE) & ((opened + ZONE) // DAY == (closed + ZONE) // DAY)
        closed = np.where(same_day, np.maximum(opened, closed), closed)
    return opened, given, closed


def latest_moment(table: pa.Table, number: Callable[[int], int]) -> int:
    """Return the latest moment given in a cell of the rows, NONE if there is none; raises BadTable."""
    columns = _moments(table, number)
    return max((int(column.max()) for column in columns if len(column)), default=NONE)


def _words(column: pa.ChunkedArray) -> tuple[list[str], np.ndarray]:
    # the different words of a column, trimmed, and the number of each row's word; nothing is the empty word
    if isinstance(column, pa.ChunkedArray):
        column = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    if not pa.types.is_dictionary(column.type):
        column = pc.dictionary_encode(plain_text(column))
    words = plain_text(column.dictionary).to_pylist()
    codes = column.indices
    if codes.null_count:
        words.append("")
        codes = codes.cast(pa.int64()).fill_null(len(words) - 1)
    return words, codes.to_numpy(zero_copy_only=False)


def _spell(codes: np.ndarray, numbers: list[int]) -> np.ndarray:
    return np.array([*numbers, 0], np.int64)[codes] if len(codes) else np.zeros(0, np.int64)


def _coded(column: pa.ChunkedArray, meaning: dict[str, int], other: int) -> np.ndarray:
    words, codes = _words(column)
    return _spell(codes, [meaning.get(word, other) for word in words])


def _reasons(  # noqa: PLR0917 - one column after the other
    creditor: np.ndarray,
    debtor: np.ndarray,
    opened: np.ndarray,
    due: np.ndarray,
    closed: np.ndarray,
    outcome: np.ndarray,
    count: int,
) -> np.ndarray:
    bad = (
        (creditor < 0) | (debtor < 0),
        creditor == debtor,
        (creditor >= count) & (debtor >= count),
        outcome < 0,
        (opened != NONE) & (closed != NONE) & (closed < opened),
        (opened != NONE) & (due < opened),
    )
    return np.select(bad, range(len(REASONS)), -1) if np.logical_or.reduce(bad).any() else np.full(len(due), -1)
