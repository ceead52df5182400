"""The engines that paint page space onto a device of Qt's own: pixels at any resolution, or a PDF page."""

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QFont, QImage, QPainter, QPainterPath, QPen, QTextItem, QTransform

from rnnviz.views.figure.brushes import GRADIENTS, HATCHINGS
from rnnviz.views.figure.engine import FigureEngine
from rnnviz.views.figure.images import cells, is_mosaic

_DETAIL = 4.0  # pixels of a smoothed image per logical pixel
_MOST_PIXELS = 4000  # per side of a smoothed image


class ReplayEngine(FigureEngine):
    """Paints with `target`, an active painter, after scaling page space to the target's pixels."""

    def __init__(self, page: QRectF, target: QPainter, to_target: QTransform) -> None:
        super().__init__(page)
        self._target = target
        self._to_target = to_target
        self._clipped_by: tuple[QPainterPath, ...] = ()

    def draw_shape(self, path: QPainterPath, brush: QBrush, pen: QPen) -> None:
        target = self.prepared(QTransform())
        target.setPen(pen)
        target.setBrush(brush)
        target.drawPath(path)

    def draw_image(self, image: QImage, placed: QTransform) -> None:
        self.prepared(placed).drawImage(QPointF(0, 0), image)

    def prepared(self, transform: QTransform) -> QPainter:
        """Return the target's painter in the state of the figure's; `transform` leads to page space."""
        target = self._target
        if self.clips != self._clipped_by:
            self._clip()
        target.setOpacity(self.opacity)
        target.setRenderHint(QPainter.RenderHint.Antialiasing, self.antialiased)
        target.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self.smooth)
        if target.compositionMode() != self.composition:
            target.setCompositionMode(self.composition)
        target.setTransform(transform * self._to_target)
        return target

    def _clip(self) -> None:
        self._clipped_by = self.clips
        self._target.setTransform(self._to_target)
        self._target.setClipping(False)
        operation = Qt.ClipOperation.ReplaceClip
        for path in self.clips:
            self._target.setClipPath(path, operation)
            operation = Qt.ClipOperation.IntersectClip


class PdfEngine(ReplayEngine):
    """The same for a PDF page, which keeps text as text, with its font."""

    compositions = (QPainter.CompositionMode.CompositionMode_SourceOver,)
    file_type = "PDF"

    def __init__(self, page: QRectF, target: QPainter, to_target: QTransform) -> None:
        super().__init__(page, target, to_target)
        self.texts: list[tuple[QFont, str]] = []  # in the order they are painted

    def draws(self, brush: QBrush) -> bool:
        # Qt 6.11 writes gradients without their transparency, and conical ones not at all
        has_shading = brush.style() in GRADIENTS and brush.style() != Qt.BrushStyle.ConicalGradientPattern
        return (has_shading and brush.isOpaque()) or brush.style() in HATCHINGS

    def draw_text(self, baseline: QPointF, item: QTextItem) -> None:
        self.texts.append((item.font(), item.text()))
        target = self.prepared(self.transform)
        target.setPen(self.pen)
        target.drawTextItem(baseline, item)

    def draw_image(self, image: QImage, placed: QTransform) -> None:
        target = self.prepared(placed)
        if is_mosaic(image, smooth=self.smooth):
            for cell, colour in cells(image, placed):
                target.fillRect(cell, colour)
            return
        # Qt 6.11 draws images with the transparency of the last brush
        target.setBrush(Qt.GlobalColor.black)
        detailed = _enlarged(image, placed) if self.smooth else image
        target.drawImage(QRectF(image.rect()), _without_dark_edges(detailed))


def _enlarged(image: QImage, placed: QTransform) -> QImage:
    """Return the image with interpolated pixels: PDF programs do not agree on smoothing."""
    wide = image.width() * math.hypot(placed.m11(), placed.m12()) * _DETAIL
    high = image.height() * math.hypot(placed.m21(), placed.m22()) * _DETAIL
    size = QSize(
        max(image.width(), min(round(wide), _MOST_PIXELS)),
        max(image.height(), min(round(high), _MOST_PIXELS)),
    )
    return image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)


def _without_dark_edges(image: QImage) -> QImage:
    """Return the image with its mean colour where it is transparent.

    A PDF keeps colours and transparency apart, and programs smooth each by itself: the black of what cannot
    be seen would show around what can.
    """
    if not image.hasAlphaChannel():
        return image
    filled = image.convertToFormat(QImage.Format.Format_ARGB32)
    pixels = np.frombuffer(filled.bits(), np.uint32).reshape(filled.height(), filled.width())
    seen = pixels >> 24 > 0
    if seen.any() and not seen.all():
        channels = [int((pixels[seen] >> shift & 0xFF).mean()) << shift for shift in (0, 8, 16)]
        pixels[~seen] = sum(channels)
    return filled
