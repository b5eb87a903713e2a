"""The range shown beside a figure: the contract's draws and a bootstrap, calibrated on simulated organisations."""

from yunzhang.governance.observatory.rules.uncertainty.ranges import Ranges, find_ranges

__all__ = ["Ranges", "find_ranges"]
