"""The input as bars that can be drawn with the mouse, or set with the keyboard."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Literal

from PySide6.QtCore import QPointF, QRect, QRectF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from rnnviz.core.activations import Array
from rnnviz.document.document import Document, Input
from rnnviz.document.edits import set_input_values
from rnnviz.document.values import DocumentError
from rnnviz.session.session import Selection, Session
from rnnviz.views.editors.knob import Knob, moved
from rnnviz.views.editors.number_entry import LARGEST, Entered, NumberEntry
from rnnviz.views.fonts import number, ui_font
from rnnviz.views.plots._time import Panel
from rnnviz.views.plots.inputs import Bar, InputsPlot, Range, tick_text
from rnnviz.views.steps import rounded_limit
from rnnviz.views.theme import Theme

IS_TEXT = "The input is text: type another text to change it."
NUDGE, FINE_NUDGE = 0.05, 0.005
DECIMALS = 2

_LABEL_WIDTH = 76  # px, for the names of a map's rows
_LEAST_ROW = 7  # px: the labels of lower rows are not painted
_MAP_DRAG = 120  # px of dragging in a map for half of its range
_ORDINARY = (0.2, 10.0)  # with limits between these, 0.05 and hundredths suit a range

Kind = Literal["draw", "turn", "erase"]
_Key, _Button, _Modifier = Qt.Key, Qt.MouseButton, Qt.KeyboardModifier


class DocumentInputs(InputsPlot):
    """The input as the document has it, also while its frame is still being computed.

    Signals:
        message(str): why something could not be done.
    """

    message = Signal(str)

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._session, self._document = session, session.document
        self.selection, self.cursor_t = session.selection, session.cursor
        self._kept: tuple[Range, ...] = ()
        self._margin = 0.0
        self._is_own_edit = False
        session.document_changed.connect(self._show_document)
        session.selection_changed.connect(self._show_selection)
        session.cursor_changed.connect(self.show_cursor)
        self._refresh()

    @property
    def is_ready(self) -> bool:
        """Always: there is a document from the start."""
        return True

    @property
    def data(self) -> Input:
        """The document's input."""
        return self._document.input

    @property
    def last_t(self) -> int:
        """The last step of the document."""
        return self._document.timesteps

    @property
    def is_editing(self) -> bool:
        """Whether the document is being changed from here, at this moment."""
        return self._is_own_edit

    def value_at(self, bar: Bar) -> float:
        """Return the number that a bar shows."""
        return float(self.values()[bar.t - 1, bar.feature])

    def set_values(self, feature: int, values: dict[int, float], merge_key: object = None) -> None:
        """Set values by step; what cannot be is said and changes nothing."""
        sample = self.selection.sample
        changes = {(sample, t - 1, feature): value for t, value in values.items()}
        self._is_own_edit = True
        try:
            self._session.apply(set_input_values(changes, merge_key))
        except DocumentError as error:
            self.message.emit(str(error))
        finally:
            self._is_own_edit = False

    # What is new

    def _show_document(self, document: Document) -> None:
        is_new = document.input is not self._document.input
        self._document = document
        if not is_new:
            return
        if not self._is_own_edit:
            self.forget_hand()
        self._refresh()

    def _show_selection(self, selection: Selection) -> None:
        if selection.sample != self.selection.sample:
            self.forget_hand()
        self.selection = selection
        self._refresh()

    def forget_hand(self) -> None:
        """Let go: the numbers are others than those that the hand was busy with."""
        self._kept = ()

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self.theme = theme
        self._refresh()

    def _refresh(self) -> None:
        """Bring panels and picture up to date; a click may come before the next painting."""
        # sequences may have gone, and the session says so only after this
        sample = min(self.selection.sample, self._document.batch - 1)
        self.selection = replace(self.selection, sample=sample)
        self._margin = self._labels_width() + self.theme.px(10)
        self._panel_specs = self.panel_specs()
        self.repaint_ground()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make room for the labels of a map that has become high enough for them."""
        super().resizeEvent(event)
        self._refresh()

    # Ranges: they keep still under the hand

    def value_ranges(self) -> tuple[Range, ...]:
        """Return the ranges, none of them narrower than it was before the hand changed the numbers."""
        needed = super().value_ranges()
        if len(self._kept) != len(needed):
            return needed
        return tuple(
            (min(low, kept_low), max(high, kept_high))
            for (low, high), (kept_low, kept_high) in zip(needed, self._kept, strict=True)
        )

    def range_of(self, bar: Bar) -> Range:
        """Return the shown range of the panel that a bar stands in."""
        return self.value_ranges()[0 if self.is_map else bar.feature]

    def unit_of(self, bar: Bar) -> float:
        """Return what counts as 1 in a bar's range: 1, or a power of ten where numbers are small or large."""
        low, high = self.range_of(bar)
        limit = max(-low, high)
        return 1.0 if _ORDINARY[0] <= limit < _ORDINARY[1] else 10.0 ** math.floor(math.log10(limit))

    def decimals_of(self, bar: Bar) -> int:
        """Return to how many decimals a bar is drawn."""
        return DECIMALS - min(round(math.log10(self.unit_of(bar))), 0)

    # Labels: there is less room than in the middle of the window

    def left_margin(self) -> float:
        """Return just the room that the labels need."""
        return self._margin

    def rows(self) -> tuple[tuple[str, str], ...]:
        """Return the labels of a map's rows, shortened to the room they have."""
        metrics, width = QFontMetricsF(self._row_font()), self.theme.px(_LABEL_WIDTH)
        shorten = Qt.TextElideMode.ElideRight
        return tuple((metrics.elidedText(label, shorten, width), colour) for label, colour in super().rows())

    def _row_font(self) -> QFont:
        return ui_font(self.theme.px(11), QFont.Weight.DemiBold)

    def _labels_width(self) -> float:
        px = self.theme.px
        if self.is_map:
            rows = self.rows()
            if len(rows) * px(_LEAST_ROW) > self.height() - px(30):
                return 0.0
            metrics, texts = QFontMetricsF(self._row_font()), [label for label, _ in rows]
        else:
            metrics = QFontMetricsF(ui_font(px(11)))
            texts = [
                tick_text(part * end) for ends in self.value_ranges() for end in ends for part in (1, 0.5)
            ]
        return max(map(metrics.horizontalAdvance, texts), default=0.0)

    def panels(self, rect: QRectF) -> list[Panel]:
        """Return the panels, with room between captions and the labels at both ends of an axis."""
        panels, px = super().panels(rect), self.theme.px
        if self.is_map:
            return panels
        low = px(5)
        return [
            replace(panel, rect=panel.rect.adjusted(0, px(6), 0, -low if panel is not panels[-1] else 0))
            for panel in panels
        ]

    def _paint_head(self, painter: QPainter, panel: Panel) -> None:
        """Paint the caption above the labels too: it is long, and the panel narrow."""
        px = self.theme.px
        above = panel.rect.adjusted(px(1) - self._margin, -px(5), 0, 0)
        super()._paint_head(painter, replace(panel, rect=above))


