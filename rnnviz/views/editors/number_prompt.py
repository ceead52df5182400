"""A small card that asks for one number, beside what it is for; nothing else waits for it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QLineEdit, QSlider, QWidget

from rnnviz.views.editors.number_entry import NumberError, parse_number
from rnnviz.views.fonts import MINUS, ui_font
from rnnviz.views.theme import Theme


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for.

    Attributes:
        title: what the number is, such as "Scale W_hh by".
        meaning: what it does, in one line.
        value: what stands in the field at first.
        limits: of a slider, which makes the answer live; without them there is no slider.
        step: what the slider goes on by.
    """

    title: str
    meaning: str
    value: float
    limits: tuple[float, float] | None = None
    step: float = 0.01


class NumberPrompt(QFrame):
    """Asks one question. Enter answers, Esc gives up; a slider answers at every move.

    Signals:
        moved(float): the slider is being moved: a number to try.
        answered(float): a number was entered.
        closed(bool): it is over; true if it was given up.
    """

    moved = Signal(float)
    answered = Signal(float)
    closed = Signal(bool)

    def __init__(self, question: Question, theme: Theme, host: QWidget) -> None:
        super().__init__(host)
        self._question, self._theme, self._host = question, theme, host
        self._field, self._slider, self._reason = QLineEdit(_written(question.value)), self._make_slider(), QLabel()
        title, meaning = QLabel(question.title), QLabel(question.meaning)
        grid, px = QGridLayout(self), theme.px
        grid.addWidget(title, 0, 0, 1, 2)
        grid.addWidget(self._field, 1, 0)
        if self._slider is not None:
            grid.addWidget(self._slider, 1, 1)
        grid.addWidget(self._reason, 2, 0, 1, 2)
        grid.addWidget(meaning, 3, 0, 1, 2)
        grid.setContentsMargins(*(round(px(size)) for size in (12, 9, 12, 10)))
        grid.setSpacing(round(px(6)))
        title.setFont(ui_font(px(12), QFont.Weight.DemiBold))
        meaning.setFont(ui_font(px(10.5)))
        meaning.setStyleSheet(f"color: {theme.muted}")
        self._reason.setFont(ui_font(px(11)))
        self._reason.setStyleSheet(f"color: {theme.warning}")
        for words in (self._reason, meaning):
            words.setWordWrap(True)
            words.setFixedWidth(round(px(216)))
        self._reason.hide()
        self._field.setFont(ui_font(px(12)))
        self._field.setFixedWidth(round(px(76 if self._slider is not None else 216)))
        self._field.setAccessibleName(question.title)
        self._field.setAccessibleDescription(question.meaning)
        self._field.textEdited.connect(self._take_back_reason)
        self._field.installEventFilter(self)
        self.setAccessibleName(question.title)
        self.setObjectName("prompt")
        self.setStyleSheet(
            f"#prompt {{ background: {theme.card}; border: 1px solid {theme.muted}; border-radius: {px(7):.0f}px; }}"
            "#prompt QLabel { background: transparent; }"
        )

    @property
    def reason(self) -> str:
        """Why the last answer was refused; empty if it was not."""
        return self._reason.text()

    def open_beside(self, rect: QRect) -> None:
        """Appear below a rectangle of the host, or above it where there is no room, and take the focus."""
        self.adjustSize()
        host, gap = self._host.rect(), round(self._theme.px(5))
        y = rect.bottom() + gap
        if y + self.height() > host.bottom():
            y = max(rect.top() - gap - self.height(), host.top() + gap)
        x = min(max(rect.left(), host.left() + gap), max(host.right() - gap - self.width(), 0))
        self.move(QPoint(x, min(y, max(host.bottom() - self.height(), 0))))
        self.show()
        self.raise_()
        self._field.setFocus(Qt.FocusReason.OtherFocusReason)
        self._field.selectAll()

    def refuse(self, reason: str) -> None:
        """Say below the field why its number cannot be taken."""
        self._reason.setText(reason[0].upper() + reason[1:] + ("" if reason.endswith(".") else "."))
        self._reason.show()
        self._field.setToolTip(reason)
        self._field.setAccessibleDescription(reason)
        self._mark(self._theme.warning)
        self.adjustSize()

    def close_up(self, *, given_up: bool = False) -> None:
        """Disappear. Whoever asked gets the focus first: hiding would hand it to whatever comes next."""
        self.closed.emit(given_up)
        self.hide()
        self.deleteLater()

    def _make_slider(self) -> QSlider | None:
        question = self._question
        if question.limits is None:
            return None
        slider = QSlider(Qt.Orientation.Horizontal)
        low, high = (round(limit / question.step) for limit in question.limits)
        slider.setRange(low, high)
        slider.setPageStep(max((high - low) // 10, 1))
        slider.setValue(round(question.value / question.step))
        slider.setFixedWidth(round(self._theme.px(134)))
        slider.setAccessibleName(question.title)
        slider.valueChanged.connect(self._follow_slider)
        slider.installEventFilter(self)
        return slider

    def _follow_slider(self, position: int) -> None:
        value = round(position * self._question.step, 10)
        self._field.setText(_written(value))
        self._take_back_reason()
        self.moved.emit(value)

    def _answer(self) -> None:
        try:
            value = parse_number(self._field.text())
        except NumberError as error:
            self.refuse(str(error))
            return
        self._take_back_reason()
        self.answered.emit(value)

    def _take_back_reason(self) -> None:
        if self._reason.text():
            self._reason.setText("")
            self._reason.hide()
            self._field.setToolTip("")
            self._field.setAccessibleDescription(self._question.meaning)
            self._mark(None)
            self.adjustSize()

    def _mark(self, colour: str | None) -> None:
        self._field.setStyleSheet("" if colour is None else f"border: 1px solid {colour};")

    def eventFilter(self, _: object, event: QEvent) -> bool:
        """Take Enter and Esc from the field and the slider, also where the window has shortcuts on them."""
        if not isinstance(event, QKeyEvent) or event.key() not in _OURS:
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if event.type() != QEvent.Type.KeyPress:
            return False
        if event.key() == Qt.Key.Key_Escape:
            self.close_up(given_up=True)
        else:
            self._answer()
        return True


_OURS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)


def _written(value: float) -> str:
    return f"{value:.6g}".replace("-", MINUS)
