"""All one may ask of the organisation; each file holds one subject, this one re-exports them."""

from yunzhang.ground.org.actions.accounts import *  # noqa: F403
from yunzhang.ground.org.actions.divisions import *  # noqa: F403
from yunzhang.ground.org.actions.imports import *  # noqa: F403
from yunzhang.ground.org.actions.posts import *  # noqa: F403
from yunzhang.ground.org.actions.rights import *  # noqa: F403
from yunzhang.ground.org.actions.schemes import *  # noqa: F403
from yunzhang.ground.org.actions.units import *  # noqa: F403
