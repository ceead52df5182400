"""Figures of plots and of the whole window, ready to be written to a file."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRectF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QWidget

from rnnviz.document.frame import Frame
from rnnviz.session.session import Selection
from rnnviz.views.figure import Figure
from rnnviz.views.fonts import ui_font
from rnnviz.views.plots._base import Plot
from rnnviz.views.theme import Theme

MM_PER_PX = 25.4 / 96
PLOT_MM = (160.0, 90.0)


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
    """What a figure shows: a frame, what is selected in it, and the cursor."""

    frame: Frame
    selection: Selection
    t: int


def plot_figure(plot_class: type[Plot], moment: Moment, style: FigureStyle, command: str = "") -> Figure:
    """Return a figure of one plot; ``command`` says how to make it again and goes into the file."""
    plot = plot_class(style.theme)
    plot.shows_cursor = style.shows_cursor
    plot.show_cursor(moment.t)
    plot.show_frame(moment.frame, moment.selection)

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
    if metrics.horizontalAdvance(plot.remark()) <= rect.width() - used:
        painter.drawText(QPointF(rect.left() + used, baseline), plot.remark())
    return baseline + theme.px(8)


def window_figure(window: QWidget, title: str, background: QColor, command: str = "") -> Figure:
    """Return a figure of a whole window, true to its size: 96 of its pixels are an inch."""

    def paint(painter: QPainter, rect: QRectF) -> None:
        plots = window.findChildren(Plot)
        for plot in plots:
            plot.paints_directly = True
        painter.save()
        painter.translate(rect.topLeft())
        painter.scale(rect.width() / window.width(), rect.height() / window.height())
        try:
            window.render(painter, QPoint(0, 0))
        finally:
            painter.restore()
            for plot in plots:
                plot.paints_directly = False

    return Figure(
        paint=paint,
        width_mm=window.width() * MM_PER_PX,
        height_mm=window.height() * MM_PER_PX,
        title=title,
        background=background,
        description=command,
    )
