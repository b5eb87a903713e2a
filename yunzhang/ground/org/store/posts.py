"""Tables and queries of the organisation: posts.

Nothing else reads or writes these tables.
"""

__all__: list[str] = []
