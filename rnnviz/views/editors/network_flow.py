"""The way of the data through the network: x, a chip for each layer and the readout, L; between them its shape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from rnnviz.document.document import Document
from rnnviz.document.shapes import Shape, input_shape, layer_shape, output_shape
from rnnviz.session.session import Selection, Session
from rnnviz.views.cell_choices import (
    ACTIVATION_TITLES,
    CELL_FORMULAS,
    CELL_TITLES,
    NO_READOUT,
    READOUT_FORMULAS,
)
from rnnviz.views.editors.network_chip import NetworkChip
from rnnviz.views.fonts import ui_font
from rnnviz.views.theme import Theme

_ARROW = "→"
_LEGEND = "batch, timesteps, features"


class Room(IntEnum):
    """How much there is room for, from nothing but the chips to every word."""

    CHIPS = 0
    ENDS = 1
    SHAPES = 2
    WORDS = 3


@dataclass(frozen=True, slots=True)
class _Stage:
    """A layer or the readout, and the shape of what it hands on."""

    name: str
    details: str
    shape: Shape
    axes: str
    accessible_name: str
    formula: str
    is_ghost: bool = False


class NetworkFlow(QWidget):
    """A row of chips and shapes. The arrow keys go from chip to chip and select the layer.

    Signals:
        layer_opened(QWidget): the user asks for what can be chosen of the selected layer; its chip.
        readout_opened(QWidget): the same for the readout.
    """

    layer_opened = Signal(object)
    readout_opened = Signal(object)

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self._session, self._theme = session, theme
        self._stages: tuple[_Stage, ...] = ()
        self._input: Shape = ()
        self._room = Room.WORDS
        self._chips: list[NetworkChip] = []
        self._words: list[QLabel] = [QLabel()]
        self._legend = QLabel(_LEGEND)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(self._words[0])
        self._layout.addWidget(self._legend)
        self._layout.addStretch(1)
        self.setAccessibleName("Network")
        self.apply_theme(theme)

    @property
    def chips(self) -> Sequence[NetworkChip]:
        """The chips, from the input up; the last one is the readout's."""
        return self._chips

    @property
    def words(self) -> list[str]:
        """What stands before, between and after the chips."""
        return [label.text() for label in self._words]

    # Following

    def show_document(self, document: Document, selection: Selection) -> None:
        """Show what the document is made of."""
        stages = (*(_layer_stage(document, number) for number in range(len(document.layers))), _readout_stage(document))
        self._input = input_shape(document)
        if len(stages) != len(self._stages):
            self._make_chips(len(stages))
        self._stages = stages
        self._write()
        self.show_selection(selection)

    def show_selection(self, selection: Selection) -> None:
        """Mark the selected layer, where there are several."""
        several = len(self._chips) > 2
        entrance = next((chip for chip in self._chips if chip.hasFocus()), self._chips[selection.layer])
        for number, chip in enumerate(self._chips):
            chip.set_selected(several and number == selection.layer)
            chip.setFocusPolicy(Qt.FocusPolicy.StrongFocus if chip is entrance else Qt.FocusPolicy.ClickFocus)

    def set_room(self, room: Room) -> None:
        """Say more or fewer words."""
        self._room = room
        self._write()

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._theme, px = theme, theme.px
        self._layout.setSpacing(round(px(7)))
        for label in self._words:
            label.setFont(ui_font(px(12)))
            label.setStyleSheet(f"color: {theme.muted}")
        self._legend.setFont(ui_font(px(11)))
        self._legend.setStyleSheet(f"color: {theme.muted}; padding-left: {px(10):.0f}px")
        for chip in self._chips:
            chip.apply_theme(theme)

    # Building

    def _make_chips(self, count: int) -> None:
        """Have so many chips; those that there are stay, for one of them may have the focus."""
        while len(self._chips) < count:
            chip, label = NetworkChip(self._theme), QLabel()
            chip.clicked.connect(self._take_click)
            chip.opened.connect(self._take_opening)
            chip.stepped.connect(self._step)
            for widget in (chip, label):
                self._layout.insertWidget(self._layout.count() - 2, widget)
            self._chips.append(chip)
            self._words.append(label)
        while len(self._chips) > count:
            for widget in (self._chips.pop(), self._words.pop()):
                self._layout.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        self.apply_theme(self._theme)

    def _write(self) -> None:
        room, last = self._room, len(self._stages) - 1
        shapes = (self._input, *(stage.shape for stage in self._stages))
        axes = ("batch, timesteps, features", *(stage.axes for stage in self._stages))
        for number, (label, shape, names) in enumerate(zip(self._words, shapes, axes, strict=True)):
            is_end = number in (0, last + 1)
            shown = str(shape) if room >= Room.SHAPES or (is_end and room == Room.ENDS) else ""
            before, after = ("x" if number == 0 else ""), ("L" if number == last + 1 else "")
            label.setText(" ".join(part for part in (before, shown, _ARROW, after) if part))
            label.setToolTip(f"({names}) = {shape}")
        for chip, stage in zip(self._chips, self._stages, strict=True):
            details = stage.details if room > Room.CHIPS or stage.is_ghost else stage.details.rpartition(" ")[2]
            chip.set_words(stage.name, details, is_ghost=stage.is_ghost)
            chip.setAccessibleName(stage.accessible_name)
            chip.setToolTip(f"{stage.accessible_name}\n{stage.formula}\nhands on ({stage.axes}) = {stage.shape}")
        self._legend.setVisible(room >= Room.WORDS)

    # Hands

    def _take_click(self) -> None:
        """Select a layer; a click on the one that is selected opens it."""
        number = self._chips.index(self.sender())  # type: ignore[arg-type]  # a chip
        if number == len(self._chips) - 1 or number == self._session.selection.layer:
            self._open(number)
        else:
            self._select(number)

    def _take_opening(self) -> None:
        number = self._chips.index(self.sender())  # type: ignore[arg-type]  # a chip
        if number < len(self._chips) - 1:
            self._select(number)
        self._open(number)

    def _open(self, number: int) -> None:
        signal = self.readout_opened if number == len(self._chips) - 1 else self.layer_opened
        signal.emit(self._chips[number])

    def _step(self, step: int) -> None:
        number = self._chips.index(self.sender()) + step  # type: ignore[arg-type]  # a chip
        if 0 <= number < len(self._chips):
            self._chips[number].setFocus(Qt.FocusReason.TabFocusReason)
            if number < len(self._chips) - 1:
                self._select(number)

    def _select(self, layer: int) -> None:
        self._session.select(replace(self._session.selection, layer=layer))


