"""One state in the list of the comparison."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFont, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLineEdit, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from rnnviz.views.editors.compare_facts import Facts
from rnnviz.views.editors.compare_picture import ComparePicture, Scales
from rnnviz.views.fonts import ui_font
from rnnviz.views.icons import icon
from rnnviz.views.plots._ghosts import paint_ghost_sample
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.live_label import LiveLabel

_WIDE = 470  # px: from here on the picture stands beside the words
_BUTTONS = (
    ("swap", "Swap", "Show this one, and pin in its place what is shown now"),
    ("restore", "Restore", "Go on from this one; it stays pinned"),
    ("close", "Remove", "Forget this one"),
)


class NameField(QLineEdit):
    """A name that is changed where it stands: Enter takes it over, Esc and leaving the field bring the old one back."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._name = name

    def set_name(self, name: str) -> None:
        """Take over a name that was accepted."""
        self._name = name
        self.setToolTip(name if self.isReadOnly() else f"{name}\nType another name and press Enter")
        self.setText(name)
        self.setCursorPosition(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._give_up()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._give_up()

    def _give_up(self) -> None:
        if self.text() != self._name:
            self.set_name(self._name)
            self.textEdited.emit(self._name)


class CompareRow(QWidget):
    """What is shown, or a pinned state: its pen, name, facts and pictures, and what can be done with it.

    Signals:
        rename_requested(str), swap_requested(), restore_requested(), remove_requested(): of a pinned state.
    """

    rename_requested = Signal(str)
    swap_requested = Signal()
    restore_requested = Signal()
    remove_requested = Signal()

    def __init__(self, name: str, number: int | None, theme: Theme) -> None:
        """Make a row; ``number`` is that of the ghost's pen, None for the shown state."""
        super().__init__()
        self.number, self._theme = number, theme
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.sample = _Sample(number, theme)
        self.name = NameField(name)
        self.name.setReadOnly(number is None)
        self.problem = LiveLabel()
        self.problem.hide()
        self.network, self.results, self.origin = LiveLabel(), LiveLabel(), LiveLabel()
        self.picture = ComparePicture(theme)
        self.buttons: dict[str, QToolButton] = {}
        self._lay_out(is_pinned=number is not None)
        self._connect()
        self.apply_theme(theme)

    def _lay_out(self, *, is_pinned: bool) -> None:
        head = QHBoxLayout()
        head.addWidget(self.sample)
        head.addWidget(self.name, 1)
        for key, text, tip in _BUTTONS if is_pinned else ():
            button = self.buttons[key] = QToolButton()
            button.setAutoRaise(True)
            button.setToolTip(f"{text}: {tip[0].lower()}{tip[1:]}")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            head.addWidget(button)
        self._words = QVBoxLayout()
        self._words.addLayout(head)
        for label in (self.problem, self.network, self.results, self.origin):
            self._words.addWidget(label)
        self._layout = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._layout.addLayout(self._words, 1)
        self._layout.addWidget(self.picture, 1)

    def _connect(self) -> None:
        self.name.returnPressed.connect(self._ask_rename)
        self.name.textEdited.connect(self._forgive)
        for key, signal in (
            ("swap", self.swap_requested),
            ("restore", self.restore_requested),
            ("close", self.remove_requested),
        ):
            if key in self.buttons:
                self.buttons[key].clicked.connect(signal)

    def show_facts(self, facts: Facts, scales: Scales, shown_title: str) -> None:
        """Show another state; where it comes from is said if that is not the scene that is shown."""
        self.network.set_text(facts.network)
        self.results.set_text(facts.results)
        self.origin.set_text(f"from {facts.title}")
        self.origin.setVisible(facts.title != shown_title)
        self.picture.show_facts(facts, scales)
        self.picture.setAccessibleName(f"Gradient and hidden states of {self.name.text()}: {facts.results}")

    def set_name(self, name: str) -> None:
        """Show another name."""
        self._forgive()
        self.name.set_name(name)
        self.name.setAccessibleName(f"Name of {name}")
        for key, text, _ in _BUTTONS if self.buttons else ():
            self.buttons[key].setAccessibleName(f"{text} {name}")

    def refuse(self, reason: str) -> None:
        """Say under the field why the typed name cannot be."""
        self.problem.set_text(reason[:1].upper() + reason[1:])
        self.problem.show()

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._theme, px = theme, theme.px
        self.sample.apply_theme(theme)
        self.picture.apply_theme(theme)
        self.name.setFont(ui_font(px(12), QFont.Weight.DemiBold))
        edge = "transparent" if self.name.isReadOnly() else theme.faint
        self.name.setStyleSheet(
            f"QLineEdit {{ background: transparent; border: 1px solid transparent; padding: 1px 3px; }}"
            f"QLineEdit:hover {{ border-color: {edge}; }} QLineEdit:focus {{ border-color: {theme.accent}; }}"
        )
        self.problem.set_look(ui_font(px(11)), theme.warning, theme.card)
        for label in (self.network, self.results, self.origin):
            label.set_look(ui_font(px(11)), theme.muted, theme.card)
        for key, button in self.buttons.items():
            button.setIcon(icon(key, theme.muted))
            button.setIconSize(QSize(round(px(13)), round(px(13))))
            button.setFixedSize(round(px(22)), round(px(22)))
        self._words.setSpacing(round(px(3)))
        self._layout.setSpacing(round(px(5)))
        self._layout.setContentsMargins(0, round(px(6)), round(px(4)), round(px(8)))
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= self._theme.px(_WIDE)
        self._layout.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        with QPainter(self) as painter:
            painter.setPen(QPen(QColor(self._theme.faint), 1))
            painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)

    def _ask_rename(self) -> None:
        self.rename_requested.emit(self.name.text())

    def _forgive(self) -> None:
        self.problem.hide()


class _Sample(QWidget):
    """The pen that draws a state."""

    def __init__(self, number: int | None, theme: Theme) -> None:
        super().__init__()
        self._number, self._theme = number, theme
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.setFixedSize(round(theme.px(26)), round(theme.px(16)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        line = QRectF(0, self.height() / 2, self.width() - 2, 0)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self._number is None:
                painter.setPen(QPen(QColor(self._theme.text), self._theme.px(1.8)))
                painter.drawLine(line.topLeft(), line.topRight())
            else:
                paint_ghost_sample(painter, self._theme, self._number, line)
