"""A place for a plot: it makes the plot when it is first seen, and tells it nothing while it is hidden."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from rnnviz.document.frame import Frame
from rnnviz.document.links import Focus
from rnnviz.document.reveal import Curtain
from rnnviz.session.background import Question
from rnnviz.session.live_training import LiveTraining
from rnnviz.session.session import Selection
from rnnviz.session.time_range import TimeRange
from rnnviz.views.plots._base import Ghost, Look, Plot, Scale
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.turns import Turns

# px of usual words: a lower panel leaves its room to the plot, where this much is left beside its controls
_LOW, _BESIDE = 150, 250
_QUIET = 26  # px of usual words: higher controls do not fit into a title bar


class PlotPanel(QWidget):
    """Holds one plot.

    Signals:
        cursor_requested(int), selection_requested(Selection), focus_requested(Focus or None),
        time_range_requested(TimeRange or None), play_requested(), remark_changed(str), edit_requested(Edit),
        gesture_ended(), pin_requested(Nudge), update_requested(int), search_requested(int): the plot's own.
        question_asked(Question or None): the plot needs this computed, and nothing that it asked for before.
        scales_held(bool): whether scales stand still from now on.
        controls_offered(QWidget): what stood above the plot had better stand beside its title.
    """

    cursor_requested = Signal(int)
    selection_requested = Signal(object)
    focus_requested = Signal(object)
    time_range_requested = Signal(object)
    play_requested = Signal()
    remark_changed = Signal(str)
    edit_requested = Signal(object)
    gesture_ended = Signal()
    update_requested = Signal(int)
    search_requested = Signal(int)
    pin_requested = Signal(object)
    question_asked = Signal(object)
    scales_held = Signal(bool)
    controls_offered = Signal(QWidget)

    def __init__(self, plot_class: type[Plot], theme: Theme) -> None:
        super().__init__()
        self._plot_class, self._theme = plot_class, theme
        self._plot: Plot | None = None
        self._controls: QWidget | None = None
        self._shows_controls = True
        self._frame: Frame | None = None
        self._selection, self._t, self._direction = Selection(), 0, 1
        self._time_range: TimeRange | None = None
        self._ghosts: tuple[Ghost, ...] = ()
        self._curtain: Curtain | None = None
        self._look: Look | None = None
        self._training: LiveTraining | None = None
        self._held_scales: Mapping[str, Scale] | None = None
        self._focus: Focus | None = None
        self._question: Question | None = None
        self._stale = self._is_late = self._is_resting = False
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)

    @property
    def plot(self) -> Plot:
        """The plot; it is made if it does not exist yet."""
        if self._plot is None:
            self._plot = self._plot_class(self._theme)
            self._plot.show_curtain(self._curtain)
            if self._look is not None:
                self._plot.take_look(self._look)
            self._plot.hold_scales(self._held_scales)
            self._plot.cursor_requested.connect(self.cursor_requested)
            self._plot.selection_requested.connect(self.selection_requested)
            self._plot.focus_requested.connect(self.focus_requested)
            self._plot.time_range_requested.connect(self.time_range_requested)
            self._plot.play_requested.connect(self.play_requested)
            self._plot.remark_changed.connect(self.remark_changed)
            self._plot.edit_requested.connect(self.edit_requested)
            self._plot.gesture_ended.connect(self.gesture_ended)
            self._plot.update_requested.connect(self.update_requested)
            self._plot.search_requested.connect(self.search_requested)
            self._plot.pin_requested.connect(self.pin_requested)
            self._plot.question_changed.connect(self._ask)
            self._controls = self._plot.controls()
            for widget in (self._controls, self._plot):
                if widget is not None:
                    self._layout.addWidget(widget)
            self.show_controls(visible=self._shows_controls)
            self._layout.setStretchFactor(self._plot, 1)
            self._place_controls()
        return self._plot

    def look(self) -> Look | None:
        """Return what was chosen in the plot itself; None if that is not of what is shown now."""
        return None if self._plot is None or self._stale else self._plot.look()

    @property
    def _is_seen(self) -> bool:
        return self.isVisible() and not self._is_resting

    def rest(self, *, resting: bool) -> None:
        """Be as if hidden, or no longer: something covers the whole window."""
        self._is_resting = resting
        if resting:
            self._stale = True
            self._drop_question()
        elif self.isVisible():
            self._catch_up()

    def show_controls(self, *, visible: bool) -> None:
        """Show what stands above the plot, if anything does, or leave its room to the plot."""
        self._shows_controls = visible
        if self._controls is not None:
            self._controls.setVisible(visible)

    def _place_controls(self) -> None:
        """Have the controls above the plot, or beside its title where there is more room in width than in height."""
        controls, px = self._controls, self._theme.px
        if controls is None or self._plot is None:
            return
        size, stand_above = controls.sizeHint(), self._layout.indexOf(controls) >= 0
        fit_beside = size.height() <= px(_QUIET) and self.width() >= size.width() + px(_BESIDE)
        if self.height() < px(_LOW) and fit_beside:
            if not stand_above:
                return
            self.controls_offered.emit(controls)
        elif not stand_above:
            self._layout.insertWidget(0, controls)
        else:
            return
        self._plot.apply_theme(self._theme)  # a style sheet forgets the typefaces of what moves to another parent

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_controls()

    def take_look(self, look: Look | None) -> None:
        """Look at what was chosen in another panel's plot of this kind; at anything if that is None."""
        if look is not None and look != self.look():
            if self._plot is not None:
                self._drop_plot()
            self._look, self._stale = look, True

    @property
    def held_scales(self) -> Mapping[str, Scale] | None:
        """The scales that stand still; None if they fit what is drawn."""
        return self._held_scales

    def hold_scales(self, held: Mapping[str, Scale] | None) -> None:
        """Have scales stand still at these ends, or fit what is drawn again: None."""
        self._held_scales = held
        if self._plot is not None:
            self._plot.hold_scales(held)
        self.scales_held.emit(held is not None)

    def toggle_scales(self) -> None:
        """Have scales stand still as they are, or fit what is drawn again."""
        self.hold_scales(self.plot.scales if self._held_scales is None else None)

    def show_frame(self, frame: Frame, selection: Selection, turns: Turns | None = None) -> None:
        """Show another frame: now, or when the panel is next seen; with ``turns``, when its turn comes.

        A plot that is still waiting for its turn when a newer frame comes says that it is catching up.
        """
        self._frame, self._selection, self._stale = frame, selection, True
        if self._is_seen:
            if turns is None:
                self._catch_up()
            elif turns.ask(self._take_turn):
                self._is_late = True
                if self.plot.is_ready:
                    self.plot.wait()

    def show_cursor(self, t: int, turns: Turns | None = None) -> None:
        """Move the cursor: now, or when the panel is next seen; with ``turns``, when its turn comes."""
        self._t = t
        if not self._is_seen:
            return
        if turns is None:
            self.plot.show_cursor(t)
        else:
            self.plot.cursor_t = t  # the next key steps on from here, painted or not
            turns.ask(self._follow_cursor)

    def show_direction(self, direction: int) -> None:
        """Show how states come about (+1) or how the gradient comes back (−1): now, or when next seen."""
        self._direction = direction
        if self._is_seen:
            self.plot.show_direction(self._seen_direction())

    def _seen_direction(self) -> int:
        """Return the direction, which is that of the curtain while there is one."""
        if self._curtain is None:
            return self._direction
        return 1 if self._curtain.direction == "forward" else -1

    def show_time_range(self, time_range: TimeRange | None) -> None:
        """Show another part of time: now, or when the panel is next seen."""
        self._time_range = time_range
        if self._is_seen:
            self.plot.show_time_range(time_range)
        else:
            self._stale = True

    def show_ghosts(self, ghosts: tuple[Ghost, ...]) -> None:
        """Draw other states behind the shown one: now, or when the panel is next seen."""
        self._ghosts = ghosts
        if self._is_seen:
            self.plot.show_ghosts(self._seen_ghosts())
            self._ask()
        else:
            self._stale = True

    def _seen_ghosts(self) -> tuple[Ghost, ...]:
        """Return the other states that may be seen: while something is hidden none, for they know all of the time."""
        return self._ghosts if self._curtain is None else ()

    def show_curtain(self, curtain: Curtain | None) -> None:
        """Hide something, or nothing, of the frames shown from now on; while it hides, nothing more is asked.

        When it begins to, the plot is made anew: the old one may remember what nobody is to see.
        """
        if curtain is not None and self._curtain is None and self._plot is not None:
            self._look = self.look() or self._look
            self._drop_plot()
        self._curtain, self._stale = curtain, True
        if self._plot is not None:
            self._plot.show_curtain(curtain)

    def _drop_plot(self) -> None:
        """Forget the plot, and what stands above it; the next one is made when it is asked for."""
        self._drop_question()
        for widget in (self._controls, self._plot):
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._plot = self._controls = None
        self.remark_changed.emit(self._plot_class.spec.look_at)

    def _drop_question(self) -> None:
        if self._question is not None:
            self._question = None
            self.question_asked.emit(None)

    def show_training(self, live: LiveTraining) -> None:
        """Show how the training stands: now, or when the panel is next seen."""
        self._training = live
        if self._is_seen:
            self.plot.show_training(live)
            self._ask()
        else:
            self._stale = True

    def show_focus(self, focus: Focus | None) -> None:
        """Light up what is linked with something: now, or when the panel is next seen."""
        self._focus = focus
        if self._is_seen:
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
        if not self._is_resting:
            self._catch_up()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._stale = True
        self._drop_question()
        super().hideEvent(event)

    def _follow_cursor(self) -> None:
        if self._is_seen:
            self.plot.show_cursor(self._t)

    def _take_turn(self) -> None:
        if self._is_seen:
            self._catch_up()

    def _catch_up(self) -> None:
        if self._stale and self._frame is not None:
            self.plot.show_cursor(self._t)
            if self.plot.direction != self._seen_direction():
                self.plot.show_direction(self._seen_direction())
            if self.plot.ghosts != self._seen_ghosts():
                self.plot.show_ghosts(self._seen_ghosts())
            if self.plot.focus != self._focus:
                self.plot.show_focus(self._focus)
            if self._training is not None:
                self.plot.show_training(self._training)
            self.plot.show_time_range(self._time_range)
            self.plot.show_frame(self._frame, self._selection)
            self._stale = False
            self._ask()
            if self._is_late:
                self._is_late = False
                if self._question is None:
                    self.plot.stop_waiting()

    def _ask(self) -> None:
        """Pass the plot's question on, if it is another; it has to wait unless the answer comes before this is over."""
        asked_before, self._question = self._question, self.plot.question() if self._curtain is None else None
        if self._question is not None and self._question is asked_before:
            return
        if self._question is not None or asked_before is not None:
            self.question_asked.emit(self._question)
        if self._question is not None:
            self.plot.wait()
        elif asked_before is not None:
            self.plot.stop_waiting()
