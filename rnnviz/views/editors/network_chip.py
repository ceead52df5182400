"""A chip of the network strip: one layer, or the readout, in a few words."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QFont, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from rnnviz.views.fonts import ui_font
from rnnviz.views.theme import Theme

_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class NetworkChip(QAbstractButton):
    """A button with a name, some details and an arrow that says that it opens.

    Signals:
        opened(): the user asks for what can be chosen.
        stepped(int): the user goes on to the chip before (−1) or after (+1).
    """

    opened = Signal()
    stepped = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._name, self._details = theme, "", ""
        self._is_selected, self._is_ghost = False, False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    @property
    def is_selected(self) -> bool:
        """Whether it is marked as the one that every plot shows."""
        return self._is_selected

    def set_words(self, name: str, details: str, *, is_ghost: bool = False) -> None:
        """Show other words; a ghost stands for what is not there."""
        self._name, self._details, self._is_ghost = name, details, is_ghost
        self.setText(f"{name} {details}".rstrip())
        self.updateGeometry()
        self.update()

    def set_selected(self, selected: bool) -> None:
        """Mark it, or not."""
        self._is_selected = selected
        self.update()

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._theme = theme
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        px = self._theme.px
        width = 2 * px(10) + self._width(self._name_font(), self._name) + px(14)
        if self._details:
            width += px(6) + self._width(self._details_font(), self._details)
        return QSize(math.ceil(width), round(px(26)))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _name_font(self) -> QFont:
        return ui_font(self._theme.px(12), QFont.Weight.DemiBold)

    def _details_font(self) -> QFont:
        return ui_font(self._theme.px(12))

    @staticmethod
    def _width(font: QFont, words: str) -> float:
        return QFontMetricsF(font).horizontalAdvance(words)

    # Hands

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif key in _STEPS:
            self.stepped.emit(_STEPS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_Down):
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        event.accept()
        self.opened.emit()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        theme, px = self._theme, self._theme.px
        outline, radius = QRectF(self.rect()).adjusted(1, 1, -1, -1), px(6)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            pen = QPen(QColor(self._outline_colour()), px(1.6) if self._is_selected else 1)
            if self._is_ghost:
                pen.setStyle(Qt.PenStyle.DashLine)
            painter.setPen(pen)
            painter.setBrush(QColor(theme.faint if self.isDown() else theme.canvas if self._is_ghost else theme.card))
            painter.drawRoundedRect(outline, radius, radius)
            x = self._write(painter, px(10), self._name_font(), self._name, self._name_colour())
            if self._details:
                self._write(painter, x + px(6), self._details_font(), self._details, theme.muted)
            self._paint_arrow(painter)

    def _write(self, painter: QPainter, x: float, font: QFont, words: str, colour: str) -> float:
        """Write words from x on; return where they end."""
        painter.setFont(font)
        painter.setPen(QColor(colour))
        painter.drawText(QRectF(x, 0, self.width(), self.height()), Qt.AlignmentFlag.AlignVCenter, words)
        return x + self._width(font, words)

    def _paint_arrow(self, painter: QPainter) -> None:
        px = self._theme.px
        x, y = self.width() - px(13), self.height() / 2 + px(0.5)
        pen = QPen(QColor(self._theme.muted), px(1.3))
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(
            [QPointF(x - px(3), y - px(1.5)), QPointF(x, y + px(1.5)), QPointF(x + px(3), y - px(1.5))]
        )

    def _outline_colour(self) -> str:
        if self._is_selected or self.hasFocus():
            return self._theme.accent
        return self._theme.muted if self.underMouse() or self._is_ghost else self._theme.border

    def _name_colour(self) -> str:
        if self._is_ghost:
            return self._theme.muted
        return self._theme.accent_text if self._is_selected else self._theme.text
