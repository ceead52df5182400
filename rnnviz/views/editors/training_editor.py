"""The panel that trains: what on, play and pause, one update and its parts, the updates so far, and the settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QToolButton, QVBoxLayout, QWidget

from rnnviz.document.audio import Sound
from rnnviz.document.tasks._base import Source, Task
from rnnviz.document.training import Training
from rnnviz.document.values import DocumentError
from rnnviz.session.live_training import LiveTraining, TrainingWatch
from rnnviz.session.training import TrainingRun
from rnnviz.session.training_plan import Plan
from rnnviz.views.editors.series_options import wrap
from rnnviz.views.editors.source_reading import SourceReading
from rnnviz.views.editors.task_chooser import OWN, TaskChooser
from rnnviz.views.editors.task_sizes import SEED, TaskSizes, default_numbers
from rnnviz.views.editors.training_parts import PartsRow
from rnnviz.views.editors.training_settings import TrainingSettings
from rnnviz.views.fonts import ui_font
from rnnviz.views.icons import icon
from rnnviz.views.theme import Theme
from rnnviz.views.training_words import part_words, state_words
from rnnviz.views.widgets.live_label import LiveLabel
from rnnviz.views.widgets.plain_slider import PlainSlider

_MOST_KEPT = 20  # plans whose numbers are known after undo
_SIDE, _SCROLL_BAR = 28, 10  # px: of a round button; the width of a scroll bar
_BUTTONS = (
    ("play", "play", "Train, or pause (Ctrl+T)"),
    ("once", "forward", "One update, or the rest of the present one (Ctrl+Shift+T)"),
    ("reset", "reset", "Back to the weights that the training began with"),
    ("seed", "dice", "Draw all weights anew, with the next seed"),
)


@dataclass(frozen=True, slots=True, eq=False)
class _Made:
    """What the data of a plan were made with."""

    plan: Plan
    numbers: dict[str, float]
    source: Source


class TrainingEditor(QWidget):
    """Everything that trains the network.

    Signals:
        task_requested(str): the user wants the network of a task; its key.
        message(str): something was refused, and why.
    """

    task_requested = Signal(str)
    message = Signal(str)

    def __init__(
        self, run: TrainingRun, watch: TrainingWatch, theme: Theme, pick_file: Callable[[], Path | None]
    ) -> None:
        super().__init__()
        self._run, self._watch, self._theme, self._pick_file = run, watch, theme, pick_file
        self._reading: SourceReading | None = None
        self._said: tuple[str, bool, Theme] | None = None
        self.tasks, self.sizes = TaskChooser(theme), TaskSizes(theme)
        self._made: list[_Made] = []
        self.buttons = {key: _round_button(tip) for key, _, tip in _BUTTONS}
        self.update_label, self.state, self.found = LiveLabel(), LiveLabel(), LiveLabel()
        self.why = QLabel()
        wrap(self.why)
        self.why.setAccessibleName("Why the training stopped, or cannot begin")
        self.history = PlainSlider(
            "Update",
            "The updates so far: drag to go back to any of them; weights and every view follow",
            0,
            theme,
            is_cursor=True,
        )
        self.continue_button = QPushButton("Continue from here")
        self.continue_button.setToolTip("Train on from this update; those after it are forgotten")
        self.parts = PartsRow(theme)
        self.settings = TrainingSettings(run.settings, theme)
        self._lay_out()
        self._connect()
        self.setAccessibleName("Training")
        self.apply_theme(theme)
        self._show(watch.live)

    def _lay_out(self) -> None:
        self._content, self._transport = QWidget(), QHBoxLayout()
        for button in self.buttons.values():
            self._transport.addWidget(button)
        self._transport.addWidget(self.update_label, 1)
        self._back = QHBoxLayout()
        self._back.addWidget(self.history, 1)
        self._back.addWidget(self.continue_button)
        self._line = QFrame()
        self._line.setFixedHeight(1)
        self._list = QVBoxLayout(self._content)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.addWidget(self.tasks)
        self._list.addWidget(self.sizes)
        self._list.addLayout(self._transport)
        self._list.addWidget(self.state)
        self._list.addWidget(self.why)
        self._list.addLayout(self._back)
        self._list.addWidget(self.parts)
        self._list.addWidget(self.found)
        self._list.addWidget(self._line)
        self._list.addWidget(self.settings)
        self._list.addStretch(1)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidgetResizable(True)
        scroll.setWidget(self._content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)
        self.setFocusProxy(self.buttons["play"])

    def _connect(self) -> None:
        run = self._run
        self._watch.changed.connect(self._show)
        self.tasks.chosen.connect(self._choose_task)
        self.tasks.load_requested.connect(self._load)
        self.tasks.piece_typed.connect(self._cut)
        self.sizes.chosen.connect(self._resize)
        for key, action in (
            ("play", self._toggle),
            ("once", partial(self._attempt, run.update_once)),
            ("reset", run.reset),
            ("seed", run.new_seed),
        ):
            self.buttons[key].clicked.connect(action)
        self.parts.clicked.connect(partial(self._attempt, run.take_part))
        self.history.moved.connect(self._go_to)
        self.continue_button.clicked.connect(partial(self._attempt, run.play))
        self.settings.changed.connect(self._use)
        self.settings.speed_changed.connect(run.set_speed)

    # Showing

    def _show(self, live: LiveTraining) -> None:
        self.tasks.show_plan(live.plan)
        self.sizes.show_task(live.plan.task, self._made_with(live.plan).numbers)
        self.settings.show_settings(live.settings)
        self.settings.show_speed(live.speed)
        can = not live.obstacle
        for key in ("play", "once"):
            self.buttons[key].setEnabled(can)
        self.parts.setEnabled(can)
        self.buttons["reset"].setEnabled(live.last > 0)
        self._show_playing(is_playing=live.is_playing)
        self.update_label.set_text(f"update {live.position:,}")
        self.history.set_range(live.last)
        self.history.set_value(live.position, f"update {live.position} of {live.last}")
        self.history.setEnabled(live.last > 0)
        self.continue_button.setVisible(live.position < live.last and not live.is_playing)
        self.parts.show_part(live.part)
        self._say(live.obstacle or live.ended, is_alarming=live.has_failed)
        if self.isVisible():
            self._show_words(live)

    def _show_words(self, live: LiveTraining) -> None:
        self.state.set_text(state_words(live))
        self.found.set_text(part_words(live))

    def showEvent(self, event: object) -> None:
        self._show_words(self._watch.live)
        super().showEvent(event)  # type: ignore[arg-type]

    def _say(self, words: str, *, is_alarming: bool) -> None:
        said = words, is_alarming, self._theme
        if said == self._said:
            return
        self._said = said
        self.why.setText(f"{words[:1].upper()}{words[1:]}" if words else "")
        self.why.setStyleSheet(f"color: {self._theme.warning if is_alarming else self._theme.text}")
        self.why.setVisible(bool(words))

    def _show_playing(self, *, is_playing: bool) -> None:
        play = self.buttons["play"]
        play.setIcon(icon("pause" if is_playing else "play", self._theme.on_text))
        play.setAccessibleName("Pause training" if is_playing else "Train")

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._theme, px = theme, theme.px
        for key, name, _ in _BUTTONS:
            _dress(self.buttons[key], name, theme, is_main=key == "play")
        self.update_label.set_look(ui_font(px(14), QFont.Weight.DemiBold), theme.accent_text, theme.card)
        for label in (self.state, self.found):
            label.set_look(ui_font(px(11.5)), theme.muted, theme.card)
        self.why.setFont(ui_font(px(11.5)))
        self.continue_button.setFont(ui_font(px(11.5)))
        self.continue_button.setStyleSheet(f"padding: {px(2):.0f}px {px(8):.0f}px")
        self._line.setStyleSheet(f"background: {theme.faint}; border: none")
        for part in (self.tasks, self.sizes, self.history, self.parts, self.settings):
            part.apply_theme(theme)
        self._list.setSpacing(round(px(6)))
        self._list.setContentsMargins(0, 0, round(px(4)), round(px(4)))
        self._transport.setSpacing(round(px(6)))
        self._back.setSpacing(round(px(6)))
        self._show(self._watch.live)

    def sizeHint(self) -> QSize:
        return QSize(round(self._theme.px(276)), round(self._theme.px(470)))

    def minimumSizeHint(self) -> QSize:
        """Return room for what cannot be made narrower, beside the scroll bar."""
        return QSize(self._content.minimumSizeHint().width() + _SCROLL_BAR, round(self._theme.px(120)))

    # Doing

    def _choose_task(self, key: str) -> None:
        if key != OWN:
            self.task_requested.emit(key)
        elif self._run.plan.task is not None:
            self._attempt(self._run.use_own_data)
        self.tasks.show_plan(self._run.plan)  # what was refused is not what is trained on

    def _cut(self, steps: float | None) -> None:
        """Cut the scene's own sequence into pieces."""
        self._say("", is_alarming=False)
        self._attempt(partial(self._run.use_own_data, None if steps is None else round(steps)))

    def _load(self) -> None:
        """Let the user choose a file, and train the task on what is in it."""
        path = self._pick_file()
        if path is not None:
            self._reading = SourceReading(path)
            self._reading.done.connect(self._use_file)
            self._reading.start()

    def _use_file(self, reading: SourceReading) -> None:
        """Train the task on what was found in a file, unless another one has been chosen meanwhile."""
        if reading is self._reading:
            self._reading = None
            self._attempt(partial(self._use_found, reading))

    def _use_found(self, reading: SourceReading) -> None:
        task, found = self._run.plan.task, reading.found
        if task is None:
            return
        if isinstance(found, DocumentError):
            raise found
        if isinstance(found, Sound):
            raise DocumentError(f"{reading.path.name}: is a sound; {task.title} takes a {task.source}")
        self._make(task, default_numbers(task), found)

    def _resize(self, numbers: dict[str, float]) -> None:
        """Open the task's network anew, with data of other sizes."""
        plan = self._run.plan
        if plan.task is not None:
            self._attempt(partial(self._make, plan.task, numbers, self._made_with(plan).source))

    def _make(self, task: Task, numbers: dict[str, float], source: Source) -> None:
        sizes = {key: value for key, value in numbers.items() if key != SEED.key}
        self._run.use_task(task, sizes, round(numbers[SEED.key]), source)
        self._made = [*self._made[1 - _MOST_KEPT :], _Made(self._run.plan, numbers, source)]
        self.sizes.show_task(task, numbers)

    def _made_with(self, plan: Plan) -> _Made:
        """Return the numbers and the source that a plan's data were made with; unless told otherwise the task's own."""
        usual = {} if plan.task is None else default_numbers(plan.task)
        return next((made for made in self._made if made.plan is plan), _Made(plan, usual, None))

    def _toggle(self) -> None:
        self._attempt(self._run.pause if self._run.is_playing else self._run.play)

    def _go_to(self, update: int) -> None:
        self.history.set_value(update)  # at once: the weights may take a moment
        self._run.go_to(update)

    def _use(self, settings: Training) -> None:
        self._run.use(settings)

    def _attempt(self, action: Callable[[], object], *_: object) -> None:
        try:
            action()
        except DocumentError as error:
            self.message.emit(str(error))
            self._say(str(error), is_alarming=True)


def _round_button(tip: str) -> QToolButton:
    button = QToolButton()
    button.setToolTip(tip)
    button.setAccessibleName(tip.partition(" (")[0])
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button


def _dress(button: QToolButton, name: str, theme: Theme, *, is_main: bool) -> None:
    """Give a round button its size and colours; the main one is dark."""
    px, side = theme.px, round(theme.px(_SIDE))
    if not is_main:
        button.setIcon(icon(name, theme.text))
    button.setFixedSize(side, side)
    button.setIconSize(QSize(round(px(14)), round(px(14))))
    ground, border = (theme.on, theme.on) if is_main else (theme.card, theme.border)
    button.setStyleSheet(
        f"QToolButton {{ background: {ground}; border: 1px solid {border}; border-radius: {side // 2}px; }}"
        f"QToolButton:hover, QToolButton:focus {{ border-color: {theme.accent}; }}"
        f"QToolButton:disabled {{ background: {theme.canvas}; border-color: {theme.border}; }}"
    )
