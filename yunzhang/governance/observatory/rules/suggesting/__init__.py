"""Suggestions 参考建议 of one unit, pure: measured log in, at most five of them out, each with its gain."""

from yunzhang.governance.observatory.rules.suggesting.choosing import scene_of, suggest
from yunzhang.governance.observatory.rules.suggesting.loads import load_options
from yunzhang.governance.observatory.rules.suggesting.option import Option, Scene, managed_nodes
from yunzhang.governance.observatory.rules.suggesting.programmes import Pace, programme_options
from yunzhang.governance.observatory.rules.suggesting.rows import Rows, count_basis, list_creditors, read_rows

__all__ = [
    "Option",
    "Pace",
    "Rows",
    "Scene",
    "count_basis",
    "list_creditors",
    "load_options",
    "managed_nodes",
    "programme_options",
    "read_rows",
    "scene_of",
    "suggest",
]
