"""A trajectory in a plane, and the step that moves every other state of that plane: what a phase portrait shows."""

from __future__ import annotations

import math

import numpy as np

from rnnviz.core.activations import Array
from rnnviz.core.cells._base import Rows
from rnnviz.core.measures.components import principal_components
from rnnviz.core.unroll import WHOLE, Window
from rnnviz.document.compute import stacked_weights
from rnnviz.document.frame import Frame
from rnnviz.session.session import Selection
from rnnviz.views.axes import finite_extent
from rnnviz.views.plots._base import Ghost
from rnnviz.views.plots._contours import zero_lines
from rnnviz.views.plots._phase_look import PlaneKind
from rnnviz.views.plots._phase_plane import ComponentsPlane, Plane, UnitsPlane
from rnnviz.views.plots._rest_marks import Frozen
from rnnviz.views.steps import rounded_limit

_MOST_LINES, _FEWEST_LINES = 49, 13  # of the grid on which nullclines are found, along each side
_AFFORDABLE = 2**18  # numbers of one step from every point of that grid: some milliseconds


class Trajectory:
    """The selected sequence in the selected layer, without padding.

    Attributes:
        plane: what turns states into points.
        points: where the state is at every t, (T + 1, 2).
        segments: its path, (segments, 4).
        length: T.
    """

    def __init__(self, frame: Frame, selection: Selection, kind: PlaneKind) -> None:
        self._frame, self._selection = frame, selection
        self._weights = stacked_weights(frame.document.layers[selection.layer])
        self._window = _window_of(frame)
        self.length = frame.document.input.length(selection.sample)
        states = self.states[0][: self.length + 1]
        self.plane = _plane_of(states, selection.unit, kind)
        self._h = self.plane.project(states)
        before = self._window.states_before(self._h)
        self.points, self.segments = self._h, _path(before, self._h)
        if self.is_return_map:
            self.points = np.concatenate([self._h[:1], before])[:, [0, 0]]
            self.points[:, 1] = self._h[:, 0]

    @property
    def states(self) -> list[Array]:
        """h, and c of an LSTM, each (timesteps + 1, H)."""
        states = self._frame.layers[self._selection.layer].states.values()
        return [state[self._selection.sample] for state in states]

    @property
    def is_return_map(self) -> bool:
        """Whether there is only one unit, shown against itself one step before."""
        return isinstance(self.plane, UnitsPlane) and len(self.plane.units) == 1

    def limits(self) -> tuple[float, float]:
        """Return the range to show: fixed for bounded units, and otherwise changing in steps with the data."""
        layer = self._frame.document.layers[self._selection.layer]
        activation = layer.activation if layer.cell == "rnn" else "tanh"
        return _range(self._h, "linear" if isinstance(self.plane, ComponentsPlane) else activation)

    def ghost_states(self, ghost: Ghost) -> Array | None:
        """Return a ghost's h in the same plane, (T + 1, 2), None if it has no such plane."""
        layer = ghost.layer(self._selection)
        if layer is None or not self.plane.fits(layer.states["h"].shape[2]):
            return None
        return self.plane.project(layer.states["h"][self._selection.sample][: ghost.length(self._selection) + 1])

    def arrows(self, t: int, points: Array) -> Array:
        """Return F(h) − h for points (axes, B) of the plane, where F is the step to t, or to 1 at t = 0.

        A step of padding takes no state anywhere.
        """
        step = max(t, 1)
        if step > self.length:
            return np.zeros_like(points)
        return self.plane.arrows(self._weights, self._input(step), self._before(step), points)

    def nullclines(self, t: int, low: float, high: float) -> tuple[Array, ...]:
        """Return for each axis the lines (n, 4) on which the step to t, or to 1 at t = 0, moves nothing along it."""
        if self.is_return_map or max(t, 1) > self.length:
            return ()
        per_point = len(self._weights.U) if isinstance(self.plane, ComponentsPlane) else 2
        side = int(min(max(math.sqrt(_AFFORDABLE / per_point), _FEWEST_LINES), _MOST_LINES))
        along = np.linspace(low, high, side)
        grid = np.stack([each.ravel() for each in np.meshgrid(along, along)])
        return tuple(zero_lines(along, along, moved.reshape(side, side)) for moved in self.arrows(t, grid))

    def frozen(self, t: int) -> Frozen:
        """Return what fixed points are searched for: the input of the step to t, standing still."""
        step = min(max(t, 1), self.length)
        return Frozen(self._frame.document, self._selection.layer, self._selection.sample, step, self._input(step))

    def _before(self, step: int) -> Rows:
        """Return the states that a step starts from."""
        restarts = not self._window.stateful and (step - 1) % self._window.length == 0
        return tuple(state[0 if restarts else step - 1] for state in self.states)

    def _input(self, t: int) -> Array:
        if self._selection.layer == 0:
            x: Array = self._frame.x[self._selection.sample, t - 1]
        else:
            x = self._frame.layers[self._selection.layer - 1].states["h"][self._selection.sample, t]
        return x


def ghost_path(ghost: Ghost, h: Array) -> Array:
    """Return the way of a ghost's states in the plane as segments, (n, 4)."""
    return _path(_window_of(ghost.frame).states_before(h), h)


def _plane_of(states: Array, first: int, kind: PlaneKind) -> Plane:
    units = states.shape[1]
    if units == 1:
        return UnitsPlane(np.zeros(1, np.intp))
    if kind == "components":
        return ComponentsPlane(principal_components(states))
    return UnitsPlane(np.array([first, (first + 1) % units]))


def _range(h: Array, activation: str) -> tuple[float, float]:
    """Return the shown range: fixed for bounded units, and otherwise changing in steps with the data."""
    extent = finite_extent(h)
    is_bounded = activation in ("tanh", "sigmoid") and extent <= 1.0
    limit = 1.0 if is_bounded else min(rounded_limit(max(extent, 1e-300)), 1e300)
    with np.errstate(invalid="ignore"):
        positive = activation in ("relu", "sigmoid") and not (h < 0).any()
    return (0.0 if positive else -limit), limit


def _window_of(frame: Frame) -> Window:
    window = frame.document.window
    return WHOLE if window is None else Window(window.length, window.stateful)


def _path(before: Array, h: Array) -> Array:
    """Return the way of the state (T + 1, units) as segments (n, 4); of one unit, against itself one step before."""
    return _cobweb(before[:, 0], h[1:, 0]) if h.shape[1] == 1 else np.hstack([before, h[1:]])


def _cobweb(before: Array, after: Array) -> Array:
    """Return two segments for each step: up or down to (before, after), then across to the diagonal."""
    upright = np.stack([before, before, before, after], axis=1)
    level = np.stack([before, after, after, after], axis=1)
    return np.stack([upright, level], axis=1).reshape(-1, 4)
