"""A forecast: the end of a series, and behind a line what the network expects after it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from rnnviz.document.samples import Forecast
from rnnviz.views.axes import paint_grid, paint_left_axis
from rnnviz.views.colours import mixed
from rnnviz.views.fonts import ui_font
from rnnviz.views.marks import draw_curves
from rnnviz.views.theme import Theme

_MOST_FEATURES = 6
_BEYOND = 3.0  # of the data's own range: further off, a forecast leaves the picture
_LEFT, _TOP, _FOOT = 40, 18, 6  # px


class ForecastPicture(QWidget):
    """Draws a forecast."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._forecast: Forecast | None = None
        self.setAccessibleName("Forecast beyond the data")
        self.setToolTip(
            "Left of the line the sequence as it is; right of it what the network makes of it when its own outputs "
            "are fed in as the next inputs"
        )
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def forecast(self) -> Forecast | None:
        """What is drawn."""
        return self._forecast

    def show_forecast(self, forecast: Forecast | None) -> None:
        """Draw another forecast, or none."""
        self._forecast = forecast
        self.update()

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._theme = theme
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(round(self._theme.px(240)), round(self._theme.px(120)))

    def minimumSizeHint(self) -> QSize:
        return QSize(round(self._theme.px(120)), round(self._theme.px(60)))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(self._theme.card))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self._forecast is not None:
                self._paint(painter, self._forecast)

    def _paint(self, painter: QPainter, forecast: Forecast) -> None:
        px, theme = self._theme.px, self._theme
        rect = QRectF(self.rect()).adjusted(px(_LEFT), px(_TOP), -px(6), -px(_FOOT))
        if rect.width() < 1 or rect.height() < 1:
            return
        low, high = _range(forecast)
        known, total = len(forecast.values), len(forecast.values) + len(forecast.beyond)
        beside = QRectF(0, rect.top(), rect.left(), rect.height())
        paint_left_axis(painter, theme, beside, "linear", low, high)
        paint_grid(painter, theme, rect, "linear", low, high)
        border = rect.left() + rect.width() * (known - 1) / (total - 1)
        self._paint_border(painter, rect, border)
        xs = np.asarray(rect.left() + np.arange(total) * (rect.width() / (total - 1)), np.float64)
        painter.setClipRect(rect.adjusted(-2, -2, 2, 2))
        for feature in range(min(forecast.values.shape[1], _MOST_FEATURES)):
            colour = theme.feature_colour(feature)
            pale = mixed(theme.card, colour.name(), 0.55)
            data, beyond = forecast.values[:, feature], forecast.beyond[:, feature]
            joined = np.concatenate([data[-1:], beyond])
            for part, values, ink, width in ((xs[:known], data, pale, 1.5), (xs[known - 1 :], joined, colour, 2.2)):
                with np.errstate(all="ignore"):
                    heights = np.clip((values - low) / (high - low), -1, 2) * rect.height()
                ys = np.asarray(rect.bottom() - heights, np.float64)
                draw_curves(painter, part, ys[None], [ink], px(width) * theme.line_px)

    def _paint_border(self, painter: QPainter, rect: QRectF, x: float) -> None:
        px, theme = self._theme.px, self._theme
        pen = QPen(QColor(theme.muted), px(1))
        pen.setDashPattern([3.0, 3.0])
        painter.setPen(pen)
        painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))
        painter.setPen(QColor(theme.muted))
        painter.setFont(ui_font(px(11)))
        height = px(_TOP)
        for place, flag, words in (
            (QRectF(rect.left(), 0, x - rect.left() - px(5), height), Qt.AlignmentFlag.AlignRight, "data"),
            (QRectF(x + px(5), 0, rect.right() - x, height), Qt.AlignmentFlag.AlignLeft, "forecast"),
        ):
            painter.drawText(place, flag | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, words)


def _range(forecast: Forecast) -> tuple[float, float]:
    """Return a range that holds the data, and the forecast as long as that is not far off."""
    low, high = float(forecast.values.min()), float(forecast.values.max())
    room = max(high - low, 1e-6)
    beyond = forecast.beyond[np.isfinite(forecast.beyond)]
    least, most = low - (_BEYOND - 1) / 2 * room, high + (_BEYOND - 1) / 2 * room
    low, high = max(min(low, beyond.min(initial=low)), least), min(max(high, beyond.max(initial=high)), most)
    margin = 0.06 * (high - low) + 1e-9
    return low - margin, high + margin
