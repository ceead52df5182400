"""Plots over time: panels above each other on one time axis, with one cursor through all of them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QMouseEvent, QPainter, QPen, QPixmap

from rnnviz.core.activations import Array
from rnnviz.document.links import Focus, Spot, Step
from rnnviz.session.time_range import TimeRange
from rnnviz.views.axes import Kind, paint_grid, paint_left_axis, paint_time_axis
from rnnviz.views.colours import mixed
from rnnviz.views.fonts import ui_font
from rnnviz.views.marks import draw_heat_map
from rnnviz.views.plots._base import Ghost, Plot
from rnnviz.views.plots._curtain import HIDDEN, paint_blanks
from rnnviz.views.plots._ghosts import paint_ghost_legend
from rnnviz.views.plots._lit import light_steps, step_rect
from rnnviz.views.plots._sequence import border_pen, border_words, describe_border, describe_padding, paint_veils
from rnnviz.views.plots._time_hand import TimeHand

Scale = Literal["linear", "log", "rows"]

_DASHED = "dashed"  # in a legend, instead of a colour
_CROWDED = (
    "\n\n{steps} steps share a column of pixels: of them curves show the smallest and the largest value, "
    "bars and maps the one of largest magnitude. Ctrl and the wheel show less of time."
)
DENSEST_BORDERS = 4.0  # px between two of them; closer, they would hide the data


@dataclass(frozen=True, slots=True)
class Ramp:
    """The legend of a map: its colours (ARGB32) from low to high, with the numbers at both ends."""

    colours: tuple[int, ...]
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class PanelSpec:
    """What one panel shows.

    Attributes:
        low, high: the range of its values; exponents of ten on a log scale.
        scale: linear; log, with labels at powers of ten; or rows, one for each of ``rows`` from the top.
        rows: the labels of the rows, with their colours.
        height: its share of the height.
        caption: words above the panel, at the left.
        legend: what the colours mean, above the panel at the right: (colour, words), or (None, words).
        ramp: the colours of a map, beside the caption.
        border: what a dashed line across the panels means, in the legend too.
        ghosts: the number and the name of each ghost that is drawn, in the legend too.
    """

    low: float
    high: float
    scale: Scale = "linear"
    rows: tuple[tuple[str, str], ...] = ()
    height: float = 1.0
    caption: str = ""
    legend: tuple[tuple[str | None, str], ...] = ()
    ramp: Ramp | None = None
    border: str = ""
    ghosts: tuple[tuple[int, str], ...] = ()

    @property
    def has_head(self) -> bool:
        """Whether there are words above the panel."""
        return bool(self.caption or self.legend or self.border or self.ghosts)

    def without_legend(self) -> PanelSpec:
        """Return the same panel without what says what colours and dashes mean."""
        return replace(self, legend=(), ramp=None, border="", ghosts=())


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel in its place: turns times and values into pixels of ``rect``.

    Attributes:
        first, last: the times at the left and the right end of ``rect``.
        seen: the part of ``rect`` that is seen, where it holds more of time than is to be seen.
    """

    spec: PanelSpec
    rect: QRectF
    first: float
    last: float
    seen: QRectF

    def x(self, t: ArrayLike) -> Array:
        """Return the horizontal place of a time."""
        return self.rect.left() + (np.asarray(t, dtype=np.float64) - self.first) * (
            self.rect.width() / (self.last - self.first)
        )

    def x_of(self, t: float) -> float:
        """Return the horizontal place of one time: what `x` gives, without the cost of an array."""
        return self.rect.left() + (t - self.first) * (self.rect.width() / (self.last - self.first))

    def y(self, value: Array | float) -> Array:
        """Return the vertical place of a value (its exponent on a log scale), kept near the panel."""
        with np.errstate(invalid="ignore"):
            part = (np.asarray(value) - self.spec.low) / (self.spec.high - self.spec.low)
            return self.rect.bottom() - np.clip(part, -1.0, 2.0) * self.rect.height()

    @property
    def steps_rect(self) -> QRectF:
        """The part of ``rect`` from t = 1 on, where a map of inputs or outputs has its columns."""
        return self.rect.adjusted(self.step, 0, 0, 0)

    @property
    def step(self) -> float:
        """The width of one time step."""
        return self.rect.width() / (self.last - self.first)

    def of_all_time(self, last_t: int) -> Panel:
        """Return the panel stretched to hold t = 0 … last_t, every step where it is; ``seen`` stays."""
        ends = np.array([-0.5, last_t + 0.5])
        left, right = self.x(ends).tolist()
        rect = QRectF(left, self.rect.top(), right - left, self.rect.height())
        return replace(self, rect=rect, first=float(ends[0]), last=float(ends[1]))

    def shows(self, t: ArrayLike) -> NDArray[np.bool_]:
        """Return which of some times, (n,), are seen: in whole or in part."""
        x, reach = self.x(t), self.step / 2
        seen: NDArray[np.bool_] = (x > self.seen.left() - reach) & (x < self.seen.right() + reach)
        return seen


