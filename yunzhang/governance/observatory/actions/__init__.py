"""All one may ask of the observatory; each file holds one subject, this one re-exports them."""

from yunzhang.governance.observatory.actions.codebook import *  # noqa: F403
from yunzhang.governance.observatory.actions.facets import *  # noqa: F403
from yunzhang.governance.observatory.actions.figures import *  # noqa: F403
from yunzhang.governance.observatory.actions.interventions import *  # noqa: F403
from yunzhang.governance.observatory.actions.loads import *  # noqa: F403
from yunzhang.governance.observatory.actions.logs import *  # noqa: F403
from yunzhang.governance.observatory.actions.material import *  # noqa: F403
from yunzhang.governance.observatory.actions.measuring import *  # noqa: F403
from yunzhang.governance.observatory.actions.own_rhythm import *  # noqa: F403
from yunzhang.governance.observatory.actions.places import *  # noqa: F403
from yunzhang.governance.observatory.actions.proposing import *  # noqa: F403
from yunzhang.governance.observatory.actions.rhythm import *  # noqa: F403
from yunzhang.governance.observatory.actions.state import *  # noqa: F403
from yunzhang.governance.observatory.actions.studies import *  # noqa: F403
from yunzhang.governance.observatory.actions.suggesting import *  # noqa: F403
from yunzhang.governance.observatory.actions.trail import *  # noqa: F403
from yunzhang.governance.observatory.actions.why import *  # noqa: F403
