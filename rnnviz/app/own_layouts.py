"""Arrangements that the user has saved by name, in the menu of layouts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from rnnviz.app.view_actions import FORGET_LAYOUT_MENU, LAYOUT_MENU

if TYPE_CHECKING:
    from rnnviz.app.window import MainWindow


class OwnLayouts:
    """Lists the saved layouts in View > Layout, and in the menu that deletes them."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._menu, self._forgetting = window.menus.menu(LAYOUT_MENU), window.menus.menu(FORGET_LAYOUT_MENU)
        self._entries: list[QAction] = []
        self._menu.aboutToShow.connect(self._list)

    def ask_save(self) -> None:
        """Let the user name the present arrangement, and keep it; the name of an own layout replaces that one."""
        name = self._window.ask_layout_name()
        if name is not None:
            self._window.settings.keep_layout(name, self._window.dock_area.saveState())
            self._window.show_message(f"Saved the layout “{name}”: View > Layout has it.")

    def _list(self) -> None:
        for entry in self._entries:
            for menu in (self._menu, self._forgetting):
                menu.removeAction(entry)
            entry.deleteLater()
        names = self._window.settings.own_layouts()
        before = self._window.menus["view.layout.save"]
        self._entries = [self._entry(self._menu, name, self._apply, before) for name in names]
        self._entries += [self._entry(self._forgetting, name, self._forget) for name in names]
        self._forgetting.setEnabled(bool(names))

    def _entry(self, menu: QMenu, name: str, run: Callable[[str], object], before: QAction | None = None) -> QAction:
        entry = QAction(name.replace("&", "&&"), menu)
        entry.triggered.connect(lambda: run(name))
        if before is None:
            menu.addAction(entry)
        else:
            menu.insertAction(before, entry)
        return entry

    def _apply(self, name: str) -> None:
        state = self._window.settings.own_layouts().get(name)
        if state is None or not self._window.dock_area.restoreState(state):
            self._window.show_message(f"The layout “{name}” cannot be read. Delete it and save it anew.")

    def _forget(self, name: str) -> None:
        self._window.settings.forget_layout(name)
        self._window.show_message(f"Deleted the layout “{name}”.")
