"""The marks that plots are made of: curves, bars and heat maps, painted in device space."""

from __future__ import annotations

from typing import TypeVar, cast

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPaintEngine, QPainter, QPen
from shiboken6 import Shiboken

from rnnviz.core.activations import Array
from rnnviz.views.colours import Table, image_of

_Shape = TypeVar("_Shape", QLineF, QRectF)

# Qt draws wide antialiased polylines a hundred times slower than thin ones (it strokes every join), and round ends
# ten times slower than square ones. Separate segments with square ends look the same at these widths.
_WIDE_SEGMENTS = 3000
# Above this much antialiased line, in pixels, smooth edges cost more than a frame.
_SMOOTH_INK = 400_000


def is_screen(painter: QPainter) -> bool:
    """Return whether speed matters more than a few joins: false for figures on their way to a file."""
    return painter.paintEngine().type() == QPaintEngine.Type.Raster


def draw_curves(painter: QPainter, xs: Array, curves: Array, colours: list[QColor], width: float) -> None:
    """Draw one curve for each row of ``curves`` (curves, points), all over the same xs (points,), in pixels.

    A curve is interrupted where it is not finite. Where points are denser than two a pixel, each column of
    pixels gets its smallest and largest value, so no peak is lost.
    """
    xs, curves = _thinned(xs, curves)
    screen, segments = is_screen(painter), curves.size
    wide = not screen or segments <= _WIDE_SEGMENTS
    painter.save()
    if screen:
        with np.errstate(invalid="ignore"):
            ink = np.nansum(np.abs(np.diff(curves, axis=1))) + len(curves) * (xs[-1] - xs[0])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, bool(ink < _SMOOTH_INK))
    for curve, colour in zip(curves, colours, strict=True):
        pen = QPen(colour, width if wide else 1.0)
        pen.setCapStyle(Qt.PenCapStyle.SquareCap if screen else Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        for start, stop in _finite_runs(curve):
            _draw_run(painter, xs[start:stop], curve[start:stop])
    painter.restore()


def _draw_run(painter: QPainter, xs: Array, ys: Array) -> None:
    if len(xs) == 1:
        painter.setBrush(painter.pen().color())
        painter.drawEllipse(QPointF(xs[0], ys[0]), painter.pen().widthF(), painter.pen().widthF())
    elif is_screen(painter):
        draw_segments(painter, np.stack([xs[:-1], ys[:-1], xs[1:], ys[1:]], axis=1))
    else:
        painter.drawPolyline([QPointF(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)])


def draw_segments(painter: QPainter, lines: Array) -> None:
    """Draw separate lines (n, 4): x and y of one end, then of the other, in pixels."""
    if len(lines):
        rows = np.ascontiguousarray(lines, dtype=np.float64)
        painter.drawLines(*_in_place(QLineF, rows))


def curve_lines(xs: Array, curve: Array) -> Array:
    """Return a curve as separate lines (n, 4), thinned as `draw_curves` does.

    Those that are not finite are left out; a curve of one point is a short level line.
    """
    xs, (ys,) = _thinned(xs, curve[None])
    if len(xs) == 1:
        xs, ys = xs + np.array([-3.0, 3.0]), np.repeat(ys, 2)
    lines = np.stack([xs[:-1], ys[:-1], xs[1:], ys[1:]], axis=1)
    return lines if np.isfinite(ys).all() else lines[np.isfinite(lines).all(axis=1)]


def draw_dashed(painter: QPainter, lines: Array, pattern: tuple[float, ...]) -> None:
    """Draw lines (n, 4) one after the other as one dashed line; ``pattern`` has pixels of ink, gap, ink and so on.

    Qt's own dashes start anew with every line that is drawn by itself, and lines joined into one are slow.
    """
    if not is_screen(painter) or len(lines) <= _WIDE_SEGMENTS:
        lines = dashes(lines, pattern)
    draw_segments(painter, lines)


def dashes(lines: Array, pattern: tuple[float, ...]) -> Array:
    """Return the inked parts of lines (n, 4) that follow each other, (m, 4)."""
    lengths = np.hypot(lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1])
    lines, lengths = lines[lengths > 0], lengths[lengths > 0]
    if len(lines) == 0:
        return lines
    ends, switches = np.cumsum(lengths), np.cumsum(pattern)
    period, total = switches[-1], ends[-1]
    turns = (np.arange(np.ceil(total / period))[:, None] * period + switches).ravel()
    cuts = np.unique(np.concatenate([[0.0], ends, turns[turns < total]]))
    middles = (cuts[:-1] + cuts[1:]) / 2
    inked = np.searchsorted(switches, middles % period, side="right") % 2 == 0
    line = np.searchsorted(ends, middles[inked]).clip(max=len(lines) - 1)
    start, whole = (ends - lengths)[line], lengths[line]
    first, last = ((cut[inked] - start) / whole for cut in (cuts[:-1], cuts[1:]))
    origin, along = lines[line, :2], lines[line, 2:] - lines[line, :2]
    return np.hstack([origin + first[:, None] * along, origin + last[:, None] * along])


