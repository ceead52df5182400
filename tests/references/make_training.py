"""Make the reference values of whole updates with PyTorch, by hand: ``python tests/references/make_training.py``.

A network of each cell reads six sequences of five steps; forward, half the squared error, backward, clipping by norm,
Adam: ten times. Of torch's two biases the second is held at zero, but for the one inside the GRU's reset.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

UPDATES, SEQUENCES, TIMESTEPS, FEATURES, UNITS, OUTPUTS = 10, 6, 5, 2, 4, 2
LEARNING_RATE, CLIP_AT = 0.05, 0.05
MODULES = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}
BLOCKS = {"rnn": "h", "lstm": "ifgo", "gru": "rzn"}


def main() -> None:
    """Write the values beside this script."""
    made: dict[str, np.ndarray] = {}
    for seed, cell in enumerate(MODULES):
        made |= {f"{cell}/{name}": array for name, array in train(cell, seed).items()}
    np.savez_compressed(Path(__file__).with_name("training.npz"), **made)


def train(cell: str, seed: int) -> dict[str, np.ndarray]:
    """Return data, weights before and after, and the loss and gradient norm of every update."""
    torch.manual_seed(seed)
    module = MODULES[cell](FEATURES, UNITS, dtype=torch.float64)
    readout = torch.nn.Linear(UNITS, OUTPUTS, dtype=torch.float64)
    hold_second_bias(cell, module)
    x = torch.randn(TIMESTEPS, SEQUENCES, FEATURES, dtype=torch.float64)
    targets = torch.randn(TIMESTEPS, SEQUENCES, OUTPUTS, dtype=torch.float64)
    before = weights(cell, module, readout)
    parameters = [*module.parameters(), *readout.parameters()]
    optimiser = torch.optim.Adam(parameters, lr=LEARNING_RATE)
    losses, norms = [], []
    for _ in range(UPDATES):
        optimiser.zero_grad()
        loss = ((readout(module(x)[0]) - targets) ** 2).sum() / (2 * TIMESTEPS * SEQUENCES)
        loss.backward()
        norms.append(float(torch.nn.utils.clip_grad_norm_(parameters, CLIP_AT)))
        optimiser.step()
        losses.append(loss.item())
    data = {"x": x.numpy().swapaxes(0, 1), "targets": targets.numpy().swapaxes(0, 1)}
    after = weights(cell, module, readout)
    return (
        data
        | {f"before.{name}": array for name, array in before.items()}
        | {f"after.{name}": array for name, array in after.items()}
        | {"losses": np.array(losses), "norms": np.array(norms)}
    )


def hold_second_bias(cell: str, module: torch.nn.Module) -> None:
    """Set it to zero where a document has none, and keep it there."""
    learned = torch.zeros(len(BLOCKS[cell]) * UNITS, dtype=torch.float64)
    if cell == "gru":
        learned[-UNITS:] = 1.0
    with torch.no_grad():
        module.bias_hh_l0.mul_(learned)
    module.bias_hh_l0.register_hook(lambda gradient: gradient * learned)


def weights(cell: str, module: torch.nn.Module, readout: torch.nn.Linear) -> dict[str, np.ndarray]:
    """Return copies of all weights under their names in a document."""
    found = {"W_hy": readout.weight, "b_y": readout.bias}
    for number, block in enumerate(BLOCKS[cell]):
        rows = slice(number * UNITS, (number + 1) * UNITS)
        found[f"W_x{block}"], found[f"W_h{block}"] = module.weight_ih_l0[rows], module.weight_hh_l0[rows]
        found[f"b_{block}"] = module.bias_ih_l0[rows]
    if cell == "gru":
        found["b_hn"] = module.bias_hh_l0[-UNITS:]
    return {name: tensor.detach().numpy().copy() for name, tensor in found.items()}


if __name__ == "__main__":
    main()
