"""Which handout is meant. The dialog and the command line both say it here, so that they cannot differ."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace

from rnnviz.app.exports import selection_words
from rnnviz.document.values import DocumentError
from rnnviz.views.figure import Figure
from rnnviz.views.figure.pdf import pdf
from rnnviz.views.figures import Moment
from rnnviz.views.handout import MOST_ROWS, Handout, handout, handout_html, handout_pages

KINDS = ("pdf", "html")
USUAL_STEP, USUAL_STEPS = 2, 8


@dataclass(frozen=True, slots=True)
class HandoutOrder:
    """A handout as it was asked for, apart from the moment whose step is worked out.

    Attributes:
        kind: ``pdf`` or ``html``.
        first, last: the steps of the table.
        has_solution: whether a page with the solution follows.
    """

    kind: str
    first: int
    last: int
    has_solution: bool = True

    @property
    def file_name(self) -> str:
        """A name for the file, when no other was chosen."""
        return f"handout.{self.kind}"


def usual_order(moment: Moment, kind: str = "pdf") -> HandoutOrder:
    """Return a handout of the first steps of the selected sequence."""
    length = moment.frame.document.input.length(moment.selection.sample)
    return HandoutOrder(kind, 0, min(length, USUAL_STEPS))


def handout_bytes(order: HandoutOrder, moment: Moment, scene: str) -> bytes:
    """Return the file of a handout; ``scene`` is what a command calls it, or empty if none can.

    Raises:
        DocumentError: the steps are not those of a sequence, or are too many.
        FigureError: it cannot be painted.
    """
    content, command = _content(order, moment), handout_command(order, moment, scene) if scene else ""
    if order.kind == "html":
        return handout_html(content, command, with_solution=order.has_solution)
    return pdf(*handout_pages(content, command, with_solution=order.has_solution))


def preview_pages(order: HandoutOrder, moment: Moment) -> tuple[Figure, ...]:
    """Return the pages of a handout, to be looked at.

    Raises:
        DocumentError: as `handout_bytes`.
    """
    return handout_pages(_content(order, moment), with_solution=order.has_solution)


def _content(order: HandoutOrder, moment: Moment) -> Handout:
    length = moment.frame.document.input.length(moment.selection.sample)
    for t in (order.first, order.last, moment.t):
        if not 0 <= t <= length:
            raise DocumentError(f"step {t} does not exist; choose from 0 to {length}")
    if order.first > order.last:
        raise DocumentError(f"the table cannot go from step {order.first} to {order.last}; choose a later last one")
    if order.last - order.first >= MOST_ROWS:
        raise DocumentError(
            f"the table would have {order.last - order.first + 1} rows; a page has room for {MOST_ROWS}"
        )
    # pinned states, and the entry touched last, are about exploring, not about the scene
    selection = replace(moment.selection, entry=None)
    return handout(replace(moment, selection=selection, pins=()), order.first, order.last)


def handout_command(order: HandoutOrder, moment: Moment, scene: str) -> str:
    """Return the command that makes the handout again; ``scene`` is a built-in scene's name, or a file."""
    words = ["rnnviz", "handout", scene, "-o", order.file_name, "--at", str(moment.t)]
    words += ["--from", str(order.first), "--to", str(order.last), *selection_words(moment.selection)]
    return shlex.join([*words, *([] if order.has_solution else ["--no-solution"])])
