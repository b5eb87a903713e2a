"""Suggestions 参考建议 of one unit, pure: measured log in, at most five of them out, each with its gain."""

from yunzhang.governance.observatory.rules.suggesting.choosing import suggest
from yunzhang.governance.observatory.rules.suggesting.option import Option, managed_nodes

__all__ = ["Option", "managed_nodes", "suggest"]
