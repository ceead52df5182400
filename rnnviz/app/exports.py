"""Which figure is meant. The dialog and the command line both say it here, so that they cannot differ."""

from __future__ import annotations

import math
import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QByteArray
from PySide6.QtGui import QColor

from rnnviz.document.document import Document
from rnnviz.document.presets import SCENES, built_in
from rnnviz.session.background import Answer, Question
from rnnviz.session.pins import Pin
from rnnviz.session.session import Selection, Session
from rnnviz.views.figure import SIDE_MM, Figure, FigureError, check_sides
from rnnviz.views.figures import PLOT_MM, FigureStyle, Moment, grid_columns, plots_figure, prepared_plot
from rnnviz.views.fonts import UI, words_in
from rnnviz.views.plots import PLOTS
from rnnviz.views.plots._base import Look, Plot, Scale
from rnnviz.views.plots._training_look import TrainingLook
from rnnviz.views.plots.step import StepPlot
from rnnviz.views.theme import LIGHT, THEMES, Theme
from rnnviz.views.window_figure import window_figure

WINDOW = "window"
KINDS = ("png", "svg", "pdf")
LEAST_TEXT_PX = 7 / 72 * 96
"""7 points: what journals ask for at least."""


@dataclass(frozen=True, slots=True)
class FigureOrder:
    """A figure as it was asked for, apart from the moment that it shows.

    Attributes:
        view: a plot's key, or ``window``.
        also: further plots in the same figure, which is a grid then.
        kind: ``png``, ``svg`` or ``pdf``.
        size_mm: width and height; None for the usual size.
        dpi: of a PNG.
        theme: ``light``, ``dark`` or ``print``.
        text_px: height of ordinary words; None for one in proportion to the figure, but not below 7 points.
        text_scale: what that is multiplied by.
        font: the typeface of words and numbers.
        shows_ghosts: whether pinned states are drawn.
        is_transparent: whether the ground is left out; the window has always one.
        columns: of a grid; None for as many as rows, or one more.
        has_letters: whether the plots of a grid are named a, b, c …
        title: words instead of the plot's own title, or above a grid.
        caption: words below.
        layout: how the window's panels are arranged; None for the default, all the command line knows.
        looks: what plots look at besides the selection, by view; where there is none, what they first look at.
        scales: the scales that are held, by view and name; the others fit what is drawn.
    """

    view: str
    also: tuple[str, ...] = ()
    kind: str = "png"
    size_mm: tuple[float, float] | None = None
    dpi: int = 200
    theme: str = LIGHT.name
    text_px: float | None = None
    text_scale: float = 1.0
    font: str = UI
    shows_cursor: bool = True
    shows_title: bool = True
    shows_legend: bool = True
    shows_ghosts: bool = True
    is_transparent: bool = False
    columns: int | None = None
    has_letters: bool = True
    title: str = ""
    caption: str = ""
    layout: QByteArray | None = None
    looks: Mapping[str, Look] = field(default_factory=dict)
    scales: Mapping[str, Mapping[str, Scale]] = field(default_factory=dict)

    @property
    def views(self) -> tuple[str, ...]:
        """Everything that is in the figure."""
        return self.view, *self.also

    @property
    def file_name(self) -> str:
        """A name for the file, when no other was chosen."""
        return f"figure.{self.kind}" if self.also else f"{self.view}.{self.kind}"

    @property
    def sides_mm(self) -> tuple[float, float]:
        """Width and height."""
        if self.size_mm is not None:
            return self.size_mm
        columns, rows = self._grid
        return min(PLOT_MM[0] * columns, SIDE_MM[1]), min(PLOT_MM[1] * rows, SIDE_MM[1])

    @property
    def _grid(self) -> tuple[int, int]:
        columns = grid_columns(len(self.views), self.columns)
        return columns, math.ceil(len(self.views) / columns)

    @property
    def drawn_text_px(self) -> float:
        """The height of ordinary words: lines and marks follow it, so that all of it is in proportion."""
        if self.text_px is not None:
            return self.text_px * self.text_scale
        if self.view == WINDOW:  # which is scaled as a whole
            return LIGHT.text_px * self.text_scale
        (width, height), (columns, rows) = self.sides_mm, self._grid
        share = math.sqrt(max(width * height, 1.0) / (columns * rows) / (PLOT_MM[0] * PLOT_MM[1]))
        return max(LIGHT.text_px * share, LEAST_TEXT_PX) * self.text_scale

    @property
    def dressed(self) -> Theme:
        """The theme, with words of the right size."""
        return THEMES[self.theme].with_text(self.drawn_text_px)

    @property
    def style(self) -> FigureStyle:
        """How plots are drawn."""
        width, height = self.sides_mm
        return FigureStyle(
            self.dressed,
            width,
            height,
            shows_cursor=self.shows_cursor,
            shows_title=self.shows_title,
            shows_legend=self.shows_legend,
            is_transparent=self.is_transparent,
            columns=self.columns,
            has_letters=self.has_letters and bool(self.also),
            title=self.title,
            caption=self.caption,
            font=self.font,
        )


