"""Everything Qt can ask of a paint engine, brought down to three calls.

Qt leaves a cosmetic pen one device pixel wide at any resolution, and its SVG and PDF engines get pens, clips
or images wrong. So an own engine takes the painter's calls and resolves each into *page space*: logical
pixels, 96 per inch, with no transform left. There a pen has its true width, whether it was cosmetic or not,
and what remains for a subclass is to put a shape, a piece of text or an image on the page.
"""

import itertools
import math
from collections.abc import Callable, Iterable
from typing import Concatenate, ParamSpec

from PySide6.QtCore import QLine, QLineF, QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QImage,
    QPaintDevice,
    QPaintEngine,
    QPaintEngineState,
    QPainter,
    QPainterPath,
    QPainterPathStroker,
    QPen,
    QPixmap,
    QPolygonF,
    QTextItem,
    QTransform,
)

from rnnviz.views.figure.brushes import (
    GRADIENTS,
    HATCHINGS,
    gradient_texture,
    hatched_texture,
    page_brush,
    paints,
)
from rnnviz.views.figure.figure import FigureError
from rnnviz.views.figure.letters import letters

_P = ParamSpec("_P")
_Dirty = QPaintEngine.DirtyFlag
_Hint = QPainter.RenderHint
_PolygonMode = QPaintEngine.PolygonDrawMode
_Point = QPointF | QPoint | QPainterPath.Element
_Rect = QRectF | QRect
_Pixels = QPixmap | QImage

_RECT_POINTS = 5  # the first corner comes twice

NO_PEN = QPen(Qt.PenStyle.NoPen)
NO_BRUSH = QBrush(Qt.BrushStyle.NoBrush)


def _guarded(
    method: Callable[Concatenate["FigureEngine", _P], None],
) -> Callable[Concatenate["FigureEngine", _P], None]:
    """Keep the first exception for `raise_error`: Qt may only print what a method it calls raises."""

    def call(self: "FigureEngine", /, *args: _P.args, **kwargs: _P.kwargs) -> None:
        if self.error is not None:
            return
        try:
            method(self, *args, **kwargs)
        except BaseException as error:  # noqa: BLE001 - `raise_error` raises it
            self.error = error

    return call


