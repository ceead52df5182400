"""Two numbers of the state against each other: its path, and where a step would take every other state."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from rnnviz.core.activations import Array
from rnnviz.core.measures.fixed_points import Rests
from rnnviz.document.document import Place
from rnnviz.document.gradient_kinds import state_size
from rnnviz.document.links import Focus, Role, Step, Unit
from rnnviz.document.resting import MOST_NUMBERS
from rnnviz.session.background import Question
from rnnviz.views.axes import finite_extent
from rnnviz.views.colours import mixed
from rnnviz.views.fonts import number
from rnnviz.views.lights import light_pen
from rnnviz.views.marks import draw_segments
from rnnviz.views.plots._base import Ghost, Look, Plot, PlotSpec
from rnnviz.views.plots._ghosts import draw_ghost_lines, legend_above, paint_ghost_legend, widened
from rnnviz.views.plots._phase_axes import PhaseAxes, axes_within, paint_phase_grid, paint_phase_ticks
from rnnviz.views.plots._phase_legend import legend_entries, paint_phase_legend
from rnnviz.views.plots._phase_look import PhaseLook, PhaseRow
from rnnviz.views.plots._phase_marks import draw_dots, draw_path, points_of, write_in_corner
from rnnviz.views.plots._phase_plane import ComponentsPlane, Plane, UnitsPlane
from rnnviz.views.plots._rest import CursorRest
from rnnviz.views.plots._rest_marks import RestMark, RestSearch, paint_rest_marks
from rnnviz.views.plots._start_drag import StartDrag
from rnnviz.views.plots._table import DataTable, over_time
from rnnviz.views.plots._trajectory import Trajectory, ghost_path
from rnnviz.views.theme import Theme

_MAP_POINTS = 65
_MOST_STEPS = 256  # whose arrows are kept, up to 5 kB each
_DEAD_ZONE = 3  # px: a click with a trembling hand


@dataclass(frozen=True, slots=True)
class _Places:
    """Where things are in pixels, as long as the frame and the rectangle stay the same.

    Attributes:
        key: the rectangle and the size of words.
        axes: what turns values into pixels.
        points: where the dot is at every t, (T + 1, 2), T without padding.
        segments: the path, (segments, 4).
        ghosts: the number of each ghost, and its path, (segments, 4).
        field: where the arrows start, (arrows, 2); plane: the same as values, (2, arrows).
        longest: of an arrow.
    """

    key: tuple[object, ...]
    axes: PhaseAxes
    points: Array
    segments: Array
    ghosts: tuple[tuple[int, Array], ...]
    field: Array
    plane: Array
    longest: float

    @property
    def area(self) -> QRectF:
        """The inside of the axes."""
        return self.axes.area


class PhasePlot(Plot):
    """The trajectory h_0…h_T in a plane, over the vector field of the step to the cursor."""

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
        self._look = PhaseLook()
        self._row: PhaseRow | None = None
        self._made: Trajectory | None = None
        self._ghost_segments: tuple[tuple[Ghost, Array], ...] = ()
        self._low, self._high = -1.0, 1.0
        self._kept: _Places | None = None
        self._arrows: dict[int, Array] = {}  # in those places, by t: at most _MOST_STEPS
        self._search = RestSearch()
        self._rest = CursorRest(self)
        self._rest.rested.connect(self._look_at_rest)
        self._start: StartDrag | None = None
        self._pressed = QPointF()
        self._is_moving = False

    # What is chosen

    def look(self) -> Look | None:
        if self.frame is None or state_size(self.frame.document, self.selection.layer) <= MOST_NUMBERS:
            return self._look
        return replace(self._look, fixed_points=False)

    def take_look(self, look: Look) -> None:
        if isinstance(look, PhaseLook):
            self._look = look

    def controls(self) -> QWidget | None:
        self._row = PhaseRow(self.theme)
        self._row.changed.connect(self._take_choice)
        return self._row

    @property
    def row(self) -> PhaseRow | None:
        """The controls above the plot; None in a figure."""
        return self._row

    def _take_choice(self) -> None:
        assert self._row is not None
        self._look = self._row.look
        if self.is_ready:
            self.frame_shown()
            self.set_remark(self.remark())
            self.repaint_ground()
            self.question_changed.emit()

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        if self._row is not None:
            self._row.apply_theme(theme)

    # What is shown

    def points(self) -> Array:
        """Return where the dot is at every t, (T + 1, 2), T without padding: there the dot rests."""
        return self._trajectory.points

    def tables(self) -> tuple[DataTable, ...]:
        """Return the path, the axis that goes across first."""
        names = [name for name, _ in self._names()]
        return (over_time(0, dict(zip(names, self.points().T, strict=True))),)

    def frame_shown(self) -> None:
        assert self.frame is not None
        layer = self.frame.document.layers[self.selection.layer]
        if self._row is not None:
            self._row.show_look(self._look, layer.units, state_size(self.frame.document, self.selection.layer))
        self._made = Trajectory(self.frame, self.selection, self._look.plane)
        self._show_ghosts()
        self._kept = None
        self._rest.settle_now(self.cursor_t)
        self._ask()

    def _show_ghosts(self) -> None:
        """Find the paths of ghosts, and a range that holds everything; it stands still under the hand."""
        found = [(ghost, self._trajectory.ghost_states(ghost)) for ghost in self.ghosts]
        ghosts = [(ghost, states) for ghost, states in found if states is not None]
        self._ghost_segments = tuple((ghost, ghost_path(ghost, states)) for ghost, states in ghosts)
        if self._start is not None:
            return
        self._low, self._high = self._trajectory.limits()
        for _, states in ghosts:
            self._high = widened(self._high, finite_extent(states))
            self._low = -self._high if self._low < 0 or (states < 0).any() else 0.0
        self._low, self._high = self.scale("h", self._low, self._high)

    def remark(self) -> str:
        if not self.is_ready:
            return self.spec.look_at
        words = "hₜ against hₜ₋₁" if self._trajectory.is_return_map else " × ".join(self._plane.names)
        if isinstance(self._plane, ComponentsPlane):
            shares = " + ".join(f"{number(100 * share, 0)} %" for share in self._plane.components.shares.tolist())
            words = f"{words}, {shares} of the variance"
        found = self._search.summary(self._trajectory.frozen(self.cursor_t)) if self._look.fixed_points else ""
        return f"{words} — {found}" if found else words

    def arrows(self, t: int, points: Array) -> Array:
        """Return F(h) − h for points (axes, B) of the plane, where F is the step to t, or to 1 at t = 0."""
        return self._trajectory.arrows(t, points)

    def nullclines(self, t: int) -> tuple[Array, ...]:
        """Return the lines (n, 4) that are drawn for each axis: there the step to t moves nothing along it."""
        return self._trajectory.nullclines(t, self._low, self._high) if self._look.nullclines else ()

    @property
    def _trajectory(self) -> Trajectory:
        assert self._made is not None
        return self._made

    @property
    def _plane(self) -> Plane:
        return self._trajectory.plane

    # Fixed points

    def fixed_points(self) -> tuple[RestMark, ...]:
        """Return the fixed and slow points that are drawn."""
        return self._search.marks if self._look.fixed_points else ()

    @property
    def fixed_points_are_current(self) -> bool:
        """Whether they are those of the shown numbers, with the input of the step to the cursor."""
        return self._trajectory.frozen(self.cursor_t).is_like(self._search.found_for)

    def _ask(self) -> None:
        self._search.ask(self._trajectory.frozen(self._rest.t) if self._look.fixed_points else None)

    def _look_at_rest(self) -> None:
        if self.is_ready:
            self._ask()
            self.question_changed.emit()

    def show_cursor(self, t: int) -> None:
        super().show_cursor(t)
        if self._look.fixed_points and self.is_ready:
            self._rest.move(t)
            self.set_remark(self.remark())

    def question(self) -> Question | None:
        return self._search.question

    def answer_shown(self, answer: object) -> None:
        assert isinstance(answer, Rests)
        self._search.take(answer)

    def _mark_places(self, axes: PhaseAxes) -> list[QPointF]:
        marks = self.fixed_points()
        if not marks:
            return []
        h = self._plane.project(np.stack([mark.h for mark in marks]))
        return points_of(axes.x(h[:, 0]), axes.y(h[:, -1]))

    # Where it is

    def _places(self, rect: QRectF) -> _Places:
        key = (rect.getRect(), self.theme.text_px)
        if self._kept is None or self._kept.key != key:
            self._kept, self._arrows = self._find_places(rect, key), {}
        return self._kept

    def _find_places(self, rect: QRectF, key: tuple[object, ...]) -> _Places:
        px, inner = self.theme.px, self._legend(rect)[1]
        axes = axes_within(self.theme, inner, (self._low, self._high), [name for name, _ in self._names()])
        area, span = axes.area, self._high - self._low
        columns = min(max(round(area.width() / px(27)), 3), 14)
        rows = min(max(round(area.height() / px(21)), 3), 10)
        across, upward = (self._low + (np.arange(n) + 0.5) / n * span for n in (columns, rows))
        plane = np.stack([each.ravel() for each in np.meshgrid(across, upward)])
        return _Places(
            key=key,
            axes=axes,
            points=axes.points(self._trajectory.points),
            segments=axes.segments(self._trajectory.segments),
            ghosts=tuple((ghost.number, axes.segments(path)) for ghost, path in self._ghost_segments),
            field=axes.points(plane.T),
            plane=plane,
            longest=0.72 * min(area.width() / columns, area.height() / rows),
        )

    def _names(self) -> list[tuple[str, QColor]]:
        """Return the name and the colour of each of the two axes."""
        if self._trajectory.is_return_map:
            return [("hₜ₋₁", QColor(self.theme.muted)), ("hₜ", QColor(self.theme.muted))]
        return list(zip(self._plane.names, self._plane.colours(self.theme), strict=True))

    def _legend(self, rect: QRectF) -> tuple[QRectF, QRectF]:
        """Return the line for the legend, where there is something to name, and what is left below it."""
        is_plain = not (self._look.fixed_points or (self._look.nullclines and not self._trajectory.is_return_map))
        named = (*self._ghost_segments, *(() if is_plain else (None,)))
        return legend_above(self.theme, rect, named if self.shows_legend else ())

    # Painting what stays

    def paint_ground(self, painter: QPainter, rect: QRectF) -> None:
        places = self._places(rect)
        paint_phase_grid(painter, self.theme, places.axes)
        paint_phase_ticks(painter, self.theme, self._legend(rect)[1], places.axes, self._names())
        self._paint_legend(painter, self._legend(rect)[0])
        painter.setClipRect(places.area, Qt.ClipOperation.IntersectClip)
        for pen, lines in places.ghosts:
            draw_ghost_lines(painter, self.theme, pen, lines[np.isfinite(lines).all(axis=1)])
        if self._trajectory.is_return_map:
            painter.setPen(QPen(QColor(self.theme.muted), 1.0, Qt.PenStyle.DashLine))
            ends = np.array([self._low, self._high])
            (x0, x1), (y0, y1) = places.axes.x(ends).tolist(), places.axes.y(ends).tolist()
            painter.drawLine(QLineF(x0, y0, x1, y1))
        path = mixed(self.theme.card, self.theme.input, 0.35)
        draw_path(painter, self.theme, places.segments, path)
        if not self._trajectory.is_return_map and self.shows_cursor:
            draw_dots(painter, places.field, self.theme.px(2.8), QColor(self.theme.muted))
        self._paint_start(painter, places)

    def _paint_legend(self, painter: QPainter, line: QRectF) -> None:
        nullclines = self._names() if self._look.nullclines and not self._trajectory.is_return_map else []
        entries = legend_entries(nullclines, fixed_points=self._look.fixed_points)
        used = paint_phase_legend(painter, self.theme, line, entries)
        names = [(ghost.number, ghost.name) for ghost, _ in self._ghost_segments]
        paint_ghost_legend(painter, self.theme, line.adjusted(used, 0, 0, 0), names)

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
        if self._trajectory.is_return_map:
            self._paint_map(painter, places.axes, t)
        else:
            self._paint_arrows(painter, places, t)
            self._paint_nullclines(painter, places.axes, t)
        if t > self._trajectory.length:
            t = self._trajectory.length
            write_in_corner(
                painter, self.theme, places.area, f"padding: the state is held since t = {t}", self.theme.muted
            )
        per_step = len(self._trajectory.segments) // (len(self._trajectory.points) - 1)
        draw_path(painter, self.theme, places.segments[: per_step * t], QColor(self.theme.input))
        self._paint_start(painter, places)
        if marks := self.fixed_points():
            is_current = self.fixed_points_are_current
            paint_rest_marks(painter, self.theme, marks, self._mark_places(places.axes), is_current=is_current)
        x, y = places.points[t].tolist()
        if math.isfinite(x) and math.isfinite(y):
            painter.setPen(QPen(QColor(self.theme.card), self.theme.px(1.5)))
            painter.setBrush(QColor(self.theme.accent))
            painter.drawEllipse(QPointF(x, y), self.theme.px(6), self.theme.px(6))
        else:
            write_in_corner(painter, self.theme, places.area, f"overflow at t = {t}", self.theme.warning)

    def _paint_arrows(self, painter: QPainter, places: _Places, t: int) -> None:
        """Paint the arrows; the dots that they start from are on the ground."""
        if t not in self._arrows:
            if len(self._arrows) >= _MOST_STEPS:
                self._arrows.clear()
            self._arrows[t] = self._arrow_lines(places, t)
        painter.setPen(QPen(QColor(self.theme.muted), 1.0))
        draw_segments(painter, self._arrows[t])

    def _arrow_lines(self, places: _Places, t: int) -> Array:
        """Return the arrows of the step to t in pixels, (arrows, 4)."""
        most = 4.0 * (self._high - self._low)
        arrows = self.arrows(t, places.plane).clip(-most, most).T * places.axes.scale
        length = np.hypot(arrows[:, 0], arrows[:, 1])
        arrows *= (places.longest / np.maximum(length, places.longest))[:, None]
        lines = np.hstack([places.field, places.field + arrows])
        return lines if np.isfinite(length).all() else lines[np.isfinite(length)]

    def _paint_nullclines(self, painter: QPainter, axes: PhaseAxes, t: int) -> None:
        for lines, (_, colour) in zip(self.nullclines(t), self._names(), strict=False):
            painter.setPen(QPen(colour, self.theme.px(1.4) * self.theme.line_px))
            draw_segments(painter, axes.segments(lines))

    def _paint_map(self, painter: QPainter, axes: PhaseAxes, t: int) -> None:
        """Paint h_t as a function of h_{t−1}, for the input of the step to the cursor."""
        before = np.linspace(self._low, self._high, _MAP_POINTS)[None]
        after = before + self.arrows(t, before)
        known = np.isfinite(after[0])
        if not known.any():
            return
        painter.setPen(QPen(QColor(self.theme.muted), 1.2 * self.theme.line_px))
        painter.drawPolyline(points_of(axes.x(before[0, known]), axes.y(after[0, known])))

    def cursor_region(self, rect: QRectF) -> list[QRect]:
        return [self._places(rect).area.toAlignedRect()] if self.frame is not None else []

    # What is lit up

    @property
    def _units(self) -> NDArray[np.intp]:
        """The units on the axes; none of components."""
        return self._plane.units if isinstance(self._plane, UnitsPlane) else np.zeros(0, np.intp)

    def focus_at(self, position: QPointF, rect: QRectF) -> Focus | None:
        """Return the unit whose axis is at a position, or the step whose state is near."""
        area = self._places(rect).area
        if not area.contains(position):
            beside, below = position.x() < area.left(), position.y() > area.bottom()
            if beside == below or len(self._units) == 0:
                return None
            return Unit(self.selection.layer, int(self._units[-1] if beside else self._units[0]))
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
            if t is not None and t < len(self._trajectory.points):
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

    def point_of(self, across: float, upward: float) -> QPointF:
        """Return where two values of the axes are in the widget."""
        axes = self._places(QRectF(self.rect())).axes
        return QPointF(float(axes.x(across)), float(axes.y(upward)))

    def describe(self, position: QPointF, rect: QRectF) -> str:
        marks = zip(self.fixed_points(), self._mark_places(self._places(rect).axes), strict=True)
        for mark, place in marks:
            if QLineF(place, position).length() <= self.theme.px(6):
                return self._mark_in_words(mark)
        t = self.t_near(position, rect)
        if t is None:
            return self.spec.meaning + self._note() + self._hint()
        names = [name for name, _ in self._names()]
        values = zip(names, self._trajectory.points[t].tolist(), strict=True)
        hint = self._hint() if t == 0 else ""
        return "\n".join([f"t = {t}", *(f"{name} = {number(value, 4, sign=True)}" for name, value in values)]) + hint

    def _mark_in_words(self, mark: RestMark) -> str:
        found_for = self._search.found_for
        assert found_for is not None
        where = zip(self._plane.names, self._plane.project(mark.h[None])[0].tolist(), strict=True)
        lines = [mark.words(), *(f"{name} = {number(value, 4, sign=True)}" for name, value in where)]
        lines.append(f"for the input x at t = {found_for.t}, all units free")
        if not self.fixed_points_are_current:
            lines.append("Pale: the network or the input has changed since.")
        return "\n".join(lines)

    def _note(self) -> str:
        """Return what is special about the shown network."""
        if self._trajectory.is_return_map:
            return (
                "\n\nWith one unit, h_t is drawn against h_{t−1}: the grey curve is the step to the cursor, "
                "the dashed line is where nothing would change, and the path goes between them."
            )
        notes = []
        if isinstance(self._plane, ComponentsPlane):
            notes.append(
                "Here the axes are the first two principal components of the trajectory; across them, the arrows' "
                "states are where h_{t−1} is."
            )
        if len(self._trajectory.states) > 1:
            notes.append("The cell state c is held at c_{t−1}.")
        if self._look.nullclines:
            notes.append("On a coloured line the step moves nothing along the axis of that colour.")
        if self._look.fixed_points:
            notes.append(
                "Fixed points are those of the whole state, which the lines meet in only if there are no other units."
            )
        return "".join(f"\n\n{note}" for note in notes)

    def _hint(self) -> str:
        """Return what a click does."""
        if not self._can_start_elsewhere:
            return ""
        names = " and ".join(self._plane.names)
        return f"\n\nClick, or drag: the sequence starts there, with these values of {names} in h₀."

    # The hand

    @property
    def _can_start_elsewhere(self) -> bool:
        """Whether a place says what h_0 is: not in a plane that changes with the trajectory."""
        return isinstance(self._plane, UnitsPlane)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self.frame is None:
            return
        rect = QRectF(self.rect())
        t = self.t_near(event.position(), rect)
        if t:
            self.cursor_requested.emit(t)
        elif self._can_start_elsewhere and self._places(rect).area.contains(event.position()):
            h = self.frame.document.layers[self.selection.layer].initial_state["h"]
            units = tuple(self._units.tolist())
            start = tuple(float(h[unit]) for unit in units)
            self._start = StartDrag(Place(self.selection.layer, "h_0"), units, start)
            self._pressed, self._is_moving = event.position(), False
        elif t == 0:
            self.cursor_requested.emit(0)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not event.buttons() & Qt.MouseButton.LeftButton:
            self._let_go()  # if the release was lost, to another window for example
            self._show_what_a_click_does(event.position())
        elif self._start is not None:
            moved = (event.position() - self._pressed).manhattanLength() > _DEAD_ZONE
            self._is_moving = self._is_moving or moved
            if self._is_moving:
                self._start_at(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._start is None:
            return
        if not self._is_moving:
            if self.t_near(self._pressed, QRectF(self.rect())) == 0:
                self.cursor_requested.emit(0)
            else:
                self._start_at(self._pressed)
        self._let_go()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._start is not None:
            self.edit_requested.emit(self._start.edit_back())
            self._let_go()
        else:
            super().keyPressEvent(event)

    def _start_at(self, position: QPointF) -> None:
        assert self._start is not None
        values = self._places(QRectF(self.rect())).axes.values_at(position)
        self.edit_requested.emit(self._start.edit(values))

    def _let_go(self) -> None:
        """End the drag: all of it is one undo step, and the axes take the range that they need now."""
        if self._start is None:
            return
        self._start, self._is_moving = None, False
        self.gesture_ended.emit()
        if self.frame is not None:
            self.frame_shown()
            self.repaint_ground()

    def _show_what_a_click_does(self, position: QPointF) -> None:
        if self.frame is None:
            return
        rect = QRectF(self.rect())
        if self.t_near(position, rect) is not None:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        elif self._can_start_elsewhere and self._places(rect).area.contains(position):
            self.setCursor(Qt.CursorShape.CrossCursor)
        else:
            self.unsetCursor()


PLOT = PhasePlot
