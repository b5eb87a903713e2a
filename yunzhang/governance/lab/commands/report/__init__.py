"""The report of a run: one HTML file with pictures drawn as SVG, tables under each, and where all of it comes from."""
