"""Initial values: how the weights are drawn, and drawing them anew."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from rnnviz.core.initialisers import INITIALISERS
from rnnviz.document.document import Document
from rnnviz.document.initialisation import LARGEST_SEED, Initialisation, with_next_seed
from rnnviz.document.network_edits import initialise
from rnnviz.document.values import DocumentError
from rnnviz.session.session import Session
from rnnviz.views.editors.network_popover import NetworkPopover
from rnnviz.views.editors.number_row import NumberRow
from rnnviz.views.editors.typed_edit import TypedEdit
from rnnviz.views.fonts import number
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.check_box import CheckBox
from rnnviz.views.widgets.choice_box import ChoiceBox

_RADII, _BIASES = (0.0, 100.0), (-100.0, 100.0)
_FIRST_RADIUS = 1.0


class InitialValuesPopover(NetworkPopover):
    """Edits the document's initialisation; every change draws the weights anew, and can be undone."""

    def __init__(self, session: Session, theme: Theme, parent: QWidget) -> None:
        super().__init__("Initial values", session, theme, parent)
        titles = [(initialiser.name, initialiser.title) for initialiser in INITIALISERS.values()]
        self.input_box = ChoiceBox("Input matrices", titles, theme)
        self.recurrent_box = ChoiceBox("Recurrent matrices", titles, theme)
        self.scaled_box = CheckBox("scaled to", theme)
        self.radius = NumberRow("Spectral radius", "= max |λ|", _RADII, theme)
        self.forget_bias = NumberRow("Forget bias", "", _BIASES, theme)
        self.seed = NumberRow("Seed", "", (0, LARGEST_SEED), theme, is_whole=True)
        self.draw_button, self.seed_button = QPushButton("Initialise"), QPushButton("New seed")
        self._typed = TypedEdit(session)
        self._lay_out()
        self._connect()
        self.apply_theme(theme)

    def _lay_out(self) -> None:
        _, self._input_meaning = self.add_row("Input", self.input_box, "meaning")
        _, self._recurrent_meaning = self.add_row("Recurrent", self.recurrent_box, "meaning")
        row = QHBoxLayout()
        row.addWidget(self.scaled_box)
        row.addWidget(self.radius, 1)
        self.add_row("Radius", row, "ρ of every recurrent matrix: below 1 echoes fade, above 1 they grow.")
        _, self._forget_meaning = self.add_row("Forget bias", self.forget_bias, "meaning")
        self.add_row("Seed", self.seed, "The same seed draws the same values, on every machine.")
        self.add_foot(self.draw_button, self.seed_button)
        self.scaled_box.setToolTip("Multiply each recurrent matrix so that its largest |λ| is this number")
        self.draw_button.setToolTip("Draw every weight again: exactly the values that this seed gives")
        self.seed_button.setToolTip("Draw every weight from the next seed")

    def _connect(self) -> None:
        self.input_box.activated.connect(self._choose_input)
        self.recurrent_box.activated.connect(self._choose_recurrent)
        self.scaled_box.toggled.connect(self._choose_scaled)
        self.radius.typed.connect(self._type_radius)
        self.forget_bias.typed.connect(self._type_forget_bias)
        self.seed.typed.connect(self._type_seed)
        for row in (self.radius, self.forget_bias, self.seed):
            row.ended.connect(self._typed.end)
        self.draw_button.clicked.connect(self._draw)
        self.seed_button.clicked.connect(self._draw_next)

    def show_document(self, document: Document) -> None:
        """Show how the weights were drawn."""
        initialisation = document.initialisation
        for box, meaning, name in (
            (self.input_box, self._input_meaning, initialisation.input),
            (self.recurrent_box, self._recurrent_meaning, initialisation.recurrent),
        ):
            box.set_choice(name)
            box.setToolTip(INITIALISERS[name].meaning)
            meaning.setText(INITIALISERS[name].meaning)
        radius = initialisation.spectral_radius
        self.scaled_box.blockSignals(True)
        self.scaled_box.setChecked(radius is not None)
        self.scaled_box.blockSignals(False)
        self.radius.setEnabled(radius is not None)
        self.radius.show_value(_FIRST_RADIUS if radius is None else radius)
        has_lstm = any(layer.cell == "lstm" for layer in document.layers)
        self.forget_bias.setEnabled(has_lstm)
        self.forget_bias.show_value(initialisation.forget_bias)
        self._forget_meaning.setText(_forget_words(initialisation.forget_bias, has_lstm=has_lstm))
        self.seed.show_value(initialisation.seed)

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        for box in (self.input_box, self.recurrent_box, self.scaled_box):
            box.apply_theme(theme)
        for row in (self.radius, self.forget_bias, self.seed):
            row.apply_theme(theme)
        super().apply_theme(theme)

    # Edits

    @property
    def _present(self) -> Initialisation:
        return self.session.document.initialisation

    def _redraw(self, change: Callable[[], Initialisation], typed: TypedEdit | None = None) -> None:
        """Draw the weights as changed, or say why that cannot be."""
        try:
            edit = initialise(change())
        except DocumentError as error:
            self.show_problem(str(error))
            self.show_document(self.session.document)
            return
        if typed is None:
            self.attempt(edit)
        else:
            self.attempt_typed(typed, edit)

    def _choose_input(self) -> None:
        self._redraw(lambda: replace(self._present, input=self.input_box.choice))

    def _choose_recurrent(self) -> None:
        self._redraw(lambda: replace(self._present, recurrent=self.recurrent_box.choice))

    def _choose_scaled(self, is_scaled: bool) -> None:
        radius = self.radius.field.value if is_scaled else None
        self._redraw(lambda: replace(self._present, spectral_radius=radius))

    def _type_radius(self, radius: float) -> None:
        self._redraw(lambda: replace(self._present, spectral_radius=radius), self._typed)

    def _type_forget_bias(self, bias: float) -> None:
        self._redraw(lambda: replace(self._present, forget_bias=bias), self._typed)

    def _type_seed(self, seed: float) -> None:
        self._redraw(lambda: replace(self._present, seed=round(seed)), self._typed)

    def _draw(self) -> None:
        self.attempt(initialise(self._present))

    def _draw_next(self) -> None:
        self.attempt(initialise(with_next_seed(self._present)))


def _forget_words(bias: float, *, has_lstm: bool) -> str:
    if not has_lstm:
        return "Only an LSTM has a forget gate."
    kept = 1.0 / (1.0 + math.exp(-bias))
    return f"An LSTM then keeps f = σ({number(bias, 1)}) = {number(kept, 3)} of its cell at each step."
