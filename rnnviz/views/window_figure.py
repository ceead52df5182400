"""Figures of the whole window, painted widget by widget so that vector formats stay vector."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, QSizeF
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QRegion
from PySide6.QtWidgets import QToolButton, QWidget

from rnnviz.views.figure import Figure
from rnnviz.views.figure.engine import FigureEngine
from rnnviz.views.plots._base import Plot

MM_PER_PX = 25.4 / 96
_ICON_DETAIL = QSize(64, 64)


def window_figure(
    window: QWidget,
    title: str,
    background: QColor,
    size_mm: tuple[float, float] | None = None,
    command: str = "",
) -> Figure:
    """Return a figure of a whole window, as large as it fits into ``size_mm``.

    Without a size it is true to the window's own: 96 of its pixels are an inch.
    """

    def paint(painter: QPainter, rect: QRectF) -> None:
        scale = min(rect.width() / window.width(), rect.height() / window.height())
        painter.save()
        painter.translate(rect.center())
        painter.scale(scale, scale)
        painter.translate(-window.width() / 2, -window.height() / 2)
        with _painting_directly(window):
            _paint_window(window, painter)
        painter.restore()

    width, height = size_mm or (window.width() * MM_PER_PX, window.height() * MM_PER_PX)
    return Figure(
        paint=paint,
        width_mm=width,
        height_mm=height,
        title=title,
        background=background,
        description=command,
    )


@contextmanager
def _painting_directly(window: QWidget) -> Iterator[None]:
    """Let the plots in a window paint themselves from vectors instead of from their pixmaps."""
    plots = window.findChildren(Plot)
    for plot in plots:
        plot.paints_directly = True
    try:
        yield
    finally:
        for plot in plots:
            plot.paints_directly = False


def _paint_window(window: QWidget, painter: QPainter) -> None:
    """Paint a window and everything in it, from the back to the front."""
    engine = painter.paintEngine()
    if isinstance(engine, FigureEngine):
        _paint_widget(window, painter, engine, QRectF(window.rect()), QWidget.RenderFlag.DrawWindowBackground)
        engine.bounds = None
    else:
        window.render(painter, QPoint(0, 0))


def _paint_widget(
    widget: QWidget,
    painter: QPainter,
    engine: FigureEngine,
    visible: QRectF,
    flags: QWidget.RenderFlag,
) -> None:
    """Paint a widget and what lies on it; ``visible`` is the part, in its pixels, that its parents show."""
    engine.bounds = QPainterPath()
    engine.bounds.addRect(painter.transform().mapRect(visible))
    with _icon_in_detail(widget, painter):
        widget.render(painter, QPoint(0, 0), QRegion(), flags)
    for child in widget.children():
        if not isinstance(child, QWidget) or child.isHidden() or child.isWindow():
            continue
        part = visible.intersected(QRectF(child.geometry()))
        if not part.isEmpty():
            painter.save()
            painter.translate(QPointF(child.pos()))
            visible_part = part.translated(-QPointF(child.pos()))
            _paint_widget(child, painter, engine, visible_part, QWidget.RenderFlag(0))
            painter.restore()


@contextmanager
def _icon_in_detail(widget: QWidget, painter: QPainter) -> Iterator[None]:
    """Paint an icon alone on its button from its largest picture: Qt takes the one for the screen."""
    if not isinstance(widget, QToolButton) or widget.icon().isNull() or widget.text():
        yield
        return
    icon, size = widget.icon(), widget.iconSize()
    widget.setIcon(QIcon())
    try:
        yield
    finally:
        widget.setIcon(icon)
    mode = QIcon.Mode.Normal if widget.isEnabled() else QIcon.Mode.Disabled
    place = QRectF(QPointF(0, 0), QSizeF(size))
    place.moveCenter(QRectF(widget.rect()).center())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    pixmap = icon.pixmap(_ICON_DETAIL, mode)
    painter.drawPixmap(place, pixmap, QRectF(pixmap.rect()))
    painter.restore()
