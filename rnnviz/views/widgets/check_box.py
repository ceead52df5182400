"""A check box in the program's own look."""

from __future__ import annotations

import math

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox

from rnnviz.views.fonts import ui_font
from rnnviz.views.theme import Theme

_DISABLED = 0.4  # opacity


class CheckBox(QCheckBox):
    """A check box in the colours of the segmented rows: dark when it is on."""

    def __init__(self, text: str, theme: Theme) -> None:
        super().__init__(text)
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._theme = theme
        self.setFont(ui_font(theme.px(12)))
        self.updateGeometry()
        self.update()

    def hitButton(self, position: QPoint) -> bool:
        """Take a click anywhere on the box or its words."""
        return self.rect().contains(position)

    def sizeHint(self) -> QSize:
        """Return the room for the box and its words."""
        px = self._theme.px
        width = px(21) + QFontMetricsF(self.font()).horizontalAdvance(self.text()) + px(2)
        return QSize(math.ceil(width), round(px(20)))

    def minimumSizeHint(self) -> QSize:
        """Return the same: nothing of it can be left out."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Paint a rounded box, its check mark, and the words."""
        theme, px = self._theme, self._theme.px
        with QPainter(self) as painter:
            box = QPointF(0.5, (self.height() - px(14)) / 2)
            if not self.isEnabled():
                painter.setOpacity(_DISABLED)
            paint_check(painter, box, theme, is_on=self.isChecked(), has_focus=self.hasFocus())
            painter.setPen(QColor(theme.text))
            painter.setFont(self.font())
            words = QRectF(px(21), 0, self.width() - px(21), self.height())
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.text())


def paint_check(painter: QPainter, at: QPointF, theme: Theme, *, is_on: bool, has_focus: bool = False) -> None:
    """Paint a rounded box of 14 px from its upper left corner, with a check mark if it is on."""
    px = theme.px
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    edge = theme.accent if has_focus else theme.on if is_on else theme.muted
    painter.setPen(QPen(QColor(edge), px(1.2)))
    painter.setBrush(QColor(theme.on if is_on else theme.card))
    box = QRectF(at.x(), at.y(), px(14), px(14))
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), px(3.5), px(3.5))
    if is_on:
        pen = QPen(QColor(theme.on_text), px(1.8))
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        corners = ((3.6, 7.2), (6.0, 9.7), (10.4, 4.6))
        painter.drawPolyline([at + QPointF(px(x), px(y)) for x, y in corners])
