"""The steps of the selected sequence as rows of a table: input, targets, and whether the step counts."""

from __future__ import annotations

from typing import Literal, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from rnnviz.document.document import Document
from rnnviz.document.edits import Edit, set_input_values
from rnnviz.document.input_edits import set_symbol
from rnnviz.document.target_edits import count_steps, set_targets
from rnnviz.document.text import symbol_label
from rnnviz.session.session import Selection, Session
from rnnviz.views.editors.number_entry import NumberError, parse_number
from rnnviz.views.fonts import MINUS, subscript

Index = QModelIndex | QPersistentModelIndex
Kind = Literal["feature", "symbol", "target", "class", "counts"]

_ROOT = QModelIndex()
_UNSEEN = {"␣": " ", "⏎": "\n", "⇥": "\t"}


class Column(NamedTuple):
    """A column of the table: what kind of number stands there, and which feature or output it is, from 0."""

    kind: Kind
    number: int
    title: str


def columns_of(document: Document) -> tuple[Column, ...]:
    """Return the columns: the features, or for text its symbols; the targets; whether the step counts."""
    data, targets = document.input, document.objective.targets
    if data.text is not None:
        columns = [Column("symbol", 0, "symbol")]
    else:
        columns = [Column("feature", k, name or f"x{subscript(k + 1)}") for k, name in enumerate(data.features)]
    if targets is not None and targets.ndim == 2:
        columns.append(Column("class", 0, "target"))
    elif targets is not None:
        outputs = targets.shape[2]
        columns += [Column("target", k, "ŷ" if outputs == 1 else f"ŷ{subscript(k + 1)}") for k in range(outputs)]
    return (*columns, Column("counts", 0, "counts"))


def _has_same_steps(document: Document, other: Document) -> bool:
    """Return whether nothing that stands in the table differs, as when a weight has changed."""
    same = document.input is other.input and document.objective is other.objective
    return same and document.layers[-1].return_sequences == other.layers[-1].return_sequences


class StepModel(QAbstractTableModel):
    """Reads the document, and turns what is entered into edits.

    Signals:
        edit_requested(Edit): a cell is to change.
        refused(str): why what is written in a cell will not do.
    """

    edit_requested = Signal(object)
    refused = Signal(str)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._document, self.sample = session, session.document, session.selection.sample
        self.columns = columns_of(self._document)
        self._length = self._document.input.length(self.sample)
        self._counted = frozenset(self._document.counted_steps(self.sample))
        session.document_changed.connect(self._show_document)
        session.selection_changed.connect(self._show_selection)

    def column(self, index: Index) -> Column:
        """Return the column of a cell."""
        return self.columns[index.column()]

    def value(self, row: int, column: Column) -> float:
        """Return the number in a cell; of a symbol its place in the alphabet."""
        document, n = self._document, self.sample
        if column.kind == "counts":
            return float(row + 1 in self._counted)
        if column.kind == "symbol":
            return float(document.input.values[n, row].argmax())
        if column.kind == "feature":
            return float(document.input.values[n, row, column.number])
        assert document.objective.targets is not None
        return float(document.objective.targets[n, row].reshape(-1)[column.number])

    def text(self, row: int, column: Column, *, in_full: bool = False) -> str:
        """Return what stands in a cell; numbers to six digits, or in full."""
        value, vocabulary = self.value(row, column), self._document.input.vocabulary
        if vocabulary is not None and column.kind in ("symbol", "class") and value < len(vocabulary):
            return symbol_label(vocabulary[int(value)])
        if in_full:
            return repr(value).removesuffix(".0")
        return f"{value:.6g}".replace("-", MINUS)

    # Following the session

    def _show_document(self, document: Document) -> None:
        self._take(document, min(self.sample, document.batch - 1))

    def _show_selection(self, selection: Selection) -> None:
        self._take(self._session.document, selection.sample)

    def _take(self, document: Document, sample: int) -> None:
        if sample == self.sample and _has_same_steps(document, self._document):
            self._document = document
            return
        columns, length = columns_of(document), document.input.length(sample)
        is_reset = columns != self.columns or length != self._length
        if is_reset:
            self.beginResetModel()
        self._document, self.sample, self.columns, self._length = document, sample, columns, length
        self._counted = frozenset(document.counted_steps(sample))
        if is_reset:
            self.endResetModel()
        else:
            self.dataChanged.emit(self.index(0, 0), self.index(length - 1, len(columns) - 1))

    # Qt

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else self._length

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title if orientation == Qt.Orientation.Horizontal else str(section + 1)
        if role == Qt.ItemDataRole.ToolTipRole and orientation == Qt.Orientation.Horizontal:
            return _MEANINGS[self.columns[section].kind]
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if self.column(index).kind == "counts":
            return flags | Qt.ItemFlag.ItemIsUserCheckable
        return flags | Qt.ItemFlag.ItemIsEditable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        column = self.column(index)
        if column.kind == "counts":
            counts = bool(self.value(index.row(), column))
            if role == Qt.ItemDataRole.CheckStateRole:
                return Qt.CheckState.Checked if counts else Qt.CheckState.Unchecked
            if role == Qt.ItemDataRole.AccessibleTextRole:
                return "counts" if counts else "does not count"
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return self.text(index.row(), column, in_full=role == Qt.ItemDataRole.EditRole)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        column, row = self.column(index), index.row()
        if column.kind == "counts":
            if role == Qt.ItemDataRole.CheckStateRole:
                is_checked = Qt.CheckState(value) == Qt.CheckState.Checked
                self.edit_requested.emit(count_steps(range(row + 1, row + 2), is_checked))
            return role == Qt.ItemDataRole.CheckStateRole
        if role != Qt.ItemDataRole.EditRole or str(value) == self.text(row, column, in_full=True):
            return False
        try:
            self.edit_requested.emit(self._edit(row, column, str(value)))
        except NumberError as error:
            self.refused.emit(f"{column.title} at t = {row + 1}: {error}")
            return False
        return True

    def _edit(self, row: int, column: Column, words: str) -> Edit:
        vocabulary = self._document.input.vocabulary or ()
        symbol = _UNSEEN.get(words.strip(), words.strip() or words[:1])
        if column.kind == "symbol":
            return set_symbol(self.sample, row + 1, symbol)
        if column.kind == "class" and symbol in vocabulary:
            return set_targets({(self.sample, row, 0): float(vocabulary.index(symbol))})
        key = (self.sample, row, column.number)
        if column.kind == "feature":
            return set_input_values({key: parse_number(words)})
        return set_targets({key: parse_number(words)})


_MEANINGS: dict[Kind, str] = {
    "feature": "What is fed in at each step",
    "symbol": "The symbol that is fed in, one-hot",
    "target": "What the network should answer",
    "class": "The class that the network should name",
    "counts": "Whether the loss of this step counts",
}
