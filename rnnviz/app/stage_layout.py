"""Where plots stand on the stage: few of them, and large."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect

from rnnviz.views.plots._base import Area, PlotSpec
from rnnviz.views.theme import Theme

_WIDTHS: dict[Area, int] = {"middle": 640, "right": 360}  # shares
_LEAST: dict[Area, int] = {"middle": 33, "right": 80}  # for each share of the height, for words of 12 px
_GAP = 8
_EVENNESS = 2  # added to every share: in large words a low view needs more than its share


def arrange(specs: Sequence[PlotSpec], rect: QRect, theme: Theme) -> dict[str, QRect]:
    """Return the places of those views for which there is room, in two columns as in the window.

    Where there is not room for all, those stay that come first.
    """
    gap = round(theme.px(_GAP))
    chosen = {area: _first(specs, area, rect.height() / theme.px(_LEAST[area])) for area in _WIDTHS}
    columns = {area: found for area, found in chosen.items() if found}
    total = sum(_WIDTHS[area] for area in columns)
    free, left, places = rect.width() - gap * (len(columns) - 1), float(rect.left()), {}
    for area, found in columns.items():
        width = free * _WIDTHS[area] / total
        shares, top = sum(spec.height + _EVENNESS for spec in found), float(rect.top())
        for spec in found:
            height = (rect.height() - gap * (len(found) - 1)) * (spec.height + _EVENNESS) / shares
            places[spec.key] = QRect(round(left), round(top), round(width), round(height))
            top += height + gap
        left += width + gap
    return places


def _first(specs: Sequence[PlotSpec], area: Area, room: float) -> list[PlotSpec]:
    """Return those of a column for which there is room, so many shares of the height, in their order."""
    kept: list[PlotSpec] = []
    for spec in (spec for spec in specs if spec.area == area):
        if not kept or sum(each.height for each in kept) + spec.height <= room:
            kept.append(spec)
    return kept
