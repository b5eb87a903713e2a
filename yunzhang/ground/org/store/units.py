"""Tables and queries of the organisation: units.

Nothing else reads or writes these tables.
"""

__all__: list[str] = []
