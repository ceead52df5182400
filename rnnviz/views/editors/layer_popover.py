"""What can be chosen of the selected layer: cell, activation, units, what it hands on; and its neighbours."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton, QWidget

from rnnviz.document.document import Document
from rnnviz.document.network_edits import (
    MOST_UNITS,
    add_layer,
    remove_layer,
    set_activation,
    set_cell,
    set_return_sequences,
    set_units,
)
from rnnviz.document.shapes import layer_shape
from rnnviz.session.session import Session
from rnnviz.views.cell_choices import ACTIVATION_CHOICES, CELL_CHOICES
from rnnviz.views.editors.network_popover import NetworkPopover
from rnnviz.views.editors.number_row import NumberRow
from rnnviz.views.editors.typed_edit import TypedEdit
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.segmented import Segmented

_RETURNS = (
    ("every", "every state", "return_sequences true: the layer hands on h₁ … h_T, (batch, timesteps, units)"),
    ("last", "last state only", "return_sequences false: the layer hands on h_T alone, (batch, units)"),
)


class LayerPopover(NetworkPopover):
    """Edits the selected layer, whichever that is."""

    def __init__(self, session: Session, theme: Theme, parent: QWidget) -> None:
        super().__init__("Layer", session, theme, parent)
        self.cell = Segmented(CELL_CHOICES, theme)
        self.activation = Segmented(ACTIVATION_CHOICES, theme)
        self.units = NumberRow("Units", "units", (1, MOST_UNITS), theme, is_whole=True)
        self.returns = Segmented(_RETURNS, theme)
        self.add_button, self.remove_button = QPushButton("Add layer after"), QPushButton("Remove layer")
        for name, control in (
            ("Cell", self.cell),
            ("Activation", self.activation),
            ("Hands on", self.returns),
        ):
            control.setAccessibleName(name)
        self.add_row("Cell", self.cell)
        self._activation_label, _ = self.add_row("Activation", self.activation)
        self.add_row("Units", self.units)
        _, self._shape = self.add_row("Hands on", self.returns, "shape")
        self.add_foot(self.add_button, self.remove_button)
        self._typed = TypedEdit(session)
        self._connect()
        self.apply_theme(theme)

    def _connect(self) -> None:
        self.cell.chosen.connect(self._choose_cell)
        self.activation.chosen.connect(self._choose_activation)
        self.units.typed.connect(self._type_units)
        self.units.ended.connect(self._typed.end)
        self.returns.chosen.connect(self._choose_returns)
        self.add_button.clicked.connect(self._add)
        self.remove_button.clicked.connect(self._remove)

    def show_document(self, document: Document) -> None:
        """Show the selected layer."""
        number, count = self._number, len(document.layers)
        layer = document.layers[number]
        self.set_title(f"Layer {number + 1} of {count}" if count > 1 else "Layer")
        self.cell.set_choice(layer.cell)
        self.activation.set_choice(layer.activation)
        for part in (self._activation_label, self.activation):
            part.setVisible(layer.cell == "rnn")
        self.units.show_value(layer.units)
        self.returns.set_choice("every" if layer.return_sequences else "last")
        names = "batch, timesteps, units" if layer.return_sequences else "batch, units"
        self._shape.setText(f"{layer_shape(document, number)}: {names}")
        self.remove_button.setEnabled(count > 1)
        self.remove_button.setToolTip("" if count > 1 else "A network needs at least one recurrent layer")

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        for control in (self.cell, self.activation, self.units, self.returns):
            control.apply_theme(theme)
        super().apply_theme(theme)

    @property
    def _number(self) -> int:
        return self.session.selection.layer

    def _choose_cell(self, cell: str) -> None:
        self.attempt(set_cell(self._number, cell))

    def _choose_activation(self, activation: str) -> None:
        self.attempt(set_activation(self._number, activation))

    def _type_units(self, units: float) -> None:
        self.attempt_typed(self._typed, set_units(self._number, round(units)))

    def _choose_returns(self, choice: str) -> None:
        self.attempt(set_return_sequences(self._number, choice == "every"))

    def _add(self) -> None:
        self.attempt(add_layer(self._number))

    def _remove(self) -> None:
        self.attempt(remove_layer(self._number))
