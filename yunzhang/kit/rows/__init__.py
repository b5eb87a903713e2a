"""Rows of foreign logs, one by one and within limits: csv, Parquet, XES, mbox. They know no column by name."""

from yunzhang.kit.rows.limits import Limits, Opened, Unreadable
from yunzhang.kit.rows.opening import ENDINGS, open_rows

__all__ = ["ENDINGS", "Limits", "Opened", "Unreadable", "open_rows"]
