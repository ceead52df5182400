"""What plots want to know beyond the frame: answered at once when that is quick, else in a worker process."""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from rnnviz.session.job import Job


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """Something to be computed.

    Attributes:
        function: a function of a module; or a generator function of one, whose yields are a list in the answer.
        arguments: what it is called with; values that can be pickled, documents among them.
        cost_ms: a guess at how long it takes.
    """

    function: Callable[..., object]
    arguments: tuple[object, ...]
    cost_ms: float

    def answer(self) -> object:
        """Return the answer, however long it takes."""
        result = self.function(*self.arguments)
        return list(result) if isinstance(result, Generator) else result


Answer = Callable[[Question], object]
"""What answers a question; it may raise where no answer is known yet."""


class Background(QObject):
    """Answers questions, one at a time. Who asks again before an answer came wants the newer one only.

    Attributes:
        at_once_ms: what takes longer is not computed before `ask` returns.

    Signals:
        answered(asker, Question, answer): the answer to a question that its asker still wants.
        failed(asker, Question, str): there is none, and why.
    """

    answered = Signal(object, object, object)
    failed = Signal(object, object, str)

    def __init__(self, at_once_ms: float, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.at_once_ms = at_once_ms
        self._waiting: dict[Hashable, Question] = {}  # in the order of asking
        self._asker: Hashable = None
        self._asked: Question | None = None
        self._is_wanted = False
        self._yields: list[object] = []
        self._job = Job(self)
        self._job.progressed.connect(self._keep)
        self._job.finished.connect(self._finish)
        self._job.failed.connect(self._fail)

    def ask(self, asker: Hashable, question: Question) -> None:
        """Answer a question: before this returns if that is quick."""
        self.forget(asker)
        if question.cost_ms <= self.at_once_ms:
            self.answered.emit(asker, question, question.answer())
            return
        self._waiting[asker] = question
        self._go_on()

    def forget(self, asker: Hashable) -> None:
        """Want no answer any more."""
        self._waiting.pop(asker, None)
        if asker == self._asker:
            self._is_wanted = False

    def close(self) -> None:
        """Stop for good."""
        self._waiting.clear()
        self._asked = None
        self._job.close()

    def _go_on(self) -> None:
        if self._asked is not None or not self._waiting:
            return
        self._asker = next(iter(self._waiting))
        self._asked, self._is_wanted = self._waiting.pop(self._asker), True
        self._yields = []
        self._job.start(self._asked.function, *self._asked.arguments)

    def _keep(self, value: object) -> None:
        self._yields.append(value)

    def _finish(self, answer: object) -> None:
        asker, asked, is_wanted = self._end()
        if is_wanted:
            self.answered.emit(asker, asked, self._yields or answer)
        self._go_on()

    def _fail(self, reason: str) -> None:
        asker, asked, is_wanted = self._end()
        if is_wanted:
            self.failed.emit(asker, asked, reason)
        self._go_on()

    def _end(self) -> tuple[Hashable, Question | None, bool]:
        asker, asked, is_wanted = self._asker, self._asked, self._is_wanted
        self._asker, self._asked, self._is_wanted = None, None, False
        return asker, asked, is_wanted
