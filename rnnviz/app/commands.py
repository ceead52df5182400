"""The commands that need no display. Each raises DocumentError or FigureError, with one clear line, on bad input."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from rnnviz.app.scenes import open_scene
from rnnviz.document.compute import compute
from rnnviz.document.frame import Frame
from rnnviz.document.presets import SCENES
from rnnviz.document.scenes import write_atomically
from rnnviz.document.values import Array, DocumentError


def run(options: argparse.Namespace) -> int:
    """Run the command that the options name; return its exit code: a handler's own, or 0 where it returns None."""
    try:
        code = HANDLERS[options.command](options) or 0
        sys.stdout.flush()
    except BrokenPipeError:
        raise  # not a failure of the command: see main
    except (DocumentError, OSError) as error:
        print(f"rnnviz {options.command}: {error}", file=sys.stderr)
        return 2
    return code


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


def _measures(options: argparse.Namespace) -> None:
    from rnnviz.app.measures_command import measures

    measures(options)


def _code(options: argparse.Namespace) -> None:
    from rnnviz.app.code_command import code

    code(options)


def _write_npz(path: Path, arrays: dict[str, Array]) -> None:
    import io

    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]  # the stubs take the names for options
    write_atomically(path, buffer.getvalue())


def _write_csv(folder: Path, arrays: dict[str, Array]) -> None:
    """Write one table for each array: an index column for each axis but the last, then the values."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DocumentError(f"{folder}: the folder cannot be made: {error.strerror}") from None
    for name, array in arrays.items():
        table = array.reshape(-1, array.shape[-1]) if array.ndim else array.reshape(1, 1)
        indices = list(np.ndindex(array.shape[:-1])) if array.ndim else [()]
        axes = [f"i{axis}" for axis in range(max(array.ndim - 1, 0))]
        lines = [",".join([*axes, *(f"v{column}" for column in range(table.shape[1]))])]
        lines += [
            ",".join([*map(str, index), *(repr(float(v)) for v in row)])
            for index, row in zip(indices, table, strict=True)
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
    from rnnviz.app.export_command import export

    _without_display()
    export(options)


# Training


def _tasks(options: argparse.Namespace) -> None:
    from rnnviz.app.tasks_command import tasks

    tasks(options)


def _train(options: argparse.Namespace) -> int:
    from rnnviz.app.train_command import train

    return train(options)


# Checks


def _check(options: argparse.Namespace) -> int:
    from rnnviz.app.check_command import check

    return check(options)


HANDLERS: dict[str, Callable[[argparse.Namespace], int | None]] = {
    "scenes": _scenes,
    "views": _views,
    "export": _export,
    "trace": _trace,
    "code": _code,
    "train": _train,
    "tasks": _tasks,
    "check": _check,
    "measures": _measures,
}
