"""The commands that need no display. Each raises DocumentError or FigureError, with one clear line, on bad input."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rnnviz.app.scenes import open_scene
from rnnviz.document.compute import compute
from rnnviz.document.frame import Frame
from rnnviz.document.presets import SCENES
from rnnviz.document.scenes import write_atomically
from rnnviz.document.values import DocumentError

if TYPE_CHECKING:
    from rnnviz.views.figure import Figure
    from rnnviz.views.figures import FigureStyle, Moment


def run(options: argparse.Namespace) -> int:
    """Run the command that the options name; return its exit code."""
    handler = {"scenes": _scenes, "views": _views, "export": _export, "trace": _trace}[options.command]
    try:
        handler(options)
    except (DocumentError, OSError) as error:
        print(f"rnnviz {options.command}: {error}", file=sys.stderr)
        return 2
    return 0


def _scenes(options: argparse.Namespace) -> None:
    if options.json:
        print(json.dumps([{"name": s.name, "title": s.title, "look_at": s.look_at} for s in SCENES.values()]))
        return
    _print_table([(scene.name, scene.look_at) for scene in SCENES.values()])


def _views(options: argparse.Namespace) -> None:
    _without_display()
    from rnnviz.views.plots import PLOTS

    specs = [plot.spec for plot in PLOTS.values()]
    if options.json:
        print(json.dumps([{"name": s.key, "title": s.title, "look_at": s.look_at, "area": s.area} for s in specs]))
        return
    _print_table([(spec.key, f"{spec.title}: {spec.look_at}") for spec in specs])


def _print_table(rows: list[tuple[str, str]]) -> None:
    width = max(len(name) for name, _ in rows)
    for name, words in rows:
        print(f"{name:<{width}}  {words}")


def _trace(options: argparse.Namespace) -> None:
    if options.output is None and options.csv is None:
        raise DocumentError("nothing to write: give -o FILE.npz, --csv FOLDER, or both")
    if options.output is not None and options.output.suffix != ".npz":
        raise DocumentError(f"{options.output}: the file must end in .npz (or use --csv FOLDER for tables)")
    frame = compute(open_scene(options.scene)[0])
    _warn_of_problems(frame)
    arrays = frame.trace()
    if options.output is not None:
        _write_npz(options.output, arrays)
    if options.csv is not None:
        _write_csv(options.csv, arrays)


def _write_npz(path: Path, arrays: dict[str, np.ndarray]) -> None:  # type: ignore[type-arg]
    import io

    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]  # the stubs take the names for options
    write_atomically(path, buffer.getvalue())


def _write_csv(folder: Path, arrays: dict[str, np.ndarray]) -> None:  # type: ignore[type-arg]
    """Write one table for each array: an index column for each axis but the last, then the values."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in arrays.items():
        table = array.reshape(-1, array.shape[-1]) if array.ndim else array.reshape(1, 1)
        indices = list(np.ndindex(array.shape[:-1])) if array.ndim else [()]
        axes = [f"i{axis}" for axis in range(max(array.ndim - 1, 0))]
        lines = [",".join([*axes, *(f"v{column}" for column in range(table.shape[1]))])]
        lines += [
            ",".join([*map(str, index), *(repr(float(v)) for v in row)]) for index, row in zip(indices, table, strict=True)
        ]
        write_atomically(folder / f"{name}.csv", ("\n".join(lines) + "\n").encode())


def _warn_of_problems(frame: Frame) -> None:
    for problem in frame.problems:
        print(f"rnnviz: warning: {problem}", file=sys.stderr)


# Figures


def _without_display() -> None:
    """Let Qt draw without a display, unless the caller has chosen a platform."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def _export(options: argparse.Namespace) -> None:
    """Write one figure, all of them, or the whole window."""
    document, path = open_scene(options.scene)
    _without_display()
    from rnnviz.app.program import make_application, opening_step
    from rnnviz.session.session import Selection
    from rnnviz.views.figures import PLOT_MM, FigureStyle, Moment
    from rnnviz.views.plots import PLOTS
    from rnnviz.views.theme import THEMES

    views = list(PLOTS)
    if options.view not in (*views, "all", "window"):
        raise DocumentError(f"--view: there is no view {options.view!r}; choose one of {', '.join(views)}, all or window")
    frame = compute(document)
    _warn_of_problems(frame)
    t = opening_step(frame.last_step) if options.at is None else options.at
    if not 0 <= t <= frame.last_step:
        raise DocumentError(f"--at: step {t} does not exist; choose from 0 to {frame.last_step}")
    width, height = options.size_mm or PLOT_MM
    style = FigureStyle(THEMES[options.theme], width, height, not options.no_cursor)
    moment = Moment(frame, Selection(), t)
    application = make_application()
    if options.view == "window":
        _export_window(options, moment, style)
    elif options.view == "all":
        _export_all(options, moment, style)
    else:
        _export_plot(options.view, options.output, options, moment, style)
    del application, path


def _export_plot(
    view: str, output: Path, options: argparse.Namespace, moment: Moment, style: FigureStyle
) -> None:
    from rnnviz.views.figures import plot_figure
    from rnnviz.views.plots import PLOTS

    figure = plot_figure(PLOTS[view], moment, style, _command(options, view))
    _save(figure, output, options.dpi)


def _export_all(options: argparse.Namespace, moment: Moment, style: FigureStyle) -> None:
    """Write every view into a folder, as PNG."""
    from tqdm import tqdm

    from rnnviz.views.plots import PLOTS

    if options.output.exists() and not options.output.is_dir():
        raise DocumentError(f"{options.output}: is a file; --view all writes into a folder")
    options.output.mkdir(parents=True, exist_ok=True)
    for view in tqdm(PLOTS, delay=1.0, disable=None, unit="figure"):
        _export_plot(view, options.output / f"{view}.png", options, moment, style)


def _export_window(options: argparse.Namespace, moment: Moment, style: FigureStyle) -> None:
    from dataclasses import replace

    from PySide6.QtGui import QColor

    from rnnviz.app.offscreen import offscreen_window
    from rnnviz.views.figures import window_figure

    window = offscreen_window(moment.frame.document, style.theme, moment.t, not options.no_cursor)
    if options.size_mm is not None:
        width, height = options.size_mm
        if width > 0 and height > 0:
            window.resize(1600, round(min(max(1600 * height / width, 700), 4000)))
    figure = window_figure(window, moment.frame.document.title, QColor(style.theme.canvas), _command(options, "window"))
    if options.size_mm is not None:
        figure = replace(figure, width_mm=options.size_mm[0], height_mm=options.size_mm[1])
    try:
        _save(figure, options.output, options.dpi)
    finally:
        window.session.close()


def _save(figure: Figure, output: Path, dpi: int) -> None:
    from rnnviz.views.figure import FigureError, save_figure

    try:
        save_figure(figure, output, dpi)
    except FigureError as error:
        raise DocumentError(str(error)) from None


def _command(options: argparse.Namespace, view: str) -> str:
    """Return the command that makes this figure again."""
    words = ["rnnviz", "export", options.scene, "--view", view, "--theme", options.theme, "--dpi", str(options.dpi)]
    if options.size_mm is not None:
        words += ["--size-mm", *(f"{side:g}" for side in options.size_mm)]
    if options.at is not None:
        words += ["--at", str(options.at)]
    if options.no_cursor:
        words.append("--no-cursor")
    return shlex.join(words)
