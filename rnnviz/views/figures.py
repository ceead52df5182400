"""Figures of plots, one or several in a grid, ready to be written to a file."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from rnnviz.document.frame import Frame
from rnnviz.session.live_training import LiveTraining
from rnnviz.session.pins import Pin
from rnnviz.session.session import Selection
from rnnviz.session.time_range import TimeRange
from rnnviz.views.figure import Figure
from rnnviz.views.fonts import UI, ui_font, words_in
from rnnviz.views.plots._base import Look, Plot, Scale
from rnnviz.views.plots._ghosts import ghosts_of
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.card import SEPARATOR

PLOT_MM = (160.0, 90.0)
_WRAPPED = int(Qt.AlignmentFlag.AlignLeft) | int(Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextWordWrap)


@dataclass(frozen=True, slots=True)
class FigureStyle:
    """How a figure is drawn, apart from what it shows.

    Attributes:
        columns: of the grid of several plots; None for as many as rows, or one more.
        has_letters: whether plots are named a, b, c …
        title: words instead of the plot's own title, or above several plots.
        caption: words below.
        font: the typeface of words and numbers.
    """

    theme: Theme
    width_mm: float
    height_mm: float
    shows_cursor: bool = True
    shows_title: bool = True
    shows_legend: bool = True
    is_transparent: bool = False
    columns: int | None = None
    has_letters: bool = False
    title: str = ""
    caption: str = ""
    font: str = UI


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


def prepared_plot(
    plot_class: type[Plot],
    moment: Moment,
    style: FigureStyle,
    look: Look | None = None,
    scales: Mapping[str, Scale] | None = None,
) -> Plot:
    """Return a plot of a moment, on ``scales`` where they are given; its question has not been answered."""
    plot = plot_class(style.theme)
    plot.hold_scales(scales)
    if look is not None:
        plot.take_look(look)
    plot.shows_cursor, plot.shows_legend = style.shows_cursor, style.shows_legend
    plot.show_cursor(moment.t)
    plot.show_time_range(moment.time_range)
    plot.show_ghosts(ghosts_of(moment.pins))
    plot.show_frame(moment.frame, moment.selection)
    return plot


def plots_figure(plots: Sequence[Plot], moment: Moment, style: FigureStyle, command: str = "") -> Figure:
    """Return a figure of prepared plots, whose questions have been answered.

    ``command`` says how to make the figure again and goes into the file.
    """
    names = ", ".join(dict.fromkeys(plot.spec.title for plot in plots))

    def paint(painter: QPainter, rect: QRectF) -> None:
        with words_in(style.font):
            _Page(painter, plots, style).paint(rect)

    return Figure(
        paint=paint,
        width_mm=style.width_mm,
        height_mm=style.height_mm,
        title=f"{style.title or names}: {moment.frame.document.title}",
        background=QColor(Qt.GlobalColor.transparent) if style.is_transparent else QColor(style.theme.card),
        description=command,
    )


def plot_figure(
    plot_class: type[Plot], moment: Moment, style: FigureStyle, command: str = "", look: Look | None = None
) -> Figure:
    """Return a figure of one plot, however long it takes to answer its question."""
    plot = prepared_plot(plot_class, moment, style, look)
    if (question := plot.question()) is not None:
        plot.show_answer(question.answer())
    return plots_figure([plot], moment, style, command)


def grid_columns(count: int, columns: int | None) -> int:
    """Return how many columns so many plots are arranged in."""
    return min(columns or math.ceil(math.sqrt(count)), count)


class _Page:
    """Paints plots with their titles and letters, and what stands above and below all of them."""

    def __init__(self, painter: QPainter, plots: Sequence[Plot], style: FigureStyle) -> None:
        self._painter, self._plots, self._style = painter, plots, style
        self._theme, self._px = style.theme, style.theme.px

    def paint(self, rect: QRectF) -> None:
        px, style = self._px, self._style
        margin = px(10)
        inner = rect.adjusted(margin, margin, -margin, -margin)
        if style.caption:
            inner.setBottom(self._paint_caption(inner))
        if style.shows_title and style.title and len(self._plots) > 1:
            inner.setTop(self._paint_heading(inner))
        for number, (plot, cell) in enumerate(zip(self._plots, self._cells(inner), strict=True)):
            if style.shows_title or style.has_letters:
                cell.setTop(self._paint_title(cell, plot, chr(ord("a") + number) if style.has_letters else ""))
            plot.paint_figure(self._painter, cell)

    def _cells(self, area: QRectF) -> list[QRectF]:
        """Return where each plot is, row by row."""
        columns = grid_columns(len(self._plots), self._style.columns)
        rows, gap = math.ceil(len(self._plots) / columns), self._px(18)
        width = max((area.width() - gap * (columns - 1)) / columns, 1.0)
        height = max((area.height() - gap * (rows - 1)) / rows, 1.0)
        places = (divmod(number, columns) for number in range(len(self._plots)))
        return [
            QRectF(area.left() + column * (width + gap), area.top() + row * (height + gap), width, height)
            for row, column in places
        ]

    def _paint_caption(self, area: QRectF) -> float:
        """Paint the caption at the bottom, in as many lines as it takes; return where the plots have to end."""
        font = ui_font(self._theme.words(11.5))
        height = QFontMetricsF(font).boundingRect(area, _WRAPPED, self._style.caption).height()
        self._painter.setFont(font)
        self._painter.setPen(QColor(self._theme.text))
        place = QRectF(area.left(), area.bottom() - height, area.width(), height)
        self._painter.drawText(place, _WRAPPED | int(Qt.TextFlag.TextDontClip), self._style.caption)
        return place.top() - self._px(8)

    def _paint_heading(self, area: QRectF) -> float:
        """Paint the title of several plots; return where they may begin."""
        self._painter.setFont(ui_font(self._px(15), QFont.Weight.DemiBold))
        self._painter.setPen(QColor(self._theme.text))
        self._painter.drawText(QPointF(area.left(), area.top() + self._px(14)), self._style.title)
        return area.top() + self._px(28)

    def _paint_title(self, cell: QRectF, plot: Plot, letter: str) -> float:
        """Paint a plot's letter, its title and its remark on one line; return where the plot may begin."""
        px, painter, style = self._px, self._painter, self._style
        baseline, left = cell.top() + px(12), cell.left()
        painter.setPen(QColor(self._theme.text))
        if letter:
            font = ui_font(px(14.5), QFont.Weight.DemiBold)
            painter.setFont(font)
            painter.drawText(QPointF(left, baseline), letter)
            left += QFontMetricsF(font).horizontalAdvance(letter) + px(9)
        if not style.shows_title:
            return baseline + px(8)
        title, remark = ui_font(px(12.5), QFont.Weight.DemiBold), ui_font(px(11.5))
        is_own = bool(style.title) and len(self._plots) == 1
        name, room = style.title if is_own else plot.spec.title, cell.right() - left
        painter.setFont(title)
        shown = QFontMetricsF(title).elidedText(name, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QPointF(left, baseline), shown)
        if not is_own:
            left += QFontMetricsF(title).horizontalAdvance(shown) + px(12)
            words, metrics = _words_of(plot), QFontMetricsF(remark)
            painter.setFont(remark)
            painter.setPen(QColor(self._theme.muted))
            if left + metrics.horizontalAdvance(words) <= cell.right():
                painter.drawText(QPointF(left, baseline), words)
        return baseline + px(8)


def _words_of(plot: Plot) -> str:
    """Return which of several layers and sequences a plot shows, and its remark, but in print no advice to readers."""
    which = "" if plot.frame is None else plot.spec.which(plot.frame.document, plot.selection)
    remark = plot.remark()
    if plot.theme.name == "print" and remark == plot.spec.look_at:
        remark = ""
    return SEPARATOR.join(words for words in (which, remark) if words)
