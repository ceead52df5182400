"""Where a function of two numbers is zero, from its values on a grid: marching squares."""

from __future__ import annotations

import numpy as np

from rnnviz.core.activations import Array

# Which two sides of a cell a line joins, by the signs of its corners: bit 0 lower left, 1 lower right,
# 2 upper right, 3 upper left. Sides: 0 below, 1 right, 2 above, 3 left. A saddle (5 and 10) has two lines.
_LINES = {
    1: ((3, 0),),
    2: ((0, 1),),
    3: ((3, 1),),
    4: ((1, 2),),
    5: ((3, 0), (1, 2)),
    6: ((0, 2),),
    7: ((3, 2),),
    8: ((2, 3),),
    9: ((0, 2),),
    10: ((0, 1), (2, 3)),
    11: ((1, 2),),
    12: ((1, 3),),
    13: ((0, 1),),
    14: ((3, 0),),
}


def zero_lines(xs: Array, ys: Array, values: Array) -> Array:
    """Return the lines on which values (ys, xs) are 0, as segments (n, 4): x, y, x, y.

    Between the points of the grid the function is taken to be straight. Cells with a value that is not finite
    are left out.
    """
    corners = np.stack([values[:-1, :-1], values[:-1, 1:], values[1:, 1:], values[1:, :-1]])
    with np.errstate(invalid="ignore"):
        kinds = ((corners > 0) * np.array([1, 2, 4, 8])[:, None, None]).sum(axis=0)
    kinds[~np.isfinite(corners).all(axis=0)] = 0
    rows, columns = np.nonzero((kinds > 0) & (kinds < 15))
    kinds, corners = kinds[rows, columns], corners[:, rows, columns]
    left, right, below, above = xs[columns], xs[columns + 1], ys[rows], ys[rows + 1]
    with np.errstate(all="ignore"):
        along = corners / (corners - np.roll(corners, -1, axis=0))  # from each corner to the next, around the cell
    sides = np.stack(
        [
            [left + along[0] * (right - left), below],
            [right, below + along[1] * (above - below)],
            [right - along[2] * (right - left), above],
            [left, above - along[3] * (above - below)],
        ]
    )
    found = [np.zeros((0, 4))]
    for kind, lines in _LINES.items():
        cells = kinds == kind
        found += [np.concatenate([sides[start][:, cells], sides[end][:, cells]]).T for start, end in lines]
    return np.concatenate(found)
