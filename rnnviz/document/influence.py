"""Which input moves which output: a map over all steps of a sequence, or over evenly spaced ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnviz.core.cells import CELLS
from rnnviz.core.measures.connectivity import connectivity
from rnnviz.core.measures.steps import StepNumbers
from rnnviz.document.compute import compute
from rnnviz.document.document import Document
from rnnviz.document.runs import network_run
from rnnviz.document.values import Array

MOST_STEPS = 400
_LEAST_STEPS = 40
_LONGEST_MS = 3000.0
_STEP_MS = 0.12  # of going one step through one layer, whatever its size
_PRODUCTS_PER_MS = 2e6


@dataclass(frozen=True, slots=True, eq=False)
class Influence:
    """‖∂y_t/∂x_k‖_F of one sequence.

    Attributes:
        steps: the t, and the k, that are looked at: from 1 on, evenly spaced, (n,).
        values: (n, n), a row for each t; exactly 0 for k > t.
    """

    steps: StepNumbers
    values: Array


def influence(document: Document, sample: int, stride: int) -> Influence:
    """Return the map of one sequence, of every ``stride``-th step."""
    run = network_run(compute(document), sample)
    steps = np.arange(1, document.input.length(sample) + 1, stride)
    layers = tuple(layer.weights for layer in run.layers)
    found = connectivity(layers, run.readout, run.forward, steps)
    return Influence(steps, found[steps - 1])


def influence_stride(document: Document, sample: int) -> int:
    """Return how far apart the steps of a map have to be for it to be readable and to be found in a few seconds."""
    length = document.input.length(sample)
    affordable = _LONGEST_MS / max(_ms_per_input(document, length), 1e-9)
    return -(-length // max(min(MOST_STEPS, int(affordable)), _LEAST_STEPS))


def influence_ms(document: Document, sample: int, stride: int) -> float:
    """Return a guess at how long `influence` takes."""
    length = document.input.length(sample)
    return _STEP_MS * length * len(document.layers) + length / stride * _ms_per_input(document, length)


def _ms_per_input(document: Document, length: int) -> float:
    """Return how long it takes to carry the derivatives of one input on, to half of the steps on average."""
    sizes = [layer.units * len(CELLS[layer.cell].states) for layer in document.layers]
    features = int(document.input.values.shape[2])
    return length / 2 * features * sum(size * size for size in sizes) / _PRODUCTS_PER_MS
