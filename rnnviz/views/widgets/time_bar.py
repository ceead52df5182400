"""The time bar: transport buttons, the current t, a slider, speed and direction."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from rnnviz.views.fonts import ui_font
from rnnviz.views.icons import icon
from rnnviz.views.steps import time_ticks
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.choice_box import ChoiceBox
from rnnviz.views.widgets.live_label import LiveLabel
from rnnviz.views.widgets.segmented import Segmented

SPEEDS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0)  # steps per second


class TimeSlider(QWidget):
    """A slider over t = 0…T with labelled ticks.

    Signals:
        moved(int): the user asks for another t.
        play_toggled(): the user presses Space.
        pointed_at(int or None): the pointer is at another t, or has left.
    """

    moved = Signal(int)
    play_toggled = Signal()
    pointed_at = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._t, self._last = theme, 0, 1
        self._lit: int | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Time step")
        self.setToolTip("The moment that every plot shows. Drag, scroll, or use the arrow keys.")
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_range(self, last: int) -> None:
        """Let the slider run from 0 to ``last``."""
        if last != self._last:
            self._last = last
            self.update()

    def set_value(self, t: int) -> None:
        """Move the handle."""
        self._t = t
        self.setAccessibleDescription(f"t = {t} of {self._last}")
        self.update(0, 0, self.width(), self._labels_top())  # the labels stay

    @property
    def lit(self) -> int | None:
        """The t that is pointed at, here or elsewhere."""
        return self._lit

    def set_lit(self, t: int | None) -> None:
        """Mark the t that is pointed at; None ends it."""
        if t != self._lit:
            self._lit = t
            self.update()

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._theme = theme
        self.updateGeometry()
        self.update()

    def x_of(self, t: int) -> float:
        """Return where the handle is for a t."""
        margin = self._theme.px(12)
        return margin + (self.width() - 2 * margin) * t / max(self._last, 1)

    def _t_at(self, x: float) -> int:
        margin = self._theme.px(12)
        part = (x - margin) / max(self.width() - 2 * margin, 1)
        return min(max(round(part * self._last), 0), self._last)

    def sizeHint(self) -> QSize:
        return QSize(round(self._theme.px(400)), round(self._theme.px(46)))

    def minimumSizeHint(self) -> QSize:
        return QSize(round(self._theme.px(120)), round(self._theme.px(46)))

    def _labels_top(self) -> int:
        return int(self._theme.px(28))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, px = self._theme, self._theme.px
        y, x, end = px(15), self.x_of(self._t), self.x_of(self._last)
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(theme.bar))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            for left, right, colour in ((self.x_of(0), end, theme.border), (self.x_of(0), x, theme.accent)):
                painter.setBrush(QColor(colour))
                painter.drawRoundedRect(QRectF(left, y - px(2.5), right - left, px(5)), px(2.5), px(2.5))
            painter.setBrush(QColor(theme.accent))
            painter.setPen(QPen(QColor(theme.bar), px(2)))
            painter.drawEllipse(QPointF(x, y), px(9), px(9))
            if self._lit is not None and self._lit <= self._last:
                lit = self.x_of(self._lit)
                painter.setPen(QPen(QColor(theme.link), px(2)))
                painter.drawLine(QPointF(lit, y - px(11)), QPointF(lit, y + px(11)))
            if self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(theme.accent), px(1)))
                painter.drawEllipse(QPointF(x, y), px(11), px(11))
            if event.rect().bottom() >= self._labels_top():
                self._paint_labels(painter)

    def _paint_labels(self, painter: QPainter) -> None:
        px = self._theme.px
        painter.setFont(ui_font(px(11)))
        painter.setPen(QColor(self._theme.muted))
        for t in time_ticks(0, self._last, self.width() / px(1)):
            x = min(self.x_of(t), self.width() - painter.fontMetrics().horizontalAdvance(str(t)) / 2)
            place = QRectF(x - px(30), px(28), px(60), px(16))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, str(t))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.pointed_at.emit(None)  # what a drag shows is to be seen as it is
        if event.button() == Qt.MouseButton.LeftButton:
            self.moved.emit(self._t_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.moved.emit(self._t_at(event.position().x()))
        elif not event.buttons():
            self.pointed_at.emit(self._t_at(event.position().x()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.pointed_at.emit(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        delta = event.angleDelta().y() or event.angleDelta().x()
        if delta:
            self.moved.emit(self._t + (1 if delta > 0 else -1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        page = max(1, self._last // 10)
        targets = {
            Qt.Key.Key_Left: self._t - 1,
            Qt.Key.Key_Right: self._t + 1,
            Qt.Key.Key_Down: self._t - 1,
            Qt.Key.Key_Up: self._t + 1,
            Qt.Key.Key_PageDown: self._t - page,
            Qt.Key.Key_PageUp: self._t + page,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: self._last,
        }
        target = targets.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Space:
            self.play_toggled.emit()
        elif target is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        else:
            self.moved.emit(target)


class TimeBar(QWidget):
    """Everything about time in one row.

    Signals:
        moved(int): the user asks for another t.
        play_toggled(): play or pause.
        speed_chosen(float): steps per second.
        direction_chosen(int): +1 forward, −1 backward, 0 there and back.
    """

    moved = Signal(int)
    play_toggled = Signal()
    speed_chosen = Signal(float)
    direction_chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._t, self._last, self._playing = theme, 0, 1, False
        self.slider = TimeSlider(theme)
        self._buttons = {
            name: self._button(name, tip)
            for name, tip in (
                ("first", "To the initial state, t = 0"),
                ("back", "One step back"),
                ("play", "Play, or pause (Space)"),
                ("forward", "One step forward"),
                ("last", "To the last step"),
            )
        }
        self._label, self._total = LiveLabel(), LiveLabel()
        self._speed = ChoiceBox("Playback speed", [(f"{speed:g}", f"{speed:g} / s") for speed in SPEEDS], theme)
        self._speed.setToolTip("Playback speed, in steps per second")
        directions = (
            ("forward", "Forward", "Play forward through time, as states are computed"),
            ("backward", "Backward", "Play backward through time, as gradients are"),
            ("both", "Both", "Play forward to the loss, and then the gradient backward"),
        )
        self._direction = Segmented(directions, theme)
        self._lay_out()
        self._connect()
        self.apply_theme(theme)

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        for button in self._buttons.values():
            layout.addWidget(button)
        layout.addSpacing(10)
        layout.addWidget(self._label)
        layout.addWidget(self._total)
        self._track = QVBoxLayout()
        self._track.setSpacing(0)
        self._track.addWidget(self.slider)
        layout.addLayout(self._track, 1)
        layout.addWidget(self._speed)
        layout.addWidget(self._direction)

    def _connect(self) -> None:
        self.slider.moved.connect(self.moved)
        self.slider.play_toggled.connect(self.play_toggled)
        self._buttons["first"].clicked.connect(self._to_first)
        self._buttons["back"].clicked.connect(self._step_back)
        self._buttons["play"].clicked.connect(self.play_toggled)
        self._buttons["forward"].clicked.connect(self._step_forward)
        self._buttons["last"].clicked.connect(self._to_last)
        self._speed.activated.connect(self._choose_speed)
        self._direction.chosen.connect(self._choose_direction)

    def add_above(self, strip: QWidget) -> None:
        """Put a strip above the slider, as wide as that."""
        self._track.insertWidget(0, strip)

    def button(self, name: str) -> QToolButton:
        """Return the button ``first``, ``back``, ``play``, ``forward`` or ``last``."""
        return self._buttons[name]

    def set_range(self, last: int) -> None:
        """Show how many steps there are."""
        self._last = last
        self.slider.set_range(last)
        self._total.set_text(f"/ {last}")
        self._total.reserve(f"/ {last}")
        self._label.reserve(f"t = {last}")

    def set_value(self, t: int) -> None:
        """Show the current t."""
        self._t = t
        self.slider.set_value(t)
        self._label.set_text(f"t = {t}")

    def set_playing(self, playing: bool) -> None:
        """Show play or pause."""
        self._playing = playing
        self._buttons["play"].setIcon(icon("pause" if playing else "play", self._theme.on_text))
        self._buttons["play"].setAccessibleName("pause" if playing else "play")

    def set_speed(self, speed: float) -> None:
        """Show the nearest speed on offer."""
        self._speed.set_choice(f"{min(SPEEDS, key=lambda offered: abs(offered - speed)):g}")

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._theme, px = theme, theme.px
        for name, button in self._buttons.items():
            play = name == "play"
            if not play:
                button.setIcon(icon(name, theme.text))
            side = round(px(32))
            button.setFixedSize(side, side)
            button.setIconSize(QSize(round(px(14)), round(px(14))))
            ground, border = (theme.on, theme.on) if play else (theme.bar, theme.border)
            button.setStyleSheet(
                f"QToolButton {{ background: {ground}; border: 1px solid {border}; border-radius: {side // 2}px; }}"
                f"QToolButton:hover, QToolButton:focus {{ border-color: {theme.accent}; }}"
            )
        self.set_playing(self._playing)
        self._label.set_look(ui_font(px(15), QFont.Weight.DemiBold), theme.accent_text, theme.bar)
        self._total.set_look(ui_font(px(13)), theme.muted, theme.bar)
        self.slider.apply_theme(theme)
        self._speed.apply_theme(theme)
        self._direction.apply_theme(theme)
        margin = round(px(14))
        self.layout().setContentsMargins(margin, round(px(8)), margin, round(px(2)))  # type: ignore[union-attr]
        self.layout().setSpacing(round(px(7)))  # type: ignore[union-attr]

    def _button(self, name: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setAccessibleName(name)
        button.setToolTip(tip)
        button.setAutoRepeat(name in ("back", "forward"))
        return button

    def _to_first(self) -> None:
        self.moved.emit(0)

    def _step_back(self) -> None:
        self.moved.emit(self._t - 1)

    def _step_forward(self) -> None:
        self.moved.emit(self._t + 1)

    def _to_last(self) -> None:
        self.moved.emit(self._last)

    def _choose_speed(self, index: int) -> None:
        self.speed_chosen.emit(SPEEDS[index])

    def set_direction(self, direction: int) -> None:
        """Choose a direction, as `direction_chosen` has it, for the user."""
        key = {1: "forward", -1: "backward", 0: "both"}[direction]
        self._direction.set_choice(key)
        self._choose_direction(key)

    def _choose_direction(self, key: str) -> None:
        self.direction_chosen.emit({"forward": 1, "backward": -1, "both": 0}[key])
