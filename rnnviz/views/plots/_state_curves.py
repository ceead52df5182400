"""Curves of a state over time: where windows start it again, they end and begin anew."""

from __future__ import annotations

import numpy as np

from rnnviz.core.activations import Array
from rnnviz.views.plots._time import DENSEST_BORDERS, Panel


def state_curves(panel: Panel, values: Array, restarts: range, px: float = 1.0) -> tuple[Array, Array]:
    """Return the curves of a state in a panel, as `draw_curves` takes them: x (points,), y (units, points).

    ``values`` are those of t = 0…, (T + 1, units), the initial state first. Behind each of ``restarts`` the next
    step is made from the initial state and not from the one before: there the curves are interrupted, and begin
    again with the initial state on the border, half a step further. Borders closer than a few pixels, ``px`` each,
    are not drawn, and interrupt nothing.
    """
    t = np.arange(float(len(values)))
    last = np.array([border for border in restarts if border < len(values) - 1], dtype=np.intp)
    if len(last) and panel.step * restarts.step >= DENSEST_BORDERS * px:
        after = np.repeat(last + 1, 2)
        again = np.empty((len(after), values.shape[1]))
        again[0::2], again[1::2] = np.nan, values[0]
        t, values = np.insert(t, after, np.repeat(last + 0.5, 2)), np.insert(values, after, again, axis=0)
    return panel.x(t), panel.y(values.T)
