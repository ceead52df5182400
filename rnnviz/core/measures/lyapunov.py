"""How fast neighbouring states part or meet along a trajectory."""

from __future__ import annotations

import numpy as np

from rnnviz.core.activations import Array
from rnnviz.core.measures.jacobians import each_step_jacobian
from rnnviz.core.measures.norms import largest_singular_value
from rnnviz.core.measures.steps import StepNumbers
from rnnviz.core.unroll import LayerWeights, Trace


def lyapunov_exponent(weights: LayerWeights, trace: Trace, since: int = 0) -> float:
    """Return the finite-time Lyapunov exponent (1/n) ln σ_max(J_T … J_1) of n steps, in 1/step.

    Positive where a small change of the state grows, −inf where it is gone for good. The steps are those after
    state ``since`` and after the last restart, where a stateless window begins; a stateful border changes
    nothing. The product is rescaled at every step.
    """
    steps = _steps(trace, since)
    product, log_scale = np.eye(sum(map(len, weights.initial))), 0.0
    with np.errstate(all="ignore"):
        for J in each_step_jacobian(weights, trace, steps):
            product = J @ product
            scale = np.abs(product).max()
            if scale > 0.0:
                product /= scale
            log_scale += float(np.log(scale))
        return (log_scale + float(np.log(largest_singular_value(product)))) / len(steps)


def lyapunov_spectrum(weights: LayerWeights, trace: Trace, count: int, since: int = 0) -> Array:
    """Return the largest ``count`` finite-time Lyapunov exponents, in 1/step, (count,).

    By QR: J_t Q_{t−1} = Q_t R_t from Q_0 = I, and (1/n) Σ ln |R_t,ii|, which tends to the exponents as n grows.
    With all of them their sum is (1/n) Σ ln |det J_t| at every n. Steps as in `lyapunov_exponent`.

    Source: Benettin, Galgani, Giorgilli and Strelcyn 1980.
    """
    steps = _steps(trace, since)
    size = sum(map(len, weights.initial))
    Q, sums = np.eye(size)[:, :count], np.zeros(min(count, size))
    with np.errstate(all="ignore"):
        for J in each_step_jacobian(weights, trace, steps):
            Q, R = np.linalg.qr(J @ Q)
            sums += np.log(np.abs(np.diagonal(R)))
    return np.sort(sums / len(steps))[::-1]


def _steps(trace: Trace, since: int) -> StepNumbers:
    T = len(trace.a)
    restart = 0 if trace.window.stateful else trace.window.pieces(T)[-1].start
    return np.arange(max(since, restart) + 1, T + 1)
