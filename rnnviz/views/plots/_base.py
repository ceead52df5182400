"""What every plot is: a declaration, and three methods."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Literal, Protocol

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from rnnviz.core.cells import CELLS
from rnnviz.document.document import Document
from rnnviz.document.frame import Frame, LayerFrame
from rnnviz.document.links import Focus, Gate, Links, Step, Unit, exists, linked
from rnnviz.document.reveal import Curtain
from rnnviz.session.background import Question
from rnnviz.session.live_training import LiveTraining
from rnnviz.session.session import Selection
from rnnviz.session.time_range import TimeRange
from rnnviz.views.link_words import links_in_words
from rnnviz.views.plots._curtain import COVERED, paint_cover
from rnnviz.views.plots._table import DataTable
from rnnviz.views.theme import Theme

Area = Literal["middle", "right"]
Scale = tuple[float, float]

_WALK = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


@dataclass(frozen=True, slots=True)
class PlotSpec:
    """The declaration of a plot.

    Attributes:
        key: its name on the command line.
        title: the card's heading.
        look_at: one line that says what to look at.
        meaning: the tooltip: what is drawn, with its formula, and how to read it.
        area: the column of the window it docks into.
        order: its place among all plots, in menus and lists and, in its column, from the top.
        height: its share of the column's height.
        shown: whether the default layout shows it.
        one_of: what it shows one of, where a network has several.
        comes: when it has something to show while what comes is hidden: ``forward``, step by step with the cursor;
            ``backward``, step by step as the gradient flows back, after the last step; ``whole``, at the end only.
        shows_ghosts: whether pinned states are drawn; where they are not, ``meaning`` says so.
    """

    key: str
    title: str
    look_at: str
    meaning: str
    area: Area
    order: int
    height: int = 1
    shown: bool = True
    one_of: tuple[Literal["layer", "sequence"], ...] = ("layer", "sequence")
    comes: Literal["forward", "backward", "whole"] = "forward"
    shows_ghosts: bool = True

    def which(self, document: Document, selection: Selection) -> str:
        """Return which layer and which sequence it shows; empty where there is only one of each."""
        several = {
            "layer": (selection.layer, len(document.layers)),
            "sequence": (selection.sample, document.batch),
        }
        return ", ".join(
            f"{name} {several[name][0] + 1} of {several[name][1]}" for name in self.one_of if several[name][1] > 1
        )


@dataclass(frozen=True, slots=True, eq=False)
class Ghost:
    """Another state that is drawn behind the shown one: a pinned one, or one that was nudged.

    Attributes:
        name: what the legend calls it.
        number: 0, 1, 2 …: which of the ghosts' pens draws it.
    """

    name: str
    frame: Frame
    number: int

    def layer(self, selection: Selection) -> LayerFrame | None:
        """Return the selected layer of the ghost, None where it has no such layer or sequence."""
        if selection.layer >= len(self.frame.layers) or not self.has_sequence(selection):
            return None
        return self.frame.layers[selection.layer]

    def has_sequence(self, selection: Selection) -> bool:
        """Return whether the ghost has the selected sequence."""
        return selection.sample < len(self.frame.x)

    def length(self, selection: Selection) -> int:
        """Return the last step of the ghost's selected sequence that is not padding."""
        return self.frame.document.input.length(selection.sample)


class Look(Protocol):
    """What a plot looks at besides the selection, as it was chosen in the plot itself; a frozen value."""

    def words(self) -> list[str]:
        """Return the options of `rnnviz export` that choose it."""


