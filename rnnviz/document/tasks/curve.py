"""Draw a whole curve from what is told at the first step only."""

from __future__ import annotations

import numpy as np

from rnnviz.document.document import Input, Objective
from rnnviz.document.generators import Made, Numbers
from rnnviz.document.tasks._base import Goal, Network, Task, drawn, whole
from rnnviz.document.training import Training

_SHAPES = ("fade", "swell", "ring")


def _curves(numbers: Numbers, chance: np.random.Generator, count: int) -> Made:
    steps = int(numbers["steps"])
    kind, height = chance.integers(0, len(_SHAPES), count), chance.uniform(0.4, 1.0, (count, 1))
    t = np.linspace(0, 1, steps)
    shapes = np.stack([np.exp(-4 * t), t * t, np.exp(-2 * t) * np.cos(4 * np.pi * t)])
    values = np.zeros((count, steps, len(_SHAPES)))
    values[np.arange(count), 0, kind] = height[:, 0]
    targets = (height * shapes[kind])[:, :, None]
    return Input(_SHAPES, values), Objective("half_squared_error", "all", "mean", targets)


TASK = Task(
    "curve",
    "One value, a whole curve",
    "Only the first step says which of three shapes is wanted and how high; the whole curve is to be drawn.",
    "one-to-many",
    "It stands for captions and melodies: from one picture, or one note, a sequence is to be made.",
    (whole("steps", "steps", 20, 4, 300),),
    drawn(_curves, training=256, held_out=64),
    Network("gru", 16),
    Training("adam", 0.02, batch=16),
    Goal(0.002, 300),
)
