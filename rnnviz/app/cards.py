"""The cards of the window: editors listen to the document, plots to the frame."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from rnnviz.app.plot_menu import plot_menu
from rnnviz.document.links import Focus, Step, time_of
from rnnviz.document.nudging import Nudge
from rnnviz.document.training import Part
from rnnviz.session.background import Background, Question
from rnnviz.session.live_training import LiveTraining
from rnnviz.session.pins import Pin, Pins
from rnnviz.session.session import Session
from rnnviz.views.editors.inputs import InputPanel
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
    cards = {
        key: Card(key, title, remark, partial(make, window), window.theme)
        for key, (title, remark, make) in _EDITORS.items()
    }
    turns = Turns(window)
    panels = []
    for key, plot in PLOTS.items():
        panels.append(PlotPanel(plot, window.theme))
        cards[key] = _plot_card(window, panels[-1], plot.spec, turns)
    _follow_cursor(panels, window.session, turns)
    _link_slider(window.time_bar.slider, window.session)
    return cards


# What is not seen at first is imported when it is.


def _weights(window: MainWindow) -> QWidget:
    panel = WeightsPanel(window.session, window.theme)
    panel.message.connect(window.show_message)
    return panel


def _input(window: MainWindow) -> QWidget:
    panel = InputPanel(window.session, window.theme, window.pick_data)
    panel.message.connect(window.show_message)
    panel.play_requested.connect(window.playback.toggle)
    panel.order_requested.connect(window.menus["input.order"].trigger)
    return panel


def _training(window: MainWindow) -> QWidget:
    from rnnviz.document.tasks import TASKS
    from rnnviz.views.editors.training_editor import TrainingEditor

    editor = TrainingEditor(window.training, window.training_watch, window.theme, window.pick_data)
    editor.message.connect(window.show_message)

    def open_task(key: str) -> None:
        window.open_task(TASKS[key])

    editor.task_requested.connect(open_task)
    return editor


def _samples(window: MainWindow) -> QWidget:
    from rnnviz.views.editors.samples_panel import SamplesPanel

    panel = SamplesPanel(window.session, window.theme)
    panel.remark_changed.connect(window.cards["samples"].set_remark)
    return panel


def _compare(window: MainWindow) -> QWidget:
    from rnnviz.views.editors.compare_list import CompareList

    compare = CompareList(window.session, window.pins, window.theme)
    compare.message.connect(window.show_message)
    return compare


def _history(window: MainWindow) -> QWidget:
    from rnnviz.views.editors.history_list import HistoryList

    return HistoryList(window.session, window.theme)


_EDITORS: dict[str, tuple[str, str, Callable[[MainWindow], QWidget]]] = {
    "weights-editor": ("Weights", "drag to change", _weights),
    "input": ("Input", "draw, type or load", _input),
    "training-editor": ("Train", "make the loss fall", _training),
    "samples": ("Samples", "what it makes by itself", _samples),
    "compare": ("Compare", "shown and pinned", _compare),
    "history": ("History", "click to return", _history),
}


def _plot_card(window: MainWindow, panel: PlotPanel, spec: PlotSpec, turns: Turns) -> Card:
    """Return the card of a plot. Its panel exists from the start: it knows what to show when it is first seen."""
    card = Card(spec.key, spec.title, spec.look_at, lambda: panel, window.theme)
    card.set_menu(plot_menu(window, card, panel))
    panel.setParent(card)
    panel.remark_changed.connect(card.set_remark)
    panel.controls_offered.connect(card.take_controls)
    panel.scales_held.connect(card.show_lock)
    card.lock_clicked.connect(panel.toggle_scales)
    card.show_lock(locked=False)
    panel.play_requested.connect(window.playback.toggle)
    window.playback.direction_changed.connect(panel.show_direction)
    show_training(window, panel)
    panel.edit_requested.connect(window.apply)
    panel.gesture_ended.connect(window.session.end_merging)
    _keep_nudges(panel, window)
    _connect(panel, card, spec, window.session, turns)
    _show_ghosts(panel, window.pins)
    return card


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
