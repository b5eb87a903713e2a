"""Tables in files: foreign xlsx and csv are read in a fenced subprocess; our own are written."""

from yunzhang.kit.tables.read import Row, read_table, read_whole_table
from yunzhang.kit.tables.refusals import BadTable
from yunzhang.kit.tables.write import write_columns, write_table

__all__ = ["BadTable", "Row", "read_table", "read_whole_table", "write_columns", "write_table"]
