"""One of a few choices, all of them in sight: a row of rounded buttons, the chosen one dark."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QRadioButton, QSizePolicy, QWidget

from rnnviz.views.fonts import ui_font
from rnnviz.views.theme import Theme

_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}
_ENDS = {Qt.Key.Key_Home: 1, Qt.Key.Key_End: -1}


class _Look(NamedTuple):
    """Sizes of a button, in px at the usual size of words."""

    text: float
    padding: float
    height: float


_ORDINARY, _NARROW = _Look(12.5, 12, 28), _Look(11.5, 6, 24)


class Segmented(QWidget):
    """A row of mutually exclusive buttons. Tab reaches the row once, the arrow keys move in it.

    A choice whose label ends in … opens something: the arrow keys only focus it, Space or Enter or a click
    choose it, and choosing it again opens it again.

    Signals:
        chosen(str): the user made a choice; its key.
    """

    chosen = Signal(str)

    def __init__(
        self,
        choices: Sequence[tuple[str, str, str]],
        theme: Theme,
        parent: QWidget | None = None,
        *,
        is_narrow: bool = False,
    ) -> None:
        """Make the row of choices, each a key, a label and a tooltip; the first is chosen.

        A narrow row is for cards where there is little room: smaller, and closer together.
        """
        super().__init__(parent)
        self._gap = 3 if is_narrow else 6
        look = _NARROW if is_narrow else _ORDINARY
        self._buttons = {key: _Choice(label, tooltip, theme, look) for key, label, tooltip in choices}
        self._choice = choices[0][0]
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for button in self._buttons.values():
            layout.addWidget(button)
            button.clicked.connect(self._take_click)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.apply_theme(theme)
        self._show_choice()

    @property
    def choice(self) -> str:
        """The key of what is chosen; empty if that is none of the choices."""
        return self._choice

    def set_choice(self, key: str) -> None:
        """Show a choice without emitting; a key that is none of the choices leaves all buttons unchosen."""
        has_focus = any(button.hasFocus() for button in self._buttons.values())
        self._choice = key if key in self._buttons else ""
        self._show_choice()
        if has_focus and self._choice:
            self._buttons[self._choice].setFocus(Qt.FocusReason.OtherFocusReason)

    def set_disabled(self, key: str, reason: str | None) -> None:
        """Make a choice impossible, with a tooltip that says why; None makes it possible again."""
        self._buttons[key].disable(reason)
        self._show_choice()

    def button(self, key: str) -> QRadioButton:
        """Return the button of a choice."""
        return self._buttons[key]

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self.layout().setSpacing(round(theme.px(self._gap)))  # type: ignore[union-attr]
        for button in self._buttons.values():
            button.apply_theme(theme)

    def _take_click(self) -> None:
        """Choose the button that was clicked; Qt has toggled it, which `_show_choice` puts right."""
        self._choose(next(key for key, button in self._buttons.items() if button is self.sender()))

    def _choose(self, key: str) -> None:
        is_new = key != self._choice
        self._choice = key
        self._show_choice()
        if is_new or self._buttons[key].opens_something:
            self.chosen.emit(key)

    def _show_choice(self) -> None:
        for key, button in self._buttons.items():
            button.setChecked(key == self._choice)
        enabled = [button for button in self._buttons.values() if button.isEnabled()]
        entrance = next((button for button in enabled if button.isChecked()), enabled[0] if enabled else None)
        for button in self._buttons.values():
            policy = Qt.FocusPolicy.StrongFocus if button is entrance else Qt.FocusPolicy.ClickFocus
            button.setFocusPolicy(policy)
        if entrance is not None:
            self.setFocusProxy(entrance)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move in the row."""
        keys = [key for key, button in self._buttons.items() if button.isEnabled()]
        pressed = Qt.Key(event.key())
        if pressed in _STEPS and keys:
            focused = next((key for key in keys if self._buttons[key].hasFocus()), self._choice)
            place = keys.index(focused) + _STEPS[pressed] if focused in keys else 0
            if 0 <= place < len(keys):
                self._move_to(keys[place])
        elif pressed in _ENDS and keys:
            self._move_to(keys[0] if pressed == Qt.Key.Key_Home else keys[-1])
        else:
            super().keyPressEvent(event)

    def _move_to(self, key: str) -> None:
        button = self._buttons[key]
        button.setFocus(Qt.FocusReason.TabFocusReason)
        if not button.opens_something:
            self._choose(key)


class _Choice(QRadioButton):
    """One button. A radio button to screen readers, so that they say which of how many it is."""

    def __init__(self, label: str, tooltip: str, theme: Theme, look: _Look) -> None:
        super().__init__(label)
        self._theme, self._tooltip, self._look = theme, tooltip, look
        self.opens_something = label.endswith("…")
        self.setAutoExclusive(False)  # the row sees to that: it can also be that nothing is chosen
        self.setAccessibleName(label)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.disable(None)

    def disable(self, reason: str | None) -> None:
        """Make it impossible to choose, and say why."""
        self.setEnabled(reason is None)
        self.setToolTip(self._tooltip if reason is None else reason)
        self.setAccessibleDescription(self.toolTip())

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._theme = theme
        self.setFont(ui_font(theme.px(self._look.text), QFont.Weight.Medium))
        self.updateGeometry()
        self.update()

    def hitButton(self, position: QPoint) -> bool:
        return self.rect().contains(position)

    def sizeHint(self) -> QSize:
        width = QFontMetricsF(self.font()).horizontalAdvance(self.text())
        return QSize(round(width + 2 * self._theme.px(self._look.padding)), round(self._theme.px(self._look.height)))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _STEPS or key in _ENDS:
            event.ignore()  # for the row
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        theme, radius = self._theme, self._theme.px(6)
        outline = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(self._outline_colour()), 1))
            painter.setBrush(QColor(self._fill_colour()))
            painter.drawRoundedRect(outline, radius, radius)
            if self.hasFocus() and self.isChecked():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(theme.card), 1))
                painter.drawRoundedRect(outline.adjusted(1.5, 1.5, -1.5, -1.5), radius - 1, radius - 1)
            painter.setPen(QColor(self._text_colour()))
            painter.setFont(self.font())
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())

    def _fill_colour(self) -> str:
        if self.isChecked():
            return self._theme.on if self.isEnabled() else self._theme.border
        return self._theme.faint if self.isDown() else self._theme.card

    def _outline_colour(self) -> str:
        if self.hasFocus():
            return self._theme.accent
        if self.isChecked() and self.isEnabled():
            return self._theme.on
        return self._theme.muted if self.underMouse() and self.isEnabled() else self._theme.border

    def _text_colour(self) -> str:
        if not self.isEnabled():
            return self._theme.muted
        return self._theme.on_text if self.isChecked() else self._theme.text
