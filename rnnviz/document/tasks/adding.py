"""Add two marked numbers: the classic test of memory over a distance (Hochreiter and Schmidhuber 1997)."""

from __future__ import annotations

import numpy as np

from rnnviz.document.generators import GENERATORS, Made, Numbers
from rnnviz.document.tasks._base import Goal, Network, Task, drawn, whole
from rnnviz.document.training import Training


def _sequences(numbers: Numbers, chance: np.random.Generator, count: int) -> Made:
    return GENERATORS["adding"].rule({**numbers, "sequences": count}, chance)


TASK = Task(
    "adding",
    "Adding problem",
    "Two of many numbers are marked; at the end their sum is asked for.",
    "many-to-one",
    "It stands for totals that build up over time, as energy use from the meter readings that count.",
    (whole("steps", "steps", 20, 4, 500),),
    drawn(_sequences, training=1024),
    Network("gru", 16),
    Training("adam", 0.01, batch=32),
    Goal(0.005, 400),
)
