"""The editor of one matrix: every cell is a knob, a field and a place on the clipboard."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace
from functools import partial

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QGuiApplication,
    QHelpEvent,
    QHideEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from rnnviz.document.document import READOUT, Document, Place
from rnnviz.document.edits import Edit, paste_block, set_entry
from rnnviz.document.values import Array, DocumentError
from rnnviz.session.session import Selection, Session
from rnnviz.views.editors.clipboard import BlockError, block_text, parse_block
from rnnviz.views.editors.grid import Block, Cell
from rnnviz.views.editors.knob import FINE, Knob, moved
from rnnviz.views.editors.matrix_view import Marks, MatrixView
from rnnviz.views.editors.naming import describe, spoken
from rnnviz.views.editors.number_entry import Entered, NumberEntry
from rnnviz.views.fonts import MINUS
from rnnviz.views.theme import Theme

Action = Callable[[], None]

NUDGE = 0.05
PER_PIXEL = 0.01  # of the colour scale's end
_NOTCH = 120  # of a wheel, in Qt's unit
_STARTS_A_NUMBER = frozenset("0123456789+-.,\N{MINUS SIGN}")
_MOVES = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
_BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)
_CTRL, _SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


class MatrixEditor(MatrixView):
    """Shows one matrix of the document, or a vector as one row, and edits it.

    Cells are (row, column) as displayed; a transposed matrix swaps them, and copying and pasting follow what
    is displayed. The current cell is the session's selected entry, so it is outlined in one editor at most.

    Signals:
        message(str): something was refused, and why; nothing has changed.
        drag_ended(): the value that was dragged is let go.
    """

    message = Signal(str)
    drag_ended = Signal()

    def __init__(
        self,
        session: Session,
        place: Place,
        theme: Theme,
        *,
        transposed: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        array = session.document.weight(place)
        self._is_vector = array.ndim == 1
        self._is_transposed = transposed or self._is_vector
        super().__init__(self._displayed(array), theme, parent)
        self.session, self.place = session, place
        self._array = array
        self._current: Cell = (0, 0)
        self._far: Cell = (0, 0)
        self._block = Block(0, 0, 0, 0)
        self._hovered: Cell | None = None
        self._knob: Knob | None = None
        self._pressed: Cell = (0, 0)
        self._gesture = 0
        self._wheel = 0
        self._wheel_needs_current = False
        self._entry: NumberEntry | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.SizeVerCursor)
        self.setAccessibleName(spoken(session.document, place, self.shape, transposed=transposed))
        session.document_changed.connect(self._show_document)
        session.selection_changed.connect(self._show_selection)
        self._show_selection(session.selection)

    @property
    def is_dragging(self) -> bool:
        """Whether a value is being dragged."""
        return self._knob is not None

    def cell_of(self, row: int, column: int = 0) -> Cell:
        """Return where an entry of the document's array is displayed."""
        return (column, row) if self._is_transposed else (row, column)

    def set_wheel_needs_current(self, needed: bool) -> None:
        """Let the wheel change the current cell only: over the others it scrolls what the editor is in."""
        self._wheel_needs_current = needed

    def abandon(self) -> None:
        """Let go of what is being dragged and forget what is being typed."""
        self._end_drag()
        self._drop_entry()

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._drop_entry()
        super().apply_theme(theme)

    # Following the session

    def _show_document(self, document: Document) -> None:
        try:
            array = document.weight(self.place)
        except (KeyError, IndexError):
            return  # the owner is about to remove this editor
        if array.shape == self._array.shape and array is not self._array:
            self._array = array
            self._set_values(self._displayed(array))

    def _show_selection(self, selection: Selection) -> None:
        entry = selection.entry
        is_here = entry is not None and entry[0] == self.place
        if entry is not None and is_here and self.cell_of(*entry[1:]) != self._current:
            self._current = self.cell_of(*entry[1:])
            self._select_block(Block.between(self._current, self._current))
        elif not is_here:
            self._select_block(Block.between(self._current, self._current))
        self._show_marks()

    def _show_marks(self) -> None:
        entry = self.session.selection.entry
        is_here = entry is not None and entry[0] == self.place
        several = is_here and self._block.shape != (1, 1)
        self._set_marks(
            Marks(self._current if is_here else None, self._block if several else None, self._hovered)
        )

    def _displayed(self, array: Array) -> Array:
        matrix = array.reshape(len(array), -1)
        return matrix.T if self._is_transposed else matrix

    # Where the hand is

    def _go(self, cell: Cell) -> None:
        """Make a cell the current one, and the only one selected."""
        if cell != self._current:
            self._gesture += 1
        self._current = cell
        self._select_block(Block.between(cell, cell))
        row, column = self._entry_of(cell)
        selection = replace(self.session.selection, entry=(self.place, row, column))
        if self.place.layer != READOUT:
            selection = replace(selection, layer=self.place.layer, unit=row)
        self.session.select(selection)
        self._show_marks()
        self.setAccessibleDescription(self._describe(cell))

    def _extend_to(self, cell: Cell) -> None:
        if self.marks.current is None:
            self._go(self._current)
        self._select_block(Block.between(self._current, cell))
        self._far = cell
        self._show_marks()

    def _select_block(self, block: Block) -> None:
        self._block, self._far = block, (block.bottom, block.right)

    def _select_all(self) -> None:
        self._go(self._current)
        self._select_block(Block(0, 0, self.shape[0] - 1, self.shape[1] - 1))
        self._show_marks()

    def _move(self, rows: int, columns: int, *, extend: bool) -> None:
        start = self._far if extend else self._current
        self._move_to(start[0] + rows, start[1] + columns, extend=extend)

    def _move_to(self, row: int, column: int, *, extend: bool) -> None:
        """Go to a cell, or to the nearest one if it lies beyond an edge."""
        cell = min(max(row, 0), self.shape[0] - 1), min(max(column, 0), self.shape[1] - 1)
        (self._extend_to if extend else self._go)(cell)

    def _entry_of(self, cell: Cell) -> Cell:
        """Return the document's row and column of a displayed cell: swapping twice is no change."""
        return self.cell_of(*cell)

    def _describe(self, cell: Cell) -> str:
        return describe(self.session.document, self.place, *self._entry_of(cell))

    # Changing numbers

    def _apply(self, edit: Edit) -> None:
        try:
            self.session.apply(edit)
        except DocumentError as error:
            self.message.emit(str(error))

    def _set(self, cell: Cell, value: float, merge_key: Hashable = None) -> None:
        row, column = self._entry_of(cell)
        index = (row,) if self._is_vector else (row, column)
        self._apply(set_entry(self.place, index, value, merge_key))
        self.setAccessibleDescription(self._describe(cell))

    def _nudge(self, cell: Cell, steps: float) -> None:
        self._go(cell)
        value = moved(float(self._values[cell]), steps * NUDGE)
        self._set(cell, value, ("nudge", self.place, cell, self._gesture))

    def _write(self, corner: Cell, block: Array, label: str) -> None:
        """Write a block as displayed, in one undoable step."""
        self._gesture += 1
        written = block.T if self._is_transposed else block
        self._apply(replace(paste_block(self.place, self._entry_of(corner), written), label=label))

    def _fill(self, value: float, label: str) -> None:
        self._write(self._block.corner, np.full(self._block.shape, value), label)

    def _clear(self) -> None:
        self._go_if_elsewhere()
        self._fill(0.0, f"Set {self.place.name} to 0")

    # The clipboard

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(block_text(self._values[self._block.slices]))

    def _paste(self) -> None:
        try:
            block = parse_block(QGuiApplication.clipboard().text())
        except BlockError as error:
            self.message.emit(f"{self.place.name}: nothing was pasted. In the clipboard, {error}.")
            return
        self._go_if_elsewhere()
        if block.shape == (1, 1):
            self._fill(float(block[0, 0]), f"Paste into {self.place.name}")
            return
        if self._is_vector and block.shape[1] == 1:
            block = block.T
        row, column = self._block.corner
        rows, columns = self.shape
        if row + block.shape[0] > rows or column + block.shape[1] > columns:
            self.message.emit(
                f"{self.place.name}: nothing was pasted. {block.shape[0]} × {block.shape[1]} numbers "
                f"do not fit at row {row + 1}, column {column + 1} of the {rows} × {columns} shown; "
                "select a cell further up or left, or copy fewer."
            )
            return
        self._write((row, column), block, f"Paste into {self.place.name}")
        self._select_block(Block(row, column, row + block.shape[0] - 1, column + block.shape[1] - 1))
        self._show_marks()

    def _go_if_elsewhere(self) -> None:
        if self.marks.current is None:
            self._go(self._current)

    # Typing

    def _open_entry(self, cell: Cell, text: str | None = None) -> None:
        """Lay a field over a cell, with what was typed in it or else the present value."""
        self._drop_entry()
        self._go(cell)
        host = self.parentWidget() or self
        value = repr(float(self._values[cell])).replace("-", MINUS)
        entry = NumberEntry(value if text is None else text, self._theme, host)
        self._entry = entry
        entry.setAccessibleName(f"Value of {self._describe(cell).split(' = ')[0]}")
        entry.entered.connect(self._take_entered)
        entry.cancelled.connect(self._drop_entry)
        entry.refused.connect(self._pass_on_refusal)
        rect = self.cell_rect(*cell)
        entry.cover(QRect(self.mapTo(host, rect.topLeft()), rect.size()))
        entry.show()
        entry.setFocus(Qt.FocusReason.OtherFocusReason)
        if text is None:
            entry.selectAll()

    def _take_entered(self, entered: Entered) -> None:
        row, column = self._current
        self._drop_entry()
        self._gesture += 1
        self._set((row, column), entered.value)
        if entered.rows or entered.columns:
            self._move_to(row + entered.rows, column + entered.columns, extend=False)

    def _pass_on_refusal(self, reason: str) -> None:
        self.message.emit(f"{self.place.name}: {reason}.")

    def _drop_entry(self) -> None:
        entry, self._entry = self._entry, None
        if entry is not None:
            entry.give_up(to=self)

    # Dragging

    def _turn(self, y: float, *, fine: bool) -> None:
        knob = self._knob
        value = knob.turn(y, fine=fine) if knob is not None else None
        if value is not None:
            if self.marks.current != self._pressed:
                self._go(self._pressed)
            self._set(self._pressed, value, self._drag_key())

    def _drag_key(self) -> Hashable:
        return "drag", self.place, self._pressed, self._gesture

    def _end_drag(self) -> None:
        knob, self._knob = self._knob, None
        if knob is None:
            return
        if knob.is_turning:
            self.session.end_merging()
        self.drag_ended.emit()

    def _cancel_drag(self) -> None:
        if self._knob is not None and self._knob.is_turning:
            self._set(self._pressed, self._knob.start, self._drag_key())
        self._end_drag()

    # What keys do

    def _action_for(self, event: QKeyEvent) -> Action | None:
        """Return what a key does here, or None."""
        if self._knob is not None:
            return self._cancel_drag if event.key() == Qt.Key.Key_Escape else None
        finders = (self._clipboard_action, self._moving_action, self._jumping_action, self._changing_action)
        return next((action for finder in finders if (action := finder(event)) is not None), None)

    def _clipboard_action(self, event: QKeyEvent) -> Action | None:
        for key, action in (
            (QKeySequence.StandardKey.Copy, self._copy),
            (QKeySequence.StandardKey.Paste, self._paste),
            (QKeySequence.StandardKey.SelectAll, self._select_all),
        ):
            if event.matches(key):
                return action
        return None

    def _moving_action(self, event: QKeyEvent) -> Action | None:
        rows, columns = _MOVES.get(Qt.Key(event.key()), (0, 0))
        modifiers = _modifiers(event)
        if (rows, columns) == (0, 0):
            return None
        if modifiers in (Qt.KeyboardModifier.NoModifier, _SHIFT):
            return partial(self._move, rows, columns, extend=modifiers == _SHIFT)
        if rows and modifiers in (_CTRL, _CTRL | _SHIFT):
            return partial(self._nudge, self._current, -rows * (FINE if modifiers & _SHIFT else 1.0))
        return None

    def _jumping_action(self, event: QKeyEvent) -> Action | None:
        modifiers = _modifiers(event)
        if event.key() not in (Qt.Key.Key_Home, Qt.Key.Key_End) or modifiers & ~(_CTRL | _SHIFT):
            return None
        extend, is_home = bool(modifiers & _SHIFT), event.key() == Qt.Key.Key_Home
        row = (self._far if extend else self._current)[0]
        if modifiers & _CTRL:
            row = 0 if is_home else self.shape[0] - 1
        return partial(self._move_to, row, 0 if is_home else self.shape[1] - 1, extend=extend)

    def _changing_action(self, event: QKeyEvent) -> Action | None:
        key, modifiers = event.key(), _modifiers(event)
        if event.text() in _STARTS_A_NUMBER and event.text() and not modifiers & ~_SHIFT:
            return partial(self._open_entry, self._current, event.text())
        if modifiers:
            return None
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            return partial(self._open_entry, self._current)
        if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            return self._clear
        if key == Qt.Key.Key_Escape and self._block.shape != (1, 1):
            return partial(self._go, self._current)
        return None

    # Qt

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._show_tip(event.globalPos(), self.cell_at(QPointF(event.pos())))
            return True
        is_override = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and self._action_for(event) is not None:
            event.accept()  # ours, even if the window has a shortcut on it
            return True
        return bool(super().event(event))

    def _show_tip(self, at: QPoint, cell: Cell | None) -> None:
        if cell is None:
            QToolTip.hideText()
        else:
            QToolTip.showText(at, self._describe(cell), self, self.cell_rect(*cell))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        action = self._action_for(event)
        if action is None:
            super().keyPressEvent(event)
        else:
            action()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        if event.button() != Qt.MouseButton.LeftButton or cell is None:
            super().mousePressEvent(event)
            return
        fine = bool(event.modifiers() & _SHIFT)
        self._pressed = cell
        self._gesture += 1
        step = PER_PIXEL * max(1.0, self.limit)
        self._knob = Knob(float(self._values[cell]), event.globalPosition().y(), step, fine)
        if not fine:  # with Shift it may become a selection
            self._go(cell)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._knob is not None and not event.buttons() & Qt.MouseButton.LeftButton:
            self._end_drag()  # the release was lost, to another window for example
        if self._knob is not None:
            self._turn(event.globalPosition().y(), fine=bool(event.modifiers() & _SHIFT))
            if not self.shows_numbers:
                QToolTip.showText(event.globalPosition().toPoint(), self._describe(self._pressed), self)
        else:
            self._hovered = self.cell_at(event.position())
            self._show_marks()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        knob = self._knob
        if event.button() != Qt.MouseButton.LeftButton or knob is None:
            super().mouseReleaseEvent(event)
            return
        self._end_drag()
        if knob.is_fine and not knob.is_turning:
            self._extend_to(self._pressed)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and cell is not None:
            self._open_entry(cell)

    def wheelEvent(self, event: QWheelEvent) -> None:
        cell = self.cell_at(event.position())
        untouched = self._wheel_needs_current and cell != self.marks.current
        if cell is None or untouched or self.is_dragging or self._entry is not None:
            event.ignore()
            return
        self._wheel += (
            event.angleDelta().y() or event.angleDelta().x()
        )  # with Alt or Shift some systems swap them
        notches = int(self._wheel / _NOTCH)
        self._wheel -= notches * _NOTCH
        if notches:
            self._nudge(cell, notches * (FINE if event.modifiers() & _SHIFT else 1.0))
            if not self.shows_numbers:
                self._show_tip(event.globalPosition().toPoint(), cell)
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = None
        self._wheel = 0
        self._show_marks()
        super().leaveEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in _BY_KEYBOARD:
            self._go(self._current)

    def hideEvent(self, event: QHideEvent) -> None:
        self.abandon()
        super().hideEvent(event)


def _modifiers(event: QKeyEvent) -> Qt.KeyboardModifier:
    """Return what is held with a key; being on the keypad does not count."""
    return event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
