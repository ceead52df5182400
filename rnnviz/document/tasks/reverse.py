"""Say digits backwards, once all were heard."""

from __future__ import annotations

import numpy as np

from rnnviz.document.document import Input, Objective
from rnnviz.document.generators import Made, Numbers
from rnnviz.document.tasks._base import Goal, Network, Task, drawn, whole
from rnnviz.document.training import Training


def _digits(numbers: Numbers, chance: np.random.Generator, count: int) -> Made:
    digits, length = int(numbers["digits"]), int(numbers["length"])
    told = chance.integers(0, digits, (count, length))
    seen = np.full((count, 2 * length), digits)
    seen[:, :length] = told
    targets = np.zeros((count, 2 * length))
    targets[:, length:] = told[:, ::-1]
    names = (*map(str, range(digits)), "now")
    asked = tuple(range(length + 1, 2 * length + 1))
    return Input(names, np.eye(digits + 1)[seen]), Objective("cross_entropy", asked, "mean", targets)


TASK = Task(
    "reverse",
    "Reversing digits",
    "Digits are told one by one; then they are to be said backwards.",
    "many-to-many",
    "It stands for translation: the whole of a sentence has to be heard before the other one can begin.",
    (whole("digits", "digits", 6, 2, 10), whole("length", "length", 3, 1, 20)),
    drawn(_digits, training=1024),
    Network("gru", 32),
    Training("adam", 0.02, batch=32),
    Goal(0.05, 400),
)
