"""Every measure of a run, by name and with its definition: what `rnnviz measures` prints.

What would take long for a large layer looks at fewer steps: evenly spread ones, or the last, as its name says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rnnviz.core.measures.connectivity import connectivity
from rnnviz.core.measures.fixed_points import fixed_points, speeds, starting_points
from rnnviz.core.measures.gradients import (
    contribution_norms,
    direct_norms,
    last_loss_gradients,
    pre_activation_norms,
    total_norms,
)
from rnnviz.core.measures.jacobians import (
    direct_path,
    mean_slopes,
    product_bounds,
    product_norms,
    step_radii,
    step_stretches,
)
from rnnviz.core.measures.lyapunov import lyapunov_exponent, lyapunov_spectrum
from rnnviz.core.measures.memory import memory_capacity
from rnnviz.core.measures.norms import largest_singular_value
from rnnviz.core.measures.perturbation import nudged_input
from rnnviz.core.measures.reach import gradient_reach, half_life
from rnnviz.core.measures.spectrum import eigenvalues, memory_half_life, recurrent_matrices, steps_per_turn
from rnnviz.core.measures.steps import StepNumbers
from rnnviz.document.runs import LayerRun, NetworkRun
from rnnviz.document.values import Array

_DECOMPOSED = 2**30  # rows³ of all Jacobians that one measure decomposes: about a second
_CONNECTED = 2**34  # multiplications for the map of inputs to outputs: a few seconds
_EXPONENTS = 8


@dataclass(frozen=True, slots=True)
class Curve:
    """Several values of one measure.

    Attributes:
        values: one axis for each entry of ``at``.
        at: what the axes count, by name.
    """

    values: Array
    at: Mapping[str, StepNumbers]


@dataclass(frozen=True, slots=True)
class Measured:
    """A measure that was taken.

    Attributes:
        name: short, in the notation of formulas.
        definition: one line.
    """

    name: str
    definition: str
    value: float | Curve


def matrices(run: NetworkRun, layer: int) -> list[Measured]:
    """Measure each recurrent matrix of a layer by itself."""
    weights, found = run.layers[layer].weights, []
    for block, matrix in zip(weights.cell.blocks, recurrent_matrices(weights), strict=True):
        name, values = f"W_h{block}", eigenvalues(matrix)
        radius = float(np.abs(values[0]))
        found += [
            Measured(f"ρ({name})", "spectral radius, max |λ|", radius),
            Measured(
                f"σ max({name})", "the most that one product can stretch a vector", largest_singular_value(matrix)
            ),
            Measured(f"turn of {name}", "steps per turn of the largest λ, 2π / |arg λ|", steps_per_turn(values[0])),
        ]
    if weights.cell.gate_is_state:
        found.append(
            Measured("half-life of ρ", "ln ½ / ln ρ, in steps: of a linear layer's memory", memory_half_life(radius))
        )
    return found


def gradients(run: NetworkRun, layer: int) -> list[Measured]:
    """Measure the five gradients per step of a layer."""
    ran, counted = run.layers[layer], np.flatnonzero(run.objective.step_weights)
    last = int(counted[-1]) + 1 if len(counted) else len(ran.trace.a)
    layers = tuple(each.weights for each in run.layers)
    alone = total_norms(last_loss_gradients(layers, run.readout, run.objective, run.forward)[layer])
    total = total_norms(ran.gradients)
    added = contribution_norms(ran.weights, ran.trace, ran.gradients)
    return [
        _over_states("‖∂L/∂h_t‖", "total gradient: all that the loss feels of h_t", total),
        _over_states("‖direct_t‖", "the part of it that does not come through step t + 1", direct_norms(ran.gradients)),
        _over_steps("‖δ_t‖", "gradient of the pre-activations, all blocks", pre_activation_norms(ran.gradients)),
        _over_states(f"‖∂ℓ_{last}/∂h_t‖", "gradient of the last counted loss alone", alone),
        _over_steps("‖∂L/∂W_hh at t‖", "what step t adds to ∂L/∂W_hh, Frobenius", added),
        Measured("first / last", "‖∂L/∂h_0‖ / ‖∂L/∂h_T‖", gradient_reach(total).ratio),
        Measured("half-life back", f"steps back until ‖∂ℓ_{last}/∂h_t‖ has halved", half_life(alone[: last + 1])),
    ]


def jacobians(run: NetworkRun, layer: int) -> list[Measured]:
    """Measure the steps of a layer, and their products."""
    ran = run.layers[layer]
    weights, trace, T = ran.weights, ran.trace, len(ran.trace.a)  # noqa: N806
    few, late = _spread_steps(ran), np.arange(T - min(_affordable(ran), T), T + 1)
    found = [
        Measured(
            "σ max(J_t)",
            "the most that step t can stretch a change",
            _by_step(few, step_stretches(weights, trace, few)),
        ),
        Measured("ρ(J_t)", "max |λ| of the Jacobian of step t", _by_step(few, step_radii(weights, trace, few))),
        Measured("Π σ max(J)", "bound of ‖∂s_T/∂s_t‖", _by_step(late, product_bounds(weights, trace, late))),
        Measured(
            "‖∂s_T/∂s_t‖",
            "norm of J_T … J_{t+1}, over all states s",
            _by_step(late, product_norms(weights, trace, late)),
        ),
    ]
    if weights.cell.gate_is_state:
        return [*found, _over_steps("mean φ′", "mean slope over the units at t", mean_slopes(weights, trace))]
    path = direct_path(weights, trace).max(axis=1)
    return [*found, _over_states("direct path", "largest product of the carrying gates from t to T", path)]


def dynamics(run: NetworkRun, layer: int) -> list[Measured]:
    """Measure where the state of a layer goes."""
    ran = run.layers[layer]
    weights, trace, T = ran.weights, ran.trace, len(ran.trace.a)  # noqa: N806
    since = T - min(_affordable(ran), T)
    exponents = lyapunov_spectrum(weights, trace, _EXPONENTS, since)
    x, starts = trace.x[-1], starting_points(trace)
    rests = fixed_points(weights, x, starts)
    states = np.concatenate(trace.states, axis=1)
    nudged = nudged_input(weights, trace, 1, np.ones(len(x)))
    found = [
        Measured(
            "λ Lyapunov",
            f"ln σ max(J_T … J_{since + 1}) / {T - since}, per step",
            lyapunov_exponent(weights, trace, since),
        ),
        Measured(
            "λ_i Lyapunov", "the largest exponents, by QR", Curve(exponents, {"i": np.arange(1, len(exponents) + 1)})
        ),
        Measured("fixed points", f"found of F(s) = s for the input x_{T}", float(len(rests))),
        Measured("stable ones", "all λ of J(s) inside the unit circle", float(sum(rest.is_stable for rest in rests))),
        _over_states("speed q", f"½ ‖F(s_t) − s_t‖² for the input x_{T}", speeds(weights, x, states)),
        _over_states(
            "nudge of x_1", f"distance per ε when x_1 moves by ε = {nudged.size:g} in all features", nudged.ratios
        ),
    ]
    if rests:
        radii = np.array([rest.radius for rest in rests])
        numbers = {"fixed point": np.arange(1, len(rests) + 1)}
        found.append(Measured("|λ| at rest", "|λ max| of J at each fixed point", Curve(radii, numbers)))
    return found


def memory(run: NetworkRun, layer: int) -> list[Measured]:
    """Measure what a layer remembers of noise."""
    by_delay = memory_capacity(run.layers[layer].weights)
    delays = {"delay": np.arange(len(by_delay))}
    return [
        Measured("memory", "Σ r² over all delays, in steps; at most the number of units", float(by_delay.sum())),
        Measured("memory of d", "r² of a linear readout of white noise fed in d steps ago", Curve(by_delay, delays)),
    ]


LAYER_GROUPS = (matrices, gradients, jacobians, dynamics, memory)


def connections(run: NetworkRun) -> list[Measured]:
    """Measure which input moves which output, through all layers."""
    T, features = run.layers[0].trace.x.shape  # noqa: N806
    layers = tuple(each.weights for each in run.layers)
    cost = sum(sum(map(len, layer.initial)) ** 2 for layer in layers) * T * features
    inputs = _evenly(T, _CONNECTED // cost)
    found = connectivity(layers, run.readout, run.forward, inputs)
    steps = np.arange(1, T + 1)
    return [
        Measured("‖∂y_t/∂x_k‖", "how much input k moves output t, Frobenius", Curve(found, {"t": steps, "k": inputs})),
        Measured(f"‖∂y_{T}/∂x_k‖", "how much each input moves the last output", Curve(found[-1], {"k": inputs})),
    ]


def _affordable(ran: LayerRun) -> int:
    """Return how many Jacobians of a layer can be decomposed in about a second."""
    return max(_DECOMPOSED // sum(map(len, ran.weights.initial)) ** 3, 16)


def _spread_steps(ran: LayerRun) -> StepNumbers:
    return _evenly(len(ran.trace.a), _affordable(ran))


def _evenly(last: int, count: int) -> StepNumbers:
    """Return at most ``count`` (and at least two) of 1…last, evenly spread."""
    return np.unique(np.linspace(1, last, min(max(count, 2), last)).round().astype(np.intp))


def _over_states(name: str, definition: str, values: Array) -> Measured:
    return Measured(name, definition, Curve(values, {"t": np.arange(len(values))}))


def _over_steps(name: str, definition: str, values: Array) -> Measured:
    return Measured(name, definition, Curve(values, {"t": np.arange(1, len(values) + 1)}))


def _by_step(t: StepNumbers, values: Array) -> Curve:
    return Curve(values, {"t": t})
