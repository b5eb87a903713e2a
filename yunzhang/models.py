"""Django finds every room's tables here; nothing else belongs in this file."""

from yunzhang.governance.lab.store import *  # noqa: F403
from yunzhang.governance.observatory.store import *  # noqa: F403
from yunzhang.ground.ledger.store import *  # noqa: F403
from yunzhang.ground.org.store import *  # noqa: F403
from yunzhang.kit.jobs import *  # noqa: F403
from yunzhang.vertical.directives.store import *  # noqa: F403
