"""Windows: how much of the sequence the gradient may cross (truncated backpropagation through time)."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from rnnviz.document.document import Document, Window
from rnnviz.document.network_edits import set_window
from rnnviz.session.session import Session
from rnnviz.views.editors.network_popover import NetworkPopover
from rnnviz.views.editors.number_row import NumberRow
from rnnviz.views.editors.typed_edit import TypedEdit
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.segmented import Segmented

_LONGEST = 1_000_000
_FIRST_LENGTH = 5
_KINDS = (
    ("off", "off", "The sequence is processed as a whole: nothing is cut"),
    ("stateful", "stateful", "The state is carried across a border; only the gradient is cut"),
    ("stateless", "stateless", "Each window starts from the initial state, and the gradient is cut"),
)
_MEANINGS = {
    "off": "One window for the whole sequence: the gradient flows back to t = 0.",
    "stateful": "At each border the gradient is cut and the state goes on.",
    "stateless": "At each border the gradient is cut and the state starts again from h₀.",
}


class WindowPopover(NetworkPopover):
    """Edits the document's windows."""

    def __init__(self, session: Session, theme: Theme, parent: QWidget) -> None:
        super().__init__("Windows", session, theme, parent)
        self.kind = Segmented(_KINDS, theme)
        self.kind.setAccessibleName("Windows")
        self.length = NumberRow("Length of a window", "steps", (1, _LONGEST), theme, is_whole=True)
        _, self._meaning = self.add_row("Windows", self.kind, "meaning")
        self.add_row("Length", self.length, "Truncated backpropagation through time: each window is a run of its own.")
        self._typed = TypedEdit(session)
        self.kind.chosen.connect(self._choose_kind)
        self.length.typed.connect(self._type_length)
        self.length.ended.connect(self._typed.end)
        self.apply_theme(theme)

    def show_document(self, document: Document) -> None:
        """Show the windows."""
        window = document.window
        kind = "off" if window is None else "stateful" if window.stateful else "stateless"
        self.kind.set_choice(kind)
        self._meaning.setText(_MEANINGS[kind])
        self.length.setEnabled(window is not None)
        self.length.show_value(min(_FIRST_LENGTH, document.timesteps) if window is None else window.length)

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self.kind.apply_theme(theme)
        self.length.apply_theme(theme)
        super().apply_theme(theme)

    def _choose_kind(self, kind: str) -> None:
        length = round(self.length.field.value)
        self.attempt(set_window(None if kind == "off" else Window(length, stateful=kind == "stateful")))

    def _type_length(self, length: float) -> None:
        window = self.session.document.window
        if window is not None:
            self.attempt_typed(self._typed, set_window(Window(round(length), window.stateful)))