@contextmanager
def ordered_figure(
    order: FigureOrder, moment: Moment, command: str = "", answer: Answer = Question.answer
) -> Iterator[Figure]:
    """Lend the figure that was ordered; ``command`` goes into its file.

    Raises:
        FigureError: the size is out of range; nothing has been drawn.
        Exception: what ``answer`` raises.
    """
    title = moment.frame.document.title
    check_sides(*order.sides_mm, title)
    # the entry touched last is about editing, not about looking
    selection = replace(moment.selection, entry=None)
    moment = replace(moment, selection=selection, pins=moment.pins if order.shows_ghosts else ())
    if order.view != WINDOW:
        with words_in(order.font):
            yield plots_figure(_answered_plots(order, moment, answer), moment, order.style, command)
        return
    from rnnviz.app.offscreen import unseen_window

    theme = order.dressed
    window = unseen_window(moment, theme, order.size_mm, order.layout, shows_cursor=order.shows_cursor, answer=answer)
    with words_in(order.font), window as shown:
        for view, held in order.scales.items():
            shown.cards[view].content.hold_scales(held)  # type: ignore[attr-defined]  # the content of a plot's card
        yield window_figure(shown, title, QColor(theme.canvas), order.size_mm, command)


def _answered_plots(order: FigureOrder, moment: Moment, answer: Answer) -> list[Plot]:
    style = order.style
    plots = []
    for view in order.views:
        plot = prepared_plot(PLOTS[view], moment, style, order.looks.get(view), order.scales.get(view))
        if (question := plot.question()) is not None:
            plot.show_answer(answer(question))
        _check_scales(plot, order.scales.get(view, {}))
        plots.append(plot)
    return plots


def _check_scales(plot: Plot, held: Mapping[str, Scale]) -> None:
    """Raise FigureError if a scale that is to be held does not exist."""
    for name in held.keys() - plot.scales.keys():
        raise FigureError(f"the view {plot.spec.key} has no scale {name!r}; it has {', '.join(sorted(plot.scales))}")


def step_latex(order: FigureOrder, moment: Moment, command: str = "") -> str:
    """Return the worked step as LaTeX for amsmath; comments say what it is and which ``command`` makes it again."""
    plot = prepared_plot(StepPlot, moment, order.style, order.looks.get(StepPlot.spec.key))
    assert isinstance(plot, StepPlot)
    comments = (f"{moment.frame.document.title}, {plot.remark()}", command)
    lines = (f"% {' '.join(comment.split())}\n" for comment in comments if comment)
    return "".join(lines) + plot.latex()


