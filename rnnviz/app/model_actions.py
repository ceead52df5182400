"""What can be done to the model: its cells, layers, readout, windows, initial values and loss."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from rnnviz.app.action import Action
from rnnviz.core.activations import ACTIVATIONS
from rnnviz.core.cells import CELLS
from rnnviz.core.objectives import READOUTS
from rnnviz.document.edits import set_loss_steps
from rnnviz.document.initialisation import with_next_seed
from rnnviz.document.network_edits import (
    add_layer,
    initialise,
    remove_layer,
    set_activation,
    set_cell,
    set_precision,
    set_readout,
    set_return_sequences,
)
from rnnviz.views.cell_choices import ACTIVATION_TITLES, CELL_FORMULAS, CELL_TITLES, NO_READOUT, READOUT_FORMULAS

if TYPE_CHECKING:
    from rnnviz.app.window import MainWindow
    from rnnviz.document.document import Document, Layer
    from rnnviz.session.session import Session

_LAYER_MENU = "&Model>La&yer"


def _selected(session: Session) -> int:
    return session.selection.layer


def _layer(session: Session) -> Layer:
    return session.document.layers[session.selection.layer]


def _document(window: MainWindow) -> Document:
    return window.session.document


def _cell_action(name: str) -> Action:
    return Action(
        id=f"model.cell.{name}",
        menu="&Model>&Cell",
        text=CELL_TITLES[name],
        tip=CELL_FORMULAS[name],
        run=lambda window: window.apply(set_cell(_selected(window.session), name)),
        checked=lambda window: _layer(window.session).cell == name,
    )


def _activation_action(name: str) -> Action:
    return Action(
        id=f"model.activation.{name}",
        menu="&Model>&Activation",
        text=ACTIVATION_TITLES[name] if name == "relu" else name,
        tip=f"Let every unit of the selected layer use {name}",
        run=lambda window: window.apply(set_activation(_selected(window.session), name)),
        enabled=lambda session: _layer(session).cell == "rnn",
        checked=lambda window: _layer(window.session).activation == name,
    )


def _readout_action(name: str) -> Action:
    activation = None if name == NO_READOUT else name

    def is_chosen(window: MainWindow) -> bool:
        readout = _document(window).readout
        return (None if readout is None else readout.activation) == activation

    return Action(
        id=f"model.readout.{name}",
        menu="&Model>&Readout",
        text=name,
        tip=READOUT_FORMULAS[name],
        run=lambda window: window.apply(set_readout(activation)),
        checked=is_chosen,
        separated=activation is None,
    )


def _loss_action(steps: str, text: str, tip: str) -> Action:
    return Action(
        id=f"model.loss.{steps}",
        menu="&Model>&Loss",
        text=text,
        tip=tip,
        run=lambda window: window.apply(set_loss_steps(steps)),  # type: ignore[arg-type]  # "all" or "last"
        checked=lambda window: _document(window).objective.steps == steps,
    )


def _precision_action(name: Literal["float64", "float32"], tip: str) -> Action:
    return Action(
        id=f"model.precision.{name}",
        menu="&Model>&Precision",
        text=name,
        tip=tip,
        run=lambda window: window.apply(set_precision(name)),
        checked=lambda window: _document(window).precision == name,
    )


MODEL_ACTIONS: tuple[Action, ...] = (
    *(_cell_action(name) for name in CELLS),
    *(_activation_action(name) for name in ACTIVATIONS),
    Action(
        "model.layer.add",
        _LAYER_MENU,
        "&Add a layer after it",
        "Put a layer of the same cell and size behind the selected one",
        lambda w: w.apply(add_layer(_selected(w.session))),
    ),
    Action(
        "model.layer.remove",
        _LAYER_MENU,
        "&Remove it",
        "Take the selected layer out of the network",
        lambda w: w.apply(remove_layer(_selected(w.session))),
        enabled=lambda s: len(s.document.layers) > 1,
    ),
    Action(
        "model.layer.every",
        _LAYER_MENU,
        "Hand on &every state",
        "return_sequences true: the selected layer hands on (batch, timesteps, units)",
        lambda w: w.apply(set_return_sequences(_selected(w.session), returns=True)),
        checked=lambda w: _layer(w.session).return_sequences,
        separated=True,
    ),
    Action(
        "model.layer.last",
        _LAYER_MENU,
        "Hand on the &last state only",
        "return_sequences false: the selected layer hands on (batch, units)",
        lambda w: w.apply(set_return_sequences(_selected(w.session), returns=False)),
        checked=lambda w: not _layer(w.session).return_sequences,
    ),
    *(_readout_action(name) for name in (*READOUTS, NO_READOUT)),
    _loss_action("last", "&Last step", "Let only the last step's loss count"),
    _loss_action("all", "&Every step", "Let the loss of every step count"),
    Action(
        "model.windows",
        "&Model",
        "&Windows…",
        "Cut the gradient at the borders of windows (truncated backpropagation through time)",
        lambda w: w.show_windows(),
        separated=True,
    ),
    Action(
        "model.initial_values",
        "&Model",
        "&Initial values…",
        "Choose how weights are drawn: initialisers, spectral radius, forget bias and seed",
        lambda w: w.show_initial_values(),
    ),
    Action(
        "model.new_seed",
        "&Model",
        "New &seed",
        "Draw every weight from the next seed",
        lambda w: w.apply(initialise(with_next_seed(_document(w).initialisation))),
    ),
    Action(
        "model.reset_weights",
        "&Model",
        "Rese&t weights",
        "Draw every weight from the same seed again: exactly the same values",
        lambda w: w.apply(initialise(_document(w).initialisation)),
    ),
    _precision_action("float64", "Compute in double precision"),
    _precision_action("float32", "Compute in single precision: half the memory, seven digits"),
)
