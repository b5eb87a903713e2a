"""The organisation's verbs on the command line; each file holds one, this one re-exports them."""

from yunzhang.ground.org.commands.accounts import account
from yunzhang.ground.org.commands.rows import export_rows, import_file

__all__ = ["account", "export_rows", "import_file"]
