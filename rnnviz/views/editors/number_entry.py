"""A field for one number, laid over the cell that it is for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from rnnviz.views.fonts import MINUS, ui_font
from rnnviz.views.theme import Theme

LARGEST = 1e6
_SHOWN = 20  # characters of a wrong number that a message repeats
_EXAMPLES = f"type one such as 0.5, {MINUS}1.2e{MINUS}3 or 1/3"
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity|∞)", re.IGNORECASE)


class NumberError(ValueError):
    """A text is not a usable number; the message says what is wrong and what is expected."""


def parse_number(text: str) -> float:
    """Return the number a person wrote: with a point or a comma, a hyphen or a minus sign, or as a fraction.

    Raises:
        NumberError: it is none of these, not finite, or beyond ±`LARGEST`.
    """
    shown = text.strip()
    plain = shown.replace(MINUS, "-").replace("\N{EN DASH}", "-")
    shown = shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"
    if not plain:
        raise NumberError(f"there is no number; {_EXAMPLES}")
    if _NOT_FINITE.fullmatch(plain):
        raise NumberError(f"{shown} is not finite; {_EXAMPLES}")
    above, slash, below = plain.partition("/")
    value = _decimal(above, shown)
    if slash:
        divisor = _decimal(below, shown)
        if divisor == 0:
            raise NumberError(f"{shown} divides by zero; {_EXAMPLES}")
        value /= divisor
    if abs(value) > LARGEST:
        raise NumberError(f"{shown} is too large; a weight lies between {MINUS}1,000,000 and 1,000,000")
    return value + 0.0  # −0 is 0


def _decimal(text: str, shown: str) -> float:
    plain = text.strip()
    if plain.count(",") == 1 and "." not in plain:
        plain = plain.replace(",", ".")
    if not _NUMBER.fullmatch(plain):
        raise NumberError(f"'{shown}' is not a number; {_EXAMPLES}")
    return float(plain)


@dataclass(frozen=True, slots=True)
class Entered:
    """A number that was entered, and how many rows and columns to go on by."""

    value: float
    rows: int = 0
    columns: int = 0


_STEPS = {
    Qt.Key.Key_Return: (1, 0),
    Qt.Key.Key_Enter: (1, 0),
    Qt.Key.Key_Tab: (0, 1),
    Qt.Key.Key_Backtab: (0, -1),
}


class NumberEntry(QLineEdit):
    """The field. It reports once, by ``entered`` or ``cancelled``, and is then to be removed.

    Enter and Tab enter what is written, Esc gives up; leaving the field enters a right number and gives a
    wrong one up. A wrong number is marked, with the reason below it, and can be corrected.

    Signals:
        entered(Entered): a right number, and where to go on.
        cancelled(bool): given up; true by Esc, false by leaving a wrong number.
        refused(str): why what is written is not a number.
    """

    entered = Signal(object)
    cancelled = Signal(bool)
    refused = Signal(str)

    def __init__(self, text: str, theme: Theme, host: QWidget) -> None:
        super().__init__(text, host)
        self._host = host
        self._theme = theme
        self._is_done = False
        self._reason = QLabel(host)
        self._reason.setWordWrap(True)
        self._reason.hide()
        self.setFrame(False)
        self.setFont(ui_font(theme.px(12)))
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._mark(theme.accent)
        self.textEdited.connect(self._unmark)
        self.destroyed.connect(self._reason.deleteLater)

    def cover(self, cell: QRect) -> None:
        """Lie over a cell of the host, but large enough to write in and inside the host."""
        size = cell.size().expandedTo(QSize(round(self._theme.px(64)), round(self._theme.px(24))))
        rect = QRect(QPoint(), size)
        rect.moveCenter(cell.center())
        self.setGeometry(_inside(rect, self._host.rect()))
        self.raise_()

    def give_up(self, to: QWidget | None = None) -> None:
        """Disappear without a word, whatever is written; if it has the focus, hand that on."""
        self._is_done = True
        if to is not None and self.hasFocus():  # hiding it would give the focus to whatever comes next
            to.setFocus(Qt.FocusReason.OtherFocusReason)
        self._reason.hide()
        self.hide()
        self.deleteLater()

    def _enter(self, rows: int, columns: int) -> None:
        if self._is_done:
            return
        try:
            value = parse_number(self.text())
        except NumberError as error:
            self._show_reason(str(error))
            return
        self._is_done = True
        self.entered.emit(Entered(value, rows, columns))

    def _leave(self) -> None:
        self._is_done = True
        try:
            value = parse_number(self.text())
        except NumberError as error:
            self.refused.emit(str(error))
            self.cancelled.emit(False)
            return
        self.entered.emit(Entered(value))

    def _show_reason(self, reason: str) -> None:
        theme = self._theme
        self._mark(theme.warning)
        self.setToolTip(reason)
        self.setAccessibleDescription(reason)
        self._reason.setText(reason[0].upper() + reason[1:] + ".")
        self._reason.setFont(ui_font(theme.px(11)))
        self._reason.setStyleSheet(
            f"color: {theme.warning}; background: {theme.card}; border: 1px solid {theme.warning};"
            f"border-radius: {theme.px(4):.0f}px; padding: {theme.px(4):.0f}px {theme.px(6):.0f}px;"
        )
        self._reason.ensurePolished()  # padding counts in its height only from here
        width = min(round(theme.px(190)), self._host.width())
        rect = QRect(0, 0, width, self._reason.heightForWidth(width))
        rect.moveTopLeft(self.geometry().bottomLeft() + QPoint(0, round(theme.px(3))))
        if rect.bottom() > self._host.rect().bottom():
            rect.moveBottom(self.geometry().top() - round(theme.px(2)))
        self._reason.setGeometry(_inside(rect, self._host.rect()))
        self._reason.raise_()
        self._reason.show()
        self.refused.emit(reason)

    def _unmark(self) -> None:
        self._mark(self._theme.accent)
        self._reason.hide()
        self.setToolTip("")

    def _mark(self, colour: str) -> None:
        theme = self._theme
        self.setStyleSheet(
            f"border: 2px solid {colour}; border-radius: {theme.px(3):.0f}px; padding: 0;"
            f"color: {theme.text}; background: {theme.card};"
            f"selection-background-color: {theme.accent}; selection-color: #ffffff;"
        )

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent):
            key = Qt.Key(event.key())
            if event.type() == QEvent.Type.ShortcutOverride and (key in _STEPS or key == Qt.Key.Key_Escape):
                event.accept()  # ours even if the window has a shortcut on it
                return True
            if event.type() == QEvent.Type.KeyPress and key in _STEPS:
                rows, columns = _STEPS[key]
                up = rows and event.modifiers() & Qt.KeyboardModifier.ShiftModifier
                self._enter(-rows if up else rows, columns)
                return True
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._is_done = True
            self.cancelled.emit(True)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        passing = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)
        if not self._is_done and event.reason() not in passing:
            self._leave()


def _inside(rect: QRect, bounds: QRect) -> QRect:
    """Return a rectangle moved into another one, as far as it fits."""
    x = max(min(rect.x(), bounds.right() + 1 - rect.width()), bounds.x())
    y = max(min(rect.y(), bounds.bottom() + 1 - rect.height()), bounds.y())
    return QRect(QPoint(x, y), rect.size())
