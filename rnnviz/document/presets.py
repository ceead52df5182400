"""The built-in scenes, each with one sentence that says what to look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from rnnviz.document.built_in_networks import (
    gru_gates,
    lstm_memory,
    many_to_one,
    stacked_layers,
    truncated_windows,
    unequal_lengths,
)
from rnnviz.document.document import Document, Input, Layer, Objective, Readout
from rnnviz.document.values import Array, DocumentError


@dataclass(frozen=True, slots=True)
class Scene:
    """A built-in scene.

    Attributes:
        name: the key on the command line.
        title: what menus show.
        look_at: one sentence that says what to look at.
        build: makes the document.
    """

    name: str
    title: str
    look_at: str
    build: Callable[[], Document]

    def document(self) -> Document:
        """Return the document, with its title and notes filled in."""
        made = self.build()
        return replace(made, title=self.title, notes=self.look_at)


def _rnn(weights: Mapping[str, object], activation: str = "tanh") -> Layer:
    return Layer("rnn", weights, activation=activation)  # type: ignore[arg-type]  # Layer freezes what it gets


def _readout(weights: Mapping[str, object]) -> Readout:
    return Readout("linear", weights)  # type: ignore[arg-type]  # as above


def _sine_with_pulses() -> Document:
    """Six units, forty steps: a fading sine and two pulses; the readout was fitted to the next sine value."""
    t = np.arange(1, 42)
    sine = np.round(0.9 * np.exp(-0.025 * t) * np.sin(2 * np.pi * t / 14), 2) + 0.0
    pulses = np.zeros(41)
    pulses[[4, 22]] = 1.0, -1.0
    weights = {
        "W_xh": [[-2.26, 0.82], [-0.77, -1.33], [0.22, 0.56], [-0.36, -0.86], [0.02, -0.04], [1.12, 0.60]],
        "W_hh": [
            [1.39, -1.10, 0.12, -0.16, -0.13, -0.06],
            [-0.19, 0.75, -0.24, 0.93, 0.06, -0.10],
            [-0.08, -0.19, -0.02, -0.86, 0.13, -0.07],
            [0.27, -0.06, 0.76, 0.71, 0.15, -0.14],
            [-0.05, 0.15, 0.54, -0.08, 0.83, 0.28],
            [-0.25, -0.08, 0.25, 0.16, 0.03, 0.19],
        ],
        "b_h": [0.02, 0.11, -0.02, -0.09, 0.06, 0.06],
    }
    values = np.stack([sine, pulses], axis=1)[None, :40]
    objective = Objective("half_squared_error", "last", targets=sine[None, 1:, None])
    readout = _readout({"W_hy": [[-0.31, 0.35, -0.03, -0.28, -0.25, 0.60]], "b_y": [0.03]})
    return Document((_rnn(weights),), readout, Input(("sine", "pulses"), values), objective)


def _golden() -> Document:
    """Two units, four steps: small enough to be checked with a calculator."""
    layer = _rnn({"W_xh": [[1.0], [-0.5]], "W_hh": [[0.5, -0.8], [0.8, 0.5]], "b_h": [0.1, 0.0]})
    readout = _readout({"W_hy": [[1.0, -1.0]], "b_y": [0.2]})
    values = np.array([1.0, 0.0, -1.0, 0.5]).reshape(1, 4, 1)
    targets = np.array([0.5, 0.5, -0.5, 0.0]).reshape(1, 4, 1)
    objective = Objective("half_squared_error", "all", targets=targets)
    return Document((layer,), readout, Input(("x",), values), objective)


def _rotation(degrees: float) -> Array:
    angle = np.deg2rad(degrees)
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def _reach(recurrent: Array, x: Array, activation: str = "tanh") -> Document:
    """Two units, twenty steps; the last output listens to both units alike, so ‖∂L/∂h_T‖ = 1."""
    layer = _rnn({"W_xh": [[1.0], [0.5]], "W_hh": recurrent, "b_h": [0.0, 0.0]}, activation)
    readout = _readout({"W_hy": np.full((1, 2), np.sqrt(0.5)), "b_y": [0.0]})
    return Document((layer,), readout, Input(("x",), x.reshape(1, -1, 1)), Objective("sum", "last"))


def _impulse(height: float) -> Array:
    return np.array([height] + [0.0] * 19)


_SCENES = (
    Scene(
        "default",
        "Sine with pulses",
        "Drag a weight of W_hh and watch states and gradient answer; then step through the two pulses.",
        _sine_with_pulses,
    ),
    Scene(
        "golden",
        "Golden RNN",
        "Four steps, two units: follow one number with a calculator, forward and back.",
        _golden,
    ),
    Scene(
        "vanishing",
        "Vanishing gradient",
        "W_hh turns and halves the state: each step back at least halves the gradient, a straight line down.",
        lambda: _reach(0.5 * _rotation(30), _impulse(1.0)),
    ),
    Scene(
        "orthogonal",
        "Orthogonal recurrence",
        "W_hh only turns the state and tanh stays almost linear: the gradient arrives at full size.",
        lambda: _reach(_rotation(30), _impulse(0.01)),
    ),
    Scene(
        "exploding",
        "Exploding gradient",
        "W_hh stretches by 1.3 while the units stay small: back in time the gradient grows step by step.",
        lambda: _reach(1.3 * _rotation(30), _impulse(0.001)),
    ),
    Scene(
        "saturation",
        "Saturation paradox",
        "The W_hh of the exploding scene, but x = 1 saturates the units: the gradient vanishes after all.",
        lambda: _reach(1.3 * _rotation(30), np.ones(20)),
    ),
    Scene(
        "saturation-linear",
        "Saturation paradox, linear twin",
        "The same weights and input without tanh: nothing saturates, and the gradient explodes.",
        lambda: _reach(1.3 * _rotation(30), np.ones(20), "linear"),
    ),
    Scene(
        "non-normal",
        "Non-normal growth",
        "Both eigenvalues are 0.5, yet the gradient grows on its first step back before it decays.",
        lambda: _reach(np.array([[0.5, 5.0], [0.0, 0.5]]), _impulse(0.01)),
    ),
    Scene(
        "lstm-memory",
        "LSTM memory",
        "Forget bias 5: unit 1 holds the impulse for forty steps, and the last step's gradient arrives at t = 0.",
        lstm_memory,
    ),
    Scene(
        "gru",
        "GRU gates at work",
        "At a pulse z drops to 0 and h1 takes the sine, then z = 1 holds it; r drops to 0 and h2 begins anew.",
        gru_gates,
    ),
    Scene(
        "stacked",
        "Two layers, LSTM and RNN",
        "Only the last output counts, yet layer 1 gets a direct gradient at every step: from layer 2 above it.",
        stacked_layers,
    ),
    Scene(
        "many-to-one",
        "Many to one",
        "Only the last state is handed on: after the layer (batch, units) is left, and y says rising or falling.",
        many_to_one,
    ),
    Scene(
        "batch",
        "Batch with padding",
        "Three sequences of 12, 8 and 5 steps: each one's gradient begins at its own end, and padding gets none.",
        unequal_lengths,
    ),
    Scene(
        "truncated",
        "Truncated windows",
        "Windows of 5: the state goes on across a border, the gradient does not and starts again at each.",
        truncated_windows,
    ),
)

SCENES = {scene.name: scene for scene in _SCENES}


def built_in(name: str) -> Document:
    """Return a built-in scene; DocumentError if there is none of that name."""
    if name not in SCENES:
        raise DocumentError(f"there is no built-in scene {name!r}; choose one of {', '.join(SCENES)}")
    return SCENES[name].document()
