"""The input as bars that can be drawn with the mouse, or set with the keyboard."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

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
from rnnviz.views.plots.inputs import InputsPlot, Range, tick_text
from rnnviz.views.steps import rounded_limit
from rnnviz.views.theme import Theme

IS_TEXT = "The input is text: type another text to change it."
NUDGE, FINE_NUDGE = 0.05, 0.005
DECIMALS = 2

_LABEL_WIDTH = 76  # px, for the names of a map's rows
_MAP_DRAG = 120  # px of dragging in a map for its whole range
_ORDINARY = (0.2, 10.0)  # ranges up to these limits are drawn and nudged in hundredths

_Keys = Qt.Key
_ARROWS = {_Keys.Key_Left: -1, _Keys.Key_Right: 1}
_PAGES = {_Keys.Key_PageUp: -1, _Keys.Key_PageDown: 1}
_NUDGES = {_Keys.Key_Up: 1, _Keys.Key_Down: -1}
_ERASERS = (_Keys.Key_Delete, _Keys.Key_Backspace)
_OPENERS = (_Keys.Key_Return, _Keys.Key_Enter, _Keys.Key_F2)


class Bar(NamedTuple):
    """One number of the input: a feature, from 0, at a step, from 1."""

    feature: int
    t: int


@dataclass(slots=True, eq=False)
class _Gesture:
    """A drag in progress. The gesture itself is the merge key of its edits: no other is equal to it.

    Attributes:
        kind: follow the pointer, turn one number like a knob, or set to 0.
        bar, value: what was set last.
        before: the values when the button was pressed, to go back to.
        touched: the steps that were changed.
    """

    kind: Literal["draw", "turn", "erase"]
    button: Qt.MouseButton
    bar: Bar
    value: float
    before: Array
    position: QPointF
    knob: Knob
    touched: set[int] = field(default_factory=set)


class InputCanvas(InputsPlot):
    """The document's input, to draw on.

    Dragging sets each bar that is passed; Ctrl goes beyond the shown range, and a drag that ends beyond its
    edge widens it. Shift turns the first bar alone, ten times finer. Alt or the right button sets to 0. In a
    map a cell is a knob. Esc takes a drag back. Below the bars, the time cursor is dragged.

    Signals:
        message(str): why something could not be done.
    """

    message = Signal(str)

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._session, self._document = session, session.document
        self.selection, self.cursor_t = session.selection, session.cursor
        self._gesture: _Gesture | None = None
        self._kept: tuple[Range, ...] = ()
        self._chosen = Bar(0, max(session.cursor, 1))
        self._tells_chosen = False
        self._moves_cursor = False
        self._hold: object = None
        self._is_own_edit = False
        self._entry: NumberEntry | None = None
        self._margin = 0.0
        self.setAccessibleDescription(
            "Draw with the mouse. Left and Right choose a bar, Page Up and Page Down a feature, Up and Down "
            "change it, Delete sets it to 0, and a number can be typed."
        )
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setMouseTracking(True)
        session.document_changed.connect(self._show_document)
        session.selection_changed.connect(self._show_selection)
        session.cursor_changed.connect(self.show_cursor)
        self._refresh()

    # What is drawn

    @property
    def is_ready(self) -> bool:
        """Always: there is a document from the start."""
        return True

    @property
    def data(self) -> Input:
        """The document's input, also while its frame is still being computed."""
        return self._document.input

    @property
    def last_t(self) -> int:
        """The last step of the document."""
        return self._document.timesteps

    @property
    def chosen(self) -> Bar:
        """The bar that the keyboard changes."""
        return Bar(min(self._chosen.feature, self._features - 1), min(self._chosen.t, self.last_t))

    @property
    def _features(self) -> int:
        return int(self.data.values.shape[2])

    def value_at(self, bar: Bar) -> float:
        """Return the number that a bar shows."""
        return float(self.values()[bar.t - 1, bar.feature])

    def value_ranges(self) -> tuple[Range, ...]:
        """Return the ranges; fixed during a gesture, and afterwards not narrower than they were."""
        needed = super().value_ranges()
        if len(self._kept) != len(needed):
            return needed
        if self._gesture is not None:
            return self._kept
        return tuple(
            (min(low, kept_low), max(high, kept_high))
            for (low, high), (kept_low, kept_high) in zip(needed, self._kept, strict=True)
        )

    def rows(self) -> tuple[tuple[str, str], ...]:
        """Return the rows' labels, shortened to what the margin has room for."""
        metrics, width = QFontMetricsF(self._row_font()), self.theme.px(_LABEL_WIDTH)
        shorten = Qt.TextElideMode.ElideRight
        return tuple((metrics.elidedText(label, shorten, width), colour) for label, colour in super().rows())

    def left_margin(self) -> float:
        """Return just the room that the labels need."""
        return self._margin

    def _row_font(self) -> QFont:
        return ui_font(self.theme.px(11), QFont.Weight.DemiBold)

    def _labels_width(self) -> float:
        px, rows = self.theme.px, self.rows() if self.is_map else ()
        if self.is_map:
            if len(rows) * px(7) > self.height() - px(30):  # too low for labels: none are painted
                return px(4)
            metrics, texts = QFontMetricsF(self._row_font()), [label for label, _ in rows]
        else:
            metrics = QFontMetricsF(ui_font(px(11)))
            ends = [end for low_high in self.value_ranges() for end in low_high]
            texts = [tick_text(part * end) for end in ends for part in (1.0, 0.5)]
        return max(map(metrics.horizontalAdvance, texts), default=0.0) + px(10)

    def _paint_head(self, painter: QPainter, panel: Panel) -> None:
        wide = panel.rect.adjusted(-self._margin + self.theme.px(1), 0, 0, 0)
        super()._paint_head(painter, Panel(panel.spec, wide, panel.first, panel.last))

    # What is new

    def _show_document(self, document: Document) -> None:
        is_same = document.input is self._document.input
        self._document = document
        if is_same:
            return
        if not self._is_own_edit:
            self._gesture, self._kept = None, ()
            self._remove_entry()
        self._refresh()

    def _show_selection(self, selection: Selection) -> None:
        if selection.sample != self.selection.sample:
            self._kept = ()
        self.selection = selection
        self._refresh()

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._remove_entry()
        self.theme = theme
        self._refresh()

    def _refresh(self) -> None:
        """Bring margins, panels and picture up to date: the mouse may come before the next painting."""
        sample = min(self.selection.sample, self._document.batch - 1)
        self.selection = Selection(self.selection.layer, sample, self.selection.unit, self.selection.entry)
        self._margin = self._labels_width()
        self._panel_specs = self.panel_specs()
        self.repaint_ground()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make room for the labels of a map that has become high enough for them."""
        super().resizeEvent(event)
        self._refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """End what the hand was doing."""
        self._end_gesture()
        self._remove_entry()
        super().hideEvent(event)

    # What is where

    def _panels_here(self) -> list[Panel]:
        return self.panels(QRectF(self.rect()))

    def _panel_of(self, bar: Bar) -> Panel:
        panels = self._panels_here()
        return panels[0] if self.is_map else panels[bar.feature]

    def _step_at(self, x: float) -> int:
        panel = self._panels_here()[0]
        return min(max(math.floor(panel.first + (x - panel.rect.left()) / panel.step + 0.5), 1), self.last_t)

    def bar_at(self, position: QPointF) -> Bar | None:
        """Return the bar whose column, or the cell, is at a position."""
        px = self.theme.px
        for number_, panel in enumerate(self._panels_here()):
            left = float(panel.x(0.5))
            column = QRectF(
                left, panel.rect.top() - px(5), panel.rect.right() - left, panel.rect.height() + px(8)
            )
            if not column.contains(position):
                continue
            if not self.is_map:
                return Bar(number_, self._step_at(position.x()))
            row = int((position.y() - panel.rect.top()) * self._features / panel.rect.height())
            return Bar(min(max(row, 0), self._features - 1), self._step_at(position.x()))
        return None

    def rect_of(self, bar: Bar) -> QRectF:
        """Return the column that a bar stands in, over the full height of its panel; in a map, its cell."""
        panel = self._panel_of(bar)
        left, top, height = float(panel.x(bar.t - 0.5)), panel.rect.top(), panel.rect.height()
        if self.is_map:
            height /= self._features
            top += bar.feature * height
        return QRectF(left, top, panel.step, height)

    def position_of(self, bar: Bar, value: float) -> QPointF:
        """Return where to point to set a bar to a value."""
        rect, panel = self.rect_of(bar), self._panel_of(bar)
        low, high = panel.spec.low, panel.spec.high
        return QPointF(
            rect.center().x(), panel.rect.bottom() - (value - low) / (high - low) * panel.rect.height()
        )

    def _is_time_axis(self, position: QPointF) -> bool:
        return position.y() > self._panels_here()[-1].rect.bottom()

    def _range_of(self, bar: Bar) -> Range:
        return self.value_ranges()[0 if self.is_map else bar.feature]

    def _unit(self, bar: Bar) -> float:
        """Return what counts as 1 in the bar's range: 1, but powers of ten for very small or large ranges."""
        low, high = self._range_of(bar)
        limit = max(-low, high)
        return 1.0 if _ORDINARY[0] <= limit < _ORDINARY[1] else 10.0 ** math.floor(math.log10(limit))

    def _decimals(self, bar: Bar, *, fine: bool = False) -> int:
        return DECIMALS + fine - min(round(math.log10(self._unit(bar))), 0)

    # Setting numbers

    def _set(self, feature: int, values: dict[int, float], merge_key: object = None) -> None:
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

    # Gestures

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to draw, to erase, to turn a number, or to move the time cursor."""
        position, button = event.position(), event.button()
        if self._gesture is not None or button not in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            return
        if self._is_time_axis(position):
            self._moves_cursor = button == Qt.MouseButton.LeftButton
            if self._moves_cursor:
                self.cursor_requested.emit(self.t_at(position))
            return
        bar = self.bar_at(position)
        if bar is None:
            return
        if self.data.text is not None:
            self.message.emit(IS_TEXT)
            return
        self._begin(bar, event)

    def _begin(self, bar: Bar, event: QMouseEvent) -> None:
        self._chosen, self._tells_chosen = bar, False
        self._kept = self.value_ranges()
        low, high = self._kept[0 if self.is_map else bar.feature]
        pixels = self.theme.px(_MAP_DRAG) if self.is_map else self._panel_of(bar).rect.height()
        knob = Knob(self.value_at(bar), event.position().y(), (high - low) / pixels, _has_shift(event))
        self._gesture = _Gesture(
            kind=self._kind(event),
            button=event.button(),
            bar=bar,
            value=self.value_at(bar),
            before=self.values(),
            position=event.position(),
            knob=knob,
        )
        self._go_on(event)

    def _kind(self, event: QMouseEvent) -> Literal["draw", "turn", "erase"]:
        has_alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if has_alt or event.button() == Qt.MouseButton.RightButton:
            return "erase"
        return "turn" if self.is_map or _has_shift(event) else "draw"

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with what the press began."""
        if self._gesture is not None:
            self._go_on(event)
        elif self._moves_cursor and event.buttons() & Qt.MouseButton.LeftButton:
            self.cursor_requested.emit(self.t_at(event.position()))
        else:
            self._show_pointer(event.position())

    def _show_pointer(self, position: QPointF) -> None:
        shape = Qt.CursorShape.ArrowCursor
        if self._is_time_axis(position):
            shape = Qt.CursorShape.PointingHandCursor
        elif self.bar_at(position) is not None and self.data.text is None:
            shape = Qt.CursorShape.SizeVerCursor if self.is_map else Qt.CursorShape.CrossCursor
        if self.cursor().shape() != shape:
            self.setCursor(shape)

    def _go_on(self, event: QMouseEvent) -> None:
        gesture = self._gesture
        assert gesture is not None
        gesture.position = event.position()
        if gesture.kind == "turn":
            self._turn(gesture, event)
        else:
            bar = Bar(gesture.bar.feature, self._step_at(event.position().x()))
            if gesture.kind == "erase" and self.is_map:
                bar = self.bar_at(event.position()) or bar
            value = 0.0 if gesture.kind == "erase" else self._pointed(bar, event)
            self._stroke(gesture, bar, value)
        self.update()

    def _turn(self, gesture: _Gesture, event: QMouseEvent) -> None:
        # in a panel of bars Shift decided at the press; in a map it can be pressed and released on the way
        fine = _has_shift(event) or not self.is_map
        value = gesture.knob.turn(event.position().y(), fine=fine)
        if value is not None:
            self._stroke(gesture, gesture.bar, round(value, self._decimals(gesture.bar, fine=fine)))

    def _pointed(self, bar: Bar, event: QMouseEvent) -> float:
        """Return the value at the pointer's height: within the shown range, unless Ctrl is held."""
        rect, (low, high) = self._panel_of(bar).rect, self._range_of(bar)
        value = low + (rect.bottom() - event.position().y()) * (high - low) / rect.height()
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            value = min(max(value, low), high)
        return round(value, self._decimals(bar)) + 0.0

    def _stroke(self, gesture: _Gesture, bar: Bar, value: float) -> None:
        """Set the bar, and those that the pointer has jumped over on its way from the last one."""
        last, steps = gesture.bar, abs(bar.t - gesture.bar.t)
        direction = 1 if bar.t > last.t else -1
        decimals, values = self._decimals(bar), {bar.t: value}
        for step in range(1, steps):
            between = gesture.value + (value - gesture.value) * step / steps
            values[last.t + direction * step] = round(between, decimals) + 0.0
        gesture.bar, gesture.value = bar, value
        if bar.feature == last.feature:
            gesture.touched |= values.keys()
        self._chosen = bar
        self._set(bar.feature, values, merge_key=gesture)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the gesture: one undo step."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._moves_cursor = False
        if self._gesture is not None and event.button() == self._gesture.button:
            if self._gesture.kind == "draw":
                self._widen(self._gesture.bar, event.position().y())
            self._end_gesture()

    def _widen(self, bar: Bar, y: float) -> None:
        """Widen the panel's range on the side where the pointer has left it."""
        rect, (low, high) = self._panel_of(bar).rect, self._kept[bar.feature]
        beyond = self.theme.px(4)
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

    def _take_back(self) -> None:
        """Put everything back to where it was at the press."""
        gesture = self._gesture
        assert gesture is not None
        feature = gesture.bar.feature
        self._set(
            feature, {t: float(gesture.before[t - 1, feature]) for t in gesture.touched}, merge_key=gesture
        )
        self._end_gesture()

    # The keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose a bar, change it, or open a field for its number."""
        if self._gesture is not None:
            if event.key() == _Keys.Key_Escape:
                self._take_back()
            return
        modifiers = event.modifiers() & ~(
            Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier
        )
        if modifiers or not self._take_key(_Keys(event.key()), event):
            super().keyPressEvent(event)

    def _take_key(self, key: Qt.Key, event: QKeyEvent) -> bool:
        """Do what a key is for, and return whether it is for anything here."""
        typed = event.text()
        starts_number = bool(typed) and typed in "0123456789+-.,\N{MINUS SIGN}"
        changes = key in _NUDGES or key in _ERASERS or key in _OPENERS or starts_number
        if self.data.text is not None:
            if changes:
                self.message.emit(IS_TEXT)
            return changes
        if changes:
            self._change_by_key(key, event)
        elif key in _ARROWS:
            self._choose(self.chosen.feature, self.chosen.t + _ARROWS[key])
        elif key in _PAGES:
            self._choose(self.chosen.feature + _PAGES[key], self.chosen.t)
        elif key in (_Keys.Key_Home, _Keys.Key_End):
            self._choose(self.chosen.feature, 1 if key == _Keys.Key_Home else self.last_t)
        else:
            return False
        return True

    def _change_by_key(self, key: Qt.Key, event: QKeyEvent) -> None:
        bar = self.chosen
        if key in _NUDGES:
            self._nudge(bar, _NUDGES[key], event)
        elif key in _ERASERS:
            self._set(bar.feature, {bar.t: 0.0})
        elif key in _OPENERS:
            self._open_entry(f"{self.value_at(bar):.10g}", is_selected=True)
            return
        else:
            self._open_entry(event.text(), is_selected=False)
            return
        self._choose(*bar)

    def _nudge(self, bar: Bar, direction: int, event: QKeyEvent) -> None:
        """Change by a little; a key that is held down is one undo step."""
        if not event.isAutoRepeat() or self._hold is None:
            self._hold = object()
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        change = direction * self._unit(bar) * (FINE_NUDGE if fine else NUDGE)
        self._set(bar.feature, {bar.t: moved(self.value_at(bar), change)}, merge_key=self._hold)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """End the undo step of a key that was held down."""
        if event.key() in _NUDGES and not event.isAutoRepeat() and self._hold is not None:
            self._hold = None
            self._session.end_merging()
        super().keyReleaseEvent(event)

    def _choose(self, feature: int, t: int) -> None:
        bar = Bar(min(max(feature, 0), self._features - 1), min(max(t, 1), self.last_t))
        self._chosen, self._tells_chosen = bar, True
        name = self.data.features[bar.feature]
        self.setAccessibleDescription(f"{name}, t = {bar.t}: {self.value_at(bar):g}")
        self.update()

    # The field for a number

    def _open_entry(self, text: str, *, is_selected: bool) -> None:
        self._remove_entry()
        bar, shown = self.chosen, text.replace("-", "\N{MINUS SIGN}") if is_selected else text
        entry = NumberEntry(shown, self.theme, self)
        entry.setAccessibleName(f"{self.data.features[bar.feature]}, t = {bar.t}")
        entry.entered.connect(self._enter)
        entry.cancelled.connect(self._close_entry)
        entry.cover(self._entry_rect(bar))
        if is_selected:
            entry.selectAll()
        self._entry = entry
        entry.show()
        entry.setFocus()
        self.update()

    def _entry_rect(self, bar: Bar) -> QRect:
        """Return where the field goes: at the top of the bar."""
        rect = self.rect_of(bar)
        if not self.is_map:
            panel = self._panel_of(bar)
            y = min(max(float(panel.y(self.value_at(bar))), panel.rect.top()), panel.rect.bottom())
            rect = QRectF(rect.left(), y - self.theme.px(12), rect.width(), self.theme.px(24))
        return rect.toAlignedRect()

    def _enter(self, entered: Entered) -> None:
        """Set the number and go on to the next bar, or with Shift the one before."""
        bar = self.chosen
        had_focus = self._entry is not None and self._entry.hasFocus()
        self._set(bar.feature, {bar.t: entered.value})
        self._close_entry(takes_focus=had_focus)
        self._choose(bar.feature, bar.t + entered.rows + entered.columns)

    def _close_entry(self, takes_focus: bool) -> None:  # noqa: FBT001
        self._remove_entry()
        if takes_focus:
            self.setFocus()

    def _remove_entry(self) -> None:
        if self._entry is not None:
            entry, self._entry = self._entry, None
            with QSignalBlocker(entry):
                entry.give_up()
            self.update()

    # Painting what is not on the ground

    def paint_cursor(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the time cursor, the chosen bar and the number being set."""
        super().paint_cursor(painter, rect)
        if self._gesture is not None:
            self._paint_readout(painter, self._gesture.bar, self._gesture.position)
        elif self.hasFocus() and self.data.text is None and self._entry is None:
            self._paint_chosen(painter)

    def _paint_chosen(self, painter: QPainter) -> None:
        px, rect = self.theme.px, self.rect_of(self.chosen)
        painter.setPen(QPen(QColor(self.theme.accent), px(1.2)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect.adjusted(-px(0.6), 0, px(0.6), 0), px(2.5), px(2.5))
        if self._tells_chosen:
            self._paint_readout(painter, self.chosen, QPointF(rect.right(), rect.top() + px(14)))

    def _paint_readout(self, painter: QPainter, bar: Bar, near: QPointF) -> None:
        """Write t and the value into a small plate beside a position."""
        px, theme, font = self.theme.px, self.theme, ui_font(self.theme.px(11), QFont.Weight.DemiBold)
        fine = self._gesture is not None and self._gesture.kind == "turn"
        value = self.value_at(bar)
        decimals = max(self._decimals(bar, fine=fine), min(_decimals_of(value), DECIMALS + 2))
        words = f"t = {bar.t}   {number(value, decimals)}"
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
        return f"{numbers}\n\nDrag to draw. Shift: one bar, finer. Ctrl: beyond the range. Right button: 0."


def _has_shift(event: QMouseEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)


def _wider(limit: float, opposite: float) -> float:
    """Return the next round limit; where there was none, that of the other side."""
    return min(rounded_limit(limit * 1.01), LARGEST) if limit > 0 else opposite


def _decimals_of(value: float) -> int:
    """Return how many decimals it takes to write a value, up to ten."""
    text = f"{value:.10f}".rstrip("0")
    return len(text.partition(".")[2])
