"""Recurrent networks as textbooks write them: one sequence, one step and one equation at a time.

Nothing is shared with the program but its frozen values. Everything accepts complex numbers, so that a
derivative is the imaginary part of one evaluation: exact, because nothing is subtracted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace

import numpy as np
import pytest

from rnnviz.core.cells import make_cell
from rnnviz.core.network import Backward, Forward, Objective, ReadoutWeights, run_backward, run_forward
from rnnviz.core.objectives import LOSSES, READOUTS
from rnnviz.core.unroll import WHOLE, LayerWeights, Window

EPSILON = 1e-30
TOLERANCE = 1e-12


@dataclass(frozen=True)
class Network:
    """All that a loss depends on; x is (T, N), or (T, N, B) for several sequences, padded after ``lengths`` (B,)."""

    layers: tuple[LayerWeights, ...]
    readout: ReadoutWeights
    objective: Objective
    x: np.ndarray
    window: Window = WHOLE
    lengths: np.ndarray | None = None

    def forward(self) -> Forward:
        """Return what the program computes."""
        return run_forward(self.layers, self.readout, self.objective, self.x, self.window, self.lengths)

    def backward(self) -> Backward:
        """Return the gradients that the program computes."""
        return run_backward(self.layers, self.readout, self.objective, self.forward())


@dataclass(frozen=True)
class Spot:
    """One number inside a run: of ``h``, ``c`` or ``a`` of a layer, after step t, in one sequence."""

    quantity: str
    layer: int
    t: int
    index: tuple[int, ...]
    sequence: int = 0


Nudge = Callable[[str, np.ndarray], np.ndarray]


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


PHI = {
    "tanh": np.tanh,
    "sigmoid": sigmoid,
    "linear": lambda a: a,
    "relu": lambda a: np.where(a.real > 0, a, 0),
}


def _rnn_step(activation, a, u, _, nudge: Nudge):
    (a,) = nudge("a", a + u)
    return {"h": nudge("h", PHI[activation](a))}


def _lstm_step(_, a, u, before, nudge: Nudge):
    i, f, g, o = nudge("a", a + u)
    c = nudge("c", sigmoid(f) * before["c"] + sigmoid(i) * np.tanh(g))
    return {"h": nudge("h", sigmoid(o) * np.tanh(c)), "c": c}


def _gru_step(_, a, u, before, nudge: Nudge):
    r_z = a[:2] + u[:2]
    # the pre-activation of n contains r, so those of r and z are nudged before it is formed
    r, z = nudge("a", np.stack([*r_z, np.zeros_like(a[2])]))[:2]
    n = nudge("a", np.stack([*r_z, a[2] + sigmoid(r) * u[2]]))[2]
    return {"h": nudge("h", (1 - sigmoid(z)) * np.tanh(n) + sigmoid(z) * before["h"])}


STEPS = {"rnn": _rnn_step, "lstm": _lstm_step, "gru": _gru_step}

OUTPUTS = {
    "linear": lambda logits: logits,
    "sigmoid": sigmoid,
    "softmax": lambda logits: np.exp(logits) / np.exp(logits).sum(),
}

STEP_LOSSES = {
    "half_squared_error": lambda y, target: ((y - target) ** 2).sum() / 2,
    "cross_entropy": lambda y, target: -np.log(y[int(target)]),
    "binary_cross_entropy": lambda y, target: -(target * np.log(y) + (1 - target) * np.log(1 - y)).sum(),
    "sum": lambda y, _: y.sum(),
}


def textbook_loss(network: Network, spot: Spot | None = None) -> complex:
    """Return the loss; with ``i ε`` added to one number on the way if a spot is given."""
    losses = [
        _sequence_loss(alone(network, b), spot if spot is not None and spot.sequence == b else None)
        for b in range(sequences(network))
    ]
    return sum(losses) / len(losses)


def sequences(network: Network) -> int:
    return network.x.shape[2] if network.x.ndim == 3 else 1


def alone(network: Network, b: int) -> Network:
    """Return the network with one of its sequences only, which ends where it ends."""
    x, targets, weights = network.x, network.objective.targets, network.objective.step_weights
    if x.ndim == 3:
        x, targets = x[..., b], targets[..., b]
        weights = weights if weights.ndim == 1 else weights[:, b]
    end = len(x) if network.lengths is None else network.lengths[b]
    objective = replace(network.objective, step_weights=weights[:end], targets=targets[:end])
    return replace(network, x=x[:end], objective=objective, lengths=None)


def _sequence_loss(network: Network, spot: Spot | None) -> complex:
    x = network.x
    for number, layer in enumerate(network.layers):
        x = _run_layer(layer, x, network.window, spot if spot is not None and spot.layer == number else None)
    readout, objective = network.readout, network.objective
    output, loss = OUTPUTS[readout.activation.name], STEP_LOSSES[objective.loss.name]
    steps = zip(objective.step_weights, x, objective.targets, strict=True)
    return sum(weight * loss(output(readout.W @ h + readout.b), target) for weight, h, target in steps)


def _run_layer(layer: LayerWeights, x, window: Window, spot: Spot | None):
    cell, blocks = layer.cell, len(layer.cell.blocks)
    recurrent_b = 0 if layer.recurrent_b is None else layer.recurrent_b
    start = {
        name: _nudged(spot, name, 0)(name, state + 0j) for name, state in zip(cell.states, layer.initial, strict=True)
    }
    states, outputs = start, []
    for t, x_t in enumerate(x, 1):
        if t > 1 and (t - 1) % window.length == 0:
            # a number without its imaginary part is held fixed: no derivative passes through it
            states = {name: state.real for name, state in states.items()} if window.stateful else start
        a = (layer.W @ x_t + layer.b).reshape(blocks, -1)
        u = (layer.U @ states["h"] + recurrent_b).reshape(blocks, -1)
        states = STEPS[cell.name](cell.activation.name, a, u, states, _nudged(spot, None, t))
        outputs.append(states["h"])
    return np.array(outputs)


def _nudged(spot: Spot | None, only: str | None, t: int) -> Nudge:
    def nudge(quantity: str, values):
        if spot is None or (spot.quantity, spot.t) != (quantity, t) or (only not in (None, quantity)):
            return values
        values = values + 0j
        values[spot.index] += 1j * EPSILON
        return values

    return nudge


def derivative_at(network: Network, spot: Spot) -> float:
    """Return dL/d(the number at a spot)."""
    return textbook_loss(network, spot).imag / EPSILON


def states_and_pre_activations(network: Network) -> Iterator[tuple[Spot, float]]:
    """Yield every spot of a network with the derivative that the program computes there."""
    gradients = network.backward()
    for number, (layer, found) in enumerate(zip(network.layers, gradients.layers, strict=True)):
        arrays = dict(zip(layer.cell.states, found.states, strict=True))
        for quantity, array in {**arrays, "a": found.a}.items():
            first = 1 if quantity == "a" else 0
            for index in np.ndindex(array.shape[:3] if quantity == "a" else array.shape[:2]):
                for b in range(sequences(network)):
                    value = array[index] if array.ndim == len(index) else array[(*index, b)]
                    yield Spot(quantity, number, index[0] + first, index[1:], b), float(value)


def parameters(network: Network) -> Iterator[tuple[str, np.ndarray, Callable[[np.ndarray], Network]]]:
    """Yield every array that is fed in: its name, its values, and how to put others in their place."""
    for number, layer in enumerate(network.layers):
        put = _layer_putter(network, number)
        for name in ("W", "U", "b", "recurrent_b"):
            values = getattr(layer, name)
            if values is not None:
                yield f"layers[{number}].{name}", values, lambda new, name=name, put=put: put(name, new)
        for place, values in enumerate(layer.initial):

            def put_initial(new, place=place, layer=layer, put=put):
                return put("initial", (*layer.initial[:place], new, *layer.initial[place + 1 :]))

            yield f"layers[{number}].initial[{place}]", values, put_initial
    for name in ("W", "b"):

        def put_readout(new, name=name):
            return replace(network, readout=replace(network.readout, **{name: new}))

        yield f"readout.{name}", getattr(network.readout, name), put_readout
    yield "x", network.x, lambda new: replace(network, x=new)


def _layer_putter(network: Network, number: int):
    def put(name, values):
        layer = replace(network.layers[number], **{name: values})
        return replace(network, layers=(*network.layers[:number], layer, *network.layers[number + 1 :]))

    return put


def gradient_named(network: Network, gradients: Backward, name: str) -> np.ndarray:
    """Return the program's gradient for a name that `parameters` yields."""
    if name == "x":
        return gradients.layers[0].x
    if name.startswith("readout"):
        return {"readout.W": gradients.readout_W, "readout.b": gradients.readout_b}[name]
    number, _, what = name.removeprefix("layers[").partition("].")
    layer = gradients.layers[int(number)]
    if what.startswith("initial"):
        row = layer.states[int(what.removeprefix("initial[").rstrip("]"))][0]
        return row.sum(axis=-1) if network.x.ndim == 3 else row
    return getattr(layer, what)


