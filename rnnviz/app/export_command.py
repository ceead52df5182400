"""rnnviz export: figures from the command line."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm  # type: ignore[import-untyped]

from rnnviz.app.exports import WINDOW, FigureOrder, figure_command, ordered_figure, step_latex
from rnnviz.app.looks import chosen_looks
from rnnviz.app.numbering import index_of
from rnnviz.app.program import make_application, opening_step
from rnnviz.app.scenes import open_scene, open_scene_or_task
from rnnviz.document.compute import compute
from rnnviz.document.document import Document
from rnnviz.document.scenes import write_atomically
from rnnviz.document.values import DocumentError
from rnnviz.session.pins import MOST_PINS, Pin
from rnnviz.session.session import Selection
from rnnviz.session.time_range import TimeRange
from rnnviz.views.figure import FigureError, save_figure
from rnnviz.views.figures import Moment
from rnnviz.views.fonts import UI, families
from rnnviz.views.plots import PLOTS
from rnnviz.views.plots._base import Look, Scale

_ALL = "all"
_NAMED_FONTS = 8


def export(options: argparse.Namespace) -> None:
    """Write one figure, all of them, or the whole window.

    Raises:
        DocumentError: the scene, an option or the place to write to is not possible; one line says why.
    """
    document, task = open_scene_or_task(options.scene)
    _check_views(options)
    frame = compute(document)
    for problem in frame.problems:
        print(f"rnnviz: warning: {problem}", file=sys.stderr)
    time_range = _time_range(options, frame.last_step)
    t = opening_step(frame.last_step) if options.at is None else options.at
    if options.at is None and time_range is not None:
        t = min(max(t, time_range.first), time_range.last)
    if not 0 <= t <= frame.last_step:
        raise DocumentError(f"--at: step {t} does not exist; choose from 0 to {frame.last_step}")
    moment = Moment(frame, chosen_selection(options, document), t, _ghosts(options.ghosts), time_range)
    looks = chosen_looks(options, document, moment.selection, task)
    application = make_application()
    _check_font(options.font)
    if options.views == [_ALL]:
        _export_all(options, moment, looks)
    elif options.output.suffix.lower() == ".tex":
        _export_latex(options, moment, looks)
    else:
        _export_one(options.views, options.output, options, moment, looks)
    del application


def _check_views(options: argparse.Namespace) -> None:
    """Raise DocumentError unless all views exist and can be in one figure."""
    for view in options.views:
        if view not in (*PLOTS, _ALL, WINDOW):
            known = ", ".join(PLOTS)
            raise DocumentError(f"--view: no view is called {view!r}; choose one of {known}, {_ALL} or {WINDOW}")
        if view in (_ALL, WINDOW) and len(options.views) > 1:
            raise DocumentError(f"--view: {view} is a figure of its own; leave the other views out")
        if options.views.count(view) > 1:
            raise DocumentError(f"--view: {view} is given twice; a figure shows a view once")
    if options.format is not None and options.views != [_ALL]:
        raise DocumentError(f"--format: only --view {_ALL} takes it; end the file's name in .{options.format}")


def _check_font(font: str | None) -> None:
    if font is not None and font not in families():
        known = families()
        few = ", ".join(known[:_NAMED_FONTS]) + (" …" if len(known) > _NAMED_FONTS else "")
        raise DocumentError(f"--font: there is no typeface {font!r} here; choose from {few}")


def _ghosts(words: Sequence[str]) -> tuple[Pin, ...]:
    """Return the states that are drawn behind the shown one: name=scene, or a scene that is called by its title."""
    if len(words) > MOST_PINS:
        raise DocumentError(f"--ghost: at most {MOST_PINS} can be drawn, not {len(words)}")
    pins = []
    for number, word in enumerate(words):
        name, is_named, scene = word.partition("=")
        try:
            document, _ = open_scene(scene if is_named else word)
        except DocumentError as error:
            raise DocumentError(f"--ghost: {error}") from None
        pins.append(Pin(name if is_named else document.title, compute(document), number))
    return tuple(pins)


def _time_range(options: argparse.Namespace, last: int) -> TimeRange | None:
    """Return the part of time that plots over time show."""
    first = 0 if options.first is None else options.first
    end = last if options.last is None else options.last
    for option, t in (("--from", first), ("--to", end)):
        if not 0 <= t <= last:
            raise DocumentError(f"{option}: step {t} does not exist; choose from 0 to {last}")
    if first >= end:
        raise DocumentError(f"--from: step {first} is not before step {end}, where --to ends")
    return None if (first, end) == (0, last) else TimeRange(first, end)


def chosen_selection(options: argparse.Namespace, document: Document) -> Selection:
    """Return what the options select; they count from 1, as the window does."""
    layer = index_of("--layer", options.layer, len(document.layers))
    sample = index_of("--sequence", options.sequence, document.batch)
    return Selection(layer, sample, index_of("--unit", options.unit, document.layers[layer].units))


def _export_all(options: argparse.Namespace, moment: Moment, looks: dict[str, Look]) -> None:
    """Write every view into a folder."""
    folder = options.output
    if folder.exists() and not folder.is_dir():
        raise DocumentError(f"{folder}: is a file; --view all writes into a folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DocumentError(f"{folder}: the folder cannot be made: {error.strerror}") from None
    for view in tqdm(PLOTS, delay=1.0, disable=None, unit="figure"):
        _export_one([view], folder / f"{view}.{options.format or 'png'}", options, moment, looks)


def _export_latex(options: argparse.Namespace, moment: Moment, looks: dict[str, Look]) -> None:
    """Write the worked step as LaTeX."""
    if options.views != ["step"]:
        raise DocumentError(f"{options.output}: only --view step is written as LaTeX; end it in .png, .svg or .pdf")
    order = _order(["step"], "tex", options, looks)
    text = step_latex(order, moment, figure_command(order, moment, options.scene, options.ghosts))
    write_atomically(options.output, text.encode())


def _scales(options: argparse.Namespace) -> dict[str, dict[str, Scale]]:
    """Return the scales that are held, by view and name; whether a view has such a scale is not known yet."""
    scales: dict[str, dict[str, Scale]] = {}
    for word in options.scales:
        place, _, ends = word.partition("=")
        view, _, name = place.partition(".")
        if view not in PLOTS or not {view, _ALL, WINDOW} & set(options.views):
            raise DocumentError(f"--scale: {word}: {view!r} is no view in this figure; write VIEW.NAME=LOW:HIGH")
        try:
            low, high = map(float, ends.split(":"))
        except ValueError:
            raise DocumentError(f"--scale: {word}: {ends!r} is no range; write VIEW.NAME=LOW:HIGH") from None
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise DocumentError(f"--scale: {word}: give a lower number, then a higher one")
        scales.setdefault(view, {})[name] = (low, high)
    return scales


def _order(views: list[str], kind: str, options: argparse.Namespace, looks: dict[str, Look]) -> FigureOrder:
    return FigureOrder(
        view=views[0],
        also=tuple(views[1:]),
        kind=kind,
        size_mm=options.size_mm and tuple(options.size_mm),
        dpi=options.dpi,
        theme=options.theme,
        text_px=options.text_px,
        text_scale=options.text_scale,
        font=options.font or UI,
        shows_cursor=not options.no_cursor,
        shows_title=not options.no_title,
        shows_legend=not options.no_legend,
        is_transparent=options.transparent,
        columns=options.columns,
        has_letters=not options.no_letters,
        title=options.title,
        caption=options.caption,
        looks=looks,
        scales={view: scales for view, scales in _scales(options).items() if view in views or views == [WINDOW]},
    )


def _export_one(
    views: list[str], output: Path, options: argparse.Namespace, moment: Moment, looks: dict[str, Look]
) -> None:
    order = _order(views, output.suffix.removeprefix(".").lower(), options, looks)
    try:
        with ordered_figure(order, moment, figure_command(order, moment, options.scene, options.ghosts)) as figure:
            save_figure(figure, output, options.dpi)
    except FigureError as error:
        raise DocumentError(str(error)) from None
