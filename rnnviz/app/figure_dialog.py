"""The dialog that writes figures: what will be in the file at the left, how it is made at the right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, SignalInstance
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout

from rnnviz.app.exports import (
    KINDS,
    SAVE_FIRST,
    TRAINED,
    WINDOW,
    FigureOrder,
    figure_command,
    ghost_words,
    is_own_training,
    ordered_figure,
    scene_word,
)
from rnnviz.app.figure_answers import FigureAnswers, StillComputingError
from rnnviz.app.figure_form import AS_SHOWN, UNROLLED, FigureForm
from rnnviz.app.layout import is_default_layout
from rnnviz.app.window import MainWindow
from rnnviz.app.window_dialog import WindowDialog, dialog_button
from rnnviz.views.figure import FigureError, figure_image, save_figure
from rnnviz.views.figures import Moment
from rnnviz.views.plots import PLOTS
from rnnviz.views.plots._base import Look, Scale
from rnnviz.views.plots._network_look import NetworkLook
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.figure_preview import FigurePreview
from rnnviz.views.widgets.result_line import ResultLine

_PLOT_PAUSE_MS = 60
_WINDOW_PAUSE_MS = 300
_PINNED = "No command makes this: what is pinned is no built-in scene. Leave Pinned out"
_COMPUTING = "Computing …"
_WAIT = "Still computing what is to be drawn: try again in a moment"
_ANY_DPI = 300  # not used, but checked
_DEFAULT_LAYOUT = "It draws the panels where View > Reset layout puts them"


class FigureDialog(WindowDialog):
    """Shows the figure that would be written, follows the session, writes or copies. It blocks nothing."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window, "Export figure")
        self.form = FigureForm(window.settings.figure, window.settings.figure_styles(), window.theme)
        self.preview = FigurePreview(window.theme)
        self.command = QLineEdit()
        self.command.setReadOnly(True)
        self.command.setAccessibleName("The command that makes this file")
        self.status = ResultLine(window.theme)
        self.copy_command_button = dialog_button("Co&py", "Copy the command to the clipboard")
        self.copy_image_button = dialog_button(
            "Copy ima&ge", "Copy the figure to the clipboard, at this size and resolution"
        )
        self.export_button = dialog_button("&Export…", "Write the figure to a file (Enter)")
        self.close_button = dialog_button("C&lose", "Close this dialog (Esc)")
        self.export_button.setDefault(True)
        self._answers = FigureAnswers(window.session.background, self)
        self._scroll = QScrollArea()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._lay_out()
        self._connect()
        self.apply_theme()
        self._fit_screen()

    # Building

    def _lay_out(self) -> None:
        label = QLabel("Co&mmand")
        label.setBuddy(self.command)
        self._scroll.setWidget(self.form)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        upper, lower, buttons = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        upper.addWidget(self.preview, 1)
        upper.addWidget(self._scroll)
        for widget in (label, self.command, self.copy_command_button):
            lower.addWidget(widget)
        buttons.addWidget(self.status, 1)
        for button in (self.copy_image_button, self.close_button, self.export_button):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.addLayout(upper, 1)
        layout.addLayout(lower)
        layout.addLayout(buttons)

    def _followed(self) -> tuple[SignalInstance, ...]:
        """Return the signals after which another picture has to be shown."""
        window, session = self._window, self._window.session
        moments = (session.frame_changed, session.cursor_changed, session.selection_changed, session.time_range_changed)
        panels = (window.cards[view].content for view in PLOTS)
        held = (panel.scales_held for panel in panels)  # type: ignore[attr-defined]  # the contents of plots' cards
        return (*moments, window.pins.changed, window.playback.direction_changed, *held)

    def _connect(self) -> None:
        session = self._window.session
        for signal in self._followed():
            signal.connect(self._follow)
        session.document_changed.connect(self._show_command)
        session.file_changed.connect(self._show_command)
        self._timer.timeout.connect(self._show_preview)
        self._answers.changed.connect(self._follow)
        self.preview.resized.connect(self._follow)
        self.form.changed.connect(self._follow)
        self.form.changed.connect(self._clear_status)
        self.form.style_chosen.connect(self._use_style)
        self.form.style_kept.connect(self._keep_style)
        self.form.style_forgotten.connect(self._forget_style)
        self.copy_command_button.clicked.connect(self._copy_command)
        self.copy_image_button.clicked.connect(self._copy_image)
        self.export_button.clicked.connect(self._export)
        self.close_button.clicked.connect(self.reject)

    def let_go(self) -> None:
        """Remember what was set and stop following the session."""
        session = self._window.session
        for signal in self._followed():
            signal.disconnect(self._follow)
        session.document_changed.disconnect(self._show_command)
        session.file_changed.disconnect(self._show_command)
        self._answers.close()
        self._timer.stop()
        self._remember()

    def dress(self, theme: Theme) -> None:
        """Give the parts of the dialog a theme."""
        for part in (self.preview, self.form, self.status):
            part.apply_theme(theme)
        self._scroll.setFixedWidth(self.form.width() + self._scroll.verticalScrollBar().sizeHint().width())
        self._scroll.viewport().setAutoFillBackground(False)
        self._follow()

    def _fit_screen(self) -> None:
        around = self.sizeHint().height() - self._scroll.sizeHint().height()
        wanted = QSize(self.sizeHint().width(), self.form.sizeHint().height() + max(around, 0))
        self.resize(wanted.expandedTo(self.sizeHint()).boundedTo(self.screen().availableSize() * 0.95))

    # What is shown

    def _order(self) -> FigureOrder:
        """Return what the form says, with what the plots look at, or how the panels of the window are arranged."""
        order = self.form.order(self._window.theme)
        order = replace(order, scales=self._scales(PLOTS if order.view == WINDOW else order.views))
        if order.view != WINDOW:
            return replace(order, looks=self._looks(order.views))
        if is_default_layout(self._window.cards):
            return order
        return replace(order, layout=self._window.dock_area.saveState())

    def _looks(self, views: tuple[str, ...]) -> dict[str, Look]:
        """Return what the plots of the window look at, but the network which way the form says."""
        panels = {view: self._window.cards[view].content for view in views}
        found = {view: panel.look() for view, panel in panels.items()}  # type: ignore[attr-defined]  # a plot's panel
        looks: dict[str, Look] = {view: look for view, look in found.items() if look is not None}
        if UNROLLED in views:
            network, way = looks.get(UNROLLED), self.form.choices.way
            is_forward = self._window.playback.direction > 0
            shown = (
                network if isinstance(network, NetworkLook) else NetworkLook("forward" if is_forward else "backward")
            )
            looks[UNROLLED] = shown if way == AS_SHOWN else replace(shown, way=way)  # type: ignore[arg-type]
        return looks

    def _scales(self, views: Iterable[str]) -> dict[str, dict[str, Scale]]:
        """Return the scales that the window's panels hold, by view."""
        held = {view: self._window.cards[view].content.held_scales for view in views}  # type: ignore[attr-defined]
        return {view: dict(scales) for view, scales in held.items() if scales is not None}

    def _moment(self) -> Moment:
        session = self._window.session
        time_range = self.form.time_range(session.time_range, session.frame.last_step)
        pins, training = self._window.pins.pins, self._window.training_watch.live
        return Moment(session.frame, session.shown_selection, session.cursor, pins, time_range, training)

    def _follow(self, *_: object) -> None:
        """Show a change soon: plots while it goes on changing, the slower window when that stops."""
        is_window = self.form.view == WINDOW
        if is_window or not self._timer.isActive():
            self._timer.start(_WINDOW_PAUSE_MS if is_window else _PLOT_PAUSE_MS)
        self._show_buttons()
        self._show_command()

    def _show_buttons(self) -> None:
        self.export_button.setEnabled(not self.form.problem)
        self.copy_image_button.setEnabled(not self.form.raster_problem)

    def _show_preview(self) -> None:
        if self.form.size_problem:
            self.preview.show_words(self.form.size_problem)
            return
        order = self._order()
        try:
            with ordered_figure(order, self._moment(), answer=self._answers.answer) as figure:
                dpi = self.preview.resolution(figure.width_mm, figure.height_mm)
                self.preview.show_image(figure_image(figure, dpi), is_for_dark=order.dressed.is_dark)
        except StillComputingError:
            self.preview.show_words(_COMPUTING)
        except FigureError as error:
            self.preview.show_words(str(error))

    def _show_command(self, *_: object) -> None:
        command = self._command()
        self.command.setText(command)
        self.command.setCursorPosition(0)
        self.command.setToolTip(f"{command}\n{_DEFAULT_LAYOUT}" if self.form.view == WINDOW else command)
        self.command.setPlaceholderText(self._why_no_command())
        self.command.setAccessibleDescription("" if command else self.command.placeholderText())
        self.copy_command_button.setEnabled(bool(command))

    def _ghosts(self) -> list[str] | None:
        """Return what a command calls the pinned states that are drawn; None where it cannot name them."""
        return ghost_words(self._window.pins.pins) if self.form.choices.shows_ghosts else []

    def _why_no_command(self) -> str:
        """Return why no command makes the figure again; empty if one does."""
        if self.form.problem:
            return self.form.problem
        if self._ghosts() is None:
            return _PINNED
        if any(map(is_own_training, self._order().looks.values())):
            return TRAINED
        return "" if scene_word(self._window.session) else SAVE_FIRST

    def _command(self) -> str:
        """Return the command that makes the figure again, or nothing if none can."""
        scene, ghosts = scene_word(self._window.session), self._ghosts()
        if scene is None or ghosts is None or self._why_no_command():
            return ""
        return figure_command(self._order(), self._moment(), scene, ghosts)

    def _clear_status(self) -> None:
        self.status.say("")

    # Styles

    def _use_style(self, name: str) -> None:
        self.form.use_style(self._window.settings.figure_styles()[name])

    def _keep_style(self) -> None:
        name = self._window.ask_figure_style()
        if name is not None:
            self._window.settings.keep_figure_style(name, self.form.choices)
            self._list_styles()
            self.status.say(f"Kept the style “{name}”")

    def _forget_style(self, name: str) -> None:
        self._window.settings.forget_figure_style(name)
        self._list_styles()
        self.status.say(f"Forgot the style “{name}”")

    def _list_styles(self) -> None:
        self.form.list_styles(self._window.settings.figure_styles())

    # Doing

    def _copy_command(self) -> None:
        QGuiApplication.clipboard().setText(self.command.text())
        self.status.say("The command is on the clipboard")

    def _copy_image(self) -> None:
        order = self._order()
        try:
            with _busy(), ordered_figure(order, self._moment(), answer=self._answers.answer) as figure:
                image = figure_image(figure, order.dpi)
        except StillComputingError:
            self.status.say(_WAIT, is_error=True)
            return
        except FigureError as error:
            self.status.say(str(error), is_error=True)
            return
        QGuiApplication.clipboard().setImage(image)
        self.status.say(f"The figure is on the clipboard ({_pixels(image)})")

    def _export(self) -> None:
        order = self._order()
        path = self._pick(order)
        if path is None:
            return
        moment, command = self._moment(), self._command()
        try:
            with _busy(), ordered_figure(order, moment, command, self._answers.answer) as figure:
                save_figure(figure, path, order.dpi if order.kind == "png" else _ANY_DPI)
        except StillComputingError:
            self.status.say(_WAIT, is_error=True)
            return
        except FigureError as error:
            self.status.say(str(error), is_error=True)
            return
        self._remember(path.parent)
        self.status.say(f"Saved {path} ({self._size_in_words(order)})")

    def _pick(self, order: FigureOrder) -> Path | None:
        """Let the user choose a file; its ending follows the format. None: not chosen, or refused."""
        chosen = self._window.pick_figure_file(self.suggested_file(order.file_name))
        return None if chosen is None else self.free_path(chosen, with_ending(chosen, order.kind), self.status)

    def _size_in_words(self, order: FigureOrder) -> str:
        if order.kind == "png":
            width, height = self.form.size_px
            return f"{width} × {height} px"
        width_mm, height_mm = order.sides_mm
        return f"{width_mm:g} × {height_mm:g} mm"

    def _remember(self, folder: Path | None = None) -> None:
        settings = self._window.settings
        where = settings.figure.folder if folder is None else str(folder.absolute())
        settings.figure = replace(self.form.choices, folder=where)


def with_ending(path: Path, kind: str) -> Path:
    """Return the path with the ending of its format: another format's is replaced, none is added to."""
    if path.suffix.lower() == f".{kind}":
        return path
    is_other = path.suffix.lower().removeprefix(".") in KINDS
    return path.with_suffix(f".{kind}") if is_other else path.with_name(f"{path.name}.{kind}")


def _pixels(image: QImage) -> str:
    return f"{image.width()} × {image.height()} px"


@contextmanager
def _busy() -> Iterator[None]:
    """Show a waiting pointer."""
    QGuiApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
    try:
        yield
    finally:
        QGuiApplication.restoreOverrideCursor()
