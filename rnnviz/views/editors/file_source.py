"""Input from a file: reading it, saying what was found, and using it in one way or another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from rnnviz.document.audio import Sound
from rnnviz.document.document import Document
from rnnviz.document.edits import Edit, replace_document
from rnnviz.document.scaling import Normalisation
from rnnviz.document.series import Series
from rnnviz.document.sources import series_edit, text_edit
from rnnviz.document.values import DocumentError
from rnnviz.session.session import Session
from rnnviz.views.editors.series_options import SeriesOptions
from rnnviz.views.editors.sound_options import SoundOptions
from rnnviz.views.editors.source_reading import Found, SourceReading
from rnnviz.views.editors.trouble import Trouble
from rnnviz.views.fonts import ui_font
from rnnviz.views.theme import Theme


@dataclass(eq=False)
class _Opened:
    """A series or a sound that was opened from a file. It is the merge key of its edits.

    Attributes:
        before: the document that it was opened in: other options start from it again.
        normalisation: how its features are brought to one size.
        document: what it led to, or None if that was impossible.
    """

    found: Series | Sound
    name: str
    before: Document
    normalisation: Normalisation | None = "z-score"
    document: Document | None = None


class FileSource(QWidget):
    """Reads files. What can be chosen about one is shown after it was read; the progress while a large one is.

    Signals:
        used(str): a file has become the input: ``file`` for numbers, ``text`` for a text.
    """

    used = Signal(str)

    def __init__(self, session: Session, trouble: Trouble, theme: Theme) -> None:
        super().__init__()
        self._session, self._trouble = session, trouble
        self._opened: _Opened | None = None
        self._reading: SourceReading | None = None
        self.options, self.sound = SeriesOptions(theme), SoundOptions(theme)
        self.progress, self._progress_label = QWidget(), QLabel()
        self.cancel_button = QPushButton("Cancel")
        row = QHBoxLayout(self.progress)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._progress_label, 1)
        row.addWidget(self.cancel_button)
        self.progress.hide()
        self.sound.hide()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(self.options)
        self._layout.addWidget(self.sound)
        self.options.changed.connect(self._apply)
        self.sound.changed.connect(self._apply)
        self.cancel_button.clicked.connect(self.cancel)
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        """Take on other colours and sizes."""
        px = theme.px
        self._layout.setSpacing(round(px(4)))
        self.options.apply_theme(theme)
        self.sound.apply_theme(theme)
        self._progress_label.setFont(ui_font(px(11.5)))
        self._progress_label.setStyleSheet(f"color: {theme.muted}")
        self.cancel_button.setFont(ui_font(px(11.5)))
        self.cancel_button.setPalette(theme.palette())

    def is_input_of(self, document: Document) -> bool:
        """Return whether a document's input is what was opened here last."""
        made = None if self._opened is None else self._opened.document
        return made is not None and document.input is made.input

    def open_path(self, path: Path) -> None:
        """Read a file and feed it to the network."""
        self._reading = SourceReading(path)
        self._reading.done.connect(self._take_reading)
        self._progress_label.setText(f"Reading {path.name}…")
        self.progress.setVisible(self._reading.is_large())
        self._reading.start()

    def cancel(self) -> None:
        """Forget what is being read; the thread finds nobody to tell."""
        self._reading = None
        self.progress.hide()

    def normalise(self, kind: Normalisation | None) -> None:
        """Use what was opened with its features brought to one size, or raw."""
        if self._opened is not None:
            self._opened.normalisation = kind
            self._apply()

    def _take_reading(self, reading: SourceReading) -> None:
        if reading is self._reading:
            self.cancel()
            self._use(reading.found, reading.path.name)

    def _use(self, found: Found, name: str) -> None:
        if isinstance(found, DocumentError):
            self._trouble.say(str(found))
        elif isinstance(found, (Series, Sound)):
            self._open(found, name)
        elif self._trouble.attempt(lambda: text_edit(found, name=name)):
            self.used.emit("text")

    def _open(self, found: Series | Sound, name: str) -> None:
        before = self._opened
        self._opened = _Opened(found, name, self._session.document)
        if self._apply():
            self.sound.setVisible(isinstance(found, Sound))
            if isinstance(found, Sound):
                self.options.show_words(f"{name}: {found.describe()}")
            else:
                self.options.show_series(found, name)
            self.used.emit("file")
        else:
            self._opened = before

    def _apply(self) -> bool:
        """Feed what was opened as the options say; return whether that was possible."""
        opened = self._opened
        if opened is None or not self._trouble.attempt(lambda: self._edit(opened)):
            return False
        opened.document = self._session.document  # the one before, if they are equal
        return True

    def _edit(self, opened: _Opened) -> Edit:
        """Return the edit that feeds what was opened as the options say.

        As long as nothing else was changed, other options start from where the file was opened: what one
        choice did to the readout is undone by the next.
        """
        found = opened.found
        feed = series_edit(
            self.sound.series(found) if isinstance(found, Sound) else found,
            name=opened.name,
            normalisation=opened.normalisation,
            next_value_target=self.options.next_value_target,
        )
        current = self._session.document
        opened.document = feed.apply(opened.before if current is opened.document else current)
        return replace(replace_document(opened.document, feed.label), merge_key=opened)