def complex_step(loss: Callable[[np.ndarray], complex], values: np.ndarray) -> np.ndarray:
    """Return the derivative of a real function with respect to each entry of an array."""
    gradient = np.empty(values.shape)
    for index in np.ndindex(values.shape):
        shifted = values.astype(complex)
        shifted[index] += 1j * EPSILON
        gradient[index] = loss(shifted).imag / EPSILON
    return gradient


def assert_gradients_are_derivatives(network):
    """Compare every gradient of a network, each within 1e-12 of the largest in its array."""
    forward, gradients = network.forward(), network.backward()
    assert forward.loss == pytest.approx(textbook_loss(network).real, rel=TOLERANCE)
    for name, values, put in parameters(network):
        expected = complex_step(lambda new, put=put: textbook_loss(put(new)), values)
        assert_close(gradient_named(network, gradients, name), expected, name)
    spots = list(states_and_pre_activations(network))
    for quantity in {(spot.quantity, spot.layer) for spot, _ in spots}:
        chosen = [(s, found) for s, found in spots if (s.quantity, s.layer) == quantity]
        expected = [derivative_at(network, spot) for spot, _ in chosen]
        assert_close([found for _, found in chosen], expected, str(quantity))


def assert_close(found, expected, name):
    scale = np.abs(expected).max(initial=0)
    # below 1e-14 a derivative of these networks is 0: that of Σ softmax = 1, for one
    np.testing.assert_allclose(found, expected, rtol=0, atol=TOLERANCE * scale + 1e-14, err_msg=name)


