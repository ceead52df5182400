"""Which animation is meant. The dialog and the command line both say it here, so that they cannot differ."""

from __future__ import annotations

import math
import shlex
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from PySide6.QtCore import QByteArray, QRectF
from PySide6.QtGui import QColor, QPainter

from rnnviz.app.exports import (
    WINDOW,
    FigureOrder,
    figure_command,
    is_own_training,
    ordered_figure,
    selection_words,
)
from rnnviz.document.changing import entry_name
from rnnviz.document.compute import compute
from rnnviz.document.document import Place
from rnnviz.document.frame import Frame
from rnnviz.document.values import DocumentError
from rnnviz.document.weight_names import full_weight_name
from rnnviz.session.background import Answer, Question
from rnnviz.session.computer import predicted_ms
from rnnviz.views.animation import FRAMES, Part, Reel, check_animation, parts_of
from rnnviz.views.animation.scale import SCALE_HEIGHT, paint_scale
from rnnviz.views.figure import DPI, MM_PER_INCH, Figure, FigureError
from rnnviz.views.figures import PLOT_MM, Moment, plots_figure, prepared_plot
from rnnviz.views.plots import PLOTS
from rnnviz.views.plots._base import Look
from rnnviz.views.plots._network_look import NetworkLook
from rnnviz.views.plots.sweep import SweepLook
from rnnviz.views.theme import LIGHT
from rnnviz.views.window_figure import window_figure

FORWARD: Final = "forward"
BACKWARD: Final = "backward"
WEIGHT: Final = "weight"
USUAL_VALUES, FEWEST_VALUES = 41, 2


@dataclass(frozen=True, slots=True)
class Journey:
    """A weight on its way from one value to another; nothing else of the document changes.

    Attributes:
        place, index: which weight.
        start, stop: its values in the first and the last frame.
        count: of frames.
    """

    place: Place
    index: tuple[int, ...]
    start: float
    stop: float
    count: int = USUAL_VALUES

    @property
    def values(self) -> list[float]:
        """The weight's value in each frame."""
        return list(np.linspace(self.start, self.stop, self.count).tolist())


@dataclass(frozen=True, slots=True)
class AnimationOrder:
    """An animation as it was asked for, apart from the scene and the selection.

    Attributes:
        view: a plot's key, or ``window``.
        kind: ``gif``, ``apng``, ``mp4``, or ``frames`` for a folder of PNG files.
        first, last: the steps between which the cursor goes: forward, or if ``is_backward`` back from the last one.
        journey: the weight that is moved instead, with the cursor where it is; None if the cursor is.
        size_px: width and height of each frame.
        theme, text_scale, shows_title, layout: as in a FigureOrder.
        look: what the plot looks at besides the selection; None for what it first looks at.
    """

    view: str
    kind: str = "gif"
    first: int = 0
    last: int = 0
    is_backward: bool = False
    journey: Journey | None = None
    size_px: tuple[int, int] = (960, 540)
    fps: float = 5.0
    theme: str = LIGHT.name
    text_scale: float = 1.0
    shows_title: bool = True
    layout: QByteArray | None = None
    look: Look | None = None

    @property
    def steps(self) -> list[int]:
        """Where the cursor stands in each frame; empty if a weight is moved."""
        steps = [] if self.journey is not None else list(range(self.first, self.last + 1))
        return steps[::-1] if self.is_backward else steps

    @property
    def count(self) -> int:
        """How many frames there are."""
        return len(self.steps) if self.journey is None else self.journey.count

    @property
    def figure(self) -> FigureOrder:
        """The still that each frame is: as large in pixels, and in millimetres as usual figures are."""
        width, height = self.size_px
        usual = MM_PER_INCH * math.sqrt(width * height / math.prod(PLOT_MM))
        dpi = round(min(max(usual, DPI[0]), DPI[1]))
        # as many decimals as a command has, and far fewer than would move a pixel
        size_mm = (round(width / dpi * MM_PER_INCH, 4), round(height / dpi * MM_PER_INCH, 4))
        return FigureOrder(
            view=self.view,
            size_mm=size_mm,
            dpi=dpi,
            theme=self.theme,
            text_scale=self.text_scale,
            shows_title=self.shows_title,
            layout=self.layout,
            looks={} if self.look is None else {self.view: self.look},
        )

    @property
    def file_name(self) -> str:
        """A name for the file or folder, when no other was chosen."""
        way = WEIGHT if self.journey is not None else BACKWARD if self.is_backward else FORWARD
        return f"{self.view}-{way}" + ("" if self.kind == FRAMES else f".{self.kind}")


def animation_parts(order: AnimationOrder, moment: Moment, scene: str) -> Iterator[Part]:
    """Yield the parts of an animation's file; ``scene`` is what a command calls it, or empty if none can.

    Raises:
        DocumentError: it cannot be made; one line says why.
    """
    check_animation(order.kind, order.size_px, order.fps, order.count)
    # the entry touched last is about editing, not about looking
    moment = replace(moment, selection=replace(moment.selection, entry=None))
    figures = _of_weight(order, moment, scene) if order.journey is not None else _of_time(order, moment, scene)
    try:
        yield from parts_of(Reel(figures, order.count, order.fps, order.figure.dpi), order.kind)
    except FigureError as error:
        raise DocumentError(str(error)) from None


def _of_time(
    order: AnimationOrder, moment: Moment, scene: str, answer: Answer = Question.answer
) -> Generator[Figure, None, None]:
    """Yield a figure for each step, with the cursor there; the plot, or the window, is made once."""
    if order.view == WINDOW:
        yield from _of_window(order, moment, scene, answer)
        return
    figure = order.figure
    plot = prepared_plot(PLOTS[order.view], moment, figure.style, order.look)
    for now in _moments(order, moment):
        plot.show_cursor(now.t)
        if (question := plot.question()) is not None:
            plot.show_answer(answer(question))
        yield plots_figure([plot], now, figure.style, _command(order, now, scene))


