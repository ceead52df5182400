"""rnnviz train: learn a task, or what a scene asks for, and write the trained scene."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from tqdm import tqdm  # type: ignore[import-untyped]

from rnnviz.app.scenes import open_scene
from rnnviz.document.budget import with_budget
from rnnviz.document.document import Document
from rnnviz.document.presets import SCENES
from rnnviz.document.sampling import sample_text
from rnnviz.document.scenes import save_scene
from rnnviz.document.series import Series, read_series
from rnnviz.document.tasks import TASKS
from rnnviz.document.tasks._base import Task
from rnnviz.document.text import read_text
from rnnviz.document.training import Trainer, Training, TrainingFailedError, TrainingState
from rnnviz.document.training_data import TrainingData, cut_into_pieces, own_data
from rnnviz.document.values import DocumentError

_LINES = 10  # lines of losses, spread over the updates
_UPDATES = 500  # of a scene, when nothing is said
_SYMBOLS, _TEMPERATURE = 60, 0.5  # of what a network that has learned a text says


@dataclass(frozen=True, slots=True)
class _Work:
    """What is to be trained, on what, and how."""

    document: Document
    data: TrainingData
    settings: Training
    updates: int


def train(options: argparse.Namespace) -> int:
    """Train, print the losses, and write the trained scene; return 0, or 1 if it diverged.

    The same words give the same losses and the same file. Nothing is written before the end.

    Raises:
        DocumentError: there is no such task or scene, an option will not do, or the file cannot be written.
    """
    _check_output(options.output)
    work = _work(options)
    if options.cell is not None:
        titled = replace(with_budget(work.document, options.cell), title=work.document.title)
        work = replace(work, document=titled)
    trainer = Trainer(work.document, work.data, work.settings)
    state, code = _trained(trainer, work.updates)
    trained = trainer.document_at(state)
    save_scene(trained, options.output)
    if trained.input.text is not None:
        print(f"it says: {sample_text(trained, _SYMBOLS, _TEMPERATURE)!r}")
    print(f"wrote {options.output}")
    return code


def _check_output(path: Path) -> None:
    """Refuse what would fail after all the work."""
    if path.is_dir():
        raise DocumentError(f"{path}: is a folder; name a file, such as {path / 'trained.rnnviz.json'}")
    if not path.parent.is_dir():
        raise DocumentError(f"{path}: there is no folder {path.parent}; make it first")


def _trained(trainer: Trainer, updates: int) -> tuple[TrainingState, int]:
    """Return the last good state, and the exit code."""
    state, every = trainer.start(), max(1, updates // _LINES)
    print(f"{'update':>8}  {'loss':>12}  {'held-out':>12}  {'gradient':>12}")
    with tqdm(total=updates, delay=1.0, disable=None, unit="update", leave=False) as bar:
        for number in range(1, updates + 1):
            try:
                state, record = trainer.update(state)
            except TrainingFailedError as error:
                bar.close()
                print(f"rnnviz train: {error}", file=sys.stderr)
                return state, 1
            bar.update()
            stop = trainer.stop(record)
            if number in (1, updates) or number % every == 0 or stop is not None:
                held_out = "none" if trainer.data.held_out is None else f"{trainer.held_out_loss(state):.6g}"
                with bar.external_write_mode():
                    print(f"{number:>8}  {record.loss:>12.6g}  {held_out:>12}  {record.before:>12.6g}")
            if stop is not None:
                bar.close()
                print(stop)
                return state, int(stop.kind == "diverged")
    return state, 0


def _work(options: argparse.Namespace) -> _Work:
    name = options.scene
    if name in TASKS:
        return _of_task(TASKS[name], options)
    if not Path(name).exists() and name not in SCENES:
        raise DocumentError(
            f"{name}: no such file, no task ({', '.join(TASKS)}) and no built-in scene ({', '.join(SCENES)})"
        )
    if options.text is not None or options.series is not None or options.size:
        raise DocumentError(f"{name}: it is a scene; --text, --series and --size are for tasks")
    document, _ = open_scene(name)
    data = own_data(document)
    if options.pieces is not None:
        data = cut_into_pieces(document.input, document.objective, options.pieces)
    return _Work(document, data, _settings(Training(), options), options.updates or _UPDATES)


def _of_task(task: Task, options: argparse.Namespace) -> _Work:
    if options.pieces is not None:
        raise DocumentError(f"{task.key}: --pieces is for scenes; a task has --size (see rnnviz tasks)")
    source: str | Series | None = None
    if options.text is not None:
        source = read_text(options.text)
    if options.series is not None:
        source = read_series(options.series)
    data = task.data(_sizes(options.size), options.seed, source)
    settings = _settings(task.training, options)
    return _Work(task.document(data, options.seed), data, settings, options.updates or task.goal.updates)


def _sizes(words: list[str]) -> dict[str, float]:
    """Return the numbers of words such as steps=40."""
    sizes = {}
    for word in words:
        key, equals, number = word.partition("=")
        try:
            sizes[key] = float(number)
        except ValueError:
            equals = ""
        if not equals:
            raise DocumentError(f"--size {word}: write it as steps=40")
    return sizes


def _settings(base: Training, options: argparse.Namespace) -> Training:
    """Return settings with what the options say instead."""
    given = {
        "optimiser": options.optimiser,
        "learning_rate": options.learning_rate,
        "batch": options.batch,
        "window": options.window,
        "stop_at_loss": options.stop_at_loss,
        "clip_at": options.clip if options.clip is not None else options.clip_value,
    }
    settings = replace(base, seed=options.seed, **{name: value for name, value in given.items() if value is not None})
    if options.no_clip:
        return replace(settings, clipping="none")
    if options.clip_value is not None:
        return replace(settings, clipping="value")
    return settings if options.clip is None else replace(settings, clipping="norm")
