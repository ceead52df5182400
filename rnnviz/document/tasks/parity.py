"""Say at every step whether the ones so far are odd in number: XOR over time."""

from __future__ import annotations

import numpy as np

from rnnviz.document.document import Input, Objective
from rnnviz.document.generators import Made, Numbers
from rnnviz.document.tasks._base import Goal, Network, Task, drawn, whole
from rnnviz.document.training import Training


def _bits(numbers: Numbers, chance: np.random.Generator, count: int) -> Made:
    bits = chance.integers(0, 2, (count, int(numbers["steps"])))
    odd = np.cumsum(bits, axis=1) % 2
    return (
        Input(("bit",), bits[:, :, None].astype(float)),
        Objective("binary_cross_entropy", "all", "mean", odd[:, :, None].astype(float)),
    )


TASK = Task(
    "parity",
    "Temporal parity (XOR)",
    "At every step it is asked whether the number of ones so far is odd.",
    "many-to-many",
    "It stands for check bits in a transmission, and for a switch that every press turns over.",
    (whole("steps", "steps", 10, 2, 200),),
    drawn(_bits),
    Network("gru", 16),
    Training("adam", 0.02, batch=32),
    Goal(0.02, 300),
)
