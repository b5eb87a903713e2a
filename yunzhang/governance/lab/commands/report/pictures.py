"""Drawings of the report; they stand in `kit.pictures`, where pages draw with them too."""

from yunzhang.kit.pictures import draw_course, draw_lines, draw_plane

__all__ = ["draw_course", "draw_lines", "draw_plane"]
