"""How a training goes: the loss and the norms of gradient and weights, over updates."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from rnnviz.document.document import Document
from rnnviz.document.frame import Frame
from rnnviz.document.tasks import TASKS
from rnnviz.document.trained import Trained, obstacle, trained
from rnnviz.document.training import Training
from rnnviz.session.background import Question
from rnnviz.session.computer import predicted_ms
from rnnviz.session.live_training import LiveTraining
from rnnviz.session.session import Selection
from rnnviz.views.fonts import scientific, ui_font
from rnnviz.views.marks import draw_curves
from rnnviz.views.plots._base import Look, Plot, PlotSpec
from rnnviz.views.plots._table import DataTable
from rnnviz.views.plots._training_curves import Chart, Curve, charts, thinned, updates_axis
from rnnviz.views.plots._training_look import Shown, TrainingLook, TrainingRow
from rnnviz.views.plots._training_panels import TrainingPanel, arrange, paint_frame
from rnnviz.views.steps import rounded_limit
from rnnviz.views.theme import Theme

USUAL_UPDATES, _FEWEST_UPDATES = 300, 10
_ALL_MS, _OVERHEAD_MS = 4000.0, 0.5  # what a figure's own training may take; what any update takes besides the steps
_FEWEST_SEARCHED = 100
_TO_BEGIN = "Nothing has been trained yet: press Play in the Training panel (Ctrl+T)."
_TOP, _PLATE = 20, 17  # px above the panels, where the cursor's plate stands; its height


class TrainingPlot(Plot):
    """Loss, gradient norm, weight norm and spectral radius over updates."""

    spec = PlotSpec(
        key="training",
        title="Training",
        look_at="how the loss falls, and what the gradient does meanwhile",
        meaning="What each update of the weights did. Loss: that of the sequences an update looks at, before it; and, "
        "where some are held out, theirs. Gradient norm: ‖∂L/∂w‖₂ of all weights, before and after clipping, with the "
        "line at which it is clipped; thin lines are those of each layer, or each block. Weight norm: ‖w‖₂ after the "
        "update. Spectral radius: max |λ| of each recurrent matrix, with a line at 1. The upright line is the update "
        "whose weights are shown: click or drag to go back to another one. In a figure made by a command the network "
        "is trained for it. Pinned states are not drawn here: they have no updates of their own.",
        area="middle",
        order=52,
        height=7,
        shown=False,
        one_of=(),
        comes="whole",
        shows_ghosts=False,
    )

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._look = TrainingLook()
        self._live: LiveTraining | None = None
        self._trained: Trained | None = None
        self._position: int | None = None
        self._of: Document | None = None
        self._obstacle = ""
        self._question: Question | None = None
        self._answered: Question | None = None
        self._row: TrainingRow | None = None
        self._charts: tuple[Chart, ...] = ()

    # What is shown

    def look(self) -> Look | None:
        shown = self._look.shown
        if self._live is not None:
            shown = Shown(self._trained, self._position or 0)
        return replace(self._look, shown=shown)

    def take_look(self, look: Look) -> None:
        if isinstance(look, TrainingLook):
            self._look = look
            if look.shown is not None:
                self._trained, self._position = look.shown.trained, look.shown.position
            self._find_charts()
            if self._row is not None:
                self._row.show_look(look)

    def controls(self) -> QWidget:
        if self._row is None:
            self._row = TrainingRow(self.theme)
            self._row.show_look(self._look)
            self._row.changed.connect(self._choose)
        return self._row

    def _choose(self) -> None:
        assert self._row is not None
        self._look = self._row.look(self._look)
        self._search_on()
        self._draw_anew()

    def show_training(self, live: LiveTraining) -> None:
        before, rect = self._live, QRectF(self.rect())
        has_same_curves = before is not None and before.has_curves_of(live)
        left = self.cursor_region(rect)
        self._live, self._position, self._obstacle = live, live.position, live.obstacle
        if has_same_curves:  # only another update is shown
            for strip in (*left, *self.cursor_region(rect)):
                self.update(strip)
        else:
            self._trained = live.trained
            self._search_on()
            self._draw_anew()

    def show_frame(self, frame: Frame, selection: Selection) -> None:
        """Draw another frame; while the window trains the curves come with `show_training` and are painted once."""
        if self._live is not None and self.frame is not None and frame is not self.frame:
            self.frame, self.selection = frame, selection
        else:
            super().show_frame(frame, selection)

    def frame_shown(self) -> None:
        assert self.frame is not None
        document = self.frame.document
        if self._live is None and self._look.shown is None and document != self._of:
            self._of, self._trained, self._position = document, None, None
            self._obstacle = obstacle(document, has_data=bool(self._look.task))
            self._question = None if self._obstacle else self._to_train(document)
        self._find_charts()

    def tables(self) -> tuple[DataTable, ...]:
        """Return a table for each panel: a line for each update, with nothing where a curve has no point."""
        return tuple(_table(chart) for chart in self._charts if any(len(curve.updates) for curve in chart.curves))

    def _to_train(self, document: Document) -> Question:
        """Return what is to be computed for a figure: a training of its own."""
        task = self._look.task
        settings = TASKS[task].training if task else Training()
        share = min(settings.batch / document.batch, 1.0) if not task else settings.batch / document.batch
        each_ms = 2.0 * predicted_ms(document) * share + _OVERHEAD_MS
        updates = self._look.updates or min(USUAL_UPDATES, max(_FEWEST_UPDATES, round(_ALL_MS / each_ms)))
        return Question(trained, (document, settings, updates, task, updates * self._look.baseline), each_ms * updates)

    def _search_on(self) -> None:
        """Have random search look at as many weights as there are updates, where that is to be seen."""
        live, found = self._live, None if self._trained is None else self._trained.searched
        if live is None or not self._look.baseline or live.is_searching or self._trained is None:
            return
        if found is None or len(found) < live.last:
            self.search_requested.emit(round(rounded_limit(max(live.last, _FEWEST_SEARCHED))))

    def question(self) -> Question | None:
        return None if self._question is self._answered else self._question

    def answer_shown(self, answer: object) -> None:
        assert isinstance(answer, Trained)
        self._trained, self._answered = answer, self._question
        self._find_charts()

    @property
    def trained(self) -> Trained | None:
        """What is drawn; None before there is a training."""
        return self._trained

    @property
    def charts(self) -> tuple[Chart, ...]:
        """The panels that are drawn."""
        return self._charts

    def _draw_anew(self) -> None:
        self._find_charts()
        if self.is_ready:
            self.set_remark(self.remark())
        self.repaint_ground()

    def _find_charts(self) -> None:
        found = charts(self._trained, self._look, self.theme)
        self._charts = tuple(self._on_scale(chart) for chart in found)

    def _on_scale(self, chart: Chart) -> Chart:
        """Return a panel on the scale that fits, or that is held."""
        low, high = self.scale(f"log {chart.caption}" if chart.is_log else chart.caption, chart.low, chart.high)
        return replace(chart, low=low, high=high)

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self._find_charts()
        if self._row is not None:
            self._row.apply_theme(theme)

    def remark(self) -> str:
        return f"{self._remark_of_it()}, without pinned states" if self.ghosts else self._remark_of_it()

    def _remark_of_it(self) -> str:
        if self._obstacle:
            return "cannot be trained"
        if self._trained is None or not self._trained.last:
            return self.spec.look_at
        loss = self._trained.curves.loss
        words = f"loss {scientific(float(loss[0]), 3)} → {scientific(float(loss[-1]), 3)}"
        return f"{words} in {self._trained.last:,} updates"

    def words_instead(self) -> str:
        """Return why there are no curves; empty where there are some."""
        if self._obstacle:
            return f"{self._obstacle[:1].upper()}{self._obstacle[1:]}."
        if self._trained is None:
            return _TO_BEGIN if self._live is not None or self._look.shown is not None else ""
        return self._trained.ended if not self._trained.last else ""

    # Painting

    def panels(self, rect: QRectF) -> tuple[TrainingPanel, ...]:
        """Return the panels in their places, for a plot that fills the rectangle."""
        last = 0 if self._trained is None else self._trained.last
        is_log = self._look.log_update
        inner = rect.adjusted(0, self.theme.px(_TOP) if self._position is not None else 0, 0, 0)
        return arrange(self.theme, inner, self._charts, updates_axis(last, is_log=is_log), is_log=is_log)

    def paint_ground(self, painter: QPainter, rect: QRectF) -> None:
        words = self.words_instead()
        if words:
            self._paint_words(painter, rect, words)
            return
        for panel in self.panels(rect):
            paint_frame(painter, self.theme, panel)
            painter.save()
            painter.setClipRect(panel.rect.adjusted(-1, -1, 1, 1))
            self._paint_level(painter, panel)
            for curve in panel.chart.curves:
                self._paint_curve(painter, panel, curve)
            painter.restore()

    def _paint_words(self, painter: QPainter, rect: QRectF, words: str) -> None:
        px = self.theme.px
        painter.setFont(ui_font(px(12.5)))
        painter.setPen(QColor(self.theme.muted))
        inner = rect.adjusted(px(24), px(8), -px(24), -px(8))
        painter.drawText(inner, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, words)

    def _paint_level(self, painter: QPainter, panel: TrainingPanel) -> None:
        if panel.chart.level is None:
            return
        y = float(panel.y(panel.chart.level[0]))
        pen = QPen(QColor(self.theme.muted), self.theme.px(1.2) * self.theme.line_px)
        pen.setDashPattern([4.0, 3.0])
        painter.setPen(pen)
        painter.drawLine(QPointF(panel.rect.left(), y), QPointF(panel.rect.right(), y))

    def _paint_curve(self, painter: QPainter, panel: TrainingPanel, curve: Curve) -> None:
        if len(curve.updates) == 0:
            return
        xs, ys = thinned(panel.x(curve.updates), panel.y(curve.values))
        colour, px = QColor(curve.colour), self.theme.px
        draw_curves(painter, xs, ys[None], [colour], px(curve.width) * self.theme.line_px)
        if curve.has_points:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
                if np.isfinite(y):
                    painter.drawEllipse(QPointF(x, y), px(2.2), px(2.2))

    # The update whose weights are shown

    def _cursor_xs(self, rect: QRectF) -> list[tuple[TrainingPanel, float]]:
        if self._position is None or self._trained is None or self.words_instead():
            return []
        return [(panel, float(panel.x(self._position))) for panel in self.panels(rect)]

    def cursor_region(self, rect: QRectF) -> list[QRect]:
        """Return strips around the line of each panel, with the plate above it."""
        px, strips = self.theme.px, []
        for panel, x in self._cursor_xs(rect):
            strips.append(QRectF(x - px(3), rect.top(), px(6), panel.rect.bottom() - rect.top() + 1).toAlignedRect())
            strips.append(QRectF(panel.rect.left() - 1, rect.top(), panel.rect.width() + 2, px(_TOP)).toAlignedRect())
        return strips

    def paint_cursor(self, painter: QPainter, rect: QRectF) -> None:
        px, theme = self.theme.px, self.theme
        tops = set()
        for panel, x in self._cursor_xs(rect):
            painter.setPen(QPen(QColor(theme.accent), px(1.5)))
            painter.drawLine(QPointF(x, panel.rect.top()), QPointF(x, panel.rect.bottom()))
            tops.add((panel.rect.left(), panel.rect.right(), x))
        if not tops:
            return
        font = ui_font(px(11), QFont.Weight.DemiBold)
        words = f"update {self._position:,}"
        width = QFontMetricsF(font).horizontalAdvance(words) + px(14)
        for left, right, x in tops:
            middle = min(max(x, left + width / 2), max(right - width / 2, left + width / 2))
            plate = QRectF(middle - width / 2, rect.top() + px(1), width, px(_PLATE))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.accent))
            painter.drawRoundedRect(plate, px(4), px(4))
            painter.setFont(font)
            painter.setPen(QColor("#ffffff"))
            painter.drawText(plate, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, words)

    # The hand, and what is said

    def update_at(self, position: QPointF, rect: QRectF) -> int | None:
        """Return the recorded update that is nearest to a position; None where there is none."""
        if self._trained is None or not self._trained.last:
            return None
        panel = self._panel_at(position, rect)
        return round(min(max(panel.update_at(position.x()), 0.0), float(self._trained.last)))

    def _panel_at(self, position: QPointF, rect: QRectF) -> TrainingPanel:
        def distance(panel: TrainingPanel) -> float:
            centre = panel.rect.center()
            return abs(position.x() - centre.x()) + abs(position.y() - centre.y())

        return min(self.panels(rect), key=distance)

    def describe(self, position: QPointF, rect: QRectF) -> str:
        update = self.update_at(position, rect)
        if update is None or self._trained is None:
            return self.words_instead() or self.spec.meaning
        chart = self._panel_at(position, rect).chart
        lines = [f"update {update:,}: {chart.caption}"]
        for curve in reversed(chart.curves):
            known = np.flatnonzero(np.isfinite(curve.values) & (curve.updates <= update))
            if len(known):
                lines.append(f"{curve.name}: {scientific(float(curve.values[known[-1]]), 4)}")
        return "\n".join(lines) + f"\n\n{self.spec.meaning}"

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.is_ready:
            self._go_to(event)
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go_to(event)
        else:
            hand = Qt.CursorShape.PointingHandCursor if self._live is not None else Qt.CursorShape.ArrowCursor
            self.setCursor(hand)
            super().mouseMoveEvent(event)

    def _go_to(self, event: QMouseEvent) -> None:
        update = self.update_at(event.position(), QRectF(self.rect()))
        if self._live is not None and update is not None:
            self.update_requested.emit(update)

    def minimumSizeHint(self) -> QSize:
        return QSize(round(self.theme.px(200)), round(self.theme.px(120)))


def _table(chart: Chart) -> DataTable:
    updates = np.unique(np.concatenate([curve.updates for curve in chart.curves]))
    columns = []
    for curve in chart.curves:
        column = np.full(len(updates), np.nan)
        column[np.searchsorted(updates, curve.updates)] = curve.values
        columns.append(tuple(column.tolist()))
    names = ("update", *(f"{chart.caption}: {curve.name}" for curve in chart.curves))
    return DataTable(names, (tuple(updates.tolist()), *columns))


PLOT = TrainingPlot
