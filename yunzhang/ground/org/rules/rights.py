"""Pure decisions of the organisation: rights.

Time is an argument; nothing here reads or writes.
"""

__all__: list[str] = []
