"""rnnviz animate: animations from the command line."""

from __future__ import annotations

import argparse
import math
import sys

from tqdm import tqdm  # type: ignore[import-untyped]

from rnnviz.app.animations import (
    BACKWARD,
    FEWEST_VALUES,
    USUAL_VALUES,
    WEIGHT,
    AnimationOrder,
    Journey,
    animation_parts,
    with_look_of_way,
)
from rnnviz.app.export_command import chosen_selection
from rnnviz.app.exports import WINDOW
from rnnviz.app.looks import chosen_looks
from rnnviz.app.program import make_application, opening_step
from rnnviz.app.scenes import open_scene
from rnnviz.document.compute import compute
from rnnviz.document.document import Document
from rnnviz.document.values import DocumentError
from rnnviz.document.weight_names import first_weight, weight_named
from rnnviz.session.session import Selection
from rnnviz.views.animation import Sink, check_animation, kind_of
from rnnviz.views.figures import Moment
from rnnviz.views.plots import PLOTS
from rnnviz.views.plots._base import Look
from rnnviz.views.plots._swept import LARGEST, usual_limit

_OF_WEIGHT = ("frames", "at")
_OF_TIME = ("first", "last")
_WORDS = {"first": "from", "last": "to"}


def animate(options: argparse.Namespace) -> None:
    """Write the animation that the options ask for.

    Raises:
        DocumentError: the scene, an option or the place to write to is not possible; one line says why.
    """
    document, _ = open_scene(options.scene)
    if options.view not in (*PLOTS, WINDOW):
        raise DocumentError(f"--view: no view is called {options.view!r}; choose one of {', '.join(PLOTS)} or {WINDOW}")
    frame = compute(document)
    for problem in frame.problems:
        print(f"rnnviz: warning: {problem}", file=sys.stderr)
    selection = chosen_selection(options, document)
    t = _step("--at", options.at, opening_step(frame.last_step), frame.last_step)
    moment = Moment(frame, selection, t)
    order = with_look_of_way(_order(options, document, selection, frame.last_step), moment)
    check_animation(order.kind, order.size_px, order.fps, order.count)
    application = make_application()
    _write(order, moment, options)
    del application


def _write(order: AnimationOrder, moment: Moment, options: argparse.Namespace) -> None:
    sink = Sink(options.output, order.kind)
    try:
        with tqdm(total=order.count, delay=1.0, disable=None, unit="frame") as progress:
            for part in animation_parts(order, moment, options.scene):
                sink.write(part)
                progress.update(part.frames)
        sink.finish()
    finally:
        sink.abandon()


def _order(options: argparse.Namespace, document: Document, selection: Selection, last: int) -> AnimationOrder:
    _check_options(options)
    journey = _journey(options, document, selection) if options.along == WEIGHT else None
    first, last = _step("--from", options.first, 0, last), _step("--to", options.last, last, last)
    if first > last:
        raise DocumentError(f"--from: {first} is after --to {last}; choose --along {BACKWARD} to go back")
    return AnimationOrder(
        view=options.view,
        kind=kind_of(options.output),
        first=first,
        last=last,
        is_backward=options.along == BACKWARD,
        journey=journey,
        size_px=tuple(options.size_px),
        fps=options.fps,
        theme=options.theme,
        text_scale=options.text_scale,
        shows_title=not options.no_title,
        look=_look(options, document, selection),
    )


def _check_options(options: argparse.Namespace) -> None:
    """Raise DocumentError where an option is about another kind of animation: it would do nothing."""
    unused = _OF_TIME if options.along == WEIGHT else _OF_WEIGHT
    for name in unused:
        if vars(options)[name] is not None:
            word = _WORDS.get(name, name)
            raise DocumentError(f"--{word}: has no meaning with --along {options.along}; leave it out")


def _look(options: argparse.Namespace, document: Document, selection: Selection) -> Look | None:
    """Return what the plot was told to look at; the options of a weight that is moved are not about the plot."""
    words = {**vars(options), "views": [options.view], "direction": None}
    if options.along == WEIGHT:
        words |= {"weight": None, "range": None}
    return chosen_looks(argparse.Namespace(**words), document, selection).get(options.view)


def _journey(options: argparse.Namespace, document: Document, selection: Selection) -> Journey:
    place, index = first_weight(document, selection.layer)
    if options.weight is not None:
        try:
            place, index = weight_named(document, options.weight, selection.layer)
        except DocumentError as error:
            raise DocumentError(f"--weight: {error}") from None
    limit = usual_limit(float(document.weight(place)[index]))
    start, stop = options.range or (-limit, limit)
    if not (math.isfinite(start) and math.isfinite(stop) and start != stop and max(abs(start), abs(stop)) <= LARGEST):
        raise DocumentError(f"--range: {start:g} to {stop:g} is no range; give two different numbers")
    count = USUAL_VALUES if options.frames is None else options.frames
    if count < FEWEST_VALUES:
        raise DocumentError(f"--frames: {count} is out of range; a range has at least {FEWEST_VALUES} values")
    return Journey(place, index, start, stop, count)


def _step(option: str, given: int | None, usual: int, last: int) -> int:
    t = usual if given is None else given
    if not 0 <= t <= last:
        raise DocumentError(f"{option}: step {t} does not exist; choose from 0 to {last}")
    return t
