"""Governance rooms: what the record says of the government itself."""
