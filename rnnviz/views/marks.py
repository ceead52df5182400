"""The marks that plots are made of: curves, bars and heat maps, painted in device space.

What lies outside the painter's clip is left out, and of more samples than pixels only what can be told apart is drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPaintEngine, QPainter, QPen
from shiboken6 import Shiboken

from rnnviz.core.activations import Array
from rnnviz.views.colours import Table, image_of

_Shape = TypeVar("_Shape", QLineF, QRectF, QRect)

# Qt draws wide antialiased polylines a hundred times slower than thin ones (it strokes every join), and round ends
# ten times slower than square ones. Separate segments with square ends look the same at these widths.
_WIDE_SEGMENTS = 3000
# Above this much antialiased line, in pixels, smooth edges cost more than a frame.
_SMOOTH_INK = 400_000


def is_screen(painter: QPainter) -> bool:
    """Return whether speed matters more than a few joins: false for figures on their way to a file."""
    return painter.paintEngine().type() == QPaintEngine.Type.Raster


def draw_curves(painter: QPainter, xs: Array, curves: Array, colours: list[QColor], width: float) -> None:
    """Draw one curve for each row of ``curves`` (curves, points), all over the same rising xs (points,), in pixels.

    A curve is interrupted where it is not finite. Where points are denser than two a pixel, each column of
    pixels gets its smallest and largest value, so no peak is lost.
    """
    seen = _seen(painter, xs, xs)
    seen = slice(max(seen.start - 1, 0), seen.stop + 1)  # the neighbours that lines lead to
    xs, curves = xs[seen], curves[:, seen]
    if curves.size == 0:
        return
    points = len(xs)
    xs, curves = _thinned(xs, curves)
    screen = is_screen(painter)
    # thinned curves are upright lines side by side, to which width adds nothing
    wide = not screen or (len(xs) == points and curves.size <= _WIDE_SEGMENTS)
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


def _seen(painter: QPainter, lefts: Array, rights: Array) -> slice:
    """Return which of some things from left to right reach into the painter's clip: all, if it has none."""
    if not painter.hasClipping():
        return slice(0, len(lefts))
    clip = painter.clipBoundingRect()
    return slice(
        int(np.searchsorted(rights, clip.left(), side="left")), int(np.searchsorted(lefts, clip.right(), side="right"))
    )


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
    before = 0.0
    if painter.hasClipping() and len(lines):
        clip = painter.clipBoundingRect()
        left, right = lines[:, ::2].min(axis=1), lines[:, ::2].max(axis=1)
        seen = (right >= clip.left()) & (left <= clip.right())
        lengths = np.hypot(lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1])
        before = float(lengths[: int(seen.argmax())].sum())  # dashes stay where they are, whatever part is seen
        lines = lines[seen]
    if not is_screen(painter) or len(lines) <= _WIDE_SEGMENTS:
        lines = dashes(lines, pattern, before)
    draw_segments(painter, lines)


def dashes(lines: Array, pattern: tuple[float, ...], before: float = 0.0) -> Array:
    """Return the inked parts of lines (n, 4) that follow each other, (m, 4); ``before`` them is so much of the line."""
    lengths = np.hypot(lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1])
    lines, lengths = lines[lengths > 0], lengths[lengths > 0]
    if len(lines) == 0:
        return lines
    ends, switches = np.cumsum(lengths), np.cumsum(pattern)
    period, total = switches[-1], ends[-1]
    shift = before % period
    turns = (np.arange(np.ceil(total / period) + 1)[:, None] * period + switches).ravel() - shift
    cuts = np.unique(np.concatenate([[0.0], ends, turns[(turns > 0.0) & (turns < total)]]))
    middles = (cuts[:-1] + cuts[1:]) / 2
    inked = np.searchsorted(switches, (middles + shift) % period, side="right") % 2 == 0
    line = np.searchsorted(ends, middles[inked]).clip(max=len(lines) - 1)
    start, whole = (ends - lengths)[line], lengths[line]
    first, last = ((cut[inked] - start) / whole for cut in (cuts[:-1], cuts[1:]))
    origin, along = lines[line, :2], lines[line, 2:] - lines[line, :2]
    return np.hstack([origin + first[:, None] * along, origin + last[:, None] * along])


