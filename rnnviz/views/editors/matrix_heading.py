"""What stands above a matrix: its symbol, what it connects, and the button of its menu."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from rnnviz.document.document import Place
from rnnviz.document.links import Role
from rnnviz.views.editors.grid import margin_of
from rnnviz.views.editors.lock_mark import paint_lock
from rnnviz.views.fonts import ui_font
from rnnviz.views.formula import symbol
from rnnviz.views.icons import icon
from rnnviz.views.lights import outline, tint
from rnnviz.views.theme import Theme

SPACE = "\N{NO-BREAK SPACE}" * 3


class MatrixHeading(QWidget):
    """A matrix's symbol with a real subscript, in smaller words what it connects, and the button of its menu.

    Signals:
        menu_requested(QPoint): the button was pressed; the menu belongs there on the screen.
        pointed_at(Place or None): the pointer is at the heading of this matrix, or has left it.
    """

    menu_requested = Signal(object)
    pointed_at = Signal(object)

    def __init__(self, place: Place, theme: Theme) -> None:
        super().__init__()
        self._place = place
        self._lit: Role | None = None
        self._base, _, self._subscript = place.name.partition("_")
        self._words = self._locked = ""
        self._theme = theme
        self._button = QToolButton(self)
        self._button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the Menu key in the matrix does the same
        self._button.setAccessibleName(f"Menu of {place.name}")
        self._button.setToolTip(f"What can be done with {place.name} (or right-click, or the Menu key)")
        self._button.clicked.connect(self._request_menu)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.apply_theme(theme)

    @property
    def words(self) -> str:
        """What stands beside the symbol."""
        return self._words

    def set_words(self, words: str) -> None:
        """Write other words beside the symbol."""
        if words != self._words:
            self._words = words
            self._set_tip()
            self.update()

    @property
    def lit(self) -> Role | None:
        """How the symbol is lit, None if it is not."""
        return self._lit

    def set_lit(self, role: Role | None) -> None:
        """Light up the symbol, because the matrix or its gate is linked with what is pointed at."""
        if role != self._lit:
            self._lit = role
            self.update()

    def set_locked(self, words: str) -> None:
        """Say with a padlock, and in its tooltip with words, what is locked; nothing is with no words."""
        if words != self._locked:
            self._locked = words
            self._set_tip()
            self.update()

    def _set_tip(self) -> None:
        self.setToolTip(", ".join(part for part in (self._words.replace(SPACE, ", "), self._locked) if part))

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._theme = theme
        self._button.setIcon(icon("more", theme.muted))
        side = round(theme.px(20))
        self._button.setFixedSize(side, side)
        self._button.setIconSize(QSize(round(theme.px(16)), round(theme.px(16))))
        self._place_button()
        self.updateGeometry()
        self.update()

    def _request_menu(self) -> None:
        self.menu_requested.emit(self._button.mapToGlobal(QPoint(0, self._button.height())))

    def _place_button(self) -> None:
        right = self.width() - margin_of(self._theme) - self._button.width()
        self._button.move(round(right), round(self._theme.px(4)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_button()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if not event.buttons():
            self.pointed_at.emit(self._place)  # not on entering: a window may open under a pointer at rest

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.pointed_at.emit(None)

    def sizeHint(self) -> QSize:
        return QSize(round(self._theme.px(120)), round(self._theme.px(27)))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        theme, px = self._theme, self._theme.px
        x, baseline = margin_of(theme), px(17)
        with QPainter(self) as painter:
            colour = QColor(theme.text)
            width = symbol(painter, x, baseline, self._base, self._subscript, px(17), colour)
            if self._lit is not None:
                around = QRectF(x, px(2), width, self.height() - px(4)).adjusted(1 - x, 0, px(4), 0)
                tint(painter, theme, around, self._lit)
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                outline(painter, theme, around, self._lit, px(4))
            x += width + px(9)
            font = ui_font(px(11))
            room = self._button.x() - x
            if self._locked:
                corner = QPointF(self._button.x(), px(6))
                paint_lock(painter, corner, px(8), QColor(theme.muted))
                room -= px(16)
            words = QFontMetricsF(font).elidedText(self._words, Qt.TextElideMode.ElideRight, room)
            painter.setFont(font)
            painter.setPen(QColor(theme.muted))
            painter.drawText(round(x), round(baseline), words)
