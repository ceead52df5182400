"""Say whether a sentence is kind, word by word; a "not" turns it over, and sentences have unequal length."""

from __future__ import annotations

from itertools import product

import numpy as np

from rnnviz.document.document import Input, Objective
from rnnviz.document.generators import Numbers
from rnnviz.document.tasks._base import Goal, Network, Source, Task
from rnnviz.document.training import Training
from rnnviz.document.training_data import Examples, TrainingData
from rnnviz.document.values import Array

_THINGS = ("the film", "the soup", "this song", "our trip", "the new book", "that day")
_KIND = ("good", "lovely", "bright", "funny", "warm")
_UNKIND = ("bad", "dull", "boring", "sad", "cold")
_SAID = (  # how it is said, and whether that turns it over
    ("{thing} was {word}", False),
    ("{thing} was very {word}", False),
    ("i found {thing} {word}", False),
    ("{thing} was not {word}", True),
    ("i never found {thing} {word}", True),
    ("nobody says {thing} was {word}", True),
)
_HELD_OUT = 60


def sentences() -> list[tuple[str, bool]]:
    """Return all sentences, with whether each is kind."""
    words = [(word, True) for word in _KIND] + [(word, False) for word in _UNKIND]
    return [
        (said.format(thing=thing, word=word), is_kind != turns)
        for (said, turns), thing, (word, is_kind) in product(_SAID, _THINGS, words)
    ]


def _data(numbers: Numbers, source: Source, seed: int) -> TrainingData:  # noqa: ARG001
    known = sentences()
    vocabulary = sorted({word for sentence, _ in known for word in sentence.split()})
    order = np.random.default_rng(seed).permutation(len(known))
    chosen = [known[n] for n in order]
    return TrainingData(_examples(chosen[_HELD_OUT:], vocabulary), _examples(chosen[:_HELD_OUT], vocabulary))


def _examples(chosen: list[tuple[str, bool]], vocabulary: list[str]) -> Examples:
    column = {word: number for number, word in enumerate(vocabulary)}
    tokens = [sentence.split() for sentence, _ in chosen]
    steps = max(map(len, tokens))
    values: Array = np.zeros((len(chosen), steps, len(vocabulary)))
    targets: Array = np.zeros((len(chosen), steps, 1))
    for number, (words, (_, is_kind)) in enumerate(zip(tokens, chosen, strict=True)):
        values[number, np.arange(len(words)), [column[word] for word in words]] = 1.0
        targets[number, len(words) - 1, 0] = is_kind
    data = Input(tuple(vocabulary), values, lengths=tuple(map(len, tokens)))
    return Examples(data, Objective("binary_cross_entropy", "last", "mean", targets))


TASK = Task(
    "sentiment",
    "Tiny sentiment",
    "At the end of a short sentence it is asked whether it is kind; some words turn it over.",
    "many-to-one",
    "It stands for reviews and messages that are to be sorted.",
    (),
    _data,
    Network("gru", 12),
    Training("adam", 0.02, batch=16),
    Goal(0.05, 250),
)
