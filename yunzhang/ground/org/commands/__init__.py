"""The organisation's verbs on the command line; each file holds one, this one re-exports them."""

from yunzhang.ground.org.commands.accounts import account

__all__ = ["account"]
