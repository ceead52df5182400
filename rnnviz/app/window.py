"""The window: it only wires the session to editors, plots, menus and the time bar."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QMessageBox, QToolBar, QVBoxLayout, QWidget

from rnnviz.app.dialogs import Dialogs, Unsaved
from rnnviz.document import SCENE_SUFFIX
from rnnviz.session.settings import Settings
from rnnviz.views.fonts import ui_font
from rnnviz.views.styling import dress, named_theme
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.dock_area import DockArea, scrolling
from rnnviz.views.widgets.header import Header
from rnnviz.views.widgets.live_label import LiveLabel
from rnnviz.views.widgets.notice_bar import NoticeBar, below
from rnnviz.views.widgets.time_bar import TimeBar

# What needs NumPy is imported where it is first used: the frame of the window is on screen before that.
if TYPE_CHECKING:
    from rnnviz.app.layout import Layout
    from rnnviz.app.menus import Menus
    from rnnviz.app.presentation import Stage
    from rnnviz.document.document import Document
    from rnnviz.document.edits import Edit
    from rnnviz.document.frame import Frame
    from rnnviz.document.presets import Scene
    from rnnviz.document.tasks._base import Task
    from rnnviz.session.baseline import Baseline
    from rnnviz.session.live_training import TrainingWatch
    from rnnviz.session.pins import Pins
    from rnnviz.session.playback import Playback
    from rnnviz.session.session import Selection, Session
    from rnnviz.session.training import TrainingRun
    from rnnviz.views.editors.network_strip import NetworkStrip
    from rnnviz.views.widgets.card import Card
    from rnnviz.views.widgets.time_strip import TimeStrip

MESSAGE_MS = 8000
TEXT_SIZES = (10.0, 11.0, 12.0, 13.0, 14.0, 16.0, 18.0, 21.0, 24.0)


class MainWindow(QMainWindow):
    """Everything on one screen: what you edit at the left, what it does in the middle, why at the right, time below.

    It comes to life in three steps: the frame of the window, a session, and then editors and plots.

    Signals:
        first_painted(): the frame of the window is on screen.
        filled(): editors and plots exist from now on.
    """

    first_painted = Signal()
    filled = Signal()
    session: Session
    playback: Playback
    pins: Pins
    training: TrainingRun
    baseline: Baseline
    training_watch: TrainingWatch
    menus: Menus
    strip: NetworkStrip
    time_strip: TimeStrip

    def __init__(
        self, session: Session | None, settings: Settings, dialogs: Dialogs, theme: Theme | None = None
    ) -> None:
        """Make the window; without a session only its frame, until `attach`. ``theme`` overrides the settings."""
        super().__init__()
        self.settings, self._dialogs = settings, dialogs
        self.theme = theme or named_theme(settings.theme)
        self.cards: dict[str, Card] = {}
        self.stage: Stage | None = None
        self._is_painted = self._is_attached = self._is_filled = False
        dress(_application(), self.theme)
        self.setWindowTitle("rnnviz")
        self.setAcceptDrops(True)
        self.header, self.time_bar = Header(self.theme), TimeBar(self.theme)
        self.notices = NoticeBar(self.theme)
        self.dock_area = DockArea(self.theme)
        self.setMenuWidget(below(self.header, self.notices))
        self._add_dock_area()
        self._add_time_bar()
        self._verdict, self._notes, self._busy = LiveLabel(), LiveLabel(), QLabel()
        self._add_status_bar()
        self._restore_geometry()
        if session is not None:
            self.attach(session)
            self.first_painted.connect(self.fill)

    def attach(self, session: Session) -> None:
        """Bring menus and controls to life."""
        from rnnviz.app.actions import RECENT_MENU
        from rnnviz.app.compare_actions import PinMenus
        from rnnviz.app.disk_notices import DiskNotices
        from rnnviz.app.menus import Menus
        from rnnviz.app.own_layouts import OwnLayouts
        from rnnviz.session.baseline import Baseline
        from rnnviz.session.live_training import TrainingWatch
        from rnnviz.session.pins import Pins
        from rnnviz.session.playback import Playback
        from rnnviz.session.training import TrainingRun
        from rnnviz.views.widgets.time_strip import TimeStrip

        self.session, self._is_attached = session, True
        self.playback = Playback(session, self.settings.speed)
        self.pins = Pins(session, session)
        self.training = TrainingRun(session)
        self.baseline = Baseline(self.training)
        self.training_watch = TrainingWatch(self.training, self.baseline, session)
        self._disk = DiskNotices(self)
        self.time_strip = TimeStrip(session, self.theme, self.time_bar)
        self.time_bar.add_above(self.time_strip)
        self.menus = Menus(self, self.header.menu_bar)
        self._pin_menus = PinMenus(self)
        self.header.set_scene_menu(self.menus.menu("&File>Open s&cene"))
        self.menus.menu(RECENT_MENU).aboutToShow.connect(self._list_recent)
        self._own_layouts = OwnLayouts(self)
        self._connect()
        self._show_document(session.document)
        self._show_frame(session.frame)
        self._show_cursor(session.cursor)
        self.time_bar.slider.setFocus()  # so that the arrow keys step through time at once

    # Building

    def _add_dock_area(self) -> None:
        """Put the cards into the middle of the window; `fill` adds the strip above them."""
        middle = QWidget()
        self._middle = QVBoxLayout(middle)
        self._middle.setContentsMargins(0, 0, 0, 0)
        self._middle.setSpacing(0)
        self._middle.addWidget(scrolling(self.dock_area))
        self.setCentralWidget(middle)

    def _add_time_bar(self) -> None:
        bar = QToolBar("Time")
        bar.setObjectName("time")
        bar.setMovable(False)
        bar.setFloatable(False)
        bar.toggleViewAction().setVisible(False)
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        bar.addWidget(self.time_bar)
        self.addToolBar(Qt.ToolBarArea.BottomToolBarArea, bar)
        self.time_bar.set_speed(self.settings.speed)

    def _add_status_bar(self) -> None:
        bar, px = self.statusBar(), self.theme.px
        self._dress_status_bar()
        bar.addWidget(self._verdict, 1)
        bar.addWidget(self._notes, 1)
        bar.addPermanentWidget(self._busy)
        bar.setSizeGripEnabled(False)
        bar.setContentsMargins(round(px(14)), 0, round(px(14)), round(px(4)))

    def _dress_status_bar(self) -> None:
        for label in (self._verdict, self._notes):
            label.set_look(ui_font(self.theme.px(11.5)), self.theme.muted, self.theme.bar)

    def _connect(self) -> None:
        session, bar = self.session, self.time_bar
        session.document_changed.connect(self._show_document)
        session.frame_changed.connect(self._show_frame)
        session.cursor_changed.connect(self._show_cursor)
        session.selection_changed.connect(self._show_selection)
        session.file_changed.connect(self._show_file)
        bar.moved.connect(session.set_cursor)
        bar.play_toggled.connect(self.playback.toggle)
        bar.speed_chosen.connect(self._choose_speed)
        bar.direction_chosen.connect(self.playback.set_direction)
        self.playback.playing_changed.connect(bar.set_playing)
        self.header.present_requested.connect(self.present)
        self.pins.failed.connect(self.show_message)
        self.training.stopped.connect(self.show_message)
        self.header.cell_chosen.connect(self._choose_cell)
        self.header.activation_chosen.connect(self._choose_activation)
        self.header.loss_steps_chosen.connect(self._choose_loss_steps)

    def fill(self) -> None:
        """Make editors and plots and lay them out. Their modules are imported here, after the first paint."""
        if self._is_filled:
            return
        from rnnviz.app.cards import make_cards
        from rnnviz.views.editors.network_strip import NetworkStrip

        self._is_filled = True
        self.strip = NetworkStrip(self.session, self.theme)
        self._middle.insertWidget(0, self.strip)
        self.cards = make_cards(self)
        panels = self.menus.menu("&View>&Panels")
        for card in self.cards.values():
            toggle: QAction = card.toggleViewAction()
            panels.addAction(toggle)
        self.reset_layout()
        stored = self.settings.layout()
        if stored is not None:
            self.dock_area.restoreState(stored)
        self.filled.emit()

    @property
    def is_filled(self) -> bool:
        """Whether editors and plots exist."""
        return self._is_filled

    def reset_layout(self) -> None:
        """Bring every panel back to its place."""
        from rnnviz.app.layout import EXPLORE

        self.arrange(EXPLORE)

    def arrange(self, layout: Layout) -> None:
        """Show the panels of a layout, each in its place."""
        from rnnviz.app.layout import apply_layout

        self.fill()
        apply_layout(self.dock_area, self.cards, layout)

    def ask_save_layout(self) -> None:
        """Let the user keep the present arrangement under a name."""
        self.fill()
        self._own_layouts.ask_save()

    def ask_layout_name(self) -> str | None:
        """Let the user name an arrangement of the panels."""
        return self._dialogs.layout_name()

    def present(self) -> None:
        """Fill the screen with the plots; the window itself stays as it is, and Esc comes back to it."""
        from rnnviz.app.presentation import Stage

        self.fill()
        if self.stage is None:
            self.stage = Stage(self)
        self.stage.enter()

    def show_card(self, key: str) -> None:
        """Bring a panel to light, with the keyboard in it."""
        self.fill()
        card = self.cards[key]
        card.show()
        card.raise_()
        card.content.setFocus()

    def enter_notice(self) -> None:
        """Give the keyboard to the notice under the header, if there is one."""
        if not self.notices.enter():
            self.show_message("There is no notice.")

    # Showing

    def _show_document(self, document: Document) -> None:
        self.header.set_scene(document.title)
        self._notes.set_text(document.notes.partition("\n")[0])
        self._show_cell(document, self.session.selection)
        steps = document.objective.steps
        self.header.loss.set_choice(steps if isinstance(steps, str) else "")
        self._busy.setText("computing …" if self.session.is_computing else "")
        self._show_file(self.session.path)

    def _show_cell(self, document: Document, selection: Selection) -> None:
        layer = document.layers[selection.layer]
        self.header.set_cell(layer.cell, layer.activation if layer.cell == "rnn" else None)

    def _show_frame(self, frame: Frame) -> None:
        self.time_bar.set_range(frame.last_step)
        self._show_verdict()
        self._busy.setText("computing …" if self.session.is_computing else "")

    def _show_cursor(self, t: int) -> None:
        self.time_bar.set_value(t)

    def _show_selection(self, selection: Selection) -> None:
        self._show_cell(self.session.document, selection)
        self._show_verdict()

    def _show_verdict(self) -> None:
        from rnnviz.app.verdict import verdict

        self._verdict.set_text(verdict(self.session.frame, self.session.shown_selection))

    def _show_file(self, path: Path | None) -> None:
        name = self.session.document.title if path is None else path.name
        self.setWindowTitle(f"{name}[*] — rnnviz")
        self.setWindowModified(self.session.is_modified)

    def show_message(self, text: str) -> None:
        """Say in the status bar what was refused, or done."""
        self.statusBar().showMessage(text, MESSAGE_MS)

    # Doing

    def apply(self, edit: Edit) -> None:
        """Make an edit; a refusal is shown in the status bar."""
        self.attempt(lambda: self.session.apply(edit))

    def attempt(self, action: Callable[[], object]) -> bool:
        """Do something that may be refused; say why, and return whether it was done."""
        from rnnviz.document.values import DocumentError

        try:
            action()
        except DocumentError as error:
            self.show_message(str(error))
            return False
        return True

    def _choose_cell(self, cell: str) -> None:
        self.menus[f"model.cell.{cell}"].trigger()

    def _choose_activation(self, name: str) -> None:
        self.menus[f"model.activation.{name}"].trigger()

    def _choose_loss_steps(self, steps: str) -> None:
        self.menus[f"model.loss.{steps}"].trigger()

    def show_windows(self) -> None:
        """Show what can be chosen of truncated windows, beside the strip."""
        self.fill()
        self.strip.open_windows()

    def show_initial_values(self) -> None:
        """Show how weights are drawn, beside the strip."""
        self.fill()
        self.strip.open_initial_values()

    def _choose_speed(self, speed: float) -> None:
        self.settings.speed = speed
        self.playback.set_speed(speed)

    def choose_theme(self, name: str) -> None:
        """Use ``light``, ``dark`` or ``system`` colours, and remember that."""
        self.settings.theme = name
        self.apply_theme(named_theme(name).with_text(self.theme.text_px))

    def change_text(self, direction: int) -> None:
        """Make all words one size larger (+1) or smaller (−1)."""
        nearest = min(range(len(TEXT_SIZES)), key=lambda index: abs(TEXT_SIZES[index] - self.theme.text_px))
        index = min(max(nearest + direction, 0), len(TEXT_SIZES) - 1)
        self.apply_theme(self.theme.with_text(TEXT_SIZES[index]))

    def apply_theme(self, theme: Theme) -> None:
        """Paint everything with other colours and sizes."""
        self.theme = theme
        dress(_application(), theme)
        self.header.apply_theme(theme)
        self.notices.apply_theme(theme)
        self.time_bar.apply_theme(theme)
        self._dress_status_bar()
        self.dock_area.apply_theme(theme)
        if self._is_filled:
            self.strip.apply_theme(theme)
        for card in self.cards.values():
            card.apply_theme(theme)
        if self._is_attached:
            self.time_strip.apply_theme(theme)
            self.menus.refresh()

    # Files

    def open_built_in(self, scene: Scene) -> None:
        """Open a built-in scene, unless unsaved changes are to be kept."""
        if self.may_leave():
            self.session.open_document(scene.document())

    def open_task(self, task: Task) -> None:
        """Open the network of a task to train it, unless unsaved changes are to be kept."""
        if self.may_leave() and self.attempt(lambda: self.training.use_task(task)):
            from rnnviz.app.training_actions import reveal

            reveal(self)

    def ask_open(self) -> None:
        """Let the user choose a scene file and open it."""
        path = self._dialogs.open_scene()
        if path is not None:
            self.open_path(path)

    def open_path(self, path: Path) -> None:
        """Open a scene file, or feed a data file to the network."""
        if not path.name.endswith(".json"):
            self._open_data(path)
        elif self.may_leave() and self.attempt(lambda: self.session.open_file(path)):
            self.settings.remember_file(path)

    def _list_recent(self) -> None:
        """Fill the menu of recent files, above the entry that empties it."""
        from rnnviz.app.actions import RECENT_MENU

        menu, forget = self.menus.menu(RECENT_MENU), self.menus["file.forget"]
        for action in menu.actions():
            if action is not forget:
                menu.removeAction(action)
        for path in self.settings.recent_files:
            entry = QAction(path.name, menu, toolTip=str(path))
            entry.triggered.connect(partial(self._open_recent, path))
            menu.insertAction(forget, entry)

    def _open_recent(self, path: Path, *_: object) -> None:
        self.open_path(path)

    def forget_recent(self) -> None:
        """Empty the list of recent files."""
        self.settings.forget_files()

    def pick_data(self) -> Path | None:
        """Let the user choose a CSV or text file."""
        return self._dialogs.open_data()

    def ask_data(self) -> None:
        """Let the user choose a CSV or text file and feed it to the network."""
        path = self.pick_data()
        if path is not None:
            self._open_data(path)

    def _open_data(self, path: Path) -> None:
        self.fill()
        self.cards["input"].content.open_path(path)  # type: ignore[attr-defined]  # the input panel

    def save(self) -> bool:
        """Write the scene to its file, asking for one if it has none; return whether it was written."""
        path = self.session.path
        return self.ask_save() if path is None else self._save_to(path)

    def ask_save(self) -> bool:
        """Ask for a file and write the scene to it; return whether it was written."""
        suggested = self.session.path or Path(f"{file_name(self.session.document.title)}{SCENE_SUFFIX}")
        path = self._dialogs.save_scene(suggested)
        return path is not None and self._save_to(path)

    def _save_to(self, path: Path) -> bool:
        if path == self.session.path and not self._disk.may_save():
            return False
        if not self.attempt(lambda: self.session.save_file(path)):
            return False
        self.settings.remember_file(path)
        self.show_message(f"Saved {path}")
        return True

    def may_leave(self) -> bool:
        """Return whether the present document may go: unchanged, saved, or given up by the user."""
        if not self.session.is_modified:
            return True
        answer = self._dialogs.unsaved(self.session.document.title)
        return self.save() if answer is Unsaved.SAVE else answer is Unsaved.DISCARD

    def ask_rename(self) -> None:
        """Let the user give the scene another title."""
        from rnnviz.document.edits import set_title

        title = self._dialogs.scene_title(self.session.document.title)
        if title is not None:
            self.apply(set_title(title))

    def export_figure(self, view: str | None = None) -> None:
        """Open the dialog that writes figures, on a view or on the one that it showed last."""
        self.fill()
        from rnnviz.app.figure_dialog import FigureDialog

        dialog = self.findChild(FigureDialog) or FigureDialog(self)
        if view is not None:
            dialog.form.view_box.set_choice(view)
        dialog.show()
        dialog.activateWindow()

    def pick_figure_file(self, suggested: Path) -> Path | None:
        """Let the user choose the file of a figure."""
        return self._dialogs.save_figure(suggested)

    def export_animation(self) -> None:
        """Open the dialog that writes animations."""
        self.fill()
        from rnnviz.app.animation_dialog import AnimationDialog

        dialog = self.findChild(AnimationDialog) or AnimationDialog(self)
        dialog.show()
        dialog.activateWindow()

    def pick_animation_file(self, suggested: Path) -> Path | None:
        """Let the user choose the file of an animation, or without an ending a folder of frames."""
        return self._dialogs.save_animation(suggested)

    def export_handout(self) -> None:
        """Open the dialog that writes handouts."""
        from rnnviz.app.handout_dialog import HandoutDialog

        dialog = self.findChild(HandoutDialog) or HandoutDialog(self)
        dialog.show()
        dialog.activateWindow()

    def pick_handout_file(self, suggested: Path) -> Path | None:
        """Let the user choose the file of a handout."""
        return self._dialogs.save_handout(suggested)

    def ask_figure_style(self) -> str | None:
        """Let the user name the style of a figure."""
        return self._dialogs.figure_style_name()

    def export_code(self) -> None:
        """Open the dialog that writes scripts."""
        from rnnviz.app.code_dialog import CodeDialog

        dialog = self.findChild(CodeDialog) or CodeDialog(self)
        dialog.show()
        dialog.activateWindow()

    def pick_script_file(self, suggested: Path) -> Path | None:
        """Let the user choose the file of a script."""
        return self._dialogs.save_script(suggested)

    # Help

    def show_keys(self) -> None:
        """Show what keys and mouse do."""
        from rnnviz.app.help import KeysDialog

        KeysDialog(self).open()

    def check_gradients(self) -> None:
        """Open the dialog that compares every gradient with a measured slope."""
        self.fill()
        from rnnviz.app.check_dialog import CheckDialog

        dialog = self.findChild(CheckDialog) or CheckDialog(self)
        dialog.show()
        dialog.activateWindow()

    def show_about(self) -> None:
        """Show the version and the licences."""
        from rnnviz.app.help import about_text

        QMessageBox.about(self, "About rnnviz", about_text())

    # Qt

    def _restore_geometry(self) -> None:
        geometry = self.settings.geometry()
        if geometry is None or not self.restoreGeometry(geometry):
            # the screen of the offscreen platform is an invention
            is_seen = QApplication.platformName() != "offscreen"
            self.resize(self.sizeHint().boundedTo(self.screen().availableSize()) if is_seen else self.sizeHint())

    def sizeHint(self) -> QSize:
        return QSize(1600, 1000)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            QTimer.singleShot(0, self, self.first_painted.emit)  # not if it is gone by then

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if files and self._is_attached:
            self.open_path(files[0])

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self._is_attached:
            return
        if not self.may_leave():
            event.ignore()
            return
        self.playback.stop()
        self.training.pause()
        if self.stage is not None:
            self.stage.leave()
        if self._is_filled:
            self.settings.remember_window(self.saveGeometry(), self.dock_area.saveState())
        self.session.close()
        event.accept()


def file_name(title: str) -> str:
    """Return a title as a file name: letters, digits and hyphens."""
    kept = "".join(letter if letter.isalnum() else "-" for letter in title.lower())
    return "-".join(part for part in kept.split("-") if part) or "scene"


def _application() -> QApplication:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    return application