class FigureEngine(QPaintEngine):
    """Follows the painter's state; hands each shape, text and image to a subclass in page space.

    A subclass writes `draw_shape` and `draw_image`, and may write `draw_text` and `draws`. It finds there
    what it must respect: `clips`, `opacity`, `antialiased`, `smooth` (images) and `composition`. It says
    which gradients it can draw (others become images) and which ways of mixing colours (others are a
    FigureError).

    Attributes:
        bounds: a path, in page space, beyond which nothing is drawn, whatever the painter clips. A widget is
            painted within its own: Qt keeps widgets inside their rectangles by other means than the
            painter's clip, and none of them reaches a user's engine unrounded.
    """

    compositions: tuple[QPainter.CompositionMode, ...] = tuple(QPainter.CompositionMode)
    file_type = "PNG"

    def __init__(self, page: QRectF) -> None:
        super().__init__(QPaintEngine.PaintEngineFeature.AllFeatures)
        self.page = page
        self.error: BaseException | None = None
        self.bounds: QPainterPath | None = None
        self.transform = QTransform()
        self.opacity = 1.0
        self.antialiased = False
        self.smooth = False
        self.composition = QPainter.CompositionMode.CompositionMode_SourceOver
        self.pen = QPen()
        self.brush = NO_BRUSH
        self._brush_origin = QPointF()
        self._clipping = False
        self._clip_chain: tuple[QPainterPath, ...] = ()

    # What a subclass answers --------------------------------------------------------------------------------

    def draw_shape(self, path: QPainterPath, brush: QBrush, pen: QPen) -> None:
        """Fill and stroke a path; all in page space: the pen is not cosmetic, the brush is resolved."""
        raise NotImplementedError

    def draw_image(self, image: QImage, placed: QTransform) -> None:
        """Draw an image; `placed` maps its pixel coordinates to the page."""
        raise NotImplementedError

    def draw_text(self, baseline: QPointF, item: QTextItem) -> None:
        """Draw the glyphs that Qt has laid out; by default as outlines, through `draw_shape`."""
        smooth, self.antialiased = self.antialiased, True  # letters always are, lines need not be
        self.draw_shape(self.transform.map(letters(item, baseline)), self.pen.brush(), NO_PEN)
        self.antialiased = smooth

    def draws(self, brush: QBrush) -> bool:
        """Return whether `draw_shape` can draw this gradient or hatching, or needs a texture instead."""
        return brush.style() in GRADIENTS

    def raise_error(self) -> None:
        """Raise the first exception that a drawing call ended in, if any."""
        if self.error is not None:
            raise self.error

    @property
    def clips(self) -> tuple[QPainterPath, ...]:
        """Return the paths, in page space, that all must contain what is drawn; empty means no clip."""
        if self.bounds is None:
            return self._own_clips
        first, rest = self._own_clips[:1], self._own_clips[1:]
        return (_narrowed((self.bounds,), first[0]) if first else (self.bounds,)) + rest

    @property
    def _own_clips(self) -> tuple[QPainterPath, ...]:
        return self._clip_chain if self._clipping else ()

    # State --------------------------------------------------------------------------------------------------

    def type(self) -> QPaintEngine.Type:
        return QPaintEngine.Type.User

    def begin(self, device: QPaintDevice, /) -> bool:  # noqa: ARG002 - Qt's signature
        return True

    def end(self) -> bool:
        return True

    @_guarded
    def updateState(self, state: QPaintEngineState, /) -> None:
        dirty = state.state()
        if dirty & _Dirty.DirtyTransform:
            self.transform = QTransform(state.transform())
        if dirty & _Dirty.DirtyPen:
            self.pen = QPen(state.pen())
        if dirty & _Dirty.DirtyBrush:
            self.brush = QBrush(state.brush())
        if dirty & _Dirty.DirtyBrushOrigin:
            self._brush_origin = QPointF(state.brushOrigin())
        if dirty & _Dirty.DirtyOpacity:
            self.opacity = state.opacity()
        if dirty & _Dirty.DirtyHints:
            self.antialiased = bool(state.renderHints() & _Hint.Antialiasing)
            self.smooth = bool(state.renderHints() & _Hint.SmoothPixmapTransform)
        if dirty & _Dirty.DirtyCompositionMode:
            self._follow_composition(state.compositionMode())
        self._follow_clip(state, dirty)

    def _follow_composition(self, mode: QPainter.CompositionMode) -> None:
        if mode not in self.compositions:
            name = mode.name.removeprefix("CompositionMode_")
            raise FigureError(f"{self.file_type} cannot mix colours the way this figure does ({name}): save it as PNG")
        self.composition = mode

    def _follow_clip(self, state: QPaintEngineState, dirty: QPaintEngine.DirtyFlag) -> None:
        if dirty & _Dirty.DirtyClipEnabled:
            self._clipping = state.isClipEnabled()
        if dirty & _Dirty.DirtyClipPath:
            self._add_clip(state.clipPath(), state.clipOperation())
        elif dirty & _Dirty.DirtyClipRegion:
            path = QPainterPath()
            path.addRegion(state.clipRegion())
            self._add_clip(path, state.clipOperation())

    def _add_clip(self, path: QPainterPath, operation: Qt.ClipOperation) -> None:
        clip = self.transform.map(path)
        if operation == Qt.ClipOperation.NoClip:
            self._clip_chain = ()
        elif operation == Qt.ClipOperation.ReplaceClip or not self._own_clips:
            self._clip_chain = (clip,)
            self._clipping = True
        else:
            self._clip_chain = _narrowed(self._clip_chain, clip)

    # Primitives ---------------------------------------------------------------------------------------------

    @_guarded
    def drawPath(self, path: QPainterPath, /) -> None:
        self._shape(path, filled=True)

    @_guarded
    def drawPolygon(self, points: Iterable[_Point], mode: QPaintEngine.PolygonDrawMode, /) -> None:
        path = QPainterPath()
        path.addPolygon(QPolygonF([_f(point) for point in points]))
        if mode != _PolygonMode.PolylineMode:
            path.closeSubpath()
        if mode != _PolygonMode.OddEvenMode:
            path.setFillRule(Qt.FillRule.WindingFill)
        self._shape(path, filled=mode != _PolygonMode.PolylineMode)

    @_guarded
    def drawLines(self, lines: Iterable[QLine | QLineF], /) -> None:
        path = QPainterPath()
        for line in lines:
            path.moveTo(QPointF(line.p1()))
            path.lineTo(QPointF(line.p2()))
        self._shape(path, filled=False)

    @_guarded
    def drawRects(self, rects: Iterable[_Rect], /) -> None:
        for rect in rects:
            self._shape(_rectangle(QRectF(rect)), filled=True)

    @_guarded
    def drawEllipse(self, rect: _Rect, /) -> None:
        path = QPainterPath()
        path.setFillRule(Qt.FillRule.WindingFill)
        path.addEllipse(QRectF(rect))
        self._shape(path, filled=True)

    @_guarded
    def drawPoints(self, points: Iterable[_Point], /) -> None:
        self._dots([_f(point) for point in points])

    @_guarded
    def drawTextItem(self, baseline: _Point, item: QTextItem, /) -> None:
        self.draw_text(_f(baseline), item)

    @_guarded
    def drawImage(
        self,
        target: _Rect,
        image: QImage,
        source: _Rect,
        /,
        flags: Qt.ImageConversionFlag = Qt.ImageConversionFlag.AutoColor,  # noqa: ARG002 - Qt's signature
    ) -> None:
        self._image(QRectF(target), image, QRectF(source))

    @_guarded
    def drawPixmap(self, target: _Rect, pixmap: _Pixels, source: _Rect, /) -> None:
        self._image(QRectF(target), _image_of(pixmap), QRectF(source))

    @_guarded
    def drawTiledPixmap(self, target: _Rect, pixmap: _Pixels, start: _Point, /) -> None:
        rect, image, offset = QRectF(target), _image_of(pixmap), _f(start)
        shrink = QTransform.fromScale(1 / image.devicePixelRatio(), 1 / image.devicePixelRatio())
        image.setDevicePixelRatio(1)
        tiles = QBrush(image)
        tiles.setTransform(shrink * QTransform.fromTranslate(rect.x() - offset.x(), rect.y() - offset.y()))
        self.draw_shape(self.transform.map(_rectangle(rect)), self._resolved(tiles, rect), NO_PEN)

    # Into page space ----------------------------------------------------------------------------------------

    def _resolved(self, brush: QBrush, bounds: QRectF) -> QBrush:
        origin = QTransform.fromTranslate(self._brush_origin.x(), self._brush_origin.y())
        resolved = page_brush(brush, origin * self.transform, bounds, self.page)
        if self.draws(resolved):
            return resolved
        if resolved.style() in HATCHINGS:
            return hatched_texture(resolved)
        if resolved.style() in GRADIENTS:
            wide = self.pen.widthF() + 1.0
            area = self.transform.mapRect(bounds.adjusted(-wide, -wide, wide, wide))
            return gradient_texture(resolved, area & self.page)
        return resolved

    def _shape(self, path: QPainterPath, *, filled: bool) -> None:
        """Draw a path with the painter's brush (if filled) and pen."""
        bounds = path.boundingRect()
        brush = self._resolved(self.brush, bounds) if filled else NO_BRUSH
        # QtSvg strokes nothing with a solid pen that has no brush
        has_pen = self.pen.style() != Qt.PenStyle.NoPen and paints(self.pen.brush())
        keeps_width = self.pen.isCosmetic() or _is_similarity(self.transform)
        pen = self._page_pen(bounds) if has_pen and keeps_width else NO_PEN
        if paints(brush) or pen.style() != Qt.PenStyle.NoPen:
            self.draw_shape(self.transform.map(path), brush, pen)
        if has_pen and not keeps_width:
            outline = _stroked(path, self.pen, self.transform)
            self.draw_shape(outline, self._resolved(self.pen.brush(), bounds), NO_PEN)

    def _page_pen(self, bounds: QRectF) -> QPen:
        """Return the painter's pen with its width in logical pixels."""
        pen = QPen(self.pen)
        scale = 1.0 if pen.isCosmetic() else math.sqrt(abs(self.transform.determinant()))
        pen.setBrush(self._resolved(pen.brush(), bounds))
        pen.setWidthF((pen.widthF() or 1.0) * scale)
        pen.setCosmetic(False)
        return pen

    def _dots(self, centres: list[QPointF]) -> None:
        """Draw points as Qt does: discs with a round cap, squares otherwise, as wide as the pen."""
        if not centres or self.pen.style() == Qt.PenStyle.NoPen or not paints(self.pen.brush()):
            return
        cosmetic = self.pen.isCosmetic()
        path = QPainterPath()
        path.setFillRule(Qt.FillRule.WindingFill)
        radius = (self.pen.widthF() or 1.0) / 2
        for point in centres:
            centre = self.transform.map(point) if cosmetic else point
            dot = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
            if self.pen.capStyle() == Qt.PenCapStyle.RoundCap:
                path.addEllipse(dot)
            else:
                path.addRect(dot)
        brush = self._resolved(self.pen.brush(), path.boundingRect())
        self.draw_shape(path if cosmetic else self.transform.map(path), brush, NO_PEN)

    def _image(self, target: QRectF, image: QImage, source: QRectF) -> None:
        """Draw the `source` part (in image pixels) of an image into the rectangle `target`."""
        if target.isEmpty() or source.isEmpty() or image.isNull():
            return
        part = source.toAlignedRect() & image.rect()
        if part.isEmpty():
            return
        scale = QTransform.fromScale(target.width() / source.width(), target.height() / source.height())
        corner = QTransform.fromTranslate(part.x() - source.x(), part.y() - source.y())
        placed = corner * scale * QTransform.fromTranslate(target.x(), target.y()) * self.transform
        cut = image.copy(part)
        cut.setDevicePixelRatio(1)
        if source.contains(QRectF(part)):
            self.draw_image(cut, placed)
            return
        # the source begins or ends inside a pixel: only the target shows
        chain, clipping = self._clip_chain, self._clipping
        self._add_clip(_rectangle(target), Qt.ClipOperation.IntersectClip)
        self.draw_image(cut, placed)
        self._clip_chain, self._clipping = chain, clipping


