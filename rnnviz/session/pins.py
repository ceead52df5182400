"""Pinned states: up to three that stay as they are while the document goes on changing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from rnnviz.document.budget import same_budget
from rnnviz.document.compute import Solution, frame_of, solve
from rnnviz.document.document import Document
from rnnviz.document.edits import replace_document
from rnnviz.document.frame import Frame
from rnnviz.document.nudging import Nudge, nudged_document
from rnnviz.document.values import DocumentError
from rnnviz.session.background import Question
from rnnviz.session.computer import predicted_ms
from rnnviz.session.session import Session

MOST_PINS = 3
_NAMES = "ABC"


@dataclass(frozen=True, slots=True, eq=False)
class Pin:
    """A state that is kept.

    Attributes:
        name: what it is called.
        frame: its numbers, with its document.
        number: which of the pens draws it, 0, 1 or 2: the same as long as it is pinned.
    """

    name: str
    frame: Frame
    number: int


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """What is to be pinned as soon as it is computed, under which names, and whether what is pinned stays."""

    documents: tuple[Document, ...]
    names: tuple[str, ...]
    keeps: bool = False


class Pins(QObject):
    """The pinned states, oldest first. They are no part of the document, and outlive its undoing.

    Signals:
        changed(tuple of Pin): one was added, renamed, swapped or removed.
        failed(str): networks of the same budget could not be computed, and why.
    """

    changed = Signal(object)
    failed = Signal(str)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._pins: tuple[Pin, ...] = ()
        self._asked: tuple[Question, _Asked] | None = None
        session.background.answered.connect(self._receive)
        session.background.failed.connect(self._fail)

    @property
    def pins(self) -> tuple[Pin, ...]:
        """The pinned states."""
        return self._pins

    @property
    def is_full(self) -> bool:
        """Whether one has to go before another can be pinned."""
        return len(self._pins) == MOST_PINS

    def pin(self) -> None:
        """Pin what is shown now; DocumentError if there are three already."""
        self._refuse_if_full()
        number, names = _free_number(self._pins), {pin.name for pin in self._pins}
        name = next(name for name in (_NAMES[number], *_NAMES) if name not in names)
        self._set((*self._pins, Pin(name, self._session.frame, number)))

    def pin_nudged(self, nudge: Nudge) -> None:
        """Pin the shown network's run with a nudge, under a name that says which.

        It is done before this returns if that is quick, else as soon as a worker process has computed it.

        Raises:
            DocumentError: three states are pinned already, or no document has a state nudged on its way.
        """
        self._refuse_if_full()
        document = nudged_document(self._session.frame.document, nudge)
        if document is None:
            raise DocumentError(
                f"{nudge.what} at t = {nudge.k} is nudged on its way, which no scene can hold; "
                "nudge an input x, or the initial state at t = 0, to keep its run as a ghost"
            )
        name = f"{nudge.what}[{nudge.number + 1}] + {nudge.size:g} at t = {nudge.k}"
        self._ask(_Asked((document,), (name,), keeps=True))

    def _ask(self, asked: _Asked) -> None:
        question = Question(_solutions, (asked.documents,), sum(map(predicted_ms, asked.documents)))
        self._asked = question, asked
        self._session.background.ask(self, question)

    def _refuse_if_full(self) -> None:
        if self.is_full:
            raise DocumentError(f"{MOST_PINS} states are pinned already; remove one first")

    @property
    def is_computing(self) -> bool:
        """Whether networks of the same budget, or a nudged run, are on their way."""
        return self._asked is not None

    def show(self, pins: tuple[Pin, ...]) -> None:
        """Pin these instead, such as those of another window."""
        self._set(pins)

    def pin_same_budget(self) -> None:
        """Pin the network with every kind of cell and about as many parameters, instead of what is pinned.

        It is done before this returns if that is quick, else as soon as a worker process has computed it.
        """
        shown, made = self._session.document, same_budget(self._session.document)[:MOST_PINS]
        documents = tuple(replace(document, title=shown.title) for document in made)
        self._ask(_Asked(documents, tuple(document.title for document in made)))

    def _receive(self, asker: object, question: Question, answer: object) -> None:
        """Pin what was computed; the answer has a solution for each document."""
        if asker is not self or self._asked is None or question is not self._asked[0]:
            return
        (_, asked), self._asked = self._asked, None
        assert isinstance(answer, tuple)
        pins = () if not asked.keeps else self._pins
        for name, frame in zip(asked.names, map(frame_of, asked.documents, answer), strict=True):
            pins = tuple(pin for pin in pins if pin.name != name)  # the same nudge of an older state
            if len(pins) < MOST_PINS:
                pins = (*pins, Pin(name, frame, _free_number(pins)))
        self._set(pins)

    def _fail(self, asker: object, question: Question, reason: str) -> None:
        if asker is self and self._asked is not None and question is self._asked[0]:
            self._asked = None
            self.failed.emit(reason)

    def rename(self, number: int, name: str) -> None:
        """Call a pin something else; an empty name, or one that another pin has, is refused."""
        name = name.strip()
        if not name:
            raise DocumentError("a pinned state needs a name")
        if any(pin.name == name for other, pin in enumerate(self._pins) if other != number):
            raise DocumentError(f"another pinned state is called {name!r} already")
        self._replace(number, replace(self._pins[number], name=name))

    def remove(self, number: int) -> None:
        """Forget a pin."""
        self._set((*self._pins[:number], *self._pins[number + 1 :]))

    def remove_all(self) -> None:
        """Forget every pin."""
        self._set(())

    def restore(self, number: int) -> None:
        """Go on from a pinned state, as one undoable step; it stays pinned."""
        pin = self._pins[number]
        self._session.apply(replace_document(pin.frame.document, f"Restore {pin.name}"))

    def swap(self, number: int) -> None:
        """Go on from a pinned state, and pin in its place what was shown before."""
        pin, shown = self._pins[number], self._session.frame
        self._session.apply(replace_document(pin.frame.document, f"Swap with {pin.name}"))
        self._replace(number, replace(pin, frame=shown))

    def _replace(self, number: int, pin: Pin) -> None:
        self._set((*self._pins[:number], pin, *self._pins[number + 1 :]))

    def _set(self, pins: tuple[Pin, ...]) -> None:
        if pins != self._pins:
            self._pins = pins
            self.changed.emit(pins)


def _free_number(pins: tuple[Pin, ...]) -> int:
    numbers = {pin.number for pin in pins}
    return next(number for number in range(MOST_PINS) if number not in numbers)


def _solutions(documents: tuple[Document, ...]) -> tuple[Solution, ...]:
    """Compute several documents; in a worker process if that takes a while."""
    return tuple(solve(document) for document in documents)
