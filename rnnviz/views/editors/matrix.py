"""The editor of one matrix: every cell is a knob, a field and a place on the clipboard."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from functools import partial

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QGuiApplication,
    QHideEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from rnnviz.document.block import Block, Cell
from rnnviz.document.document import Place
from rnnviz.document.edits import Edit, paste_block, set_entry
from rnnviz.document.values import Array, DocumentError
from rnnviz.session.session import Session
from rnnviz.views.editors.cell_field import CellField
from rnnviz.views.editors.clipboard import BlockError, Form, block_text, parse_block
from rnnviz.views.editors.knob import Knob, moved
from rnnviz.views.editors.matrix_layout import Header
from rnnviz.views.editors.matrix_selection import Action, SelectableMatrix
from rnnviz.views.editors.number_entry import Entered
from rnnviz.views.editors.number_keys import ERASERS, OPENERS, is_fine, modifiers_of, nudge_of, starts_number
from rnnviz.views.theme import Theme

PER_PIXEL = 0.01  # of the colour scale's end
_NOTCH = 120  # of a wheel, in Qt's unit
_CTRL, _SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
_NUDGES = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}


class MatrixEditor(SelectableMatrix):
    """Edits one matrix of the document, or a vector as one row: with the mouse, the wheel, and the keyboard.

    Copying and pasting follow what is displayed.

    Signals:
        message(str): something was refused, and why; nothing has changed.
        drag_ended(): the value that was dragged is let go.
        menu_requested(QPoint): the user asks what can be done with the selection, at a place on the screen.
    """

    message = Signal(str)
    drag_ended = Signal()
    menu_requested = Signal(object)

    def __init__(
        self,
        session: Session,
        place: Place,
        theme: Theme,
        *,
        transposed: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(session, place, theme, transposed=transposed, parent=parent)
        self._knob: Knob | None = None
        self._pressed: Cell = (0, 0)
        self._pressed_header: Header | None = None
        self._moves_lens = False
        self._wheel = 0
        self._wheel_needs_current = False
        self._field = CellField(self)
        self._field.entered.connect(self._take_entered)
        self._field.refused.connect(self._pass_on_refusal)
        self.setCursor(Qt.CursorShape.SizeVerCursor)

    @property
    def is_dragging(self) -> bool:
        """Whether a value is being dragged."""
        return self._knob is not None

    def set_wheel_needs_current(self, needed: bool) -> None:
        """Let the wheel change the current cell only: over the others it scrolls what the editor is in."""
        self._wheel_needs_current = needed

    def abandon(self) -> None:
        """Let go of what is being dragged and forget what is being typed."""
        self._end_drag()
        self._field.close()

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._field.close()
        super().apply_theme(theme)

    # Changing numbers

    def apply(self, edit: Edit) -> bool:
        """Make an edit, or say why it is refused; return whether it was made."""
        try:
            self.session.apply(edit)
        except DocumentError as error:
            self.message.emit(str(error))
            return False
        return True

    def _set(self, cell: Cell, value: float, merge_key: Hashable = None) -> None:
        self._point_at(None)  # what changes is to be seen as it is
        row, column = self.cell_of(*cell)
        index = (row,) if self._is_vector else (row, column)
        self.apply(set_entry(self.place, index, value, merge_key))
        self.setAccessibleDescription(self.describe(cell))

    def _nudge(self, cell: Cell, change: float) -> None:
        """Change a cell by a little; until another one is current, that is one undo step."""
        self._go(cell)
        self._set(cell, moved(float(self._values[cell]), change), ("nudge", self.place, cell, self._visit))

    def _write(self, corner: Cell, block: Array, label: str) -> None:
        """Write a block as displayed, in one undoable step."""
        written = block.T if self._is_transposed else block
        self.apply(replace(paste_block(self.place, self.cell_of(*corner), written), label=label))

    def _fill(self, value: float, label: str) -> None:
        """Write one number into all selected cells."""
        self._go_if_elsewhere()
        self._write(self._block.corner, np.full(self._block.shape, value), label)

    # The clipboard

    def copy(self, form: Form = block_text) -> None:
        """Put the selected numbers on the clipboard, as displayed, in some form."""
        QGuiApplication.clipboard().setText(form(self._values[self._block.slices]))

    def paste(self) -> None:
        """Write the numbers on the clipboard from the current cell on, or one number into all that is selected."""
        try:
            block = parse_block(QGuiApplication.clipboard().text())
        except BlockError as error:
            self.message.emit(f"{self.place.name}: nothing was pasted. In the clipboard, {error}.")
            return
        if block.shape == (1, 1):
            self._fill(float(block[0, 0]), f"Paste into {self.place.name}")
        else:
            self._paste_block(block.T if self._is_vector and block.shape[1] == 1 else block)

    def _paste_block(self, block: Array) -> None:
        self._go_if_elsewhere()
        row, column = self._block.corner
        end_row, end_column = row + block.shape[0], column + block.shape[1]
        rows, columns = self.shape
        if end_row > rows or end_column > columns:
            self.message.emit(
                f"{self.place.name}: nothing was pasted. {block.shape[0]} × {block.shape[1]} numbers "
                f"do not fit at row {row + 1}, column {column + 1} of the {rows} × {columns} shown; "
                "select a cell further up or left, or copy fewer."
            )
            return
        self._write((row, column), block, f"Paste into {self.place.name}")
        self._select_block(Block(row, column, end_row - 1, end_column - 1))

    # Typing

    def _open_field(self, cell: Cell, typed: str = "") -> None:
        """Lay a field over a cell, with what was typed in it or else the present value."""
        self._go(cell)
        if self.is_locked(cell):
            self._say_locked(cell)
            return
        self._field.open(
            self.cell_rect(*cell),
            typed or float(self._values[cell]),
            f"Value of {self.describe(cell).split(' = ')[0]}",
            theme=self._theme,
            host=self.parentWidget() or self,  # the field is often larger than the matrix
        )

    def _say_locked(self, cell: Cell) -> None:
        name = self.describe(cell).split(" = ")[0].replace(", ", ",")
        self.message.emit(f"{name} is locked; unlock it in the matrix's menu")

    def _take_entered(self, entered: Entered) -> None:
        row, column = self._current
        self._set((row, column), entered.value)
        if entered.rows or entered.columns:
            self._move_to(row + entered.rows, column + entered.columns)

    def _pass_on_refusal(self, reason: str) -> None:
        self.message.emit(f"{self.place.name}: {reason}.")

    # Dragging

    def _turn(self, knob: Knob, y: float, *, fine: bool) -> None:
        value = knob.turn(y, fine=fine)
        if value is not None:
            if self._selected_cell() != self._pressed:
                self._go(self._pressed)
            self._set(self._pressed, value, knob)

    def _end_drag(self) -> None:
        knob, self._knob = self._knob, None
        if knob is None:
            return
        if knob.is_turning:
            self.session.end_merging()
        self.drag_ended.emit()

    def _cancel_drag(self) -> None:
        if self._knob is not None and self._knob.is_turning:
            self._set(self._pressed, self._knob.start, self._knob)
        self._end_drag()

    # What keys do

    def _action_for(self, event: QKeyEvent) -> Action | None:
        if self._knob is not None:
            return self._cancel_drag if event.key() == Qt.Key.Key_Escape else None
        return self._clipboard_action(event) or self._changing_action(event) or super()._action_for(event)

    def _clipboard_action(self, event: QKeyEvent) -> Action | None:
        if event.matches(QKeySequence.StandardKey.Copy):
            return self.copy
        return self.paste if event.matches(QKeySequence.StandardKey.Paste) else None

    def _changing_action(self, event: QKeyEvent) -> Action | None:
        key, modifiers = Qt.Key(event.key()), modifiers_of(event)
        if key in _NUDGES and modifiers in (_CTRL, _CTRL | _SHIFT):
            return partial(self._nudge, self._current, _NUDGES[key] * nudge_of(event))
        if starts_number(event) and not modifiers & ~_SHIFT:
            return partial(self._open_field, self._current, event.text())
        if key in OPENERS and not modifiers:
            return partial(self._open_field, self._current)
        if key in ERASERS and not modifiers:
            return partial(self._fill, 0.0, f"Set {self.place.name} to 0")
        return None

    # Qt

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.RightButton:
            self._aim(event.position())
            return
        header, cell = self.header_at(event.position()), self.cell_at(event.position())
        if event.button() != Qt.MouseButton.LeftButton or (header is None and cell is None):
            super().mousePressEvent(event)
        elif header is not None:
            self._pressed_header = header
            self.select_line(header, extend=is_fine(event))
        elif self.overview_holds(event.position()):
            self._moves_lens = True
            self._point_into_overview(event)
        elif cell is not None:
            self._start_drag(cell, event)

    def _start_drag(self, cell: Cell, event: QMouseEvent) -> None:
        self._pressed = cell
        step = PER_PIXEL * max(1.0, self.limit)
        if self.is_locked(cell) and not is_fine(event):
            self._go(cell)
            self._say_locked(cell)
            return
        self._knob = Knob(float(self._values[cell]), event.globalPosition().y(), step, is_fine(event))
        if not is_fine(event):  # with Shift it may become a selection
            self._go(cell)

    def _point_into_overview(self, event: QMouseEvent) -> None:
        """Go to the cell under the pointer with the lens; with Shift, select up to it."""
        cell = self.overview_cell(event.position())
        self.show_cell(cell, centred=True)
        (self._extend_to if is_fine(event) else self._go)(cell)

    def _aim(self, point: QPointF) -> None:
        """Select what is under the pointer, unless it is selected already."""
        header, cell = self.header_at(point), self.cell_at(point)
        has_current = self._selected_cell() is not None
        if header is not None:
            line = self.line(header)
            if not has_current or self.block.within(line) != line:
                self.select_line(header)
        elif cell is not None and not (has_current and self.block.holds(cell)):
            self._go(cell)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not event.buttons() & Qt.MouseButton.LeftButton:
            self._end_drag()  # if the release was lost, to another window for example
            self._moves_lens, self._pressed_header = False, None
        if self._moves_lens:
            self._point_into_overview(event)
        elif self._pressed_header is not None:
            self._extend_line(self._pressed_header, event.position())
        elif self._knob is None:
            self._hover(self.cell_at(event.position()), self.header_at(event.position()))
            self._show_shape(event.position())
        else:
            self._turn(self._knob, event.globalPosition().y(), fine=is_fine(event))
            if not self.shows_numbers:
                QToolTip.showText(event.globalPosition().toPoint(), self.describe(self._pressed), self)

    def _extend_line(self, start: Header, point: QPointF) -> None:
        """Select whole rows or columns from the one that was pressed to the one that the pointer is at."""
        row, column = self.nearest_cell(point)
        if start[0] != "all":
            self.select_line((start[0], row if start[0] == "row" else column), extend=True)

    def _show_shape(self, point: QPointF) -> None:
        """Let the pointer say what a press does there."""
        cell = self.cell_at(point)
        if self.header_at(point) is not None or cell is None or self.is_locked(cell):
            shape = Qt.CursorShape.ArrowCursor
        elif self.overview_holds(point):
            shape = Qt.CursorShape.CrossCursor
        else:
            shape = Qt.CursorShape.SizeVerCursor
        if shape != self.cursor().shape():
            self.setCursor(shape)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu: at the pointer, or with the Menu key below the selection."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self._go_if_elsewhere()
            self.menu_requested.emit(self.mapToGlobal(self.block_rect(self.block).bottomLeft()))
        else:
            self.menu_requested.emit(event.globalPos())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        knob = self._knob
        if event.button() == Qt.MouseButton.LeftButton:
            self._moves_lens, self._pressed_header = False, None
        if event.button() != Qt.MouseButton.LeftButton or knob is None:
            super().mouseReleaseEvent(event)
            return
        self._end_drag()
        if knob.is_fine and not knob.is_turning:
            self._extend_to(self._pressed)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        is_knob = cell is not None and not self.overview_holds(event.position())
        if event.button() == Qt.MouseButton.LeftButton and cell is not None and is_knob:
            self._open_field(cell)

    def wheelEvent(self, event: QWheelEvent) -> None:
        cell = self.cell_at(event.position())
        if self.overview_holds(event.position()):
            cell = None  # a pixel is many cells
        untouched = self._wheel_needs_current and cell != self._selected_cell()
        if cell is None or untouched or self.is_dragging or self._field.is_open:
            event.ignore()
            return
        # with Alt or Shift some systems swap the axes
        self._wheel += event.angleDelta().y() or event.angleDelta().x()
        notches = int(self._wheel / _NOTCH)
        self._wheel -= notches * _NOTCH
        if notches:
            self._nudge(cell, notches * nudge_of(event))
            if not self.shows_numbers:
                self._show_tip(event.globalPosition().toPoint(), cell)
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        self._wheel = 0
        super().leaveEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self.abandon()
        super().hideEvent(event)