@dataclass(slots=True, eq=False)
class _Gesture:
    """A drag in progress. It is the merge key of its own edits: no other gesture equals it.

    Attributes:
        kind: follow the pointer, turn one number like a knob, or set to 0.
        bar, value: what was set last.
        before: the values when the button was pressed, (T, features), to go back to.
        position: of the pointer.
        touched: what was changed.
    """

    kind: Kind
    button: Qt.MouseButton
    bar: Bar
    value: float
    before: Array
    position: QPointF
    knob: Knob
    touched: set[Bar] = field(default_factory=set)


class DrawnInputs(DocumentInputs):
    """The input under the mouse: press and drag."""

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        self._gesture: _Gesture | None = None
        self._moves_cursor = False
        super().__init__(session, theme, parent)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)  # the right button erases
        self.setMouseTracking(True)

    def value_ranges(self) -> tuple[Range, ...]:
        """Return the ranges, fixed during a gesture."""
        return super().value_ranges() if self._gesture is None else self._kept

    def forget_hand(self) -> None:
        """Drop the gesture where it is."""
        super().forget_hand()
        self._gesture = None

    def hideEvent(self, event: QHideEvent) -> None:
        """End the gesture: its release may never come."""
        self._end_gesture()
        super().hideEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to draw, to erase, to turn a number, or to move the time cursor."""
        position, button = event.position(), event.button()
        if self._gesture is not None or button not in (_Button.LeftButton, _Button.RightButton):
            return
        if self._is_time_axis(position):
            self._moves_cursor = button == _Button.LeftButton
            if self._moves_cursor:
                self.cursor_requested.emit(self.t_at(position))
            return
        bar = self.bar_at(position)
        if bar is not None and self.data.text is not None:
            self.message.emit(IS_TEXT)
        elif bar is not None:
            self._begin(bar, event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with what the press began."""
        if self._gesture is not None:
            self._go_on(self._gesture, event)
        elif self._moves_cursor:
            self.cursor_requested.emit(self.t_at(event.position()))
        else:
            self._show_pointer(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the gesture: one undo step."""
        gesture = self._gesture
        if event.button() == _Button.LeftButton:
            self._moves_cursor = False
        if gesture is not None and event.button() == gesture.button:
            if gesture.kind == "draw":
                self._widen(gesture.bar, event.position().y())
            self._end_gesture()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the drag back with Esc; nothing else during a drag."""
        if self._gesture is None:
            super().keyPressEvent(event)
        elif event.key() == _Key.Key_Escape:
            self._take_back(self._gesture)

    # A gesture, from its beginning to its end

    def _begin(self, bar: Bar, event: QMouseEvent) -> None:
        self._kept = self.value_ranges()
        low, high = self.range_of(bar)
        pixels = 2 * self.theme.px(_MAP_DRAG) if self.is_map else self.panel_of(bar).rect.height()
        value = self.value_at(bar)
        self._gesture = _Gesture(
            kind=self._kind(event),
            button=event.button(),
            bar=bar,
            value=value,
            before=self.values(),
            position=event.position(),
            knob=Knob(
                value, event.position().y(), (high - low) / pixels, _has(event, _Modifier.ShiftModifier)
            ),
        )
        self._go_on(self._gesture, event)

    def _kind(self, event: QMouseEvent) -> Kind:
        if event.button() == _Button.RightButton or _has(event, _Modifier.AltModifier):
            return "erase"
        return "turn" if self.is_map or _has(event, _Modifier.ShiftModifier) else "draw"

    def _go_on(self, gesture: _Gesture, event: QMouseEvent) -> None:
        gesture.position = event.position()
        if gesture.kind == "turn":
            self._turn(gesture, event)
        else:
            under = self.bar_at(event.position()) if self.is_map else None
            bar = under or Bar(gesture.bar.feature, self.step_at(event.position().x()))
            self._stroke(gesture, bar, 0.0 if gesture.kind == "erase" else self._pointed(bar, event))
        self.update()

    def _turn(self, gesture: _Gesture, event: QMouseEvent) -> None:
        # in a panel of bars Shift has decided at the press; in a map it may come and go
        fine = not self.is_map or _has(event, _Modifier.ShiftModifier)
        value = gesture.knob.turn(event.position().y(), fine=fine)
        if value is not None:
            value = value if self.is_map else self._within(gesture.bar, value, event)
            self._stroke(gesture, gesture.bar, round(value, self.decimals_of(gesture.bar) + fine) + 0.0)

    def _pointed(self, bar: Bar, event: QMouseEvent) -> float:
        """Return the value at the pointer's height."""
        rect, (low, high) = self.panel_of(bar).rect, self.range_of(bar)
        value = low + (rect.bottom() - event.position().y()) * (high - low) / rect.height()
        return round(self._within(bar, value, event), self.decimals_of(bar)) + 0.0

    def _within(self, bar: Bar, value: float, event: QMouseEvent) -> float:
        """Return the value, within the shown range unless Ctrl is held."""
        low, high = (-LARGEST, LARGEST) if _has(event, _Modifier.ControlModifier) else self.range_of(bar)
        return min(max(value, low), high)

    def _stroke(self, gesture: _Gesture, bar: Bar, value: float) -> None:
        """Set a bar, and those that the pointer has jumped over on its way from the last one."""
        last, steps = gesture.bar, abs(bar.t - gesture.bar.t)
        direction, decimals = (1 if bar.t > last.t else -1), self.decimals_of(bar)
        values = {bar.t: value}
        for step in range(1, steps):
            between = gesture.value + (value - gesture.value) * step / steps
            values[last.t + direction * step] = round(between, decimals) + 0.0
        gesture.bar, gesture.value = bar, value
        gesture.touched |= {Bar(bar.feature, t) for t in values}
        self.set_values(bar.feature, values, merge_key=gesture)

    def _widen(self, bar: Bar, y: float) -> None:
        """Widen the panel's range on the side where the pointer has left it."""
        rect, (low, high), beyond = self.panel_of(bar).rect, self.range_of(bar), self.theme.px(4)
        if y < rect.top() - beyond:
            high = _wider(high, -low)
        elif y > rect.bottom() + beyond:
            low = -_wider(-low, high)
        self._kept = (*self._kept[: bar.feature], (low, high), *self._kept[bar.feature + 1 :])

    def _end_gesture(self) -> None:
        if self._gesture is not None:
            self._gesture = None
            self._session.end_merging()
            self._refresh()

    def _take_back(self, gesture: _Gesture) -> None:
        """Put everything back to where it was at the press."""
        for feature in {bar.feature for bar in gesture.touched}:
            steps = [bar.t for bar in gesture.touched if bar.feature == feature]
            before = {t: float(gesture.before[t - 1, feature]) for t in steps}
            self.set_values(feature, before, merge_key=gesture)
        self._end_gesture()

    # What the pointer shows

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
        if self._gesture is not None:
            self.paint_readout(painter, self._gesture.bar, self._gesture.position)

    def paint_readout(self, painter: QPainter, bar: Bar, near: QPointF) -> None:
        """Write t and the value on a small plate beside a position."""
        px, theme, font = self.theme.px, self.theme, ui_font(self.theme.px(11), QFont.Weight.DemiBold)
        value = self.value_at(bar)
        decimals = self.decimals_of(bar)
        words = f"t = {bar.t}   {number(value, max(decimals, min(_decimals_needed(value), decimals + 2)))}"
        plate = QRectF(0, 0, QFontMetricsF(font).horizontalAdvance(words) + px(14), px(20))
        plate.moveBottomLeft(near + QPointF(px(10), -px(8)))
        if plate.right() > self.width():
            plate.moveRight(near.x() - px(10))
        plate.moveTop(min(max(plate.top(), 0.0), self.height() - plate.height()))
        plate.moveLeft(max(plate.left(), 0.0))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.on))
        painter.drawRoundedRect(plate, px(4), px(4))
        painter.setFont(font)
        painter.setPen(QColor(theme.on_text))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, words)

    def describe(self, position: QPointF, rect: QRectF) -> str:
        """Return the numbers under the pointer, and what the mouse does."""
        numbers = super().describe(position, rect)
        if self.data.text is not None:
            return numbers
        how = "Drag a cell up or down." if self.is_map else "Drag to draw. Ctrl: beyond the range."
        return f"{numbers}\n\n{how} Shift: finer. Right button: 0."


