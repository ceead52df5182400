"""What can be done to compare states: pin what is shown, go back to what is pinned, forget it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction

from rnnviz.app.action import Action

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMenu

    from rnnviz.app.window import MainWindow

_MENU = "&Compare"
_SHARE = 0.42  # of the window's height, for the list when it comes to light


def _pin(window: MainWindow) -> None:
    if window.attempt(window.pins.pin):
        _reveal(window)


def _pin_same_budget(window: MainWindow) -> None:
    if window.attempt(window.pins.pin_same_budget):
        _reveal(window)
        if window.pins.is_computing:
            window.show_message("Computing an RNN, a GRU and an LSTM …")


def _reveal(window: MainWindow) -> None:
    """Show the list of what is pinned; the keyboard stays where it is."""
    window.fill()
    card, area = window.cards["compare"], window.dock_area
    was_hidden = card.isHidden()
    card.show()
    card.raise_()
    if was_hidden:
        area.resizeDocks([card], [round(_SHARE * area.height())], Qt.Orientation.Vertical)


COMPARE_ACTIONS: tuple[Action, ...] = (
    Action(
        "compare.pin",
        _MENU,
        "&Pin this state",
        "Keep what is shown as a ghost in every plot, up to three, while you go on editing",
        _pin,
        "Ctrl+P",
    ),
    Action(
        "compare.budget",
        _MENU,
        "Same &budget: RNN, GRU, LSTM",
        "Pin a network of each cell with about as many parameters, on the same input, instead of what is pinned",
        _pin_same_budget,
        "Ctrl+B",
    ),
    Action(
        "compare.list",
        _MENU,
        "&List…",
        "List what is pinned beside what is shown: loss, reach of the gradient, states",
        lambda w: w.show_card("compare"),
    ),
    Action(
        "compare.remove_all",
        _MENU,
        "Remove &all",
        "Forget every pinned state",
        lambda w: w.pins.remove_all(),
        separated=True,
    ),
)


class PinMenus:
    """The submenus in which one of the pinned states is chosen; they can be opened as long as there is one."""

    def __init__(self, window: MainWindow) -> None:
        self._window, pins = window, window.pins
        choices: tuple[tuple[str, str, Callable[[int], None]], ...] = (
            ("&Swap with", "Show it, and pin in its place what is shown", pins.swap),
            ("&Restore", "Go on from it, as one step that can be undone", pins.restore),
            ("Re&move", "Forget it", pins.remove),
        )
        self._menus: list[tuple[QMenu, str, Callable[[int], None]]] = []
        compare, last = window.menus.menu(_MENU), window.menus["compare.remove_all"]
        for text, tip, act in choices:
            menu = window.menus.menu(f"{_MENU}>{text}")
            compare.insertMenu(last, menu)
            self._menus.append((menu, tip, act))
        pins.changed.connect(self._list)
        self._list()

    def _list(self, *_: object) -> None:
        pins = self._window.pins.pins
        self._window.menus["compare.remove_all"].setEnabled(bool(pins))
        for menu, tip, act in self._menus:
            menu.clear()
            menu.menuAction().setEnabled(bool(pins))
            for place, pin in enumerate(pins):
                entry = QAction(pin.name.replace("&", "&&"), menu, toolTip=tip)
                entry.triggered.connect(partial(self._do, act, place))
                menu.addAction(entry)

    def _do(self, act: Callable[[int], None], place: int, *_: object) -> None:
        self._window.attempt(lambda: act(place))
