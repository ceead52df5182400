"""Two units against each other: the path of the state, and where a step would take every other state."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from rnnviz.core.activations import Array
from rnnviz.core.measures.steps import step_from_plane
from rnnviz.core.unroll import WHOLE, LayerWeights, Window
from rnnviz.document.compute import stacked_weights
from rnnviz.document.frame import Frame
from rnnviz.document.links import Focus, Role, Step, Unit
from rnnviz.views.axes import finite_extent
from rnnviz.views.colours import mixed
from rnnviz.views.fonts import MINUS, number, scientific, subscript, ui_font
from rnnviz.views.lights import light_pen
from rnnviz.views.marks import draw_segments, is_screen
from rnnviz.views.plots._base import Ghost, Plot, PlotSpec
from rnnviz.views.plots._ghosts import draw_ghost_lines, legend_above, paint_ghost_legend, widened
from rnnviz.views.steps import rounded_limit
from rnnviz.views.theme import Theme

_WIDE_SEGMENTS = 2000  # beyond this many, thick lines cost more than a scrub step may
_MAP_POINTS = 65
_TICK_LETTERS = 5


@dataclass(frozen=True, slots=True)
class _Places:
    """Where things are in pixels, as long as the frame and the rectangle stay the same.

    Attributes:
        key: the rectangle and the size of words.
        area: the inside of the axes.
        points: where the dot is at every t, (T + 1, 2), T without padding.
        segments: the path, (segments, 4).
        ghosts: the number of each ghost, and its path, (segments, 4).
        field: where the arrows start, (arrows, 2); plane: the same as values, (2, arrows).
        scale: pixels for 1, across and downwards.
        longest: of an arrow.
    """

    key: tuple[object, ...]
    area: QRectF
    points: Array
    segments: Array
    ghosts: tuple[tuple[int, Array], ...]
    field: Array
    plane: Array
    scale: Array
    longest: float


class PhasePlot(Plot):
    """The trajectory h_0…h_T of two units, over the vector field of the step to the cursor."""

    spec = PlotSpec(
        key="phase",
        title="Phase portrait",
        look_at="h₁ × h₂",
        meaning="The selected unit and the next one against each other: the path of the state from its "
        "start (ring) to the cursor (dot). Each small arrow starts at its dot and points where the "
        "step to the cursor would take the state from there: F(h) − h with the input x_t of that "
        "step, to scale but shortened where it would be long. All other units are held at h_{t−1}, "
        "where that step started. Where the arrows are short, the state rests; where they turn, it "
        "oscillates.",
        area="right",
        order=40,
        height=2,
    )

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._weights: LayerWeights | None = None
        self._units: Array = np.zeros(1, np.intp)
        self._points: Array = np.zeros((1, 2))
        self._segments: Array = np.zeros((0, 4))
        self._ghost_segments: tuple[tuple[Ghost, Array], ...] = ()
        self._low, self._high = -1.0, 1.0
        self._kept: _Places | None = None

    # What is shown

    @property
    def is_return_map(self) -> bool:
        """Whether there is only one unit, shown against itself one step before."""
        return len(self._units) == 1

    def points(self) -> Array:
        """Return where the dot is at every t, (T + 1, 2), T without padding: there the dot rests."""
        return self._points

    def frame_shown(self) -> None:
        assert self.frame is not None
        layer = self.frame.document.layers[self.selection.layer]
        first = self.selection.unit
        self._units = np.array([first, (first + 1) % layer.units] if layer.units > 1 else [0])
        self._weights = stacked_weights(layer)
        h = self._states()[0][: self._length() + 1, self._units]
        before = self._window().states_before(h)
        self._points, self._segments = h, _path(before, h)
        if self.is_return_map:
            self._points = np.concatenate([h[:1], before])[:, [0, 0]]
            self._points[:, 1] = h[:, 0]
        ghosts = [(ghost, states) for ghost in self.ghosts if (states := self._ghost_states(ghost)) is not None]
        self._ghost_segments = tuple((ghost, _path(_window_of(ghost.frame).states_before(h), h)) for ghost, h in ghosts)
        self._low, self._high = _range(h, layer.activation if layer.cell == "rnn" else "tanh")
        for _, states in ghosts:
            self._high = widened(self._high, finite_extent(states))
            self._low = -self._high if self._low < 0 or (states < 0).any() else 0.0
        self._kept = None

    def _ghost_states(self, ghost: Ghost) -> Array | None:
        """Return h of the same units, (T + 1, units), None if the ghost has no such units."""
        layer = ghost.layer(self.selection)
        if layer is None or self._units.max() >= layer.states["h"].shape[2]:
            return None
        h: Array = layer.states["h"][self.selection.sample][: ghost.length(self.selection) + 1, self._units]
        return h

    def remark(self) -> str:
        assert self.frame is not None
        return "hₜ against hₜ₋₁" if self.is_return_map else " × ".join(self._names())

    def arrows(self, t: int, points: Array) -> Array:
        """Return F(h) − h for points (units, B) of the plane, where F is the step to t, or to 1 at t = 0.

        A step of padding takes no state anywhere.
        """
        assert self.frame is not None
        assert self._weights is not None
        step = max(t, 1)
        if step > self._length():
            return np.zeros_like(points)
        window = self._window()
        start = 0 if not window.stateful and (step - 1) % window.length == 0 else step - 1
        before = tuple(state[start] for state in self._states())
        return step_from_plane(self._weights, self._input(step), before, self._units, points) - points

    def _states(self) -> list[Array]:
        """Return h, and c of an LSTM, each (T + 1, H)."""
        assert self.frame is not None
        states = self.frame.layers[self.selection.layer].states.values()
        return [state[self.selection.sample] for state in states]

    def _input(self, t: int) -> Array:
        assert self.frame is not None
        if self.selection.layer == 0:
            x: Array = self.frame.x[self.selection.sample, t - 1]
        else:
            x = self.frame.layers[self.selection.layer - 1].states["h"][self.selection.sample, t]
        return x

    def _length(self) -> int:
        assert self.frame is not None
        return self.frame.document.input.length(self.selection.sample)

    def _window(self) -> Window:
        assert self.frame is not None
        return _window_of(self.frame)

    def _names(self) -> list[str]:
        if self.is_return_map:
            return ["hₜ₋₁", "hₜ"]
        return [f"h{subscript(unit + 1)}" for unit in self._units.tolist()]

    # Where it is

    def _ticks(self) -> list[float]:
        return [self._low, 0.0, self._high] if self._low < 0 else [0.0, self._high / 2, self._high]

    def _area(self, rect: QRectF) -> QRectF:
        """Return the inside of the axes."""
        px = self.theme.px
        metrics = QFontMetricsF(ui_font(px(11)))
        widest = max(metrics.horizontalAdvance(text) for text in (*map(_tick_text, self._ticks()), *self._names()))
        left = min(px(10) + widest + px(6), rect.width() / 2)
        area = legend_above(self.theme, rect, self._ghost_segments)[1].adjusted(left, px(5), -px(14), -px(24))
        return QRectF(area.left(), area.top(), max(area.width(), 1.0), max(area.height(), 1.0))

    def _places(self, rect: QRectF) -> _Places:
        key = (rect.getRect(), self.theme.text_px)
        if self._kept is None or self._kept.key != key:
            self._kept = self._find_places(rect, key)
        return self._kept

    def _find_places(self, rect: QRectF, key: tuple[object, ...]) -> _Places:
        area, px, span = self._area(rect), self.theme.px, self._high - self._low
        columns = min(max(round(area.width() / px(27)), 3), 14)
        rows = min(max(round(area.height() / px(21)), 3), 10)
        across, upward = (self._low + (np.arange(n) + 0.5) / n * span for n in (columns, rows))
        plane = np.stack([each.ravel() for each in np.meshgrid(across, upward)])
        ends = (
            self._x(area, np.array([self._low, self._high])),
            self._y(area, np.array([self._low, self._high])),
        )
        return _Places(
            key=key,
            area=area,
            points=np.stack([self._x(area, self._points[:, 0]), self._y(area, self._points[:, 1])], axis=1),
            segments=self._in_pixels(area, self._segments),
            ghosts=tuple((ghost.number, self._in_pixels(area, path)) for ghost, path in self._ghost_segments),
            field=np.stack([self._x(area, plane[0]), self._y(area, plane[1])], axis=1),
            plane=plane,
            scale=np.array([float(end[1] - end[0]) / span for end in ends]),
            longest=0.72 * min(area.width() / columns, area.height() / rows),
        )

    @property
    def _ghost_names(self) -> list[tuple[int, str]]:
        return [(ghost.number, ghost.name) for ghost, _ in self._ghost_segments]

    def _in_pixels(self, area: QRectF, segments: Array) -> Array:
        return _in_turn(self._x(area, segments[:, 0::2]), self._y(area, segments[:, 1::2]))

    def _x(self, area: QRectF, values: Array | float) -> Array:
        return area.left() + self._part(values) * area.width()

    def _y(self, area: QRectF, values: Array | float) -> Array:
        return area.bottom() - self._part(values) * area.height()

    def _part(self, values: Array | float) -> Array:
        """Return values as parts of the range, kept near it so that no device overflows."""
        pad = 0.05 * (self._high if self._low < 0 else self._high / 2)
        low, high = self._low - pad, self._high + pad
        return np.clip(np.asarray(values) / (high - low) - low / (high - low), -3.0, 4.0)

    # Painting what stays

    def paint_ground(self, painter: QPainter, rect: QRectF) -> None:
        places = self._places(rect)
        area = places.area
        self._paint_grid(painter, area)
        self._paint_ticks(painter, rect, area)
        paint_ghost_legend(painter, self.theme, legend_above(self.theme, rect, places.ghosts)[0], self._ghost_names)
        painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
        for pen, lines in places.ghosts:
            draw_ghost_lines(painter, self.theme, pen, lines[np.isfinite(lines).all(axis=1)])
        if self.is_return_map:
            painter.setPen(QPen(QColor(self.theme.muted), 1.0, Qt.PenStyle.DashLine))
            ends = np.array([self._low, self._high])
            (x0, x1), (y0, y1) = self._x(area, ends).tolist(), self._y(area, ends).tolist()
            painter.drawLine(QLineF(x0, y0, x1, y1))
        path = mixed(self.theme.card, self.theme.input, 0.35)
        self._paint_path(painter, places.segments, path)
        if not self.is_return_map and self.shows_cursor:
            _draw_dots(painter, places.field, self.theme.px(2.8), QColor(self.theme.muted))
        self._paint_start(painter, places)

    def _paint_grid(self, painter: QPainter, area: QRectF) -> None:
        lines = np.linspace(self._low, self._high, 5)
        zero = mixed(self.theme.card, self.theme.muted, 0.3)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        for value, x, y in zip(lines, self._x(area, lines).tolist(), self._y(area, lines).tolist(), strict=True):
            painter.setPen(QPen(zero if value == 0 else QColor(self.theme.faint), 1))
            painter.drawLine(QLineF(round(x), area.top(), round(x), area.bottom()))
            painter.drawLine(QLineF(area.left(), round(y), area.right(), round(y)))
        painter.setPen(QPen(QColor(self.theme.faint), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area.adjusted(0, 0, -1, -1))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _paint_ticks(self, painter: QPainter, rect: QRectF, area: QRectF) -> None:
        """Paint the labels of the ticks, and the names of the axes between the upper two."""
        px, ticks = self.theme.px, self._ticks()
        between = (ticks[1] + ticks[2]) / 2
        muted = QColor(self.theme.muted)
        plain, bold = ui_font(px(11)), ui_font(px(11), QFont.Weight.DemiBold)
        across: list[QRectF] = []
        upward: list[QRectF] = []
        words = [(value, plain, muted, _tick_text(value)) for value in (ticks[0], ticks[2], ticks[1])]
        for places, name, unit in zip((across, upward), self._names(), self._units[[0, -1]], strict=True):
            colour = muted if self.is_return_map else self.theme.unit_colour(int(unit))
            for value, font, pen, text in (*words, (between, bold, colour, name)):
                size = QFontMetricsF(font).size(0, text)
                if places is across:
                    left = float(self._x(area, value)) - size.width() / 2
                    left = min(max(left, rect.left()), rect.right() - size.width())
                    place = QRectF(QPointF(left, area.bottom() + px(4)), size)
                else:
                    top = max(float(self._y(area, value)) - size.height() / 2, rect.top())
                    place = QRectF(QPointF(area.left() - px(6) - size.width(), top), size)
                if rect.contains(place) and _is_free(place, places, px(3)):
                    places.append(place)
                    painter.setFont(font)
                    painter.setPen(pen)
                    painter.drawText(place, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, text)

    def _paint_path(self, painter: QPainter, segments: Array, colour: QColor) -> None:
        ends = segments if np.isfinite(segments).all() else segments[np.isfinite(segments).all(axis=1)]
        quick = is_screen(painter)
        pen = QPen(colour, 1.0 if quick and len(ends) > _WIDE_SEGMENTS else 1.8 * self.theme.line_px)
        # Qt strokes a line with round ends as a general path: fifteen times slower, for half a pixel.
        pen.setCapStyle(Qt.PenCapStyle.SquareCap if quick else Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        draw_segments(painter, ends)

    def _paint_start(self, painter: QPainter, places: _Places) -> None:
        x, y = places.points[0].tolist()
        if math.isfinite(x) and math.isfinite(y):
            painter.setPen(QPen(QColor(self.theme.input), 1.6 * self.theme.line_px))
            painter.setBrush(QColor(self.theme.card))
            painter.drawEllipse(QPointF(x, y), self.theme.px(3.4), self.theme.px(3.4))

    # Painting what follows the cursor

    def paint_cursor(self, painter: QPainter, rect: QRectF) -> None:
        assert self.frame is not None
        places, t = self._places(rect), min(self.cursor_t, self.frame.last_step)
        painter.setClipRect(places.area, Qt.ClipOperation.IntersectClip)
        if self.is_return_map:
            self._paint_map(painter, places.area, t)
        else:
            self._paint_arrows(painter, places, t)
        if t > self._length():
            t = self._length()
            self._write(painter, places.area, f"padding: the state is held since t = {t}", self.theme.muted)
        per_step = len(self._segments) // (len(self._points) - 1)
        self._paint_path(painter, places.segments[: per_step * t], QColor(self.theme.input))
        self._paint_start(painter, places)
        x, y = places.points[t].tolist()
        if math.isfinite(x) and math.isfinite(y):
            painter.setPen(QPen(QColor(self.theme.card), self.theme.px(1.5)))
            painter.setBrush(QColor(self.theme.accent))
            painter.drawEllipse(QPointF(x, y), self.theme.px(6), self.theme.px(6))
        else:
            self._write(painter, places.area, f"overflow at t = {t}", self.theme.warning)

    def _write(self, painter: QPainter, area: QRectF, text: str, colour: str) -> None:
        """Write words into the upper left corner."""
        painter.setFont(ui_font(self.theme.px(11)))
        painter.setPen(QColor(colour))
        inside = area.adjusted(self.theme.px(6), self.theme.px(4), 0, 0)
        painter.fillRect(painter.boundingRect(inside, 0, text), QColor(self.theme.card))
        painter.drawText(inside, 0, text)

    def _paint_arrows(self, painter: QPainter, places: _Places, t: int) -> None:
        """Paint the arrows; the dots that they start from are on the ground."""
        most = 4.0 * (self._high - self._low)
        arrows = self.arrows(t, places.plane).clip(-most, most).T * places.scale
        length = np.hypot(arrows[:, 0], arrows[:, 1])
        arrows *= (places.longest / np.maximum(length, places.longest))[:, None]
        painter.setPen(QPen(QColor(self.theme.muted), 1.0))
        lines = np.hstack([places.field, places.field + arrows])
        draw_segments(painter, lines if np.isfinite(length).all() else lines[np.isfinite(length)])

    def _paint_map(self, painter: QPainter, area: QRectF, t: int) -> None:
        """Paint h_t as a function of h_{t−1}, for the input of the step to the cursor."""
        before = np.linspace(self._low, self._high, _MAP_POINTS)[None]
        after = before + self.arrows(t, before)
        known = np.isfinite(after[0])
        if not known.any():
            return
        painter.setPen(QPen(QColor(self.theme.muted), 1.2 * self.theme.line_px))
        painter.drawPolyline(_points(self._x(area, before[0, known]), self._y(area, after[0, known])))

    def cursor_region(self, rect: QRectF) -> list[QRect]:
        return [self._places(rect).area.toAlignedRect()] if self.frame is not None else []

    # What is lit up

    def focus_at(self, position: QPointF, rect: QRectF) -> Focus | None:
        """Return the unit whose axis is at a position, or the step whose state is near."""
        area = self._places(rect).area
        if not area.contains(position):
            beside, below = position.x() < area.left(), position.y() > area.bottom()
            unit = int(self._units[-1] if beside else self._units[0])
            return Unit(self.selection.layer, unit) if beside != below else None
        t = self.t_near(position, rect)
        return None if t is None else Step(t)

    def paint_links(self, painter: QPainter, rect: QRectF) -> None:
        """Draw a line along the axis of each unit that is singled out, and a ring around each step that is lit."""
        area, (axes, steps) = self._places(rect).area, self._lit()
        for across, role in axes.items():
            painter.setPen(light_pen(self.theme, role))
            corner = area.bottomRight() if across else area.topLeft()
            painter.drawLine(area.bottomLeft(), corner)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for t, role in steps.items():
            x, y = self._places(rect).points[t].tolist()
            painter.setPen(light_pen(self.theme, role))
            if math.isfinite(x) and math.isfinite(y) and area.contains(QPointF(x, y)):
                painter.drawEllipse(QPointF(x, y), self.theme.px(8.5), self.theme.px(8.5))

    def links_region(self, rect: QRectF) -> list[QRect]:
        return [self._places(rect).area.adjusted(-12, -12, 12, 12).toAlignedRect()] if any(self._lit()) else []

    def _lit(self) -> tuple[dict[bool, Role], dict[int, Role]]:
        """Return which axes are lit, True for the one across, and which steps."""
        axes: dict[bool, Role] = {}
        steps: dict[int, Role] = {}
        for role, unit, t in () if self.links is None else self.links.units(self.selection.layer):
            if t is not None and t < len(self._points):
                steps[t] = role
            if unit is not None:
                axes |= {number == 0: role for number in np.flatnonzero(self._units == unit).tolist()}
        return axes, steps

    # The pointer

    def t_near(self, position: QPointF, rect: QRectF) -> int | None:
        """Return the t whose state is at a position, or None if none is near."""
        away = self._places(rect).points - (position.x(), position.y())
        distance = np.hypot(away[:, 0], away[:, 1])
        distance[~np.isfinite(distance)] = np.inf
        nearest = int(distance.argmin())
        return nearest if distance[nearest] <= self.theme.px(9) else None

    def describe(self, position: QPointF, rect: QRectF) -> str:
        t = self.t_near(position, rect)
        if t is None:
            return self.spec.meaning + self._note()
        values = zip(self._names(), self._points[t].tolist(), strict=True)
        return "\n".join([f"t = {t}", *(f"{name} = {number(value, 4, sign=True)}" for name, value in values)])

    def _note(self) -> str:
        """Return what is special about the shown network."""
        if self.is_return_map:
            return (
                "\n\nWith one unit, h_t is drawn against h_{t−1}: the grey curve is the step to the cursor, "
                "the dashed line is where nothing would change, and the path goes between them."
            )
        if len(self._states()) > 1:
            return "\n\nThe cell state c is held at c_{t−1}."
        return ""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.frame is not None:
            t = self.t_near(event.position(), QRectF(self.rect()))
            if t is not None:
                self.cursor_requested.emit(t)


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


def _in_turn(xs: Array, ys: Array) -> Array:
    """Return the ends of lines, each (lines, 2), as x, y, x, y."""
    return np.stack([xs, ys], axis=2).reshape(-1, 4)


def _points(xs: Array, ys: Array) -> list[QPointF]:
    return [QPointF(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)]


def _draw_dots(painter: QPainter, places: Array, size: float, colour: QColor) -> None:
    """Draw small discs; on the screen as crosses of two bars, which looks the same and is far quicker."""
    quick = is_screen(painter)
    pen = QPen(colour, 0.6 * size if quick else size)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap if quick else Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    if not quick:
        painter.drawPoints(_points(places[:, 0], places[:, 1]))
        return
    for half in ((size / 2, 0.0), (0.0, size / 2)):
        draw_segments(painter, np.hstack([places - half, places + half]))


def _is_free(place: QRectF, taken: list[QRectF], gap: float) -> bool:
    """Return whether a label keeps its distance, sideways, from those already placed."""
    roomy = place.adjusted(-gap, 0, gap, 0)
    return not any(roomy.intersects(other) for other in taken)


def _tick_text(value: float) -> str:
    plain = f"{value:g}".replace("-", MINUS)
    return plain if "e" not in plain and len(plain) <= _TICK_LETTERS else scientific(value)


PLOT = PhasePlot
