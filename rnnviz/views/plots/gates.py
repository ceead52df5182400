"""Every gate of every unit over time, and where it is saturated."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from rnnviz.core.activations import ACTIVATIONS, Array
from rnnviz.core.cells import CELLS
from rnnviz.document.links import Focus, Gate, Spot, Step, Unit
from rnnviz.views.axes import finite_extent
from rnnviz.views.colours import mixed, signed_colours
from rnnviz.views.fonts import MINUS, scientific
from rnnviz.views.fonts import number as shown
from rnnviz.views.lights import outline
from rnnviz.views.marks import curve_lines, draw_curves
from rnnviz.views.plots._base import Ghost, PlotSpec
from rnnviz.views.plots._ghosts import draw_ghost_lines, widened
from rnnviz.views.plots._lit import curve_at, light_curves, light_rows, row_at
from rnnviz.views.plots._time import Panel, PanelSpec, TimePlot
from rnnviz.views.plots._units import paint_unit_map
from rnnviz.views.steps import rounded_limit

MOST_CURVES = 16
_HEAD = 20  # px above a panel, where its name stands
Range = tuple[float, float]

_WORDS = {
    "i": "input gate",
    "f": "forget gate",
    "g": "candidate",
    "o": "output gate",
    "r": "reset gate",
    "z": "update gate",
    "n": "candidate",
}
_GATE: tuple[Range, ...] = ((0.0, 0.1), (0.9, 1.0))
_CANDIDATE: tuple[Range, ...] = ((-1.0, -0.9), (0.9, 1.0))
_PLAIN_ZONES: dict[str, tuple[Range, ...]] = {
    "tanh": ((-math.inf, -math.atanh(0.9)), (math.atanh(0.9), math.inf)),
    "sigmoid": ((-math.inf, -math.log(9.0)), (math.log(9.0), math.inf)),
    "relu": ((-math.inf, 0.0),),
    "linear": (),
}
"""Pre-activations at which a plain unit is saturated: a tanh beyond ±0.9, a sigmoid beyond 0.1 … 0.9."""
_PLAIN_SLOPES: dict[str, tuple[Range, ...]] = {"tanh": ((0.0, 0.19),), "sigmoid": ((0.0, 0.09),)}
"""The slopes that belong to them; a relu's is just 0."""


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """What one panel shows.

    Attributes:
        name, words: its symbol, and what it is called.
        values: (T, units), padding included.
        low, high: the range of the axis.
        zones: the ranges in which a unit is saturated.
        saturated: where it is, (real steps, units).
    """

    name: str
    words: str
    values: Array
    low: float
    high: float
    zones: tuple[Range, ...]
    saturated: NDArray[np.bool_]