LAYERS = [("rnn", activation) for activation in PHI] + [("lstm", "tanh"), ("gru", "tanh")]
OBJECTIVES = [
    (loss.name, readout) for loss in LOSSES.values() for readout in READOUTS if loss.readout in (None, readout)
]


@dataclass(frozen=True)
class Size:
    """How large a random network is, and what it counts."""

    layers: tuple[tuple[str, str], ...] = (("rnn", "tanh"),)
    T: int = 4
    H: int = 2
    N: int = 2
    K: int = 2
    B: int = 1
    loss: str = "half_squared_error"
    readout: str = "linear"
    steps: tuple[int, ...] | str = "all"
    reduction: str = "sum"
    window: Window = WHOLE
    lengths: tuple[int, ...] | None = None


def make_network(seed: int = 0, **options: object) -> Network:
    """Return a network of random numbers; the options are the fields of `Size`."""
    known = {field.name for field in fields(Size)}
    assert set(options) <= known, f"unknown: {set(options) - known}"
    size = Size(**options)
    rng, batch = np.random.default_rng(seed), (size.B,) if size.B > 1 else ()
    layers, inputs = [], size.N
    for name, activation in size.layers:
        cell = make_cell(name, activation)
        rows = len(cell.blocks) * size.H
        has_recurrent_b = bool(cell.recurrent_biases)
        layers.append(
            LayerWeights(
                cell,
                W=rng.normal(size=(rows, inputs)),
                U=rng.normal(size=(rows, size.H)),
                b=rng.normal(size=rows) / 2,
                recurrent_b=rng.normal(size=rows) / 2 if has_recurrent_b else None,
                initial=tuple(rng.normal(size=size.H) / 2 for _ in cell.states),
            )
        )
        inputs = size.H
    readout = ReadoutWeights(READOUTS[size.readout], rng.normal(size=(size.K, size.H)), rng.normal(size=size.K))
    counted = {"all": range(1, size.T + 1), "last": (size.T,)}.get(str(size.steps), size.steps)
    step_weights = np.zeros(size.T)
    step_weights[np.array(counted) - 1] = 1 if size.reduction == "sum" else 1 / len(counted)
    loss = LOSSES[size.loss]
    if loss.integer_targets:
        targets = rng.integers(0, size.K, size=(size.T, *batch)).astype(float)
    else:
        targets = rng.uniform(size=(size.T, size.K, *batch))
    objective = Objective(loss, step_weights, targets)
    x = rng.normal(size=(size.T, size.N, *batch))
    lengths = None if size.lengths is None else np.array(size.lengths)
    return Network(tuple(layers), readout, objective, x, size.window, lengths)


def textbook_step(layer: LayerWeights, x, state):
    """Return the state (S*H,) after one step from a state (S*H,) with the input x (N,)."""
    cell, H = layer.cell, layer.U.shape[1]
    before = dict(zip(cell.states, np.split(state, len(cell.states)), strict=True))
    recurrent_b = 0 if layer.recurrent_b is None else layer.recurrent_b
    a = (layer.W @ x + layer.b).reshape(-1, H)
    u = (layer.U @ before["h"] + recurrent_b).reshape(-1, H)
    after = STEPS[cell.name](cell.activation.name, a, u, before, lambda _, values: values)
    return np.concatenate([after[name] for name in cell.states])


def derivative(function, values) -> np.ndarray:
    """Return the Jacobian of a function of a vector, (outputs, inputs), by the complex step."""
    columns = [function(values + 1j * EPSILON * unit).imag / EPSILON for unit in np.eye(len(values))]
    return np.stack(columns, axis=-1)


def textbook_outputs(network: Network, x) -> np.ndarray:
    """Return y (T, K) for one sequence x (T, N), after the readout's activation."""
    for layer in network.layers:
        x = _run_layer(layer, x, network.window, None)
    readout = network.readout
    return np.array([OUTPUTS[readout.activation.name](readout.W @ h + readout.b) for h in x])


def state_vectors(trace) -> np.ndarray:
    """Return the states of a run side by side, (T + 1, S*H)."""
    return np.concatenate(trace.states, axis=1)
