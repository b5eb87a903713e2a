"""Any log read by a mapping: rows in, the four tables of design §5 and a statement of what was read out. Pure."""

from yunzhang.governance.observatory.rules.logs.loading import Loaded, load_log
from yunzhang.governance.observatory.rules.logs.mapping import read_mapping
from yunzhang.governance.observatory.rules.logs.spec import Mapping
from yunzhang.governance.observatory.rules.logs.tally import Reject

__all__ = ["Loaded", "Mapping", "Reject", "load_log", "read_mapping"]
