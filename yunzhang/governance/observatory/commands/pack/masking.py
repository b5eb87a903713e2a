"""Rows and findings made fit to hand on: small cells withheld, names and ids replaced, counts rounded, text dropped."""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from yunzhang.base.errors import YunzhangError, zh
from yunzhang.governance.observatory import actions, rules
from yunzhang.governance.observatory.rules.masking import list_withheld, round_count
from yunzhang.governance.observatory.rules.sweeping import Finding
from yunzhang.governance.observatory.terms import ROOTS

KEY_BYTES = 32
FIGURE_DIGITS, SHARE_DIGITS = 3, 2
KEPT = {"origin", "from_at", "to_at", "parts", "covers", "weights", "need"}  # of the run, not of a unit
DROPPED = {"programme", "upper"}
PLACES = {"level", "held"}  # numbers that count no units and no matters


class BadMaskKey(YunzhangError):
    """The key of a mask cannot be used."""

    code = "bad_mask_key"
    what = zh("遮蔽密钥 %(file)s 不能使用：%(problem)s。")
    why = zh("密钥能把代号还原为单位，须与交出去的文件分开保管。")
    do = zh("请把 --mask-key 指向报告目录之外的文件；没有时自动生成，不给则用后即弃。")


@dataclass(frozen=True, slots=True)
class Mask:
    """Pseudonyms by id and what is withheld, of one measured log and one key."""

    names: Mapping[str, str]
    withheld: Mapping[str, str]

    def rows(self, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Return the rows masked, ordered by pseudonym."""
        return sorted((self._row(row) for row in rows), key=lambda row: str(row["unit"]))

    def _row(self, row: Mapping[str, Any]) -> dict[str, Any]:
        name, why = self.names[row["unit"]], self.withheld.get(row["unit"])
        known = {"unit": name, "name": name, "withheld": why}
        if why:
            return {column: value if column in KEPT else None for column, value in row.items()} | known
        return {column: _coarse(column, value) for column, value in row.items()} | known

    def finding(self, finding: Finding) -> Finding:
        """Return a finding under its pseudonym, its estimates as coarse as those of the rows."""
        name = self.names[finding.unit]
        swept = tuple(replace(each, v=_rounded(each.v), h=_rounded(each.h)) for each in finding.settings)
        return replace(finding, unit=name, name=name, settings=swept)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, FIGURE_DIGITS)


def _coarse(column: str, value: Any) -> Any:
    if column in DROPPED:
        return ""
    kind = actions.list_variables()[column].kind
    if kind == "count" and column not in PLACES and value is not None:
        return round_count(value)
    if isinstance(value, float):
        return round(value, SHARE_DIGITS if kind == "share" else FIGURE_DIGITS)
    return value


def make_mask(measured: rules.Measured, units: Sequence[str], key: bytes) -> Mask:
    """Return the mask of the sub-trees that are to be written; its pseudonyms follow from the key alone."""
    tree = measured.tree
    number = {name: node for node, name in enumerate(tree.ids[: tree.count])}
    roots = np.array(sorted(number[unit] for unit in units), np.int64)
    held = {tree.ids[node]: why for node, why in list_withheld(roots, tree.end).items()}
    order = sorted(set(tree.ids) - {ROOTS}, key=lambda name: hmac.digest(key, name.encode(), "sha256"))
    width = len(str(len(order)))
    names = {name: f"U{place:0{width}d}" for place, name in enumerate(order, 1)} | {ROOTS: ROOTS}
    return Mask(names, held)


def find_key(file: Path | None, folders: Iterable[Path]) -> bytes:
    """Return the key of a file, made where it is not there yet; without a file a key that is forgotten afterwards.

    Raises BadMaskKey for a file inside a folder that is handed on, or that holds no key of ours.
    """
    if file is None:
        return os.urandom(KEY_BYTES)
    if any(file.absolute().is_relative_to(folder.absolute()) for folder in folders):
        raise BadMaskKey(file=file.name, problem=zh("它在要交出去的目录之内"))
    if not file.exists():
        _write_key(file)
    try:
        key = bytes.fromhex(file.read_text("ascii").strip())
    except (OSError, ValueError) as error:
        raise BadMaskKey(file=file.name, problem=zh("内容不是 64 位十六进制")) from error
    if len(key) != KEY_BYTES:
        raise BadMaskKey(file=file.name, problem=zh("内容不是 64 位十六进制"))
    return key


def _write_key(file: Path) -> None:
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise BadMaskKey(file=file.name, problem=error.strerror or "?") from error
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        out.write(os.urandom(KEY_BYTES).hex() + "\n")
