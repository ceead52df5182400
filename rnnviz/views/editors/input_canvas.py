"""The input as bars that can be drawn with the mouse, or set with the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QHideEvent, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from rnnviz.session.session import Session
from rnnviz.views.editors.cell_field import CellField
from rnnviz.views.editors.drawn_inputs import IS_TEXT, Drag, DrawnInputs
from rnnviz.views.editors.knob import moved
from rnnviz.views.editors.number_entry import Entered
from rnnviz.views.editors.number_keys import ERASERS, OPENERS, modifiers_of, nudge_of, starts_number
from rnnviz.views.plots.inputs import Bar
from rnnviz.views.theme import Theme

Action = Callable[[], None]

_MOVES = {  # features, steps
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_PageUp: (-1, 0),
    Qt.Key.Key_PageDown: (1, 0),
}
_NUDGES = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}
_HOW = (
    "Left and Right choose a bar, Page Up and Page Down a feature, Up and Down change it, "
    "Delete sets it to 0, and a number can be typed."
)


class InputCanvas(DrawnInputs):
    """The document's input, to draw on and to type into.

    Dragging sets each bar that is passed. Ctrl goes beyond the shown range, and a drag that ends beyond its
    edge widens it. Shift turns the first bar alone, ten times finer. Alt or the right button sets to 0; a click
    with the right button asks for the menu of a step. In a map a cell is a knob. Esc takes a drag back. Below the
    bars the time cursor is dragged.

    Left and Right choose a bar, Page Up and Page Down a feature, Up and Down change it, Delete sets it to 0,
    and a number can be typed.
    """

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(session, theme, parent)
        self._chosen = Bar(0, max(session.cursor, 1))
        self._tells_chosen = False
        self._hold: object = None  # the merge key of the key that is held down
        self._field = CellField(self)
        self._field.entered.connect(self._enter)
        self._field.refused.connect(self.message)
        self.setAccessibleDescription(_HOW)

    @property
    def chosen(self) -> Bar:
        """The bar that the keyboard changes; of what no longer exists, the nearest."""
        return self._nearest(*self._chosen)

    def choose(self, feature: int, t: int) -> None:
        """Let the keyboard change another bar; of what does not exist, the nearest."""
        self._chosen, self._tells_chosen = self._nearest(feature, t), True
        self.focus_requested.emit(self.thing(self._chosen))
        self.tell_links(self.link_words())
        if not self.visible.holds(self._chosen.t):
            self.time_range_requested.emit(self.visible.following(self._chosen.t, self.last_t))
        self.update()

    def tell_links(self, words: str) -> None:
        """Tell a screen reader the chosen bar and what depends on it, or else how to choose one."""
        chosen = f"{self._name(self.chosen)}: {self.value_at(self.chosen):g}" if self._tells_chosen else _HOW
        self.setAccessibleDescription(f"{chosen}; {words}" if words else chosen)

    def _nearest(self, feature: int, t: int) -> Bar:
        features = self.values().shape[1]
        return Bar(min(max(feature, 0), features - 1), min(max(t, 1), self.length))

    def _name(self, bar: Bar) -> str:
        return f"{self.data.features[bar.feature]}, t = {bar.t}"

    def forget_hand(self) -> None:
        """Drop the drag and the field where they are."""
        super().forget_hand()
        self._field.close()

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._field.close()
        super().apply_theme(theme)

    def hideEvent(self, event: QHideEvent) -> None:
        """Close the field."""
        self._field.close()
        super().hideEvent(event)

    def _go_on(self, drag: Drag, event: QMouseEvent) -> None:
        super()._go_on(drag, event)
        self._chosen, self._tells_chosen = drag.bar, False

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose a bar, change it, or open a field for its number."""
        action = self._action_for(event)
        if self._drag is not None or action is None:
            super().keyPressEvent(event)
        else:
            action()

    def _action_for(self, event: QKeyEvent) -> Action | None:
        """Return what a key does here, or None."""
        if modifiers_of(event) & ~Qt.KeyboardModifier.ShiftModifier:
            return None
        action = self._changing_action(event)
        if self.data.text is None:
            return action or self._moving_action(event)
        if event.key() == Qt.Key.Key_End:
            return partial(self.cursor_requested.emit, self.last_t)
        return None if action is None else partial(self.message.emit, IS_TEXT)

    def _moving_action(self, event: QKeyEvent) -> Action | None:
        key, (feature, t) = Qt.Key(event.key()), self.chosen
        if key == Qt.Key.Key_Home:
            return partial(self.choose, feature, 1)
        if key == Qt.Key.Key_End:
            return partial(self.choose, feature, self.length)
        if key in _MOVES:
            features, steps = _MOVES[key]
            return partial(self.choose, feature + features, t + steps)
        return None

    def _changing_action(self, event: QKeyEvent) -> Action | None:
        key = Qt.Key(event.key())
        if key in _NUDGES:
            return partial(self._nudge, _NUDGES[key] * nudge_of(event), repeats=event.isAutoRepeat())
        if key in ERASERS:
            return partial(self._set_chosen, 0.0)
        if key == Qt.Key.Key_Menu:
            return self._ask_menu
        if key in OPENERS:
            return partial(self._open_field, self.value_at(self.chosen))
        return partial(self._open_field, event.text()) if starts_number(event) else None

    def _ask_menu(self) -> None:
        place = self.rect_of(self.chosen).center().toPoint()
        self.menu_requested.emit(self.chosen.t, self.mapToGlobal(place))

    def _nudge(self, change: float, *, repeats: bool) -> None:
        """Change by a little; a key that is held down is one undo step."""
        if not repeats or self._hold is None:
            self._hold = object()
        bar = self.chosen
        self._set_chosen(moved(self.value_at(bar), change * self.unit_of(bar)), self._hold)

    def _set_chosen(self, value: float, merge_key: object = None) -> None:
        bar = self.chosen
        self._kept = self.value_ranges()
        self.set_values(bar.feature, {bar.t: value}, merge_key)
        self.choose(*bar)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """End the undo step of a key that was held down."""
        if event.key() in _NUDGES and not event.isAutoRepeat() and self._hold is not None:
            self._hold = None
            self._session.end_merging()
        super().keyReleaseEvent(event)

    # The field for a number

    def _open_field(self, shown: str | float) -> None:
        self._field.open(self._field_rect(self.chosen), shown, self._name(self.chosen), theme=self.theme, host=self)
        self.update()

    def _field_rect(self, bar: Bar) -> QRect:
        """Return where the field goes: over the end of the bar, or the cell."""
        rect = self.rect_of(bar)
        if not self.is_map:
            panel = self.panel_of(bar)
            y = min(max(float(panel.y(self.value_at(bar))), panel.rect.top()), panel.rect.bottom())
            rect = QRectF(rect.left(), y - self.theme.px(12), rect.width(), self.theme.px(24))
        return rect.toAlignedRect()

    def _enter(self, entered: Entered) -> None:
        """Set the number and go on to the next bar, or with Shift to the one before."""
        bar = self.chosen
        self._set_chosen(entered.value)
        self.choose(bar.feature, bar.t + entered.rows + entered.columns)

    # The chosen bar

    def paint_cursor(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the time cursor, and the number being set or the chosen bar."""
        super().paint_cursor(painter, rect)
        is_busy = self._drag is not None or self._field.is_open
        if self.hasFocus() and not is_busy and self.data.text is None:
            self._paint_chosen(painter)

    def _paint_chosen(self, painter: QPainter) -> None:
        px, rect = self.theme.px, self.rect_of(self.chosen)
        painter.setPen(QPen(QColor(self.theme.accent), px(1.2)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect.adjusted(-px(0.6), 0, px(0.6), 0), px(2.5), px(2.5))
        if self._tells_chosen:
            self.paint_readout(painter, self.chosen, rect.topRight() + QPointF(0, px(14)))