def figure_command(order: FigureOrder, moment: Moment, scene: str, ghosts: Sequence[str] = ()) -> str:
    """Return the command that makes the figure again.

    ``scene`` is a built-in scene's name, or a file; ``ghosts`` are those of what is pinned, see `ghost_words`.
    """
    words = ["rnnviz", "export", scene]
    for view in order.views:
        words += ["--view", view]
    words += ["-o", order.file_name]
    if order.size_mm is not None:
        words += ["--size-mm", *(f"{side:.10g}" for side in order.size_mm)]
    if order.kind == "png":
        words += ["--dpi", str(order.dpi)]
    words += ["--at", str(moment.t), "--theme", order.theme]
    if moment.time_range is not None:
        words += ["--from", str(moment.time_range.first), "--to", str(moment.time_range.last)]
    words += selection_words(moment.selection)
    for view in order.views:
        words += order.looks[view].words() if view in order.looks else []
    words += [f"--ghost={ghost}" for ghost in ghosts]
    for view, scales in order.scales.items():
        words += [f"--scale={view}.{name}={low!r}:{high!r}" for name, (low, high) in scales.items()]
    return shlex.join([*words, *_words_about_words(order), *_left_out(order)])


def _words_about_words(order: FigureOrder) -> list[str]:
    """Return the options that say how words are set, and which are added."""
    options: dict[str, str | None] = {
        "--text-px": None if order.text_px is None else f"{order.text_px:.10g}",
        "--text-scale": None if order.text_scale == 1 else f"{order.text_scale:.10g}",
        "--font": None if order.font == UI else order.font,
    }
    if order.view != WINDOW:
        options |= {
            "--title": order.title if order.shows_title and order.title else None,
            "--caption": order.caption or None,
            "--columns": None if order.columns is None or not order.also else str(order.columns),
        }
    # joined by = because words may begin with a hyphen
    return [f"{option}={value}" for option, value in options.items() if value is not None]


def _left_out(order: FigureOrder) -> list[str]:
    """Return the options without a value: what is left out."""
    is_window = order.view == WINDOW
    options = {
        "--no-cursor": not order.shows_cursor,
        "--no-title": not order.shows_title and not is_window,
        "--no-legend": not order.shows_legend and not is_window,
        "--no-letters": not order.has_letters and bool(order.also),
        "--transparent": order.is_transparent and not is_window,
    }
    return [option for option, is_given in options.items() if is_given]


def selection_words(selection: Selection) -> list[str]:
    """Return the options that select something else than the first of everything; they count from 1."""
    numbers = {"--layer": selection.layer, "--sequence": selection.sample, "--unit": selection.unit}
    return [word for option, number in numbers.items() if number for word in (option, str(number + 1))]


def scene_word(session: Session) -> str | None:
    """Return what a command calls the scene that is shown; None if no file and no preset is like it."""
    document = session.document
    if session.is_computing:
        return None
    if session.path is not None:
        return None if session.is_modified else str(session.path.absolute())
    return _built_in_name(document)


SAVE_FIRST = "Save the scene first: a command can only draw what is in a file, or built in"
TRAINED = "No command makes this: it is the training of this window, with all that was done meanwhile"


def is_own_training(look: Look | None) -> bool:
    """Return whether a plot draws a window's training: a command would make one of its own."""
    return isinstance(look, TrainingLook) and look.shown is not None


def ghost_words(pins: Sequence[Pin]) -> list[str] | None:
    """Return what a command calls pinned states, name=scene; None where one is no built-in scene as it is."""
    words = []
    for number, pin in enumerate(sorted(pins, key=lambda pin: pin.number)):
        scene = _built_in_name(pin.frame.document)
        if scene is None or pin.number != number or "=" in pin.name:
            return None
        words.append(f"{pin.name}={scene}")
    return words


def _built_in_name(document: Document) -> str | None:
    namesakes = [name for name, scene in SCENES.items() if scene.title == document.title]
    return next((name for name in namesakes if built_in(name) == document), None)
