"""The menu of what can be done to steps, and to the sequence that they are in."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from PySide6.QtWidgets import QMenu, QWidget

from rnnviz.document.document import Document
from rnnviz.document.edits import Edit
from rnnviz.document.step_edits import (
    add_sequence,
    delete_steps,
    duplicate_sequence,
    duplicate_steps,
    insert_steps,
    move_steps,
    remove_sequence,
    reverse_steps,
    shuffle_steps,
)
from rnnviz.document.target_edits import add_targets, count_steps, remove_targets


class Entry(NamedTuple):
    """A line of the menu; without an edit it is a heading."""

    text: str
    edit: Edit | None = None
    is_possible: bool = True


def entries(document: Document, sample: int, steps: range, seed: int) -> tuple[Entry, ...]:
    """Return what can be done to some steps, a range of t from 1, and to their sequence. The seed is for shuffling."""
    length, several = document.input.length(sample), document.batch > 1
    counted = set(document.counted_steps(sample))
    all_count, is_one = counted.issuperset(steps), len(steps) == 1
    which = f"Step {steps.start}" if is_one else f"Steps {steps.start} to {steps.stop - 1}"
    whole = f"Sequence {sample + 1}" if several else "Sequence"
    has_targets = document.objective.targets is not None
    return (
        Entry(which),
        Entry("Insert before", insert_steps(steps.start, len(steps), sample)),
        Entry("Insert after", insert_steps(steps.stop, len(steps), sample)),
        Entry("Duplicate", duplicate_steps(steps, sample)),
        Entry("Delete", delete_steps(steps, sample), len(steps) < length),
        Entry("Move earlier", move_steps(steps, -1, sample), steps.start > 1),
        Entry("Move later", move_steps(steps, +1, sample), steps.stop <= length),
        *(
            ()
            if is_one
            else (
                Entry("Reverse these", reverse_steps(steps, sample)),
                Entry("Shuffle these", shuffle_steps(seed, steps, sample)),
            )
        ),
        Entry("Do not count in the loss" if all_count else "Count in the loss", count_steps(steps, not all_count)),
        Entry(whole),
        Entry("Reverse", reverse_steps(None, sample), length > 1),
        Entry("Shuffle", shuffle_steps(seed, None, sample), length > 1),
        *(
            (
                Entry("Reverse all sequences", reverse_steps()),
                Entry("Shuffle all sequences", shuffle_steps(seed)),
            )
            if several
            else ()
        ),
        Entry("Duplicate sequence", duplicate_sequence(sample)),
        Entry("Remove sequence", remove_sequence(sample), several),
        Entry("Add a blank sequence", add_sequence()),
        Entry("Remove targets" if has_targets else "Add targets", remove_targets() if has_targets else add_targets()),
    )


def step_menu(
    parent: QWidget, lines: tuple[Entry, ...], choose: Callable[[Edit], object], ask_order: Callable[[], object]
) -> QMenu:
    """Return a menu of lines, and below them the question whether order matters."""
    menu = QMenu(parent)
    for line in lines:
        if line.edit is None:
            menu.addSeparator()
            menu.addAction(line.text).setEnabled(False)
        else:
            action = menu.addAction(line.text)
            action.setEnabled(line.is_possible)
            action.triggered.connect(partial(_choose, choose, line.edit))
    menu.addSeparator()
    menu.addAction("Order matters…").triggered.connect(partial(_ask, ask_order))
    return menu


def _choose(choose: Callable[[Edit], object], edit: Edit, *_: object) -> None:
    choose(edit)


def _ask(ask: Callable[[], object], *_: object) -> None:
    ask()
