"""The lab's verbs and jobs; each file holds one subject, this one re-exports them."""

from yunzhang.governance.lab.commands.calibrations import ask_for_calibrations, make_calibration
from yunzhang.governance.lab.commands.findings import ask_for_findings, make_finding
from yunzhang.governance.lab.commands.jobs import make_runs, open_study
from yunzhang.governance.lab.commands.verb import lab

__all__ = [
    "ask_for_calibrations", "ask_for_findings", "lab", "make_calibration", "make_finding", "make_runs", "open_study",
]  # fmt: skip
