"""Cards: dockable panels with a title and one line that says what to look at."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QEnterEvent,
    QFocusEvent,
    QFont,
    QIcon,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

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
    """A dock that looks like a card: rounded, with a hairline border, its title bar part of it.

    What is seen of it is made when it is first shown: a card that nobody looks at costs next to nothing.

    Signals:
        lock_clicked(): scales are to be held as they are, or to fit what is drawn again.
    """

    lock_clicked = Signal()

    def __init__(self, key: str, title: str, remark: str, make_content: Callable[[], QWidget], theme: Theme) -> None:
        """Make the card. ``key`` names it in a stored layout; ``make_content`` makes what it shows, once."""
        super().__init__(title)
        self.setObjectName(key)
        self._remark, self._which, self._theme = remark, "", theme
        self._make_content = make_content
        self._content: QWidget | None = None
        self._menu: QMenu | None = None
        self._is_locked: bool | None = None  # None: there are no scales
        self._header: _CardHeader | None = None

    @property
    def content(self) -> QWidget:
        """What the card shows; it is made if it does not exist yet."""
        if self._content is None:
            self._content = self._make_content()
            self._content.setParent(self)
        return self._content

    @property
    def header(self) -> _CardHeader:
        """The title bar; it is made if it does not exist yet."""
        if self._header is None:
            self._header = _CardHeader(self.windowTitle(), self._theme, self)
            self._header.close_button.clicked.connect(self.close)
            self._header.float_button.clicked.connect(self._toggle_floating)
            self._header.lock_button.clicked.connect(self.lock_clicked)
            self._header.show_menu(self._menu)
            self._header.show_lock(self._is_locked)
            self._show_words()
        return self._header

    def _show_words(self) -> None:
        if self._header is not None:
            self._header.show_words(f"{self._which}{SEPARATOR}{self._remark}" if self._which else self._remark)

    def set_remark(self, text: str) -> None:
        """Change the line beside the title."""
        self._remark = text
        self._show_words()

    def set_which(self, text: str) -> None:
        """Say before the remark which of several layers and sequences is shown; empty if there is one of each."""
        self._which = text
        self._show_words()

    def set_menu(self, menu: QMenu) -> None:
        """Offer a menu, at a button of the title bar and for a right click that nothing on the card takes."""
        self._menu = menu
        if self._header is not None:
            self._header.show_menu(menu)

    def show_lock(self, locked: bool) -> None:
        """Have a button that holds scales, and show whether they are held."""
        self._is_locked = locked
        if self._header is not None:
            self._header.show_lock(locked)

    def take_controls(self, controls: QWidget) -> None:
        """Have controls beside the title, until somebody takes them back."""
        self.header.take_controls(controls)

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._theme = theme
        for part in (self._header, self.widget(), self._content):
            if part is not None:
                part.apply_theme(theme)  # type: ignore[attr-defined]  # every content of a card is themed

    def setVisible(self, visible: bool) -> None:
        if visible and self.widget() is None:
            self.setTitleBarWidget(self.header)
            self.setWidget(_CardBody(self.content, self._theme, self))
        super().setVisible(visible)

    def _toggle_floating(self) -> None:
        self.setFloating(not self.isFloating())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self._menu is None:
            super().contextMenuEvent(event)
        else:
            self._menu.popup(event.globalPos())
            event.accept()


class _CardPart(QWidget):
    """Half of a card's outline: the upper part of a rounded rectangle, or the lower one."""

    upper = True

    def __init__(self, theme: Theme, card: Card) -> None:
        super().__init__(card)
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
    def __init__(self, title: str, theme: Theme, card: Card) -> None:
        super().__init__(theme, card)
        self._title, self._remark = QLabel(title), LiveLabel()
        self.lock_button = _SmallButton(f"Hold the scales of {title}", _LOCK_TIPS[False])
        self.lock_button.setCheckable(True)
        self.float_button = _SmallButton(f"Detach {title}", "Detach this panel, or put it back")
        self.close_button = _SmallButton(f"Close {title}", "Close this panel; View brings it back")
        self.menu_button = _SmallButton(f"Menu of {title}", "Copy what is plotted, or export it")
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._layout = QHBoxLayout(self)
        for widget in (self._title, self._remark, *self._buttons):
            self._layout.addWidget(widget)
        self._layout.setStretchFactor(self._remark, 1)
        for button in self._buttons:
            button.focus_changed.connect(self._show_buttons)
        self.apply_theme(theme)

    def show_words(self, text: str) -> None:
        self._remark.set_text(text)

    def show_menu(self, menu: QMenu | None) -> None:
        self.menu_button.setVisible(menu is not None)
        if menu is not None:
            self.menu_button.setMenu(menu)

    def show_lock(self, locked: bool | None) -> None:
        self.lock_button.setVisible(locked is not None)
        self.lock_button.setChecked(bool(locked))
        self.lock_button.setToolTip(_LOCK_TIPS[bool(locked)])
        self._show_buttons()

    def take_controls(self, controls: QWidget) -> None:
        self._layout.insertWidget(self._layout.indexOf(self._remark) + 1, controls)

    def apply_theme(self, theme: Theme) -> None:
        self.theme = theme
        px = theme.px
        self._layout.setContentsMargins(round(px(12)), round(px(6)), round(px(6)), 0)
        self._layout.setSpacing(round(px(4)))
        self._title.setFont(ui_font(px(12.5), QFont.Weight.DemiBold))
        self._title.setStyleSheet(f"color: {theme.text}; padding-right: {px(6):.0f}px")
        self._remark.set_look(ui_font(px(11.5)), theme.muted, theme.card)
        side = round(px(18))
        self._show_buttons()
        self.menu_button.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        for button in self._buttons:
            button.setIconSize(QSize(round(px(12)), round(px(12))))
            button.setFixedSize(side, side)
        self.setFixedHeight(round(px(28)))
        self.update()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._show_buttons()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._show_buttons()
        super().leaveEvent(event)

    @property
    def _buttons(self) -> tuple[_SmallButton, ...]:
        return self.menu_button, self.lock_button, self.float_button, self.close_button

    def _show_buttons(self) -> None:
        """Show the buttons only while the pointer, or the keyboard, is here; for screen readers they always exist."""
        is_near = self.underMouse() or any(button.hasFocus() for button in self._buttons)
        for button, name in ((self.menu_button, "more"), (self.float_button, "detach"), (self.close_button, "close")):
            button.setIcon(icon(name, self.theme.muted) if is_near else QIcon())
        if self.lock_button.isChecked():
            self.lock_button.setIcon(icon("lock", self.theme.accent_text))
        else:
            self.lock_button.setIcon(icon("unlock", self.theme.muted) if is_near else QIcon())


class _CardBody(_CardPart):
    upper = False

    def __init__(self, content: QWidget, theme: Theme, card: Card) -> None:
        super().__init__(theme, card)
        self.content = content
        layout = QVBoxLayout(self)
        layout.addWidget(content)
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        self.theme = theme
        side = round(theme.px(10))
        self.layout().setContentsMargins(side, round(theme.px(4)), side, round(theme.px(8)))  # type: ignore[union-attr]
        self.update()


class _SmallButton(QToolButton):
    """A button of a title bar.

    Signals:
        focus_changed(): the keyboard has come, or gone.
    """

    focus_changed = Signal()

    def __init__(self, name: str, tip: str) -> None:
        super().__init__()
        self.setAutoRaise(True)
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_changed.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focus_changed.emit()