class Plot(QWidget):
    """A picture of a frame. It never computes what the frame does not hold, except cheap measures of it.

    What does not depend on the cursor is painted once into a pixmap; moving the cursor only repaints the
    strips that it left and entered. So it is with what is lit up because it is linked with what is pointed at.

    Signals:
        cursor_requested(int): the user points at another t.
        selection_requested(Selection): the user points at another unit.
        focus_requested(Focus or None): the pointer, or the keyboard, is at something else, or at nothing.
        time_range_requested(TimeRange or None): the user wants to see another part of time; None is all.
        play_requested(): the user presses Space.
        remark_changed(str): the line beside the title says something else.
        edit_requested(Edit): the user changes the document by hand in the plot.
        gesture_ended(): the hand has let go: the next edit is an undo step of its own.
        pin_requested(Nudge): the run with a nudge is to be kept as a ghost in every plot.
        question_changed(): what is to be computed in the background has changed, though the frame has not.
        update_requested(int): the user points at another update of the training.
        search_requested(int): the plot needs so many evaluations of random search.
    """

    spec: ClassVar[PlotSpec]
    cursor_requested = Signal(int)
    selection_requested = Signal(object)
    focus_requested = Signal(object)
    time_range_requested = Signal(object)
    play_requested = Signal()
    remark_changed = Signal(str)
    edit_requested = Signal(object)
    gesture_ended = Signal()
    pin_requested = Signal(object)
    question_changed = Signal()
    update_requested = Signal(int)
    search_requested = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.frame: Frame | None = None
        self.selection = Selection()
        self.cursor_t = 0
        self.time_range: TimeRange | None = None
        self.ghosts: tuple[Ghost, ...] = ()
        self.curtain: Curtain | None = None
        self.focus: Focus | None = None
        self.links: Links | None = None
        self.is_waiting = False
        self.shows_cursor = True
        self.shows_legend = True
        self._scales: dict[str, Scale] = {}
        self._held_scales: Mapping[str, Scale] | None = None
        self.direction = 1
        self.paints_directly = False  # set while a figure of the whole window is made: no pixmap, so that it is vector
        self._ground: QPixmap | None = None
        self._cursor_parts: list[QRect] = []  # that show the cursor on the screen
        self._remark = self.spec.look_at
        self.setAccessibleName(self.spec.title)
        self.setAccessibleDescription(self.spec.meaning)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    @property
    def document(self) -> Document | None:
        """The document that is drawn."""
        return None if self.frame is None else self.frame.document

    @property
    def is_ready(self) -> bool:
        """Whether there is something to paint."""
        return self.frame is not None

    @property
    def is_covered(self) -> bool:
        """Whether the curtain hides all of it."""
        if self.curtain is None or self.spec.comes == "forward":
            return False
        return self.spec.comes == "whole" or self.curtain.direction == "forward"

    # The three methods

    def show_frame(self, frame: Frame, selection: Selection) -> None:
        """Draw another frame, or another selection of it."""
        before, is_elsewhere = self.document, selection != self.selection
        self.frame, self.selection = frame, selection
        if before is None or is_elsewhere or not _have_like_layers(before, frame.document):
            self.ghosts_shown()
        self.frame_shown()
        self.link()
        self.set_remark(self.remark())
        self.repaint_ground()

    def show_cursor(self, t: int) -> None:
        """Move the cursor: repaint where it was and where it is."""
        self.cursor_t = t
        parts = self.cursor_region(QRectF(self.rect()))
        for rect in (*self._cursor_parts, *parts):
            self.update(rect)
        self._cursor_parts = parts

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self.theme = theme
        self.repaint_ground()

    # What it shows besides

    @property
    def scales(self) -> Mapping[str, Scale]:
        """The ends of each scale, by name, as it is drawn: of an axis, or of colours; exponents on a log scale."""
        return dict(self._scales)

    def hold_scales(self, held: Mapping[str, Scale] | None) -> None:
        """Draw on these scales, whatever there is to draw, or on such that fit: None."""
        self._held_scales = held
        if self.frame is not None:
            self.show_frame(self.frame, self.selection)

    def scale(self, name: str, low: float, high: float) -> Scale:
        """Return the ends of a scale: those that fit, or that are held. Ask at every frame, for each scale."""
        ends = low, high
        self._scales[name] = ends if self._held_scales is None else self._held_scales.get(name, ends)
        return self._scales[name]

    def show_direction(self, direction: int) -> None:
        """Show how states come about (+1), or how the gradient comes back (−1); most plots show both at once."""
        self.direction = direction

    def show_focus(self, focus: Focus | None) -> None:
        """Light up what is linked with something that is pointed at, here or elsewhere; None ends it."""
        rect = QRectF(self.rect())
        before = [] if self.links is None else self.links_region(rect)
        self.focus = focus
        self.link()
        for part in (*before, *([] if self.links is None else self.links_region(rect))):
            self.update(part)

    def link(self) -> None:
        """Find what is linked with the focus in the document that is drawn: it may be another one now."""
        document, focus, was_lit = self.document, self.focus, self.links is not None
        is_known = focus is not None and document is not None and exists(document, focus)
        self.links = linked(document, focus, self.selection.sample) if is_known else None  # type: ignore[arg-type]
        if was_lit or self.links is not None:
            self.tell_links(self.link_words() if self.hasFocus() else "")

    def tell_links(self, words: str) -> None:
        """Tell a screen reader what is lit up, or if nothing is, what is drawn."""
        self.setAccessibleDescription(words or self.spec.meaning)

    def link_words(self) -> str:
        """Return what is lit up, in a short line; nothing if nothing is."""
        return "" if self.links is None or self.document is None else links_in_words(self.document, self.links)

    def show_time_range(self, time_range: TimeRange | None) -> None:
        """Show another part of time; nothing happens in a plot that has no time axis."""
        self.time_range = time_range

    def show_ghosts(self, ghosts: tuple[Ghost, ...]) -> None:
        """Draw other states behind the shown one."""
        self.ghosts = ghosts
        if self.is_ready:
            self.ghosts_shown()
            self.frame_shown()  # ranges hold the ghosts too
            self.set_remark(self.remark())
        self.repaint_ground()

    def show_training(self, live: LiveTraining) -> None:
        """Show how the training in the window stands. Nothing, by default."""

    def show_curtain(self, curtain: Curtain | None) -> None:
        """Leave the places of what the curtain hides blank; the frame that is shown next holds nothing of it."""
        self.curtain = curtain

    def show_answer(self, answer: object) -> None:
        """Draw the answer to `question`."""
        self.is_waiting = False
        self.answer_shown(answer)
        self.set_remark(self.remark())
        self.repaint_ground()

    def wait(self) -> None:
        """Say that the answer to `question` takes a moment; what was drawn before stays."""
        self.is_waiting = True
        self.set_remark(self.remark())

    def stop_waiting(self) -> None:
        """Say that nothing is being computed any more."""
        self.is_waiting = False
        self.set_remark(self.remark())

    # What a plot defines

    def frame_shown(self) -> None:
        """Prepare what painting needs from ``self.frame``. Nothing, by default."""

    def ghosts_shown(self) -> None:
        """Prepare what painting needs from ``self.ghosts`` and the selection; before `frame_shown`.

        It is not called while the document is dragged: only for other ghosts, another selection, or other layers.
        Nothing, by default.
        """

    def look(self) -> Look | None:
        """Return what was chosen in the plot itself; None, by default: nothing can be."""
        return None

    def take_look(self, look: Look) -> None:
        """Look at what was chosen in another plot of this kind, or on the command line; before `show_frame`."""

    def controls(self) -> QWidget | None:
        """Return what stands above the plot on the screen, but in no figure; made once. None, by default."""
        return None

    def question(self) -> Question | None:
        """Return what has to be computed beyond the shown frame, or None. Pure: it may be asked at any time."""
        return None

    def answer_shown(self, answer: object) -> None:
        """Prepare what painting needs from the answer to `question`."""

    def tables(self) -> tuple[DataTable, ...]:
        """Return what is drawn as numbers, without padding; none while there is nothing to draw."""
        return ()

    def remark(self) -> str:
        """Return the line beside the title; by default what to look at."""
        return self.spec.look_at

    def paint_ground(self, painter: QPainter, rect: QRectF) -> None:
        """Paint everything that does not depend on the cursor into the rectangle."""
        raise NotImplementedError

    def paint_cursor(self, painter: QPainter, rect: QRectF) -> None:
        """Paint what depends on ``self.cursor_t`` into the rectangle."""
        raise NotImplementedError

    def cursor_region(self, rect: QRectF) -> list[QRect]:
        """Return the parts of the rectangle that `paint_cursor` paints: all of it, by default."""
        return [rect.toAlignedRect()]

    def focus_at(self, position: QPointF, rect: QRectF) -> Focus | None:  # noqa: ARG002
        """Return what is pointed at, to be lit up with what is linked with it; nothing by default."""
        return None

    def paint_links(self, painter: QPainter, rect: QRectF) -> None:
        """Light up what ``self.links`` names, over the ground and under the cursor. Nothing, by default."""

    def links_region(self, rect: QRectF) -> list[QRect]:  # noqa: ARG002
        """Return the parts of the rectangle that `paint_links` paints: none, by default."""
        return []

    def describe(self, position: QPointF, rect: QRectF) -> str:  # noqa: ARG002
        """Return what is at a position, for the tooltip; the plot's meaning by default."""
        return self.spec.meaning

    # Painting

    def paint_figure(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the whole plot into a rectangle of any device, in logical pixels. Needs no shown widget."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_ground(painter, rect)
        painter.restore()
        if self.shows_cursor:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self.paint_cursor(painter, rect)
            painter.restore()

    def repaint_ground(self) -> None:
        """Paint everything anew at the next chance."""
        self._ground = None
        self.update()

    def set_remark(self, text: str) -> None:
        """Change the line beside the title."""
        if self.curtain is not None:
            text = self.spec.look_at
        elif self.is_waiting:
            text = f"{text} — catching up …"
        if text != self._remark:
            self._remark = text
            self.remark_changed.emit(text)

    def sizeHint(self) -> QSize:
        return QSize(round(self.theme.px(360)), round(self.theme.px(150)))

    def minimumSizeHint(self) -> QSize:
        return QSize(round(self.theme.px(120)), round(self.theme.px(70)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._ground = None
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.is_covered or self.paints_directly:
            self._paint_at_once()
            return
        try:
            self._paint(event)
        except Exception:  # noqa: BLE001
            # PySide6 6.10 and 6.11 crash on Python 3.11 at an error of C code, such as [][0], that leaves an event.
            sys.excepthook(*sys.exc_info())

    def _paint(self, event: QPaintEvent) -> None:
        """Paint from the pixmap of the ground, which is painted anew where there is none, and what moves."""
        ratio = self.devicePixelRatioF()
        if self._ground is None or self._ground.devicePixelRatio() != ratio:
            self._ground = QPixmap(self.size() * ratio)
            self._ground.setDevicePixelRatio(ratio)
            self._ground.fill(self.theme.card)
            with QPainter(self._ground) as painter:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                if self.is_ready:
                    self.paint_ground(painter, QRectF(self.rect()))
            self._cursor_parts = self.cursor_region(QRectF(self.rect()))  # perhaps elsewhere than before
        with QPainter(self) as painter:
            for rect in event.region():  # type: ignore[attr-defined]  # a region is iterable; the stubs do not say so
                painter.setClipRect(rect)  # Qt copies pixels several times slower where the clip is made of many parts
                source = QRectF(rect.x() * ratio, rect.y() * ratio, rect.width() * ratio, rect.height() * ratio)
                painter.drawPixmap(rect, self._ground, source.toRect())  # whole pixels are copied, fractions resampled
            painter.setClipRegion(event.region())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self.is_ready and self.links is not None:
                painter.save()
                self.paint_links(painter, QRectF(self.rect()))
                painter.restore()
            if self.is_ready and self.shows_cursor:
                self.paint_cursor(painter, QRectF(self.rect()))

    def _paint_at_once(self) -> None:
        """Paint what hides the plot, or the plot without a pixmap."""
        with QPainter(self) as painter:
            if self.is_covered:
                paint_cover(painter, self.theme, QRectF(self.rect()), self.spec.comes)
                return
            painter.fillRect(self.rect(), QColor(self.theme.card))
            if self.is_ready:
                self.paint_figure(painter, QRectF(self.rect()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step with the arrow keys, jump with Home and End, play with Space: bare keys, so only with the focus.

        Up and Down walk through the units and light them up, G through the gates; T lights up the step at the
        cursor, and then each that is stepped to. Esc puts the light out.
        """
        last = 0 if self.frame is None else self.frame.last_step
        targets = {
            Qt.Key.Key_Left: self.cursor_t - 1,
            Qt.Key.Key_Right: self.cursor_t + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        key = Qt.Key(event.key())
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif self._light_with(key):
            pass
        elif key not in (*targets, Qt.Key.Key_Space):
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_Space:
            self.play_requested.emit()
        else:
            self.cursor_requested.emit(targets[key])
            if isinstance(self.focus, Step):
                self.focus_requested.emit(Step(min(max(targets[key], 0), last)))

    def _light_with(self, key: Qt.Key) -> bool:
        """Light up what a key asks for, or put the light out; return whether the key is one of those."""
        if key == Qt.Key.Key_Escape and self.focus is not None:
            self.focus_requested.emit(None)
        elif self.frame is None:
            return False
        elif key in _WALK:
            self.walk(_WALK[key])
        elif key == Qt.Key.Key_T:
            self.focus_requested.emit(Step(min(self.cursor_t, self.frame.last_step)))
        elif key == Qt.Key.Key_G and self._gates():
            self.walk_gates()
        else:
            return False
        return True

    def walk(self, steps: int) -> None:
        """Select the unit so many further down, as far as there is one, and light it up, or its lit gate."""
        if self.document is None:
            return
        layer, units = self.selection.layer, self.document.layers[self.selection.layer].units
        unit = min(max(self.selection.unit + steps, 0), units - 1)
        if unit != self.selection.unit:
            self.selection_requested.emit(replace(self.selection, unit=unit))
        gate = self._lit_gate()
        self.focus_requested.emit(Unit(layer, unit) if gate is None else Gate(layer, unit, gate))

    def walk_gates(self) -> None:
        """Light up the next gate of the selected layer, after the last the first."""
        blocks, gate = self._gates(), self._lit_gate()
        block = blocks[0] if gate is None else blocks[(blocks.index(gate) + 1) % len(blocks)]
        unit = self.focus.unit if isinstance(self.focus, Gate) and gate is not None else None
        self.focus_requested.emit(Gate(self.selection.layer, unit, block))

    def _gates(self) -> tuple[str, ...]:
        """Return the gates of the selected layer; none of a plain one."""
        if self.document is None:
            return ()
        cell = CELLS[self.document.layers[self.selection.layer].cell]
        return () if cell.gate_is_state else cell.blocks

    def _lit_gate(self) -> str | None:
        """Return which gate of the selected layer is pointed at."""
        focus = self.focus
        return focus.block if isinstance(focus, Gate) and focus.layer == self.selection.layer else None

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and self.is_ready:
            text = COVERED if self.is_covered else self.describe(QPointF(event.pos()), QRectF(self.rect()))
            lit = self.link_words()
            QToolTip.showText(event.globalPos(), f"{text}\n\n{lit}" if lit else text, self)
            return True
        # here, because plots do what they like with moves
        if event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent) and self.is_ready:
            if not event.buttons():
                self.focus_requested.emit(self.focus_at(event.position(), QRectF(self.rect())))
        elif event.type() in (QEvent.Type.Leave, QEvent.Type.MouseButtonPress):
            self.focus_requested.emit(None)  # what a drag changes is to be seen as it is
        return bool(super().event(event))


def _have_like_layers(one: Document, other: Document) -> bool:
    """Return whether two networks differ in numbers at most."""

    def kinds(document: Document) -> list[tuple[str, str, int]]:
        return [(layer.cell, layer.activation, layer.units) for layer in document.layers]

    return kinds(one) == kinds(other)
