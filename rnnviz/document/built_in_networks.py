"""The networks of the built-in scenes about cells, layers, batches and windows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from rnnviz.document.document import Document, Input, Layer, Objective, Readout, Window, weight_shapes
from rnnviz.document.initialisation import Initialisation
from rnnviz.document.network_edits import initialise
from rnnviz.document.values import Array

OPEN, SHUT = 5.0, -5.0  # what lets a gate be σ(±5), within 0.7 % of 1 or 0


def lstm_memory() -> Document:
    """Two units, forty steps: unit 2 relays the impulse for one step, unit 1 takes it in and keeps it.

    Unit 1 listens to unit 2 at every step, but never to itself: the gradient that reaches h_t has come the whole
    way through the cell state c of unit 1.
    """
    weights = {
        "W_xi": [[0.0], [0.0]],
        "W_xf": [[0.0], [0.0]],
        "W_xg": [[0.0], [0.5]],
        "W_xo": [[0.0], [0.0]],
        "W_hi": np.zeros((2, 2)),
        "W_hf": np.zeros((2, 2)),
        "W_hg": [[0.0, 2.0], [0.0, 0.0]],
        "W_ho": np.zeros((2, 2)),
        "b_i": [0.0, 2.0],
        "b_f": [OPEN, SHUT],
        "b_g": [0.0, 0.0],
        "b_o": [2.0, 1.0],
    }
    impulse = np.zeros((1, 40, 1))
    impulse[0, 0] = 1.0
    initialisation = Initialisation(forget_bias=OPEN)
    return Document(
        layers=(_layer("lstm", weights),),
        readout=_reading([[1.0, 0.0]]),
        input=Input(("x",), impulse),
        objective=Objective("sum", "last"),
        initialisation=initialisation,
    )


def gru_gates() -> Document:
    """Two units that hear a sine and a pulse; at a pulse one opens its update gate, the other its reset gate."""
    steps = np.arange(40)
    sine = np.round(np.sin(2 * np.pi * (steps + 1) / 16), 2) + 0.0
    pulse = np.where(np.isin(steps, [4, 13, 27]), 1.0, 0.0)
    weights = {
        "W_xr": [[0.0, 0.0], [0.0, -2 * OPEN]],
        "W_xz": [[0.0, -2 * OPEN], [0.0, 0.0]],
        "W_xn": [[1.0, 0.0], [0.3, 0.0]],
        "W_hr": np.zeros((2, 2)),
        "W_hz": np.zeros((2, 2)),
        "W_hn": [[0.0, 0.0], [0.0, 3.0]],
        "b_r": [OPEN, OPEN],
        "b_z": [OPEN, SHUT],
        "b_n": [0.0, 0.0],
        "b_hn": [0.0, 0.0],
    }
    values = np.stack([sine, pulse], axis=1)[None]
    return Document(
        layers=(_layer("gru", weights),),
        readout=_reading([[1.0, 0.0]]),
        input=Input(("sine", "pulse"), values),
        objective=Objective("sum", "last"),
    )


def stacked_layers() -> Document:
    """Let every state of an LSTM feed a plain RNN, of which only the last output counts."""
    steps = np.arange(1, 31)
    sine = np.round(np.sin(2 * np.pi * steps / 15), 2) + 0.0
    pulses = np.where(np.isin(steps, [6, 20]), 1.0, 0.0)
    values = np.stack([sine, pulses], axis=1)[None]
    blank = Document(
        layers=(_layer("lstm", _zeros("lstm", 5, 2)), _layer("rnn", _zeros("rnn", 3, 5))),
        readout=_reading(np.zeros((1, 3))),
        input=Input(("sine", "pulses"), values),
        objective=Objective("sum", "last"),
    )
    return initialise(Initialisation(seed=4)).apply(blank)


def many_to_one() -> Document:
    """Two sequences of changes per step, rising and falling; unit 1 sums them up, unit 2 is a short memory.

    The last change of each points the other way: only the sum knows.
    """
    steps = np.arange(1, 25)
    rising = 0.15 + 0.8 * np.sin(2 * np.pi * steps / 5)
    falling = -0.15 + 0.8 * np.sin(2 * np.pi * (steps - 1) / 7)
    values = np.zeros((2, 24, 1))
    values[:, :, 0] = np.round([rising, falling], 2)
    targets = np.repeat([[[1.0]], [[0.0]]], 24, axis=1)
    weights = {"W_xh": [[0.2], [0.8]], "W_hh": [[1.0, 0.0], [0.0, 0.5]]}
    return Document(
        layers=(replace(_layer("rnn", weights), return_sequences=False),),
        readout=Readout("sigmoid", {"W_hy": np.array([[10.0, 0.0]])}),
        input=Input(("change",), values),
        objective=Objective("binary_cross_entropy", "last", targets=targets),
    )


def unequal_lengths() -> Document:
    """Three sequences of 12, 8 and 5 steps in one array: what is short is padded with zeros."""
    lengths = (12, 8, 5)
    values = np.zeros((3, 12, 1))
    for number, length in enumerate(lengths):
        values[number, :length, 0] = np.round(np.cos(2 * np.pi * np.arange(length) / (4 + 2 * number)), 2) + 0.0
    return Document(
        layers=(_layer("rnn", {"W_xh": [[1.0], [0.5]], "W_hh": 0.9 * _rotation(30)}),),
        readout=_reading([[1.0, 0.5]]),
        input=Input(("x",), values, lengths=lengths),
        objective=Objective("sum", "last"),
    )


def truncated_windows() -> Document:
    """Two units that turn, twenty steps, every output counts; windows of five, the state carried on."""
    values = np.zeros((1, 20, 1))
    values[0, 0] = 0.5
    return Document(
        layers=(_layer("rnn", {"W_xh": [[1.0], [0.5]], "W_hh": _rotation(15)}),),
        readout=_reading([[0.5, 0.5]]),
        input=Input(("x",), values),
        objective=Objective("sum", "all"),
        window=Window(5, stateful=True),
    )


def _layer(cell: str, weights: Mapping[str, object]) -> Layer:
    return Layer(cell, weights)  # type: ignore[arg-type]  # Layer freezes what it gets


def _reading(matrix: object) -> Readout:
    return Readout("linear", {"W_hy": matrix})  # type: ignore[dict-item]  # Readout freezes what it gets


def _zeros(cell: str, units: int, inputs: int) -> dict[str, Array]:
    return {name: np.zeros(shape) for name, shape in weight_shapes(cell, units, inputs).items()}


def _rotation(degrees: float) -> Array:
    angle = np.deg2rad(degrees)
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
