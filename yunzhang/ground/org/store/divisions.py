"""Tables and queries of the organisation: divisions.

Nothing else reads or writes these tables.
"""

__all__: list[str] = []
