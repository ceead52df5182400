"""Which figure is meant. The dialog and the command line both say it here, so that they cannot differ."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from PySide6.QtCore import QByteArray
from PySide6.QtGui import QColor

from rnnviz.document.presets import SCENES, built_in
from rnnviz.session.session import Selection, Session
from rnnviz.views.figure import Figure, check_sides
from rnnviz.views.figures import PLOT_MM, FigureStyle, Moment, plot_figure, window_figure
from rnnviz.views.plots import PLOTS
from rnnviz.views.plots._base import Look
from rnnviz.views.theme import LIGHT, THEMES, Theme

WINDOW = "window"
KINDS = ("png", "svg", "pdf")


@dataclass(frozen=True, slots=True)
class FigureOrder:
    """A figure as it was asked for, apart from the moment that it shows.

    Attributes:
        view: a plot's key, or ``window``.
        kind: ``png``, ``svg`` or ``pdf``.
        size_mm: width and height; None for the usual size.
        dpi: of a PNG.
        theme: ``light``, ``dark`` or ``print``.
        text_px: height of ordinary words.
        layout: how the window's panels are arranged; None for the default, all the command line knows.
        look: what the plot looks at besides the selection; None for what it first looks at.
    """

    view: str
    kind: str = "png"
    size_mm: tuple[float, float] | None = None
    dpi: int = 200
    theme: str = LIGHT.name
    text_px: float = LIGHT.text_px
    shows_cursor: bool = True
    shows_title: bool = True
    layout: QByteArray | None = None
    look: Look | None = None

    @property
    def file_name(self) -> str:
        """A name for the file, when no other was chosen."""
        return f"{self.view}.{self.kind}"

    @property
    def dressed(self) -> Theme:
        """The theme, with words of the right size."""
        return THEMES[self.theme].with_text(self.text_px)


@contextmanager
def ordered_figure(order: FigureOrder, moment: Moment, command: str = "") -> Iterator[Figure]:
    """Lend the figure that was ordered; ``command`` goes into its file.

    Raises:
        FigureError: the size is out of range; nothing has been drawn.
    """
    title = moment.frame.document.title
    width, height = order.size_mm or PLOT_MM
    check_sides(width, height, title)
    # the entry touched last is about editing, not about looking
    moment = replace(moment, selection=replace(moment.selection, entry=None))
    if order.view != WINDOW:
        style = FigureStyle(order.dressed, width, height, order.shows_cursor, order.shows_title)
        yield plot_figure(PLOTS[order.view], moment, style, command, order.look)
        return
    from rnnviz.app.offscreen import unseen_window

    theme = order.dressed
    with unseen_window(moment, theme, order.size_mm, order.layout, shows_cursor=order.shows_cursor) as window:
        yield window_figure(window, title, QColor(theme.canvas), order.size_mm, command)


def figure_command(order: FigureOrder, moment: Moment, scene: str) -> str:
    """Return the command that makes the figure again; ``scene`` is a built-in scene's name, or a file."""
    words = ["rnnviz", "export", scene, "--view", order.view, "-o", order.file_name]
    if order.size_mm is not None:
        words += ["--size-mm", *(f"{side:.10g}" for side in order.size_mm)]
    if order.kind == "png":
        words += ["--dpi", str(order.dpi)]
    words += ["--at", str(moment.t), "--theme", order.theme]
    if moment.time_range is not None:
        words += ["--from", str(moment.time_range.first), "--to", str(moment.time_range.last)]
    if order.text_px != LIGHT.text_px:
        words += ["--text-px", f"{order.text_px:.10g}"]
    words += _selection_words(moment.selection)
    words += [] if order.look is None else order.look.words()
    words += [] if order.shows_cursor else ["--no-cursor"]
    words += [] if order.shows_title or order.view == WINDOW else ["--no-title"]
    return shlex.join(words)


def _selection_words(selection: Selection) -> list[str]:
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
    namesakes = [name for name, scene in SCENES.items() if scene.title == document.title]
    return next((name for name in namesakes if built_in(name) == document), None)
