"""The input's editor: a curve to draw, a text to type, a file to load."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from rnnviz.document.document import Document, Input
from rnnviz.document.edits import Edit, replace_document
from rnnviz.document.series import Series
from rnnviz.document.sources import curve_edit, series_edit, text_edit, whole_text
from rnnviz.document.text import Encoding, tokens_of
from rnnviz.document.values import DocumentError
from rnnviz.session.session import Session
from rnnviz.views.editors.input_canvas import InputCanvas
from rnnviz.views.editors.series_options import SeriesOptions, wrap
from rnnviz.views.editors.source_reading import Found, SourceReading
from rnnviz.views.editors.text_field import TextField
from rnnviz.views.fonts import ui_font
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.segmented import Segmented

PAUSE_MS = 150

_SOURCES = (
    ("curve", "Curve", "Draw the input with the mouse, or set it with the arrow keys"),
    ("text", "Text", "Type a text: one-hot, and every character is to predict the next one"),
    ("file", "File…", "Load a time series (CSV, TXT) or a text; or drop a file on the window"),
)


@dataclass(eq=False)
class _Opened:
    """A series that was opened from a file. It is the merge key of its edits.

    Attributes:
        before: the document that it was opened in: other options start from it again.
        document: what it led to, or None if that was impossible.
    """

    series: Series
    name: str
    before: Document
    document: Document | None = None


class InputPanel(QWidget):
    """Shows and changes the document's input.

    Signals:
        message(str): something to say in the status bar.
        play_requested(): Space was pressed on the canvas.
    """

    message = Signal(str)
    play_requested = Signal()

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
        self._opened: _Opened | None = None
        self._reading: SourceReading | None = None
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self.source = Segmented(_SOURCES, theme)
        self.source.setAccessibleName("Kind of input")
        self.text = TextField()
        self.options = SeriesOptions(theme)
        self.trouble = QLabel()
        self.canvas = InputCanvas(session, theme)
        self._progress, self._progress_label = QWidget(), QLabel()
        self.cancel_button = QPushButton("Cancel")
        self._lay_out()
        self._connect()
        self.apply_theme(theme)
        self._show_text_of(session.document)
        self._show_source("curve" if self._shown_input.text is None else "text")

    def _lay_out(self) -> None:
        wrap(self.trouble)
        self.trouble.setAccessibleName("What is wrong with the input")
        self.trouble.hide()
        row = QHBoxLayout(self._progress)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._progress_label, 1)
        row.addWidget(self.cancel_button)
        self._progress.hide()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.source, self.text, self.options, self._progress, self.trouble):
            self._layout.addWidget(widget)
        self._layout.addWidget(self.canvas, 1)

    def _connect(self) -> None:
        self._session.document_changed.connect(self._show_document)
        self.source.chosen.connect(self._choose_source)
        self.text.textChanged.connect(self._pause.start)
        self._pause.timeout.connect(self._take_text)
        self.options.changed.connect(self._apply_series)
        self.cancel_button.clicked.connect(self._cancel_reading)
        self.canvas.message.connect(self.message)
        self.canvas.cursor_requested.connect(self._session.set_cursor)
        self.canvas.play_requested.connect(self.play_requested)

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        px = theme.px
        self._layout.setSpacing(round(px(7)))
        for label, colour in ((self.trouble, theme.warning), (self._progress_label, theme.muted)):
            label.setFont(ui_font(px(11.5)))
            label.setStyleSheet(f"color: {colour}")
        self.cancel_button.setFont(ui_font(px(11.5)))
        self.cancel_button.setPalette(theme.palette())
        for part in (self.source, self.text, self.options, self.canvas):
            part.apply_theme(theme)

    # Which kind of input

    def _choose_source(self, key: str) -> None:
        """Do what a click on Curve, Text or File asks for."""
        self._take_text_now()
        self._say_trouble("")
        if key == "file":
            self._pick_file()
            return
        self._cancel_reading()
        self._show_source(key)
        is_text = self._session.document.input.text is not None
        if key == "text":
            self.text.setFocus()
            if not is_text:
                self._take_text()
        elif is_text:
            self._try(lambda: curve_edit(self._curve))

    def _show_source(self, key: str) -> None:
        self._source = key
        self.source.set_choice(key)
        self.text.setVisible(key == "text")
        self.options.setVisible(key == "file")

    def _pick_file(self) -> None:
        path = self._file_picker()
        if path is None:
            self.source.set_choice(self._source)
        else:
            self.open_path(path)

    # What is new

    def _show_document(self, document: Document) -> None:
        if document.input.text is None:
            self._curve = document
        if document.input is self._shown_input:
            return
        self._shown_input = document.input
        if self.canvas.is_editing:
            return  # the hand is on the canvas: nothing above it may come or go
        self._say_trouble("")
        self._show_text_of(document)
        opened = self._opened
        if opened is not None and opened.document is not None and document.input is opened.document.input:
            self._show_source("file")
        else:
            self._show_source("curve" if document.input.text is None else "text")

    def _show_text_of(self, document: Document) -> None:
        """Let the field show the document's text, unless it does so already; then the caret stays.

        A text that has made room for a curve stays in the field: one click, and it is back.
        """
        text, encoding = whole_text(document), document.input.encoding
        if text is None or encoding is None:
            return
        if not _spell_the_same(self.text.toPlainText(), text, encoding):
            self._pause.stop()
            with QSignalBlocker(self.text):
                self.text.setPlainText(text)

    # Text

    def _take_text_now(self) -> None:
        if self._pause.isActive():
            self._pause.stop()
            self._take_text()

    def _take_text(self) -> None:
        """Feed what has been typed."""
        text, encoding = self.text.toPlainText(), self._session.document.input.encoding
        if not text and encoding is None:
            self._say_trouble("")  # nothing is typed yet: no reason to complain
        else:
            self._try(lambda: text_edit(text, encoding or "char"))

    # Files

    def open_path(self, path: Path) -> None:
        """Read a file and feed it to the network; what is wrong with it is said below the buttons."""
        self._take_text_now()
        self._say_trouble("")
        self.source.set_choice(self._source)
        self._reading = SourceReading(path)
        self._reading.done.connect(self._take_reading)
        self._progress_label.setText(f"Reading {path.name}…")
        self._progress.setVisible(self._reading.is_large())
        self._reading.start()

    def _take_reading(self, reading: SourceReading) -> None:
        if reading is self._reading:
            self._cancel_reading()
            self._use(reading.found, reading.path.name)

    def _cancel_reading(self) -> None:
        """Forget what is being read; the thread finds nobody to tell."""
        self._reading = None
        self._progress.hide()

    def _use(self, found: Found, name: str) -> None:
        if isinstance(found, DocumentError):
            self._say_trouble(str(found))
        elif isinstance(found, Series):
            self._open_series(found, name)
        elif self._try(lambda: text_edit(found, name=name)):
            self._show_source("text")

    def _open_series(self, series: Series, name: str) -> None:
        before = self._opened
        self._opened = _Opened(series, name, self._session.document)
        if self._apply_series():
            self.options.show_series(series, name)
            self._show_source("file")
        else:
            self._opened = before

    def _apply_series(self) -> bool:
        """Feed the opened series as the options say; return whether that was possible."""
        opened = self._opened
        if opened is None or not self._try(lambda: self._series_edit(opened)):
            return False
        opened.document = self._session.document  # the one before, if they are equal
        return True

    def _series_edit(self, opened: _Opened) -> Edit:
        """Return the edit that feeds a series as the options say.

        As long as nothing else was changed, other options start from where the file was opened: what one
        choice did to the readout is undone by the next.
        """
        feed = series_edit(
            opened.series,
            name=opened.name,
            normalisation="z-score" if self.options.z_scored else None,
            next_value_target=self.options.next_value_target,
        )
        current = self._session.document
        opened.document = feed.apply(opened.before if current is opened.document else current)
        return replace(replace_document(opened.document, feed.label), merge_key=opened)

    # Trying

    def _try(self, make: Callable[[], Edit]) -> bool:
        """Make an edit and do it; what is wrong is said, and then nothing has changed."""
        try:
            self._session.apply(make())
        except DocumentError as error:
            self._say_trouble(str(error))
            return False
        self._say_trouble("")
        return True

    def _say_trouble(self, text: str) -> None:
        self.trouble.setText(text)
        self.trouble.setVisible(bool(text))


def _size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0  # reading it will tell what is wrong


def _spell_the_same(one: str, other: str, encoding: Encoding) -> bool:
    """Return whether two texts are the same symbols: line ends and accents can be written in several ways."""
    try:
        return one == other or tokens_of(one, encoding) == tokens_of(other, encoding)
    except DocumentError:
        return False
