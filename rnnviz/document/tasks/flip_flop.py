"""Hold the last pulse of every channel (Sussillo and Barak 2013)."""

from __future__ import annotations

import numpy as np

from rnnviz.document.document import Input, Objective
from rnnviz.document.generators import Made, Numbers
from rnnviz.document.tasks._base import Goal, Network, Task, drawn, whole
from rnnviz.document.training import Training

_PULSES = 0.25  # how likely one is at a step


def _channels(numbers: Numbers, chance: np.random.Generator, count: int) -> Made:
    steps, bits = int(numbers["steps"]), int(numbers["bits"])
    shape = count, steps, bits
    pulses = np.where(chance.random(shape) < _PULSES, chance.choice((-1.0, 1.0), shape), 0.0)
    pulses[:, 0] = chance.choice((-1.0, 1.0), (count, bits))  # so that there is always something to hold
    held = pulses.copy()
    for t in range(1, steps):
        held[:, t] = np.where(pulses[:, t] == 0, held[:, t - 1], pulses[:, t])
    names = tuple(f"pulse {number + 1}" for number in range(bits))
    return Input(names, pulses), Objective("half_squared_error", "all", "mean", held)


TASK = Task(
    "flip-flop",
    "Flip-flop memory",
    "Every output holds the sign of the last pulse on its own channel.",
    "many-to-many",
    "It stands for states that stay until something changes them: switches, valves, a mode of a machine.",
    (whole("bits", "channels", 2, 1, 5), whole("steps", "steps", 20, 2, 200)),
    drawn(_channels, training=256, held_out=64),
    Network("rnn", 16),
    Training("adam", 0.02, batch=16),
    Goal(0.02, 250),
)
