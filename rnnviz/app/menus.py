"""Menus, made from the table of actions and kept in step with the session."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

from rnnviz.app.action import Action, always
from rnnviz.app.actions import ACTIONS

if TYPE_CHECKING:
    from rnnviz.app.window import MainWindow

REFRESH_MS = 60


class Menus:
    """The QActions of one window, in its menu bar."""

    def __init__(self, window: MainWindow, bar: QMenuBar) -> None:
        self._window, self._bar = window, bar
        self._menus: dict[str, QMenu] = {}
        self._actions: dict[str, tuple[Action, QAction]] = {}
        # While a weight is dragged or time is scrubbed, words and marks in menus need not follow every step.
        self._timer = QTimer(window, singleShot=True, interval=REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        for action in ACTIONS:
            self._add(action)
        for signal in (
            window.session.document_changed,
            window.session.frame_changed,
            window.session.cursor_changed,
            window.session.selection_changed,
            window.session.time_range_changed,
            window.session.file_changed,
        ):
            signal.connect(self._follow)
        self.refresh()

    def __getitem__(self, action_id: str) -> QAction:
        """Return the QAction of an action."""
        return self._actions[action_id][1]

    def menu(self, path: str) -> QMenu:
        """Return the menu of that path, such as ``&File>Open s&cene``; it is made if there is none yet."""
        if path not in self._menus:
            parent, _, name = path.rpartition(">")
            owner = self.menu(parent) if parent else self._bar
            self._menus[path] = owner.addMenu(name or path)
            self._menus[path].setToolTipsVisible(True)
        return self._menus[path]

    def _follow(self, *_: object) -> None:
        self._enable()  # at once: the next key must find its action enabled
        if not self._timer.isActive():
            self._timer.start()

    def _enable(self) -> None:
        for action, made in self._actions.values():
            if action.enabled is not always:
                made.setEnabled(action.enabled(self._window.session))

    def refresh(self) -> None:
        """Ask every action again whether it is enabled and checked, and what it is called."""
        self._enable()
        for action, made in self._actions.values():
            if action.checked is not None:
                made.setChecked(action.checked(self._window))
            if action.dynamic_text is not None:
                made.setText(action.dynamic_text(self._window.session))

    def _add(self, action: Action) -> None:
        menu = self.menu(action.menu)
        if action.separated and not menu.isEmpty():
            menu.addSeparator()
        made = QAction(action.text, self._window)
        made.setObjectName(action.id)
        made.setToolTip(action.tip)
        made.setStatusTip(action.tip)
        made.setCheckable(action.checked is not None)
        made.setShortcut(QKeySequence(action.shortcut))
        made.triggered.connect(partial(self._run, action))
        menu.addAction(made)
        self._window.addAction(made)  # its shortcut works wherever the focus is
        self._actions[action.id] = (action, made)

    def _run(self, action: Action, *_: object) -> None:
        action.run(self._window)
        self.refresh()
