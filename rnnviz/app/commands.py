"""The commands that need no display. Each raises DocumentError or FigureError, with one clear line, on bad input."""

from __future__ import annotations

import argparse
import json
import os
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
    from rnnviz.document.document import Document
    from rnnviz.session.session import Selection
    from rnnviz.views.figures import Moment


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
    document, _ = open_scene(options.scene)
    _without_display()
    from rnnviz.app.exports import WINDOW
    from rnnviz.app.program import make_application, opening_step
    from rnnviz.views.figures import Moment
    from rnnviz.views.plots import PLOTS

    if options.view not in (*PLOTS, "all", WINDOW):
        names = ", ".join(PLOTS)
        raise DocumentError(f"--view: there is no view {options.view!r}; choose one of {names}, all or {WINDOW}")
    frame = compute(document)
    _warn_of_problems(frame)
    t = opening_step(frame.last_step) if options.at is None else options.at
    if not 0 <= t <= frame.last_step:
        raise DocumentError(f"--at: step {t} does not exist; choose from 0 to {frame.last_step}")
    moment = Moment(frame, _selection(options, document), t)
    application = make_application()
    if options.view == "all":
        _export_all(options, moment)
    else:
        _export_one(options.view, options.output, options, moment)
    del application


def _selection(options: argparse.Namespace, document: Document) -> Selection:
    """Return what the options select; they count from 1, as the window does."""
    from rnnviz.session.session import Selection

    layer = _index("--layer", options.layer, len(document.layers))
    sample = _index("--sequence", options.sequence, document.batch)
    return Selection(layer, sample, _index("--unit", options.unit, document.layers[layer].units))


def _index(option: str, number: int, count: int) -> int:
    if not 1 <= number <= count:
        raise DocumentError(f"{option}: there is no {option[2:]} {number}; choose from 1 to {count}")
    return number - 1


def _export_all(options: argparse.Namespace, moment: Moment) -> None:
    """Write every view into a folder, as PNG."""
    from tqdm import tqdm

    from rnnviz.views.plots import PLOTS

    folder = options.output
    if folder.exists() and not folder.is_dir():
        raise DocumentError(f"{folder}: is a file; --view all writes into a folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DocumentError(f"{folder}: the folder cannot be made: {error.strerror}") from None
    for view in tqdm(PLOTS, delay=1.0, disable=None, unit="figure"):
        _export_one(view, folder / f"{view}.png", options, moment)


def _export_one(view: str, output: Path, options: argparse.Namespace, moment: Moment) -> None:
    from rnnviz.app.exports import FigureOrder, figure_command, ordered_figure
    from rnnviz.views.figure import FigureError, save_figure

    order = FigureOrder(
        view=view,
        kind=output.suffix.removeprefix(".").lower(),
        size_mm=options.size_mm and tuple(options.size_mm),
        dpi=options.dpi,
        theme=options.theme,
        text_px=options.text_px,
        shows_cursor=not options.no_cursor,
        shows_title=not options.no_title,
    )
    try:
        with ordered_figure(order, moment, figure_command(order, moment, options.scene)) as figure:
            save_figure(figure, output, options.dpi)
    except FigureError as error:
        raise DocumentError(str(error)) from None
