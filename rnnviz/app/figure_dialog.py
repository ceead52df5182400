"""The dialog that writes figures: what will be in the file at the left, how it is made at the right."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, SignalInstance
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout

from rnnviz.app.exports import (
    KINDS,
    WINDOW,
    FigureOrder,
    figure_command,
    ordered_figure,
    scene_word,
)
from rnnviz.app.figure_form import FigureForm
from rnnviz.app.layout import is_default_layout
from rnnviz.app.window import MainWindow, file_name
from rnnviz.session.session import Session
from rnnviz.views.figure import FigureError, figure_image, save_figure
from rnnviz.views.figures import Moment
from rnnviz.views.widgets.figure_preview import FigurePreview

_PLOT_PAUSE_MS = 60
_WINDOW_PAUSE_MS = 300
_SAVE_FIRST = "Save the scene first: a command can only draw what is in a file, or built in"
_PINNED = "No command makes this: what is pinned is in no file. Remove it first, under Compare"
_ANY_DPI = 300  # not used, but checked
_DEFAULT_LAYOUT = "It draws the panels where View > Reset layout puts them"


class FigureDialog(QDialog):
    """Shows the figure that would be written, follows the session, writes or copies. It blocks nothing."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.setWindowTitle("Export figure")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._window, self._theme = window, window.theme
        self.form = FigureForm(window.settings.figure, window.theme)
        self.preview = FigurePreview(window.theme)
        self.command = QLineEdit()
        self.command.setReadOnly(True)
        self.command.setAccessibleName("The command that makes this file")
        self.status = QLabel()
        self.status.setWordWrap(True)
        self.status.setAccessibleName("Result")
        self.copy_command_button = _button("Co&py", "Copy the command to the clipboard")
        self.copy_image_button = _button("Copy ima&ge", "Copy the figure to the clipboard, at this size and resolution")
        self.export_button = _button("&Export…", "Write the figure to a file (Enter)")
        self.close_button = _button("C&lose", "Close this dialog (Esc)")
        self.export_button.setDefault(True)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._lay_out()
        self._connect()
        self._apply_theme()
        self._fit_screen()
        self._follow()

    # Building

    def _lay_out(self) -> None:
        label = QLabel("Co&mmand")
        label.setBuddy(self.command)
        upper, lower, buttons = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        upper.addWidget(self.preview, 1)
        upper.addWidget(self.form)
        for widget in (label, self.command, self.copy_command_button):
            lower.addWidget(widget)
        buttons.addWidget(self.status, 1)
        for button in (self.copy_image_button, self.close_button, self.export_button):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.addLayout(upper, 1)
        layout.addLayout(lower)
        layout.addLayout(buttons)

    @staticmethod
    def _followed(session: Session) -> tuple[SignalInstance, ...]:
        return session.frame_changed, session.cursor_changed, session.selection_changed, session.time_range_changed

    def _connect(self) -> None:
        session = self._window.session
        for signal in self._followed(session):
            signal.connect(self._follow)
        session.document_changed.connect(self._show_command)
        session.file_changed.connect(self._show_command)
        self._window.pins.changed.connect(self._follow)
        self._window.installEventFilter(self)
        self._timer.timeout.connect(self._show_preview)
        self.preview.resized.connect(self._follow)
        self.form.changed.connect(self._follow)
        self.form.changed.connect(self._clear_status)
        self.copy_command_button.clicked.connect(self._copy_command)
        self.copy_image_button.clicked.connect(self._copy_image)
        self.export_button.clicked.connect(self._export)
        self.close_button.clicked.connect(self.reject)

    def _disconnect(self) -> None:
        session = self._window.session
        for signal in self._followed(session):
            signal.disconnect(self._follow)
        session.document_changed.disconnect(self._show_command)
        session.file_changed.disconnect(self._show_command)
        self._window.pins.changed.disconnect(self._follow)
        self._window.removeEventFilter(self)
        self._timer.stop()

    def _apply_theme(self) -> None:
        self._theme = theme = self._window.theme
        self.preview.apply_theme(theme)
        self.form.apply_theme(theme)
        margin = round(theme.px(14))
        self.layout().setContentsMargins(margin, margin, margin, margin)  # type: ignore[union-attr]
        self.layout().setSpacing(round(theme.px(10)))  # type: ignore[union-attr]
        self._follow()

    def _fit_screen(self) -> None:
        room = self.screen().availableSize() * 0.95
        self.resize(self.sizeHint().boundedTo(room))

    # What is shown

    def _order(self) -> FigureOrder:
        """Return what the form says, with what the plot looks at, or how the panels of the window are arranged."""
        order = self.form.order(self._window.theme)
        if order.view != WINDOW:
            return replace(order, look=self._window.cards[order.view].content.look())  # type: ignore[attr-defined]
        if is_default_layout(self._window.cards):
            return order
        return replace(order, layout=self._window.dock_area.saveState())

    def _moment(self) -> Moment:
        session = self._window.session
        pins, training = self._window.pins.pins, self._window.training_watch.live
        return Moment(session.frame, session.shown_selection, session.cursor, pins, session.time_range, training)

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
        try:
            with ordered_figure(self._order(), self._moment()) as figure:
                dpi = self.preview.resolution(figure.width_mm, figure.height_mm)
                self.preview.show_image(figure_image(figure, dpi))
        except FigureError as error:
            self.preview.show_words(str(error))

    def _show_command(self, *_: object) -> None:
        command = self._command()
        self.command.setText(command)
        self.command.setCursorPosition(0)
        self.command.setToolTip(f"{command}\n{_DEFAULT_LAYOUT}" if self.form.view == WINDOW else command)
        self.command.setPlaceholderText(self.form.problem or (_PINNED if self._window.pins.pins else _SAVE_FIRST))
        self.command.setAccessibleDescription("" if command else self.command.placeholderText())
        self.copy_command_button.setEnabled(bool(command))

    def _command(self) -> str:
        """Return the command that makes the figure again, or nothing if none can."""
        scene = scene_word(self._window.session)
        if scene is None or self.form.problem or self._window.pins.pins:
            return ""
        return figure_command(self._order(), self._moment(), scene)

    def _say(self, text: str, *, is_error: bool = False) -> None:
        self.status.setStyleSheet(f"color: {self._theme.warning if is_error else self._theme.muted}")
        self.status.setText(text)

    def _clear_status(self) -> None:
        self._say("")

    # Doing

    def _copy_command(self) -> None:
        QGuiApplication.clipboard().setText(self.command.text())
        self._say("The command is on the clipboard")

    def _copy_image(self) -> None:
        order = self._order()
        try:
            with _busy(), ordered_figure(order, self._moment()) as figure:
                image = figure_image(figure, order.dpi)
        except FigureError as error:
            self._say(str(error), is_error=True)
            return
        QGuiApplication.clipboard().setImage(image)
        self._say(f"The figure is on the clipboard ({_pixels(image)})")

    def _export(self) -> None:
        order = self._order()
        path = self._pick(order)
        if path is None:
            return
        moment, command = self._moment(), self._command()
        try:
            with _busy(), ordered_figure(order, moment, command) as figure:
                save_figure(figure, path, order.dpi if order.kind == "png" else _ANY_DPI)
        except FigureError as error:
            self._say(str(error), is_error=True)
            return
        self._remember(path.parent)
        self._say(f"Saved {path} ({self._size_in_words(order)})")

    def _pick(self, order: FigureOrder) -> Path | None:
        """Let the user choose a file; its ending follows the format. None: not chosen, or refused."""
        folder = Path(self._window.settings.figure.folder)
        name = f"{file_name(self._window.session.document.title)}-{order.file_name}"
        chosen = self._window.pick_figure_file(folder / name if folder.is_dir() else Path(name))
        if chosen is None:
            return None
        path = with_ending(chosen, order.kind)
        if path != chosen and path.exists():  # nobody was asked about replacing this one
            self._say(f"{path} exists already; choose it by its full name to replace it", is_error=True)
            return None
        return path

    def _size_in_words(self, order: FigureOrder) -> str:
        if order.kind == "png":
            width, height = self.form.size_px
            return f"{width} × {height} px"
        assert order.size_mm is not None
        return f"{order.size_mm[0]:g} × {order.size_mm[1]:g} mm"

    def _remember(self, folder: Path | None = None) -> None:
        settings = self._window.settings
        where = settings.figure.folder if folder is None else str(folder.absolute())
        settings.figure = replace(self.form.choices, folder=where)

    # Qt

    def done(self, result: int) -> None:
        """Close: remember what was set and stop following the session."""
        self._disconnect()
        self._remember()
        super().done(result)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the window's theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self._window.theme is not self._theme:
            self._apply_theme()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Close with the window, which Qt hides without its dialogs."""
        if watched is self._window and event.type() == QEvent.Type.Hide and not event.spontaneous():
            self.reject()
        return super().eventFilter(watched, event)


def with_ending(path: Path, kind: str) -> Path:
    """Return the path with the ending of its format: another format's is replaced, none is added to."""
    if path.suffix.lower() == f".{kind}":
        return path
    is_other = path.suffix.lower().removeprefix(".") in KINDS
    return path.with_suffix(f".{kind}") if is_other else path.with_name(f"{path.name}.{kind}")


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    return button


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
