"""What one may ask of the organisation: imports.

Changes are recorded in the ledger; looks return values of terms.
"""

__all__: list[str] = []
