"""What can be chosen of the readout."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from rnnviz.document.document import Document
from rnnviz.document.network_edits import set_readout
from rnnviz.session.session import Session
from rnnviz.views.cell_choices import NO_READOUT, READOUT_CHOICES, READOUT_FORMULAS
from rnnviz.views.editors.network_popover import NetworkPopover
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.segmented import Segmented


class ReadoutPopover(NetworkPopover):
    """Edits the readout's activation, adds a readout or takes it away."""

    def __init__(self, session: Session, theme: Theme, parent: QWidget) -> None:
        super().__init__("Readout", session, theme, parent)
        self.activation = Segmented(READOUT_CHOICES, theme)
        self.activation.setAccessibleName("Readout")
        _, self._formula = self.add_row("Activation", self.activation, "formula")
        self.activation.chosen.connect(self._choose)
        self.apply_theme(theme)

    def show_document(self, document: Document) -> None:
        """Show the readout."""
        choice = NO_READOUT if document.readout is None else document.readout.activation
        self.activation.set_choice(choice)
        self._formula.setText(READOUT_FORMULAS[choice])

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self.activation.apply_theme(theme)
        super().apply_theme(theme)

    def _choose(self, choice: str) -> None:
        self.attempt(set_readout(None if choice == NO_READOUT else choice))
