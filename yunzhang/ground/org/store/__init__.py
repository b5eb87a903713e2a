"""Tables and queries of the organisation; the only files of the room that touch the database.

Trust and loss: dated rows are closed, never deleted; every change is also an entry
of the ledger, names as digests.
"""

from yunzhang.ground.org.store.accounts import *  # noqa: F403
from yunzhang.ground.org.store.divisions import *  # noqa: F403
from yunzhang.ground.org.store.posts import *  # noqa: F403
from yunzhang.ground.org.store.units import *  # noqa: F403
