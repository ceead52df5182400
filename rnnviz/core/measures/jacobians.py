"""What one step, and what many steps in a row, do to a small change of the state."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from rnnviz.core.activations import Array
from rnnviz.core.measures.norms import largest_singular_value, largest_singular_values, spectral_radii
from rnnviz.core.measures.steps import StepNumbers, Steps, step_derivatives, steps_of
from rnnviz.core.unroll import LayerWeights, Trace

_BLOCK = 2**21  # entries of the Jacobians that are held at once: 16 MB


def step_jacobians(weights: LayerWeights, steps: Steps) -> Array:
    """Return J_t = ∂state_t/∂state_{t−1} of n steps, (n, S*H, S*H), over h and, for an LSTM, c.

    diag(φ′(a_t)) W_hh for the plain cell. Source of the gated forms: the equations of the cells, differentiated.
    """
    derivatives = step_derivatives(weights.cell, steps)
    n, S, G, H = derivatives.u.shape
    J, units = np.zeros((n, S, H, S, H)), np.arange(H)
    with np.errstate(all="ignore"):
        J[:, :, :, 0] = np.einsum("nsgi,gij->nsij", derivatives.u, weights.U.reshape(G, H, H))
        for after in range(S):
            for before in range(S):
                J[:, after, units, before, units] += derivatives.carried[:, after, before]
    return J.reshape(n, S * H, S * H)


def input_jacobians(weights: LayerWeights, steps: Steps) -> Array:
    """Return ∂state_t/∂x_t of n steps, (n, S*H, N)."""
    derivatives = step_derivatives(weights.cell, steps)
    n, S, G, H = derivatives.a.shape
    with np.errstate(all="ignore"):
        found = np.einsum("nsgi,gij->nsij", derivatives.a, weights.W.reshape(G, H, -1))
    return np.asarray(found.reshape(n, S * H, -1))


def each_step_jacobian(weights: LayerWeights, trace: Trace, steps: StepNumbers) -> Iterator[Array]:
    """Yield J_t, (S*H, S*H), for these steps in their order, without holding all of them."""
    for block in _blocks(weights, trace, steps):
        yield from block


def each_input_jacobian(weights: LayerWeights, trace: Trace, steps: StepNumbers) -> Iterator[Array]:
    """Yield ∂state_t/∂x_t, (S*H, N), for these steps in their order, without holding all of them."""
    for block in _steps_by_block(weights, trace, steps):
        yield from input_jacobians(weights, block)


def step_stretches(weights: LayerWeights, trace: Trace, steps: StepNumbers | None = None) -> Array:
    """Return σ_max(J_t), the most that step t can stretch a change of the state, (n,); for all steps by default."""
    return _of_each(largest_singular_values, weights, trace, steps)


def step_radii(weights: LayerWeights, trace: Trace, steps: StepNumbers | None = None) -> Array:
    """Return ρ(J_t) = max |λ(J_t)|, (n,); for all steps by default."""
    return _of_each(spectral_radii, weights, trace, steps)


def mean_slopes(weights: LayerWeights, trace: Trace) -> Array:
    """Return the mean over the units of φ′(a_t) of a plain cell, (T,): near 0 where the units are saturated.

    Raises:
        ValueError: the cell has gates, so there is no single φ.
    """
    cell = weights.cell
    if not cell.gate_is_state:
        raise ValueError(f"the cell {cell.name} has gates: there is no single φ")
    with np.errstate(all="ignore"):
        return np.asarray(cell.activation.slope(trace.gates[:, 0]).mean(axis=1))


def product_norms(weights: LayerWeights, trace: Trace, at: StepNumbers | None = None) -> Array:
    """Return σ_max(J_T … J_{t+1}), the norm of ∂state_T/∂state_t, at these t from 0…T, (n,); at all by default.

    The product is rescaled at every step, so that only a norm that is itself beyond float64 becomes inf or 0.
    """
    T = len(trace.a)
    at = np.arange(T + 1) if at is None else at
    walk = _way_back(trace, int(at.min()))
    found, wanted = np.zeros(T + 1), set(at.tolist())
    steps = np.array([k for k, _ in walk], np.intp)
    found[T], log_scale = 1.0, 0.0
    product = np.eye(sum(map(len, weights.initial)))
    with np.errstate(all="ignore"):
        for (_, t), J in zip(walk, each_step_jacobian(weights, trace, steps), strict=True):
            product = product @ J
            scale = np.abs(product).max()
            if scale > 0.0:  # an overflow makes all that follows nan, zero stays zero
                product /= scale
                log_scale += np.log(scale)
            if t in wanted:
                found[t] = largest_singular_value(product) * np.exp(log_scale)
    return found[at]


def product_bounds(weights: LayerWeights, trace: Trace, at: StepNumbers | None = None) -> Array:
    """Return Π σ_max(J_k) for k from t + 1 to T, at these t from 0…T, (n,): the norm of the product is no larger."""
    T = len(trace.a)
    at = np.arange(T + 1) if at is None else at
    walk = _way_back(trace, int(at.min()))
    found = np.zeros(T + 1)
    found[T] = 1.0
    if walk:
        steps, places = (np.array(each) for each in zip(*walk, strict=True))
        with np.errstate(all="ignore"):
            found[places] = np.cumprod(step_stretches(weights, trace, steps))
    return found[at]


def direct_path(weights: LayerWeights, trace: Trace) -> Array:
    """Return what each unit hands on from its last state at t to that at T without passing U, (T + 1, H).

    Of an LSTM Π f_k for k from t + 1 to T, the direct cell path of ∂c_T/∂c_t; of a GRU Π z_k of h; of a plain
    cell 0 before T. It is part of the derivative only: the gates depend on h too.
    """
    T, H, walk = len(trace.a), weights.U.shape[1], _way_back(trace, 0)
    found = np.zeros((T + 1, H))
    found[T] = 1.0
    if walk:
        steps, places = (np.array(each) for each in zip(*walk, strict=True))
        with np.errstate(all="ignore"):
            carried = step_derivatives(weights.cell, steps_of(trace, steps)).carried[:, -1, -1]
            found[places] = np.cumprod(carried, axis=0)
    return found


def _way_back(trace: Trace, first: int) -> list[tuple[int, int]]:
    """Return the steps that the gradient of the last state goes back through, each with the state it arrives at.

    It stops at state ``first``, and where `backpropagate` stops: at the start of the last window.
    """
    T, window = len(trace.a), trace.window
    start = window.pieces(T)[-1].start
    walk = [(k, k - 1) for k in range(T, max(start, first), -1)]
    if start == 0 or first > start:
        return walk
    border, _ = walk.pop()
    return walk if window.stateful or first > 0 else [*walk, (border, 0)]


def _of_each(
    measure: Callable[[Array], Array], weights: LayerWeights, trace: Trace, steps: StepNumbers | None
) -> Array:
    """Return a measure of J_t for these steps, a block of them at a time."""
    steps = np.arange(1, len(trace.a) + 1) if steps is None else steps
    blocks = _blocks(weights, trace, steps)
    return np.concatenate([np.empty(0), *(measure(block) for block in blocks)])


def _blocks(weights: LayerWeights, trace: Trace, steps: StepNumbers) -> Iterator[Array]:
    return (step_jacobians(weights, block) for block in _steps_by_block(weights, trace, steps))


def _steps_by_block(weights: LayerWeights, trace: Trace, steps: StepNumbers) -> Iterator[Steps]:
    """Yield so many steps at a time that their Jacobians fit into a block."""
    size = sum(map(len, weights.initial))
    count = max(_BLOCK // (size * max(size, weights.W.shape[1])), 1)
    for first in range(0, len(steps), count):
        yield steps_of(trace, steps[first : first + count])
