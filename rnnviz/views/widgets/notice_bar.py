"""The notice bar: under the header, one thing that the user should know, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPropertyAnimation, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QColor, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from rnnviz.views.fonts import ui_font
from rnnviz.views.icons import icon
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.live_label import LiveLabel

SLIDE_MS = 140


@dataclass(frozen=True, slots=True)
class Choice:
    """A button of a notice.

    Attributes:
        text: what it says.
        tip: one sentence that says what happens.
        run: does it, and returns whether the notice has been dealt with.
    """

    text: str
    tip: str
    run: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to know.

    Attributes:
        key: what it is about; a later notice with the same key takes its place.
        text: one or two short sentences.
        choices: what can be done about it.
    """

    key: str
    text: str
    choices: tuple[Choice, ...] = ()


class NoticeBar(QWidget):
    """Shows one notice at a time, in the order in which they came; without any it is not there at all.

    It never takes the focus by itself. Esc in it, or its cross, puts the notice away.

    Signals:
        put_away(Notice): the user has closed a notice without choosing.
    """

    put_away = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._notices: dict[str, Notice] = {}
        self._came_from: QWidget | None = None
        self._row = _Row(theme, self)
        self._row.closed.connect(self._put_away)
        # The bar has its height at once, so that the panels are laid out once; what is in it slides.
        self._slide = QPropertyAnimation(self._row, b"pos", self)
        self._slide.setDuration(SLIDE_MS)
        self._slide.setEndValue(QPoint(0, 0))
        self.apply_theme(theme)
        self.hide()

    @property
    def notice(self) -> Notice | None:
        """What is being said."""
        return next(iter(self._notices.values()), None)

    @property
    def buttons(self) -> tuple[QPushButton, ...]:
        """A button for each choice of the notice."""
        return self._row.buttons

    @property
    def close_button(self) -> QToolButton:
        """The cross."""
        return self._row.close_button

    def tell(self, notice: Notice) -> None:
        """Show a notice, after those that are there."""
        before = self.notice
        self._notices[notice.key] = notice
        if self.notice is not before:
            self._show()

    def withdraw(self, key: str) -> None:
        """Take back the notice with that key, if it is there."""
        before = self.notice
        self._notices.pop(key, None)
        if self.notice is not before:
            self._show()

    def enter(self) -> bool:
        """Give the keyboard to the first button; return whether there is a notice at all."""
        if self.notice is None:
            return False
        focus = QApplication.focusWidget()
        if focus is not None and not self.isAncestorOf(focus):
            self._came_from = focus
        self._row.first_button.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return True

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._row.apply_theme(theme)
        self.setFixedHeight(self._row.sizeHint().height())

    def _show(self) -> None:
        notice, had_focus = self.notice, self.isAncestorOf(QApplication.focusWidget() or self.window())
        if notice is None:
            if had_focus:
                self._return_focus()
            self.hide()
            self._row.show_notice(Notice("", ""), self._choose)
            return
        self._row.show_notice(notice, self._choose)
        self.setFixedHeight(self._row.sizeHint().height())
        self.show()
        if had_focus:
            self._row.first_button.setFocus()
        self._slide.stop()
        self._slide.setStartValue(QPoint(0, -self.height()))
        self._slide.start()
        QAccessible.updateAccessibility(QAccessibleEvent(self._row, QAccessible.Event.Alert))

    def _return_focus(self) -> None:
        if self._came_from is not None and self._came_from.isVisible():
            self._came_from.setFocus()
        else:
            self.focusNextChild()

    def _choose(self, notice: Notice, choice: Choice) -> None:
        if choice.run() and self._notices.get(notice.key) is notice:
            self.withdraw(notice.key)

    def _put_away(self) -> None:
        notice = self.notice
        if notice is not None:
            self.withdraw(notice.key)
            self.put_away.emit(notice)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._put_away()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._row.resize(self.size())
        super().resizeEvent(event)


class _Row(QWidget):
    """The words and buttons of the bar.

    Signals:
        closed(): the cross was clicked.
    """

    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = LiveLabel()
        self.buttons: tuple[QPushButton, ...] = ()
        self._choices = QHBoxLayout()
        self.close_button = QToolButton()
        self.close_button.setAccessibleName("Close this notice")
        self.close_button.setToolTip("Close this notice (Esc)")
        self.close_button.clicked.connect(self.closed)
        layout = QHBoxLayout(self)
        layout.addWidget(self._words, 1)
        layout.addLayout(self._choices)
        layout.addWidget(self.close_button)
        self.apply_theme(theme)

    @property
    def first_button(self) -> QPushButton | QToolButton:
        """What the keyboard comes to first."""
        return self.buttons[0] if self.buttons else self.close_button

    def show_notice(self, notice: Notice, choose: Callable[[Notice, Choice], None]) -> None:
        self._words.set_text(notice.text)
        self.setAccessibleName(notice.text)
        for button in self.buttons:
            button.hide()
            button.deleteLater()
        self.buttons = tuple(self._button(notice, choice, choose) for choice in notice.choices)
        for button in self.buttons:
            self._choices.addWidget(button)
            button.show()  # now, so that it can take the keyboard now
        for before, after in zip(self.buttons, (*self.buttons[1:], self.close_button), strict=False):
            QWidget.setTabOrder(before, after)
        self._dress_buttons()

    def _button(self, notice: Notice, choice: Choice, choose: Callable[[Notice, Choice], None]) -> QPushButton:
        button = QPushButton(choice.text)
        button.setToolTip(choice.tip)
        button.setAutoDefault(True)  # Enter presses it
        button.clicked.connect(lambda: choose(notice, choice))
        return button

    def apply_theme(self, theme: Theme) -> None:
        self._theme, px = theme, theme.px
        self._words.set_look(ui_font(px(12.5)), theme.text, theme.faint)
        self.layout().setContentsMargins(round(px(16)), round(px(5)), round(px(12)), round(px(5)))  # type: ignore[union-attr]
        self.layout().setSpacing(round(px(8)))  # type: ignore[union-attr]
        self._choices.setSpacing(round(px(8)))
        self._dress_buttons()
        self.update()

    def _dress_buttons(self) -> None:
        px = self._theme.px
        for button in self.buttons:
            button.setFont(ui_font(px(12)))
            button.setFixedHeight(round(px(26)))
        self.close_button.setIcon(icon("close", self._theme.muted))
        self.close_button.setFixedSize(round(px(26)), round(px(26)))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(self._theme.faint))
            painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(self._theme.border))


def below(header: QWidget, bar: NoticeBar) -> QWidget:
    """Return one widget of the two, for the top of a window."""
    top = QWidget()
    layout = QVBoxLayout(top)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    layout.addWidget(header)
    layout.addWidget(bar)
    return top
