"""From numbers to colours, through tables."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from rnnviz.core.activations import Array
from rnnviz.views.theme import Theme

STEPS = 257  # odd, so that 0 has an entry of its own: exactly neutral
Table = NDArray[np.uint32]


@lru_cache(maxsize=8)
def signed_table(negative: str, neutral: str, positive: str) -> Table:
    """Return 257 colours (ARGB32) from −limit through 0, which is exactly neutral, to +limit."""
    half = STEPS // 2
    below = [mixed(negative, neutral, step / half) for step in range(half)]
    above = [mixed(neutral, positive, step / half) for step in range(half + 1)]
    return np.array([colour.rgba() for colour in below + above], dtype=np.uint32)


def signed_colours(theme: Theme, values: Array, limit: float) -> Table:
    """Return an ARGB32 colour for each value; beyond ±limit the end colours, nan transparent."""
    table = signed_table(theme.negative, theme.neutral, theme.positive)
    scaled = np.asarray(values) * (STEPS // 2 / limit)
    scaled += STEPS // 2 + 0.5
    finite = np.isfinite(scaled)
    places = np.where(finite, scaled, 0.0).clip(0, STEPS - 1).astype(np.intp)
    return np.where(finite, table[places], np.uint32(0)).astype(np.uint32)


def signed_colour(theme: Theme, value: float, limit: float) -> QColor:
    """Return the colour of one signed value."""
    return QColor.fromRgba(int(signed_colours(theme, np.array([value]), limit)[0]))


_LEAST, _FULL, _BEYOND = 0.03, 0.7, 0.5  # of the way: where a scale of magnitudes begins, has its colour, and ends


@lru_cache(maxsize=8)
def magnitude_table(ground: str, colour: str, words: str) -> Table:
    """Return 257 colours (ARGB32): from next to the ground's to the colour, and on towards that of words."""
    full = round(STEPS * _FULL)
    faint = [mixed(ground, colour, _LEAST + (1 - _LEAST) * step / full) for step in range(full)]
    strong = [mixed(colour, words, _BEYOND * step / (STEPS - full - 1)) for step in range(STEPS - full)]
    return np.array([each.rgba() for each in faint + strong], dtype=np.uint32)


def magnitude_colours(theme: Theme, parts: Array) -> Table:
    """Return an ARGB32 colour for each part of the way, 0 to 1, to the most; beyond it the end colours.

    What is infinite or nan has the colour of a warning.
    """
    table = magnitude_table(theme.card, theme.gradient, theme.text)
    with np.errstate(invalid="ignore"):
        places = np.nan_to_num(parts * (STEPS - 1) + 0.5, nan=0.0).clip(0, STEPS - 1).astype(np.intp)
        overflow = np.isnan(parts) | (parts == np.inf)
    return np.where(overflow, np.uint32(QColor(theme.warning).rgba()), table[places]).astype(np.uint32)


def readable_on(ground: QColor) -> QColor:
    """Return black or white, whichever can be read on the ground."""
    brightness = 0.299 * ground.redF() + 0.587 * ground.greenF() + 0.114 * ground.blueF()
    return QColor("#14171c") if brightness > 0.55 else QColor("#ffffff")


def image_of(colours: Table) -> QImage:
    """Return a picture of one pixel per colour, (rows, columns)."""
    rows, columns = colours.shape
    buffer = np.ascontiguousarray(colours)
    return QImage(buffer.data, columns, rows, 4 * columns, QImage.Format.Format_ARGB32).copy()


def mixed(start: str, end: str, part: float) -> QColor:
    """Return the colour that lies at a part, 0 to 1, of the way between two."""
    a, b = QColor(start), QColor(end)
    channels = (x + (y - x) * part for x, y in ((a.redF(), b.redF()), (a.greenF(), b.greenF()), (a.blueF(), b.blueF())))
    return QColor.fromRgbF(*channels)


def legible(theme: Theme, colour: str) -> str:
    """Return the colour, mixed with the colour of words until it reads at 4.5:1 on a card (WCAG AA)."""
    card = QColor(theme.card)
    parts = (mixed(colour, theme.text, step / 10) for step in range(11))
    return next((each.name() for each in parts if _contrast(each, card) >= 4.5), theme.text)


def _contrast(one: QColor, other: QColor) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: QColor) -> float:
    """Return the relative luminance, WCAG 2.1."""
    channels = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (colour.redF(), colour.greenF(), colour.blueF())
    )
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), channels, strict=True))
