"""The targets as bars that can be drawn, like the input."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter

from rnnviz.document.document import Document, Input
from rnnviz.document.edits import Edit
from rnnviz.document.links import Focus, Output, Spot
from rnnviz.document.target_edits import set_targets
from rnnviz.views.editors.input_canvas import InputCanvas
from rnnviz.views.fonts import subscript
from rnnviz.views.plots._time import Panel, PanelSpec
from rnnviz.views.plots.inputs import Bar


class TargetCanvas(InputCanvas):
    """What the network should answer. A dot below a bar says that the loss of its step counts.

    A class is a whole number, counted from 0. Without targets all bars are 0 and cannot be drawn on.
    """

    _made: tuple[Document, Input] | None = None

    @property
    def data(self) -> Input:
        """The targets, as if they were an input of the same lengths."""
        if self._made is None or self._made[0] is not self.document:
            self._made = (self.document, self._as_input(self.document))
        return self._made[1]

    @staticmethod
    def _as_input(document: Document) -> Input:
        targets = document.objective.targets
        numbers = document.input.values[:, :, :1] * 0.0 if targets is None else targets.reshape(*targets.shape[:2], -1)
        return Input(("",) * numbers.shape[2], numbers, lengths=document.input.lengths)

    @property
    def _are_classes(self) -> bool:
        targets = self.document.objective.targets
        return targets is not None and targets.ndim == 2

    def drawn_part(self, document: Document) -> tuple[object, ...]:
        """Return what is shown of a document."""
        return document.objective.targets, document.objective.steps, document.input.lengths

    def edit(self, changes: dict[tuple[int, int, int], float], merge_key: object) -> Edit:
        """Return the edit that changes targets; classes are whole numbers."""
        if self._are_classes:
            last = self.document.outputs - 1
            changes = {index: float(min(max(round(value), 0), last)) for index, value in changes.items()}
        return set_targets(changes, merge_key)

    def panel_specs(self) -> tuple[PanelSpec, ...]:
        """Return the panels, named after the outputs."""
        specs = super().panel_specs()
        if self.is_map:
            return specs
        if self._are_classes:
            return (replace(specs[0], caption=f"class, 0 to {self.document.outputs - 1}"),)
        names = ["ŷ"] if len(specs) == 1 else [f"ŷ{subscript(k + 1)}" for k in range(len(specs))]
        return tuple(replace(spec, caption=name) for spec, name in zip(specs, names, strict=True))

    def bar_colour(self, feature: int) -> QColor:
        """Return the colour of targets, or of the output that they are for."""
        is_only = self.values().shape[1] == 1
        return QColor(self.theme.target) if is_only else self.theme.unit_colour(feature)

    def lit_things(self) -> tuple[Spot, ...]:
        """Return the outputs that are lit; a class is about all of them."""
        spots = () if self.links is None else self.links.outputs()
        return tuple(spot._replace(number=None) for spot in spots) if self._are_classes else spots

    def thing(self, bar: Bar) -> Focus:
        """Return the output that a target is for."""
        has_one_each = self.values().shape[1] == self.document.outputs and not self._are_classes
        return Output(bar.feature if has_one_each else None, bar.t)

    def paint_panel(self, painter: QPainter, panel: Panel, number: int) -> None:
        super().paint_panel(painter, panel, number)
        radius = min(self.theme.px(1.8), panel.step * 0.3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.text))
        counted = np.array(self.document.counted_steps(self.selection.sample))
        for x in panel.x(counted[panel.shows(counted)]).tolist():
            painter.drawEllipse(QPointF(x, panel.rect.bottom() - radius), radius, radius)
