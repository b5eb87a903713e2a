"""Lists: what a page shows, its address saves and its export repeats."""

from yunzhang.kit.lists.export import disposition, export, export_csv, export_xlsx, ribbon
from yunzhang.kit.lists.query import Chip, Column, Filter, ListSpec, Page, Query, Scope

__all__ = [
    "Chip",
    "Column",
    "Filter",
    "ListSpec",
    "Page",
    "Query",
    "Scope",
    "disposition",
    "export",
    "export_csv",
    "export_xlsx",
    "ribbon",
]
