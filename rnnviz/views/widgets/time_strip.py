"""A strip with all of a long sequence in it, to choose what plots over time show of it."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from rnnviz.core.activations import Array
from rnnviz.core.measures.norms import norms
from rnnviz.session.session import Session
from rnnviz.session.time_range import TimeRange, between
from rnnviz.views.colours import mixed
from rnnviz.views.marks import by_column, draw_segments
from rnnviz.views.plots._time_hand import ZOOM, notches_of
from rnnviz.views.theme import Theme

LONG = 200  # steps, from which on the strip is shown
_MARGIN = 12  # px, that of the slider below
_HEIGHT = 34  # px
_REACH = 6  # px from an end of the range in which it is taken hold of
_LEAST_DRAG = 3  # px
_FLOOR = 0.2  # of the height, below the smallest norm

Part = Literal["first", "last", "body", "beside"]
_SHAPES = {
    "first": Qt.CursorShape.SizeHorCursor,
    "last": Qt.CursorShape.SizeHorCursor,
    "body": Qt.CursorShape.OpenHandCursor,
    "beside": Qt.CursorShape.CrossCursor,
}


class _Drag(NamedTuple):
    """What was taken hold of, the place of the press, and the range as it was then."""

    part: Part
    x: float
    before: TimeRange


class TimeStrip(QWidget):
    """The norm of the hidden state over all of time, and in it the part that plots over time show.

    It is there for sequences of more than 200 steps, and whenever only a part of time is shown.
    """

    def __init__(self, session: Session, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._theme = session, theme
        self._norms: Array | None = None
        self._picture: QPixmap | None = None  # of everything but the cursor
        self._t = session.cursor
        self._drag: _Drag | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Visible part of time")
        self.setToolTip(
            "All of the sequence: ‖hₜ‖ of the selected layer, from its smallest to its largest value. The frame is "
            "what plots over time show. Drag the frame, or its ends; drag beside it for another; double-click for all. "
            "The wheel zooms around the pointer, with Shift it goes through time."
        )
        session.frame_changed.connect(self._show_numbers)
        session.selection_changed.connect(self._show_numbers)
        session.time_range_changed.connect(self._show_range)
        session.cursor_changed.connect(self._show_cursor)
        self._show_range()

    # What is shown

    @property
    def time_range(self) -> TimeRange:
        """The part of time in the frame."""
        return self._session.time_range or TimeRange(0, self._last)

    @property
    def _last(self) -> int:
        return self._session.frame.last_step

    def norms(self) -> Array:
        """Return ‖h_t‖ of the selected layer and sequence, t = 0…T; nan in the padding."""
        if self._norms is None:
            frame, selection = self._session.frame, self._session.shown_selection
            self._norms = norms(frame.layers[selection.layer].states["h"][selection.sample])
            self._norms[frame.document.input.length(selection.sample) + 1 :] = np.nan
        return self._norms

    def _show_numbers(self, _: object) -> None:
        self._norms = None
        self._show_range()

    def _show_range(self, *_: object) -> None:
        chosen = self._session.time_range
        self.setVisible(chosen is not None or self._last > LONG)
        words = "all steps" if chosen is None else f"steps {chosen.first} to {chosen.last}"
        self.setAccessibleDescription(f"{words} of 0 to {self._last}")
        self._repaint()

    def _show_cursor(self, t: int) -> None:
        half = self._theme.px(2)
        for x in (self.x_of(self._t), self.x_of(t)):
            self.update(QRectF(x - half, 0, 2 * half, self.height()).toAlignedRect())
        self._t = t

    def _repaint(self) -> None:
        self._picture = None
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._picture = None
        super().resizeEvent(event)

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._theme = theme
        self.updateGeometry()
        self._repaint()

    def sizeHint(self) -> QSize:
        return QSize(round(self._theme.px(400)), round(self._theme.px(_HEIGHT)))

    def minimumSizeHint(self) -> QSize:
        return QSize(round(self._theme.px(120)), round(self._theme.px(_HEIGHT)))

    # Where things are

    def x_of(self, t: float) -> float:
        """Return where a time is, above the same time of the slider."""
        margin = self._theme.px(_MARGIN)
        return margin + (self.width() - 2 * margin) * t / max(self._last, 1)

    def t_at(self, x: float) -> float:
        """Return the time at a place, within the sequence."""
        margin = self._theme.px(_MARGIN)
        t = (x - margin) / max(self.width() - 2 * margin, 1) * self._last
        return min(max(t, 0.0), float(self._last))

    def part_at(self, x: float) -> Part:
        """Return what is taken hold of at a place. All of time has ends, but it cannot be moved."""
        ends = (self.x_of(self.time_range.first), self.x_of(self.time_range.last))
        away = [abs(x - end) for end in ends]
        if min(away) <= self._theme.px(_REACH):
            return "first" if away[0] < away[1] else "last"
        is_inside = self._session.time_range is not None and ends[0] < x < ends[1]
        return "body" if is_inside else "beside"

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        ratio = self.devicePixelRatioF()
        if self._picture is None or self._picture.devicePixelRatio() != ratio:
            self._picture = QPixmap(self.size() * ratio)
            self._picture.setDevicePixelRatio(ratio)
            with QPainter(self._picture) as painter:
                self._paint_picture(painter)
        with QPainter(self) as painter:
            painter.drawPixmap(0, 0, self._picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(self._theme.accent), self._theme.px(1.2)))
            track, x = self._track(), self.x_of(self._session.cursor)
            painter.drawLine(QPointF(x, track.top()), QPointF(x, track.bottom()))

    def _track(self) -> QRectF:
        px = self._theme.px
        return QRectF(self.x_of(0), px(2), self.x_of(self._last) - self.x_of(0), self.height() - px(4))

    def _paint_picture(self, painter: QPainter) -> None:
        theme, px, track = self._theme, self._theme.px, self._track()
        left, right = self.x_of(self.time_range.first), self.x_of(self.time_range.last)
        frame = QRectF(left, track.top(), max(right - left, px(2)), track.height())
        painter.fillRect(self.rect(), QColor(theme.bar))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.card))
        painter.drawRoundedRect(frame, px(3), px(3))
        self._paint_norms(painter, track)
        if self._session.time_range is not None:
            self._paint_frame(painter, track, frame)

    def _paint_norms(self, painter: QPainter, track: QRectF) -> None:
        """Draw a column for each pixel: pale up to its largest norm, stronger from its smallest."""
        values = self.norms()
        values = np.where(np.isfinite(values), values, np.nan)
        per_column = max(1, int(np.ceil(len(values) / max(track.width(), 1.0))))
        lows, highs = (by_column(values[None], per_column, extreme)[0] for extreme in (np.fmin, np.fmax))
        finite = np.isfinite(highs)
        if not finite.any():
            return
        usual = values[1:][np.isfinite(values[1:])]  # h_0 is often 0, far below all others
        least, most = (float(usual.min()), float(usual.max())) if len(usual) else (0.0, 1.0)
        xs = np.array([self.x_of(t) for t in (0.0, 1.0)])
        xs = (xs[0] + (np.arange(len(highs)) * per_column) * (xs[1] - xs[0]))[finite]
        width = per_column * track.width() / max(self._last, 1)
        inner = track.adjusted(0, self._theme.px(3), 0, 0)

        def ys(norm: Array) -> Array:
            part = _FLOOR + (1 - _FLOOR) * ((norm[finite] - least) / max(most - least, 1e-300)).clip(-1, 1)
            return np.asarray(inner.bottom() - part * inner.height())

        low, high, floor = ys(lows), ys(highs), np.full(len(xs), inner.bottom())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        for tops, ends, strength in ((high, floor, 0.3), (high, np.maximum(low, high + 1.0), 0.8)):
            pen = QPen(mixed(self._theme.card, self._theme.muted, strength), max(width, 1.0))
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            painter.setPen(pen)
            draw_segments(painter, np.stack([xs, tops, xs, ends], axis=1))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _paint_frame(self, painter: QPainter, track: QRectF, frame: QRectF) -> None:
        """Let what is not shown recede, and draw the frame with a grip at each end."""
        theme, px = self._theme, self._theme.px
        veil = QColor(theme.bar)
        veil.setAlphaF(0.68)
        painter.fillRect(QRectF(0, 0, frame.left(), self.height()), veil)
        painter.fillRect(QRectF(frame.right(), 0, self.width() - frame.right(), self.height()), veil)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.muted), px(1)))
        painter.drawRoundedRect(frame, px(3), px(3))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.on))
        for x in (frame.left(), frame.right()):
            grip = QRectF(x - px(2), track.center().y() - px(7), px(4), px(14))
            painter.drawRoundedRect(grip, px(2), px(2))

    # The hand

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the frame, or begin another beside it."""
        if event.button() == Qt.MouseButton.LeftButton:
            x = event.position().x()
            self._drag = _Drag(self.part_at(x), x, self.time_range)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the frame, or one of its ends."""
        x = event.position().x()
        if self._drag is None:
            self.setCursor(_SHAPES[self.part_at(x)])
        elif self._session.time_range is not None or abs(x - self._drag.x) > self._theme.px(_LEAST_DRAG):
            self._session.set_time_range(self._dragged(self._drag, x))

    def _dragged(self, drag: _Drag, x: float) -> TimeRange:
        t, from_t = round(self.t_at(x)), round(self.t_at(drag.x))
        if drag.part == "body":
            return drag.before.moved(t - from_t, self._last)
        fixed = {"first": drag.before.last, "last": drag.before.first}.get(drag.part, from_t)
        return between(fixed, t, self._last)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go. A click beside the frame brings it there."""
        drag, self._drag = self._drag, None
        if drag is None or drag.part != "beside" or self._session.time_range is None:
            return
        x = event.position().x()
        if abs(x - drag.x) <= self._theme.px(_LEAST_DRAG):
            middle = (drag.before.first + drag.before.last) // 2
            self._session.set_time_range(drag.before.moved(round(self.t_at(x)) - middle, self._last))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show all of time."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._session.set_time_range(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom around the pointer; with Shift go through time."""
        notches, shown = notches_of(event), self.time_range
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._session.set_time_range(shown.moved(round(-notches * 0.1 * shown.steps), self._last))
        else:
            around = min(max(self.t_at(event.position().x()), shown.first), shown.last)
            self._session.set_time_range(shown.zoomed(around, ZOOM**notches, self._last))
        event.accept()
