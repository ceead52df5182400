"""Cards: dockable panels with a title and one line that says what to look at."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QEnterEvent, QFont, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from rnnviz.views.fonts import ui_font
from rnnviz.views.icons import icon
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.live_label import LiveLabel

RADIUS = 6.0
SEPARATOR = "   ·   "
_LOCK_TIPS = {
    False: "Hold the scales as they are, so that two states can be compared",
    True: "Scales are held, whatever is drawn. Let them fit it again",
}


class Card(QDockWidget):
    """A dock that looks like a card: rounded, with a hairline border, its title bar part of it."""

    def __init__(self, key: str, title: str, remark: str, content: QWidget, theme: Theme) -> None:
        """Make the card. ``key`` names it in a stored layout."""
        super().__init__(title)
        self.setObjectName(key)
        self._header = _CardHeader(title, remark, theme)
        self._header.close_button.clicked.connect(self.close)
        self._header.float_button.clicked.connect(self._toggle_floating)
        self._body = _CardBody(content, theme)
        self.setTitleBarWidget(self._header)
        self.setWidget(self._body)

    @property
    def content(self) -> QWidget:
        """What the card shows."""
        return self._body.content

    def set_remark(self, text: str) -> None:
        """Change the line beside the title."""
        self._header.set_remark(text)

    def set_which(self, text: str) -> None:
        """Say before the remark which of several layers and sequences is shown; empty if there is one of each."""
        self._header.set_which(text)

    @property
    def lock_button(self) -> QToolButton:
        """Holds scales; hidden until `offer_lock`, for not every card has some."""
        return self._header.lock_button

    def offer_lock(self) -> None:
        """Have a button that holds scales."""
        self._header.lock_button.show()

    def show_lock(self, locked: bool) -> None:
        """Show whether scales are held."""
        self._header.show_lock(locked=locked)

    def take_controls(self, controls: QWidget) -> None:
        """Have controls beside the title, until somebody takes them back."""
        self._header.take_controls(controls)

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes; the content is themed by its owner."""
        self._header.apply_theme(theme)
        self._body.apply_theme(theme)

    def _toggle_floating(self) -> None:
        self.setFloating(not self.isFloating())


class _CardPart(QWidget):
    """Half of a card's outline: the upper part of a rounded rectangle, or the lower one."""

    upper = True

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            beyond = RADIUS * 2
            rect = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            rect = rect.adjusted(0, 0, 0, beyond) if self.upper else rect.adjusted(0, -beyond, 0, 0)
            outline = QPainterPath()
            outline.addRoundedRect(rect, RADIUS, RADIUS)
            painter.fillPath(outline, QColor(self.theme.card))
            painter.setPen(QPen(QColor(self.theme.border), 1))
            painter.drawPath(outline)


class _CardHeader(_CardPart):
    def __init__(self, title: str, remark: str, theme: Theme) -> None:
        super().__init__(theme)
        self._title, self._remark = QLabel(title), LiveLabel(remark)
        self._words, self._which = remark, ""
        self.lock_button = _small_button(f"Hold the scales of {title}", _LOCK_TIPS[False])
        self.lock_button.setCheckable(True)
        self.lock_button.hide()
        self.float_button = _small_button(f"Detach {title}", "Detach this panel, or put it back")
        self.close_button = _small_button(f"Close {title}", "Close this panel; View brings it back")
        self._layout = QHBoxLayout(self)
        for widget in (self._title, self._remark, self.lock_button, self.float_button, self.close_button):
            self._layout.addWidget(widget)
        self._layout.setStretchFactor(self._remark, 1)
        self.apply_theme(theme)

    def show_lock(self, *, locked: bool) -> None:
        self.lock_button.setChecked(locked)
        self.lock_button.setToolTip(_LOCK_TIPS[locked])
        self._show_buttons(visible=self.underMouse())

    def take_controls(self, controls: QWidget) -> None:
        self._layout.insertWidget(self._layout.indexOf(self._remark) + 1, controls)

    def set_remark(self, text: str) -> None:
        self._words = text
        self._say()

    def set_which(self, text: str) -> None:
        self._which = text
        self._say()

    def _say(self) -> None:
        self._remark.set_text(f"{self._which}{SEPARATOR}{self._words}" if self._which else self._words)

    def apply_theme(self, theme: Theme) -> None:
        self.theme = theme
        px = theme.px
        self._layout.setContentsMargins(round(px(12)), round(px(6)), round(px(6)), 0)
        self._layout.setSpacing(round(px(4)))
        self._title.setFont(ui_font(px(12.5), QFont.Weight.DemiBold))
        self._title.setStyleSheet(f"color: {theme.text}; padding-right: {px(6):.0f}px")
        self._remark.set_look(ui_font(px(11.5)), theme.muted, theme.card)
        side = round(px(18))
        self._show_buttons(visible=self.underMouse())
        for button in (self.lock_button, self.float_button, self.close_button):
            button.setIconSize(QSize(round(px(12)), round(px(12))))
            button.setFixedSize(side, side)
        self.setFixedHeight(round(px(28)))
        self.update()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._show_buttons(visible=True)
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._show_buttons(visible=False)
        super().leaveEvent(event)

    def _show_buttons(self, *, visible: bool) -> None:
        """Show the buttons to the pointer only; for the keyboard and for screen readers they always exist."""
        for button, name in ((self.float_button, "detach"), (self.close_button, "close")):
            button.setIcon(icon(name, self.theme.muted if visible else self.theme.card))
        locked = self.lock_button.isChecked()
        colour = self.theme.accent_text if locked else self.theme.muted
        self.lock_button.setIcon(icon("lock" if locked else "unlock", colour if visible or locked else self.theme.card))


class _CardBody(_CardPart):
    upper = False

    def __init__(self, content: QWidget, theme: Theme) -> None:
        super().__init__(theme)
        self.content = content
        layout = QVBoxLayout(self)
        layout.addWidget(content)
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        self.theme = theme
        side = round(theme.px(10))
        self.layout().setContentsMargins(side, round(theme.px(4)), side, round(theme.px(8)))  # type: ignore[union-attr]
        self.update()


def _small_button(name: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setAutoRaise(True)
    button.setAccessibleName(name)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
