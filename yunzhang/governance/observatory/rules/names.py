"""Names of units to nodes: one hash table built once, asked for whole columns, coded or plain."""

# ruff: noqa: PLR0917 - compiled loops take their arrays by position
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yunzhang.base.compiled import compiled

UNKNOWN = -1
_UNASKED = -2


@dataclass(frozen=True, slots=True)
class Text:
    """A column of text as arrays: bytes and where each begins and ends; `codes` where it is coded, -1 for null."""

    offsets: np.ndarray
    data: np.ndarray
    codes: np.ndarray | None
    length: int


def text_of(column: pa.ChunkedArray | pa.Array) -> Text:
    """Return a column of ids as text without surrounding blanks; nothing is the empty text."""
    column = _whole(column)
    if pa.types.is_dictionary(column.type):
        words = _plain(column.dictionary)
        return Text(words.offsets, words.data, _codes(column), len(column))
    return _plain(column)


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    if not isinstance(column, pa.ChunkedArray):
        return column
    if column.num_chunks == 1:
        return column.chunk(0)
    if pa.types.is_dictionary(column.type):
        column = column.unify_dictionaries()
    return column.combine_chunks() if column.num_chunks else pa.array([], column.type)


def _codes(column: pa.DictionaryArray) -> np.ndarray:
    indices = column.indices
    if indices.null_count:
        indices = indices.cast(pa.int64()).fill_null(-1)
    return np.asarray(indices.to_numpy(zero_copy_only=False))


