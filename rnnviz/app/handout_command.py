"""rnnviz handout: a page for students from the command line."""

from __future__ import annotations

import argparse
import sys

from rnnviz.app.export_command import chosen_selection
from rnnviz.app.handouts import KINDS, USUAL_STEP, USUAL_STEPS, HandoutOrder, handout_bytes
from rnnviz.app.program import make_application
from rnnviz.app.scenes import open_scene
from rnnviz.document.compute import compute
from rnnviz.document.scenes import write_atomically
from rnnviz.document.values import DocumentError
from rnnviz.views.figure import FigureError
from rnnviz.views.figures import Moment


def write_handout(options: argparse.Namespace) -> None:
    """Write the handout that the options ask for.

    Raises:
        DocumentError: the scene, an option or the place to write to is not possible; one line says why.
    """
    kind = options.output.suffix.lower().removeprefix(".")
    if kind not in KINDS:
        raise DocumentError(f"{options.output}: a handout ends in .pdf or .html")
    document, _ = open_scene(options.scene)
    frame = compute(document)
    for problem in frame.problems:
        print(f"rnnviz: warning: {problem}", file=sys.stderr)
    selection = chosen_selection(options, document)
    length = document.input.length(selection.sample)
    moment = Moment(frame, selection, min(USUAL_STEP, length) if options.at is None else options.at)
    first = 0 if options.first is None else options.first
    last = min(length, first + USUAL_STEPS) if options.last is None else options.last
    order = HandoutOrder(kind, first, last, has_solution=not options.no_solution)
    application = make_application()
    try:
        data = handout_bytes(order, moment, options.scene)
    except FigureError as error:
        raise DocumentError(str(error)) from None
    write_atomically(options.output, data)
    del application