def _of_window(order: AnimationOrder, moment: Moment, scene: str, answer: Answer) -> Iterator[Figure]:
    from rnnviz.app.offscreen import settle, unseen_window

    figure = order.figure
    ground, title = QColor(figure.dressed.canvas), moment.frame.document.title
    made = unseen_window(moment, figure.dressed, figure.size_mm, order.layout, shows_cursor=True, answer=answer)
    with made as window:
        if order.is_backward:
            window.time_bar.set_direction(-1)
        for now in _moments(order, moment):
            window.session.set_cursor(now.t)
            settle(window)
            yield window_figure(window, title, ground, figure.size_mm, _command(order, now, scene))


def _moments(order: AnimationOrder, moment: Moment) -> Iterator[Moment]:
    return (replace(moment, t=t) for t in order.steps)


def _of_weight(order: AnimationOrder, moment: Moment, scene: str) -> Iterator[Figure]:
    """Yield a figure for each value of a weight, and under it a line that shows the value."""
    assert order.journey is not None
    for value in order.journey.values:
        with _weight_frame(order, moment, value, _command(order, moment, scene)) as figure:
            yield figure


@contextmanager
def _weight_frame(
    order: AnimationOrder, moment: Moment, value: float, command: str, answer: Answer = Question.answer
) -> Iterator[Figure]:
    journey, document = order.journey, moment.frame.document
    assert journey is not None
    weights = document.weight(journey.place).copy()
    weights[journey.index] = value
    question = Question(compute, (document.with_weight(journey.place, weights),), predicted_ms(document))
    frame = answer(question)
    assert isinstance(frame, Frame)
    with ordered_figure(order.figure, replace(moment, frame=frame), command, answer) as figure:
        yield _with_scale(figure, order, value)


@contextmanager
def single_frame(order: AnimationOrder, moment: Moment, number: int, answer: Answer) -> Iterator[Figure]:
    """Lend one frame of an animation, counted from 0, to be looked at.

    Raises:
        FigureError: the size is out of range.
        Exception: what ``answer`` raises.
    """
    if order.journey is not None:
        with _weight_frame(order, moment, order.journey.values[number], "", answer) as figure:
            yield figure
    else:
        t = order.steps[number]
        with closing(_of_time(replace(order, first=t, last=t), moment, "", answer)) as figures:
            yield next(figures)


def with_look_of_way(order: AnimationOrder, moment: Moment) -> AnimationOrder:
    """Return the order with a plot that looks where the animation goes: at the weight that is moved, or backward."""
    look, journey = order.look, order.journey
    if order.view == "sweep" and journey is not None:
        low, high = sorted((journey.start, journey.stop))
        look = SweepLook(journey.place, journey.index, low, high, moment.selection.layer)
    elif order.view == "unrolled":
        is_folded = isinstance(look, NetworkLook) and look.is_folded
        look = NetworkLook(BACKWARD if order.is_backward else FORWARD, is_folded)
    return replace(order, look=look)


def _with_scale(figure: Figure, order: AnimationOrder, value: float) -> Figure:
    journey, theme = order.journey, order.figure.dressed
    assert journey is not None
    low, high = sorted((journey.start, journey.stop))
    name = entry_name(journey.place, journey.index)

    def paint(painter: QPainter, rect: QRectF) -> None:
        height = theme.px(SCALE_HEIGHT)
        ground = rect.adjusted(0, rect.height() - height, 0, 0)
        figure.paint(painter, rect.adjusted(0, 0, 0, -height))
        painter.fillRect(ground, QColor(theme.card))
        paint_scale(painter, ground, theme, name, (value, low, high))

    return replace(figure, paint=paint)


def _command(order: AnimationOrder, moment: Moment, scene: str) -> str:
    """Return what is written into a frame: the command that makes the file again, or that still in a folder."""
    if not scene or moment.pins or is_own_training(order.look):
        return ""
    if order.kind == FRAMES and order.journey is None and not order.is_backward:
        return figure_command(order.figure, moment, scene)
    return animation_command(order, moment, scene)


def animation_command(order: AnimationOrder, moment: Moment, scene: str) -> str:
    """Return the command that makes the animation again; ``scene`` is a built-in scene's name, or a file."""
    words = ["rnnviz", "animate", scene, "--view", order.view, "-o", order.file_name]
    last, journey = moment.frame.last_step, order.journey
    if journey is not None:
        name = full_weight_name(journey.place, journey.index, moment.selection.layer)
        words += ["--along", WEIGHT, "--weight", name, "--range", f"{journey.start!r}", f"{journey.stop!r}"]
        words += ["--frames", str(journey.count), "--at", str(moment.t)]
    else:
        words += ["--along", BACKWARD] if order.is_backward else []
        words += [] if order.first == 0 else ["--from", str(order.first)]
        words += [] if order.last == last else ["--to", str(order.last)]
    words += ["--size-px", *map(str, order.size_px), "--fps", f"{order.fps:.10g}", "--theme", order.theme]
    words += [] if order.text_scale == 1 else ["--text-scale", f"{order.text_scale:.10g}"]
    words += selection_words(moment.selection)
    is_said = journey is not None and isinstance(order.look, SweepLook)  # by the same options
    words += [] if order.look is None or is_said else order.look.words()
    words += [] if order.shows_title or order.view == WINDOW else ["--no-title"]
    return shlex.join(words)
