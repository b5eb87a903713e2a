"""Pure computations of V and H, design §5: tables and parameters in, figures out; no database, no clock."""

from yunzhang.governance.observatory.rules.gains import leader_gains
from yunzhang.governance.observatory.rules.measuring import Measured, check_parameters, measure
from yunzhang.governance.observatory.rules.moments import moment

__all__ = ["Measured", "check_parameters", "leader_gains", "measure", "moment"]
