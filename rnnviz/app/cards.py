"""The cards of the window: editors listen to the document, plots to the frame."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from rnnviz.app.plot_menu import plot_menu
from rnnviz.document.links import Focus, Step, time_of
from rnnviz.document.nudging import Nudge
from rnnviz.document.tasks import TASKS
from rnnviz.document.training import Part
from rnnviz.session.background import Background, Question
from rnnviz.session.live_training import LiveTraining
from rnnviz.session.pins import Pin, Pins
from rnnviz.session.session import Session
from rnnviz.views.editors.compare_list import CompareList
from rnnviz.views.editors.history_list import HistoryList
from rnnviz.views.editors.inputs import InputPanel
from rnnviz.views.editors.samples_panel import SamplesPanel
from rnnviz.views.editors.training_editor import TrainingEditor
from rnnviz.views.editors.weights import WeightsPanel
from rnnviz.views.plots import PLOTS
from rnnviz.views.plots._base import PlotSpec
from rnnviz.views.plots._ghosts import ghosts_of
from rnnviz.views.widgets.card import Card
from rnnviz.views.widgets.panel import PlotPanel
from rnnviz.views.widgets.time_bar import TimeSlider
from rnnviz.views.widgets.turns import Turns

if TYPE_CHECKING:
    from rnnviz.app.window import MainWindow


_FORWARD = (Part.FORWARD, Part.LOSS)  # the parts of an update in which the states come about


def make_cards(window: MainWindow) -> dict[str, Card]:
    """Return every card under its key: the editors and the history, then all plots in their order."""
    session, theme = window.session, window.theme
    weights = WeightsPanel(session, theme)
    weights.message.connect(window.show_message)
    inputs = InputPanel(session, theme, window.pick_data)
    inputs.message.connect(window.show_message)
    inputs.play_requested.connect(window.playback.toggle)
    inputs.order_requested.connect(window.menus["input.order"].trigger)
    compare = CompareList(session, window.pins, theme)
    compare.message.connect(window.show_message)
    training = TrainingEditor(window.training, window.training_watch, theme, window.pick_data)
    training.message.connect(window.show_message)

    def open_task(key: str) -> None:
        window.open_task(TASKS[key])

    training.task_requested.connect(open_task)
    samples = SamplesPanel(session, theme)
    cards = {
        "weights-editor": Card("weights-editor", "Weights", "drag to change", weights, theme),
        "input": Card("input", "Input", "draw, type or load", inputs, theme),
        "training-editor": Card("training-editor", "Train", "make the loss fall", training, theme),
        "samples": Card("samples", "Samples", "what it makes by itself", samples, theme),
        "compare": Card("compare", "Compare", "shown and pinned", compare, theme),
        "history": Card("history", "History", "click to return", HistoryList(session, theme), theme),
    }
    samples.remark_changed.connect(cards["samples"].set_remark)
    turns, panels = Turns(window), []
    for key, plot in PLOTS.items():
        panel = PlotPanel(plot, theme)
        card = Card(key, plot.spec.title, plot.spec.look_at, panel, theme)
        card.set_menu(plot_menu(window, card, panel))
        panel.remark_changed.connect(card.set_remark)
        panel.controls_offered.connect(card.take_controls)
        panel.scales_held.connect(card.show_lock)
        card.lock_button.clicked.connect(panel.toggle_scales)
        card.offer_lock()
        panel.play_requested.connect(window.playback.toggle)
        window.playback.direction_changed.connect(panel.show_direction)
        show_training(window, panel)
        panel.edit_requested.connect(window.apply)
        panel.gesture_ended.connect(session.end_merging)
        _keep_nudges(panel, window)
        _connect(panel, card, plot.spec, session, turns)
        _show_ghosts(panel, window.pins)
        cards[key] = card
        panels.append(panel)
    _follow_cursor(panels, session, turns)
    _link_slider(window.time_bar.slider, session)
    return cards


def _link_slider(slider: TimeSlider, session: Session) -> None:
    """Let the slider of the time bar point at steps, and show which t is pointed at elsewhere."""

    def point(t: int | None) -> None:
        session.set_focus(None if t is None else Step(t))

    def show(focus: Focus | None) -> None:
        slider.set_lit(None if focus is None else time_of(focus))

    slider.pointed_at.connect(point)
    session.focus_changed.connect(show)


def _connect(panel: PlotPanel, card: Card, spec: PlotSpec, session: Session, turns: Turns) -> None:
    def show_frame(_: object) -> None:
        panel.show_frame(session.frame, session.shown_selection, turns if session.has_long_frame else None)
        card.set_which(spec.which(session.frame.document, session.shown_selection))

    session.frame_changed.connect(show_frame)
    session.selection_changed.connect(show_frame)
    session.focus_changed.connect(panel.show_focus)
    session.time_range_changed.connect(panel.show_time_range)
    panel.time_range_requested.connect(session.set_time_range)
    panel.cursor_requested.connect(session.set_cursor)
    panel.selection_requested.connect(session.select)
    panel.focus_requested.connect(session.set_focus)
    _answer_questions(panel, session.background)
    panel.show_cursor(session.cursor)
    panel.show_time_range(session.time_range)
    show_frame(session.frame)


def _follow_cursor(panels: list[PlotPanel], session: Session, turns: Turns) -> None:
    """Let all plots follow the cursor: one connection for all, because scrubbing is to cost little."""

    def show_cursor(t: int) -> None:
        taken = turns if session.has_long_frame else None
        for panel in panels:
            panel.show_cursor(t, taken)

    session.cursor_changed.connect(show_cursor)


def show_training(window: MainWindow, panel: PlotPanel) -> None:
    """Let a plot follow the training; while an update is taken part by part, the network shows which way it goes."""
    shown: list[Part | None] = [None]

    def show(live: LiveTraining) -> None:
        panel.show_training(live)
        if live.part is not shown[0]:
            shown[0] = live.part
            way = window.playback.direction if live.part is None else 1 if live.part in _FORWARD else -1
            panel.show_direction(way)

    window.training_watch.changed.connect(show)

    def search(evaluations: int) -> None:
        window.attempt(partial(window.baseline.search, evaluations))

    panel.update_requested.connect(window.training.go_to)
    panel.search_requested.connect(search)
    panel.show_training(window.training_watch.live)


def _show_ghosts(panel: PlotPanel, pins: Pins) -> None:
    def show(pins: tuple[Pin, ...]) -> None:
        panel.show_ghosts(ghosts_of(pins))

    pins.changed.connect(show)
    show(pins.pins)


def _keep_nudges(panel: PlotPanel, window: MainWindow) -> None:
    def keep(nudge: Nudge) -> None:
        window.attempt(partial(window.pins.pin_nudged, nudge))

    panel.pin_requested.connect(keep)


def _answer_questions(panel: PlotPanel, background: Background) -> None:
    def ask(question: Question | None) -> None:
        if question is None:
            background.forget(panel)
        else:
            background.ask(panel, question)

    def answer(asker: object, question: Question, answer: object) -> None:
        if asker is panel:
            panel.show_answer(question, answer)

    def fail(asker: object, question: Question, reason: str) -> None:
        if asker is panel:
            panel.show_failure(question, reason)

    panel.question_asked.connect(ask)
    background.answered.connect(answer)
    background.failed.connect(fail)