def _in_place(shape: type[_Shape], rows: Array) -> tuple[_Shape, int]:
    """Return rows of four numbers as Qt takes an array of shapes: the first one, and how many follow it.

    Both types are just four doubles, so the array is read where it lies and no object is made for each row.
    """
    return cast(_Shape, Shiboken.wrapInstance(rows.ctypes.data, shape)), len(rows)


def _finite_runs(ys: Array) -> list[tuple[int, int]]:
    finite = np.isfinite(ys)
    if finite.all():
        return [(0, len(ys))]
    edges = np.flatnonzero(np.diff(np.concatenate([[False], finite, [False]]).astype(np.int8)))
    return [(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]


def _thinned(xs: Array, curves: Array) -> tuple[Array, Array]:
    """Return the curves with at most two points a pixel: the extremes of each column."""
    points = len(xs)
    columns = max(1, int(abs(xs[-1] - xs[0])))
    per_column = points // columns
    if per_column < 3:
        return xs, curves
    missing = -points % per_column  # the last column is filled up with its last point
    blocks = np.pad(curves, ((0, 0), (0, missing)), mode="edge").reshape(len(curves), -1, per_column)
    thinned = np.empty((len(curves), 2 * blocks.shape[1]))
    thinned[:, 0::2], thinned[:, 1::2] = blocks.min(axis=2), blocks.max(axis=2)
    x = np.pad(xs, (0, missing), mode="edge").reshape(-1, per_column)
    return np.stack([x[:, 0], x[:, -1]], axis=1).ravel(), thinned


def draw_bars(painter: QPainter, lefts: Array, width: float, base: float, tops: Array, colours: list[QColor]) -> None:
    """Draw upright bars from ``base`` to each of ``tops``, in pixels; what is not finite is left out.

    ``colours`` has one colour for all bars, or some that are given out evenly by height: the first for bars of
    no height, the last for the tallest. More than one bar a pixel: the tallest is drawn.
    """
    lefts, tops, width = _thinned_bars(lefts, tops, width, base)
    finite = np.isfinite(tops)
    lefts, tops = lefts[finite], tops[finite]
    heights = np.abs(tops - base)
    shades = (heights / max(heights.max(initial=0.0), 1e-9) * (len(colours) - 1) + 0.5).astype(np.intp)
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, width < 12 or not is_screen(painter))
    for shade, colour in enumerate(colours):
        chosen = shades == shade
        painter.setBrush(colour)
        if width >= _ROUNDED:
            _draw_rounded(painter, lefts[chosen], width, base, tops[chosen])
        else:
            _draw_plain(painter, lefts[chosen], width, base, tops[chosen])
    painter.restore()


_ROUNDED = 5.0  # narrower bars have no room for round corners


def _draw_rounded(painter: QPainter, lefts: Array, width: float, base: float, tops: Array) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for left, top in zip(lefts.tolist(), tops.tolist(), strict=True):
        painter.drawRoundedRect(QRectF(left, min(top, base), width, abs(base - top)), 1.5, 1.5)


def _draw_plain(painter: QPainter, lefts: Array, width: float, base: float, tops: Array) -> None:
    if len(lefts) == 0:
        return
    widths = np.full(len(lefts), width)
    rects = np.stack([lefts, np.minimum(tops, base), widths, np.abs(tops - base)], axis=1)
    painter.drawRects(*_in_place(QRectF, rects))


def _thinned_bars(lefts: Array, tops: Array, width: float, base: float) -> tuple[Array, Array, float]:
    spacing = lefts[1] - lefts[0] if len(lefts) > 1 else width
    per_pixel = int(1.0 / max(spacing, 1e-9))
    if per_pixel < 2:
        return lefts, tops, width
    blocks = np.pad(tops, (0, -len(tops) % per_pixel), constant_values=np.nan).reshape(-1, per_pixel)
    heights = np.where(np.isfinite(blocks), np.abs(blocks - base), -1.0)
    tallest = blocks[np.arange(len(blocks)), heights.argmax(axis=1)]
    return lefts[::per_pixel], tallest, max(1.0, spacing * per_pixel)


def draw_heat_map(painter: QPainter, rect: QRectF, colours: Table) -> None:
    """Fill a rectangle with cells, (rows, columns) from the top; sharp edges, on any device."""
    columns = colours.shape[1]
    step = int(columns / max(1.0, 2.0 * rect.width()))
    if step >= 2 and is_screen(painter):
        colours = colours[:, ::step]
    draw_image(painter, rect, image_of(colours))


def draw_image(painter: QPainter, rect: QRectF, image: QImage) -> None:
    """Draw an image into a rectangle without smoothing between its pixels."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=False)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    painter.drawImage(rect, image)
    painter.restore()


def mark_floor(painter: QPainter, xs: Array, base: float, half: float, colour: QColor) -> None:
    """Stand a small hollow triangle, twice ``half`` wide, on the floor at each x: what is 0 or below the axis."""
    painter.setPen(QPen(colour, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if half < 1:
        for x in np.unique(np.round(xs)).tolist():
            painter.drawLine(QPointF(x, base - 1), QPointF(x, base - 4))
        return
    for x in xs.tolist():
        painter.drawPolygon([QPointF(x - half, base - 1), QPointF(x + half, base - 1), QPointF(x, base - 1 - 2 * half)])
