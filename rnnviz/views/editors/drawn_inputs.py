"""The input under the mouse: a press, a drag, a release."""

from __future__ import annotations

from typing import Literal

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QWidget

from rnnviz.session.session import Session
from rnnviz.views.editors.document_inputs import DocumentInputs
from rnnviz.views.editors.knob import DEAD_ZONE, Knob
from rnnviz.views.editors.number_entry import LARGEST
from rnnviz.views.editors.number_keys import is_fine
from rnnviz.views.plots.inputs import Bar, Range
from rnnviz.views.steps import rounded_limit
from rnnviz.views.theme import Theme

IS_TEXT = "The input is text: type another text to change it."
IS_PADDING = "Step {t} is padding: this sequence ends at t = {length}."

_MAP_DRAG = 120  # px of dragging in a map for half of its range
_BUTTONS = (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton)

Kind = Literal["draw", "turn", "erase"]  # follow the pointer, turn one number like a knob, or set to 0


class Drag:
    """A drag over the input, from its press to its release.

    It is the merge key of its own edits: no other drag equals it.

    Attributes:
        bar: what was set last.
        position: of the pointer.
    """

    def __init__(self, inputs: DocumentInputs, bar: Bar, event: QMouseEvent) -> None:
        self.kind = _kind(event, is_map=inputs.is_map)
        self.button = Qt.MouseButton.RightButton if self.kind == "erase" and _is_right(event) else event.button()
        self.position = event.position()
        self.bar, self._value = bar, inputs.value_at(bar)
        self._inputs, self._before = inputs, inputs.values()
        low, high = inputs.range_of(bar)
        height = 2 * inputs.theme.px(_MAP_DRAG) if inputs.is_map else inputs.panel_of(bar).rect.height()
        self._knob = Knob(self._value, self.position.y(), (high - low) / height, is_fine(event))

    def begin(self) -> None:
        """Erase the first bar, which the pointer may have left already."""
        if self.kind == "erase":
            self._set(self.bar, 0.0)

    def go_on(self, event: QMouseEvent) -> None:
        """Set what the pointer has reached."""
        self.position = event.position()
        if self.kind == "turn":
            self._turn(event)
            return
        bar = self._bar_under(self.position)
        self._set(bar, 0.0 if self.kind == "erase" else self._pointed_value(bar, event))

    def take_back(self) -> None:
        """Put everything back to where it was at the press."""
        changed = self._inputs.values() != self._before
        for feature in np.flatnonzero(changed.any(axis=0)).tolist():
            steps = np.flatnonzero(changed[:, feature]).tolist()
            before = {step + 1: float(self._before[step, feature]) for step in steps}
            self._inputs.set_values(feature, before, merge_key=self)

    def _bar_under(self, position: QPointF) -> Bar:
        """Return the cell of a map; of bars, one in the panel where the drag began."""
        cell = self._inputs.bar_at(position) if self._inputs.is_map else None
        return cell or Bar(self.bar.feature, self._inputs.step_at(position.x()))

    def _turn(self, event: QMouseEvent) -> None:
        # in a panel of bars Shift has decided at the press; in a map it may come and go
        fine = not self._inputs.is_map or is_fine(event)
        value = self._knob.turn(event.position().y(), fine=fine)
        if value is not None:
            value = value if self._inputs.is_map else self._within_range(self.bar, value, event)
            self._set(self.bar, round(value, self._inputs.decimals_of(self.bar) + fine) + 0.0)

    def _pointed_value(self, bar: Bar, event: QMouseEvent) -> float:
        """Return the value at the pointer's height."""
        rect, (low, high) = self._inputs.panel_of(bar).rect, self._inputs.range_of(bar)
        value = low + (rect.bottom() - event.position().y()) * (high - low) / rect.height()
        return round(self._within_range(bar, value, event), self._inputs.decimals_of(bar)) + 0.0

    def _within_range(self, bar: Bar, value: float, event: QMouseEvent) -> float:
        """Return the value, within the shown range unless Ctrl is held."""
        is_free = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        low, high = (-LARGEST, LARGEST) if is_free else self._inputs.range_of(bar)
        return min(max(value, low), high)

    def _set(self, bar: Bar, value: float) -> None:
        """Set a bar, and those that the pointer has jumped over on its way from the last one."""
        steps = abs(bar.t - self.bar.t)
        direction = 1 if bar.t > self.bar.t else -1
        values = {bar.t: value}
        for step in range(1, steps):
            between = self._value + (value - self._value) * step / steps
            values[self.bar.t + direction * step] = round(between, self._inputs.decimals_of(bar)) + 0.0
        self.bar, self._value = bar, value
        self._inputs.set_values(bar.feature, values, merge_key=self)


def _kind(event: QMouseEvent, *, is_map: bool) -> Kind:
    is_alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
    if _is_right(event) or is_alt:
        return "erase"
    return "turn" if is_map or is_fine(event) else "draw"


def _is_right(event: QMouseEvent) -> bool:
    """Return whether the right button went down, or is held down."""
    right = Qt.MouseButton.RightButton
    return event.button() == right or bool(event.buttons() & right and event.button() == Qt.MouseButton.NoButton)


