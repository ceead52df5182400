"""The plane of a phase portrait: two units of a layer, or the first two principal components of its trajectory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from rnnviz.core.activations import Array
from rnnviz.core.cells._base import Rows
from rnnviz.core.measures.components import Components
from rnnviz.core.measures.steps import step_from_plane, step_from_span
from rnnviz.core.unroll import LayerWeights
from rnnviz.views.fonts import subscript
from rnnviz.views.theme import Theme


class Plane(Protocol):
    """Turns states into points of a picture with P axes, two or, for a layer of one unit, one."""

    @property
    def names(self) -> list[str]:
        """What the axes are called."""

    def colours(self, theme: Theme) -> list[QColor]:
        """Return the colours of the axes."""

    def fits(self, units: int) -> bool:
        """Return whether a layer of so many units has such a plane."""

    def project(self, h: Array) -> Array:
        """Return where states (n, H) are, (n, P)."""

    def arrows(self, weights: LayerWeights, x: Array, before: Rows, points: Array) -> Array:
        """Return how far a step with the input x (N,) takes points (P, B) along the axes, (P, B).

        Whatever the plane leaves open is held at ``before``, one (H,) for each state.
        """


@dataclass(frozen=True, slots=True, eq=False)
class UnitsPlane:
    """The units with these numbers, from 0, against each other."""

    units: NDArray[np.intp]

    @property
    def names(self) -> list[str]:
        """Their symbols."""
        return [f"h{subscript(unit + 1)}" for unit in self.units.tolist()]

    def colours(self, theme: Theme) -> list[QColor]:
        """Return the colours of the units."""
        return [theme.unit_colour(unit) for unit in self.units.tolist()]

    def fits(self, units: int) -> bool:
        """Return whether there are such units."""
        return int(self.units.max()) < units

    def project(self, h: Array) -> Array:
        """Return the units alone."""
        return np.asarray(h[:, self.units])

    def arrows(self, weights: LayerWeights, x: Array, before: Rows, points: Array) -> Array:
        """Return the steps of the units alone."""
        return step_from_plane(weights, x, before, self.units, points) - points


@dataclass(frozen=True, slots=True, eq=False)
class ComponentsPlane:
    """The plane through the mean of a trajectory in which it reaches furthest."""

    components: Components

    @property
    def names(self) -> list[str]:
        """What the components are called."""
        return ["PC₁", "PC₂"]

    def colours(self, theme: Theme) -> list[QColor]:
        """Return colours that are no unit's."""
        return [QColor(theme.text), QColor(theme.muted)]

    def fits(self, units: int) -> bool:
        """Return whether there are as many units."""
        return len(self.components.mean) == units

    def project(self, h: Array) -> Array:
        """Return where states are along the components."""
        return self.components.project(h)

    def arrows(self, weights: LayerWeights, x: Array, before: Rows, points: Array) -> Array:
        """Return the steps along the components; across them, states are where ``before`` is."""
        offsets = points - self.project(before[0][None]).T
        after = step_from_span(weights, x, before, self.components.axes, offsets)
        return self.project(after.T).T - points
