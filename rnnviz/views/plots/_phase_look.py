"""Which plane a phase portrait shows and what in it, and the row of controls that chooses that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rnnviz.document.resting import MOST_NUMBERS
from rnnviz.views.plots._look_row import LookRow
from rnnviz.views.theme import Theme

PlaneKind = Literal["units", "components"]

_PLANES: tuple[tuple[PlaneKind, str], ...] = (("units", "two units"), ("components", "components"))
_ABOUT_PLANES = (
    "Two units: the selected one and the next\nComponents: the plane in which the trajectory reaches furthest, its "
    "first two principal components"
)
_ABOUT_NULLCLINES = "Lines on which the step to the cursor moves nothing along one axis: where h_i′ = h_i"
_ABOUT_FIXED = (
    "States that the step to the cursor leaves as they are, if its input stays: stable ones filled, unstable ones "
    "rings; small pale dots nearly rest"
)
_TOO_LARGE = f"Fixed points are searched in states of up to {MOST_NUMBERS} numbers"


@dataclass(frozen=True, slots=True)
class PhaseLook:
    """Which plane, and what is drawn besides the trajectory and the arrows."""

    plane: PlaneKind = "units"
    nullclines: bool = False
    fixed_points: bool = False

    def words(self) -> list[str]:
        """Return the options of `rnnviz export` that choose it."""
        toggles = [*(["--nullclines"] * self.nullclines), *(["--fixed-points"] * self.fixed_points)]
        return [*([] if self.plane == "units" else ["--plane", self.plane]), *toggles]


class PhaseRow(LookRow):
    """Chooses the plane, and toggles nullclines and fixed points."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, left=10)
        self.plane_box = self.add_choice("Plane", _ABOUT_PLANES, _PLANES)
        self.nullclines_box = self.add_toggle("nullclines", _ABOUT_NULLCLINES)
        self.fixed_box = self.add_toggle("fixed points", _ABOUT_FIXED)

    @property
    def look(self) -> PhaseLook:
        """What is chosen."""
        plane: PlaneKind = self.plane_box.choice  # type: ignore[assignment]  # its keys are the planes
        return PhaseLook(plane, self.nullclines_box.isChecked(), self.fixed_box.isChecked())

    def show_look(self, look: PhaseLook, units: int, numbers: int) -> None:
        """Show what was chosen, without a signal, for a layer of so many units and numbers of state."""
        self.plane_box.set_choice(look.plane)
        self.plane_box.setVisible(units > 1)
        self.nullclines_box.setVisible(units > 1)
        self.nullclines_box.setChecked(look.nullclines)
        self.fixed_box.setChecked(look.fixed_points)
        self.fixed_box.setEnabled(numbers <= MOST_NUMBERS)
        self.fixed_box.setToolTip(_ABOUT_FIXED if numbers <= MOST_NUMBERS else _TOO_LARGE)
