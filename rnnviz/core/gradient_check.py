"""Compare a gradient with central differences, entry by entry: a second opinion that knows nothing of BPTT."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from rnnviz.core.activations import RELU, Array
from rnnviz.core.network import Forward, Objective, ReadoutWeights, run_forward
from rnnviz.core.unroll import LayerWeights, Trace

STEPS = (1e-5, 1e-6)
TOLERANCE = 1e-6
SMALLEST = 1e-8
ROUNDINGS = 8
_EPSILON = float(np.finfo(np.float64).eps)

Index = tuple[int, ...]
Verdict = Literal["agrees", "too small", "at a kink", "differs"]


@dataclass(frozen=True, slots=True)
class Probe:
    """A loss, and which ReLU units were on while it was computed, one bit for each unit and step."""

    loss: float
    active: bytes


@dataclass(frozen=True, slots=True)
class EntryCheck:
    """One entry of a gradient beside the difference quotient there.

    Attributes:
        index: which entry.
        analytic: the gradient that is checked, a.
        numeric: the central difference, n.
        error: |a − n| / max(1e-8, |a| + |n|).
        verdict: "agrees"; "too small" for a relative error, but agrees within the noise; "at a kink", where there
            is nothing to compare; or "differs".
    """

    index: Index
    analytic: float
    numeric: float
    error: float
    verdict: Verdict


def check_entries(
    probe: Callable[[Array], Probe], values: Array, gradient: Array, indices: Iterable[Index]
) -> Iterator[EntryCheck]:
    """Compare dL/d(entry) with n = (L(v + s) − L(v − s)) / 2s, for one entry v of ``values`` after another.

    An entry agrees when |a − n| / max(1e-8, |a| + |n|) < 1e-6. Three things make that a fair test:

    Step: s = 1e-5 · max(1, |v|), or less where the gradient is so steep that the loss would change by more than
    1e-5 · max(1, |L|). Where a and n differ, a tenth of it is tried: n errs by s² L‴ / 6, which is then a
    hundredth, whereas a wrong gradient stays wrong.

    Noise: the loss is rounded, in all by some 8 units in the last place of max(1, |L|), so n is uncertain by
    δ = 8 · 2.2e-16 · max(1, |L|) / s. Where |a| + |n| < δ / 1e-6, that hides a relative error of 1e-6, and
    |a − n| ≤ δ is asked for instead.

    Kinks: where a ReLU unit is on at one side and off at the other, n mixes two slopes and proves nothing.

    Args:
        probe: computes the loss with other values in place of these.
        values: the array that is moved; it is not changed.
        gradient: what is checked, shaped as ``values``.
        indices: which entries, in this order.
    """
    size = max(1.0, abs(probe(values).loss))
    for index in indices:
        value, analytic = float(values[index]), float(gradient[index])
        reach = max(1.0, abs(value))
        if abs(analytic) * reach > size:
            reach = size / abs(analytic)
        for step in STEPS:
            sides = _moved(values, index, value + step * reach), _moved(values, index, value - step * reach)
            distance = float(sides[0][index] - sides[1][index])
            entry = _compared(index, analytic, (probe(sides[0]), probe(sides[1])), distance)
            if entry.verdict != "differs":
                break
        yield entry


def _moved(values: Array, index: Index, value: float) -> Array:
    moved = values.copy()
    moved[index] = value
    return moved


def _compared(index: Index, analytic: float, probes: tuple[Probe, Probe], distance: float) -> EntryCheck:
    above, below = probes
    with np.errstate(all="ignore"):  # an overflow is left as inf and nan, which agree with nothing
        numeric = float(np.float64(above.loss - below.loss) / distance)
        noise = float(np.float64(2 * ROUNDINGS * _EPSILON) * max(1.0, abs(above.loss), abs(below.loss)) / distance)
    apart, together = abs(analytic - numeric), abs(analytic) + abs(numeric)
    error = apart / max(SMALLEST, together)
    verdict: Verdict = "differs"
    if above.active != below.active:
        verdict = "at a kink"
    elif error < TOLERANCE:
        verdict = "agrees"
    elif together < noise / TOLERANCE and apart <= noise:
        verdict = "too small"
    return EntryCheck(index, analytic, numeric, error, verdict)


def probe_network(
    layers: tuple[LayerWeights, ...], readout: ReadoutWeights, objective: Objective, x: Array, around: Forward
) -> Probe:
    """Return the loss whose derivative backpropagation promises, at weights and inputs near those of ``around``.

    In windows with a carried state (truncated BPTT) the gradient stops at each border by design. It is the
    derivative of a loss that takes the state handed across each border for a constant; so each window runs by
    itself here, from the state that it was handed in the unmoved run ``around``, and the losses are added.
    """
    window, lengths = around.layers[0].window, around.layers[0].lengths
    starts = [piece.start for piece in window.pieces(len(x))] if window.stateful else [0]
    if len(starts) == 1:
        forward = run_forward(layers, readout, objective, x, window, lengths)
        return Probe(float(forward.loss.real), _active(layers, forward.layers))
    runs = []
    for piece in window.pieces(len(x)):
        if not objective.step_weights[piece].any():
            continue  # nothing in this window counts
        own = layers if piece.start == 0 else _handed_over(layers, around, piece.start)
        part = replace(objective, step_weights=objective.step_weights[piece], targets=objective.targets[piece])
        # a sequence that has ended before this window has no step that counts in it
        left = None if lengths is None else np.clip(lengths - piece.start, 1, piece.stop - piece.start)
        runs.append(run_forward(own, readout, part, x[piece], lengths=left))
    loss = sum(float(run.loss.real) for run in runs)
    return Probe(loss, b"".join(_active(layers, run.layers) for run in runs))


def _handed_over(layers: tuple[LayerWeights, ...], around: Forward, t: int) -> tuple[LayerWeights, ...]:
    """Return the layers with the states of time t of another run for their initial ones."""
    return tuple(
        replace(layer, initial=tuple(state[t] for state in trace.states))
        for layer, trace in zip(layers, around.layers, strict=True)
    )


def _active(layers: tuple[LayerWeights, ...], traces: tuple[Trace, ...]) -> bytes:
    on = (
        np.packbits(trace.states[0][1:] > 0).tobytes()
        for layer, trace in zip(layers, traces, strict=True)
        if layer.cell.activation is RELU
    )
    return b"".join(on)
