"""Make the reference values of optimisers with PyTorch, by hand: ``python tests/references/make_optimisers.py``.

Ten steps of each on the same ten gradients, some of them large and some zero; the weights after every step.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

STEPS = 10
SHAPES = ((2, 3), (4,))
LEARNING_RATES = {"sgd": 0.1, "momentum": 0.05, "rmsprop": 0.01, "adam": 0.02}
OPTIMISERS: dict[str, Callable[..., torch.optim.Optimizer]] = {
    "sgd": torch.optim.SGD,
    "momentum": lambda weights, lr: torch.optim.SGD(weights, lr, momentum=0.9),
    "rmsprop": torch.optim.RMSprop,
    "adam": torch.optim.Adam,
}
CLIPPINGS = {"norm": 1.5, "value": 0.4}


def main() -> None:
    """Write the values beside this script."""
    random = np.random.default_rng(7)
    start = [random.normal(size=shape) for shape in SHAPES]
    gradients = [[random.normal(size=shape) * 10.0 ** random.integers(-3, 2) for shape in SHAPES] for _ in range(STEPS)]
    gradients[3][1][:2] = 0.0
    made = {
        "weights": [array.tolist() for array in start],
        "gradients": [[array.tolist() for array in step] for step in gradients],
        "optimisers": {
            name: {"learning_rate": rate, "weights": steps(name, rate, start, gradients)}
            for name, rate in LEARNING_RATES.items()
        },
        "clippings": {name: clipped(name, limit, gradients[0]) for name, limit in CLIPPINGS.items()},
    }
    text = json.dumps(made, indent=1)
    Path(__file__).with_name("optimisers.json").write_text(text + "\n", encoding="utf-8")


def steps(name: str, rate: float, start: list[np.ndarray], gradients: list[list[np.ndarray]]) -> list[list[object]]:
    """Return the weights after every step."""
    weights = [torch.tensor(array, requires_grad=True) for array in start]
    optimiser = OPTIMISERS[name](weights, lr=rate)
    found = []
    for step in gradients:
        for weight, gradient in zip(weights, step, strict=True):
            weight.grad = torch.tensor(gradient)
        optimiser.step()
        found.append([weight.detach().numpy().tolist() for weight in weights])
    return found


def clipped(name: str, limit: float, gradients: list[np.ndarray]) -> dict[str, object]:
    """Return gradients after clipping, and the norm before it."""
    weights = [torch.zeros(array.shape, dtype=torch.float64, requires_grad=True) for array in gradients]
    for weight, gradient in zip(weights, gradients, strict=True):
        weight.grad = torch.tensor(gradient)
    before = float(torch.cat([weight.grad.ravel() for weight in weights]).norm())
    clip = torch.nn.utils.clip_grad_norm_ if name == "norm" else torch.nn.utils.clip_grad_value_
    clip(weights, limit)
    return {"limit": limit, "before": before, "gradients": [weight.grad.numpy().tolist() for weight in weights]}


if __name__ == "__main__":
    main()
