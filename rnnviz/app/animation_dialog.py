"""The dialog that writes animations: one of its frames at the left, how it is made at the right."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QProgressBar, QVBoxLayout

from rnnviz.app.animation_form import AnimationForm
from rnnviz.app.animations import (
    AnimationOrder,
    animation_command,
    animation_parts,
    single_frame,
    with_look_of_way,
)
from rnnviz.app.exports import SAVE_FIRST, TRAINED, WINDOW, is_own_training, scene_word
from rnnviz.app.figure_answers import FigureAnswers, StillComputingError
from rnnviz.app.layout import is_default_layout
from rnnviz.app.window import MainWindow
from rnnviz.app.window_dialog import WindowDialog, dialog_button
from rnnviz.document.values import DocumentError
from rnnviz.session.job import Job
from rnnviz.views.animation import FRAMES, Part, Sink, kind_of
from rnnviz.views.figure import FigureError, figure_image
from rnnviz.views.figures import Moment
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.figure_preview import FigurePreview
from rnnviz.views.widgets.plain_slider import PlainSlider
from rnnviz.views.widgets.result_line import ResultLine

_PLOT_PAUSE_MS, _WINDOW_PAUSE_MS = 60, 300
_PINNED = "No command makes this: what is pinned is in no file. Remove it first, under Compare"


class AnimationDialog(WindowDialog):
    """Shows any frame of the animation that would be written, and writes it in a process of its own."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window, "Export animation")
        session = window.session
        self.form = AnimationForm(session.document, session.selection, window.theme)
        self.preview = FigurePreview(window.theme)
        self.preview.setAccessibleName("Preview of a frame")
        self.frame_slider = PlainSlider("Frame", "Which frame is shown above", 0, window.theme)
        self.frame_label = QLabel()
        self.command, self.status, self.progress = QLineEdit(), ResultLine(window.theme), QProgressBar()
        self.copy_button = dialog_button("Co&py", "Copy the command to the clipboard")
        self.cancel_button = dialog_button("Ca&ncel", "Stop; nothing is written then")
        self.export_button = dialog_button("E&xport…", "Write the animation (Enter)")
        self.close_button = dialog_button("C&lose", "Close this dialog (Esc)")
        self._timer = QTimer(self, singleShot=True)
        self._answers = FigureAnswers(session.background, self)
        self._job = Job(session)
        self._sink: Sink | None = None
        self._path = Path()
        self._lay_out()
        self._connect()
        self.apply_theme()
        self.resize(self.sizeHint().boundedTo(self.screen().availableSize() * 0.95))
        self._follow()

    # Building

    def _lay_out(self) -> None:
        self.command.setReadOnly(True)
        self.command.setAccessibleName("The command that makes this file")
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("Progress")
        keeping_its_place = self.progress.sizePolicy()
        keeping_its_place.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(keeping_its_place)
        label = QLabel("Co&mmand")
        label.setBuddy(self.command)
        left, upper, below, lower, buttons = QVBoxLayout(), QHBoxLayout(), QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        below.addWidget(self.frame_slider, 1)
        below.addWidget(self.frame_label)
        left.addWidget(self.preview, 1)
        left.addLayout(below)
        upper.addLayout(left, 1)
        upper.addWidget(self.form)
        for widget in (label, self.command, self.copy_button):
            lower.addWidget(widget)
        buttons.addWidget(self.status, 1)
        for button in (self.cancel_button, self.close_button, self.export_button):
            buttons.addWidget(button)
        self.export_button.setDefault(True)
        layout = QVBoxLayout(self)
        layout.addLayout(upper, 1)
        layout.addLayout(lower)
        layout.addWidget(self.progress)
        layout.addLayout(buttons)

    def _connect(self) -> None:
        session = self._window.session
        for signal in (session.frame_changed, session.cursor_changed, session.selection_changed):
            signal.connect(self._follow)
        session.file_changed.connect(self._follow)
        self._window.pins.changed.connect(self._follow)
        self._timer.timeout.connect(self._show_preview)
        self._answers.changed.connect(self._show_soon)
        self._job.progressed.connect(self._take)
        self._job.finished.connect(self._finish)
        self._job.failed.connect(self._fail)
        self.preview.resized.connect(self._show_soon)
        self.frame_slider.moved.connect(self._choose_frame)
        self.form.changed.connect(self._change)
        self.copy_button.clicked.connect(self._copy_command)
        self.cancel_button.clicked.connect(self._cancel)
        self.export_button.clicked.connect(self._export)
        self.close_button.clicked.connect(self.reject)

    def let_go(self) -> None:
        """End what is being written, and follow the session no more."""
        session = self._window.session
        for signal in (session.frame_changed, session.cursor_changed, session.selection_changed):
            signal.disconnect(self._follow)
        session.file_changed.disconnect(self._follow)
        self._window.pins.changed.disconnect(self._follow)
        self._timer.stop()
        self._answers.close()
        self._job.close()
        self._job.deleteLater()
        self._abandon()

    def dress(self, theme: Theme) -> None:
        """Give the parts of the dialog a theme."""
        for part in (self.preview, self.form, self.frame_slider, self.status):
            part.apply_theme(theme)
        self.progress.setFixedHeight(round(theme.px(4)))
        self.frame_label.setStyleSheet(f"color: {theme.muted}")
        self.frame_label.setMinimumWidth(round(theme.px(150)))
        self._show_soon()

    # What is shown

    def _order(self) -> AnimationOrder:
        """Return what the form says, with what the plot looks at, or how the panels of the window are arranged."""
        order = self.form.order(self._window.theme)
        if order.view != WINDOW:
            look = self._window.cards[order.view].content.look()  # type: ignore[attr-defined]
            return with_look_of_way(replace(order, look=look), self._moment())
        if is_default_layout(self._window.cards):
            return order
        return replace(order, layout=self._window.dock_area.saveState())

    def _moment(self) -> Moment:
        session = self._window.session
        return Moment(session.frame, session.shown_selection, session.cursor, self._window.pins.pins)

    def _follow(self, *_: object) -> None:
        self.form.follow(self._window.session.frame.document, self._window.session.shown_selection)
        self._show_all()

    def _change(self) -> None:
        self.status.say("")
        self._show_all()

    def _show_all(self) -> None:
        problem, is_running = self.form.problem, self._job.is_running
        self.export_button.setEnabled(not problem and not is_running)
        self.cancel_button.setEnabled(is_running)
        self.progress.setVisible(is_running)
        self.form.setEnabled(not is_running)
        if not problem:
            self.frame_slider.set_range(self._order().count - 1)
            self.frame_slider.set_value(self.frame_slider.value)  # as far as there is such a frame
        self._show_command()
        self._show_soon()

    def _choose_frame(self, number: int) -> None:
        self.frame_slider.set_value(number)
        self._show_soon()

    def _show_soon(self, *_: object) -> None:
        """Show a frame soon: plots while something goes on changing, the slower window when that stops."""
        is_window = self.form.view_box.choice == WINDOW
        if is_window or not self._timer.isActive():
            self._timer.start(_WINDOW_PAUSE_MS if is_window else _PLOT_PAUSE_MS)

    def _show_preview(self) -> None:
        if self.form.problem:
            self.frame_label.setText("")
            self.preview.show_words(self.form.problem)
            return
        order, number = self._order(), self.frame_slider.value
        self.frame_label.setText(f"Frame {number + 1} of {order.count}, {order.count / order.fps:.3g} s")
        try:
            with single_frame(order, self._moment(), number, self._answers.answer) as figure:
                dpi = self.preview.resolution(figure.width_mm, figure.height_mm)
                self.preview.show_image(figure_image(figure, dpi))
        except StillComputingError:
            self.frame_label.setText("Computing …")
        except FigureError as error:
            self.preview.show_words(str(error))

    def _show_command(self) -> None:
        command = self._command()
        self.command.setText(command)
        self.command.setCursorPosition(0)
        self.command.setToolTip(command)
        self.command.setPlaceholderText(self._why_no_command())
        self.command.setAccessibleDescription("" if command else self.command.placeholderText())
        self.copy_button.setEnabled(bool(command))

    def _why_no_command(self) -> str:
        """Return why no command makes the animation again; empty if one does."""
        if self.form.problem:
            return self.form.problem
        if self._window.pins.pins:
            return _PINNED
        if is_own_training(self._order().look):
            return TRAINED
        return "" if scene_word(self._window.session) else SAVE_FIRST

    def _command(self) -> str:
        """Return the command that makes the animation again, or nothing if none can."""
        scene = scene_word(self._window.session)
        if scene is None or self._why_no_command():
            return ""
        return animation_command(self._order(), self._moment(), scene)

    # Doing

    def _copy_command(self) -> None:
        QGuiApplication.clipboard().setText(self.command.text())
        self.status.say("The command is on the clipboard")

    def _export(self) -> None:
        order, moment = self._order(), self._moment()
        path = self._pick(order)
        if path is None:
            return
        try:
            self._sink = Sink(path, order.kind)
        except DocumentError as error:
            self.status.say(str(error), is_error=True)
            return
        self._path = path
        self.progress.setRange(0, order.count)
        self.progress.setValue(0)
        self._job.start(animation_in_a_process, order, moment, scene_word(self._window.session) or "")
        self.status.say(f"Painting {order.count} frames …")
        self._show_all()

    def _pick(self, order: AnimationOrder) -> Path | None:
        """Let the user choose a file; its ending follows the format. None: not chosen, or refused."""
        chosen = self._window.pick_animation_file(self.suggested_file(order.file_name))
        return None if chosen is None else self.free_path(chosen, _with_ending(chosen, order.kind), self.status)

    def _take(self, part: object) -> None:
        if self._sink is None or not isinstance(part, Part):
            return
        try:
            self._sink.write(part)
        except DocumentError as error:
            self._job.cancel()
            self._fail(str(error))
            return
        self.progress.setValue(self.progress.value() + part.frames)

    def _finish(self, _: object) -> None:
        self._job.close()  # the next one begins with a fresh application
        sink, self._sink = self._sink, None
        if sink is None:
            return
        try:
            sink.finish()
        except DocumentError as error:
            self._fail(str(error))
            return
        settings = self._window.settings
        settings.figure = replace(settings.figure, folder=str(self._path.parent.absolute()))
        self.status.say(f"Saved {self._path} ({self.progress.maximum()} frames)")
        self._show_all()

    def _fail(self, problem: str) -> None:
        self._abandon()
        self.status.say(problem, is_error=True)
        self._show_all()

    def _cancel(self) -> None:
        self._job.cancel()
        self._abandon()
        self.status.say("Cancelled; nothing was written")
        self._show_all()

    def _abandon(self) -> None:
        if self._sink is not None:
            self._sink.abandon()
            self._sink = None


def animation_in_a_process(order: AnimationOrder, moment: Moment, scene: str) -> Iterator[Part]:
    """Yield the parts of an animation in a process that has no application yet: it gets one that shows nothing."""
    from rnnviz.app.program import make_application

    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    application = make_application()
    yield from animation_parts(order, moment, scene)
    del application


def _with_ending(path: Path, kind: str) -> Path:
    """Return the path with the ending of its format: that of another one is replaced."""
    if kind == FRAMES:
        return path
    if path.suffix.lower() == f".{kind}":
        return path
    try:
        is_other = path.suffix and kind_of(path) != FRAMES
    except DocumentError:
        is_other = False
    return path.with_suffix(f".{kind}") if is_other else path.with_name(f"{path.name}.{kind}")