class GatesPlot(TimePlot):
    """The activated blocks of the selected layer and sequence, t = 1…T; of a plain cell a_t and φ′(a_t)."""

    spec = PlotSpec(
        key="gates",
        title="Gates",
        look_at="what each step lets in, keeps and shows",
        meaning="The gates of every unit, each computed from x_t and h_{t−1}. LSTM: i = σ(W_xi x + W_hi h + b_i) lets "
        "the candidate g = tanh(…) in, f = σ(…) keeps the cell state, o = σ(…) shows it. GRU: r = σ(…) says how "
        "much of the past the candidate n = tanh(…) listens to, z = σ(…) how much of h is kept. A plain cell has "
        "none: there a_t = W_xh x_t + W_hh h_{t−1} + b_h and the slope φ′(a_t), by which every step back "
        "multiplies the gradient. In the shaded ranges a gate is saturated (below 0.1 or above 0.9; a tanh beyond "
        "±0.9): it hardly answers to a change, and hardly any gradient passes through it.",
        area="middle",
        order=22,
        height=5,
        shown=False,
    )

    def frame_shown(self) -> None:
        assert self.frame is not None
        layer, numbers = self.frame.document.layers[self.selection.layer], self.frame.layers[self.selection.layer]
        self._activation, self._is_gated = layer.activation, layer.cell != "rnn"
        if self._is_gated:
            self._tracks = tuple(self._gate(block) for block in CELLS[layer.cell].blocks)
        else:
            states = numbers.states["h"][self.selection.sample, 1:]
            self._tracks = self._plain(numbers.pre_activations["h"][self.selection.sample], states)

    def _gate(self, block: str) -> Track:
        assert self.frame is not None
        values: Array = self.frame.layers[self.selection.layer].gates[block][self.selection.sample]
        is_candidate = _WORDS[block] == "candidate"
        zones = _CANDIDATE if is_candidate else _GATE
        real = values[: self.length]
        saturated = (real < zones[0][1]) | (real > zones[1][0])
        return Track(block, _WORDS[block], values, -1.0 if is_candidate else 0.0, 1.0, zones, saturated)

    def _plain(self, a: Array, h: Array) -> tuple[Track, ...]:
        activation, real = ACTIVATIONS[self._activation], a[: self.length]
        limit = min(rounded_limit(finite_extent(real)), 1e300)
        for _, values in self.shown_ghosts:
            limit = widened(limit, finite_extent(values[0]))
        _, limit = self.scale("pre-activation", -limit, limit)
        zones = _PLAIN_ZONES[activation.name]
        with np.errstate(all="ignore"):
            slopes = activation.slope(h)
            saturated = np.zeros(real.shape, bool)
            for low, high in zones:
                saturated |= (real < high) if low == -math.inf else (real > low)
        slope_zones = _PLAIN_SLOPES.get(activation.name, ())
        return (
            Track("a", "pre-activation", a, -limit, limit, zones, saturated),
            Track("φ′(a)", f"slope of {activation.name}", slopes, 0.0, activation.steepest, slope_zones, saturated),
        )

    def ghost_values(self, ghost: Ghost) -> Array | None:
        """Return what its panels would show of the selected unit, (panels, T); None of another cell."""
        assert self.frame is not None
        numbers, unit = ghost.layer(self.selection), self.selection.unit
        shown = self.frame.document.layers[self.selection.layer]
        if numbers is None or shown.units > MOST_CURVES:
            return None
        made = ghost.frame.document.layers[self.selection.layer]
        if (made.cell, made.activation) != (shown.cell, shown.activation) or unit >= made.units:
            return None
        of_unit = self.selection.sample, slice(ghost.length(self.selection)), unit
        if shown.cell != "rnn":
            return np.stack([numbers.gates[block][of_unit] for block in CELLS[shown.cell].blocks])
        h = numbers.states["h"][self.selection.sample, 1:, unit][: ghost.length(self.selection)]
        with np.errstate(all="ignore"):
            return np.stack([numbers.pre_activations["h"][of_unit], ACTIVATIONS[made.activation].slope(h)])

    def paint_ghost(self, painter: QPainter, panel: Panel, number: int, ghost: Ghost, values: Array) -> None:
        xs = panel.x(np.arange(1.0, values.shape[1] + 1))
        lines = curve_lines(xs, panel.y(values[number]))
        draw_ghost_lines(painter, self.theme, ghost.number, lines, self.theme.unit_colour(self.selection.unit))

    def values(self) -> dict[str, Array]:
        """Return what is drawn: for each panel (T, units), under its symbol."""
        return {track.name: track.values for track in self._tracks}

    def saturated_share(self) -> float:
        """Return the part of all gate values that is saturated, or of a plain cell's units, without padding."""
        return float(np.mean([track.saturated.mean() for track in self._tracks]))

    @property
    def is_map(self) -> bool:
        """Whether units are rows of a map rather than curves."""
        return bool(self._tracks[0].values.shape[1] > MOST_CURVES)

    def remark(self) -> str:
        share = _percent(self.saturated_share())
        if self._is_gated:
            return f"{share} of all values are saturated"
        state = {"relu": f"{share} off", "linear": "never saturated"}.get(self._activation, f"{share} saturated")
        return f"a plain cell has none: its pre-activation a and slope φ′ — {state}"

    def panel_specs(self) -> tuple[PanelSpec, ...]:
        return tuple(self._panel_spec(number, track) for number, track in enumerate(self._tracks))

    def _panel_spec(self, number: int, track: Track) -> PanelSpec:
        share = f" — {_percent(float(track.saturated.mean()))} saturated" if self._is_gated else ""
        caption = f"{track.name}  {track.words}{share}"
        if number == 0 and self.shown_ghosts:
            caption += f", dashed: unit {self.selection.unit + 1} alone"
        if self.is_map:
            units = track.values.shape[1]
            return PanelSpec(0, units, "rows", caption=f"{caption}, {units} units", legend=self._scale(track))
        pad = 0.06 * (track.high - track.low)
        legend = self._units() if number == 0 else self._shade(track) if number == 1 else ()
        return PanelSpec(track.low - pad, track.high + pad, caption=caption, legend=legend)

    def _units(self) -> tuple[tuple[str, str], ...]:
        """Return what the colours of curves mean, as long as every unit has one of its own."""
        units = self._tracks[0].values.shape[1]
        if units > len(self.theme.units):
            return ()
        return tuple((self.theme.unit_colour(unit).name(), f"unit {unit + 1}") for unit in range(units))

    def _shade(self, track: Track) -> tuple[tuple[str, str], ...]:
        return ((self._zone_colour().name(), "saturated"),) if track.zones else ()

    def _scale(self, track: Track) -> tuple[tuple[str, str], ...]:
        """Return what the colours of a map mean."""
        ends = ((self.theme.neutral, "0"), (self.theme.positive, _plain_text(track.high)))
        return ends if track.low == 0 else ((self.theme.negative, _plain_text(track.low)), *ends)

    def _zone_colour(self) -> QColor:
        return mixed(self.theme.card, self.theme.muted, 0.13)

    def paint_panel(self, painter: QPainter, panel: Panel, number: int) -> None:
        track = self._tracks[number]
        if self.is_map:
            coloured = partial(signed_colours, self.theme, limit=track.high)
            paint_unit_map(painter, self.theme, panel, track.values, coloured)
            return
        self._paint_zones(painter, panel, track)
        width = self.theme.px(1.6) * self.theme.line_px
        t = np.arange(1.0, len(track.values) + 1)
        draw_curves(painter, panel.x(t), panel.y(track.values.T), self._colours(), width)

    def _colours(self) -> list[QColor]:
        return [self.theme.unit_colour(unit) for unit in range(self._tracks[0].values.shape[1])]

    def _paint_zones(self, painter: QPainter, panel: Panel, track: Track) -> None:
        rect = panel.seen
        for low, high in track.zones:
            top = rect.top() if high >= track.high else float(panel.y(high))
            bottom = rect.bottom() if low <= track.low else float(panel.y(low))
            if bottom > top:
                zone = QRectF(QPointF(rect.left() + 1, top), QPointF(rect.right(), bottom))
                painter.fillRect(zone.intersected(rect), self._zone_colour())

    # What is lit up

    def lit_things(self) -> tuple[Spot, ...]:
        found = (spot for track in self._tracks for spot in self._lit_in(track))
        return tuple(dict.fromkeys(found))

    def _lit_in(self, track: Track) -> tuple[Spot, ...]:
        """Return what is lit in one panel; a spot without number and t is the whole gate."""
        if self.links is None:
            return ()
        if not self._is_gated:  # a_t and the slope stand for h_t
            units = self.links.units(self.selection.layer)
            return tuple(spot for spot in units if not _is_whole(spot))
        return self.links.gates(self.selection.layer, track.name)

    def lit_spots(self) -> tuple[Spot, ...]:
        whole = (spot for spot in self.lit_things() if _is_whole(spot))
        return (*super().lit_spots(), *whole)

    def paint_lit_panel(self, painter: QPainter, panel: Panel, number: int, spots: tuple[Spot, ...]) -> None:
        track = self._tracks[number]
        own = self._lit_in(track)
        shown = tuple(spot for spot in spots if spot in own or isinstance(self._pointed, Step))
        for spot in shown:
            if _is_whole(spot):
                outline(painter, self.theme, panel.rect.adjusted(0.5, 0.5, -0.5, -0.5), spot.role)
        parts = tuple(spot for spot in shown if not _is_whole(spot))
        if self.is_map:
            steps = replace(panel, rect=panel.steps_rect, first=0.5)
            painter.setClipRect(steps.rect.adjusted(-2, -2, 2, 2), Qt.ClipOperation.IntersectClip)
            light_rows(painter, self.theme, steps, parts, track.values.shape[1])
        else:
            light_curves(painter, self.theme, panel, parts, (track.values.T, self._colours(), 1))

    @property
    def _pointed(self) -> Focus | None:
        return None if self.links is None else self.links.focus

    def links_region(self, rect: QRectF) -> list[QRect]:
        if any(_is_whole(spot) for spot in self.lit_spots()):
            return [panel.rect.adjusted(-3, -3, 3, 3).toAlignedRect() for panel in self.panels(rect)]
        return super().links_region(rect)

    def focus_at(self, position: QPointF, rect: QRectF) -> Focus | None:
        """Return the gate of the unit whose curve or row is at a position, the whole gate at its name, or the step."""
        found = self.panel_at(position, rect)
        if found is None:
            return self._named_at(position, rect)
        number, panel, t = found
        if t == 0:
            return Step(t)
        values = self._tracks[number].values
        if self.is_map:
            unit = row_at(panel, position, values.shape[1])
        else:
            unit = curve_at(panel, self.theme, position, values[t - 1])
        if unit is None:
            return Step(t)
        layer = self.selection.layer
        return Gate(layer, unit, self._tracks[number].name, t) if self._is_gated else Unit(layer, unit, t)

    def _named_at(self, position: QPointF, rect: QRectF) -> Focus | None:
        """Return the gate whose name, above its panel, is at a position."""
        for track, panel in zip(self._tracks, self.panels(rect), strict=True):
            head = panel.rect.adjusted(0, -self.theme.px(_HEAD), 0, -panel.rect.height())
            if self._is_gated and head.contains(position):
                return Gate(self.selection.layer, None, track.name)
        return None

    def describe_step(self, t: int) -> str:
        if t == 0:
            return f"t = 0: no step leads here\n\n{self.spec.meaning}"
        unit = self.selection.unit
        lines = [f"t = {t}, unit {unit + 1}"]
        for track in self._tracks:
            words = f" ({track.words}{', saturated' if track.saturated[t - 1, unit] else ''})"
            value = float(track.values[t - 1, unit])
            lines.append(f"{track.name} = {shown(value, 4) if abs(value) < 1e4 else scientific(value, 4)}{words}")
        return "\n".join(lines) + f"\n\n{self.spec.meaning}"


def _is_whole(spot: Spot) -> bool:
    """Return whether all of a panel is lit."""
    return spot.number is None and spot.t is None


def _percent(share: float) -> str:
    """Return a part of 1 in per cent; never 0 or 100 where that would not be true."""
    if 0.0 < share < 0.005:
        return "< 1 %"
    return "> 99 %" if 0.995 <= share < 1.0 else f"{100 * share:.0f} %"


def _plain_text(value: float) -> str:
    plain = f"{value:g}".replace("-", MINUS)
    return plain if "e" not in plain else scientific(value)


PLOT = GatesPlot
