"""All one may ask of the lab; each file holds one subject, this one re-exports them."""

from yunzhang.governance.lab.actions.calibrating import *  # noqa: F403
from yunzhang.governance.lab.actions.drafts import *  # noqa: F403
from yunzhang.governance.lab.actions.engine import *  # noqa: F403
from yunzhang.governance.lab.actions.experiments import *  # noqa: F403
from yunzhang.governance.lab.actions.findings import *  # noqa: F403
from yunzhang.governance.lab.actions.government import *  # noqa: F403
from yunzhang.governance.lab.actions.opening import *  # noqa: F403
from yunzhang.governance.lab.actions.paths import *  # noqa: F403
from yunzhang.governance.lab.actions.playing import *  # noqa: F403
from yunzhang.governance.lab.actions.record import *  # noqa: F403
from yunzhang.governance.lab.actions.rights import *  # noqa: F403
from yunzhang.governance.lab.actions.scenario_file import *  # noqa: F403
from yunzhang.governance.lab.actions.validating import *  # noqa: F403
