"""What the steps of one sequence do to a small change of a layer's state, one by one and in a row."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np

from rnnviz.core.cells import CELLS
from rnnviz.core.measures.jacobians import (
    direct_path,
    mean_slopes,
    product_bounds,
    product_norms,
    step_radii,
    step_stretches,
)
from rnnviz.core.measures.steps import StepNumbers
from rnnviz.document.compute import compute
from rnnviz.document.document import Document
from rnnviz.document.runs import layer_run
from rnnviz.document.values import Array

_LONGEST_MS = 3000.0
_RUN_MS_PER_STEP = 0.02
_SMALL_MS, _MS_PER_ROW = 0.1, 4e-5  # a decomposition of S*H rows costs this, and this much for each cube of a row


@dataclass(frozen=True, slots=True, eq=False)
class Stretching:
    """How the Jacobians J_t of one sequence stretch a change of the state.

    Attributes:
        steps: the t, 1…T, of which single steps are looked at, (n,).
        stretches, radii: σ_max(J_t) and ρ(J_t) at them, (n,).
        slopes: the mean of φ′(a_t) over the units of a plain cell, (n,); empty for others.
        ends: the t, 0…T, of which products are looked at, (m,).
        products: σ_max(J_T … J_{t+1}), (m,).
        bounds: Π σ_max(J_k) for k from t + 1 to T, (m,).
        direct: of a gated cell the largest, over the units, of what is handed on from t to T without passing
            the recurrent weights, (m,): Π f of an LSTM, Π z of a GRU; empty for others.
    """

    steps: StepNumbers
    stretches: Array
    radii: Array
    slopes: Array
    ends: StepNumbers
    products: Array
    bounds: Array
    direct: Array


def stretching(document: Document, layer: int, sample: int, most: int) -> Stretching:
    """Return what the steps of one layer do: of so many single steps at most, and of products of the last so many."""
    run = layer_run(compute(document), layer, sample)
    weights, trace, last = run.weights, run.trace, len(run.trace.a)
    steps, ends = np.arange(1, last + 1, -(-last // most)), np.arange(max(last - most, 0), last + 1)
    is_plain = weights.cell.gate_is_state
    return Stretching(
        steps,
        step_stretches(weights, trace, steps),
        step_radii(weights, trace, steps),
        mean_slopes(weights, trace)[steps - 1] if is_plain else np.empty(0),
        ends,
        product_norms(weights, trace, ends),
        product_bounds(weights, trace, ends),
        np.empty(0) if is_plain else direct_path(weights, trace)[ends].max(axis=1),
    )


def stretchings(asked: Sequence[tuple[Document, int, int, int]]) -> Generator[Stretching, None, None]:
    """Yield what the steps of several networks do; each is asked for as `stretching` is."""
    for each in asked:
        yield stretching(*each)


def most_steps(document: Document, layer: int, sample: int) -> int:
    """Return how many steps of a sequence can be looked at in a few seconds; all of them if it is not too large."""
    length = document.input.length(sample)
    return min(length, max(int(_LONGEST_MS / _ms_per_step(document, layer)), 1))


def stretching_ms(document: Document, layer: int, sample: int, most: int) -> float:
    """Return a guess at how long `stretching` takes."""
    return _RUN_MS_PER_STEP * document.input.length(sample) + most * _ms_per_step(document, layer)


def _ms_per_step(document: Document, layer: int) -> float:
    made = document.layers[layer]
    rows = made.units * len(CELLS[made.cell].states)
    return _SMALL_MS + float(_MS_PER_ROW * rows**3)
