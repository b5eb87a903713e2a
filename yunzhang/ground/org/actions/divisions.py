"""What one may ask of the organisation: divisions.

Changes are recorded in the ledger; looks return values of terms.
"""

__all__: list[str] = []
