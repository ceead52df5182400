"""A list of views to put into one figure: checked, and in the order they are dragged into."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from rnnviz.views.fonts import ui_font
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.check_box import paint_check

_KEY = Qt.ItemDataRole.UserRole
_SHOWN_ROWS = 6


class _Rows(QStyledItemDelegate):
    """Paints a check box and words."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self.theme = theme

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        theme, px = self.theme, self.theme.px
        rect = QRectF(option.rect)
        is_current = bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.save()
        if is_current:
            painter.fillRect(rect, QColor(theme.faint))
        is_on = Qt.CheckState(index.data(Qt.ItemDataRole.CheckStateRole)) == Qt.CheckState.Checked
        paint_check(painter, QPointF(rect.left() + px(4), rect.center().y() - px(7)), theme, is_on=is_on)
        painter.setPen(QColor(theme.text))
        painter.setFont(ui_font(px(12)))
        words = rect.adjusted(px(25), 0, 0, 0)
        painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter), index.data(Qt.ItemDataRole.DisplayRole))
        painter.restore()


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
        self._rows = _Rows(theme, self)
        self.setItemDelegate(self._rows)
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
        rows = {key: self._row(key) for key in keys}
        for place, key in enumerate(key for key, row in rows.items() if row is not None):
            item = self.takeItem(self._row(key) or 0)
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
        self._rows.theme = theme
        self.setFont(ui_font(px(12)))
        height = round(px(20))
        for row in range(self.count()):
            self.item(row).setSizeHint(QSize(0, height))
        self.setFixedHeight(_SHOWN_ROWS * height + 2 * self.frameWidth())
        self.setStyleSheet(
            f"QListWidget {{ background: {theme.card}; border: 1px solid {theme.border};"
            f" border-radius: {px(5):.0f}px; }}"
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
