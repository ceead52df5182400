"""A place for a plot: it makes the plot when it is first seen, and tells it nothing while it is hidden."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from rnnviz.document.frame import Frame
from rnnviz.document.links import Focus
from rnnviz.session.background import Question
from rnnviz.session.session import Selection
from rnnviz.views.plots._base import Ghost, Look, Plot
from rnnviz.views.theme import Theme


class PlotPanel(QWidget):
    """Holds one plot.

    Signals:
        cursor_requested(int), selection_requested(Selection), focus_requested(Focus or None), play_requested(),
        remark_changed(str), edit_requested(Edit), gesture_ended(), pin_requested(Nudge): the plot's own.
        question_asked(Question or None): the plot needs this computed, and nothing that it asked for before.
    """

    cursor_requested = Signal(int)
    selection_requested = Signal(object)
    focus_requested = Signal(object)
    play_requested = Signal()
    remark_changed = Signal(str)
    edit_requested = Signal(object)
    gesture_ended = Signal()
    pin_requested = Signal(object)
    question_asked = Signal(object)

    def __init__(self, plot_class: type[Plot], theme: Theme) -> None:
        super().__init__()
        self._plot_class, self._theme = plot_class, theme
        self._plot: Plot | None = None
        self._frame: Frame | None = None
        self._selection, self._t, self._direction = Selection(), 0, 1
        self._ghosts: tuple[Ghost, ...] = ()
        self._focus: Focus | None = None
        self._question: Question | None = None
        self._stale = False
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)

    @property
    def plot(self) -> Plot:
        """The plot; it is made if it does not exist yet."""
        if self._plot is None:
            self._plot = self._plot_class(self._theme)
            self._plot.cursor_requested.connect(self.cursor_requested)
            self._plot.selection_requested.connect(self.selection_requested)
            self._plot.focus_requested.connect(self.focus_requested)
            self._plot.play_requested.connect(self.play_requested)
            self._plot.remark_changed.connect(self.remark_changed)
            self._plot.edit_requested.connect(self.edit_requested)
            self._plot.gesture_ended.connect(self.gesture_ended)
            self._plot.pin_requested.connect(self.pin_requested)
            self._plot.question_changed.connect(self._ask)
            for widget in (self._plot.controls(), self._plot):
                if widget is not None:
                    self._layout.addWidget(widget)
            self._layout.setStretchFactor(self._plot, 1)
        return self._plot

    def look(self) -> Look | None:
        """Return what was chosen in the plot itself; None if that is not of what is shown now."""
        return None if self._plot is None or self._stale else self._plot.look()

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

    def show_direction(self, direction: int) -> None:
        """Show how states come about (+1) or how the gradient comes back (−1): now, or when next seen."""
        self._direction = direction
        if self.isVisible():
            self.plot.show_direction(direction)

    def show_ghosts(self, ghosts: tuple[Ghost, ...]) -> None:
        """Draw other states behind the shown one: now, or when the panel is next seen."""
        self._ghosts = ghosts
        if self.isVisible():
            self.plot.show_ghosts(ghosts)
        else:
            self._stale = True

    def show_focus(self, focus: Focus | None) -> None:
        """Light up what is linked with something: now, or when the panel is next seen."""
        self._focus = focus
        if self.isVisible():
            self.plot.show_focus(focus)
        else:
            self._stale = True

    def show_answer(self, question: Question, answer: object) -> None:
        """Give the plot the answer to its question, if it is still that one."""
        if question is self._question:
            self._question = None
            self.plot.show_answer(answer)

    def show_failure(self, question: Question, reason: str) -> None:
        """Say why there is no answer to the plot's question, if it is still that one."""
        if question is self._question:
            self._question = None
            self.plot.stop_waiting()
            self.plot.set_remark(reason)

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
        if self._question is not None:
            self._question = None
            self.question_asked.emit(None)
        super().hideEvent(event)

    def _catch_up(self) -> None:
        if self._stale and self._frame is not None:
            self.plot.show_cursor(self._t)
            if self.plot.direction != self._direction:
                self.plot.show_direction(self._direction)
            if self.plot.ghosts != self._ghosts:
                self.plot.show_ghosts(self._ghosts)
            if self.plot.focus != self._focus:
                self.plot.show_focus(self._focus)
            self.plot.show_frame(self._frame, self._selection)
            self._stale = False
            self._ask()

    def _ask(self) -> None:
        """Pass the plot's question on, if it is another; it has to wait unless the answer comes before this is over."""
        asked_before, self._question = self._question, self.plot.question()
        if self._question is not None and self._question is asked_before:
            return
        if self._question is not None or asked_before is not None:
            self.question_asked.emit(self._question)
        if self._question is not None:
            self.plot.wait()
        elif asked_before is not None:
            self.plot.stop_waiting()
