"""Tables and queries of this room."""
