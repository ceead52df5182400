"""Make the reference values with PyTorch: ``python tests/references/make_pytorch.py``, by hand, with torch installed.

Each network runs as a loop over ``torch.nn`` cells, for only there every h_t is a tensor of its own whose total
gradient autograd retains. The fused module (``torch.nn.LSTM`` and so on) runs on the same weights and has to agree;
its stacked output also gives the direct part of the gradient.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from cases import BATCH, BLOCKS, CASES, FEATURES, OUTPUTS, TIMESTEPS, UNITS, Case, Made, random_input, write
from tensors import keep_gradients, numbers, states_and_gradients
from torch.nn import functional

MODULES = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}
CELLS = {"rnn": torch.nn.RNNCell, "lstm": torch.nn.LSTMCell, "gru": torch.nn.GRUCell}


def make(case: Case, seed: int) -> Made:
    """Return a random network of this kind and everything that PyTorch computes of it."""
    torch.manual_seed(seed)
    options = {"nonlinearity": case.activation} if case.cell == "rnn" else {}
    module = MODULES[case.cell](FEATURES, UNITS, case.layers, batch_first=True, **options)
    readout = torch.nn.Linear(UNITS, OUTPUTS)
    x_values, target_values = random_input(case, np.random.default_rng(seed))
    x, targets = torch.tensor(x_values, requires_grad=True), torch.tensor(target_values)
    names = ("h", "c") if case.cell == "lstm" else ("h",)
    initial = [{name: torch.randn(UNITS, requires_grad=True) for name in names} for _ in range(case.layers)]

    states = run_cells(case, module, x, initial)
    keep_gradients(states)
    logits = readout(torch.stack(states[-1]["h"][1:], dim=1))
    loss_steps = losses(case, logits, targets)
    loss = total(case, loss_steps)
    loss.backward()

    arrays = {
        "x": x_values,
        "y": numbers(torch.softmax(logits, -1) if case.loss == "cross_entropy" else logits),
        "loss": numbers(loss),
        "loss_steps": numbers(loss_steps),
        "grad.x": numbers(x.grad),
        "readout.grad.W_hy": numbers(readout.weight.grad),
        "readout.grad.b_y": numbers(readout.bias.grad),
    }
    arrays |= states_and_gradients(states)
    for number in range(case.layers):
        for name, gradient in gradients_by_name(case, module, number).items():
            arrays[f"l{number}.grad.{name}"] = gradient
    arrays[f"l{case.layers - 1}.direct.h"] = check_fused(case, (module, readout, initial), x, targets, states)
    return Made(
        layers=[weights_by_name(case, module, number) for number in range(case.layers)],
        initial=[{name: numbers(state) for name, state in layer.items()} for layer in initial],
        readout={"W_hy": numbers(readout.weight), "b_y": numbers(readout.bias)},
        x=x_values,
        targets=target_values,
        arrays=arrays,
    )


def run_cells(case, module, x, initial):
    """Return every state of every layer, t = 0…T, each a tensor (batch, units) of its own."""
    layers, inputs = [], [x[:, t] for t in range(TIMESTEPS)]
    for number, start in enumerate(initial):
        options = {"nonlinearity": case.activation} if case.cell == "rnn" else {}
        cell = CELLS[case.cell](inputs[0].shape[1], UNITS, **options)
        for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
            setattr(cell, name, getattr(module, f"{name}_l{number}"))
        states = {name: [state.expand(BATCH, UNITS).clone()] for name, state in start.items()}
        for x_t in inputs:
            before = tuple(series[-1] for series in states.values())
            after = cell(x_t, before if case.cell == "lstm" else before[0])
            for series, state in zip(states.values(), after if case.cell == "lstm" else (after,), strict=True):
                series.append(state)
        layers.append(states)
        inputs = states["h"][1:]
    return layers


def losses(case, logits, targets):
    """Return the loss of every step, (batch, timesteps)."""
    if case.loss == "cross_entropy":
        return functional.cross_entropy(logits.transpose(1, 2), targets, reduction="none")
    return functional.mse_loss(logits, targets, reduction="none").sum(-1) / 2


def total(case, loss_steps):
    """Return the loss: the chosen steps summed or averaged, the batch always averaged."""
    chosen = loss_steps[:, -1:] if case.steps == "last" else loss_steps
    return (chosen.sum(1) if case.reduction == "sum" else chosen.mean(1)).mean()


def check_fused(case, network, x, targets, states):
    """Let the fused module agree; return the direct part of the gradient, that of its stacked output."""
    module, readout, initial = network
    start = tuple(
        torch.stack([layer[name].expand(BATCH, UNITS) for layer in initial]).contiguous() for name in initial[0]
    )
    output, _ = module(x, start if case.cell == "lstm" else start[0])
    loss = total(case, losses(case, readout(output), targets))
    parameters = list(module.parameters())
    direct, *gradients = torch.autograd.grad(loss, [output, *parameters])
    torch.testing.assert_close(output, torch.stack(states[-1]["h"][1:], dim=1), rtol=1e-12, atol=1e-14)
    for parameter, gradient in zip(parameters, gradients, strict=True):
        torch.testing.assert_close(gradient, parameter.grad, rtol=1e-11, atol=1e-14)
    return numbers(torch.cat([torch.zeros(BATCH, 1, UNITS), direct], dim=1))


def weights_by_name(case, module, number):
    """Return a layer's weights: the two biases summed, except that of the GRU's n, which stays apart."""
    W, U, b, recurrent_b = parameters_of(module, number)
    blocks = BLOCKS[case.cell]
    bias = dict(zip(blocks, np.split(numbers(b) + numbers(recurrent_b), len(blocks)), strict=True))
    if case.cell == "gru":
        bias |= {"n": np.split(numbers(b), 3)[2], "hn": np.split(numbers(recurrent_b), 3)[2]}
    return named(blocks, numbers(W), numbers(U), bias)


def gradients_by_name(case, module, number):
    """Return the gradients of a layer's weights; that of a sum of biases is that of either."""
    W, U, b, recurrent_b = parameters_of(module, number)
    blocks = BLOCKS[case.cell]
    bias = dict(zip(blocks, np.split(numbers(b.grad), len(blocks)), strict=True))
    if case.cell == "gru":
        bias["hn"] = np.split(numbers(recurrent_b.grad), 3)[2]
    return named(blocks, numbers(W.grad), numbers(U.grad), bias)


def parameters_of(module, number):
    return [getattr(module, f"{name}_l{number}") for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]


def named(blocks, W, U, bias):
    """Return stacked arrays under the names of a scene file."""
    arrays = {f"W_x{block}": part for block, part in zip(blocks, np.split(W, len(blocks)), strict=True)}
    arrays |= {f"W_h{block}": part for block, part in zip(blocks, np.split(U, len(blocks)), strict=True)}
    return arrays | {f"b_{block}": part for block, part in bias.items()}


if __name__ == "__main__":
    torch.set_default_dtype(torch.float64)
    made = {case: make(case, seed) for seed, case in enumerate(CASES)}
    write(Path(__file__).parent / "pytorch", f"PyTorch {torch.__version__.partition('+')[0]}", made)