def _in_place(shape: type[_Shape], rows: Array | NDArray[np.int32]) -> tuple[_Shape, int]:
    """Return rows of four numbers as Qt takes an array of shapes: the first one, and how many follow it.

    The types are just four doubles, or four whole numbers of 32 bits, so the array is read where it lies and no
    object is made for each row.
    """
    return cast(_Shape, Shiboken.wrapInstance(rows.ctypes.data, shape)), len(rows)


def _finite_runs(ys: Array) -> list[tuple[int, int]]:
    finite = np.isfinite(ys)
    if finite.all():
        return [(0, len(ys))]
    edges = np.flatnonzero(np.diff(np.concatenate([[False], finite, [False]]).astype(np.int8)))
    return [(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]


def _thinned(xs: Array, curves: Array) -> tuple[Array, Array]:
    """Return the curves with at most some two points a pixel: the extremes of what is finite in each column."""
    per_column = len(xs) // max(1, int(abs(xs[-1] - xs[0])))
    if per_column < 3:
        return xs, curves
    with np.errstate(invalid="ignore"):
        finite = curves if np.isfinite(curves.sum()) else np.where(np.isfinite(curves), curves, np.nan)
    lows, highs = (by_column(finite, per_column, extreme) for extreme in (np.fmin, np.fmax))
    thinned = np.stack([lows, highs], axis=2).reshape(len(curves), -1)
    ends = [by_column(xs[None], per_column, extreme)[0] for extreme in (np.fmin, np.fmax)]
    return np.stack(ends, axis=1).ravel(), thinned


def by_column(values: Array, per_column: int, combine: np.ufunc) -> Array:
    """Return (rows, samples) combined in blocks of so many samples; the last block may be shorter.

    ``combine`` takes two arrays, as np.fmax does.
    """
    whole = values.shape[1] // per_column * per_column
    result = values[:, :whole:per_column]
    for place in range(1, per_column):  # per_column is small: one pass over all columns is faster than a reduction
        result = combine(result, values[:, place:whole:per_column])
    if whole == values.shape[1]:
        return np.array(result)
    return np.concatenate([result, combine.reduce(values[:, whole:], axis=1, keepdims=True)], axis=1)


def strongest(values: Array, per_column: int) -> Array:
    """Return, of each block of so many samples of (rows, samples), the one of largest magnitude; nan if none is one."""
    if per_column < 2:
        return values
    lows, highs = (by_column(values, per_column, extreme) for extreme in (np.fmin, np.fmax))
    with np.errstate(invalid="ignore"):
        return np.where(-lows > highs, lows, highs)


def draw_bars(painter: QPainter, lefts: Array, width: float, base: float, tops: Array, colours: list[QColor]) -> None:
    """Draw upright bars from ``base`` to each of ``tops``, in pixels; what is not finite is left out.

    ``colours`` has one colour for all bars, or some that are given out evenly by height: the first for bars of
    no height, the last for the tallest. More than one bar a pixel: the tallest is drawn.
    """
    away = np.abs(tops - base)
    tallest = max(away.max(initial=0.0, where=np.isfinite(away)), 1e-9)  # of all: a bar's colour is not that of a part
    seen = _seen(painter, lefts, lefts + width)
    bars, screen = len(lefts[seen]), is_screen(painter)
    lefts, tops, width = _thinned_bars(lefts[seen], tops[seen], width, base)
    is_crowd = len(lefts) < bars
    if is_crowd and not screen:
        width += _OVERLAP
    finite = np.isfinite(tops)
    lefts, tops = lefts[finite], tops[finite]
    heights = np.abs(tops - base)
    shades = (heights / tallest * (len(colours) - 1) + 0.5).astype(np.intp)
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, width < 12 or not screen)
    for shade, colour in enumerate(colours):
        chosen = shades == shade
        painter.setBrush(colour)
        if width >= _ROUNDED:
            _draw_rounded(painter, lefts[chosen], width, base, tops[chosen])
        elif is_crowd and screen and painter.deviceTransform().m11() == 1.0:
            _draw_sharp(painter, lefts[chosen], width, base, tops[chosen])
        else:
            _draw_plain(painter, lefts[chosen], width, base, tops[chosen])
    painter.restore()


