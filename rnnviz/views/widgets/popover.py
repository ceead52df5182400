"""A small card over the window, beside what it belongs to. It stays while you work, and blocks nothing."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from rnnviz.views.fonts import ui_font
from rnnviz.views.icons import icon
from rnnviz.views.theme import Theme

_WIDTH = 372


class Popover(QFrame):
    """A titled card of labelled controls, each with a line that says what it means.

    Esc or its cross close it; where it stands in the way it can be dragged aside.

    Signals:
        opened(): it is to be seen from now on; its owner brings it up to date.
    """

    opened = Signal()

    def __init__(self, title: str, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._window = parent
        self._anchor: QWidget | None = None
        self._grip = QPoint()
        self._title, self._problem = QLabel(title), QLabel()
        self._close_button = QToolButton()
        self._close_button.setAccessibleName(f"Close {title}")
        self._close_button.setToolTip("Close (Esc)")
        self._close_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keyboard has Esc
        self._close_button.clicked.connect(self.close_up)
        self._labels: list[QLabel] = []
        self._meanings: list[QLabel] = []
        self._problem.setWordWrap(True)
        self._problem.setVisible(False)
        self._grid, self._layout = QGridLayout(), QVBoxLayout(self)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._close_button)
        self._layout.addLayout(head)
        self._layout.addLayout(self._grid)
        self._layout.addWidget(self._problem)
        self._layout.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        self._grid.setColumnStretch(1, 1)
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.hide()

    # Building

    def add_row(self, name: str, control: QWidget | QLayout, meaning: str = "") -> tuple[QLabel, QLabel]:
        """Put a control below the others; return the labels of its name and of what it means."""
        label, words = QLabel(name), QLabel(meaning)
        words.setWordWrap(True)
        if not meaning:
            words.hide()
        row = self._grid.rowCount()
        self._grid.addWidget(label, row, 0)
        if isinstance(control, QWidget):
            self._grid.addWidget(control, row, 1, Qt.AlignmentFlag.AlignLeft)
            label.setBuddy(control)
        else:
            self._grid.addLayout(control, row, 1)
        self._grid.addWidget(words, row + 1, 1)
        self._labels.append(label)
        self._meanings.append(words)
        return label, words

    def add_foot(self, *widgets: QWidget) -> None:
        """Put buttons in a row at the bottom."""
        foot = QHBoxLayout()
        for widget in widgets:
            foot.addWidget(widget)
        foot.addStretch(1)
        self._layout.addLayout(foot)

    # Showing

    def set_title(self, title: str) -> None:
        """Say what it is about."""
        self._title.setText(title)
        self.setAccessibleName(title)

    def show_problem(self, problem: str) -> None:
        """Say what was refused and why; an empty text takes that back."""
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))

    @property
    def problem(self) -> str:
        """What was refused and why; empty if nothing was."""
        return self._problem.text()

    def open_below(self, anchor: QWidget) -> None:
        """Appear below a widget, with the focus on the first control."""
        self.show_problem("")
        self.opened.emit()
        self.adjustSize()
        self.set_anchor(anchor)
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)
        self.focusNextChild()

    def set_anchor(self, anchor: QWidget) -> None:
        """Belong to a widget, and stand below it unless that is so already: it may have been dragged aside."""
        if anchor is not self._anchor or not self.isVisible():
            self._anchor = anchor
            self.place()

    def place(self) -> None:
        """Stand below the anchor, but inside the window."""
        if self._anchor is None:
            return
        gap = round(self._theme.px(6))
        corner = self._anchor.mapTo(self._window, QPoint(0, self._anchor.height() + gap))
        self.move(self._inside(corner))

    def _inside(self, corner: QPoint) -> QPoint:
        window, gap = self._window, round(self._theme.px(8))
        x = min(corner.x(), window.width() - self.width() - gap)
        y = min(corner.y(), window.height() - self.height() - gap)
        return QPoint(max(x, gap), max(y, 0))

    def close_up(self) -> None:
        """Disappear; the focus goes back to what it belongs to."""
        focused = QApplication.focusWidget()
        had_focus = focused is not None and self.isAncestorOf(focused)
        self.hide()
        if had_focus and self._anchor is not None:
            self._anchor.setFocus(Qt.FocusReason.PopupFocusReason)

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._theme, px = theme, theme.px
        self._title.setFont(ui_font(px(12.5), QFont.Weight.DemiBold))
        for label in self._labels:
            label.setFont(ui_font(px(12)))
        for words in (*self._meanings, self._problem):
            words.setFont(ui_font(px(11)))
        for words in self._meanings:
            words.setStyleSheet(f"color: {theme.muted}")
            words.setFixedWidth(round(px(_WIDTH - 112)))
        self._grid.setColumnMinimumWidth(0, round(px(84)))
        self._problem.setStyleSheet(f"color: {theme.warning}")
        self._problem.setFixedWidth(round(px(_WIDTH - 28)))
        self._close_button.setIcon(icon("close", theme.muted))
        self._close_button.setFixedSize(round(px(20)), round(px(20)))
        margin = round(px(14))
        self._layout.setContentsMargins(margin, round(px(10)), margin, margin)
        self._layout.setSpacing(round(px(8)))
        self._grid.setHorizontalSpacing(round(px(8)))
        self._grid.setVerticalSpacing(round(px(4)))
        self.adjustSize()

    # Hands

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_up()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._grip = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.move(self._inside(self.pos() + event.position().toPoint() - self._grip))
