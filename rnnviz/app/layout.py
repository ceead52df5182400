"""Arrangements of the panels, each for a purpose: which cards stand in which column, with which share of its height."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow

from rnnviz.views.plots import PLOTS
from rnnviz.views.widgets.card import Card

Place = Literal["left", "middle", "right"]

_EDITORS = {"weights-editor": 13, "input": 7, "training-editor": 12, "samples": 6, "compare": 10, "history": 7}
_HIDDEN_EDITORS = {"training-editor", "samples", "compare", "history"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a layout.

    Attributes:
        width: its share of the width of the window.
        cards: which cards are seen in it, from the top, each with its share of the height. Views that do not exist
            are left out.
    """

    width: int
    cards: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """An arrangement of the panels.

    Attributes:
        key: its name, stable.
        title: what the menu says.
        tip: what it is for, in one sentence.
        columns: what you edit at the left, what it does in the middle, why at the right.
    """

    key: str
    title: str
    tip: str
    columns: Mapping[Place, Column]


def _explore() -> Layout:
    """Return the default: what the plots declare, beside the editors."""
    shown = [plot.spec for plot in PLOTS.values() if plot.spec.shown]
    editors = tuple((key, share) for key, share in _EDITORS.items() if key not in _HIDDEN_EDITORS)
    return Layout(
        "explore",
        "&Explore",
        "A bit of everything: edit at the left, see what it does in the middle and why at the right",
        {
            "left": Column(276, editors),
            "middle": Column(728, tuple((spec.key, spec.height) for spec in shown if spec.area == "middle")),
            "right": Column(345, tuple((spec.key, spec.height) for spec in shown if spec.area == "right")),
        },
    )


EXPLORE = _explore()
LAYOUTS: tuple[Layout, ...] = (
    EXPLORE,
    Layout(
        "lecture",
        "&Lecture",
        "Few views, large: the weights, the unrolled network, the hidden state and the gradient",
        {
            "left": Column(276, (("weights-editor", 1),)),
            "middle": Column(1073, (("unrolled", 4), ("hidden", 5), ("gradients", 5))),
            "right": Column(345, ()),
        },
    ),
    Layout(
        "gradients",
        "&Gradients",
        "Where the gradient goes: its size, its map, what each step does to it, and what reaches the weights",
        {
            "left": Column(276, (("weights-editor", 1),)),
            "middle": Column(620, (("gradients", 5), ("gradient-map", 5), ("connectivity", 5))),
            "right": Column(453, (("step", 4), ("jacobians", 3), ("weight-gradients", 4))),
        },
    ),
    Layout(
        "lstm",
        "LSTM &inside",
        "The inside of a gated cell: its drawing, its gates over time, and the arithmetic of a step",
        {
            "left": Column(276, (("weights-editor", 1),)),
            "middle": Column(700, (("cell", 6), ("gates", 7))),
            "right": Column(373, (("step", 5), ("gradients", 4))),
        },
    ),
    Layout(
        "dynamics",
        "&Dynamics",
        "The network as a dynamical system: its path, eigenvalues and Jacobians, and what a nudge grows into",
        {
            "left": Column(276, (("weights-editor", 13), ("input", 7))),
            "middle": Column(600, (("hidden", 4), ("perturbation", 5), ("jacobians", 4))),
            "right": Column(473, (("phase", 5), ("spectrum", 4))),
        },
    ),
    Layout(
        "training",
        "T&raining",
        "The network as it learns: the loss and the gradient over updates, states, gradient and output as they change",
        {
            "left": Column(320, (("training-editor", 15), ("samples", 6))),
            "middle": Column(620, (("training", 9), ("hidden", 5))),
            "right": Column(409, (("outputs", 5), ("gradients", 5), ("unrolled", 3))),
        },
    ),
)


def apply_layout(window: QMainWindow, cards: Mapping[str, Card], layout: Layout) -> None:
    """Dock every card in a column, show those that the layout shows, and share the room out."""
    columns, shown = _columns(cards, layout), _shown(cards, layout)
    for card in cards.values():
        if card.parent() is not None:  # a new one is nowhere yet
            if card.isFloating():  # to say it of a docked card takes as long as to dock it
                card.setFloating(False)
            window.removeDockWidget(card)
    firsts = [cards[keys[0]] for keys in columns if keys]
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, firsts[0])
    for before, card in pairwise(firsts):
        window.splitDockWidget(before, card, Qt.Orientation.Horizontal)
    for keys in columns:
        for above, below in pairwise(keys):
            window.splitDockWidget(cards[above], cards[below], Qt.Orientation.Vertical)
    for key, card in cards.items():
        card.setVisible(key in shown)
    _share_out(window, cards, layout)


def is_default_layout(cards: Mapping[str, Card]) -> bool:
    """Return whether just the default's panels are seen, in their order; how wide and high they are may differ."""
    seen = {key: card for key, card in cards.items() if not card.isHidden()}
    if any(card.isFloating() for card in seen.values()):
        return False
    return sorted(seen, key=lambda key: (seen[key].x(), seen[key].y())) == _shown(cards, EXPLORE)


def _shown(cards: Mapping[str, Card], layout: Layout) -> list[str]:
    """Return the cards that a layout shows, column by column, as far as they exist."""
    return [key for column in layout.columns.values() for key, _ in column.cards if key in cards]


def _columns(cards: Mapping[str, Card], layout: Layout) -> list[list[str]]:
    """Return all cards of each column, from the top: those that are not seen have a place for when they are."""
    columns = {place: [key for key, _ in column.cards if key in cards] for place, column in layout.columns.items()}
    shown = set(_shown(cards, layout))
    above: dict[Place, str | None] = {"left": None, "middle": None, "right": None}
    for key in cards:
        place = _home(key)
        if key not in shown:
            columns[place].insert(columns[place].index(before) + 1 if (before := above[place]) else 0, key)
        if key in columns[place]:
            above[place] = key
    return list(columns.values())


def _home(key: str) -> Place:
    """Return the column in which a card stands by default."""
    return PLOTS[key].spec.area if key in PLOTS else "left"


def _share_out(window: QMainWindow, cards: Mapping[str, Card], layout: Layout) -> None:
    """Give the columns and, in each, the cards their shares of the window."""
    seen = [
        (column.width, [(cards[key], share) for key, share in column.cards if key in cards])
        for column in layout.columns.values()
    ]
    seen = [(width, shares) for width, shares in seen if shares]
    scale = window.width() / sum(width for width, _ in seen)
    tops = [shares[0][0] for _, shares in seen]
    window.resizeDocks(tops, [round(width * scale) for width, _ in seen], Qt.Orientation.Horizontal)
    for _, shares in seen:
        unit = window.height() / sum(share for _, share in shares)
        heights = [round(share * unit) for _, share in shares]
        window.resizeDocks([card for card, _ in shares], heights, Qt.Orientation.Vertical)
