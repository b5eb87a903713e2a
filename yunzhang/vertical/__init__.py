"""Command rooms: power down the line."""
