"""The place where a field for a number is opened over one cell."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRect, Qt, Signal
from PySide6.QtWidgets import QWidget

from rnnviz.views.editors.number_entry import Entered, NumberEntry
from rnnviz.views.fonts import MINUS
from rnnviz.views.theme import Theme


class CellField(QObject):
    """Opens and closes the field of a widget with cells; at most one is open.

    Signals:
        entered(Entered): a right number, and where to go on; the field is closed.
        refused(str): why what is written is not a number.
    """

    entered = Signal(object)
    refused = Signal(str)

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner)
        self._owner = owner
        self._entry: NumberEntry | None = None

    @property
    def is_open(self) -> bool:
        """Whether a number is being typed."""
        return self._entry is not None

    def open(self, cell: QRect, text: str | float, name: str, *, theme: Theme, host: QWidget) -> None:
        """Lay a field into the host, over a cell of the owner.

        A number is shown in full precision and selected; a text is what has been typed so far.
        """
        self.close()
        shown = text if isinstance(text, str) else repr(text).replace("-", MINUS)
        entry = self._entry = NumberEntry(shown, theme, host)
        entry.setAccessibleName(name)
        entry.entered.connect(self._enter)
        entry.cancelled.connect(self.close)
        entry.refused.connect(self.refused)
        entry.cover(QRect(self._owner.mapTo(host, cell.topLeft()), cell.size()))
        entry.show()
        entry.setFocus(Qt.FocusReason.OtherFocusReason)
        if not isinstance(text, str):
            entry.selectAll()

    def close(self) -> None:
        """Close the field if it is open, and forget what is written in it."""
        entry, self._entry = self._entry, None
        if entry is not None:
            entry.give_up(to=self._owner)

    def _enter(self, entered: Entered) -> None:
        self.close()
        self.entered.emit(entered)
