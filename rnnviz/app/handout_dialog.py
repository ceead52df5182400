"""The dialog that writes handouts: the pages at the left, what is on them at the right."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout

from rnnviz.app.exports import scene_word
from rnnviz.app.handouts import HandoutOrder, handout_bytes, handout_command, preview_pages, usual_order
from rnnviz.app.window import MainWindow, file_name
from rnnviz.app.window_dialog import WindowDialog, dialog_button
from rnnviz.document.scenes import write_atomically
from rnnviz.document.values import DocumentError
from rnnviz.views.figure import FigureError, figure_image
from rnnviz.views.figures import Moment
from rnnviz.views.fonts import ui_font
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.figure_preview import FigurePreview
from rnnviz.views.widgets.number_field import NumberField
from rnnviz.views.widgets.result_line import ResultLine
from rnnviz.views.widgets.segmented import Segmented

_PAUSE_MS = 250
_KINDS = (
    ("pdf", "PDF", "Pages of A4, to be printed"),
    ("html", "HTML", "One web page with everything in it, to be put online or printed"),
)
_SOLUTIONS = (
    ("with", "On its own page", "Page 2 is it"),
    ("without", "Left out", "The first page alone"),
)
_PAGES = (("0", "For students", "The page to be filled in"), ("1", "Solution", "The page with the answers"))
_WHAT = "The step that is worked out is that of the selected unit; the table is about the same layer and sequence."


class HandoutDialog(WindowDialog):
    """Shows the pages that would be written, follows the session, and writes them. It blocks nothing."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window, "Export handout")
        self.page_row, self.kind_row = Segmented(_PAGES, window.theme), Segmented(_KINDS, window.theme)
        self.solution_row = Segmented(_SOLUTIONS, window.theme)
        self.preview, self.what = FigurePreview(window.theme), QLabel(_WHAT)
        self.preview.setAccessibleName("Preview of the page")
        last = (0, window.session.frame.last_step)
        self.step_field = NumberField("Worked step", "", last, is_whole=True)
        self.first_field = NumberField("First step of the table", "", last, is_whole=True)
        self.last_field = NumberField("Last step of the table", "", last, is_whole=True)
        self.form = QFrame()
        self.form.setObjectName("handout-form")
        self.command, self.status = QLineEdit(), ResultLine(window.theme)
        self.export_button = dialog_button("E&xport…", "Write the handout to a file (Enter)")
        self.close_button = dialog_button("C&lose", "Close this dialog (Esc)")
        self._labels: list[QLabel] = []
        self._timer = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._lay_out()
        self._set_usual()
        self._connect()
        self.apply_theme()
        self.resize(self.sizeHint().boundedTo(self.screen().availableSize() * 0.95))
        self._follow()

    # Building

    def _lay_out(self) -> None:
        self.command.setReadOnly(True)
        self.command.setAccessibleName("The command that makes this file")
        self.what.setWordWrap(True)
        form = QGridLayout(self.form)
        rows = (
            ("&Format", self.kind_row),
            ("&Solution", self.solution_row),
            ("&Worked step", self.step_field),
            ("&Table from", self.first_field),
            ("t&o", self.last_field),
        )
        for row, (text, field) in enumerate(rows):
            label = QLabel(text)
            label.setBuddy(field)
            self._labels.append(label)
            form.addWidget(label, row, 0)
            form.addWidget(field, row, 1, Qt.AlignmentFlag.AlignLeft)
        form.addWidget(self.what, len(rows), 0, 1, 2)
        form.setRowStretch(len(rows) + 1, 1)
        for name, part in (("Page", self.page_row), ("Format", self.kind_row), ("Solution", self.solution_row)):
            part.setAccessibleName(name)
        left, upper, lower, buttons = QVBoxLayout(), QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        left.addWidget(self.page_row)
        left.addWidget(self.preview, 1)
        upper.addLayout(left, 1)
        upper.addWidget(self.form)
        label = QLabel("Co&mmand")
        label.setBuddy(self.command)
        lower.addWidget(label)
        lower.addWidget(self.command)
        buttons.addWidget(self.status, 1)
        for button in (self.close_button, self.export_button):
            buttons.addWidget(button)
        self.export_button.setDefault(True)
        layout = QVBoxLayout(self)
        layout.addLayout(upper, 1)
        layout.addLayout(lower)
        layout.addLayout(buttons)

    def _set_usual(self) -> None:
        moment = self._moment()
        order = usual_order(moment)
        self.step_field.set_value(min(max(moment.t, 1), self._last()))
        self.first_field.set_value(order.first)
        self.last_field.set_value(order.last)

    def _connect(self) -> None:
        session = self._window.session
        for signal in (session.frame_changed, session.selection_changed, session.file_changed):
            signal.connect(self._follow)
        self._timer.timeout.connect(self._show_page)
        for row in (self.page_row, self.kind_row, self.solution_row):
            row.chosen.connect(self._change)
        for field in (self.step_field, self.first_field, self.last_field):
            field.value_changed.connect(self._change)
        self.preview.resized.connect(self._timer.start)
        self.export_button.clicked.connect(self._export)
        self.close_button.clicked.connect(self.reject)

    def dress(self, theme: Theme) -> None:
        """Give the parts of the dialog a theme."""
        px, margin = theme.px, round(theme.px(14))
        for part in (self.preview, self.page_row, self.kind_row, self.solution_row, self.status):
            part.apply_theme(theme)
        for label in (*self._labels, self.what):
            label.setStyleSheet(f"color: {theme.muted}")
        for field in (self.step_field, self.first_field, self.last_field):
            field.setFont(ui_font(px(12.5)))
            field.set_room(6, px(22))
        self.form.setStyleSheet(
            f"#handout-form {{ background: {theme.card}; border: 1px solid {theme.border};"
            f" border-radius: {px(6):.0f}px; }}"
        )
        self.form.setFixedWidth(round(px(330)))
        form = self.form.layout()
        assert isinstance(form, QGridLayout)
        form.setContentsMargins(margin, margin, margin, margin)
        form.setVerticalSpacing(round(px(9)))
        form.setHorizontalSpacing(round(px(10)))
        self._timer.start()

    # What is shown

    def _last(self) -> int:
        frame, sample = self._window.session.frame, self._window.session.shown_selection.sample
        return frame.document.input.length(sample)

    def _moment(self) -> Moment:
        session = self._window.session
        return Moment(session.frame, session.shown_selection, session.cursor)

    def _asked(self) -> tuple[HandoutOrder, Moment]:
        """Return the handout that the form says, and the moment it is about."""
        fields = (self.first_field, self.last_field, self.step_field)
        first, last, t = (-1 if field.problem else round(field.value) for field in fields)
        order = HandoutOrder(self.kind_row.choice, first, last, self.solution_row.choice == "with")
        return order, replace(self._moment(), t=t)

    @property
    def problem(self) -> str:
        """What keeps the handout from being written; empty if nothing does."""
        for name, field in (
            ("Worked step", self.step_field),
            ("Table from", self.first_field),
            ("to", self.last_field),
        ):
            if field.problem:
                return f"{name}: {field.problem}"
        try:
            preview_pages(*self._asked())
        except DocumentError as error:
            return str(error)
        return ""

    def _follow(self, *_: object) -> None:
        limits = (0, self._last())
        for field in (self.step_field, self.first_field, self.last_field):
            field.set_limits(limits)
        self._show_all()

    def _change(self, *_: object) -> None:
        self.status.say("")
        self._show_all()

    def _show_all(self) -> None:
        problem, has_solution = self.problem, self.solution_row.choice == "with"
        self.export_button.setEnabled(not problem)
        self.page_row.set_disabled("1", None if has_solution else "The solution is left out")
        if not has_solution:
            self.page_row.set_choice("0")
        scene = scene_word(self._window.session)
        self.command.setText("" if problem or scene is None else handout_command(*self._asked(), scene))
        self.command.setCursorPosition(0)
        self.command.setToolTip(self.command.text())
        self.command.setPlaceholderText(problem or "Save the scene first: a command can only draw what is in a file")
        self._timer.start()

    def _show_page(self) -> None:
        if problem := self.problem:
            self.preview.show_words(problem)
            return
        try:
            page = preview_pages(*self._asked())[int(self.page_row.choice)]
            self.preview.show_image(figure_image(page, self.preview.resolution(page.width_mm, page.height_mm)))
        except FigureError as error:
            self.preview.show_words(str(error))

    # Doing

    def _export(self) -> None:
        order, moment = self._asked()
        session = self._window.session
        path = self._window.pick_handout_file(Path(f"{file_name(session.document.title)}-{order.file_name}"))
        if path is None:
            return
        if path.suffix.lower() != f".{order.kind}":
            self.status.say(f"{path}: end the name in .{order.kind}, or choose the other format", is_error=True)
            return
        try:
            write_atomically(path, handout_bytes(order, moment, scene_word(session) or ""))
        except (DocumentError, FigureError, OSError) as error:
            self.status.say(str(error), is_error=True)
            return
        self.status.say(f"Saved {path}")

    def let_go(self) -> None:
        """Stop following the session."""
        session = self._window.session
        for signal in (session.frame_changed, session.selection_changed, session.file_changed):
            signal.disconnect(self._follow)
        self._timer.stop()
