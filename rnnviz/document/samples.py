"""Whether a network can go on by itself, and what it then makes: text, or the values after the end of a series."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from rnnviz.core.objectives import LOSSES
from rnnviz.document.document import Document
from rnnviz.document.sampling import roll_out, sample_text
from rnnviz.document.values import Array

SYMBOLS = 240  # of a text that is made up
_FEWEST, _MOST = 20, 100  # steps of a forecast: as many as the sequence has, within these
_STEP_MS = 0.3

Kind = Literal["text", "series"]


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """A sequence, and what the network expects after it: its own outputs are fed in as the next inputs.

    Attributes:
        features: their names.
        values: the sequence without padding, (T, N).
        beyond: the values after it, (steps, N).
    """

    features: tuple[str, ...]
    values: Array
    beyond: Array


def samples_kind(document: Document) -> Kind | None:
    """Return what a network can make by itself; None if its targets are not what comes next in its input."""
    targets, values = document.objective.targets, document.input.values
    if targets is None:
        return None
    if LOSSES[document.objective.loss].integer_targets:
        is_next = np.array_equal(values[:, 1:].argmax(axis=2), targets[:, :-1])
        return "text" if document.input.text is not None and is_next else None
    is_next = targets.shape == values.shape and np.array_equal(values[:, 1:], targets[:, :-1])
    return "series" if is_next and document.objective.loss == "half_squared_error" and document.readout else None


def samples_ms(document: Document) -> float:
    """Return a guess at how long `samples` takes, in milliseconds."""
    return _STEP_MS * len(document.layers) * (SYMBOLS if samples_kind(document) == "text" else _MOST)


def samples(document: Document, temperature: float, seed: int, sequence: int) -> str | Forecast:
    """Return what the network makes by itself: a text, or a forecast of one of its sequences.

    Raises:
        DocumentError: it makes nothing by itself, or a number overflows.
    """
    if samples_kind(document) == "text":
        return sample_text(document, SYMBOLS, temperature, seed)
    length = document.input.length(sequence)
    beyond = roll_out(document, min(max(length, _FEWEST), _MOST), sequence)
    return Forecast(document.input.features, document.input.values[sequence, :length], beyond)
