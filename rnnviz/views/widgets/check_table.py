"""The table of a gradient check: a row for each array, filled while the check goes on."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
)

from rnnviz.document.checking import ArrayCheck
from rnnviz.views.fonts import scientific, ui_font
from rnnviz.views.formula import symbol, symbol_width
from rnnviz.views.theme import Theme

_COLUMNS = (
    ("Array", "What the loss is differentiated by; for x all inputs, for h₀ and c₀ the initial states"),
    ("Compared", "How many entries were compared, of all that there are; of a large array a sample, always the same"),
    ("Worst relative error", "|a − n| / (|a| + |n|) of backpropagation's a and the measured n; below 10⁻⁶ they agree"),
    ("At", "Where that was, counted from 1: row and column; for x sequence, t and feature"),
    ("Verdict", "An entry so small that rounding hides its error has to agree within rounding"),
)
_NAME, _COMPARED, _WORST, _WHERE, _VERDICT = range(len(_COLUMNS))


class CheckTable(QTableWidget):
    """Shows how every array fares."""

    def __init__(self, theme: Theme) -> None:
        """Make an empty table."""
        super().__init__(0, len(_COLUMNS))
        self._theme = theme
        self.setAccessibleName("Gradient check")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self._names = _NameDelegate(self)
        self.setItemDelegateForColumn(_NAME, self._names)
        for column, (title, tip) in enumerate(_COLUMNS):
            item = QTableWidgetItem(title)
            item.setToolTip(tip)
            item.setTextAlignment(_alignment(column))
            self.setHorizontalHeaderItem(column, item)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._theme = self._names.theme = theme
        self.setFont(ui_font(theme.px(12.5)))
        self.verticalHeader().setDefaultSectionSize(round(theme.px(26)))
        for row in range(self.rowCount()):
            self._dress(row)

    def show_checks(self, checks: Sequence[ArrayCheck]) -> None:
        """Show these arrays, in this order."""
        self.setRowCount(len(checks))
        for row, check in enumerate(checks):
            self.show_check(row, check)

    def show_check(self, row: int, check: ArrayCheck) -> None:
        """Show how one array fares by now."""
        texts = (
            check.name,
            f"{check.compared:,} of {check.entries:,}",
            "" if check.worst is None else scientific(check.worst.error),
            check.where,
            ", ".join([check.verdict, *check.remarks] if check.verdict else []),
        )
        for column, text in enumerate(texts):
            self._cell(row, column).setText(text)
        self._cell(row, _NAME).setData(Qt.ItemDataRole.UserRole, check.failed > 0)
        self._dress(row)

    def _cell(self, row: int, column: int) -> QTableWidgetItem:
        item = self.item(row, column)
        if item is None:
            item = QTableWidgetItem()
            item.setTextAlignment(_alignment(column))
            self.setItem(row, column, item)
        return item

    def texts(self, row: int) -> tuple[str, ...]:
        """Return what stands in a row."""
        return tuple(self._cell(row, column).text() for column in range(self.columnCount()))

    def _dress(self, row: int) -> None:
        theme, has_failed = self._theme, bool(self._cell(row, _NAME).data(Qt.ItemDataRole.UserRole))
        for column in range(self.columnCount()):
            plain = theme.muted if column in (_COMPARED, _WHERE) else theme.text
            self._cell(row, column).setForeground(QColor(theme.warning if has_failed else plain))
        weight = QFont.Weight.DemiBold if has_failed else QFont.Weight.Normal
        self._cell(row, _VERDICT).setFont(ui_font(theme.px(12.5), weight))


class _NameDelegate(QStyledItemDelegate):
    """Writes W_hh as a symbol with a real subscript, and its layer in plain words beside it."""

    theme: Theme

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        base, low, words, size = self._parts(str(index.data()))
        rectangle = option.rect
        x, baseline = rectangle.x() + self.theme.px(10), rectangle.center().y() + self.theme.px(5)
        colour = QColor(self.theme.warning if index.data(Qt.ItemDataRole.UserRole) else self.theme.text)
        x += symbol(painter, x, baseline, base, low, size, colour) + self.theme.px(6)
        painter.setFont(ui_font(self.theme.px(11)))
        painter.setPen(QColor(self.theme.muted))
        painter.drawText(round(x), round(baseline), words)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        base, low, words, size = self._parts(str(index.data()))
        width = symbol_width(base, low, size) + self.theme.px(6 + 6.2 * len(words)) + self.theme.px(24)
        return QSize(round(width), super().sizeHint(option, index).height())

    def _parts(self, name: str) -> tuple[str, str, str, float]:
        matrix, _, layer = name.partition(" of ")
        base, _, low = matrix.partition("_")
        return base, low, layer, self.theme.px(15)


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in (_COMPARED, _WORST) else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
