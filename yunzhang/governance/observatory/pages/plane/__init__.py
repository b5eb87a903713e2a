"""The observatory's pictures as SVG drawn on the server: numbers in, markup out; the same on page, print and paper.

No unit is coloured or ordered by what it measures; peers have no name; what is uncertain is drawn as such.
"""

from yunzhang.governance.observatory.pages.plane.field import draw_plane
from yunzhang.governance.observatory.pages.plane.sheet import HERE, HORIZONTAL, VERTICAL, Dot, Step, text_width
from yunzhang.governance.observatory.pages.plane.small import draw_bar, draw_spark
from yunzhang.governance.observatory.pages.plane.strip import draw_course, draw_strip

__all__ = [
    "HERE",
    "HORIZONTAL",
    "VERTICAL",
    "Dot",
    "Step",
    "draw_bar",
    "draw_course",
    "draw_plane",
    "draw_spark",
    "draw_strip",
    "text_width",
]
