"""Which cells of a matrix are selected: the current one, and with Shift a block of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QToolTip, QWidget

from rnnviz.document.block import Block, Cell
from rnnviz.document.document import READOUT, Document, Place
from rnnviz.document.links import Cells, Links, Weight, exists
from rnnviz.document.locks import Mask
from rnnviz.document.values import DocumentError
from rnnviz.session.session import Selection, Session
from rnnviz.views.editors.matrix_layout import Header
from rnnviz.views.editors.matrix_view import Marks, MatrixView
from rnnviz.views.editors.naming import axis_names, describe, spoken
from rnnviz.views.editors.number_keys import modifiers_of
from rnnviz.views.theme import Theme

Action = Callable[[], None]
Number = TypeVar("Number", np.float64, np.bool_)

_PLAIN = Qt.KeyboardModifier.NoModifier
_CTRL, _SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
_MOVES = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
_ENDS = (Qt.Key.Key_Home, Qt.Key.Key_End)
_BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class SelectableMatrix(MatrixView):
    """Shows one matrix of the document, or a vector as one row, with its selected cells.

    Cells are (row, column) as displayed; a transposed matrix swaps them. The current cell is the session's
    selected entry, so it is outlined in one matrix at most.
    """

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
        names = axis_names(session.document, place)
        super().__init__(self._displayed(array), names.transposed if self._is_transposed else names, theme, parent)
        self.session, self.place = session, place
        self._array = array
        self._mask: Mask | None = None
        self._current: Cell = (0, 0)
        self._far: Cell = (0, 0)  # what Shift moves: the corner of the block across from where it began
        self._block = Block(0, 0, 0, 0)
        self._hovered: Cell | None = None
        self._visit = 0  # counts how often another cell has become the current one
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(spoken(session.document, place, self.shape, transposed=transposed))
        session.document_changed.connect(self._show_document)
        session.selection_changed.connect(self._show_selection)
        self._show_document(session.document)
        self._show_selection(session.selection)

    @property
    def block(self) -> Block:
        """The selected cells, as displayed; always at least one."""
        return self._block

    @property
    def is_transposed(self) -> bool:
        """Whether the document's rows are displayed as columns, as those of a vector always are."""
        return self._is_transposed

    @property
    def entries(self) -> Block:
        """The selected entries of the document's array; a vector is one column."""
        return self._block.transposed if self._is_transposed else self._block

    def go(self, cell: Cell) -> None:
        """Make a displayed cell the current one, and the only one selected."""
        self._go(cell)

    def select(self, block: Block) -> None:
        """Make the first cell of a block the current one, and select all of it."""
        self._go(block.corner, shows=False)
        self._select_block(block)

    def cell_of(self, row: int, column: int = 0) -> Cell:
        """Return where an entry of the document's array is displayed; and the entry that a cell displays."""
        return (column, row) if self._is_transposed else (row, column)

    def _displayed(self, array: NDArray[Number]) -> NDArray[Number]:
        matrix = array.reshape(len(array), -1)
        return matrix.T if self._is_transposed else matrix

    def is_locked(self, cell: Cell) -> bool:
        """Return whether a displayed cell is locked."""
        return self._locked is not None and bool(self._locked[cell])

    def describe(self, cell: Cell) -> str:
        """Return what a displayed cell is: its value in full, what it connects, and whether it is locked."""
        words = describe(self.session.document, self.place, *self.cell_of(*cell))
        return f"{words}, locked" if self.is_locked(cell) else words

    # Following the session

    def _show_document(self, document: Document) -> None:
        try:
            array = document.weight(self.place)
        except DocumentError:
            return  # the owner is about to remove this editor
        values = self._displayed(array)
        if values.shape == self.shape:
            if array is not self._array:  # most edits leave it the same object, and it may be large
                self._array = array
                self._set_values(values)
            mask = document.locked(self.place)
            if mask is not self._mask:
                self._mask = mask
                self._set_locked(None if mask is None else self._displayed(mask))

    def _show_selection(self, selection: Selection) -> None:  # noqa: ARG002
        cell = self._selected_cell()
        if cell is not None and self.lens is not None and not self.lens.holds(cell) and cell != self._current:
            self.show_cell(cell, centred=True)
        if cell is None or cell != self._current:
            self._current = cell or self._current
            self._select_block(Block.between(self._current, self._current))
        self._show_marks()

    def _selected_cell(self) -> Cell | None:
        """Return where the session's selected entry is displayed, if it is one of this matrix."""
        entry = self.session.selection.entry
        return self.cell_of(*entry[1:]) if entry is not None and entry[0] == self.place else None

    def _show_marks(self) -> None:
        current = self._selected_cell()
        several = current is not None and self._block.shape != (1, 1)
        self._set_marks(Marks(current, self._block if several else None, self._hovered))

    # What is linked

    def show_links(self, links: Links | None) -> None:
        """Light up the cells that are linked with what is pointed at, here or elsewhere."""
        cells = () if links is None else links.cells(self.place)
        self.set_lit(tuple((each.role, self._block_of(each)) for each in cells))

    def _block_of(self, cells: Cells) -> Block:
        """Return the displayed cells of an entry, a row, a column or all of the document's array."""
        rows, columns = self.cell_of(*self.shape)
        first = self.cell_of(cells.row or 0, cells.column or 0)
        last_row = rows - 1 if cells.row is None else cells.row
        return Block.between(first, self.cell_of(last_row, columns - 1 if cells.column is None else cells.column))

    def _point_at(self, cell: Cell | None, header: Header | None = None) -> None:
        """Point at the weight of a cell, or at all those of a row or a column that is named."""
        if header is not None:
            kind, index = header
            self._focus_on(index if kind == "row" else None, index if kind == "column" else None)
        elif cell is not None:
            self._focus_on(*cell)
        else:
            self.session.set_focus(None)

    def _focus_on(self, row: int | None, column: int | None) -> None:
        entries = (column, row) if self._is_transposed else (row, column)
        self.session.set_focus(Weight(self.place, *entries))

    # Selecting

    def _go(self, cell: Cell, *, shows: bool = True) -> None:
        """Make a cell the current one, and the only one selected; bring it into the lens."""
        if shows:
            self.show_cell(cell)
        self._visit += cell != self._current
        self._current = cell
        self._select_block(Block.between(cell, cell))
        row, column = self.cell_of(*cell)
        selection = replace(self.session.selection, entry=(self.place, row, column))
        if self.place.layer != READOUT:
            selection = replace(selection, layer=self.place.layer, unit=row)
        self.session.select(selection)
        self._point_at(cell)
        self.setAccessibleDescription(self.describe(cell))

    def _go_if_elsewhere(self) -> None:
        """Make the cell that was current here last the current one, unless one of these is."""
        if self._selected_cell() is None:
            self._go(self._current)

    def _extend_to(self, cell: Cell) -> None:
        self._go_if_elsewhere()
        self.show_cell(cell)
        self._select_block(Block.between(self._current, cell))
        self._far = cell

    def _select_block(self, block: Block) -> None:
        self._block, self._far = block, (block.bottom, block.right)
        self._show_marks()

    def select_all(self) -> None:
        """Select the whole matrix; the current cell stays."""
        self._go(self._current, shows=False)
        self._select_block(Block.whole(self.shape))

    def line(self, header: Header) -> Block:
        """Return all cells of a row or a column, or of the whole matrix."""
        kind, index = header
        rows, columns = self.shape
        if kind == "row":
            return Block(index, 0, index, columns - 1)
        return Block(0, index, rows - 1, index) if kind == "column" else Block.whole(self.shape)

    def select_line(self, header: Header, *, extend: bool = False) -> None:
        """Select a row, a column or everything; or, going on from what is selected, all rows or columns up to it."""
        kind, _ = header
        if kind == "all":
            self.select_all()
            return
        line = self.line(header)
        start = line.corner
        if extend:
            self._go_if_elsewhere()
            start = (self._current[0], 0) if kind == "row" else (0, self._current[1])
        self._go(start, shows=False)
        self._select_block(Block.between(start, (line.bottom, line.right)))

    def _step(self, rows: int, columns: int, *, extend: bool) -> None:
        row, column = self._far if extend else self._current
        self._move_to(row + rows, column + columns, extend=extend)

    def _jump(self, *, home: bool, all_rows: bool, extend: bool) -> None:
        """Go to the first or last cell, of the row or of the whole matrix."""
        last_row, last_column = self.shape[0] - 1, self.shape[1] - 1
        row = (self._far if extend else self._current)[0]
        if all_rows:
            row = 0 if home else last_row
        self._move_to(row, 0 if home else last_column, extend=extend)

    def _move_to(self, row: int, column: int, *, extend: bool = False) -> None:
        """Go to a cell, or to the nearest one if it lies beyond an edge."""
        cell = min(max(row, 0), self.shape[0] - 1), min(max(column, 0), self.shape[1] - 1)
        (self._extend_to if extend else self._go)(cell)

    def _action_for(self, event: QKeyEvent) -> Action | None:
        """Return what a key does here, or None."""
        key, modifiers = Qt.Key(event.key()), modifiers_of(event)
        extend = bool(modifiers & _SHIFT)
        if event.matches(QKeySequence.StandardKey.SelectAll):
            return self.select_all
        if key == Qt.Key.Key_Space and modifiers in (_SHIFT, _CTRL):  # as in a spreadsheet
            kind: Literal["row", "column"] = "row" if modifiers == _SHIFT else "column"
            return partial(self.select_line, (kind, self._current[kind == "column"]))
        if key in _MOVES and modifiers in (_PLAIN, _SHIFT):
            return partial(self._step, *_MOVES[key], extend=extend)
        if key in _ENDS and not modifiers & ~(_CTRL | _SHIFT):
            whole = bool(modifiers & _CTRL)
            return partial(self._jump, home=key == Qt.Key.Key_Home, all_rows=whole, extend=extend)
        return self._ending_action() if key == Qt.Key.Key_Escape and modifiers == _PLAIN else None

    def _ending_action(self) -> Action | None:
        """Return what Esc does: it goes back to one cell, and then puts out the light."""
        if self._block.shape != (1, 1):
            return partial(self._go, self._current)
        return partial(self._point_at, None) if self.session.focus is not None else None

    # Qt

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._show_help(event)
            return True
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if isinstance(event, QKeyEvent) and is_override and self._action_for(event) is not None:
            event.accept()  # ours, even if the window has a shortcut on it
            return True
        return bool(super().event(event))

    def _show_help(self, event: QHelpEvent) -> None:
        header = self.header_at(QPointF(event.pos()))
        if header is None:
            self._show_tip(event.globalPos(), self.cell_at(QPointF(event.pos())))
        else:
            QToolTip.showText(event.globalPos(), self._header_words(header), self)

    def _header_words(self, header: Header) -> str:
        kind, index = header
        if kind == "all":
            return "Select all"
        name = (self.names.rows if kind == "row" else self.names.columns)[index]
        return f"{kind.capitalize()} {index + 1}: {name}" if name else f"{kind.capitalize()} {index + 1}"

    def _show_tip(self, at: QPoint, cell: Cell | None) -> None:
        if cell is None:
            QToolTip.hideText()
        else:
            QToolTip.showText(at, self.describe(cell), self, self.cell_rect(*cell))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        action = self._action_for(event)
        if action is None:
            super().keyPressEvent(event)
        else:
            action()

    def _hover(self, cell: Cell | None, header: Header | None = None) -> None:
        self._hovered = cell
        self._point_at(cell, header)
        self._show_marks()

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)
        super().leaveEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in _BY_KEYBOARD:
            entry = Weight(self.place, *self.cell_of(*self._current))
            if exists(self.session.document, entry):  # else this editor is about to go, as what had the focus has gone
                self._go(self._current)
