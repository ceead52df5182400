"""The default arrangement of the panels: three columns."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow

from rnnviz.views.plots import PLOTS
from rnnviz.views.widgets.card import Card

# Shares of the width of the window: what you edit, what it does, why.
_COLUMNS = {"left": 276, "middle": 728, "right": 345}
_EDITORS = {"weights-editor": 13, "input": 7, "compare": 10, "history": 7}
_HIDDEN_EDITORS = {"compare", "history"}


def apply_default_layout(window: QMainWindow, cards: Mapping[str, Card]) -> None:
    """Dock every card in its column, show those that the default shows, and share the room out."""
    columns = _columns()
    for card in cards.values():
        card.setFloating(False)
        window.removeDockWidget(card)
    firsts = [cards[keys[0]] for keys in columns.values() if keys]
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, firsts[0])
    for before, card in pairwise(firsts):
        window.splitDockWidget(before, card, Qt.Orientation.Horizontal)
    for keys in columns.values():
        for above, below in pairwise(keys):
            window.splitDockWidget(cards[above], cards[below], Qt.Orientation.Vertical)
    for key, card in cards.items():
        card.setVisible(_is_shown(key))
    share_out(window, cards, columns)


def is_default_layout(cards: Mapping[str, Card]) -> bool:
    """Return whether just the default's panels are seen, in their order; how wide and high they are may differ."""
    seen = {key: card for key, card in cards.items() if not card.isHidden()}
    if any(card.isFloating() for card in seen.values()):
        return False
    in_order = sorted(seen, key=lambda key: (seen[key].x(), seen[key].y()))
    return in_order == [key for keys in _columns().values() for key in keys if _is_shown(key)]


def _is_shown(key: str) -> bool:
    return key not in _HIDDEN_EDITORS if key in _EDITORS else PLOTS[key].spec.shown


def _columns() -> dict[str, list[str]]:
    """Return the cards of each column, from the top."""
    plots = {area: [key for key, plot in PLOTS.items() if plot.spec.area == area] for area in ("middle", "right")}
    return {"left": list(_EDITORS)} | plots


def share_out(window: QMainWindow, cards: Mapping[str, Card], columns: Mapping[str, list[str]]) -> None:
    """Give the columns and, in each, the cards their shares of the window."""
    seen = {area: [key for key in keys if not cards[key].isHidden()] for area, keys in columns.items()}
    tops = {area: keys[0] for area, keys in seen.items() if keys}
    scale = window.width() / sum(_COLUMNS.values())
    widths = [round(_COLUMNS[area] * scale) for area in tops]
    window.resizeDocks([cards[key] for key in tops.values()], widths, Qt.Orientation.Horizontal)
    for keys in seen.values():
        heights = [_EDITORS.get(key) or PLOTS[key].spec.height for key in keys]
        unit = window.height() / max(sum(heights), 1)
        window.resizeDocks([cards[key] for key in keys], [round(h * unit) for h in heights], Qt.Orientation.Vertical)
