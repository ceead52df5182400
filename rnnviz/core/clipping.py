"""Gradient clipping: by the norm of the whole gradient, or number by number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnviz.core.activations import Array

CLIPPINGS = ("none", "norm", "value")
_SMALL, _LARGE = 1e-290, 1e290  # sums of squares beyond these have lost digits to under- or overflow
_SOFTENING = 1e-6  # what PyTorch adds to the norm


@dataclass(frozen=True, slots=True)
class Clipped:
    """A gradient after clipping.

    Attributes:
        gradient: the clipped one, (P,); the one that was given where nothing was changed.
        before, after: the Euclidean norm of all of it.
        scale: what every number was multiplied with; None where each was cut on its own.
    """

    gradient: Array
    before: float
    after: float
    scale: float | None


def clip(gradient: Array, kind: str, limit: float, before: float | None = None) -> Clipped:
    """Return a gradient (P,) that is not too large: "norm" shortens it to the limit and keeps its direction.

    As PyTorch's clip_grad_norm_ the factor is min(1, limit / (norm + 1e-6)). "value" cuts every number to
    ±limit, "none" does nothing. A gradient that is not finite stays as it is.

    Args:
        gradient: all gradients, one behind the other.
        kind: one of `CLIPPINGS`.
        limit: above 0.
        before: its norm, if that is known.
    """
    norm = float(segment_norms(gradient, np.zeros(1, np.intp))[0]) if before is None else before
    if kind == "none" or not np.isfinite(norm):
        return Clipped(gradient, norm, norm, 1.0)
    if kind == "norm":
        scale = min(1.0, limit / (norm + _SOFTENING))
        return Clipped(gradient if scale == 1.0 else gradient * scale, norm, norm * scale, scale)
    cut = np.minimum(np.maximum(gradient, -limit), limit)
    return Clipped(cut, norm, float(segment_norms(cut, np.zeros(1, np.intp))[0]), None)


def segment_norms(vector: Array, starts: np.ndarray[tuple[int], np.dtype[np.intp]]) -> Array:
    """Return the Euclidean norm of each segment of a vector (P,), (n,), given where each of n begins.

    Safe against under- and overflow of the squares; inf or nan where an entry is.
    """
    with np.errstate(all="ignore"):
        squares = np.add.reduceat(vector * vector, starts)
        found: Array = np.sqrt(squares)
        for number in np.flatnonzero(~((squares > _SMALL) & (squares < _LARGE))):
            stop = starts[number + 1] if number + 1 < len(starts) else len(vector)
            segment = np.abs(vector[starts[number] : stop])
            largest = segment.max()
            if 0 < largest < np.inf:
                found[number] = largest * np.linalg.norm(segment / largest)
    return found
