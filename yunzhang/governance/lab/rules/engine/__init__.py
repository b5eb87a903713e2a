"""The engine: messages over flows, queues with finite capacity, attention; every matter ends as a ledger-shaped row."""

from yunzhang.governance.lab.rules.engine.running import Outcome, Setting, Sink, Stage, Stopped, run

__all__ = ["Outcome", "Setting", "Sink", "Stage", "Stopped", "run"]
