"""One line of words that change often: painting them lays nothing out anew, as QLabel would."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget


class LiveLabel(QWidget):
    """Words on one line, ending in … where there is no room for all of them; the tooltip then has the rest."""

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self._text, self._shown = text, text
        self._font, self._colour, self._ground = QFont(), QColor("black"), QColor("white")
        self._reserved = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # nothing under it need be painted again

    @property
    def text(self) -> str:
        """All of the words."""
        return self._text

    def set_text(self, text: str) -> None:
        """Show other words."""
        if text != self._text:
            self._text = text
            self._elide()

    def set_look(self, font: QFont, colour: str, ground: str) -> None:
        """Use another typeface, colour of the words, and colour of what they stand on."""
        self._font, self._colour, self._ground = font, QColor(colour), QColor(ground)
        self._elide()
        self._reserve()

    def reserve(self, widest: str) -> None:
        """Be always as wide as these words, whatever is shown."""
        self._reserved = widest
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._reserve()

    def _reserve(self) -> None:
        if self._reserved:
            self.setFixedWidth(self.sizeHint().width())
        self.updateGeometry()

    def _elide(self) -> None:
        metrics = QFontMetricsF(self._font)
        self._shown = metrics.elidedText(self._text, Qt.TextElideMode.ElideRight, self.width())
        tip = self._text if self._shown != self._text else ""
        if tip != self.toolTip():
            self.setToolTip(tip)
        self.setAccessibleName(self._text)
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(self._font)
        return QSize(round(metrics.horizontalAdvance(self._reserved or self._text) + 8), round(metrics.height()))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, round(QFontMetricsF(self._font).height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), self._ground)
            painter.setFont(self._font)
            painter.setPen(self._colour)
            painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignVCenter, self._shown)
