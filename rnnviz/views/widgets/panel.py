"""A place for a plot: it makes the plot when it is first seen, and tells it nothing while it is hidden."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from rnnviz.document.frame import Frame
from rnnviz.session.session import Selection
from rnnviz.views.plots._base import Plot
from rnnviz.views.theme import Theme


class PlotPanel(QWidget):
    """Holds one plot.

    Signals:
        cursor_requested(int), selection_requested(Selection), play_requested(), remark_changed(str): the plot's own.
    """

    cursor_requested = Signal(int)
    selection_requested = Signal(object)
    play_requested = Signal()
    remark_changed = Signal(str)

    def __init__(self, plot_class: type[Plot], theme: Theme) -> None:
        super().__init__()
        self._plot_class, self._theme = plot_class, theme
        self._plot: Plot | None = None
        self._frame: Frame | None = None
        self._selection, self._t = Selection(), 0
        self._stale = False
        QVBoxLayout(self).setContentsMargins(0, 0, 0, 0)

    @property
    def plot(self) -> Plot:
        """The plot; it is made if it does not exist yet."""
        if self._plot is None:
            self._plot = self._plot_class(self._theme)
            self._plot.cursor_requested.connect(self.cursor_requested)
            self._plot.selection_requested.connect(self.selection_requested)
            self._plot.play_requested.connect(self.play_requested)
            self._plot.remark_changed.connect(self.remark_changed)
            self.layout().addWidget(self._plot)  # type: ignore[union-attr]
        return self._plot

    def show_frame(self, frame: Frame, selection: Selection) -> None:
        """Show another frame: now, or when the panel is next seen."""
        self._frame, self._selection, self._stale = frame, selection, True
        if self.isVisible():
            self._catch_up()

    def show_cursor(self, t: int) -> None:
        """Move the cursor: now, or when the panel is next seen."""
        self._t = t
        if self.isVisible():
            self.plot.show_cursor(t)

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._theme = theme
        if self._plot is not None:
            self._plot.apply_theme(theme)

    def showEvent(self, event: QShowEvent) -> None:
        self._catch_up()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._stale = True
        super().hideEvent(event)

    def _catch_up(self) -> None:
        if self._stale and self._frame is not None:
            self.plot.show_cursor(self._t)
            self.plot.show_frame(self._frame, self._selection)
            self._stale = False
