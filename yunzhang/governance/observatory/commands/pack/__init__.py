"""The research pack: report, data files, codebook, sweep, mask and bundle; each file holds one subject."""
