"""The foot of the stage: the time, large, and what else there is to know."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from rnnviz.views.fonts import ui_font
from rnnviz.views.theme import Theme

_HEIGHT = 40


class StageBar(QWidget):
    """Says t = 17 / 40 with a line that fills, and a few words at the right.

    Signals:
        moved(int): the user asks for another t.
    """

    moved = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._t, self._last, self._words = theme, 0, 1, ""
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def words(self) -> str:
        """What stands at the right."""
        return self._words

    @property
    def time_words(self) -> str:
        """What stands at the left, such as t = 17 / 40."""
        return f"t = {self._t} / {self._last}"

    def show_time(self, t: int, last: int) -> None:
        """Show another moment."""
        self._t, self._last = t, max(last, 1)
        self.setAccessibleName(self.time_words)
        self.update()

    def set_words(self, words: str) -> None:
        """Say something else at the right."""
        self._words = words
        self.update()

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._theme = theme
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(round(self._theme.px(600)), round(self._theme.px(_HEIGHT)))

    def _time_font(self) -> QFont:
        return ui_font(self._theme.px(24), QFont.Weight.DemiBold)

    def _line(self) -> QRectF:
        """Return the line between the time and the words."""
        px, middle = self._theme.px, self.height() / 2
        left = px(28) + QFontMetricsF(self._time_font()).horizontalAdvance(f"t = {self._last} / {self._last}")
        words = QFontMetricsF(ui_font(px(12))).horizontalAdvance(self._words)
        right = self.width() - px(14) - (words + px(22) if self._words else 0)
        return QRectF(left, middle - px(2), max(right - left, 1.0), px(4))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        theme, px, line = self._theme, self._theme.px, self._line()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.fillRect(self.rect(), QColor(theme.canvas))
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
            font = self._time_font()
            painter.setFont(font)
            painter.setPen(QColor(theme.accent_text))
            now = f"t = {self._t}"
            painter.drawText(QRectF(self.rect()).adjusted(px(14), 0, 0, 0), flags, now)
            painter.setPen(QColor(theme.muted))
            beside = QFontMetricsF(font).horizontalAdvance(now)
            painter.drawText(QRectF(self.rect()).adjusted(px(14) + beside, 0, 0, 0), flags, f" / {self._last}")
            painter.setPen(Qt.PenStyle.NoPen)
            done = QRectF(line.left(), line.top(), line.width() * self._t / self._last, line.height())
            for rect, colour in ((line, theme.border), (done, theme.accent)):
                painter.setBrush(QColor(colour))
                painter.drawRoundedRect(rect, px(2), px(2))
            painter.drawEllipse(QPointF(done.right(), line.center().y()), px(7), px(7))
            painter.setFont(ui_font(px(12)))
            painter.setPen(QColor(theme.muted))
            at_right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(QRectF(self.rect()).adjusted(0, 0, -px(14), 0), at_right, self._words)

    def _ask(self, event: QMouseEvent) -> None:
        line = self._line()
        part = (event.position().x() - line.left()) / line.width()
        self.moved.emit(min(max(round(part * self._last), 0), self._last))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._ask(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._ask(event)
