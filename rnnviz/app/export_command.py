"""rnnviz export: figures from the command line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tqdm import tqdm  # type: ignore[import-untyped]

from rnnviz.app.exports import WINDOW, FigureOrder, figure_command, ordered_figure
from rnnviz.app.looks import chosen_looks
from rnnviz.app.numbering import index_of
from rnnviz.app.program import make_application, opening_step
from rnnviz.app.scenes import open_scene_or_task
from rnnviz.document.compute import compute
from rnnviz.document.document import Document
from rnnviz.document.values import DocumentError
from rnnviz.session.session import Selection
from rnnviz.session.time_range import TimeRange
from rnnviz.views.figure import FigureError, save_figure
from rnnviz.views.figures import Moment
from rnnviz.views.plots import PLOTS
from rnnviz.views.plots._base import Look


def export(options: argparse.Namespace) -> None:
    """Write one figure, all of them, or the whole window.

    Raises:
        DocumentError: the scene, an option or the place to write to is not possible; one line says why.
    """
    document, task = open_scene_or_task(options.scene)
    if options.view not in (*PLOTS, "all", WINDOW):
        views = ", ".join(PLOTS)
        raise DocumentError(f"--view: no view is called {options.view!r}; choose one of {views}, all or {WINDOW}")
    frame = compute(document)
    for problem in frame.problems:
        print(f"rnnviz: warning: {problem}", file=sys.stderr)
    time_range = _time_range(options, frame.last_step)
    t = opening_step(frame.last_step) if options.at is None else options.at
    if options.at is None and time_range is not None:
        t = min(max(t, time_range.first), time_range.last)
    if not 0 <= t <= frame.last_step:
        raise DocumentError(f"--at: step {t} does not exist; choose from 0 to {frame.last_step}")
    moment = Moment(frame, _selection(options, document), t, time_range=time_range)
    looks = chosen_looks(options, document, moment.selection, task)
    application = make_application()
    if options.view == "all":
        _export_all(options, moment, looks)
    else:
        _export_one(options.view, options.output, options, moment, looks)
    del application


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


def _selection(options: argparse.Namespace, document: Document) -> Selection:
    """Return what the options select; they count from 1, as the window does."""
    layer = index_of("--layer", options.layer, len(document.layers))
    sample = index_of("--sequence", options.sequence, document.batch)
    return Selection(layer, sample, index_of("--unit", options.unit, document.layers[layer].units))


def _export_all(options: argparse.Namespace, moment: Moment, looks: dict[str, Look]) -> None:
    """Write every view into a folder, as PNG."""
    folder = options.output
    if folder.exists() and not folder.is_dir():
        raise DocumentError(f"{folder}: is a file; --view all writes into a folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DocumentError(f"{folder}: the folder cannot be made: {error.strerror}") from None
    for view in tqdm(PLOTS, delay=1.0, disable=None, unit="figure"):
        _export_one(view, folder / f"{view}.png", options, moment, looks)


def _export_one(view: str, output: Path, options: argparse.Namespace, moment: Moment, looks: dict[str, Look]) -> None:
    order = FigureOrder(
        view=view,
        kind=output.suffix.removeprefix(".").lower(),
        size_mm=options.size_mm and tuple(options.size_mm),
        dpi=options.dpi,
        theme=options.theme,
        text_px=options.text_px,
        shows_cursor=not options.no_cursor,
        shows_title=not options.no_title,
        look=looks.get(view),
    )
    try:
        with ordered_figure(order, moment, figure_command(order, moment, options.scene)) as figure:
            save_figure(figure, output, options.dpi)
    except FigureError as error:
        raise DocumentError(str(error)) from None
