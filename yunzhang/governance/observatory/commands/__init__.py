"""The observatory's verbs and timers; each file holds one subject, this one re-exports them."""

from yunzhang.governance.observatory.commands.measuring import measure
from yunzhang.governance.observatory.commands.studies import study
from yunzhang.governance.observatory.commands.timers import refresh

__all__ = ["measure", "refresh", "study"]
