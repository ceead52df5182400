"""The worked step: the arithmetic behind one unit at one time, forward and back, in real numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, QTimer, Slot
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFont,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QMenu, QWidget

from rnnviz.document.document import Layer
from rnnviz.document.frame import Frame
from rnnviz.document.links import Focus, Role
from rnnviz.views.colours import legible
from rnnviz.views.fonts import scientific, subscript
from rnnviz.views.formula import (
    Equation,
    latex_of,
    load_typesetting,
    paint_equation,
    typesetting_is_loaded,
    write_equation,
)
from rnnviz.views.lights import outline, tint
from rnnviz.views.marks import is_screen
from rnnviz.views.plots._bar_scale import bar_limit
from rnnviz.views.plots._base import Ghost, Look, Plot, PlotSpec
from rnnviz.views.plots._digits import OVERFLOW, digits_for
from rnnviz.views.plots._equations import Stage, backward_equation, forward_equation, stage_at
from rnnviz.views.plots._ghosts import paint_ghost_sample
from rnnviz.views.plots._latex import latex_page
from rnnviz.views.plots._page import Columns, Layout, columns_for, layout_for, plan_for, room_for, topic_plan
from rnnviz.views.plots._step_look import StepLook
from rnnviz.views.plots._table import DataTable, listed
from rnnviz.views.plots._topic_bar import BAR_HEIGHT, TopicBar
from rnnviz.views.plots._topics import LOSS, READOUT, UNIT, Page, topic_equation, topics_of
from rnnviz.views.plots._worked import SUM, Line, Plan, worked_lines
from rnnviz.views.plots._worked_topics import topic_lines
from rnnviz.views.text import Face, Lettering, Setting, Words, Writer, put, ui_face
from rnnviz.views.theme import Theme

_LOAD_AFTER_MS = 400
_MOST_PAGES = 128  # a page is about 20 kB
_BARRED = ("product", "term", "gate", "part")
_GHOST_LINE, _LEAST_PAGE = 17, 90  # px: a line for each ghost, as long as so much is left for the shown state


@dataclass(frozen=True, slots=True)
class _Inks:
    """A theme's colours as Qt wants them."""

    text: QColor
    muted: QColor
    result: QColor
    gradient: QColor
    negative: QColor
    positive: QColor
    warning: QColor
    rule: QPen
    zero: QPen


@lru_cache(maxsize=8)
def _inks(theme: Theme) -> _Inks:
    return _Inks(
        text=QColor(theme.text),
        muted=QColor(theme.muted),
        result=QColor(theme.accent_text),
        gradient=QColor(legible(theme, theme.gradient)),
        negative=QColor(theme.negative),
        positive=QColor(theme.positive),
        warning=QColor(theme.warning),
        rule=QPen(QColor(theme.faint if theme.name == "print" else theme.border), 1.0),
        zero=QPen(QColor(theme.target), 0.7),
    )


@dataclass(frozen=True, slots=True)
class _Page:
    """What is shown in a rectangle: the lines, where they stand, and their words for the screen."""

    lines: tuple[Line, ...]
    layout: Layout
    lettering: Lettering


