"""Figures of plots and of the whole window, ready to be written to a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, QSizeF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QIcon, QPainter, QPainterPath, QRegion
from PySide6.QtWidgets import QToolButton, QWidget

from rnnviz.document.frame import Frame
from rnnviz.session.live_training import LiveTraining
from rnnviz.session.pins import Pin
from rnnviz.session.session import Selection
from rnnviz.session.time_range import TimeRange
from rnnviz.views.figure import Figure
from rnnviz.views.figure.engine import FigureEngine
from rnnviz.views.fonts import ui_font
from rnnviz.views.plots._base import Look, Plot
from rnnviz.views.plots._ghosts import ghosts_of
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.card import SEPARATOR

MM_PER_PX = 25.4 / 96
PLOT_MM = (160.0, 90.0)
_ICON_DETAIL = QSize(64, 64)


@dataclass(frozen=True, slots=True)
class FigureStyle:
    """How a figure is drawn, apart from what it shows."""

    theme: Theme
    width_mm: float
    height_mm: float
    shows_cursor: bool = True
    shows_title: bool = True


@dataclass(frozen=True, slots=True)
class Moment:
    """What a figure shows.

    Attributes:
        frame, selection, t: the numbers, what is selected in them, and the cursor.
        pins: the pinned states behind them.
        time_range: which part of time; None for all of it.
        training: how the training stands, in a figure of the window.
    """

    frame: Frame
    selection: Selection
    t: int
    pins: tuple[Pin, ...] = ()
    time_range: TimeRange | None = None
    training: LiveTraining | None = None


def plot_figure(
    plot_class: type[Plot], moment: Moment, style: FigureStyle, command: str = "", look: Look | None = None
) -> Figure:
    """Return a figure of one plot; ``command`` says how to make it again and goes into the file."""
    plot = plot_class(style.theme)
    if look is not None:
        plot.take_look(look)
    plot.shows_cursor = style.shows_cursor
    plot.show_cursor(moment.t)
    plot.show_time_range(moment.time_range)
    plot.show_ghosts(ghosts_of(moment.pins))
    plot.show_frame(moment.frame, moment.selection)
    if (question := plot.question()) is not None:
        plot.show_answer(question.answer())

    def paint(painter: QPainter, rect: QRectF) -> None:
        painter.fillRect(rect, QColor(style.theme.card))
        margin = style.theme.px(10)
        inner = rect.adjusted(margin, margin, -margin, -margin)
        if style.shows_title:
            inner.setTop(_paint_title(painter, inner, plot))
        plot.paint_figure(painter, inner)

    return Figure(
        paint=paint,
        width_mm=style.width_mm,
        height_mm=style.height_mm,
        title=f"{plot.spec.title}: {moment.frame.document.title}",
        background=QColor(style.theme.card),
        description=command,
    )


def _paint_title(painter: QPainter, rect: QRectF, plot: Plot) -> float:
    """Paint the plot's title and its remark on one line; return where the plot may begin."""
    theme = plot.theme
    title, remark = ui_font(theme.px(12.5), QFont.Weight.DemiBold), ui_font(theme.px(11.5))
    baseline = rect.top() + theme.px(12)
    painter.setFont(title)
    painter.setPen(QColor(theme.text))
    painter.drawText(QPointF(rect.left(), baseline), plot.spec.title)
    used = QFontMetricsF(title).horizontalAdvance(plot.spec.title) + theme.px(12)
    metrics = QFontMetricsF(remark)
    painter.setFont(remark)
    painter.setPen(QColor(theme.muted))
    words = _words_of(plot)
    if metrics.horizontalAdvance(words) <= rect.width() - used:
        painter.drawText(QPointF(rect.left() + used, baseline), words)
    return baseline + theme.px(8)


def _words_of(plot: Plot) -> str:
    """Return which of several layers and sequences a plot shows, and its remark."""
    which = "" if plot.frame is None else plot.spec.which(plot.frame.document, plot.selection)
    return f"{which}{SEPARATOR}{plot.remark()}" if which else plot.remark()


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