def _f(point: _Point) -> QPointF:
    return QPointF(point.x, point.y) if isinstance(point, QPainterPath.Element) else QPointF(point)


def _image_of(pixels: _Pixels) -> QImage:
    return pixels.toImage() if isinstance(pixels, QPixmap) else QImage(pixels)


def _rectangle(rect: QRectF) -> QPainterPath:
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    path.addRect(rect)
    return path


def _is_similarity(transform: QTransform) -> bool:
    """Return whether a circle stays a circle, so that a stroke keeps one width in all directions."""
    a, b, c, d = transform.m11(), transform.m12(), transform.m21(), transform.m22()
    size = max(abs(a), abs(b), abs(c), abs(d))
    return (
        transform.isAffine()
        and abs(a * a + b * b - c * c - d * d) <= 1e-6 * size * size
        and abs(a * c + b * d) <= 1e-6 * size * size
    )


def _stroked(path: QPainterPath, pen: QPen, transform: QTransform) -> QPainterPath:
    """Return the outline, in page space, of a stroke that the transform stretches."""
    stroker = QPainterPathStroker(pen)
    largest = max(abs(transform.m11()), abs(transform.m12()), abs(transform.m21()), abs(transform.m22()), 1e-9)
    stroker.setCurveThreshold(0.1 / largest)
    outline = stroker.createStroke(path)
    outline.setFillRule(Qt.FillRule.WindingFill)
    return transform.map(outline)


def _narrowed(clips: tuple[QPainterPath, ...], clip: QPainterPath) -> tuple[QPainterPath, ...]:
    """Return the clips and one more; two rectangles become one."""
    *outer, last = clips
    if _is_rect(last) and _is_rect(clip):
        return (*outer, _rectangle(last.boundingRect() & clip.boundingRect()))
    return (*clips, clip)


def _is_rect(path: QPainterPath) -> bool:
    """Return whether the path is one upright rectangle, or empty."""
    if path.isEmpty():
        return True
    points = [(path.elementAt(i).x, path.elementAt(i).y) for i in range(path.elementCount())]
    upright = all((a[0] == b[0]) != (a[1] == b[1]) for a, b in itertools.pairwise(points))
    return upright and len(points) == len(set(points)) + 1 == _RECT_POINTS and points[0] == points[-1]
