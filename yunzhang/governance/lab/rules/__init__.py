"""Pure computations of the lab: structures, the engine, its published limits, what-ifs, calibration, paths."""
