"""Say in which order two symbols came, among others (Hochreiter and Schmidhuber 1997, experiment 6a)."""

from __future__ import annotations

import numpy as np

from rnnviz.document.document import Input, Objective
from rnnviz.document.generators import Made, Numbers
from rnnviz.document.tasks._base import Goal, Network, Task, drawn, whole
from rnnviz.document.training import Training

_NAMES = ("X", "Y", "a", "b", "c", "d")


def _sequences(numbers: Numbers, chance: np.random.Generator, count: int) -> Made:
    """Put the first symbol into the first half, and the second into the other; the class is one of XX XY YX YY."""
    steps = int(numbers["steps"])
    seen = chance.integers(2, len(_NAMES), (count, steps))
    told = chance.integers(0, 2, (count, 2))
    rows, half = np.arange(count), steps // 2
    seen[rows, chance.integers(0, half, count)] = told[:, 0]
    seen[rows, chance.integers(half, steps, count)] = told[:, 1]
    targets = np.zeros((count, steps))
    targets[:, -1] = 2 * told[:, 0] + told[:, 1]
    return Input(_NAMES, np.eye(len(_NAMES))[seen]), Objective("cross_entropy", "last", "mean", targets)


TASK = Task(
    "temporal-order",
    "Temporal order",
    "Two symbols, each X or Y, stand among others; at the end it is asked which came first and which second.",
    "many-to-one",
    "It stands for logs and diagnoses: not only what happened counts, but what happened first.",
    (whole("steps", "steps", 16, 4, 300),),
    drawn(_sequences),
    Network("lstm", 16),
    Training("adam", 0.02, batch=32),
    Goal(0.1, 400),
)
