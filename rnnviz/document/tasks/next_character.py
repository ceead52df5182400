"""Say which character comes next, in a small text of its own or in any that is loaded."""

from __future__ import annotations

from itertools import product

import numpy as np

from rnnviz.document.generators import Numbers
from rnnviz.document.sources import text_input
from rnnviz.document.tasks._base import Goal, Network, Source, Task, whole
from rnnviz.document.training import Training
from rnnviz.document.training_data import TrainingData, cut_into_pieces

_WHO = ("a fox", "the owl", "my cat", "a hen", "the old dog", "one mouse")
_DOES = ("sees", "hears", "finds", "follows")
_WHAT = ("the moon", "a red leaf", "some corn", "the rain", "a warm nest")


def own_text(seed: int = 0) -> str:
    """Return short sentences, every combination once, in an order drawn with the seed."""
    sentences = [f"{who} {does} {what}.\n" for who, does, what in product(_WHO, _DOES, _WHAT)]
    return "".join(sentences[n] for n in np.random.default_rng(seed).permutation(len(sentences)))


def _data(numbers: Numbers, source: Source, seed: int) -> TrainingData:
    text = source if isinstance(source, str) else own_text(seed)
    return cut_into_pieces(*text_input(text), int(numbers["steps"]))


TASK = Task(
    "next-character",
    "Next character",
    "At every step the next character of a text is asked for.",
    "many-to-many",
    "It stands for language models, and for the words that a keyboard suggests.",
    (whole("steps", "characters in a piece", 25, 2, 500),),
    _data,
    Network("gru", 32),
    Training("adam", 0.01, batch=16),
    Goal(0.45, 150),
    source="text",
)