class StepPlot(Plot):
    """The arithmetic of one unit at the cursor."""

    spec = PlotSpec(
        key="step",
        title="Worked step",
        look_at="one unit's arithmetic at the cursor",
        meaning="How the selected unit's state at the cursor comes about: each weight times the state it "
        "listens to, the input part, their sum, and the activation of it; then its gradient. The bars show "
        "how much each line adds, all on one scale: orange pushes up, blue pulls down. ≈ marks a line whose "
        "shown numbers, being rounded, give the result only nearly. Wheel, Up and Down choose another unit. The "
        "tabs lead to every product of a gate, of the way back, of the readout and of the loss; Ctrl+C copies "
        "the calculation as LaTeX, an align* for amsmath.",
        area="right",
        order=20,
        height=3,
    )

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._pages: dict[tuple[object, ...], _Page] = {}  # at most _MOST_PAGES: going back to a step writes nothing
        self._layout: Layout | None = None  # of the ground
        self._limit = 1.0
        self._turned = 0
        self._topic, self._output = UNIT, 0
        self._bar = TopicBar(theme, self)
        self._bar.chosen.connect(self.show_topic)
        self._bar.copy_requested.connect(self.copy_latex)
        self._bar.hide()
        self._loader = QTimer(self, singleShot=True, interval=_LOAD_AFTER_MS)
        self._loader.timeout.connect(self._typeset)

    # What is shown

    def frame_shown(self) -> None:
        """Find the scale of the bars: the same for all t, so that steps can be compared."""
        assert self.frame is not None
        limit = bar_limit(self.frame, self.selection, self._page_asked())
        _, self._limit = self.scale("bars", -limit, limit)
        self._pages.clear()
        self._bar.set_topics(topics_of(self.frame.document, self.selection.layer), self.topic)
        self._place_bar()

    @property
    def topic(self) -> str:
        """The part of the calculation that is shown: the chosen one, where the network has it.

        While what comes is hidden there is no loss and no gradient yet, which most parts have a share in.
        """
        assert self.frame is not None
        if self._hides_gradient and self._topic != READOUT:
            return UNIT
        keys = [topic.key for topic in topics_of(self.frame.document, self.selection.layer)]
        return self._topic if self._topic in keys else UNIT

    def show_topic(self, topic: str) -> None:
        """Show another part of the calculation: a key of `topics_of`."""
        self._topic = topic
        if self.frame is not None:
            self.frame_shown()
            self.set_remark(self.remark())
        self.repaint_ground()

    def look(self) -> Look | None:
        if self.frame is None:
            return None
        return StepLook(self.topic, self._shown_output() if self.topic == READOUT else 0)

    def take_look(self, look: Look) -> None:
        assert isinstance(look, StepLook)
        self._topic, self._output = look.topic, look.output

    def _page_asked(self) -> Page:
        return Page(self.topic, self._output)

    def tables(self) -> tuple[DataTable, ...]:
        """Return every line of the calculation, what makes its result on the left."""
        rows = [
            (" ".join((latex_of(line.label), " × ".join(line.factors or ()) or line.words)).strip(), line.value)
            for line in self._all_lines()
            if line.kind not in ("rule", "note")
        ]
        return (listed(("line", "value"), rows),)

    def latex(self) -> str:
        """Return what is shown as LaTeX, see `latex_page`; every product is in it, however small the plot is."""
        assert self.frame is not None
        stage = stage_at(self.frame.document, self.selection.sample, self._time())
        return latex_page(self._equation(stage), self._all_lines())

    def _all_lines(self) -> tuple[Line, ...]:
        """Return the whole calculation, however small the plot is."""
        assert self.frame is not None
        if self.topic == UNIT:
            return worked_lines(self.frame, self.selection, self._time())
        return topic_lines(self.frame, self.selection, self._time(), self._page_asked())

    @Slot()
    def copy_latex(self) -> None:
        """Put what is shown into the clipboard, as LaTeX."""
        if self.frame is not None:
            QGuiApplication.clipboard().setText(self.latex())

    def _equation(self, stage: Stage) -> Equation:
        assert self.frame is not None
        document, number = self.frame.document, self.selection.layer
        if self.topic == UNIT:
            return forward_equation(document.layers[number], number, stage, stacked=len(document.layers) > 1)
        return topic_equation(document, number, self.topic, stage)

    def _body(self, rect: QRectF) -> QRectF:
        """Return where the calculation is: on the screen below the row of tabs, in a figure everywhere."""
        if rect != QRectF(self.rect()) or not self._bar.isVisibleTo(self):
            return rect
        return rect.adjusted(0, self.theme.px(BAR_HEIGHT), 0, 0)

    def _place_bar(self) -> None:
        px = self.theme.px
        has_room = self.width() >= px(200) and self.height() >= px(190)
        self._bar.setGeometry(0, 0, self.width(), round(px(BAR_HEIGHT)))
        self._bar.setVisible(has_room and self.frame is not None)

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self._pages.clear()
        self._bar.apply_theme(theme)
        self._place_bar()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place_bar()
        super().resizeEvent(event)

    def show_cursor(self, t: int) -> None:
        """Move the cursor; the line beside the title follows it."""
        super().show_cursor(t)
        if self.frame is None:
            return
        self.set_remark(self.remark())
        if not self.shows_cursor:
            self.repaint_ground()

    def remark(self) -> str:
        """Return which unit is looked into, and when."""
        what = f"unit h{subscript(self.selection.unit + 1)}"
        if self.frame is not None and self.topic in (READOUT, LOSS):
            what = "loss ℓ" if self.topic == LOSS else f"output y{subscript(self._shown_output() + 1)}"
        where = f"{what} at t = {self.cursor_t}"
        if self.frame is not None and self._time() > self.frame.document.input.length(self.selection.sample):
            where += ", padding"
        return where

    def _shown_output(self) -> int:
        assert self.frame is not None
        return min(self._output, self.frame.document.outputs - 1)

    def _time(self) -> int:
        assert self.frame is not None
        return min(self.cursor_t, self.frame.last_step)

    def plan(self, rect: QRectF) -> Plan:
        """Return how much of the calculation is shown in a rectangle."""
        assert self.frame is not None
        layer, height = self.frame.document.layers[self.selection.layer], self._body(rect).height()
        return self._plan_for(layer, height / self.theme.px(1.0))

    def _plan_for(self, layer: Layer, height: float) -> Plan:
        plan = plan_for(layer, height)
        return replace(plan, backward="none") if self._hides_gradient else plan

    @property
    def _hides_gradient(self) -> bool:
        return self.curtain is not None and self.curtain.direction == "forward"

    def lines(self, rect: QRectF) -> tuple[Line, ...]:
        """Return the lines that are drawn into a rectangle; if it is tiny, only the last of them."""
        return self._page_in(rect).lines

    def _ghost_places(self, rect: QRectF) -> list[QRectF]:
        """Return a line for each ghost at the bottom of the plot; none where it is low, or not about the unit."""
        height = self.theme.px(_GHOST_LINE)
        if not self.ghosts or (self.frame is not None and self.topic in (READOUT, LOSS)):
            return []
        if rect.height() - len(self.ghosts) * height < self.theme.px(_LEAST_PAGE):
            return []
        top = rect.bottom() - len(self.ghosts) * height
        return [QRectF(rect.left(), top + row * height, rect.width(), height) for row in range(len(self.ghosts))]

    def ghost_result(self, ghost: Ghost) -> float | None:
        """Return the state of the same unit at the cursor, None if the ghost has none."""
        layer = ghost.layer(self.selection)
        if layer is None or self.selection.unit >= layer.states["h"].shape[2]:
            return None
        if self._time() > ghost.length(self.selection):
            return None
        return float(layer.states["h"][self.selection.sample, self._time(), self.selection.unit])

    def _page_in(self, rect: QRectF) -> _Page:
        assert self.frame is not None
        places, rect = self._ghost_places(rect), self._body(rect)
        rect = rect.adjusted(0, 0, 0, places[0].top() - rect.bottom() if places else 0)
        key = (rect.getRect(), self._time())
        page = self._pages.get(key)
        if page is None:
            if len(self._pages) >= _MOST_PAGES:
                self._pages.clear()
            page = self._pages[key] = self._new_page(self.frame, rect)
        return page

    def _new_page(self, frame: Frame, rect: QRectF) -> _Page:
        px = self.theme.px(1.0)
        plan, lines = self._lines_for(frame, rect.height() / px)
        units = frame.document.layers[self.selection.layer].units
        stage = stage_at(frame.document, self.selection.sample, self._time())
        columns = columns_for(lines, units, rect, self.theme)
        layout, setting = layout_for(plan, stage, lines, columns, (rect, px)), Setting()
        self._write_lines(setting, lines, layout)
        return _Page(lines, layout, setting.lettering)

    def _lines_for(self, frame: Frame, height: float) -> tuple[Plan, tuple[Line, ...]]:
        """Return the lines that fit into a height in pixels of the design, and the plan they are laid out by."""
        t = self._time()
        if self.topic == UNIT:
            plan = self._plan_for(frame.document.layers[self.selection.layer], height)
            lines = worked_lines(frame, self.selection, t, plan)
            if self._hides_gradient:
                lines = tuple(line for line in lines if line.kind != "gradient")
            return plan, lines[-room_for(plan, height) :]
        plan = topic_plan(height)
        asked, room = replace(self._page_asked(), products=plan.products), plan.products
        lines = topic_lines(frame, self.selection, t, asked)
        while asked.products > 1 and len(lines) > room:
            fewer = max(1, (len(lines) - room) // 2)
            asked = replace(asked, products=max(asked.products - fewer, 1))
            lines = topic_lines(frame, self.selection, t, asked)
        return plan, lines[-room_for(plan, height) :]

    # Painting

    def paint_ground(self, painter: QPainter, rect: QRectF) -> None:
        """Paint equations and rules; without a cursor everything, for then nothing else is painted."""
        assert self.frame is not None
        page, px, number = self._page_in(rect), self.theme.px, self.selection.layer
        rect = self._body(rect)
        layer = self.frame.document.layers[number]
        if page.layout.plan.equation:
            self._paint_equation(painter, rect, rect.top() + px(18), self._equation(page.layout.stage), 17)
        if page.layout.foot is not None:
            equation = backward_equation(layer, self._time())
            self._paint_equation(painter, rect, page.layout.foot + px(13), equation, 14)
        self._paint_rules(painter, rect, page.layout)
        if not self.shows_cursor:
            self._paint_lines(painter, page)
            self._paint_ghosts(painter, rect)

    def _paint_equation(self, painter: QPainter, rect: QRectF, y: float, equation: Equation, size: float) -> None:
        at = QPointF(rect.left() + 1, y)
        paint_equation(painter, at, equation, self.theme.px(size), self.theme.text, rect.width() - 2)

    def _paint_rules(self, painter: QPainter, rect: QRectF, layout: Layout) -> None:
        """Paint the hairlines, and the zero lines of the bars."""
        inks, bar = _inks(self.theme), layout.columns.bar
        for kind, (top, height) in zip(layout.kinds, layout.places, strict=True):
            if kind == "rule":
                y = round(top + self.theme.px(3)) + 0.5
                painter.setPen(inks.rule)
                painter.drawLine(QPointF(rect.left() + 1, y), QPointF(rect.right() - 1, y))
            elif kind in _BARRED and bar is not None:
                x = (bar[0] + bar[1]) / 2
                painter.setPen(inks.zero)
                painter.drawLine(QPointF(x, top), QPointF(x, top + height))

    def paint_cursor(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the calculation: all of it is about the cursor's step."""
        self._paint_lines(painter, self._page_in(rect))
        self._paint_ghosts(painter, rect)

    def cursor_region(self, rect: QRectF) -> list[QRect]:
        return [self._body(rect).toAlignedRect()]

    def paint_figure(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the whole plot; a file is worth waiting for typeset equations."""
        load_typesetting()
        super().paint_figure(painter, rect)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint, the ground too where the calculation is another; have equations typeset when nobody waits for it."""
        if self.frame is not None:
            before, self._layout = self._layout, self._page_in(QRectF(self.rect())).layout
            if self._layout != before:
                self._ground = None
        super().paintEvent(event)
        if self.frame is not None and not typesetting_is_loaded() and not self._loader.isActive():
            self._loader.start()

    @Slot()
    def _typeset(self) -> None:
        load_typesetting()
        self.repaint_ground()

    def _paint_lines(self, painter: QPainter, page: _Page) -> None:
        """Paint the bars and the words."""
        bar = page.layout.columns.bar
        for line, (top, height) in zip(page.lines, page.layout.places, strict=True):
            if bar is not None and line.kind in _BARRED:
                self._paint_bar(painter, bar, top, height, line.value)
        if is_screen(painter):
            put(painter, page.lettering)
        else:
            self._write_lines(Writer(painter), page.lines, page.layout)

    def _write_lines(self, writer: Words, lines: tuple[Line, ...], layout: Layout) -> None:
        columns = layout.columns
        plain = ui_face(columns.size)
        for line, (top, height) in zip(lines, layout.places, strict=True):
            if line.kind != "rule":
                y = top + height / 2 + 0.36 * columns.size
                room = self._write_value(writer, columns, y, line) - 0.5 * columns.size
                self._write_left(writer, columns, y, line, plain, room)

    def _paint_ghosts(self, painter: QPainter, rect: QRectF) -> None:
        """Write each ghost's state of the same unit at the same time, below the shown one's."""
        places = self._ghost_places(rect)
        writer, columns, px = Writer(painter), self._page_in(rect).layout.columns, self.theme.px
        face, size = ui_face(columns.size), columns.size
        for ghost, place in zip(self.ghosts, places, strict=bool(places)):
            y, sample = place.center().y(), QRectF(columns.label, place.center().y(), px(20), 0)
            paint_ghost_sample(painter, self.theme, ghost.number, sample)
            painter.setPen(_inks(self.theme).muted)
            value = self.ghost_result(ghost)
            text = "—" if value is None else digits_for([value]).text(value)
            writer.write_to(columns.value, y + 0.36 * size, text, face)
            left = sample.right() + px(6)
            room = columns.value - face.width(text) - px(10) - left
            writer.write(left, y + 0.36 * size, _shortened(ghost.name, face, room), face)

    def _write_value(self, writer: Words, columns: Columns, y: float, line: Line) -> float:
        """Write the result of a line, and return where it begins."""
        inks, face, colour = _inks(self.theme), ui_face(columns.size), _inks(self.theme).text
        if line.kind in ("result", "gradient"):
            face = ui_face(columns.size, QFont.Weight.DemiBold)
            colour = inks.result if line.kind == "result" else inks.gradient
        writer.set_colour(inks.warning if line.text == OVERFLOW else colour)
        writer.write_to(columns.value, y, line.text, face)
        return columns.value - face.width(line.text)

    def _write_left(self, writer: Words, columns: Columns, y: float, line: Line, face: Face, room: float) -> None:
        """Write what makes the result, as far as to ``room``."""
        inks, x, space = _inks(self.theme), columns.label, 0.5 * columns.size
        is_sum = line.words == SUM
        writer.set_colour(inks.text if line.kind in ("result", "gradient") else inks.muted)
        if is_sum:
            writer.write(x, y, SUM, face)
            x += face.width(SUM) + space
        if line.label:
            x += write_equation(writer, x, y, line.label, columns.size * 1.05) + space
        if line.factors is not None:
            self._write_factors(writer, columns, y, line, face)
            return
        words = line.sign if is_sum else f"{line.words} {line.sign}".strip()
        if line.kind == "gate":
            x = columns.words
        if face.width(words) > room - x:
            size = max(1, int(columns.size * max(room - x, 1.0) / max(face.width(words), 1.0)))
            if size < self.theme.least_px:
                return
            face = ui_face(size)
        writer.write(x, y, words, face)

    def _write_factors(self, writer: Words, columns: Columns, y: float, line: Line, face: Face) -> None:
        if line.factors is None or columns.factors is None:
            return
        (first, second), space = columns.factors, face.width(" ")
        writer.write_to(first, y, line.factors[0], face)
        writer.write(first + space, y, "×", face)
        writer.write_to(second, y, line.factors[1], face)
        writer.write(second + space, y, line.sign, face)

    def _paint_bar(self, painter: QPainter, ends: tuple[float, float], top: float, height: float, value: float) -> None:
        """Draw a signed bar from the zero line in the middle; longer than the scale stops at its end."""
        if not math.isfinite(value):
            return
        inks, middle, half = _inks(self.theme), (ends[0] + ends[1]) / 2, (ends[1] - ends[0]) / 2
        length, thick = max(-half, min(half, value / self._limit * half)), min(height * 0.5, self.theme.px(9))
        bar = QRectF(middle + min(length, 0.0), top + (height - thick) / 2, abs(length), thick)
        painter.fillRect(bar, inks.positive if value > 0 else inks.negative)

    # What is lit up

    def _lit_lines(self, rect: QRectF) -> list[tuple[Role, QRectF]]:
        """Return the lines to light up, and where they stand."""
        page, lit = self._page_in(rect), []
        for line, (top, height) in zip(page.lines, page.layout.places, strict=True):
            role = None if line.thing is None or self.links is None else self.links.role(line.thing)
            if role is not None:
                lit.append((role, QRectF(rect.left(), top, rect.width(), height)))
        return lit

    def paint_links(self, painter: QPainter, rect: QRectF) -> None:
        """Lay a tint under the lines of weights, gates and units that are lit; an outline if one is the focus."""
        for role, place in self._lit_lines(rect):
            tint(painter, self.theme, place, role)
            if role == "focus":
                outline(painter, self.theme, place.adjusted(1, 1, -1, -1), role)

    def links_region(self, rect: QRectF) -> list[QRect]:
        places = [place for _, place in self._lit_lines(rect)]
        return [places[0].united(places[-1]).toAlignedRect()] if places else []

    def focus_at(self, position: QPointF, rect: QRectF) -> Focus | None:
        """Return the weight, the gate or the unit whose line is at a position."""
        page = self._page_in(rect)
        for line, (top, height) in zip(page.lines, page.layout.places, strict=True):
            if top <= position.y() < top + height:
                return line.thing
        return None

    # Hands

    def describe(self, position: QPointF, rect: QRectF) -> str:
        """Return where the numbers of the line under the pointer come from."""
        for ghost, place in zip(self.ghosts, self._ghost_places(rect), strict=False):
            if place.contains(position):
                value = self.ghost_result(ghost)
                what = "no such unit or step" if value is None else scientific(value, 9)
                return f"{ghost.name}: h{subscript(self.selection.unit + 1)} at t = {self._time()}\n{what}"
        page = self._page_in(rect)
        for line, (top, height) in zip(page.lines, page.layout.places, strict=True):
            if top <= position.y() < top + height and line.hint:
                return line.hint if line.kind == "note" else f"{line.hint}\n{scientific(line.value, 9)}"
        return self.spec.meaning

    def walk(self, steps: int) -> None:
        """Select the unit so many further down, and light it up; on the page of an output, show another output."""
        if self.frame is None or self.topic != READOUT:
            super().walk(steps)
            return
        self._output = min(max(self._shown_output() + steps, 0), self.frame.document.outputs - 1)
        self.show_topic(READOUT)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Choose the unit before or after."""
        self._turned += event.angleDelta().y()
        notches = int(self._turned / 120)  # a notch of a wheel; touchpads send smaller pieces of it
        self._turned -= 120 * notches
        if notches:
            self.walk(-notches)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy with Ctrl+C; the other keys are those of every plot."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_latex()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to copy the calculation."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Copy as &LaTeX", QKeySequence(QKeySequence.StandardKey.Copy), self.copy_latex)
        menu.popup(event.globalPos())


def _shortened(words: str, face: Face, room: float) -> str:
    """Return as much of the words as there is room for."""
    if face.width(words) <= room:
        return words
    return next(
        (f"{words[:end]}…" for end in range(len(words) - 1, 0, -1) if face.width(f"{words[:end]}…") <= room), ""
    )


PLOT = StepPlot
