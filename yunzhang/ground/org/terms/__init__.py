"""Nouns of the organisation 机构; each file holds one subject, this one re-exports them."""

from yunzhang.ground.org.terms.divisions import *  # noqa: F403
from yunzhang.ground.org.terms.gate import *  # noqa: F403
from yunzhang.ground.org.terms.imports import *  # noqa: F403
from yunzhang.ground.org.terms.rights import *  # noqa: F403
from yunzhang.ground.org.terms.units import *  # noqa: F403
