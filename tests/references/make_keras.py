"""Make the reference values with Keras 3: ``python tests/references/make_keras.py``, by hand, with keras and torch.

Keras runs on torch here, so that autograd can differentiate it. Each network runs as a loop over the cells of Keras'
own layers, where every h_t is a tensor of its own; the layer as a whole has to agree.
"""

from __future__ import annotations

import os

os.environ["KERAS_BACKEND"] = "torch"

from pathlib import Path

import keras
import numpy as np
import torch
from cases import BATCH, BLOCKS, CASES, FEATURES, OUTPUTS, TIMESTEPS, UNITS, Case, Made, random_input, write
from keras.src.backend.common import dtypes
from tensors import keep_gradients, numbers, states_and_gradients

LAYERS = {"rnn": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM, "gru": keras.layers.GRU}
# where Keras stacks the blocks: those of its GRU are z, r, n
STACKED = BLOCKS | {"gru": ("z", "r", "n")}


def make(case: Case, seed: int) -> Made:
    """Return a random network of this kind and everything that Keras computes of it."""
    rng = np.random.default_rng(seed)
    layers, width = [], FEATURES
    for _ in range(case.layers):
        options = {"activation": case.activation} if case.cell == "rnn" else {}
        layers.append(LAYERS[case.cell](UNITS, return_sequences=True, **options))
        layers[-1].build((BATCH, TIMESTEPS, width))
        width = UNITS
    readout = keras.layers.Dense(OUTPUTS)
    readout.build((BATCH, TIMESTEPS, UNITS))
    for layer in (*layers, readout):
        layer.set_weights([0.6 * rng.normal(size=weight.shape) for weight in layer.get_weights()])
    x_values, target_values = random_input(case, rng)
    x = torch.tensor(x_values, requires_grad=True)
    names = ("h", "c") if case.cell == "lstm" else ("h",)
    initial = [{name: rng.normal(size=UNITS) for name in names} for _ in layers]

    states = run_cells(layers, x, initial)
    check_layers(layers, x, initial, states)
    keep_gradients(states)
    logits = readout(torch.stack(states[-1]["h"][1:], dim=1))
    loss_steps = losses(case, logits, torch.tensor(target_values))
    chosen = loss_steps[:, -1:] if case.steps == "last" else loss_steps
    loss = (chosen.sum(1) if case.reduction == "sum" else chosen.mean(1)).mean()
    loss.backward()

    arrays = {
        "x": x_values,
        "y": numbers(keras.ops.softmax(logits) if case.loss == "cross_entropy" else logits),
        "loss": numbers(loss),
        "loss_steps": numbers(loss_steps),
        "grad.x": numbers(x.grad),
        "readout.grad.W_hy": numbers(readout.kernel.value.grad).T,
        "readout.grad.b_y": numbers(readout.bias.value.grad),
    }
    arrays |= states_and_gradients(states)
    for number, layer in enumerate(layers):
        gradients = [numbers(variable.value.grad) for variable in variables(layer)]
        for name, gradient in by_name(case, *gradients, is_gradient=True).items():
            arrays[f"l{number}.grad.{name}"] = gradient
    return Made(
        layers=[by_name(case, *(numbers(v.value) for v in variables(layer)), is_gradient=False) for layer in layers],
        initial=initial,
        readout={"W_hy": numbers(readout.kernel.value).T, "b_y": numbers(readout.bias.value)},
        x=x_values,
        targets=target_values,
        arrays=arrays,
    )


def run_cells(layers, x, initial):
    """Return every state of every layer, t = 0…T, each a tensor (batch, units) of its own."""
    made, inputs = [], [x[:, t] for t in range(TIMESTEPS)]
    for layer, start in zip(layers, initial, strict=True):
        states = {name: [torch.tensor(np.tile(row, (BATCH, 1)), requires_grad=True)] for name, row in start.items()}
        for x_t in inputs:
            _, after = layer.cell(x_t, [series[-1] for series in states.values()])
            after = after if isinstance(after, (list, tuple)) else [after]
            for series, state in zip(states.values(), after, strict=True):
                series.append(state)
        made.append(states)
        inputs = states["h"][1:]
    return made


def check_layers(layers, x, initial, states):
    """Let the layers as a whole agree with the loop over their cells."""
    output = x
    for layer, start, series in zip(layers, initial, states, strict=True):
        output = layer(output, initial_state=[torch.tensor(np.tile(row, (BATCH, 1))) for row in start.values()])
        torch.testing.assert_close(output, torch.stack(series["h"][1:], dim=1), rtol=1e-12, atol=1e-14)


def losses(case, logits, targets):
    """Return the loss of every step, (batch, timesteps)."""
    if case.loss == "cross_entropy":
        return keras.losses.sparse_categorical_crossentropy(targets, logits, from_logits=True)
    return keras.losses.mean_squared_error(targets, logits) * OUTPUTS / 2


def variables(layer):
    return layer.cell.kernel, layer.cell.recurrent_kernel, layer.cell.bias


def by_name(case, kernel, recurrent_kernel, bias, *, is_gradient):
    """Return Keras' arrays under the names of a scene file.

    The GRU has two rows of biases, of the input and of the recurrent product: both count as one where they are
    only added, so their values are summed, while the gradient of the sum is that of either.
    """
    stacked, arrays = STACKED[case.cell], {}
    blocks = BLOCKS[case.cell]
    parts = {
        "W_x": dict(zip(stacked, np.split(kernel.T, len(stacked)), strict=True)),
        "W_h": dict(zip(stacked, np.split(recurrent_kernel.T, len(stacked)), strict=True)),
    }
    rows = [dict(zip(stacked, np.split(row, len(stacked)), strict=True)) for row in np.atleast_2d(bias)]
    for prefix, by_block in parts.items():
        arrays |= {f"{prefix}{block}": by_block[block] for block in blocks}
    arrays |= {f"b_{block}": rows[0][block] for block in blocks}
    if case.cell == "gru":
        if not is_gradient:
            arrays |= {f"b_{block}": rows[0][block] + rows[1][block] for block in ("r", "z")}
        arrays["b_hn"] = rows[1]["n"]
    return arrays


if __name__ == "__main__":
    keras.config.set_floatx("float64")
    # Keras 3.15 multiplies matrices in float32 on every backend but TensorFlow, whatever floatx says.
    dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"
    made = {case: make(case, seed) for seed, case in enumerate(CASES, start=100)}
    versions = f"Keras {keras.__version__} on PyTorch {torch.__version__.partition('+')[0]}"
    write(Path(__file__).parent / "keras", versions, made)
