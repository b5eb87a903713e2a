"""Calibration to a real office: rates from its record; held-out months told and scored, or a refusal with reasons."""

from yunzhang.governance.lab.rules.calibration.estimating import Calibrated, Estimate, estimate
from yunzhang.governance.lab.rules.calibration.forecasting import Forecast, HeldOut, foresee, hold_out, hold_out_often
from yunzhang.governance.lab.rules.calibration.record import Record, read_record
from yunzhang.governance.lab.rules.calibration.scoring import Score
from yunzhang.governance.lab.rules.calibration.simulating import Simulated, add_simulated, simulate_months
from yunzhang.governance.lab.rules.calibration.whole import Calibration, calibrate, judge

__all__ = [
    "Calibrated",
    "Calibration",
    "Estimate",
    "Forecast",
    "HeldOut",
    "Record",
    "Score",
    "Simulated",
    "add_simulated",
    "calibrate",
    "estimate",
    "foresee",
    "hold_out",
    "hold_out_often",
    "judge",
    "read_record",
    "simulate_months",
]
