"""The five parts of an update, in a row: the one that was taken last is lit, a click takes the next."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from rnnviz.document.training import PARTS, Part
from rnnviz.views.fonts import ui_font
from rnnviz.views.theme import Theme

_PADDING, _GAP, _HEIGHT, _TEXT = 6, 3, 24, 11
_SMALLEST = 0.6  # of the usual size of words, where there is little room

MEANINGS = {
    Part.FORWARD: "the network reads the sequences of the batch, step by step",
    Part.LOSS: "its outputs are compared with the targets",
    Part.BACKWARD: "the gradient of the loss flows back through time to every weight",
    Part.CLIP: "a gradient above the limit is made shorter",
    Part.UPDATE: "the optimiser changes the weights against the gradient",
}


class PartsRow(QAbstractButton):
    """The parts of an update as one button: pressing it takes the next part."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._part = theme, None
        about = "\n".join(f"{part.value}: {meaning}" for part, meaning in MEANINGS.items())
        self.setToolTip(f"The five parts of one update. Press to take the next one.\n\n{about}")
        self.setAccessibleName("Take the next part of an update")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    _part: Part | None

    @property
    def part(self) -> Part | None:
        """The part that is lit."""
        return self._part

    def show_part(self, part: Part | None) -> None:
        """Light up the part that was taken last, or none."""
        if part is not self._part:
            self._part = part
            self.setAccessibleDescription("none taken yet" if part is None else f"{part.value}: {MEANINGS[part]}")
            self.update()

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._theme = theme
        self.updateGeometry()
        self.update()

    def places(self) -> list[QRectF]:
        """Return where each part stands."""
        px, metrics = self._theme.px, QFontMetricsF(self._font())
        widths = [metrics.horizontalAdvance(part.value) for part in PARTS]
        gap = px(_GAP)
        padding = (self.width() - 1 - sum(widths) - gap * (len(PARTS) - 1)) / (2 * len(PARTS))
        left, found = 0.5, []
        for width in widths:
            found.append(QRectF(left, 0.5, width + 2 * padding, self.height() - 1))
            left += width + 2 * padding + gap
        return found

    def colour_of(self, part: Part) -> QColor:
        """Return the colour of a part: states go forward in that of words, the gradient comes back in its own."""
        theme = self._theme
        colours = {Part.FORWARD: theme.on, Part.LOSS: theme.output, Part.UPDATE: theme.weights}
        return QColor(colours.get(part, theme.gradient))

    def _font(self) -> QFont:
        """Return the typeface, smaller where there is no room for all the words."""
        px = self._theme.px
        font = ui_font(px(_TEXT), QFont.Weight.Medium)
        words = sum(QFontMetricsF(font).horizontalAdvance(part.value) for part in PARTS)
        room = self.width() - px(_GAP) * (len(PARTS) - 1) - px(2) * 2 * len(PARTS)
        return font if words <= room else ui_font(px(_TEXT) * max(room / words, _SMALLEST), QFont.Weight.Medium)

    def sizeHint(self) -> QSize:
        px, metrics = self._theme.px, QFontMetricsF(ui_font(self._theme.px(_TEXT), QFont.Weight.Medium))
        words = sum(metrics.horizontalAdvance(part.value) for part in PARTS)
        return QSize(round(words + px(_PADDING) * 2 * len(PARTS) + px(_GAP) * (len(PARTS) - 1)), round(px(_HEIGHT)))

    def minimumSizeHint(self) -> QSize:
        return QSize(round(self._theme.px(150)), round(self._theme.px(_HEIGHT)))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        theme, px = self._theme, self._theme.px
        taken = -1 if self._part is None else PARTS.index(self._part)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(self._font())
            for number, (part, place) in enumerate(zip(PARTS, self.places(), strict=True)):
                colour, is_lit = self.colour_of(part), number == taken
                edge = colour if number <= taken else QColor(theme.muted if self.underMouse() else theme.border)
                painter.setPen(QPen(edge, 1))
                painter.setBrush(colour if is_lit else QColor(theme.card))
                painter.drawRoundedRect(place, px(5), px(5))
                lit = theme.on_text if part is Part.FORWARD else theme.card if theme.is_dark else "#ffffff"
                painter.setPen(QColor(lit if is_lit else theme.text if number < taken else theme.muted))
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, part.value)
            if self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(theme.accent), 1))
                painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), px(5), px(5))
