"""Go on with a sine wave: every sequence has a period and a phase of its own."""

from __future__ import annotations

import numpy as np

from rnnviz.document.document import Input, Objective
from rnnviz.document.generators import Made, Numbers
from rnnviz.document.tasks._base import Goal, Network, Task, drawn, whole
from rnnviz.document.training import Training

_PERIODS = (8.0, 20.0)


def _waves(numbers: Numbers, chance: np.random.Generator, count: int) -> Made:
    t = np.arange(numbers["steps"] + 1)
    periods, phases = chance.uniform(*_PERIODS, (count, 1)), chance.uniform(0, 2 * np.pi, (count, 1))
    values = np.sin(2 * np.pi * t / periods + phases)[:, :, None]
    return Input(("sine",), values[:, :-1]), Objective("half_squared_error", "all", "mean", values[:, 1:])


TASK = Task(
    "sine",
    "Sine forecast",
    "At every step the next value of a sine wave is asked for; period and phase differ.",
    "many-to-many",
    "It stands for forecasts of what repeats: tides, daylight, the load of a power line.",
    (whole("steps", "steps", 30, 2, 500),),
    drawn(_waves, training=256, held_out=64),
    Network("rnn", 16),
    Training("adam", 0.01, batch=16),
    Goal(0.01, 400),
)
