"""What the network answers at each step, beside what it should answer."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from rnnviz.core.activations import Array
from rnnviz.core.objectives import LOSSES
from rnnviz.document.links import Focus, Output, Spot, Step
from rnnviz.document.text import symbol_label
from rnnviz.views.axes import finite_extent
from rnnviz.views.colours import mixed
from rnnviz.views.fonts import number as shown
from rnnviz.views.fonts import scientific
from rnnviz.views.marks import curve_lines, draw_bars, draw_curves, draw_map
from rnnviz.views.plots._base import Ghost, PlotSpec
from rnnviz.views.plots._ghosts import draw_ghost_lines, draw_ghost_over, widened
from rnnviz.views.plots._lit import curve_at, light_curves, light_rows, row_at
from rnnviz.views.plots._symbols import HEIGHT, paint_symbols
from rnnviz.views.plots._time import Panel, PanelSpec, TimePlot
from rnnviz.views.steps import rounded_limit

MOST_CURVES = 8
LABELLED_ROWS = 40
_SURPRISE, _SURPRISE_SHARE = 1, 0.5  # the number of its panel, and the height for 1 of the map's


class OutputsPlot(TimePlot):
    """y_t for t = 1…T: curves, or a map of probabilities for a softmax readout or many outputs."""

    spec = PlotSpec(
        key="outputs",
        title="Output y",
        look_at="the answer at each step, and the target",
        meaning="The output y_t after the readout's activation. Rings are targets; filled rings count in the loss. "
        "As a map: one row for each output, darker is more probable, and a frame marks the target. Below it the "
        "surprise at each target, −ln p in nats (of which 0.693 are a bit): 0 where it was certain, ln K where K "
        "outputs were equally probable, as the dotted line marks. Pale bars do not count in the loss.",
        area="middle",
        order=40,
        height=3,
        shown=True,
        one_of=("sequence",),
    )

    def values(self) -> Array:
        """Return y, (T, outputs)."""
        assert self.frame is not None
        outputs: Array = self.frame.y[self.selection.sample]
        return outputs

    def targets(self) -> Array | None:
        """Return the targets of the shown sequence, or None."""
        assert self.frame is not None
        targets = self.frame.document.objective.targets
        return None if targets is None else targets[self.selection.sample]

    def _revealed_targets(self) -> Array | None:
        """Return the targets that may be seen: not yet that of the cursor's step, for it may be the next input."""
        targets = self.targets()
        if targets is None or self.curtain is None or self.curtain.direction != "forward":
            return targets
        return targets[: max(self.curtain.t - 1, 0)]

    def surprise(self) -> Array | None:
        """Return −ln p of each target in nats, (T,), without padding; None where outputs are no probabilities."""
        assert self.frame is not None
        document, targets = self.frame.document, self.targets()
        if document.objective.loss != "cross_entropy" or targets is None:
            return None
        nats: Array = self.frame.loss_steps[self.selection.sample, : self.length]
        return nats

    def frame_shown(self) -> None:
        assert self.frame is not None
        document, y = self.frame.document, self.values()
        softmax = document.readout is not None and document.readout.activation == "softmax"
        self._as_map = softmax or y.shape[1] > MOST_CURVES
        self._counted = np.array(document.counted_steps(self.selection.sample))
        targets = self.targets()
        both = y[: self.length]
        if targets is not None and not LOSSES[document.objective.loss].integer_targets:
            both = np.append(both, targets[: self.length])
        self._limit = rounded_limit(finite_extent(both))
        for _, values in () if self._as_map else self.shown_ghosts:
            both = np.append(both, values[: self.last_t])
            self._limit = widened(self._limit, finite_extent(both))
        _, self._limit = self.scale("y", -self._limit, self._limit)
        self._from_zero = bool(np.nanmin(both, initial=0.0) >= 0)

    def ghost_values(self, ghost: Ghost) -> Array | None:
        if not ghost.has_sequence(self.selection):
            return None
        outputs: Array = ghost.frame.y[self.selection.sample, : ghost.length(self.selection)]
        return outputs

    @property
    def ghosts_are_over(self) -> bool:
        return self._as_map

    def remark(self) -> str:
        assert self.frame is not None
        steps = self.frame.document.objective.steps
        where = {"all": "every step", "last": "the last step"}.get(str(steps), f"{len(self._counted)} steps")
        reduction = self.frame.document.objective.reduction if len(self._counted) > 1 else ""
        words = f"loss L = {scientific(self.frame.loss, 4)}, {reduction} over {where}"
        return words if reduction else f"loss L = {scientific(self.frame.loss, 4)} at {where}"

    def panel_specs(self) -> tuple[PanelSpec, ...]:
        outputs = self.values().shape[1]
        if self._as_map:
            symbols = " " if self._vocabulary() and self.targets() is not None else ""  # room for them above the map
            answers, surprise = PanelSpec(0, outputs, "rows", self._rows(outputs), caption=symbols), self.surprise()
            return (answers,) if surprise is None else (answers, self._surprise_spec(surprise))
        low = 0.0 if self._from_zero else -self._limit
        pad = 0.06 * (self._limit - low)
        legend: tuple[tuple[str | None, str], ...] = tuple(
            (self._colour(k).name(), f"y{k + 1}" if outputs > 1 else "y") for k in range(outputs)
        )
        if self.targets() is not None:
            legend = (*legend, (self.theme.target, "target") if outputs == 1 else (None, "dots: targets"))
        return (PanelSpec(low - pad, self._limit + pad, legend=legend),)

    def _surprise_spec(self, surprise: Array) -> PanelSpec:
        chance = math.log(self.values().shape[1])
        _, limit = self.scale("surprise", 0.0, rounded_limit(max(finite_extent(surprise), chance)))
        legend: tuple[tuple[str | None, str], ...] = ((None, f"dotted: a guess, {shown(chance, 2)}"),)
        caption = "surprise  −ln p(target), nats"
        return PanelSpec(0.0, limit, height=_SURPRISE_SHARE, caption=caption, legend=legend)

    def _rows(self, outputs: int) -> tuple[tuple[str, str], ...]:
        assert self.frame is not None
        if outputs > LABELLED_ROWS:
            return ()
        if vocabulary := self._vocabulary():
            return tuple((symbol_label(symbol), self.theme.muted) for symbol in vocabulary)
        return tuple((f"y{k + 1}", self.theme.muted) for k in range(outputs))

    def _colour(self, output: int) -> QColor:
        return QColor(self.theme.output) if self.values().shape[1] == 1 else self.theme.unit_colour(output)

    def _target_colour(self, output: int) -> QColor:
        """Return grey for the only output's targets, else a paler shade of the output's own colour."""
        if self.values().shape[1] == 1:
            return QColor(self.theme.target)
        return mixed(self.theme.card, self._colour(output).name(), 0.5)

    def paint_panel(self, painter: QPainter, panel: Panel, number: int) -> None:
        if number == _SURPRISE:
            self._paint_surprise(painter, panel)
            return
        if self._as_map:
            self._paint_map(painter, panel)
            return
        y = self.values()
        t = np.arange(1.0, len(y) + 1)
        targets = self._revealed_targets()
        if targets is not None and targets.ndim == 2:
            self._paint_targets(painter, panel, t[: len(targets)], targets)
        draw_curves(painter, panel.x(t), panel.y(y.T), self._colours(), self.theme.px(1.7) * self.theme.line_px)

    def _paint_surprise(self, painter: QPainter, panel: Panel) -> None:
        """Draw a bar for each step, pale where it does not count, and a line where a guess would be."""
        surprise = self.surprise()
        assert surprise is not None
        t, width = np.arange(1.0, len(surprise) + 1), max(panel.step * 0.72, 1.0)
        counts = np.isin(t, self._counted)
        pale = mixed(self.theme.card, self.theme.output, 0.35)
        for chosen, colour in ((counts, QColor(self.theme.output)), (~counts, pale)):
            tops = panel.y(np.where(chosen, surprise, np.nan))
            draw_bars(painter, panel.x(t) - width / 2, width, panel.rect.bottom(), tops, [colour])
        painter.setPen(QPen(QColor(self.theme.muted), 1, Qt.PenStyle.DotLine))
        y = float(panel.y(math.log(self.values().shape[1])))
        painter.drawLine(QPointF(panel.seen.left(), y), QPointF(panel.seen.right(), y))

    def _colours(self) -> list[QColor]:
        return [self._colour(k) for k in range(self.values().shape[1])]

    def lit_things(self) -> tuple[Spot, ...]:
        return () if self.links is None else self.links.outputs()

    def paint_lit_panel(self, painter: QPainter, panel: Panel, number: int, spots: tuple[Spot, ...]) -> None:
        if number == _SURPRISE:
            super().paint_lit_panel(painter, panel, number, spots)
        elif self._as_map:
            light_rows(painter, self.theme, panel, spots, self.values().shape[1])
        else:
            light_curves(painter, self.theme, panel, spots, (self.values().T, self._colours(), 1))

    def focus_at(self, position: QPointF, rect: QRectF) -> Focus | None:
        """Return the output whose curve or row is at a position, or the step."""
        found = self.panel_at(position, rect)
        if found is None:
            return None
        number, panel, t = found
        if t == 0 or number == _SURPRISE:
            return Step(t)
        y = self.values()
        output = (
            row_at(panel, position, y.shape[1]) if self._as_map else curve_at(panel, self.theme, position, y[t - 1])
        )
        return Step(t) if output is None else Output(output, t)

    def paint_ghost(self, painter: QPainter, panel: Panel, number: int, ghost: Ghost, values: Array) -> None:
        if number == _SURPRISE:
            return
        if self._as_map:
            self._paint_ghost_answers(painter, panel, ghost, values)
            return
        x = panel.x(np.arange(1.0, len(values) + 1))
        for k, curve in enumerate(panel.y(values.T)):
            draw_ghost_lines(painter, self.theme, ghost.number, curve_lines(x, curve), self._colour(k))

    def _paint_ghost_answers(self, painter: QPainter, panel: Panel, ghost: Ghost, values: Array) -> None:
        """Draw a thin line through the cell of each step's largest output: what the ghost would answer."""
        rows = self.values().shape[1]
        height = panel.rect.height() / rows
        if values.shape[1] != rows or height < self.theme.px(6):
            return
        left = panel.x(np.arange(len(values)) + 0.5)
        y = panel.rect.top() + (values.argmax(axis=1) + 0.3 + 0.2 * ghost.number) * height
        draw_ghost_over(painter, self.theme, ghost.number, np.stack([left, y, left + panel.step, y], axis=1))

    def _paint_targets(self, painter: QPainter, panel: Panel, t: Array, targets: Array) -> None:
        """Draw a ring for each target; those that count in the loss are filled."""
        radius = min(self.theme.px(3), panel.step * 0.4)
        if radius < 1 and len(t) > 0:
            pale = [self._target_colour(k) for k in range(targets.shape[1])]
            draw_curves(painter, panel.x(t), panel.y(targets.T), pale, 1.0)
            return
        seen = panel.shows(t)
        t, targets = t[seen], targets[seen]
        counted = np.isin(t, self._counted)
        for k, row in enumerate(panel.y(targets.T)):
            colour = self._target_colour(k)
            painter.setPen(QPen(colour, 1))
            for x, y, filled in zip(panel.x(t), row, counted, strict=True):
                painter.setBrush(colour if filled else QColor(self.theme.card))
                painter.drawEllipse(QPointF(x, y), radius, radius)

    def _paint_map(self, painter: QPainter, panel: Panel) -> None:
        y = self.values().T
        draw_map(painter, panel.steps_rect, y, self._shades)
        targets, height = self._revealed_targets(), panel.rect.height() / len(y)
        if targets is None or targets.ndim != 1 or panel.step < 3 or height < 3:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self.theme.accent_text), 1))
        t = np.arange(1.0, len(targets) + 1)
        seen = panel.shows(t)
        for left, target in zip(panel.x(t[seen] - 0.5).tolist(), targets[seen].astype(int).tolist(), strict=True):
            cell = QRectF(left, panel.rect.top() + target * height, panel.step, height)
            painter.drawRect(cell.adjusted(0.5, 0.5, -0.5, -0.5))

    def paint_ground(self, painter: QPainter, rect: QRectF) -> None:
        super().paint_ground(painter, rect)
        vocabulary, targets, panels = self._vocabulary(), self._revealed_targets(), self.panels(rect)
        if vocabulary and targets is not None and len(panels) > _SURPRISE:
            symbols = [vocabulary[int(target)] for target in targets[: self.length]]
            paint_symbols(painter, self.theme, panels[0], symbols, panels[0].rect.top() - self.theme.px(HEIGHT + 1))

    def _vocabulary(self) -> tuple[str, ...]:
        """Return the symbols that the outputs are of; none where they are not."""
        assert self.frame is not None
        vocabulary = self.frame.document.input.vocabulary
        return vocabulary if vocabulary is not None and len(vocabulary) == self.values().shape[1] else ()

    def _shades(self, y: Array) -> np.ndarray:
        """Return colours from the card's own (0) to the output's (the largest value, or probability 1)."""
        ground, full = QColor(self.theme.card), QColor(self.theme.output)
        part = np.nan_to_num(np.abs(y) / max(self._limit, 1e-300)).clip(0, 1)
        channels = [
            np.round((a + (b - a) * part) * 255).astype(np.uint32)
            for a, b in (
                (ground.redF(), full.redF()),
                (ground.greenF(), full.greenF()),
                (ground.blueF(), full.blueF()),
            )
        ]
        return np.uint32(0xFF000000) | (channels[0] << 16) | (channels[1] << 8) | channels[2]

    def describe_step(self, t: int) -> str:
        t, y = max(t, 1), self.values()
        labels = [label for label, _ in self._rows(y.shape[1])] or [f"y{k + 1}" for k in range(y.shape[1])]
        largest, surprise, targets = np.argsort(-y[t - 1])[:6], self.surprise(), self._revealed_targets()
        lines = [f"t = {t}", *(f"{labels[k]}: {shown(float(y[t - 1, k]), 4)}" for k in largest)]
        if surprise is not None and targets is not None and t <= len(targets):
            nats = float(surprise[t - 1])
            bits = scientific(nats / math.log(2), 4)
            lines.append(f"surprise at {labels[int(targets[t - 1])]}: {scientific(nats, 4)} nats = {bits} bits")
        return "\n".join(lines)


PLOT = OutputsPlot
