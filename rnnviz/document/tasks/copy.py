"""Repeat symbols after a delay (Hochreiter and Schmidhuber 1997; Arjovsky, Shah and Bengio 2016)."""

from __future__ import annotations

import numpy as np

from rnnviz.document.generators import GENERATORS, Made, Numbers
from rnnviz.document.tasks._base import Goal, Network, Task, drawn, whole
from rnnviz.document.training import Training


def _sequences(numbers: Numbers, chance: np.random.Generator, count: int) -> Made:
    return GENERATORS["copy"].rule({**numbers, "sequences": count}, chance)


TASK = Task(
    "copy",
    "Delayed copy",
    "A few symbols come first; after a delay and a sign they are to be repeated.",
    "many-to-many",
    "It stands for speech and dictation: what was heard has to be held until it is written down.",
    (
        whole("symbols", "symbols", 4, 2, 16),
        whole("length", "length", 2, 1, 50),
        whole("delay", "delay", 5, 1, 200),
    ),
    drawn(_sequences),
    Network("lstm", 24),
    Training("adam", 0.02, batch=32),
    Goal(0.05, 400),
)
