"""What one may ask of the organisation: accounts.

Changes are recorded in the ledger; looks return values of terms.
"""

__all__: list[str] = []