_OVERLAP = 0.5  # px of bars side by side in a figure: between smooth edges that just meet the ground shines through
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


def _draw_sharp(painter: QPainter, lefts: Array, width: float, base: float, tops: Array) -> None:
    """Draw bars that touch each other on whole pixels: ten times as fast, and smooth edges are not missed there."""
    is_bar = tops != base
    lefts, tops = lefts[is_bar], tops[is_bar]
    if len(lefts) == 0:
        return
    floor, ends = np.floor(base + 0.5), np.floor(tops + 0.5)
    ends = np.where(tops < base, np.minimum(ends, floor - 1), np.maximum(ends, floor + 1))  # at least a pixel high
    lines = np.floor(lefts + 0.5), np.minimum(ends, floor), np.floor(lefts + width + 0.5), np.maximum(ends, floor)
    corners = np.stack(lines, axis=1).astype(np.int32)
    corners[:, 2:] -= 1  # a rectangle of whole numbers ends with its last pixel
    painter.drawRects(*_in_place(QRect, corners))


def _thinned_bars(lefts: Array, tops: Array, width: float, base: float) -> tuple[Array, Array, float]:
    spacing = float(lefts[1] - lefts[0]) if len(lefts) > 1 else width
    per_pixel = int(np.ceil(1.0 / max(spacing, 1e-9) - 1e-9))  # bars narrower than a pixel would beat with the pixels
    if per_pixel < 2:
        return lefts, tops, width
    heights = np.where(np.isfinite(tops), tops - base, np.nan)
    tallest = strongest(heights[None], per_pixel)[0] + base
    return lefts[::per_pixel], tallest, max(1.0, spacing * per_pixel)


_FINEST = 2  # columns in a pixel of a figure: 192 an inch, for its resolution is not known here


def draw_map(painter: QPainter, rect: QRectF, values: Array, coloured: Callable[[Array], Table]) -> None:
    """Fill a rectangle with values, (rows, columns) from the top; sharp edges, on any device.

    Where columns are narrower than pixels, the value of largest magnitude is drawn. ``coloured`` gives colours
    to what is drawn, so that it need not be done for what is not.
    """
    columns, width = values.shape[1], rect.width() / values.shape[1]
    if painter.hasClipping():
        clip = painter.clipBoundingRect()
        first, end = (float(np.floor((x - rect.left()) / width)) for x in (clip.left(), clip.right()))
        start, stop = (int(min(max(column, 0), columns)) for column in (first, end + 1))
        if start >= stop:
            return
        values, rect = values[:, start:stop], QRectF(rect.left() + start * width, rect.top(), 0, rect.height())
        rect.setWidth((stop - start) * width)
    finest = painter.deviceTransform().m11() if is_screen(painter) else _FINEST
    per_column = int(np.ceil(1.0 / (width * finest) - 1e-9))
    reduced = strongest(values, per_column)
    if per_column >= 2:  # the last block may be shorter than the others
        rect.setWidth(reduced.shape[1] * per_column * width)
    draw_image(painter, rect, image_of(coloured(reduced)))


def draw_heat_map(painter: QPainter, rect: QRectF, colours: Table) -> None:
    """Fill a rectangle with cells, (rows, columns) from the top; sharp edges, on any device."""
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
    xs = xs[_seen(painter, xs - half, xs + half)]
    painter.setPen(QPen(colour, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if half < 1:
        for x in np.unique(np.round(xs)).tolist():
            painter.drawLine(QPointF(x, base - 1), QPointF(x, base - 4))
        return
    for x in xs.tolist():
        painter.drawPolygon([QPointF(x - half, base - 1), QPointF(x + half, base - 1), QPointF(x, base - 1 - 2 * half)])
