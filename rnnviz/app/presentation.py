"""Presentation mode: nothing but plots on the whole screen, readable from the back row, led by a clicker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QCloseEvent, QColor, QKeySequence, QPainter, QPaintEvent, QResizeEvent, QScreen, QShortcut
from PySide6.QtWidgets import QWidget

from rnnviz.app.cards import show_training
from rnnviz.app.layout import LAYOUTS
from rnnviz.app.stage_keys import STAGE_KEYS
from rnnviz.app.stage_layout import arrange
from rnnviz.document.reveal import Curtain, Direction, revealed
from rnnviz.session.background import Question
from rnnviz.session.pins import Pin
from rnnviz.session.time_range import TimeRange
from rnnviz.views.plots import PLOTS
from rnnviz.views.plots._ghosts import ghosts_of
from rnnviz.views.theme import DARK, LIGHT, Theme
from rnnviz.views.widgets.blackout import Blackout
from rnnviz.views.widgets.panel import PlotPanel
from rnnviz.views.widgets.spot import Spot
from rnnviz.views.widgets.stage_bar import StageBar
from rnnviz.views.widgets.stage_card import StageCard
from rnnviz.views.widgets.turns import Turns

if TYPE_CHECKING:
    from rnnviz.app.window import MainWindow

WIDTH, HEIGHT = 1920, 1080
LEAST_WORDS = 24.0  # px, on a screen of that size; on others in proportion
_SMALLEST = 11.0  # the smallest words of the plots, beside ordinary ones of 12 px
_ALONE = 1.35  # how much larger words are when a view has the screen for itself
_LINES = 1.4  # how much thicker curves are
_MOST_NUMBERS = 9  # there is a key for each
_NEXT: dict[Direction | None, Direction | None] = {None: "forward", "forward": "backward", "backward": None}
_SAYS: dict[Direction | None, str] = {
    None: "",
    "forward": "what comes next is hidden",
    "backward": "where the gradient goes next is hidden",
}


def stage_theme(theme: Theme, width: int, height: int) -> Theme:
    """Return a theme whose smallest words are 24 px high on a screen of 1920 × 1080, on others in proportion."""
    least = LEAST_WORDS * min(width / WIDTH, height / HEIGHT)
    larger = theme.with_text(least * 12.0 / _SMALLEST)
    return replace(larger, least_px=larger.px(_SMALLEST), line_px=_LINES)


class Stage(QWidget):
    """A full-screen window of its own, with plots of its own.

    The working window is not touched, so that it is as it was when the lecturer comes back to it. With a second screen
    the stage is there, and the weights stay in hand.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window, Qt.WindowType.Window)
        self.setWindowTitle("rnnviz — presentation")
        self._window, self._session = window, window.session
        self._theme = stage_theme(window.theme, WIDTH, HEIGHT)
        self._full: str | None = None
        self._hides: Direction | None = None
        self._shown: tuple[str, ...] = ()
        self._turns = Turns(self)
        self.cards = {key: StageCard(plot, self._theme, self) for key, plot in PLOTS.items()}
        self.bar = StageBar(self._theme, self)
        self.blackout: Blackout = Blackout(self)
        self.spot = Spot(self._theme, self)
        for keys in STAGE_KEYS:
            for key in keys.keys:
                shortcut = QShortcut(QKeySequence(key), self)
                shortcut.activated.connect(partial(self._press, keys.run, key))
        self._connect()

    def _connect(self) -> None:
        session = self._session
        session.frame_changed.connect(self._show_frame)
        session.selection_changed.connect(self._show_frame)
        session.cursor_changed.connect(self._show_cursor)
        session.background.answered.connect(self._show_answer)
        session.background.failed.connect(self._show_failure)
        self._window.playback.direction_changed.connect(self._show_direction)
        self._show_direction(self._window.playback.direction)
        self._window.pins.changed.connect(self._show_pins)
        self._show_pins(self._window.pins.pins)
        self._show_time_range(session.time_range)
        session.time_range_changed.connect(self._show_time_range)
        self.bar.moved.connect(session.set_cursor)
        for card in self.cards.values():
            panel = card.panel
            panel.cursor_requested.connect(session.set_cursor)
            panel.selection_requested.connect(session.select)
            panel.focus_requested.connect(session.set_focus)
            panel.time_range_requested.connect(session.set_time_range)
            session.focus_changed.connect(panel.show_focus)
            panel.play_requested.connect(self._window.playback.toggle)
            panel.edit_requested.connect(self._window.apply)
            panel.gesture_ended.connect(session.end_merging)
            panel.question_asked.connect(partial(self._ask, panel))
            show_training(self._window, panel)

    # Coming and going

    def enter(self) -> None:
        """Show the views that are seen in the window, on the whole of a screen."""
        if self.isVisible():
            return
        window, screen = self._window, self._screen()
        views = tuple(key for key in self.cards if not window.cards[key].isHidden())
        lecture = next(layout for layout in LAYOUTS if layout.key == "lecture")
        self._shown = views or tuple(key for key, _ in lecture.columns["middle"].cards)
        for number, key in enumerate(self._shown, start=1):
            self.cards[key].set_number(number if number <= _MOST_NUMBERS else 0)
            panel: PlotPanel = window.cards[key].content  # type: ignore[assignment]
            self.cards[key].panel.take_look(panel.look())
            self.cards[key].panel.hold_scales(panel.held_scales)
        self._full, self._hides = None, None
        self._use(stage_theme(window.theme, *screen.geometry().size().toTuple()))
        self.setGeometry(screen.geometry())
        self._show_frame()
        if screen is window.screen():
            self._rest_window(resting=True)
        self.showFullScreen()
        self.activateWindow()

    def leave(self) -> None:
        """Go back to the window; it is as it was, but for the cursor, which stays."""
        self.spot.turn(on=False)
        self.blackout.hide()
        self.hide()
        self._rest_window(resting=False)
        self._window.activateWindow()

    def _screen(self) -> QScreen:
        """Return the other screen, if there is one: the lecturer keeps the window before them."""
        own = self._window.screen()
        return next((screen for screen in own.virtualSiblings() if screen is not own), own)

    def _rest_window(self, *, resting: bool) -> None:
        """Let the plots of the covered window rest; nothing of it changes its place."""
        for key in PLOTS:
            panel: PlotPanel = self._window.cards[key].content  # type: ignore[assignment]
            panel.rest(resting=resting)

    # Keys

    def _press(self, run: Callable[[Stage, str], object], key: str) -> None:
        if self.blackout.isVisible():
            self.blackout.hide()
        else:
            run(self, key)

    def move_cursor(self, steps: int) -> None:
        """Step forward or back."""
        self._session.move_cursor(steps)

    def set_cursor(self, t: int) -> None:
        """Look at another moment."""
        self._session.set_cursor(t)

    @property
    def last_step(self) -> int:
        """The last t."""
        return self._session.frame.last_step

    def toggle_play(self) -> None:
        """Let the cursor walk, or stand."""
        self._window.playback.toggle()

    def undo(self) -> None:
        """Take the last edit back: a plot may have been dragged."""
        self._session.undo()

    def toggle_full(self, number: int) -> None:
        """Fill the screen with the view of that number, or bring all back."""
        if number <= len(self._shown):
            key = self._shown[number - 1]
            self._full = None if self._full == key else key
            self._set_out()

    def toggle_spot(self) -> None:
        """Let a soft spot follow the pointer, or not."""
        self.spot.turn(on=not self.spot.is_on)

    def switch_light(self) -> None:
        """Go from light to dark, or back; the window keeps its colours."""
        self._use(stage_theme(LIGHT if self._theme.is_dark else DARK, self.width(), self.height()))

    def hide_next(self) -> None:
        """Hide what comes next, then where the gradient goes next, then nothing."""
        self._hides = _NEXT[self._hides]
        self._show_frame()

    def step_out(self) -> None:
        """Bring all views back; if they are there, leave."""
        if self._full is None:
            self.leave()
        else:
            self._full = None
            self._set_out()

    # Showing

    @property
    def shown(self) -> tuple[str, ...]:
        """The keys of the views, in the order of their numbers."""
        return self._shown

    @property
    def theme(self) -> Theme:
        """Its colours and sizes."""
        return self._theme

    def _curtain(self) -> Curtain | None:
        """Return what is hidden at this moment."""
        if self._hides is None:
            return None
        curtain = Curtain(self._hides, self._session.cursor)
        return curtain if curtain.hides_anything(self._session.frame.last_step) else None

    def _show_frame(self, *_: object) -> None:
        session, curtain = self._session, self._curtain()
        frame, selection = session.frame, session.shown_selection
        turns = self._turns if session.has_long_frame and curtain is None else None  # what hides, hides all at once
        if curtain is not None:
            frame = revealed(frame, curtain)
        for key in self._shown:
            card = self.cards[key]
            card.panel.show_curtain(curtain)
            card.panel.show_cursor(session.cursor, turns)
            card.panel.show_frame(frame, selection, turns)
            card.set_which(card.spec.which(frame.document, selection))
        self._show_time()

    def _show_cursor(self, t: int) -> None:
        if self._hides is not None:
            self._show_frame()
            return
        turns = self._turns if self._session.has_long_frame else None
        for key in self._shown:
            self.cards[key].panel.show_cursor(t, turns)
        self._show_time()

    def _show_time(self) -> None:
        self.bar.show_time(self._session.cursor, self._session.frame.last_step)
        unseen = [f"{number}  {self.cards[key].spec.title}" for number, key in self._numbered() if self._is_away(key)]
        self.bar.set_words("      ".join(filter(None, [_SAYS[self._hides], *unseen])))

    def _numbered(self) -> list[tuple[int, str]]:
        return list(enumerate(self._shown, start=1))[:_MOST_NUMBERS]

    def _is_away(self, key: str) -> bool:
        return self._full is None and self.cards[key].isHidden()

    def _show_direction(self, direction: int) -> None:
        for card in self.cards.values():
            card.panel.show_direction(direction)

    def _show_pins(self, pins: tuple[Pin, ...]) -> None:
        for card in self.cards.values():
            card.panel.show_ghosts(ghosts_of(pins))

    def _show_time_range(self, time_range: TimeRange | None) -> None:
        for card in self.cards.values():
            card.panel.show_time_range(time_range)

    def _ask(self, panel: PlotPanel, question: Question | None) -> None:
        if question is None:
            self._session.background.forget(panel)
        else:
            self._session.background.ask(panel, question)

    def _show_answer(self, asker: object, question: Question, answer: object) -> None:
        for card in self.cards.values():
            if asker is card.panel:
                card.panel.show_answer(question, answer)

    def _show_failure(self, asker: object, question: Question, reason: str) -> None:
        for card in self.cards.values():
            if asker is card.panel:
                card.panel.show_failure(question, reason)

    # Looks

    def _use(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._theme = theme
        # Tooltips take after the widget that they belong to.
        self.setStyleSheet(f"QToolTip {{ font-size: {round(theme.px(12))}px; padding: {round(theme.px(5))}px; }}")
        self.bar.apply_theme(theme)
        self.spot.apply_theme(theme)
        self._set_out()
        self.update()

    def _set_out(self) -> None:
        """Give the views their places."""
        margin, foot = round(self._theme.px(8)), self.bar.sizeHint().height()
        self.bar.setGeometry(0, self.height() - foot, self.width(), foot)
        board = QRect(margin, margin, self.width() - 2 * margin, self.height() - margin - foot)
        places = (
            {self._full: board}
            if self._full is not None
            else arrange([self.cards[key].spec for key in self._shown], board, self._theme)
        )
        theme = self._theme if self._full is None else self._theme.with_text(_ALONE * self._theme.text_px)
        for key, card in self.cards.items():
            if key in places:
                card.apply_theme(theme)
                card.panel.show_controls(visible=self._full is not None)
                card.setGeometry(places[key])
            card.setVisible(key in places)
        self._show_time()
        self.blackout.setGeometry(self.rect())

    # Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let words grow with the screen."""
        super().resizeEvent(event)
        self._use(stage_theme(DARK if self._theme.is_dark else LIGHT, self.width(), self.height()))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Paint what the cards stand on."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(self._theme.canvas))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Leave instead: the stage is there again at the next F5."""
        event.ignore()
        self.leave()