def _placed(
    specs: tuple[PanelSpec, ...],
    rect: QRectF,
    left: float,
    text_px: float,
    visible: TimeRange,
) -> tuple[Panel, ...]:
    """Return panels in their places."""

    def px(size: float) -> float:
        return size * text_px / 12.0

    area = rect.adjusted(left, 0, -px(14), -px(24))
    shares = sum(spec.height for spec in specs) or 1.0
    heads = [px(22) if spec.has_head else px(8) for spec in specs]
    free = max(area.height() - sum(heads), 1.0)
    panels, top = [], area.top()
    for spec, head in zip(specs, heads, strict=True):
        height = free * spec.height / shares
        inner = QRectF(area.left(), top + head, max(area.width(), 1.0), max(height, 1.0))
        panels.append(Panel(spec, inner, visible.first - 0.5, visible.last + 0.5, inner))
        top += head + height
    return tuple(panels)


class TimePlot(Plot):
    """A plot over time. It says which panels there are and paints the data of each.

    Axes, the cursor, the padding of the selected sequence and the borders of windows are done here.
    """

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._axes_pixmap: QPixmap | None = None
        self._axes_key: object = None
        self._panel_specs: tuple[PanelSpec, ...] = ()
        # Panels, and of what they were made: every step of the cursor asks for them several times.
        self._placed: tuple[tuple[PanelSpec, ...], object, tuple[Panel, ...]] = ((), None, ())
        self._ghost_values: tuple[tuple[Ghost, Array], ...] = ()
        self._hand = TimeHand(self)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def panel_specs(self) -> tuple[PanelSpec, ...]:
        """Return the panels for the shown frame, from the top."""
        raise NotImplementedError

    def paint_panel(self, painter: QPainter, panel: Panel, number: int) -> None:
        """Paint the data of one panel; the painter is clipped to what is seen of it.

        The panel is that of all time, so that nothing needs to be known here of the part that is seen. What would
        be slow to paint for thousands of steps asks `Panel.shows`; words go into ``panel.seen``.
        """
        raise NotImplementedError

    def ghost_values(self, ghost: Ghost) -> Array | None:  # noqa: ARG002
        """Return what is drawn of a ghost, without padding; None if it has nothing of the kind, as by default."""
        return None

    def paint_ghost(self, painter: QPainter, panel: Panel, number: int, ghost: Ghost, values: Array) -> None:
        """Paint a ghost's values into one panel; the painter is clipped to it."""

    @property
    def ghosts_are_over(self) -> bool:
        """Whether ghosts are thin lines over the data, because bars or a map would hide them; they are behind it."""
        return False

    @property
    def shown_ghosts(self) -> tuple[tuple[Ghost, Array], ...]:
        """The ghosts that are drawn, with what is drawn of them."""
        return self._ghost_values

    def ghosts_shown(self) -> None:
        found = ((ghost, self.ghost_values(ghost)) for ghost in self.ghosts)
        self._ghost_values = tuple((ghost, values) for ghost, values in found if values is not None)

    def describe_step(self, t: int) -> str:  # noqa: ARG002
        """Return what there is to say of a step that is not padding; the plot's meaning by default."""
        return self.spec.meaning

    @property
    def last_t(self) -> int:
        """The last t on the axis."""
        return 1 if self.document is None else self.document.timesteps

    @property
    def visible(self) -> TimeRange:
        """The part of time that is on the axis."""
        whole = TimeRange(0, self.last_t)
        return whole if self.time_range is None else self.time_range.within(self.last_t)

    def show_time_range(self, time_range: TimeRange | None) -> None:
        if time_range != self.time_range:
            self.time_range = time_range
            self.repaint_ground()

    @property
    def length(self) -> int:
        """The last t of the selected sequence that is not padding."""
        return 1 if self.document is None else self.document.input.length(self.selection.sample)

    @property
    def borders(self) -> range:
        """The steps of the selected sequence behind which a window ends."""
        return range(0) if self.document is None else self.document.borders(self.selection.sample)

    def bordered_specs(self) -> tuple[PanelSpec, ...]:
        """Return the panels; the legend of the first says what borders of windows are, and names the ghosts."""
        specs, window = self.panel_specs(), None if self.document is None else self.document.window
        border = "" if window is None or not self.borders else border_words(window)
        ghosts = tuple((ghost.number, ghost.name) for ghost, _ in self.shown_ghosts)
        if not self.shows_legend:
            return tuple(spec.without_legend() for spec in specs)
        if not (border or ghosts):
            return specs
        return replace(specs[0], border=border, ghosts=ghosts), *specs[1:]

    def panels(self, rect: QRectF) -> tuple[Panel, ...]:
        """Return the panels in their places, for a plot that fills the rectangle."""
        place = (rect.getRect(), self.left_margin(), self.theme.text_px, self.time_range, self.last_t)
        specs, placing, panels = self._placed
        if specs is not self._panel_specs or placing != place:
            panels = _placed(self._panel_specs, rect, self.left_margin(), self.theme.text_px, self.visible)
            self._placed = self._panel_specs, place, panels
        return panels

    def left_margin(self) -> float:
        """Return the room for labels: the same in every plot over time, so that their time axes line up."""
        return self.theme.px(46)

    # Painting

    def paint_ground(self, painter: QPainter, rect: QRectF) -> None:
        self._panel_specs = self.bordered_specs()
        panels = self.panels(rect)
        if self._paints_itself(painter, rect):
            self._paint_kept_axes(painter, rect, panels)
        else:
            self._paint_axes(painter, panels)
        for number, panel in enumerate(panels):
            painter.save()
            painter.setClipRect(panel.rect.adjusted(-1, -1, 1, 1))
            self.paint_panel(painter, panel.of_all_time(self.last_t), number)
            painter.restore()
        if self.ghosts_are_over:
            self._paint_ghosts(painter, panels)
        self._paint_borders(painter, panels)
        self._paint_padding(painter, panels)
        self._paint_hidden(painter, panels)

    def _paints_itself(self, painter: QPainter, rect: QRectF) -> bool:
        return isinstance(painter.device(), QPixmap) and rect == QRectF(self.rect())

    def _paint_ghosts(self, painter: QPainter, panels: tuple[Panel, ...]) -> None:
        for number, panel in enumerate(panels if self.shown_ghosts else ()):
            painter.save()
            painter.setClipRect(panel.rect.adjusted(-1, -1, 1, 1))
            for ghost, values in self.shown_ghosts:
                self.paint_ghost(painter, panel.of_all_time(self.last_t), number, ghost, values)
            painter.restore()

    def _paint_kept_axes(self, painter: QPainter, rect: QRectF, panels: tuple[Panel, ...]) -> None:
        """Paint axes, and the ghosts behind the data, from a pixmap that lasts as long as they do."""
        ratio = self.devicePixelRatioF()
        ghosts = (self.ghosts, self.selection) if self.ghosts else None
        key = (self._panel_specs, rect.size(), ratio, self.theme, self.visible, self.last_t, ghosts)
        if self._axes_pixmap is None or key != self._axes_key:
            self._axes_pixmap = QPixmap(self.size() * ratio)
            self._axes_pixmap.setDevicePixelRatio(ratio)
            self._axes_pixmap.fill(self.theme.card)
            with QPainter(self._axes_pixmap) as axes_painter:
                axes_painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                self._paint_axes(axes_painter, panels)
            self._axes_key = key
        painter.drawPixmap(0, 0, self._axes_pixmap)

    def _paint_axes(self, painter: QPainter, panels: tuple[Panel, ...]) -> None:
        for panel in panels:
            self._paint_head(painter, panel)
            if panel.spec.scale == "rows":
                self._paint_row_labels(painter, panel)
            else:
                self._paint_values(painter, panel)
        if panels:
            last = panels[-1]
            place = QRectF(last.rect.left(), last.rect.bottom(), last.rect.width(), self.theme.px(24))
            paint_time_axis(painter, self.theme, place, last.first, last.last)
        if not self.ghosts_are_over:
            self._paint_ghosts(painter, panels)

    def _paint_values(self, painter: QPainter, panel: Panel) -> None:
        kind: Kind = "log" if panel.spec.scale == "log" else "linear"
        low, high, rect = panel.spec.low, panel.spec.high, panel.rect
        beside = QRectF(0, rect.top(), rect.left(), rect.height())
        paint_left_axis(painter, self.theme, beside, kind, low, high)
        paint_grid(painter, self.theme, rect, kind, low, high)

    def _paint_row_labels(self, painter: QPainter, panel: Panel) -> None:
        rows = panel.spec.rows
        height = panel.rect.height() / max(len(rows), 1)
        size = min(self.theme.px(11), height * 0.95)
        if size < self.theme.words(7):
            return
        painter.setFont(ui_font(size, QFont.Weight.DemiBold))
        for number, (label, colour) in enumerate(rows):
            painter.setPen(QColor(colour))
            place = QRectF(0, panel.rect.top() + number * height, panel.rect.left() - self.theme.px(8), height)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, label)

    def _paint_head(self, painter: QPainter, panel: Panel) -> None:
        """Paint the caption at the left and the legend at the right, above the panel, as far as there is room."""
        px, spec = self.theme.px, panel.spec if self.shows_legend else panel.spec.without_legend()
        font = ui_font(px(11))
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        baseline = panel.rect.top() - px(8)
        painter.setPen(QColor(self.theme.muted))
        caption = metrics.elidedText(spec.caption, Qt.TextElideMode.ElideRight, panel.rect.width())
        painter.drawText(QPointF(panel.rect.left(), baseline), caption)
        legend = (*spec.legend, (_DASHED, spec.border)) if spec.border else spec.legend
        widths = [metrics.horizontalAdvance(words) + px(30) for _, words in legend]
        used = metrics.horizontalAdvance(caption)
        if spec.ramp is not None:
            used += self._paint_ramp(painter, spec.ramp, QPointF(panel.rect.left() + used + px(10), baseline))
        room = panel.rect.width() - used
        while widths and sum(widths) > room:
            widths.pop()
        x = panel.rect.right() - sum(widths) + px(12)
        free = QRectF(
            QPointF(panel.rect.right() - room, panel.rect.top() - px(20)), QPointF(x - px(4), baseline + px(4))
        )
        paint_ghost_legend(painter, self.theme, free, spec.ghosts)
        painter.setFont(font)
        for (colour, words), width in zip(legend, widths, strict=False):
            if colour == _DASHED:
                painter.setPen(border_pen(self.theme))
                painter.drawLine(QPointF(x + px(8), baseline - px(9)), QPointF(x + px(8), baseline + px(3)))
            elif colour is not None:
                self._paint_swatch(painter, QRectF(x, baseline - px(7), px(12), px(7)), colour)
            painter.setPen(QColor(self.theme.muted))
            painter.drawText(QPointF(x + px(16), baseline), words)
            x += width

    def _paint_swatch(self, painter: QPainter, rect: QRectF, colour: str) -> None:
        """Paint a colour of the legend; the neutral one, hardly different from the ground, with an outline."""
        painter.fillRect(rect, QColor(colour))
        if colour == self.theme.neutral:
            painter.setPen(QPen(mixed(self.theme.card, self.theme.muted, 0.5), 1.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect)

    def mark_overflow(self, painter: QPainter, panel: Panel, steps: Array) -> None:
        """Write into a panel where numbers, going back in time, stop being finite: nothing is drawn there."""
        if len(steps) == 0:
            return
        font = ui_font(self.theme.px(11))
        painter.setFont(font)
        painter.setPen(QColor(self.theme.warning))
        words = f"overflow at t ≤ {int(steps.max())}"
        seen, width = panel.seen, QFontMetricsF(font).horizontalAdvance(words)
        x = max(min(float(panel.x(steps.min())), seen.right() - width), seen.left())
        painter.drawText(QPointF(x, panel.rect.top() + self.theme.px(14)), words)

    def _paint_ramp(self, painter: QPainter, ramp: Ramp, place: QPointF) -> float:
        """Paint the legend of a map from a point on the baseline; return how much room it took."""
        px, metrics = self.theme.px, QFontMetricsF(ui_font(self.theme.px(11)))
        bar = QRectF(place.x() + metrics.horizontalAdvance(ramp.low) + px(5), place.y() - px(8), px(72), px(8))
        painter.drawText(place, ramp.low)
        painter.drawText(QPointF(bar.right() + px(5), place.y()), ramp.high)
        draw_heat_map(painter, bar, np.array([ramp.colours], dtype=np.uint32))
        return bar.right() + px(10) + metrics.horizontalAdvance(ramp.high) - place.x()

    # Windows and padding

    def _paint_borders(self, painter: QPainter, panels: tuple[Panel, ...]) -> None:
        """Draw a dashed line between the last step of a window and the first of the next."""
        spacing = panels[0].step * self.borders.step if self.borders else 0.0
        if spacing < self.theme.px(DENSEST_BORDERS):
            return
        painter.setPen(border_pen(self.theme, spacing))
        borders = np.array(self.borders) + 0.5
        for panel in panels:
            for x in panel.x(borders[panel.shows(borders)]).tolist():
                painter.drawLine(QPointF(x, panel.rect.top()), QPointF(x, panel.rect.bottom()))

    def _paint_padding(self, painter: QPainter, panels: tuple[Panel, ...]) -> None:
        """Cover what comes after the end of the sequence."""
        if self.length >= self.visible.last:
            return
        left = max(float(panels[0].x(self.length + 0.5)), panels[0].rect.left())
        paint_veils(painter, self.theme, [_from(left, panel.rect) for panel in panels])

    # What is hidden

    def is_hidden(self, t: int) -> bool:
        """Return whether the curtain hides a step of this plot."""
        if self.curtain is None:
            return False
        if self.curtain.direction == "forward":
            return t > self.curtain.t
        return self.spec.comes == "backward" and t < self.curtain.t

    def _paint_hidden(self, painter: QPainter, panels: tuple[Panel, ...]) -> None:
        if self.curtain is None or not panels:
            return
        if self.is_hidden(self.last_t):
            left = max(float(panels[0].x(self.curtain.t + 0.5)), panels[0].rect.left() + 1)
            rects = [panel.rect for panel in panels if left <= panel.rect.right()]
            paint_blanks(painter, self.theme, [_from(left, rect) for rect in rects])
        elif self.is_hidden(0):
            right = min(float(panels[0].x(self.curtain.t - 0.5)), panels[0].rect.right() + 1)
            rects = [panel.rect for panel in panels if right > panel.rect.left()]
            blanks = [QRectF(r.left() + 1, r.top() - 1, right - r.left() - 1, r.height() + 2) for r in rects]
            paint_blanks(painter, self.theme, blanks)

    # What is lit up

    def lit_things(self) -> tuple[Spot, ...]:
        """Return what is lit of that which is drawn here: by default the steps of the selected layer's units."""
        units = () if self.links is None else self.links.units(self.selection.layer)
        return tuple(spot._replace(number=None) for spot in units)

    def lit_spots(self) -> tuple[Spot, ...]:
        """Return what is lit and seen, and if a step is pointed at, that step, but nothing lit because all is."""
        spots = tuple(spot for spot in self.lit_things() if spot.t is None or self.visible.holds(spot.t))
        if self.links is not None and isinstance(self.links.focus, Step):
            t = self.links.focus.t
            here = (Spot("focus", None, t),) if self.visible.holds(t) else ()
            spots = (*(spot for spot in spots if spot.t != t), *here)
        return tuple(spot for spot in spots if spot.number is not None or spot.t is not None)

    def paint_lit_panel(self, painter: QPainter, panel: Panel, number: int, spots: tuple[Spot, ...]) -> None:  # noqa: ARG002
        """Light up what is lit in one panel; the painter is clipped to it. By default the steps alone."""
        light_steps(painter, self.theme, panel, spots)

    def paint_links(self, painter: QPainter, rect: QRectF) -> None:
        spots = self.lit_spots()
        for number, panel in enumerate(self.panels(rect) if spots else ()):
            painter.save()
            painter.setClipRect(panel.rect.adjusted(-2, -2, 2, 2), Qt.ClipOperation.IntersectClip)
            self.paint_lit_panel(painter, panel, number, spots)
            painter.restore()

    def links_region(self, rect: QRectF) -> list[QRect]:
        spots, panels = self.lit_spots(), self.panels(rect)
        if any(spot.number is not None for spot in spots):
            return [panel.rect.adjusted(-3, -3, 3, 3).toAlignedRect() for panel in panels]
        steps = [spot.t for spot in spots if spot.t is not None]
        ends = {min(steps), max(steps)} if steps else set()
        # one part for each panel: painting is several times slower where the region is made of many
        columns = [[step_rect(panel, t) for t in ends] for panel in panels]
        return [each[0].united(each[-1]).adjusted(-3, -3, 3, 3).toAlignedRect() for each in columns if each]

    def panel_at(self, position: QPointF, rect: QRectF) -> tuple[int, Panel, int] | None:
        """Return the number of the panel at a position, the panel and the step; None outside and in the padding."""
        for number, panel in enumerate(self.panels(rect)):
            if panel.rect.contains(position):
                t = round(panel.first + (position.x() - panel.rect.left()) / panel.step)
                return (number, panel, t) if 0 <= t <= self.length else None
        return None

    def focus_at(self, position: QPointF, rect: QRectF) -> Focus | None:
        """Return the step at a position."""
        found = self.panel_at(position, rect)
        return None if found is None else Step(found[2])

    # The cursor

    def cursor_x(self, rect: QRectF) -> float | None:
        """Return where the cursor's line is, or None if t is not on this plot's axis."""
        panels = self.panels(rect)
        if not panels or not self.visible.holds(self.cursor_t):
            return None
        return panels[0].x_of(self.cursor_t)

    def cursor_region(self, rect: QRectF) -> list[QRect]:
        x = self.cursor_x(rect)
        if x is None:
            return []
        half = self.theme.px(3)
        return [QRectF(x - half, rect.top(), 2 * half, rect.height()).toAlignedRect()]

    def paint_cursor(self, painter: QPainter, rect: QRectF) -> None:
        x = self.cursor_x(rect)
        if x is None:
            return
        panels = self.panels(rect)
        painter.setPen(QPen(QColor(self.theme.accent), self.theme.px(1.6)))
        painter.drawLine(QPointF(x, panels[0].rect.top()), QPointF(x, panels[-1].rect.bottom()))

    # The mouse

    def t_at(self, position: QPointF) -> int:
        """Return the nearest t on the axis."""
        visible = self.visible
        return min(max(round(self.time_at(position)), visible.first), visible.last)

    def time_at(self, position: QPointF) -> float:
        """Return the time at a position, between two steps too; that of the first step before there is an axis."""
        panels = self.panels(QRectF(self.rect()))
        if not panels:
            return 0.0
        return panels[0].first + (position.x() - panels[0].rect.left()) / panels[0].step

    def describe(self, position: QPointF, rect: QRectF) -> str:
        """Return what is at a position: padding, or a step and the border of a window beside it."""
        t = self.t_at(position)
        if self.is_hidden(t):
            return HIDDEN
        if t > self.length:
            return describe_padding(t, self.length)
        words = self.describe_step(t) + self._describe_crowd(rect)
        window = None if self.document is None else self.document.window
        border = self._border_near(position, rect)
        return words if window is None or border is None else f"{describe_border(window, border)}\n\n{words}"

    def _describe_crowd(self, rect: QRectF) -> str:
        """Return what is drawn where several steps share a column of pixels; nothing where they do not."""
        panels = self.panels(rect)
        if not panels or panels[0].step >= 1:
            return ""
        return _CROWDED.format(steps=math.ceil(1 / panels[0].step))

    def _border_near(self, position: QPointF, rect: QRectF) -> int | None:
        """Return the step behind which a border is within reach of the pointer."""
        panels = self.panels(rect)
        if not self.borders or not panels:
            return None
        t = panels[0].first + (position.x() - panels[0].rect.left()) / panels[0].step
        reach = min(self.theme.px(5) / panels[0].step, 0.5)
        near = round(t - 0.5)
        return near if near in self.borders and abs(t - 0.5 - near) <= reach else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.cursor_requested.emit(self.t_at(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.cursor_requested.emit(self.t_at(event.position()))


def _from(left: float, rect: QRectF) -> QRectF:
    """Return the part of a panel right of ``left``, and the pixel around it that data may reach into."""
    return QRectF(left, rect.top() - 1, rect.right() + 1 - left, rect.height() + 2)
