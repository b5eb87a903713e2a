"""Measured figures: `make bench`. Ratios count, absolute figures inform; no figure makes it fail."""
