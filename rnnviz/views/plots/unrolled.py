"""The network unrolled in time: the steps around the cursor, and what flows between them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Literal

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, QVariantAnimation
from PySide6.QtGui import QColor, QFont, QGuiApplication, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QStyle, QToolButton, QWidget

from rnnviz.core.activations import Array
from rnnviz.core.cells import CELLS
from rnnviz.core.measures.norms import norms
from rnnviz.document.document import Document, Place
from rnnviz.document.links import Feature, Focus, Gate, Matrices, Output, Role, Step, Unit, Weight
from rnnviz.views.axes import finite_extent
from rnnviz.views.colours import Table, image_of, signed_colours, signed_table
from rnnviz.views.fonts import number, scientific, subscript
from rnnviz.views.formula import Symbol, write_symbol
from rnnviz.views.icons import icon
from rnnviz.views.marks import draw_image
from rnnviz.views.plots._base import Ghost, Look, Plot, PlotSpec
from rnnviz.views.plots._curtain import HIDDEN
from rnnviz.views.plots._gradient_edges import (
    GradientEdges,
    GradientNorms,
    GradientScale,
    gradient_ink,
    norm_text,
    paint_scale,
    scale_of,
    scale_width,
)
from rnnviz.views.plots._inside import (
    INSIDE_HEIGHT,
    INSIDE_WIDTH,
    InsidePainter,
    Places,
    describe_inside,
    inside_of,
)
from rnnviz.views.plots._lit_network import LitNetwork
from rnnviz.views.plots._network_look import NetworkLook
from rnnviz.views.plots._scaffold import (
    Column,
    Edge,
    Scaffold,
    ScaffoldPainter,
    Tone,
    inks_of,
    loss_place,
    loss_radius,
    paint_beside,
    paint_cells,
    paint_dots,
    units_in,
)
from rnnviz.views.plots._sequence import describe_border, describe_padding
from rnnviz.views.plots._shared_weights import SharedWeights, Which
from rnnviz.views.plots._table import DataTable, numbered, over_time
from rnnviz.views.plots._unrolled import DOTS, Geometry, arrange, collapsed, first_step
from rnnviz.views.steps import rounded_limit
from rnnviz.views.text import Lettering, Setting, Words, Writer, put, ui_face
from rnnviz.views.theme import Theme

_LISTED = 12
_MOST_NAMES = 128  # moments whose words are kept, about 10 kB each
_FOLD_MS = 320
_REACH = 8  # px from an edge that still point at it
_BOLD = QFont.Weight.DemiBold


class UnrolledPlot(Plot):
    """The steps around the cursor as boxes, one mark per unit."""

    spec = PlotSpec(
        key="unrolled",
        title="Unrolled network",
        look_at="the same weights at every step",
        meaning="The network written out over time. Each box is the hidden state h_t, one dot or cell per "
        "unit: orange is positive, blue negative. It is made from the state before (through W_hh) and the "
        "input x_t (through W_xh); the output y_t reads it (through W_hy). The weights are the same at every "
        "step. Steps after the cursor are pale. Click a step to go there. Backward in the time bar shows the "
        "gradient instead: each edge back is as wide and as red as log ‖∂L/∂h_t‖ of the state it leads to. The "
        "line above the outputs gathers the losses that count. F folds the network up into its loop. A high plot "
        "shows the inside of an LSTM's or a GRU's selected unit. Small dots below the others, or in their middle, "
        "are the states of pinned networks of the same size; cells have no room for them.",
        area="middle",
        order=10,
        height=3,
        one_of=("sequence",),
    )

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._limits: tuple[float, ...] = ()
        self._held: int | None = None
        self._scaffold: Scaffold | None = None
        self._gradient: tuple[list[GradientNorms], GradientScale] | None = None
        self._lit: Which | None = None
        self._names: dict[tuple[object, ...], Lettering] = {}  # of the frame, in the theme: at most _MOST_NAMES
        self.is_folded = self._shows_both_ways = False
        self._folding = QVariantAnimation(self, duration=_FOLD_MS)
        self._folding.valueChanged.connect(self.repaint_ground)
        self._folding.finished.connect(self.repaint_ground)
        self._button = QToolButton(self, autoRaise=True)
        self._button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._button.clicked.connect(self.fold)
        self.setMouseTracking(True)
        self._dress_button()

    # What is shown

    def frame_shown(self) -> None:
        """Find the scale of the colours: ±1 for bounded states, as the heat maps have it."""
        assert self.frame is not None
        limits = []
        for place, (layer, numbers) in enumerate(
            zip(self.frame.document.layers, self.frame.layers, strict=True), start=1
        ):
            bounded = layer.activation in ("tanh", "sigmoid")
            limit = 1.0 if bounded else rounded_limit(min(finite_extent(numbers.states["h"]), 1e300))
            limits.append(self.scale(f"h of layer {place}", -limit, limit)[1])
        self._limits, self._gradient = tuple(limits), None
        self._names.clear()
        self._show_button()

    def remark(self) -> str:
        """Return the direction that is shown, and what to look at, and whose the small dots are."""
        if self.frame is None:
            return self.spec.look_at
        names = dict.fromkeys(ghost.name for layer in range(len(self.frame.layers)) for ghost in self.alike(layer))
        return f"{self._remark_of_it()}, small dots: {', '.join(names)}" if names else self._remark_of_it()

    def _remark_of_it(self) -> str:
        assert self.frame is not None
        if self._shows_both_ways:
            return "forward → above, ← backward below"
        if self.direction < 0 and self.shows_cursor:
            t = min(self._t(), self._length())
            norm = float(self._norms()[0][self.selection.layer].total[t])
            return f"← backward   ‖∂L/∂h{subscript(t)}‖ = {norm_text(norm)}"
        if self.direction < 0:
            return "← backward   ‖∂L/∂hₜ‖ on each edge"
        if self.shows_cursor and self._t() >= self._length():
            return f"loss L = {scientific(self.frame.loss, 4)} {_counted_words(self.frame.document)}"
        return f"forward → {self.spec.look_at}"

    def alike(self, layer: int) -> tuple[Ghost, ...]:
        """Return the ghosts that are drawn into a layer's dots: those with as many units."""
        assert self.frame is not None
        units = self.frame.document.layers[layer].units
        if units > DOTS:
            return ()
        of_layer = replace(self.selection, layer=layer)
        return tuple(
            ghost
            for ghost in self.ghosts
            if ghost.layer(of_layer) is not None and ghost.frame.document.layers[layer].units == units
        )

    def _norms(self) -> tuple[list[GradientNorms], GradientScale]:
        """Return the norms of each layer's gradient, and the scale they are drawn on: when they are first asked for."""
        assert self.frame is not None
        if self._gradient is None:
            sample, shown = self.selection.sample, slice(0, self._length() + 1)
            layers = [
                GradientNorms(norms(each.state_gradients["h"][sample]), norms(each.direct[sample]))
                for each in self.frame.layers
            ]
            self._gradient = layers, scale_of([each.total[shown] for each in layers])
        return self._gradient

    def show_direction(self, direction: int) -> None:
        """Show the values on their way forward, or the gradient on its way back."""
        super().show_direction(direction)
        self.set_remark(self.remark())
        self.repaint_ground()

    def look(self) -> Look | None:
        return NetworkLook("forward" if self.direction > 0 else "backward", self.is_folded)

    def take_look(self, look: Look) -> None:
        assert isinstance(look, NetworkLook)
        self.direction = -1 if look.way == "backward" else 1
        self.is_folded, self._shows_both_ways = look.is_folded, look.way == "both"
        self._dress_button()

    def tables(self) -> tuple[DataTable, ...]:
        """Return all states, and on the way back the norms on the edges, at every step."""
        assert self.frame is not None
        real, sample, is_stack = slice(self._length() + 1), self.selection.sample, len(self.frame.layers) > 1
        columns: dict[str, Array] = {}
        for index, layer in enumerate(self.frame.layers):
            columns |= numbered(f"h({index + 1}) " if is_stack else "h", layer.states["h"][sample, real])
        for index, each in enumerate(self._norms()[0] if self.direction < 0 or self._shows_both_ways else ()):
            columns[f"‖∂L/∂h‖ layer {index + 1}"] = each.total[real]
        return (over_time(0, columns),)

    # Folding

    def fold(self) -> None:
        """Fold the steps up into the one box with its loop, or unfold it again."""
        self.is_folded = not self.is_folded
        self._held = None
        self._dress_button()
        self._folding.stop()
        self._folding.setStartValue(0.0 if self.is_folded else 1.0)
        self._folding.setEndValue(1.0 if self.is_folded else 0.0)
        if self.moves_smoothly and self.isVisible():
            self._folding.start()
        self.repaint_ground()

    @property
    def moves_smoothly(self) -> bool:
        """Whether folding takes a moment: not where nobody looks, nor where the system wants no movement."""
        wanted = self.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, self) > 0
        return wanted and QGuiApplication.platformName() != "offscreen"

    @property
    def _is_moving(self) -> bool:
        return self._folding.state() == QVariantAnimation.State.Running

    def _dress_button(self) -> None:
        px = self.theme.px
        what = "Unfold over time (F)" if self.is_folded else "Fold up into the loop (F)"
        self._button.setIcon(icon("unfold" if self.is_folded else "fold", self.theme.muted))
        self._button.setToolTip(what)
        self._button.setAccessibleName(what.removesuffix(" (F)"))
        self._button.setFixedSize(round(px(20)), round(px(20)))
        self._button.move(round(px(3)), round(px(3)))
        self._button.setIconSize(self._button.size() * 0.8)
        self._show_button()

    def _show_button(self) -> None:
        px = self.theme.px
        has_room = self.width() >= px(200) and self.height() >= px(60)
        self._button.setVisible(has_room and self.frame is not None)

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self._names.clear()
        self._dress_button()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_button()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Fold and unfold with F; the other keys are those of every plot."""
        if event.key() == Qt.Key.Key_F and not event.modifiers():
            self.fold()
        else:
            super().keyPressEvent(event)

    # Where everything stands

    def show_cursor(self, t: int) -> None:
        """Move the cursor, and the steps with it."""
        super().show_cursor(t)
        if self.frame is not None:
            self.set_remark(self.remark())
        self._follow()

    def _follow(self) -> None:
        """Repaint the numbers, and the ground only where it changes: near the ends of the sequence."""
        self.update()
        if self.frame is None:
            return
        if not self.shows_cursor or self._scaffold != self.scaffold_in(self._area()):
            self.repaint_ground()

    def _area(self) -> QRectF:
        return QRectF(self.rect())

    def _parts(self, rect: QRectF) -> tuple[QRectF, QRectF | None]:
        """Return where the network is and, where there is room, the inside of a gated unit below it."""
        assert self.frame is not None
        px, layers = self.theme.px, self.frame.document.layers
        network = px(118 + 56 * (len(layers) - 1))
        is_gated = layers[self.selection.layer].cell != "rnn"
        if not is_gated or rect.width() < px(INSIDE_WIDTH) or rect.height() < network + px(INSIDE_HEIGHT):
            return rect, None
        height = min(max(network, 0.36 * rect.height()), px(180 + 80 * (len(layers) - 1)))
        room = min(rect.height() - height, px(320))
        top = rect.top() + max(0.0, (rect.height() - height - room) / 2)
        upper = QRectF(rect.left(), top, rect.width(), height)
        return upper, QRectF(rect.left(), upper.bottom(), rect.width(), room)

    def geometry_in(self, rect: QRectF) -> Geometry:
        """Return where everything stands in a rectangle."""
        return self._geometry(rect, is_folded=self.is_folded)

    def _geometry(self, rect: QRectF, *, is_folded: bool) -> Geometry:
        assert self.frame is not None
        last, sides = self.frame.last_step, self._parts(rect)[0].getRect()
        steps = 1 if is_folded else last + 1
        geometry = arrange(sides, len(self.frame.layers), steps, self.theme.px(1.0))
        t = self._t() if self._held is None else self._held + geometry.count // 2
        return replace(geometry, first=first_step(t, last, geometry.count))

    def scaffold_in(self, rect: QRectF) -> Scaffold:
        """Return what the ground of a rectangle shows."""
        return self._scaffold_of(self.geometry_in(rect), is_folded=self.is_folded)

    def _scaffold_of(self, geometry: Geometry, *, is_folded: bool) -> Scaffold:
        assert self.frame is not None
        steps, borders = geometry.steps, self.frame.document.borders(self.selection.sample)
        return Scaffold(
            columns=tuple(self._column(t) for t in steps),
            before=self._tone(steps[0] - 1) if steps[0] > 0 and not is_folded else None,
            after=self._tone(steps[-1] + 1) if steps[-1] < self._length() and not is_folded else None,
            layers=tuple((layer.cell, layer.units) for layer in self.frame.document.layers),
            window_starts=tuple(t for t in steps[1:] if t - 1 in borders),
            is_backward=self.direction < 0,
            is_folded=is_folded,
            loss=("known" if self._loss_is_known() else "waiting") if self._length() in steps else None,
        )

    def _column(self, t: int) -> Column:
        is_padding = t > self._length()
        return Column(self._tone(t), self._edge(t), self._has_output(t), self._counts(t), is_padding)

    def _counts(self, t: int) -> bool:
        """Return whether the loss of a step is part of L."""
        assert self.frame is not None
        steps = self.frame.document.objective.steps
        if not 0 < t <= self._length():
            return False
        if steps == "last" or not self.frame.document.layers[-1].return_sequences:
            return t == self._length()
        return steps == "all" or t in steps

    def _loss_is_known(self) -> bool:
        if self.curtain is not None and self.curtain.direction == "forward":
            return False
        return self.direction < 0 or not self.shows_cursor or self._t() >= self._length()

    def _t(self) -> int:
        assert self.frame is not None
        return min(self.cursor_t, self.frame.last_step)

    def _length(self) -> int:
        """Return the last step of the sequence that is not padding."""
        assert self.frame is not None
        return self.frame.document.input.length(self.selection.sample)

    def _tone(self, t: int) -> Tone:
        if not self.shows_cursor:
            return "past"
        now = self._t()
        return "now" if t == now else "past" if t < now or self.direction < 0 else "future"

    def _edge(self, t: int) -> Edge:
        assert self.frame is not None
        if t == 0 or t > self._length():
            return "none"
        document = self.frame.document
        if document.window is None or t - 1 not in document.borders(self.selection.sample):
            return "before"
        return "cut" if document.window.stateful else "initial"

    def _is_hidden(self, t: int) -> bool:
        return self.curtain is not None and self.curtain.direction == "forward" and t > self.curtain.t

    def _has_output(self, t: int) -> bool:
        assert self.frame is not None
        document = self.frame.document
        if document.readout is None or t == 0 or t > self._length():
            return False
        return document.layers[-1].return_sequences or t == self._length()

    # Painting

    def paint_ground(self, painter: QPainter, rect: QRectF) -> None:
        """Paint everything but numbers, as it stands around the cursor; without a cursor those as well."""
        if self._is_moving:
            return  # all of it is painted with the cursor
        writer, geometry = Writer(painter), self.geometry_in(rect)
        self._scaffold = self.scaffold_in(rect)
        if self.shows_legend:
            self._paint_legend(writer, rect, geometry)
        ScaffoldPainter(painter, self.theme, geometry, self._scaffold).paint(rect)
        if not self.shows_cursor:
            self._paint_moment(writer, rect, geometry, is_folded=self.is_folded)

    def paint_figure(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the whole plot; it does not stop halfway between folded and unfolded."""
        self._folding.stop()
        if not self._shows_both_ways:
            super().paint_figure(painter, rect)
            return
        direction, height = self.direction, rect.height() / 2
        for self.direction, top in ((1, rect.top()), (-1, rect.top() + height)):
            super().paint_figure(painter, QRectF(rect.left(), top, rect.width(), height))
        self.direction = direction

    def _paint_legend(self, writer: Writer, rect: QRectF, geometry: Geometry) -> None:
        """Paint the scale at the right edge, of the colours or of the gradient's edges, if there is room for it."""
        if self.direction < 0:
            self._paint_gradient_legend(writer, geometry)
            return
        px, limit = self.theme.px, max(self._limits)
        words, face = scientific(limit, 1) if limit != 1 else "1", ui_face(self.theme.words(9.5))
        width, (middle, height) = face.width(f"−{words}") + px(12), self._legend_place(geometry)
        end = geometry.box(geometry.steps[-1], 0).right()
        if rect.right() - end < width + px(24) or height < px(24) or len(set(self._limits)) > 1:
            return
        bar = QRectF(rect.right() - px(7), middle - height / 2, px(5), height)
        table = signed_table(self.theme.negative, self.theme.neutral, self.theme.positive)
        draw_image(writer.painter, bar, image_of(table[::-8].reshape(-1, 1)))
        writer.set_colour(QColor(self.theme.muted))
        for text, y in ((words, bar.top()), ("0", middle), (f"−{words}", bar.bottom())):
            writer.write_to(bar.left() - px(3), y + px(3.4), text, face)

    def _legend_place(self, geometry: Geometry) -> tuple[float, float]:
        """Return the middle and the height of a legend beside the boxes, below the loss if that is in sight."""
        px = self.theme.px
        middle = (geometry.tops[0] + geometry.tops[-1] + geometry.box_height) / 2
        height = min(px(46), 0.36 * (geometry.times - geometry.above[0]))
        if self._length() in geometry.steps:
            node = loss_place(geometry, px(1.0)).y() + loss_radius(geometry, px(1.0))
            height = min(height, 2 * (middle - node - px(7)))
        return middle, height

    def _paint_gradient_legend(self, writer: Writer, geometry: Geometry) -> None:
        px, scale = self.theme.px, self._norms()[1]
        end, (middle, height) = geometry.box(geometry.steps[-1], 0).right(), self._legend_place(geometry)
        if geometry.right - end < scale_width(self.theme, scale) + px(14) or height < px(18):
            return
        place = QRectF(geometry.right - px(12), middle - height / 2, px(10), height)
        paint_scale(writer, self.theme, scale, place)

    def paint_cursor(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the states and the names: they are those of the steps around the cursor."""
        if self._is_moving:
            self._paint_moving(painter, rect, float(self._folding.currentValue()))
            return
        geometry = self.geometry_in(rect)
        self._paint_moment(Writer(painter), rect, geometry, is_folded=self.is_folded)
        if self._lit is not None:
            scaffold = self._scaffold_of(geometry, is_folded=self.is_folded)
            SharedWeights(painter, self.theme, geometry, scaffold).light(self._lit)

    def _paint_moving(self, painter: QPainter, rect: QRectF, folded: float) -> None:
        """Paint the steps on their way into the one box, and the loop that takes their place."""
        for is_folded, opacity in ((False, 1 - folded), (True, folded)):
            geometry = self._geometry(rect, is_folded=is_folded)
            scaffold = self._scaffold_of(geometry, is_folded=is_folded)
            if not is_folded:
                geometry = collapsed(geometry, self._t(), rect.center().x(), folded)
            painter.setOpacity(opacity)
            ScaffoldPainter(painter, self.theme, geometry, scaffold).paint(rect)
            self._paint_moment(Writer(painter), rect, geometry, is_folded=is_folded)
        painter.setOpacity(1.0)

    def _paint_moment(self, writer: Writer, rect: QRectF, geometry: Geometry, *, is_folded: bool) -> None:
        """Paint everything that is a number, or as wide as one."""
        assert self.frame is not None
        if self.direction < 0:
            self._paint_gradient(writer, geometry, self._scaffold_of(geometry, is_folded=is_folded))
        self._paint_numbers(writer, geometry)
        if self._length() in geometry.steps and self._loss_is_known():
            self._paint_loss(writer, geometry)
        place = self._parts(rect)[1]
        if place is not None:
            inside = inside_of(self.frame, self.selection, self._t(), is_backward=self.direction < 0)
            InsidePainter(writer, self.theme, place, geometry.middle(self._t())).paint(inside)

    def _paint_gradient(self, writer: Writer, geometry: Geometry, scaffold: Scaffold) -> None:
        layers, scale = self._norms()
        edges = GradientEdges(writer, self.theme, geometry, scale)
        edges.paint(scaffold.columns, layers, self._t() if self.shows_cursor else None)
        if scaffold.is_folded and scaffold.columns[0].edge != "none":
            for layer, each in enumerate(layers):
                edges.paint_loop(layer, float(each.total[geometry.first]))

    def _paint_loss(self, writer: Writer, geometry: Geometry) -> None:
        """Write the value of L below its node, if there is room beside the name of the last state."""
        assert self.frame is not None
        px, node = self.theme.px, loss_place(geometry, self.theme.px(1.0))
        face, words = ui_face(self.theme.words(10.5), _BOLD), scientific(self.frame.loss, 2)
        right = min(node.x() + max(px(10), face.width(words) / 2), geometry.right)
        left = geometry.box(geometry.steps[-1], 0).center().x() + px(4)
        if right - face.width(words) < left or geometry.above[1] - geometry.above[0] < px(32):
            return
        inks = inks_of(self.theme)
        writer.set_colour(gradient_ink(self.theme) if self.direction < 0 else inks.accent_text)
        writer.write_to(right, node.y() + px(20), words, face)

    def _paint_numbers(self, writer: Writer, geometry: Geometry) -> None:
        assert self.frame is not None
        steps = geometry.steps
        now = self._t() if self.shows_cursor and self.direction > 0 else steps[-1]
        last = min(steps[-1], self._length(), now)
        reached = range(steps[0], max(last + 1, steps[0]))
        for layer, numbers in enumerate(self.frame.layers):
            states = numbers.states["h"][self.selection.sample, reached.start : reached.stop]
            colours = signed_colours(self.theme, states, self._limits[layer])
            colours[colours == 0] = QColor(self.theme.warning).rgba()
            self._paint_states(writer.painter, geometry, layer, colours)
            self._paint_ghosts(writer.painter, geometry, layer, reached)
        if writer.is_quick:
            put(writer.painter, self._names_at(geometry))
        else:
            self._write_names(writer, geometry)

    def _paint_states(self, painter: QPainter, geometry: Geometry, layer: int, colours: Table) -> None:
        assert self.frame is not None
        cell, px = self.frame.document.layers[layer].cell, self.theme.px
        painter.setPen(Qt.PenStyle.NoPen)
        for step, row in enumerate(colours):
            box = geometry.box(geometry.first + step, layer)
            units = units_in(box, cell, len(row), px(1.0))
            if units.are_dots:
                paint_dots(painter, units, box, row.tolist(), 0.42 * units.width - px(0.7))
            else:
                paint_cells(painter, units, box, row)

    def _paint_ghosts(self, painter: QPainter, geometry: Geometry, layer: int, reached: range) -> None:
        """Paint the states of ghosts beside the dots, in the order of the ghosts."""
        assert self.frame is not None
        ghosts, made, sample = self.alike(layer), self.frame.document.layers[layer], self.selection.sample
        for slot, ghost in enumerate(ghosts):
            shown = range(reached.start, min(reached.stop, ghost.length(self.selection) + 1))
            states = ghost.frame.layers[layer].states["h"][sample, shown.start : max(shown.stop, shown.start)]
            colours = signed_colours(self.theme, states, self._limits[layer])
            colours[colours == 0] = QColor(self.theme.warning).rgba()
            for t, row in zip(shown, colours, strict=True):
                box = geometry.box(t, layer)
                units = units_in(box, made.cell, made.units, self.theme.px(1.0))
                if units.are_dots:
                    paint_beside(painter, self.theme, (units, box), row.tolist(), (slot, len(ghosts)))

    def _names_at(self, geometry: Geometry) -> Lettering:
        """Return the names of the steps in their places; going back to a moment writes nothing."""
        key = (geometry, self._t(), self.direction, self.shows_cursor)
        names = self._names.get(key)
        if names is None:
            if len(self._names) >= _MOST_NAMES:
                self._names.clear()
            setting = Setting()
            self._write_names(setting, geometry)
            names = self._names[key] = setting.lettering
        return names

    def _write_names(self, writer: Words, geometry: Geometry) -> None:
        for t in geometry.steps:
            self._name_step(writer, geometry, t)

    def _name_step(self, writer: Words, geometry: Geometry, t: int) -> None:
        """Name a step's state, input and output, and say what can be said of them in a word."""
        inks, px, x, tone = inks_of(self.theme), self.theme.px, geometry.middle(t), self._tone(t)
        pale, index = tone == "future", str(t)
        writer.set_colour(inks.muted if pale else inks.text)
        is_padding = t > self._length()
        if len(geometry.tops) == 1 and not is_padding:
            left, y = x - geometry.box_width / 2 - px(1), geometry.tops[0] - px(6)
            write_symbol(writer, left, y, Symbol("h", index), px(13.5))
        if self._has_output(t):
            y = min(geometry.above[0] + px(12), geometry.above[1] - px(6))  # not into the box of a low network
            end = x + px(13) + write_symbol(writer, x + px(7), y, Symbol("y", index), px(13))
            self._write_beside(writer, end, y, self._output_words(t), geometry, t)
        if t and not is_padding:
            writer.set_colour(inks.muted if pale else inks.input)
            y = (geometry.below[0] + geometry.below[1]) / 2 + px(2)
            end = x + px(13) + write_symbol(writer, x + px(7), y, Symbol("x", index), px(13))
            self._write_beside(writer, end, y, self._input_words(t), geometry, t)
        writer.set_colour(inks.accent_text if tone == "now" else inks.muted)
        face = ui_face(px(11), _BOLD) if tone == "now" else ui_face(px(11))
        writer.write_about(x, geometry.times, f"t = {t}", face)

    def _write_beside(self, writer: Words, x: float, y: float, words: str, geometry: Geometry, t: int) -> None:
        """Write the number or the letter beside a name, if it ends before the names of the next step."""
        face = ui_face(self.theme.px(11))
        room = min(geometry.right, geometry.middle(t) + 0.72 * geometry.pitch) - x
        if words and face.width(words) <= room:
            inks = inks_of(self.theme)
            writer.set_colour(inks.text if self._tone(t) == "now" else inks.muted)
            writer.write(x, y, words, face)

    def _input_words(self, t: int) -> str:
        """Return what stands beside x_t: its symbol if it spells a text, at the cursor its only feature."""
        assert self.frame is not None
        if self._is_hidden(t):
            return ""
        vocabulary = self.frame.document.input.vocabulary
        x = self.frame.x[self.selection.sample, t - 1]
        if vocabulary is not None:
            return _quoted(vocabulary[int(x.argmax())]) if x.any() else ""
        return _figure(float(x[0])) if self._tone(t) == "now" and len(x) == 1 else ""

    def _output_words(self, t: int) -> str:
        """Return what stands beside y_t: at the cursor its only number, on the way back what enters there."""
        assert self.frame is not None
        if self.direction < 0:
            direct = float(self._norms()[0][-1].direct[t])
            is_reached = not self.shows_cursor or t >= self._t()
            return norm_text(direct) if direct and is_reached else ""
        y = self.frame.y[self.selection.sample, t - 1]
        return _figure(float(y[0])) if self._tone(t) == "now" and len(y) == 1 else ""

    # What is lit up

    def paint_links(self, painter: QPainter, rect: QRectF) -> None:
        """Ring the units that are lit, or frame their boxes, and draw the edges between what is lit."""
        assert self.frame is not None
        if self.links is not None:
            layers = [(layer.cell, layer.units) for layer in self.frame.document.layers]
            edges = [self._edge(t) == "before" for t in self.geometry_in(rect).steps]
            LitNetwork(painter, self.theme, self.geometry_in(rect), self.links).paint(layers, edges, self._length())
        place, cell = self._parts(rect)[1], self.frame.document.layers[self.selection.layer].cell
        if place is not None and 1 <= self._t() <= self._length():
            Places(self.theme, place).light(painter, cell, self.lit_gates())

    def lit_gates(self) -> dict[str, Role]:
        """Return which gates of the selected unit are lit at the cursor, and how."""
        if self.links is None or self.document is None:
            return {}
        unit, t, lit = self.selection.unit, self._t(), {}
        for block in CELLS[self.document.layers[self.selection.layer].cell].blocks:
            for spot in self.links.gates(self.selection.layer, block):
                if spot.number in (None, unit) and spot.t in (None, t):
                    lit[block] = spot.role
        return lit

    def links_region(self, rect: QRectF) -> list[QRect]:
        return [rect.toAlignedRect()]

    def focus_at(self, position: QPointF, rect: QRectF) -> Focus | None:
        """Return what is under the pointer: a unit, an input, an output, or the weights between two steps."""
        assert self.frame is not None
        inside = self._parts(rect)[1]
        if inside is not None and inside.contains(position):
            layer, unit, t = self.selection.layer, self.selection.unit, self._t()
            block = Places(self.theme, inside).gate_at(position, self.frame.document.layers[layer].cell)
            return Unit(layer, unit, t) if block is None or t == 0 else Gate(layer, unit, block, t)
        return self._network_at(position, rect)

    def _network_at(self, position: QPointF, rect: QRectF) -> Focus | None:
        assert self.frame is not None
        geometry = self.geometry_in(rect)
        t = geometry.t_at(position.x())
        if t is None:
            return self._edge_at(geometry, position)
        if t > self._length():
            return None
        if position.y() < geometry.above[1]:
            return Output(None, t) if self._has_output(t) else Step(t)
        if position.y() > geometry.below[0]:
            return self._input_at(geometry, position, t)
        for layer, made in enumerate(self.frame.document.layers):
            box = geometry.box(t, layer)
            unit = units_in(box, made.cell, made.units, self.theme.px(1.0)).at(box, position, made.units)
            if unit is not None:
                return Unit(layer, unit, t)
        return self._edge_from_below_at(geometry, position, t) or Step(t)

    def _input_at(self, geometry: Geometry, position: QPointF, t: int) -> Focus:
        """Return the weights at the left of the arrow from an input, where their name is, and x at the right."""
        if t == 0 or position.y() >= geometry.below[1]:
            return Step(t)
        is_left = position.x() <= geometry.middle(t) + self.theme.px(_REACH / 2)
        return self._matrices(0, "W_x") if is_left else Feature(None, t)

    def _edge_at(self, geometry: Geometry, position: QPointF) -> Focus | None:
        """Return the recurrent weights of a layer, between two of its boxes."""
        for layer, top in enumerate(geometry.tops):
            if top <= position.y() <= top + geometry.box_height:
                return self._matrices(layer, "W_h")
        return None

    def _edge_from_below_at(self, geometry: Geometry, position: QPointF, t: int) -> Focus | None:
        """Return the weights on the arrow between the boxes of two layers."""
        is_near = abs(position.x() - geometry.middle(t)) <= self.theme.px(_REACH)
        for layer, top in enumerate(geometry.tops[:-1], start=1) if is_near and t else ():
            if geometry.tops[layer] + geometry.box_height < position.y() < top:
                return self._matrices(layer, "W_x")
        return None

    def _matrices(self, layer: int, name: Literal["W_h", "W_x"]) -> Focus:
        """Return the weights of a layer that an edge stands for: of a plain layer it is one matrix."""
        assert self.frame is not None
        if CELLS[self.frame.document.layers[layer].cell].gate_is_state:
            return Weight(Place(layer, f"{name}h"))
        return Matrices(layer, name)

    # Hands

    def describe(self, position: QPointF, rect: QRectF) -> str:
        """Return what is under the pointer: a state, an input, an output, or the weights between them."""
        assert self.frame is not None
        geometry, inside = self.geometry_in(rect), self._parts(rect)[1]
        if inside is not None and inside.contains(position):
            numbers = inside_of(self.frame, self.selection, self._t(), is_backward=self.direction < 0)
            return describe_inside(numbers)
        if self._is_at_loss(position, geometry):
            return f"L = {scientific(self.frame.loss, 9)} {_counted_words(self.frame.document)}"
        return self._describe_network(geometry, position)

    def _describe_network(self, geometry: Geometry, position: QPointF) -> str:
        t = geometry.t_at(position.x())
        if t is None:
            return self._describe_between(geometry, position.x())
        if self._is_hidden(t):
            return HIDDEN
        if t > self._length():
            return describe_padding(t, self._length())
        if position.y() < geometry.above[1] and self._has_output(t):
            return self._described("y", t, "W_hy, the same at every step, makes it from the state")
        if position.y() > geometry.below[0] and t:
            return self._described("x", t, "W_xh, the same at every step, feeds it to the units")
        heights = [abs(geometry.box(t, layer).center().y() - position.y()) for layer in range(len(geometry.tops))]
        return self._described("h", t, "the initial state" if t == 0 else "", heights.index(min(heights)))

    def _describe_between(self, geometry: Geometry, x: float) -> str:
        """Return what there is between two steps: weights, the border of a window, or nothing."""
        assert self.frame is not None
        document = self.frame.document
        if self.is_folded:
            return "The state goes back into the network at the next step, through the same weights every time."
        before = geometry.first + math.floor((x - geometry.left) / geometry.pitch)
        if not geometry.first <= before < min(geometry.steps[-1], self._length()):
            return self.spec.meaning
        if document.window is not None and before in document.borders(self.selection.sample):
            return describe_border(document.window, before)
        recurrent = "W_hh" if all(layer.cell == "rnn" for layer in document.layers) else "W_h of every block"
        words = f"{recurrent}: the same weights between all steps"
        if self.direction < 0:
            norm = float(self._norms()[0][self.selection.layer].total[before])
            words += f"\n‖∂L/∂h‖ at t = {before}: {scientific(norm, 6)}"
        return words

    def _is_at_loss(self, position: QPointF, geometry: Geometry) -> bool:
        at = position - loss_place(geometry, self.theme.px(1.0))
        return self._length() in geometry.steps and math.hypot(at.x(), at.y()) <= self.theme.px(10)

    def _described(self, name: str, t: int, note: str, layer: int = 0) -> str:
        assert self.frame is not None
        sample = self.selection.sample
        if name == "h":
            values = self.frame.layers[layer].states["h"][sample, t]
        else:
            values = (self.frame.y if name == "y" else self.frame.x)[sample, t - 1]
        where = f" of layer {layer + 1}" if name == "h" and len(self.frame.layers) > 1 else ""
        lines = [f"{name} at t = {t}{where}" + (f": {note}" if note else "")]
        lines += [f"{name}{row + 1} = {_figure(value, 4)}" for row, value in enumerate(values[:_LISTED].tolist())]
        for ghost in self.alike(layer) if name == "h" else ():
            if t <= ghost.length(self.selection):
                others = ghost.frame.layers[layer].states["h"][sample, t].tolist()
                lines[1:] = [f"{line}   {ghost.name} {_figure(others[row], 4)}" for row, line in enumerate(lines[1:])]
        if name == "h" and "c" in self.frame.layers[layer].states:
            cells = self.frame.layers[layer].states["c"][sample, t, :_LISTED].tolist()
            lines[1:] = [f"{line}   c{row + 1} = {_figure(cells[row], 4)}" for row, line in enumerate(lines[1:])]
        more = len(values) - _LISTED
        return "\n".join([*lines, f"… and {more} more"] if more > 0 else lines)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the step that is clicked; until the button is released the steps stay where they are."""
        if event.button() != Qt.MouseButton.LeftButton or self.frame is None:
            super().mousePressEvent(event)
            return
        self._held = self.geometry_in(self._area()).first
        self._request(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go to each step that is dragged over; light up weights that are pointed at, at every step."""
        if not event.buttons() and self.frame is not None:
            geometry = self.geometry_in(self._area())
            scaffold = self._scaffold_of(geometry, is_folded=self.is_folded)
            self._light(SharedWeights(None, self.theme, geometry, scaffold).at(event.position()))
        if self._held is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self._request(event.position())

    def leaveEvent(self, event: QEvent) -> None:
        self._light(None)
        super().leaveEvent(event)

    def _light(self, which: Which | None) -> None:
        if which != self._lit:
            self._lit = which
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let the steps follow the cursor again."""
        if self._held is not None and event.button() == Qt.MouseButton.LeftButton:
            self._held = None
            self._follow()

    def _request(self, position: QPointF) -> None:
        t = self.geometry_in(self._area()).t_at(position.x())
        if t is not None and t != self.cursor_t:
            self.cursor_requested.emit(t)


def _figure(value: float, decimals: int = 2) -> str:
    if not math.isfinite(value):
        return "overflow"
    return number(value, decimals, sign=True) if abs(value) < 1e4 else scientific(value)


def _counted_words(document: Document) -> str:
    """Return which steps the loss is of."""
    steps = document.objective.steps
    if steps == "last" or not document.layers[-1].return_sequences:
        return "at the last step"
    how = "summed" if document.objective.reduction == "sum" else "averaged"
    if steps == "all":
        return f"{how} over every step"
    return f"{how} over {len(steps)} chosen steps" if len(steps) > 1 else f"at t = {steps[0]}"


def _quoted(letter: str) -> str:
    return f"“{letter}”" if letter.strip() else "“␣”"


PLOT = UnrolledPlot
