"""Pure decisions of the organisation: tree.

Time is an argument; nothing here reads or writes.
"""

__all__: list[str] = []
