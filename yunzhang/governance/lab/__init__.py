"""推演: a government's structure simulated; what-ifs and the paths to collaborative governance compared."""