def _layer_stage(document: Document, number: int) -> _Stage:
    layer, count = document.layers[number], len(document.layers)
    title, plain = CELL_TITLES[layer.cell], layer.cell == "rnn"
    activation = f"{ACTIVATION_TITLES[layer.activation]} " if plain else ""
    shape = layer_shape(document, number)
    where = f"Layer {number + 1} of {count}" if count > 1 else "Layer 1"
    return _Stage(
        name=title,
        details=f"{activation}{layer.units}",
        shape=shape,
        axes="batch, timesteps, units" if layer.return_sequences else "batch, units",
        accessible_name=f"{where}: {title} {activation}with {layer.units} unit{'s' if layer.units > 1 else ''}",
        formula=CELL_FORMULAS[layer.cell],
    )


def _readout_stage(document: Document) -> _Stage:
    readout, has_steps = document.readout, document.layers[-1].return_sequences
    activation = NO_READOUT if readout is None else readout.activation
    return _Stage(
        name="no readout" if readout is None else "readout",
        details="" if readout is None else activation,
        shape=output_shape(document),
        axes="batch, timesteps, outputs" if has_steps else "batch, outputs",
        accessible_name="No readout" if readout is None else f"Readout: {activation}, {document.outputs} outputs",
        formula=READOUT_FORMULAS[activation],
        is_ghost=readout is None,
    )
