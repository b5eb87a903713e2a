"""Scenarios: what-ifs with dates, read from a file or a form, checked, and turned into stages of the engine."""

from yunzhang.governance.lab.rules.scenarios.fields import BEHAVIOUR, FIELDS, HOW_MANY, TITLES, Field
from yunzhang.governance.lab.rules.scenarios.reading import read_scenario, say_field, write_scenario

__all__ = ["BEHAVIOUR", "FIELDS", "HOW_MANY", "TITLES", "Field", "read_scenario", "say_field", "write_scenario"]
