"""The table of steps: type into it, copy and paste, choose rows."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    QPointF,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from rnnviz.document.edits import Edit, set_input_values
from rnnviz.document.input_edits import paste_steps
from rnnviz.document.links import Focus, Links, Role, linked
from rnnviz.document.target_edits import count_steps
from rnnviz.session.session import Session
from rnnviz.views.editors.clipboard import BlockError, parse_block
from rnnviz.views.editors.lit_steps import role_of, thing_of
from rnnviz.views.editors.number_keys import ERASERS
from rnnviz.views.editors.step_model import Column, Index, StepModel
from rnnviz.views.fonts import ui_font
from rnnviz.views.lights import outline, tint
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.check_box import paint_check

_ROW, _NARROWEST, _WIDEST = 22, 44, 90  # px


class _CountsDelegate(QStyledItemDelegate):
    """Paints whether a step counts as the check boxes beside the table are painted, and lights up cells."""

    def __init__(self, table: StepTable) -> None:
        super().__init__(table)
        self._table = table

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        table, model = self._table, self._table.steps
        super().paint(painter, option, index)
        rect, px = table.visualRect(index), table.theme.px
        role = table.role_of(index)
        if role is not None:
            painter.save()
            tint(painter, table.theme, QRectF(rect), role)
            outline(painter, table.theme, QRectF(rect).adjusted(1, 1, -1, -1), role)
            painter.restore()
        if model.column(index).kind != "counts":
            return
        at = QPointF(rect.left() + px(6), rect.center().y() - px(7))
        painter.save()
        paint_check(painter, at, table.theme, is_on=bool(model.value(index.row(), model.column(index))))
        painter.restore()


class StepTable(QTableView):
    """Rows are steps.

    Arrows and Tab move, typing changes a cell, Delete sets to 0, Ctrl+C and Ctrl+V go through the clipboard as a
    spreadsheet does. Whole steps are chosen at their numbers, and a right click asks what to do with them.

    Signals:
        edit_requested(Edit): something is to change.
        refused(str): why something cannot be.
        menu_requested(QPoint): the menu of the chosen steps is wanted, at a point of the screen.
        cursor_requested(int): another step is looked at.
        focus_requested(Focus or None): the pointer, or the keyboard, is at another cell, or at none.
    """

    edit_requested = Signal(object)
    refused = Signal(str)
    menu_requested = Signal(QPoint)
    cursor_requested = Signal(int)
    focus_requested = Signal(object)

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.steps = StepModel(session, self)
        self.setModel(self.steps)
        self.setAccessibleName("Table of steps")
        self._session = session
        self._links: Links | None = None
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        for header in (self.verticalHeader(), self.horizontalHeader()):
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setHighlightSections(False)
        self.setItemDelegate(_CountsDelegate(self))
        self._chosen = range(1, 2)
        self.steps.edit_requested.connect(self.edit_requested)
        self.steps.refused.connect(self.refused)
        self.steps.modelAboutToBeReset.connect(self._remember)
        self.steps.modelReset.connect(self._choose_again)
        self.selectionModel().currentRowChanged.connect(self._follow_row)
        self.selectionModel().currentChanged.connect(self._point_by_keyboard)
        self.entered.connect(self._point_at)
        self.apply_theme(theme)

    @property
    def chosen(self) -> range:
        """The steps t of the selected cells, from 1; the first step if there are none."""
        rows = [index.row() for index in self.selectedIndexes()]
        return range(min(rows) + 1, max(rows) + 2) if rows else range(1, 2)

    def choose(self, steps: range) -> None:
        """Select whole steps, and bring the first into view."""
        last = self.steps.rowCount() - 1
        first = self.steps.index(min(steps.start - 1, last), 0)
        corner = self.steps.index(min(steps.stop - 2, last), self.steps.columnCount() - 1)
        self.setCurrentIndex(first)
        self.selectionModel().select(QItemSelection(first, corner), QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def apply_theme(self, theme: Theme) -> None:
        """Take on other colours and sizes."""
        px = theme.px
        self.setFont(ui_font(px(12)))
        self.theme = theme
        self.verticalHeader().setDefaultSectionSize(round(px(_ROW)))
        for header in (self.verticalHeader(), self.horizontalHeader()):
            header.setFont(ui_font(px(11)))
        self.setStyleSheet(
            f"QTableView {{ background: {theme.card}; color: {theme.text}; gridline-color: {theme.faint};"
            f" border: 1px solid {theme.border}; border-radius: 5px;"
            f" selection-background-color: {theme.faint}; selection-color: {theme.text}; }}"
            f"QTableView::item:focus {{ border: 2px solid {theme.accent}; }}"
            f"QHeaderView {{ background: {theme.card}; border: none; }}"
            f"QHeaderView::section {{ background: {theme.card}; color: {theme.muted}; border: none;"
            f" border-bottom: 1px solid {theme.faint}; padding: 0 {px(4):.0f}px; }}"
            f"QTableView QLineEdit {{ border: 2px solid {theme.accent}; border-radius: 3px; padding: 0 2px; }}"
            # it takes the clicks, and is painted by the delegate
            f"QTableView::indicator {{ width: {px(16):.0f}px; height: {px(16):.0f}px; margin-left: {px(4):.0f}px;"
            " border: none; background: transparent; image: none; }"
        )
        self._share_out()

    def _share_out(self) -> None:
        """Give the columns equal shares of the width, as far as they can be read."""
        px, columns = self.theme.px, max(self.steps.columnCount(), 1)
        width = min(max(self.viewport().width() / columns, px(_NARROWEST)), px(_WIDEST))
        self.horizontalHeader().setDefaultSectionSize(int(width))

    # Rows that stay chosen while their number changes

    def _remember(self) -> None:
        self._chosen = self.chosen

    def _choose_again(self) -> None:
        self._share_out()
        if self.steps.rowCount():
            self.choose(self._chosen)

    def _follow_row(self, current: QModelIndex, _: QModelIndex) -> None:
        if current.isValid() and self.hasFocus():
            self.cursor_requested.emit(current.row() + 1)

    # What is lit up

    def show_focus(self, focus: Focus | None) -> None:
        """Light up the cells that are linked with what is pointed at."""
        session = self._session
        self._links = None if focus is None else linked(session.document, focus, session.selection.sample)
        self.viewport().update()

    def role_of(self, index: Index) -> Role | None:
        """Return how a cell is lit, None if it is not."""
        return role_of(self._links, self.steps.column(index), index.row() + 1)

    def _point_at(self, index: QModelIndex) -> None:
        self.focus_requested.emit(thing_of(self.steps.column(index), index.row() + 1))

    def _point_by_keyboard(self, current: QModelIndex, _: QModelIndex) -> None:
        if current.isValid() and self.hasFocus():
            self._point_at(current)

    # The clipboard

    def _copy(self) -> None:
        rows, columns = self._block()
        lines = [
            "\t".join(self.steps.text(row, self.steps.columns[column], in_full=True) for column in columns)
            for row in rows
        ]
        QGuiApplication.clipboard().setText("\n".join(lines))

    def _paste(self) -> None:
        rows, columns = self._block()
        if not columns:
            return
        try:
            block = parse_block(QGuiApplication.clipboard().text())
        except BlockError as error:
            self.refused.emit(f"Paste: {error}")
            return
        self.edit_requested.emit(paste_steps(self.steps.sample, rows.start + 1, columns.start, block))

    def _block(self) -> tuple[range, range]:
        """Return the rows and columns of the selection, or of the current cell."""
        indexes = self.selectedIndexes() or [index for index in (self.currentIndex(),) if index.isValid()]
        if not indexes:
            return range(0), range(0)
        rows, columns = [index.row() for index in indexes], [index.column() for index in indexes]
        return range(min(rows), max(rows) + 1), range(min(columns), max(columns) + 1)

    def _erase(self) -> None:
        """Set the selected numbers to 0; a step that is only selected where it counts does so no more."""
        rows, columns = self._block()
        chosen = [self.steps.columns[column] for column in columns]
        if [column.kind for column in chosen] == ["counts"]:
            self.edit_requested.emit(count_steps(range(rows.start + 1, rows.stop + 1), counts=False))
        elif any(column.kind in ("symbol", "class") for column in chosen):
            self.refused.emit("A symbol cannot be 0; type another one, or delete the step.")
        elif chosen:
            self.edit_requested.emit(self._erased(rows, chosen))

    def _erased(self, rows: range, columns: list[Column]) -> Edit:
        numbers = [column for column in columns if column.kind != "counts"]
        if all(column.kind == "feature" for column in numbers):
            sample = self.steps.sample
            return set_input_values({(sample, row, column.number): 0.0 for row in rows for column in numbers})
        return paste_steps(self.steps.sample, rows.start + 1, self.steps.columns.index(numbers[0]),
                           np.zeros((len(rows), len(numbers))))  # fmt: skip

    # Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_out()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
        elif event.matches(QKeySequence.StandardKey.Paste):
            self._paste()
        elif event.key() in ERASERS:
            self._erase()
        elif event.key() == Qt.Key.Key_Escape and self._links is not None:
            self.focus_requested.emit(None)
        else:
            super().keyPressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.focus_requested.emit(None)

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """Go on to the cell below after Enter."""
        super().closeEditor(editor, hint)
        if hint == QAbstractItemDelegate.EndEditHint.SubmitModelCache:
            below = self.currentIndex().siblingAtRow(self.currentIndex().row() + 1)
            if below.isValid():
                self.setCurrentIndex(below)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.indexAt(event.pos())
        if index.isValid() and index.row() + 1 not in self.chosen:
            self.setCurrentIndex(index)
        self.menu_requested.emit(event.globalPos())
