"""What the plots of a figure ask, answered in the background: the dialog that shows the figure does not wait."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from rnnviz.document.values import equal
from rnnviz.session.background import Background, Question
from rnnviz.views.figure import FigureError

_KEPT = 4


class StillComputingError(Exception):
    """The answer is on its way; `FigureAnswers.changed` will tell."""


class FigureAnswers(QObject):
    """Answers questions that were asked before, or are quick; others it asks in the background.

    Questions are the same if they call the same function with equal arguments. The last answers are kept.

    Signals:
        changed(): an answer has come, or it is known that there is none.
    """

    changed = Signal()

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._known: list[tuple[Question, object]] = []
        self._asked: Question | None = None
        background.answered.connect(self._take)
        background.failed.connect(self._fail)

    def answer(self, question: Question) -> object:
        """Return the answer.

        Raises:
            StillComputingError: it is not known yet.
            FigureError: there is none.
        """
        for known, answer in self._known:
            if _is_same(known, question):
                if isinstance(answer, FigureError):
                    raise answer
                return answer
        if question.cost_ms <= self._background.at_once_ms:
            return question.answer()
        if self._asked is None or not _is_same(self._asked, question):
            self._asked = question
            self._background.ask(self, question)
        raise StillComputingError

    def close(self) -> None:
        """Want no answer any more."""
        self._background.forget(self)
        self._background.answered.disconnect(self._take)
        self._background.failed.disconnect(self._fail)

    def _take(self, asker: object, question: Question, answer: object) -> None:
        if asker is self:
            self._keep(question, answer)

    def _fail(self, asker: object, question: Question, reason: str) -> None:
        if asker is self:
            self._keep(question, FigureError(f"It cannot be computed: {reason}"))

    def _keep(self, question: Question, answer: object) -> None:
        self._asked = None
        self._known = [(question, answer), *self._known][:_KEPT]
        self.changed.emit()


def _is_same(one: Question, other: Question) -> bool:
    return one.function is other.function and equal(one.arguments, other.arguments)