class DrawnInputs(DocumentInputs):
    """The input, to draw on; below it the time cursor is dragged.

    Signals:
        menu_requested(int, QPoint): the menu of a step is wanted, at a point of the screen.
    """

    menu_requested = Signal(int, QPoint)
    _drag: Drag | None = None
    _menu_press: QPointF | None = None  # where the right button went down, as long as it has not begun to erase

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(session, theme, parent)
        self._moves_cursor = False
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)  # the right button erases, or asks itself
        self.setMouseTracking(True)

    def value_ranges(self) -> tuple[Range, ...]:
        """Return the ranges, fixed during a drag."""
        return super().value_ranges() if self._drag is None else self._kept

    def forget_hand(self) -> None:
        """Drop the drag where it is."""
        super().forget_hand()
        self._drag = self._menu_press = None

    def hideEvent(self, event: QHideEvent) -> None:
        """End the drag: its release may never come."""
        self._end_drag()
        super().hideEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to draw, to erase, to turn a number, or to move the time cursor."""
        if self._drag is not None or self._menu_press is not None or event.button() not in _BUTTONS:
            return
        bar, t = self.bar_at(event.position()), self.t_at(event.position())
        if self._is_time_axis(event.position()):
            self._moves_cursor = event.button() == Qt.MouseButton.LeftButton
            if self._moves_cursor:
                self.cursor_requested.emit(t)
        elif t > self.length:
            self.message.emit(IS_PADDING.format(t=t, length=self.length))
        elif bar is not None and event.button() == Qt.MouseButton.RightButton:
            self._menu_press = event.position()
        elif bar is not None and self.data.text is not None:
            self.message.emit(IS_TEXT)
        elif bar is not None:
            self._begin_drag(bar, event)

    def _begin_drag(self, bar: Bar, event: QMouseEvent) -> None:
        self._kept = self.value_ranges()
        self._drag = Drag(self, bar, event)
        self._drag.begin()
        self._go_on(self._drag, event)

    def _begin_erasing(self, press: QPointF, event: QMouseEvent) -> None:
        """Erase from where the right button went down, once the pointer has left that place."""
        if (event.position() - press).manhattanLength() < DEAD_ZONE:
            return
        self._menu_press = None
        bar = self.bar_at(press)
        if self.data.text is not None:
            self.message.emit(IS_TEXT)
        elif bar is not None:
            self._begin_drag(bar, event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with what the press began."""
        if self._menu_press is not None:
            self._begin_erasing(self._menu_press, event)
        elif self._drag is not None:
            self._go_on(self._drag, event)
        elif self._moves_cursor:
            self.cursor_requested.emit(self.t_at(event.position()))
        else:
            self._show_pointer(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the drag: one undo step."""
        drag, press = self._drag, self._menu_press
        if event.button() == Qt.MouseButton.LeftButton:
            self._moves_cursor = False
        elif press is not None:
            self._menu_press = None
            self.menu_requested.emit(self.step_at(press.x()), event.globalPosition().toPoint())
        if drag is not None and event.button() == drag.button:
            if drag.kind == "draw":
                self._widen(drag.bar, event.position().y())
            self._end_drag()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the drag back with Esc; nothing else during a drag."""
        if self._drag is None:
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_Escape:
            self._drag.take_back()
            self._end_drag()

    def _go_on(self, drag: Drag, event: QMouseEvent) -> None:
        drag.go_on(event)
        self.update()

    def _end_drag(self) -> None:
        if self._drag is not None:
            self._drag = None
            self._session.end_merging()
            self._refresh()

    def _widen(self, bar: Bar, y: float) -> None:
        """Widen the panel's range on the side where the pointer has left it."""
        rect, (low, high), beyond = self.panel_of(bar).rect, self.range_of(bar), self.theme.px(4)
        if y < rect.top() - beyond:
            high = _wider(high, -low)
        elif y > rect.bottom() + beyond:
            low = -_wider(-low, high)
        self._kept = (*self._kept[: bar.feature], (low, high), *self._kept[bar.feature + 1 :])

    # The pointer

    def _is_time_axis(self, position: QPointF) -> bool:
        return position.y() > self.panels(QRectF(self.rect()))[-1].rect.bottom()

    def _show_pointer(self, position: QPointF) -> None:
        shape = Qt.CursorShape.ArrowCursor
        if self._is_time_axis(position):
            shape = Qt.CursorShape.PointingHandCursor
        elif self.data.text is None and self.bar_at(position) is not None:
            shape = Qt.CursorShape.SizeVerCursor if self.is_map else Qt.CursorShape.CrossCursor
        if self.cursor().shape() != shape:
            self.setCursor(shape)

    def paint_cursor(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the time cursor, and the number being set."""
        super().paint_cursor(painter, rect)
        if self._drag is not None:
            self.paint_readout(painter, self._drag.bar, self._drag.position)

    def describe_step(self, t: int) -> str:
        """Return the numbers of a step, and what the mouse does."""
        numbers = super().describe_step(t)
        if self.data.text is not None:
            return numbers
        how = "Drag a cell up or down." if self.is_map else "Drag to draw. Ctrl: beyond the range."
        return f"{numbers}\n\n{how} Shift: finer. Drag with the right button: 0. Right click: steps."


def _wider(limit: float, opposite: float) -> float:
    """Return the next round limit; where there was none, that of the other side."""
    return min(rounded_limit(limit * 1.01), LARGEST) if limit > 0 else opposite
