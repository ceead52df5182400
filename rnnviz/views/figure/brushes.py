"""Brushes resolved into page space, where only solid colours, logical gradients and textures are left."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import (
    QBrush,
    QConicalGradient,
    QGradient,
    QImage,
    QLinearGradient,
    QPainter,
    QRadialGradient,
    QTransform,
)

_Style = Qt.BrushStyle
_PLAIN = (_Style.NoBrush, _Style.SolidPattern)
GRADIENTS = (_Style.LinearGradientPattern, _Style.RadialGradientPattern, _Style.ConicalGradientPattern)
HATCHINGS = tuple(style for style in _Style if style not in (*_PLAIN, *GRADIENTS, _Style.TexturePattern))
_TILE = 8  # the side of Qt's hatching patterns, in pixels
_DETAIL = 4  # texture pixels per logical pixel, where a brush has to become an image


def paints(brush: QBrush) -> bool:
    """Return whether anything painted with the brush could be seen."""
    return brush.style() != _Style.NoBrush and not (brush.style() == _Style.SolidPattern and not brush.color().alpha())


def page_brush(brush: QBrush, transform: QTransform, bounds: QRectF, page: QRectF) -> QBrush:
    """Return a brush that paints in page space what `brush` paints under `transform`.

    `bounds` is the rectangle of the painted object before the transform, for gradients that stretch over it;
    `page` is the rectangle of the page, for those that stretch over the device.
    """
    if brush.style() in _PLAIN:
        return QBrush(brush)
    if brush.style() in GRADIENTS:
        return _page_gradient(brush, transform, bounds, page)
    if brush.style() == _Style.TexturePattern:
        resolved = QBrush(brush.textureImage())
        resolved.setTransform(brush.transform() * transform)
        return resolved
    resolved = QBrush(brush)
    # Qt keeps hatching upright and of one size on the device: only its anchor moves with the painter
    resolved.setTransform(brush.transform() * QTransform.fromTranslate(transform.dx(), transform.dy()))
    return resolved


def gradient_texture(brush: QBrush, area: QRectF) -> QBrush:
    """Return a texture that looks like the gradient inside `area` (both in page space)."""
    area = QRectF(area.toAlignedRect().adjusted(-1, -1, 1, 1))
    image = _painted(area.size().toSize() * _DETAIL, brush, area)
    textured = QBrush(image)
    shrink = QTransform.fromScale(1 / _DETAIL, 1 / _DETAIL)
    textured.setTransform(shrink * QTransform.fromTranslate(area.x(), area.y()))
    return textured


def hatched_texture(brush: QBrush) -> QBrush:
    """Return a texture of logical pixels that looks like the hatching."""
    tile = QRectF(0, 0, _TILE, _TILE)
    textured = QBrush(_painted(tile.size().toSize(), QBrush(brush.color(), brush.style()), tile))
    textured.setTransform(brush.transform())
    return textured


def _painted(size: QSize, brush: QBrush, area: QRectF) -> QImage:
    """Return an image of `area`, filled with the brush."""
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.scale(size.width() / area.width(), size.height() / area.height())
    painter.translate(-area.topLeft())
    painter.fillRect(area, brush)
    painter.end()
    return image


def _page_gradient(brush: QBrush, transform: QTransform, bounds: QRectF, page: QRectF) -> QBrush:
    gradient = _copy(brush.gradient())
    mode = gradient.coordinateMode()
    gradient.setCoordinateMode(QGradient.CoordinateMode.LogicalMode)
    resolved = QBrush(gradient)
    if mode == QGradient.CoordinateMode.ObjectMode:
        resolved.setTransform(brush.transform() * _unit_square_to(bounds) * transform)
    elif mode == QGradient.CoordinateMode.ObjectBoundingMode:
        resolved.setTransform(_unit_square_to(bounds) * brush.transform() * transform)
    elif mode == QGradient.CoordinateMode.StretchToDeviceMode:
        resolved.setTransform(_unit_square_to(page) * brush.transform() * transform)
    else:
        resolved.setTransform(brush.transform() * transform)
    return resolved


def _copy(gradient: QGradient) -> QGradient:
    if isinstance(gradient, QLinearGradient):
        return QLinearGradient(gradient)
    if isinstance(gradient, QRadialGradient):
        return QRadialGradient(gradient)
    assert isinstance(gradient, QConicalGradient)
    return QConicalGradient(gradient)


def _unit_square_to(rect: QRectF) -> QTransform:
    return QTransform.fromScale(rect.width(), rect.height()) * QTransform.fromTranslate(rect.x(), rect.y())
