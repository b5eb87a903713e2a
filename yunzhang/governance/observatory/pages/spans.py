"""Small drawings of expected gains: a band for the range, a mark for the figure, one scale a page."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString

WIDTH, HEIGHT = 160.0, 12.0


def draw_gain(gain: float, low: float, high: float, *, most: float, vertical: bool) -> SafeString:
    """Return one gain as SVG, from 0 at the left to `most` at the right; for screen readers the text says it."""
    scale = (WIDTH - 4) / most if most > 0 else 0.0
    axis = "v" if vertical else "h"
    return format_html(
        '<svg class="gain-span gain-{}" viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true">'
        '<path class="gain-rule" d="M0 6H160"/><rect class="gain-band" x="{}" y="2" width="{}" height="8" rx="2"/>'
        '<rect class="gain-mark" x="{}" y="0" width="3" height="12"/></svg>',
        axis, f"{WIDTH:g}", f"{HEIGHT:g}", f"{low * scale:.1f}", f"{max(high - low, 0) * scale:.1f}",
        f"{gain * scale:.1f}",
    )  # fmt: skip


def widest(highs: Sequence[float]) -> float:
    """Return the right end of the scale: the largest upper end, or 0."""
    return max(highs, default=0.0)
