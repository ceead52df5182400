"""A list of views to put into one figure: checked, and in the order they are dragged into."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem

from rnnviz.views.fonts import ui_font
from rnnviz.views.theme import Theme

_KEY = Qt.ItemDataRole.UserRole
_SHOWN_ROWS = 6


class ViewList(QListWidget):
    """Check boxes with names. Space checks, dragging (or Alt with Up and Down) moves.

    Signals:
        changed(): others are checked, or they stand in another order.
    """

    changed = Signal()

    def __init__(self, views: Sequence[tuple[str, str]], theme: Theme) -> None:
        """Make the list of views, each a key and words; none is checked."""
        super().__init__()
        self.setAccessibleName("Views in the figure")
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for key, words in views:
            item = QListWidgetItem(words, self)
            item.setData(_KEY, key)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Unchecked)
        self.itemChanged.connect(self.changed)
        self.model().rowsMoved.connect(self.changed)
        self.apply_theme(theme)

    @property
    def chosen(self) -> tuple[str, ...]:
        """The keys of what is checked, in their order."""
        items = (self.item(row) for row in range(self.count()))
        return tuple(str(item.data(_KEY)) for item in items if item.checkState() == Qt.CheckState.Checked)

    def set_chosen(self, keys: Sequence[str]) -> None:
        """Check just these, and bring them to the top in this order; unknown ones are left out."""
        self.blockSignals(True)
        for row in range(self.count()):
            self.item(row).setCheckState(Qt.CheckState.Unchecked)
        for place, key in enumerate(key for key in keys if self._row(key) is not None):
            row = self._row(key)
            assert row is not None
            item = self.takeItem(row)
            item.setCheckState(Qt.CheckState.Checked)
            self.insertItem(place, item)
        self.setCurrentRow(0)
        self.blockSignals(False)
        self.changed.emit()

    def shift(self, steps: int) -> None:
        """Bring the current view so many places down."""
        row = self.currentRow()
        target = row + steps
        if row < 0 or not 0 <= target < self.count():
            return
        self.insertItem(target, self.takeItem(row))
        self.setCurrentRow(target)
        self.changed.emit()

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        px = theme.px
        self.setFont(ui_font(px(12)))
        height = round(px(20))
        for row in range(self.count()):
            self.item(row).setSizeHint(QSize(0, height))
        self.setFixedHeight(_SHOWN_ROWS * height + 2 * self.frameWidth())
        self.setStyleSheet(
            f"QListWidget {{ background: {theme.card}; border: 1px solid {theme.border};"
            f" border-radius: {px(5):.0f}px; }}"
            f"QListWidget::item {{ color: {theme.text}; }}"
            f"QListWidget::item:selected {{ background: {theme.faint}; color: {theme.text}; }}"
            f"QListWidget::item:focus {{ outline: none; }}"
        )

    def _row(self, key: str) -> int | None:
        return next((row for row in range(self.count()) if self.item(row).data(_KEY) == key), None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the current view with Alt+Up and Alt+Down; the other keys are those of every list."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if steps is not None and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.shift(steps)
        else:
            super().keyPressEvent(event)