def plain_text(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """Return a column as text without surrounding blanks, nothing being the empty text; copied only where it must."""
    column = _whole(column)
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        column = _as_text(column)
    if column.null_count:
        column = column.fill_null("")
    return pc.utf8_trim_whitespace(column) if _has_blanks(*_buffers(column)) else column


def spelled(table: pa.Table) -> pa.Table:
    """Return the table with every coded column spelled out: few rows need not carry the dictionary of all."""
    for at, kind in enumerate(table.schema):
        if pa.types.is_dictionary(kind.type):
            plain = [chunk.dictionary_decode() for chunk in table.column(at).chunks]
            table = table.set_column(at, kind.name, pa.chunked_array(plain, kind.type.value_type))
    return table


def _plain(column: pa.Array) -> Text:
    column = plain_text(column)
    return Text(*_buffers(column), None, len(column))


def _as_text(column: pa.Array) -> pa.Array:
    if pa.types.is_floating(column.type) and bool(pc.all(pc.equal(column, pc.floor(column))).as_py()):
        column = column.cast(pa.int64())  # 3.0 from a spreadsheet is the id "3"
    return column.cast(pa.large_string())


def _buffers(column: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    width = np.int32 if pa.types.is_string(column.type) else np.int64
    _, offsets, data = column.buffers()
    if offsets is None or not len(column):
        return np.zeros(1, width), np.zeros(0, np.uint8)
    found = np.frombuffer(offsets, width, len(column) + 1 + column.offset)[column.offset :]
    return found, np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)


@compiled
def _has_blanks(offsets: np.ndarray, data: np.ndarray) -> bool:
    # a blank at either end, or a byte that may belong to a blank beyond ASCII
    for k in range(len(offsets) - 1):
        if offsets[k] < offsets[k + 1]:
            start, end = offsets[k], offsets[k + 1]
            if data[start] <= 32 or data[end - 1] <= 32:
                return True
            if data[start] in (194, 225, 226, 227):
                return True
            if data[end - 1] >= 128 and (
                data[max(end - 2, start)] == 194 or data[max(end - 3, start)] in (225, 226, 227)
            ):
                return True
    return False


@compiled
def _hash(data: np.ndarray, start: int, end: int) -> int:
    value = np.uint64(14695981039346656037)
    for k in range(start, end):
        value = (value ^ np.uint64(data[k])) * np.uint64(1099511628211)
    value = (value ^ (value >> np.uint64(32))) * np.uint64(0x9E3779B97F4A7C15)
    return value ^ (value >> np.uint64(29))  # type: ignore[return-value]


@compiled
def _same(data: np.ndarray, start: int, end: int, other: np.ndarray, at: int, stop: int) -> bool:
    if end - start != stop - at:
        return False
    for k in range(end - start):  # noqa: SIM110 - compiled
        if data[start + k] != other[at + k]:
            return False
    return True


@dataclass(frozen=True, slots=True)
class Names:
    """The names of all nodes in node order, and the table that finds a node by its name."""

    offsets: np.ndarray
    data: np.ndarray
    slots: np.ndarray

    def find(self, column: pa.ChunkedArray | pa.Array) -> np.ndarray:
        """Return the node of each cell, -1 for an unknown name."""
        return self.find_text(text_of(column))

    def find_text(self, text: Text, memo: np.ndarray | None = None) -> np.ndarray:
        """Return the node of each cell; `memo` keeps what was found for the codes of one dictionary."""
        if text.codes is None:
            return _find(text.offsets, text.data, self.offsets, self.data, self.slots)
        if memo is None:
            memo = self.new_memo(text)
        return _find_coded(text.codes, memo, text.offsets, text.data, self.offsets, self.data, self.slots)

    def new_memo(self, text: Text) -> np.ndarray:
        """Return what `find_text` writes into: nothing asked yet."""
        return np.full(len(text.offsets) - 1, _UNASKED, np.int32)


def make_names(ids: pa.Array) -> Names:
    """Return the finder of these ids, which are all different; a null is never found."""
    offsets, data = _buffers(ids.cast(pa.large_string()).fill_null(""))
    size = 1 << max(4, (2 * len(ids)).bit_length())
    return Names(offsets, data, _fill(offsets, data, np.asarray(ids.is_null(), np.bool_), size))


@compiled
def _fill(offsets: np.ndarray, data: np.ndarray, empty: np.ndarray, size: int) -> np.ndarray:
    slots = np.full(size, -1, np.int32)
    for node in range(len(offsets) - 1):
        if empty[node]:
            continue
        at = np.int64(_hash(data, offsets[node], offsets[node + 1]) & np.uint64(size - 1))
        while slots[at] >= 0:
            at = (at + 1) & (size - 1)
        slots[at] = node
    return slots


@compiled
def _one(data: np.ndarray, start: int, end: int, offsets: np.ndarray, names: np.ndarray, slots: np.ndarray) -> int:
    at = np.int64(_hash(data, start, end) & np.uint64(len(slots) - 1))
    while slots[at] >= 0:
        node = slots[at]
        if _same(data, start, end, names, offsets[node], offsets[node + 1]):
            return int(node)
        at = (at + 1) & (len(slots) - 1)
    return -1


@compiled
def _find(
    starts: np.ndarray, data: np.ndarray, offsets: np.ndarray, names: np.ndarray, slots: np.ndarray
) -> np.ndarray:
    found = np.empty(len(starts) - 1, np.int64)
    for k in range(len(found)):
        found[k] = _one(data, starts[k], starts[k + 1], offsets, names, slots)
    return found


@compiled
def _find_coded(
    codes: np.ndarray,
    memo: np.ndarray,
    starts: np.ndarray,
    data: np.ndarray,
    offsets: np.ndarray,
    names: np.ndarray,
    slots: np.ndarray,
) -> np.ndarray:
    found = np.empty(len(codes), np.int64)
    for k in range(len(codes)):
        code = codes[k]
        if code < 0:
            found[k] = -1
            continue
        if memo[code] == -2:
            memo[code] = _one(data, starts[code], starts[code + 1], offsets, names, slots)
        found[k] = memo[code]
    return found


def run_starts(column: pa.Array) -> np.ndarray:
    """Return where a row's text differs from that of the row before; the first row always does."""
    return _run_starts(*_buffers(column))


def hashes(column: pa.Array) -> np.ndarray:
    """Return a 64-bit hash of each text; equal texts have equal hashes."""
    return _hashes(*_buffers(column))


def checks(column: pa.Array) -> np.ndarray:
    """Return a second 64-bit hash of each text, of another kind."""
    return _checks(*_buffers(column))


@compiled
def _checks(offsets: np.ndarray, data: np.ndarray) -> np.ndarray:
    found = np.empty(len(offsets) - 1, np.uint64)
    for k in range(len(found)):
        value = np.uint64(0x2545F4914F6CDD1D)
        for at in range(offsets[k], offsets[k + 1]):
            value = (value + np.uint64(data[at]) + np.uint64(1)) * np.uint64(0xD6E8FEB86659FD93)
            value ^= value >> np.uint64(32)
        found[k] = value
    return found


@compiled
def _run_starts(offsets: np.ndarray, data: np.ndarray) -> np.ndarray:
    new = np.ones(len(offsets) - 1, np.bool_)
    for k in range(1, len(new)):
        new[k] = not _same(data, offsets[k], offsets[k + 1], data, offsets[k - 1], offsets[k])
    return new


@compiled
def _hashes(offsets: np.ndarray, data: np.ndarray) -> np.ndarray:
    found = np.empty(len(offsets) - 1, np.uint64)
    for k in range(len(found)):
        found[k] = _hash(data, offsets[k], offsets[k + 1])
    return found
