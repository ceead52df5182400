"""The history: every state the document has been in, by the edit that led to it; any can be returned to."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from rnnviz.session.session import Session
from rnnviz.views.fonts import ui_font
from rnnviz.views.theme import Theme

_Index = QModelIndex | QPersistentModelIndex


class HistoryList(QListView):
    """A list of states, oldest first, with the current one marked and those after it, which redo leads to, paler.

    The current row of the list is the current state of the document: a click, or the arrow keys, go there at once.
    """

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self._session = session
        self._states = _States(self)
        self._painter = _StatePainter(theme, self)
        self._is_stale = True
        self.setModel(self._states)
        self.setItemDelegate(self._painter)
        self.setUniformItemSizes(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setAccessibleName("History of edits")
        self.setToolTip("Every edit of this scene and those opened before it; click one to return to it (↑ ↓)")
        self.apply_theme(theme)
        session.document_changed.connect(self._follow)

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._painter.theme = theme
        self.setFont(ui_font(theme.px(12)))
        self.setStyleSheet("QListView { background: transparent; border: none; }")
        self.scheduleDelayedItemsLayout()

    def sizeHint(self) -> QSize:
        return QSize(200, 160)

    def keyboardSearch(self, search: str) -> None:
        """Go nowhere: a letter should not undo a dozen edits."""

    def currentChanged(self, current: _Index, previous: _Index) -> None:
        super().currentChanged(current, previous)
        if current.isValid() and not self._is_stale:
            self._session.go_to(current.row())

    def _follow(self) -> None:
        self._is_stale = True
        if self.isVisible():
            self._catch_up()

    def _catch_up(self) -> None:
        history = self._session.history
        if not self._states.shows(history.labels, history.index):  # a drag goes on and on in one state
            self._states.show_states(history.labels, history.index)
            self.setCurrentIndex(self._states.index(history.index))
            self._reveal()
            self.viewport().update()
        self._is_stale = False

    def _reveal(self) -> None:
        """Scroll so that the current state is seen, and one on either side of it."""
        row = self._session.history.index
        for each in (row - 1, row + 1, row):
            self.scrollTo(self._states.index(each))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._reveal()

    def showEvent(self, event: QShowEvent) -> None:
        self._catch_up()
        super().showEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus():
            with QPainter(self.viewport()) as painter:
                painter.setPen(QPen(QColor(self._painter.theme.accent), 1))
                painter.drawRoundedRect(QRectF(self.viewport().rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)


class _States(QAbstractListModel):
    """The labels of the history, and which of them is current."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._labels: tuple[str, ...] = ()
        self.current = 0

    def shows(self, labels: tuple[str, ...], current: int) -> bool:
        """Return whether just this is shown."""
        return (labels, current) == (self._labels, self.current)

    def show_states(self, labels: tuple[str, ...], current: int) -> None:
        """Show another history; what it has in common with the one before is left alone."""
        self.current = current
        old = self._labels
        common = next((i for i, pair in enumerate(zip(old, labels, strict=False)) if pair[0] != pair[1]), None)
        common = min(len(old), len(labels)) if common is None else common
        if common < len(old):
            self.beginRemoveRows(QModelIndex(), common, len(old) - 1)
            self._labels = labels[:common]
            self.endRemoveRows()
        if common < len(labels):
            self.beginInsertRows(QModelIndex(), common, len(labels) - 1)
            self._labels = labels
            self.endInsertRows()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._labels)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        label = self._labels[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return label
        if role == Qt.ItemDataRole.AccessibleTextRole:
            state = "current" if index.row() == self.current else "undone" if index.row() > self.current else "done"
            return f"{label}, {state}"
        return None


class _StatePainter(QStyledItemDelegate):
    """Paints a state as a stop on a line: full up to the current one, hollow after it."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self.theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:  # noqa: ARG002
        return QSize(60, round(self.theme.px(24)))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        states = index.model()
        assert isinstance(states, _States)
        rect, theme, px = QRectF(option.rect), self.theme, self.theme.px
        is_current, is_undone = index.row() == states.current, index.row() > states.current
        is_hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if is_current or is_hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.faint))
            painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), px(4), px(4))
        centre = QPointF(rect.left() + px(14), rect.center().y())
        self._paint_line(painter, rect, centre, index.row(), states)
        self._paint_stop(painter, centre, is_current=is_current, is_undone=is_undone)
        painter.setFont(ui_font(px(12), QFont.Weight.DemiBold if is_current else QFont.Weight.Normal))
        painter.setPen(QColor(theme.muted if is_undone else theme.text))
        words = rect.adjusted(px(28), 0, -px(8), 0)
        label = painter.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideRight, round(words.width()))
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, label)
        painter.restore()

    def _paint_line(self, painter: QPainter, rect: QRectF, centre: QPointF, row: int, states: _States) -> None:
        painter.setPen(QPen(QColor(self.theme.border), max(self.theme.px(1.5), 1.0)))
        if row > 0:
            painter.drawLine(QPointF(centre.x(), rect.top()), centre)
        if row < states.rowCount() - 1:
            painter.drawLine(centre, QPointF(centre.x(), rect.bottom()))

    def _paint_stop(self, painter: QPainter, centre: QPointF, *, is_current: bool, is_undone: bool) -> None:
        theme, px = self.theme, self.theme.px
        colour = QColor(theme.accent if is_current else theme.target)
        painter.setPen(QPen(colour, px(1.5)))
        painter.setBrush(QColor(theme.card) if is_undone else colour)
        radius = px(4.5) if is_current else px(3)
        painter.drawEllipse(centre, radius, radius)
