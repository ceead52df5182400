"""The input as the document has it, drawn in the little room of a card."""

from __future__ import annotations

import math
from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QResizeEvent
from PySide6.QtWidgets import QWidget

from rnnviz.document.document import Document
from rnnviz.document.edits import Edit, set_input_values
from rnnviz.document.values import DocumentError
from rnnviz.session.session import Selection, Session
from rnnviz.views.fonts import number, ui_font
from rnnviz.views.plots._time import Panel
from rnnviz.views.plots.inputs import Bar, InputsPlot, Range, tick_text
from rnnviz.views.theme import Theme

DECIMALS = 2

_LABEL_WIDTH = 76  # px, for the names of a map's rows
_LEAST_ROW = 7  # px: the labels of lower rows are not painted
_FEW, _LEAST_PANEL = 2, 44  # more features than this are only drawn as bars if each has so many px of height
_ORDINARY = (0.2, 10.0)  # with limits between these, 0.05 and hundredths suit a range


class DocumentInputs(InputsPlot):
    """The input as the document has it, also while its frame is still being computed.

    Signals:
        message(str): why something could not be done.
    """

    message = Signal(str)

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._session, self._document = session, session.document
        self.selection, self.cursor_t, self.time_range = session.selection, session.cursor, session.time_range
        self._kept: tuple[Range, ...] = ()
        self._margin = 0.0
        self._spaced: tuple[tuple[Panel, ...], tuple[Panel, ...]] = ((), ())  # panels, and the same with room between
        self._is_own_edit = False
        session.document_changed.connect(self._show_document)
        session.selection_changed.connect(self._show_selection)
        session.cursor_changed.connect(self.show_cursor)
        session.focus_changed.connect(self.show_focus)
        self.focus_requested.connect(session.set_focus)
        session.time_range_changed.connect(self.show_time_range)
        self.time_range_requested.connect(session.set_time_range)
        self._refresh()

    @property
    def is_ready(self) -> bool:
        """Always: there is a document from the start."""
        return True

    @property
    def document(self) -> Document:
        """The document, rather than that of a frame."""
        return self._document

    @property
    def is_map(self) -> bool:
        """Whether features are rows of a map: also where panels of bars would be too low to draw in."""
        features = self.values().shape[1]
        too_low = features > _FEW and self.height() < features * self.theme.px(_LEAST_PANEL)
        return super().is_map or too_low

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
            self._session.apply(self.edit(changes, merge_key))
        except DocumentError as error:
            self.message.emit(str(error))
        finally:
            self._is_own_edit = False

    def edit(self, changes: dict[tuple[int, int, int], float], merge_key: object) -> Edit:
        """Return the edit that changes numbers; each key is (sequence, step, feature), counted from 0."""
        return set_input_values(changes, merge_key)

    def drawn_part(self, document: Document) -> tuple[object, ...]:
        """Return the parts of a document that are drawn on."""
        return (document.input,)

    # What is new

    def _show_document(self, document: Document) -> None:
        before, self._document = self._document, document
        parts = zip(self.drawn_part(document), self.drawn_part(before), strict=True)
        is_same = all(new is old for new, old in parts)
        if is_same and document.window == before.window:
            return
        if not self._is_own_edit and not is_same:
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
        self._panel_specs = self.bordered_specs()
        self.link()
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

    # The number beside the hand

    def paint_readout(self, painter: QPainter, bar: Bar, near: QPointF) -> None:
        """Write t and the value on a small plate beside a position."""
        px, theme, font = self.theme.px, self.theme, ui_font(self.theme.px(11), QFont.Weight.DemiBold)
        words = f"t = {bar.t}   {self._value_text(bar)}"
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

    def _value_text(self, bar: Bar) -> str:
        """Return a bar's number: to the decimals that are drawn, or up to two more where it has them."""
        value, decimals = self.value_at(bar), self.decimals_of(bar)
        needed = len(f"{value:.10f}".rstrip("0").partition(".")[2])
        return number(value, min(max(needed, decimals), decimals + 2))

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
            ends = [end for value_range in self.value_ranges() for end in value_range]
            texts = [tick_text(value) for end in ends for value in (end, end / 2)]
        return max(map(metrics.horizontalAdvance, texts), default=0.0)

    def panels(self, rect: QRectF) -> tuple[Panel, ...]:
        """Return the panels, with room between captions and the labels at both ends of an axis."""
        panels, px = super().panels(rect), self.theme.px
        if self.is_map:
            return panels
        if self._spaced[0] is not panels:
            spaced = tuple(
                replace(panel, rect=panel.rect.adjusted(0, px(6), 0, 0 if panel is panels[-1] else -px(5)))
                for panel in panels
            )
            self._spaced = panels, spaced
        return self._spaced[1]

    def _paint_head(self, painter: QPainter, panel: Panel) -> None:
        """Paint the caption above the labels too: it is long, and the panel narrow."""
        px = self.theme.px
        above = panel.rect.adjusted(px(1) - self._margin, -px(5), 0, 0)
        super()._paint_head(painter, replace(panel, rect=above))
