"""The input's editor: draw a curve, type a text or a table, generate a signal or a task, load a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from rnnviz.document.document import Document, Input
from rnnviz.document.edits import Edit
from rnnviz.document.input_edits import normalise
from rnnviz.document.scaling import Normalisation
from rnnviz.document.sources import curve_edit
from rnnviz.document.step_edits import add_sequence, set_length
from rnnviz.document.target_edits import add_targets
from rnnviz.session.session import Session
from rnnviz.views.editors.file_source import FileSource
from rnnviz.views.editors.generator_form import GeneratorForm
from rnnviz.views.editors.input_canvas import InputCanvas
from rnnviz.views.editors.input_tools import InputTools
from rnnviz.views.editors.step_menu import entries, step_menu
from rnnviz.views.editors.step_table import StepTable
from rnnviz.views.editors.target_canvas import TargetCanvas
from rnnviz.views.editors.text_source import TextSource
from rnnviz.views.editors.trouble import Trouble
from rnnviz.views.editors.typed_edit import TypedEdit
from rnnviz.views.fonts import ui_font
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.segmented import Segmented

_SOURCES = (
    ("curve", "Curve", "Draw the input with the mouse, or set it with the arrow keys"),
    ("text", "Text", "Type a text: one-hot, and every symbol is to predict the next one"),
    ("table", "Table", "Type numbers: a row for each step, with targets and which steps count"),
    ("generate", "Generate", "Make a signal, noise, or a task: impulse, sine, copy, adding …"),
    ("file", "File…", "Load a time series (CSV, TXT), a sound (WAV) or a text; or drop a file on the window"),
)
_CANVAS_HEIGHT = 140  # px, at least


class InputPanel(QWidget):
    """Shows and changes the document's input and targets.

    Signals:
        message(str): something to say in the status bar.
        play_requested(): Space was pressed on the canvas.
        order_requested(): the question whether order matters is asked.
    """

    message = Signal(str)
    play_requested = Signal()
    order_requested = Signal()

    def __init__(
        self,
        session: Session,
        theme: Theme,
        file_picker: Callable[[], Path | None],
        parent: QWidget | None = None,
    ) -> None:
        """Make the panel; ``file_picker`` lets the user choose a file."""
        super().__init__(parent)
        self._session, self._file_picker = session, file_picker
        self._shown_input: Input = session.document.input
        self._curve = session.document if self._shown_input.text is None else None
        self._is_generating = False
        self._shuffles = 0  # the seed of the next shuffle: each is another
        self._typed_length, self._generated = TypedEdit(session), TypedEdit(session)
        self.source = Segmented(_SOURCES, theme, is_narrow=True)
        self.source.setAccessibleName("Kind of input")
        self.trouble = Trouble(session, theme)
        self.tools = InputTools(theme)
        self.text = TextSource(session, self.trouble, theme)
        self.file = FileSource(session, self.trouble, theme)
        self.generator = GeneratorForm(theme)
        self.table = StepTable(session, theme)
        self.canvas, self.target_canvas = InputCanvas(session, theme), TargetCanvas(session, theme)
        self._no_targets, self.add_targets_button = QLabel("There are no targets."), QPushButton("Add targets")
        self.menu: QMenu | None = None
        self._lay_out()
        self._connect()
        self.apply_theme(theme)
        self._show_source("curve" if self._shown_input.text is None else "text")
        self._show_tools()

    def _lay_out(self) -> None:
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.source, self.text, self.file, self.generator, self.file.progress, self.tools, self.trouble):
            self._layout.addWidget(widget)
        for widget in (self.canvas, self.target_canvas, self.table):
            self._layout.addWidget(widget, 1)
        self._layout.addWidget(self._no_targets)
        self._layout.addWidget(self.add_targets_button)
        self._layout.addStretch(0)

    def _connect(self) -> None:
        session, tools, trouble = self._session, self.tools, self.trouble
        session.document_changed.connect(self._show_document)
        session.selection_changed.connect(self._show_tools)
        self.source.chosen.connect(self._choose_source)
        self.file.used.connect(self._show_source)
        tools.view_chosen.connect(self._show_parts)
        tools.length_typed.connect(self._take_length)
        tools.length_ended.connect(self._typed_length.end)
        tools.normalisation_chosen.connect(self._normalise)
        tools.sequence_requested.connect(self._add_sequence)
        tools.menu_requested.connect(self._open_menu)
        self.generator.changed.connect(self._generate)
        self.generator.ended.connect(self._generated.end)
        self.add_targets_button.clicked.connect(self._add_targets)
        self.table.edit_requested.connect(self._do)
        self.table.refused.connect(trouble.say)
        self.table.menu_requested.connect(self._open_menu)
        self.table.cursor_requested.connect(session.set_cursor)
        self.table.focus_requested.connect(session.set_focus)
        session.focus_changed.connect(self.table.show_focus)
        for canvas in (self.canvas, self.target_canvas):
            canvas.message.connect(self.message)
            canvas.cursor_requested.connect(session.set_cursor)
            canvas.play_requested.connect(self.play_requested)
            canvas.menu_requested.connect(self._open_menu_at)

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        px = theme.px
        self._layout.setSpacing(round(px(6)))
        for part in (self.source, self.trouble, self.tools, self.text, self.file, self.generator, self.table):
            part.apply_theme(theme)
        for canvas in (self.canvas, self.target_canvas):
            canvas.apply_theme(theme)
            canvas.setMinimumHeight(round(px(_CANVAS_HEIGHT)))
        self.table.setMinimumHeight(round(px(_CANVAS_HEIGHT)))
        for widget in (self._no_targets, self.add_targets_button):
            widget.setFont(ui_font(px(12)))
        self._no_targets.setStyleSheet(f"color: {theme.muted}")
        self.add_targets_button.setPalette(theme.palette())

    # Which kind of input

    def _choose_source(self, key: str) -> None:
        """Do what a click on a kind of input asks for."""
        self.text.take_now()
        self._generated.end()
        self.trouble.say("")
        if key == "file":
            self._pick_file()
            return
        self.file.cancel()
        self._show_source(key)
        is_text = self._session.document.input.text is not None
        if key == "text":
            self.text.field.setFocus()
            if not is_text:
                self.text.take()
        elif key == "curve" and is_text:
            self.trouble.attempt(lambda: curve_edit(self._curve))

    def _show_source(self, key: str) -> None:
        self._source = key
        self.source.set_choice(key)
        _show_only(
            (self.text, key == "text"),
            (self.file, key == "file"),
            (self.generator, key == "generate"),
            (self.tools, key != "generate"),
        )
        self.tools.show_view(key in ("curve", "text"))
        self._show_parts()

    def _show_parts(self, *_: object) -> None:
        """Show the table, the input or the targets, and where there are none, how to get some."""
        is_table = self._source == "table"
        wants_targets = self.tools.view.choice == "targets" and self._source in ("curve", "text")
        has_targets = self._session.document.objective.targets is not None
        _show_only(
            (self.table, is_table),
            (self.canvas, not is_table and not wants_targets),
            (self.target_canvas, wants_targets and has_targets),
            (self._no_targets, wants_targets and not has_targets),
            (self.add_targets_button, wants_targets and not has_targets),
        )

    def _show_tools(self, *_: object) -> None:
        document = self._session.document
        self.tools.show_document(document, min(self._session.selection.sample, document.batch - 1))

    def _pick_file(self) -> None:
        path = self._file_picker()
        if path is None:
            self.source.set_choice(self._source)
        else:
            self.open_path(path)

    def open_path(self, path: Path) -> None:
        """Read a file and feed it to the network; what is wrong with it is said below the buttons."""
        self.text.take_now()
        self.trouble.say("")
        self.source.set_choice(self._source)
        self.file.open_path(path)

    # What is new

    def _show_document(self, document: Document) -> None:
        if document.input.text is None:
            self._curve = document
        self._show_tools()
        if document.input is self._shown_input:
            self._show_parts()
            return
        self._shown_input = document.input
        if self.canvas.is_editing:
            return  # the hand is on the canvas: nothing above it may come or go
        self.trouble.say("")
        self.text.show_document(document)
        self._show_source(self._source_of(document))

    def _source_of(self, document: Document) -> str:
        """Return which kind of input a document is shown as: the present one if it will do."""
        if self.file.is_input_of(document):
            return "file"
        if self._source == "table" or self._is_generating:
            return self._source
        return "curve" if document.input.text is None else "text"

    # Doing

    def _do(self, edit: Edit) -> None:
        self.trouble.attempt(lambda: edit)

    def _generate(self) -> None:
        """Make what the form says; all that is typed into one number is one undo step."""
        if self.generator.problem:
            self.trouble.say(self.generator.problem)
            return
        self._is_generating = True
        self.trouble.attempt(self.generator.edit, self._generated.apply)
        self._is_generating = False

    def _take_length(self, length: int) -> None:
        sample = self._session.selection.sample
        self.trouble.attempt(lambda: set_length(sample, length), self._typed_length.apply)

    def _normalise(self, key: str) -> None:
        kinds: dict[str, Normalisation] = {"z-score": "z-score", "min-max": "min-max"}
        if self._source == "file" and self.file.is_input_of(self._session.document):
            self.file.normalise(kinds.get(key))
        else:
            self.trouble.attempt(lambda: normalise(kinds.get(key)))
        self._show_tools()  # of a choice that was refused, nothing is left

    def _add_sequence(self) -> None:
        self.trouble.attempt(add_sequence)

    def _add_targets(self) -> None:
        self.trouble.attempt(add_targets)

    # The menu of steps

    def _chosen_steps(self) -> range:
        if self._source == "table":
            return self.table.chosen
        canvas = self.target_canvas if self.target_canvas.isVisible() else self.canvas
        t = canvas.chosen.t if canvas.data.text is None else max(self._session.cursor, 1)
        t = min(t, canvas.length)
        return range(t, t + 1)

    def _open_menu(self, at: QPoint) -> None:
        self._pop_up(self._chosen_steps(), at)

    def _open_menu_at(self, t: int, at: QPoint) -> None:
        self._pop_up(range(t, t + 1), at)

    def _pop_up(self, steps: range, at: QPoint) -> None:
        """Open the menu of some steps; it is kept until the next one is opened."""
        session = self._session
        if self.menu is not None:
            self.menu.deleteLater()
        lines = entries(session.document, session.selection.sample, steps, self._shuffles)
        self.menu = step_menu(self, lines, self._choose_entry, self.order_requested.emit)
        self.menu.popup(at)

    def _choose_entry(self, edit: Edit) -> None:
        self._shuffles += 1
        self._do(edit)


def _show_only(*parts: tuple[QWidget, bool]) -> None:
    """Show some widgets and hide the others, these first: the card must not need room for all of them at once."""
    for widget, is_shown in sorted(parts, key=lambda part: part[1]):
        widget.setVisible(is_shown)
