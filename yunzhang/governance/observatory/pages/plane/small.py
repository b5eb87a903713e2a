"""The small pictures beside a figure: a bar with its range, and its course by month."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from django.utils.safestring import SafeString, mark_safe

from yunzhang.governance.observatory.pages.plane.sheet import HERE, HORIZONTAL, VERTICAL

WIDE, HIGH, EDGE = 220.0, 40.0, 4.0
T = TypeVar("T")


def draw_bar(value: float | None, low: float | None, high: float | None, *, vertical: bool) -> SafeString:
    """Return one bar 0..1 with its range as a band and the middle marked; the track alone where there is no value."""
    colour = VERTICAL if vertical else HORIZONTAL
    parts = ['<rect y="4" width="100" height="6" rx="1" fill="#e6eaf0"/>']
    if value is not None:
        parts.append(f'<rect y="4" width="{value * 100:.2f}" height="6" rx="1" fill="{colour}"/>')
    if low is not None and high is not None:
        wide = max((high - low) * 100, 0.6)
        parts.append(
            f'<rect x="{low * 100:.2f}" y="1" width="{wide:.2f}" height="12" fill="{colour}" fill-opacity=".28"/>'
        )
    parts.append('<rect x="49.7" y="0" width=".6" height="14" fill="#8a97aa"/>')
    return mark_safe(  # noqa: S308 - numbers only
        '<svg class="measure-bar" viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true">'
        f"{''.join(parts)}</svg>"
    )


def draw_spark(
    values: Sequence[float | None], ranges: Sequence[tuple[float, float] | None] = (), *, vertical: bool
) -> SafeString:
    """Return a course by month, 0..1 on every one of them so that they compare; a month without a value is a gap."""
    colour = VERTICAL if vertical else HORIZONTAL
    places = [(_across(k, len(values)), value) for k, value in enumerate(values)]
    parts = [f'<path d="M0 {_y(0.5):.1f}H{WIDE:g}" stroke="#c3ccd8" stroke-dasharray="2 3"/>']
    spans = [(_across(k, len(ranges)), span) for k, span in enumerate(ranges)]
    for band in _spells(spans):
        upper = [f"{x:.1f} {_y(span[1]):.1f}" for x, span in band]
        lower = [f"{x:.1f} {_y(span[0]):.1f}" for x, span in reversed(band)]
        parts.append(f'<path d="M{"L".join([*upper, *lower])}Z" fill="{colour}" fill-opacity=".15"/>')
    for spell in _spells(places):
        line = "L".join(f"{x:.1f} {_y(value):.1f}" for x, value in spell)
        parts.append(f'<path d="M{line}" fill="none" stroke="{colour}" stroke-width="1.6" stroke-linejoin="round"/>')
    if places and places[-1][1] is not None:
        parts.append(f'<circle cx="{places[-1][0]:.1f}" cy="{_y(places[-1][1]):.1f}" r="3" fill="{HERE}"/>')
    return mark_safe(  # noqa: S308 - numbers only
        f'<svg class="spark" viewBox="0 0 {WIDE:g} {HIGH:g}" aria-hidden="true">{"".join(parts)}</svg>'
    )


def _across(k: int, count: int) -> float:
    return EDGE + (WIDE - 2 * EDGE) * (k / (count - 1) if count > 1 else 1.0)


def _y(value: float) -> float:
    return EDGE + (1 - value) * (HIGH - 2 * EDGE)


def _spells(places: Sequence[tuple[float, T | None]]) -> list[list[tuple[float, T]]]:
    spells: list[list[tuple[float, T]]] = []
    is_open = False
    for x, value in places:
        if value is None:
            is_open = False
            continue
        if not is_open:
            spells.append([])
        spells[-1].append((x, value))
        is_open = True
    return spells