_ARROWS = {_Key.Key_Left: -1, _Key.Key_Right: 1}
_PAGES = {_Key.Key_PageUp: -1, _Key.Key_PageDown: 1}
_ENDS = (_Key.Key_Home, _Key.Key_End)
_NUDGES = {_Key.Key_Up: 1, _Key.Key_Down: -1}
_ERASERS = (_Key.Key_Delete, _Key.Key_Backspace)
_OPENERS = (_Key.Key_Return, _Key.Key_Enter, _Key.Key_F2)
_MOVERS = (*_ARROWS, *_PAGES, *_ENDS)
_FIRST_LETTERS = "0123456789+-.,\N{MINUS SIGN}"


class InputCanvas(DrawnInputs):
    """The document's input, to draw on and to type into.

    Dragging sets each bar that is passed. Ctrl goes beyond the shown range, and a drag that ends beyond its
    edge widens it. Shift turns the first bar alone, ten times finer. Alt or the right button sets to 0. In a
    map a cell is a knob. Esc takes a drag back. Below the bars the time cursor is dragged.

    Left and Right choose a bar, Page Up and Page Down a feature, Up and Down change it, Delete sets it to 0,
    and a number can be typed.
    """

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        self._chosen = Bar(0, max(session.cursor, 1))
        self._tells_chosen = False
        self._hold: object = None
        self._entry: NumberEntry | None = None
        super().__init__(session, theme, parent)
        self.setAccessibleDescription(
            "Left and Right choose a bar, Page Up and Page Down a feature, Up and Down change it, "
            "Delete sets it to 0, and a number can be typed."
        )

    @property
    def chosen(self) -> Bar:
        """The bar that the keyboard changes."""
        features = self.values().shape[1]
        return Bar(min(self._chosen.feature, features - 1), min(self._chosen.t, self.last_t))

    def choose(self, feature: int, t: int) -> None:
        """Let the keyboard change another bar; of what does not exist, the nearest."""
        features = self.values().shape[1]
        bar = Bar(min(max(feature, 0), features - 1), min(max(t, 1), self.last_t))
        self._chosen, self._tells_chosen = bar, True
        self.setAccessibleDescription(f"{self._name(bar)}: {self.value_at(bar):g}")
        self.update()

    def _name(self, bar: Bar) -> str:
        return f"{self.data.features[bar.feature]}, t = {bar.t}"

    def forget_hand(self) -> None:
        """Drop the gesture and the field where they are."""
        super().forget_hand()
        self._remove_entry()

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._remove_entry()
        super().apply_theme(theme)

    def _stroke(self, gesture: _Gesture, bar: Bar, value: float) -> None:
        super()._stroke(gesture, bar, value)
        self._chosen, self._tells_chosen = bar, False

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose a bar, change it, or open a field for its number."""
        others = event.modifiers() & ~(_Modifier.KeypadModifier | _Modifier.ShiftModifier)
        if self._gesture is not None or others or not self._take_key(_Key(event.key()), event):
            super().keyPressEvent(event)

    def _take_key(self, key: Qt.Key, event: QKeyEvent) -> bool:
        """Do what a key is for, and return whether it is for anything here."""
        starts_number = event.text() != "" and event.text() in _FIRST_LETTERS
        changes = starts_number or key in _NUDGES or key in _ERASERS or key in _OPENERS
        if self.data.text is not None:
            return self._take_key_for_text(key, changes=changes)
        if changes:
            self._change_by_key(key, event)
        elif key in _MOVERS:
            self._move_by_key(key)
        return changes or key in _MOVERS

    def _take_key_for_text(self, key: Qt.Key, *, changes: bool) -> bool:
        if changes:
            self.message.emit(IS_TEXT)
        elif key == _Key.Key_End:
            self.cursor_requested.emit(self.last_t)
        return changes or key == _Key.Key_End

    def _move_by_key(self, key: Qt.Key) -> None:
        feature, t = self.chosen
        if key in _ENDS:
            t = 1 if key == _Key.Key_Home else self.last_t
        self.choose(feature + _PAGES.get(key, 0), t + _ARROWS.get(key, 0))

    def _change_by_key(self, key: Qt.Key, event: QKeyEvent) -> None:
        bar = self.chosen
        if key in _NUDGES:
            self._nudge(bar, _NUDGES[key], event)
        elif key in _ERASERS:
            self._set_by_key(bar, 0.0)
        elif key in _OPENERS:
            self._open_entry(bar, f"{self.value_at(bar):.10g}".replace("-", "\N{MINUS SIGN}"))
            return
        else:
            self._open_entry(bar, event.text(), is_begun=True)
            return
        self.choose(*bar)

    def _nudge(self, bar: Bar, direction: int, event: QKeyEvent) -> None:
        """Change by a little; a key that is held down is one undo step."""
        if not event.isAutoRepeat() or self._hold is None:
            self._hold = object()
        fine = bool(event.modifiers() & _Modifier.ShiftModifier)
        change = direction * self.unit_of(bar) * (FINE_NUDGE if fine else NUDGE)
        self._set_by_key(bar, moved(self.value_at(bar), change), self._hold)

    def _set_by_key(self, bar: Bar, value: float, merge_key: object = None) -> None:
        self._kept = self.value_ranges()
        self.set_values(bar.feature, {bar.t: value}, merge_key)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """End the undo step of a key that was held down."""
        if event.key() in _NUDGES and not event.isAutoRepeat() and self._hold is not None:
            self._hold = None
            self._session.end_merging()
        super().keyReleaseEvent(event)

    # The field for a number

    def _open_entry(self, bar: Bar, text: str, *, is_begun: bool = False) -> None:
        self._remove_entry()
        entry = NumberEntry(text, self.theme, self)
        entry.setAccessibleName(self._name(bar))
        entry.entered.connect(self._enter)
        entry.cancelled.connect(self._remove_entry)
        entry.refused.connect(self.message)
        entry.cover(self._entry_rect(bar))
        if not is_begun:
            entry.selectAll()
        self._entry = entry
        entry.show()
        entry.setFocus()
        self.update()

    def _entry_rect(self, bar: Bar) -> QRect:
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
        self._remove_entry()
        self._set_by_key(bar, entered.value)
        self.choose(bar.feature, bar.t + entered.rows + entered.columns)

    def _remove_entry(self) -> None:
        if self._entry is not None:
            entry, self._entry = self._entry, None
            with QSignalBlocker(entry):
                entry.give_up(to=self)
            self.update()

    def hideEvent(self, event: QHideEvent) -> None:
        """Close the field."""
        self._remove_entry()
        super().hideEvent(event)

    # The chosen bar

    def paint_cursor(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the time cursor, and the number being set or the chosen bar."""
        super().paint_cursor(painter, rect)
        if self._gesture is None and self._entry is None and self.hasFocus() and self.data.text is None:
            self._paint_chosen(painter)

    def _paint_chosen(self, painter: QPainter) -> None:
        px, rect = self.theme.px, self.rect_of(self.chosen)
        painter.setPen(QPen(QColor(self.theme.accent), px(1.2)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect.adjusted(-px(0.6), 0, px(0.6), 0), px(2.5), px(2.5))
        if self._tells_chosen:
            self.paint_readout(painter, self.chosen, rect.topRight() + QPointF(0, px(14)))


def _has(event: QMouseEvent, modifier: Qt.KeyboardModifier) -> bool:
    return bool(event.modifiers() & modifier)


def _wider(limit: float, opposite: float) -> float:
    """Return the next round limit; where there was none, that of the other side."""
    return min(rounded_limit(limit * 1.01), LARGEST) if limit > 0 else opposite


def _decimals_needed(value: float) -> int:
    """Return how many decimals it takes to write a value, up to ten."""
    return len(f"{value:.10f}".rstrip("0").partition(".")[2])
