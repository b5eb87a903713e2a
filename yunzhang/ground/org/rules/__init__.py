"""Pure decisions of the organisation; each file holds one subject, this one re-exports them."""

from yunzhang.ground.org.rules.changes import *  # noqa: F403
from yunzhang.ground.org.rules.divisions import *  # noqa: F403
from yunzhang.ground.org.rules.gate import *  # noqa: F403
from yunzhang.ground.org.rules.imports import *  # noqa: F403
from yunzhang.ground.org.rules.placement import *  # noqa: F403
from yunzhang.ground.org.rules.posts import *  # noqa: F403
from yunzhang.ground.org.rules.rights import *  # noqa: F403
from yunzhang.ground.org.rules.schemes import *  # noqa: F403
from yunzhang.ground.org.rules.sign_in import *  # noqa: F403
from yunzhang.ground.org.rules.tree import *  # noqa: F403
