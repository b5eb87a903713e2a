"""The command `yunzhang`: reads the home, sets Django up, then opens the rooms' commands. It decides nothing."""

from __future__ import annotations

from yunzhang.cli.root import main

__all__ = ["main"]
