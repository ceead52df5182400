"""Reading a file as input: at once, or beside the window if it is large."""

from __future__ import annotations

import threading
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from rnnviz.document.audio import Sound
from rnnviz.document.series import Series
from rnnviz.document.sources import read_source
from rnnviz.document.values import DocumentError

LARGE_FILE = 2_000_000  # bytes: above this, reading would be felt

Found = Series | Sound | str | DocumentError  # a table, a sound, a text, or why it is none of them


class SourceReading(QObject):
    """A file being read.

    Signals:
        done(SourceReading): what is in the file is now in ``found``.
    """

    done = Signal(object)

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.found: Found = ""

    def start(self) -> None:
        """Read a small file at once, and a large one in a thread of its own."""
        if self.is_large():
            threading.Thread(target=self._read, name=f"reading {self.path.name}", daemon=True).start()
        else:
            self._read()

    def is_large(self) -> bool:
        """Return whether reading takes long enough to be felt."""
        try:
            return self.path.stat().st_size > LARGE_FILE
        except OSError:
            return False  # reading it will tell what is wrong

    def _read(self) -> None:
        try:
            self.found = read_source(self.path)
        except DocumentError as error:
            self.found = error
        self.done.emit(self)
