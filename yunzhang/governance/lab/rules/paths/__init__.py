"""Paths between the modes: stands, steps and costs, where each wins, where the engine places them, what they learn."""
