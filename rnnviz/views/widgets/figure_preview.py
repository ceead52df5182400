"""A picture of a figure, as large as there is room for it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from rnnviz.views.figure import DPI, MM_PER_INCH
from rnnviz.views.fonts import ui_font
from rnnviz.views.theme import Theme

_CENTRED = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)


class FigurePreview(QWidget):
    """Shows an image in the middle, its proportions kept and a hairline around it, or words instead.

    Signals:
        resized(): there is another amount of room, so the picture should be made anew.
    """

    resized = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._image, self._words, self._is_for_dark = QImage(), "", False
        self.setAccessibleName("Preview of the figure")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def image(self) -> QImage:
        """The picture that is shown; null while there are words instead."""
        return self._image

    @property
    def words(self) -> str:
        """What is said instead of a picture; empty while there is one."""
        return self._words

    def resolution(self, width_mm: float, height_mm: float) -> float:
        """Return the pixels per inch at which a figure of that size fills the room, as nearly as it can."""
        room = self._room()
        per_mm = min(room.width() / width_mm, room.height() / height_mm) * self.devicePixelRatioF()
        return min(max(per_mm * MM_PER_INCH, DPI[0]), DPI[1])

    def show_image(self, image: QImage, *, is_for_dark: bool = False) -> None:
        """Show a picture; without a ground it is meant for a light one, or for a dark one."""
        self._image, self._words, self._is_for_dark = image, "", is_for_dark
        self.setAccessibleDescription("")
        self.update()

    def show_words(self, words: str) -> None:
        """Say why there is no picture."""
        self._image, self._words = QImage(), words
        self.setAccessibleDescription(words)
        self.update()

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._theme = theme
        self.updateGeometry()
        self.update()

    def _room(self) -> QRectF:
        margin = self._theme.px(16)
        room = QRectF(self.rect()).adjusted(margin, margin, -margin, -margin)
        return QRectF(room.topLeft(), room.size().expandedTo(QSizeF(1, 1)))

    def sizeHint(self) -> QSize:
        return QSize(round(self._theme.px(560)), round(self._theme.px(400)))

    def minimumSizeHint(self) -> QSize:
        return QSize(round(self._theme.px(200)), round(self._theme.px(160)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        theme, room = self._theme, self._room()
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(theme.canvas))
            if self._image.isNull():
                painter.setFont(ui_font(theme.px(12.5)))
                painter.setPen(QColor(theme.muted))
                painter.drawText(room, _CENTRED, self._words)
                return
            place = self._place(room)
            if self._image.hasAlphaChannel():
                self._paint_squares(painter, place)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(place, self._image)
            painter.setPen(QPen(QColor(theme.border), 1))
            painter.drawRect(place.adjusted(-0.5, -0.5, 0.5, 0.5))

    def _paint_squares(self, painter: QPainter, place: QRectF) -> None:
        """Paint what says that there is no ground: squares, light ones below dark ink and dark ones below light."""
        side = max(round(self._theme.px(7)), 1)
        tile = QImage(2 * side, 2 * side, QImage.Format.Format_RGB32)
        first, second = ("#3a3f47", "#30353c") if self._is_for_dark else ("#ffffff", "#ececec")
        tile.fill(QColor(first))
        with QPainter(tile) as squares:
            for x, y in ((0, 0), (side, side)):
                squares.fillRect(x, y, side, side, QColor(second))
        painter.setBrushOrigin(place.topLeft())
        painter.fillRect(place, QBrush(tile))

    def _place(self, room: QRectF) -> QRectF:
        """Return where the picture goes: pixel by pixel on the screen, if there is room for that."""
        size = QSizeF(self._image.size()) / self.devicePixelRatioF()
        if size.width() > room.width() + 1 or size.height() > room.height() + 1:
            size.scale(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(room.topLeft(), size)
        place.moveCenter(room.center())
        place.moveTopLeft(place.topLeft().toPoint())
        return place
