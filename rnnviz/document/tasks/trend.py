"""Say whether a noisy line goes up or down."""

from __future__ import annotations

import numpy as np

from rnnviz.document.document import Input, Objective
from rnnviz.document.generators import Made, Numbers
from rnnviz.document.tasks._base import Goal, Network, Task, drawn, whole
from rnnviz.document.training import Training


def _lines(numbers: Numbers, chance: np.random.Generator, count: int) -> Made:
    steps = int(numbers["steps"])
    rises = chance.integers(0, 2, count)
    slopes = np.where(rises, 1, -1) * chance.uniform(0.5, 1.5, count)
    values = slopes[:, None] * np.linspace(-1, 1, steps) + 0.3 * chance.standard_normal((count, steps))
    targets = np.zeros((count, steps, 1))
    targets[:, -1, 0] = rises
    return Input(("value",), values[:, :, None]), Objective("binary_cross_entropy", "last", "mean", targets)


TASK = Task(
    "trend",
    "Trend, up or down",
    "At the end of a noisy line it is asked whether it rises.",
    "many-to-one",
    "It stands for alarms: is a patient's fever, or the vibration of a bearing, on the rise?",
    (whole("steps", "steps", 20, 4, 500),),
    drawn(_lines, training=256, held_out=64),
    Network("rnn", 8),
    Training("adam", 0.01, batch=16),
    Goal(0.05, 300),
)
