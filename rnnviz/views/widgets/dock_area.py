"""The part of the window where cards are docked: with a margin around them, which QMainWindow does not offer."""

from __future__ import annotations

from PySide6.QtCore import QChildEvent, QEvent, Qt
from PySide6.QtWidgets import QFrame, QMainWindow, QMenu, QScrollArea, QTabBar, QWidget

from rnnviz.views.theme import Theme


class DockArea(QMainWindow):
    """A main window inside the main window, holding nothing but docks."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowFlags(Qt.WindowType.Widget)
        self.setDockNestingEnabled(True)
        self.setAnimated(False)  # an animated dock repaints every plot many times
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        """Keep the margin in proportion."""
        margin = round(theme.px(10))
        self.setContentsMargins(margin, margin, margin, margin)

    def childEvent(self, event: QChildEvent) -> None:
        super().childEvent(event)
        bar = event.child()
        if event.type() == QEvent.Type.ChildPolished and isinstance(bar, QTabBar):
            bar.setMovable(False)  # Qt 6.11 can crash when the tabs of docks are put in another order

    def createPopupMenu(self) -> QMenu | None:
        return None  # Qt's own list of panels would double View > Panels


def scrolling(area: DockArea) -> QScrollArea:
    """Return a frame in which docks that a small window has no room for can be scrolled to: Qt would stack them up."""
    scroll = QScrollArea()
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    scroll.setWidgetResizable(True)
    scroll.setWidget(area)
    return scroll
