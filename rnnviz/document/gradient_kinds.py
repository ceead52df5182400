"""What a gradient over time is compared with: one loss term alone, what the matrices would make of it, the whole."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from rnnviz.core.measures.gradients import last_loss_gradients, total_norms
from rnnviz.core.measures.jacobians import product_bounds
from rnnviz.core.measures.norms import norms, spectral_radii
from rnnviz.core.measures.spectrum import recurrent_matrices
from rnnviz.document.compute import compute, stacked_weights
from rnnviz.document.document import Document
from rnnviz.document.frame import Frame
from rnnviz.document.runs import layer_run, network_run
from rnnviz.document.values import Array

GradientKind = Literal["total", "direct", "carried", "delta", "last"]
Comparison = Literal["last", "radius", "bound", "whole"]

_DECOMPOSED = 2**30  # rows³ of all Jacobians


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """What was asked for of one sequence in one layer, None where it was not; t = 0…T without padding.

    Attributes:
        last: ‖∂ℓ_t/∂h‖ of the last loss that counts alone, with weight 1, (T + 1,).
        radius: ρ of the recurrent matrix; of several blocks, the largest.
        bound: Π σ_max(J_k) from each t to T, (T + 1,); nan before the last steps, where they are too many to measure.
        whole: ‖∂L/∂h_t‖ if windows did not cut the gradient, (T + 1,).
        kept: the norm of the layer's weight gradient, over that of the one that is not cut; nan if that is 0.
    """

    last: Array | None = None
    radius: float | None = None
    bound: Array | None = None
    whole: Array | None = None
    kept: float | None = None


def gradient_norms(frame: Frame, layer: int, sample: int, kind: GradientKind) -> Array | None:
    """Return the Euclidean norm of a gradient for t = 0…T of a sequence, (T + 1,); nan where there is none.

    None of the last loss alone, which a frame does not hold: see `compare`.
    """
    shown, length = frame.layers[layer], frame.document.input.length(sample)
    total = shown.state_gradients["h"][sample, : length + 1]
    direct = shown.direct[sample, : length + 1]
    if kind == "last":
        return None
    if kind == "delta":
        blocks = [block[sample, :length] for block in shown.pre_activation_gradients.values()]
        return np.concatenate([[np.nan], norms(np.concatenate(blocks, axis=1))])
    with np.errstate(all="ignore"):
        return norms({"total": total, "direct": direct, "carried": total - direct}[kind])


def is_truncated(document: Document, sample: int) -> bool:
    """Return whether windows cut the gradient but not the state: the gradient is then not the loss's own."""
    return document.window is not None and document.window.stateful and bool(document.borders(sample))


def last_counted(document: Document, sample: int) -> int:
    """Return the last step whose loss counts; of none, the last step."""
    return max(document.counted_steps(sample), default=document.input.length(sample))


def bounded_steps(document: Document, layer: int, sample: int) -> int:
    """Return how many of the last steps' Jacobians can be decomposed in about a second."""
    return min(max(_DECOMPOSED // state_size(document, layer) ** 3, 16), document.input.length(sample))


def state_size(document: Document, layer: int) -> int:
    """Return how many numbers the state of a layer has: h and, for an LSTM, c."""
    return sum(map(len, document.layers[layer].initial_state.values()))


def compare(document: Document, layer: int, sample: int, wanted: frozenset[Comparison]) -> Compared:
    """Return what the gradients of a layer are compared with; overflow is left as inf and nan."""
    frame = compute(document)
    found = Compared()
    if "last" in wanted:
        run = network_run(frame, sample)
        weights = tuple(each.weights for each in run.layers)
        alone = last_loss_gradients(weights, run.readout, run.objective, run.forward)
        found = replace(found, last=total_norms(alone[layer]))
    if "radius" in wanted:
        matrices = recurrent_matrices(stacked_weights(document.layers[layer]))
        found = replace(found, radius=float(spectral_radii(matrices).max()))
    if "bound" in wanted:
        ran = layer_run(frame, layer, sample)
        first = len(ran.trace.a) - bounded_steps(document, layer, sample)
        bound = np.full(len(ran.trace.a) + 1, np.nan)
        bound[first:] = product_bounds(ran.weights, ran.trace, np.arange(first, len(bound)))
        found = replace(found, bound=bound)
    if "whole" in wanted:
        whole = compute(replace(document, window=None))
        real = slice(document.input.length(sample) + 1)
        lengths = norms(whole.layers[layer].state_gradients["h"][sample, real])
        found = replace(found, whole=lengths, kept=_ratio(_weight_norm(frame, layer), _weight_norm(whole, layer)))
    return found


def _weight_norm(frame: Frame, layer: int) -> float:
    """Return the Euclidean norm of ∂L/∂W over all weights of a layer together."""
    return float(norms(np.concatenate([each.ravel() for each in frame.layers[layer].weight_gradients.values()])))


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 and np.isfinite([part, whole]).all() else float("nan")
