"""A plot on the stage: a card with the number of the key that fills the screen with it."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from rnnviz.views.fonts import ui_font
from rnnviz.views.plots._base import Plot
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.card import RADIUS, SEPARATOR
from rnnviz.views.widgets.live_label import LiveLabel
from rnnviz.views.widgets.panel import PlotPanel


class StageCard(QWidget):
    """A title with a number, one line that says what to look at, and the plot."""

    def __init__(self, plot_class: type[Plot], theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.spec, self.panel = plot_class.spec, PlotPanel(plot_class, theme)
        self._theme = theme
        self._number, self._which, self._words = 0, "", self.spec.look_at
        self._title, self._remark = LiveLabel(self.spec.title), LiveLabel(self.spec.look_at)
        self._head = QHBoxLayout()
        self._head.addWidget(self._title)
        self._head.addWidget(self._remark, 1)
        layout = QVBoxLayout(self)
        layout.addLayout(self._head)
        layout.addWidget(self.panel, 1)
        self.panel.remark_changed.connect(self._set_remark)
        self.hide()
        self._dress(theme)

    def set_number(self, number: int) -> None:
        """Say which key fills the screen with it."""
        self._number = number
        self._place_title()
        self.update()

    def set_which(self, text: str) -> None:
        """Say before the remark which of several layers and sequences is shown; empty if there is one of each."""
        self._which = text
        self._say()

    def _set_remark(self, text: str) -> None:
        self._words = text
        self._say()

    def _say(self) -> None:
        self._remark.set_text(f"{self._which}{SEPARATOR}{self._words}" if self._which else self._words)

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        if theme != self._theme:
            self._dress(theme)

    def _dress(self, theme: Theme) -> None:
        self._theme, px = theme, theme.px
        self._title.set_look(ui_font(px(12.5), QFont.Weight.DemiBold), theme.text, theme.card)
        self._title.reserve(self.spec.title)
        self._remark.set_look(ui_font(px(11.5)), theme.muted, theme.card)
        side = round(px(10))
        self.layout().setContentsMargins(side, round(px(5)), side, round(px(6)))  # type: ignore[union-attr]
        self.layout().setSpacing(round(px(4)))  # type: ignore[union-attr]
        self._head.setSpacing(round(px(6)))
        self._place_title()
        self.panel.apply_theme(theme)
        self.update()

    def _number_font(self) -> QFont:
        return ui_font(self._theme.px(11.5), QFont.Weight.DemiBold)

    def _place_title(self) -> None:
        """Leave room for the number before the title."""
        self._head.setContentsMargins(round(self._theme.px(25)) if self._number else 0, 0, 0, 0)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        theme, px = self._theme, self._theme.px
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(theme.border), 1))
            painter.setBrush(QColor(theme.card))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
            if self._number:
                font = self._number_font()
                badge = QRectF(px(10), px(5), px(18), max(QFontMetricsF(font).height(), px(17)))
                painter.setBrush(QColor(theme.faint))
                painter.setPen(QColor(theme.faint))
                painter.drawRoundedRect(badge, px(4), px(4))
                painter.setFont(font)
                painter.setPen(QColor(theme.muted))
                painter.drawText(badge, 0x84, str(self._number))  # centred
