"""While there are unsaved changes they are written down every few seconds, so that no end of the program loses them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from rnnviz.document.atomic_file import AtomicFile
from rnnviz.document.document import Document
from rnnviz.session.kept import SUFFIX, Kept, Orphan, lock_of
from rnnviz.session.session import Session

REST_MS = 2000
LONGEST_MS = 5000
_SLICE_SECONDS = 0.003


@dataclass(frozen=True, slots=True)
class _Writing:
    """A document on its way to the disk, and the work of other programs that is in it."""

    document: Document
    pieces: Iterator[bytes]
    file: AtomicFile
    adopted: tuple[Orphan, ...]


class Recovery(QObject):
    """Keeps the unsaved changes of one session in a file of its own, which is gone when there are none.

    They are written when the hand has rested for ``rest_ms``, and every ``longest_ms`` while it does not; a large
    document in slices of a few milliseconds, between which everything else goes on. (Not in a thread: Python might
    tidy up there, and delete things of Qt in the wrong thread.) Nothing is made in the folder before there is
    something to keep.

    Signals:
        kept(): the document, as it was a moment ago, is on disk.
        failed(str): it cannot be written, and why; said once, until it can.
    """

    kept = Signal()
    failed = Signal(str)

    def __init__(self, session: Session, folder: Path, *, rest_ms: int = REST_MS, longest_ms: int = LONGEST_MS) -> None:
        """Keep what is edited in a session, until it is closed."""
        super().__init__(session)
        self._session = session
        self._file = folder / f"{os.getpid()}-{time.time_ns()}{SUFFIX}"
        self._lock = lock_of(self._file)
        self._writing: _Writing | None = None
        self._written: Document | None = None
        self._adopted: tuple[Orphan, ...] = ()
        self._has_failed = False
        self._rest = QTimer(self, singleShot=True, interval=rest_ms)
        self._longest = QTimer(self, singleShot=True, interval=longest_ms)
        self._next_slice = QTimer(self, singleShot=True, interval=0)
        self._rest.timeout.connect(self.keep)
        self._longest.timeout.connect(self.keep)
        self._next_slice.timeout.connect(self._go_on)
        session.document_changed.connect(self._keep_soon)
        session.file_changed.connect(self.keep)
        session.closed.connect(self._close)

    @property
    def file(self) -> Path:
        """Where unsaved changes are kept."""
        return self._file

    def adopt(self, orphan: Orphan) -> None:
        """Go on with the work of a program that has ended; its file goes when ours is written."""
        self._adopted = (*self._adopted, orphan)
        kept = orphan.kept
        self._session.restore(kept.document, kept.path, kept.saved())

    def keep(self) -> None:
        """Begin to write the document down, if it differs from what is saved; else forget what was written."""
        self._rest.stop()
        self._longest.stop()
        if not self._session.is_modified:
            self._forget()
        elif self._writing is not None:
            self._keep_soon()  # what is being written first gets done
        elif self._session.document is not self._written:
            self._begin()

    def _keep_soon(self) -> None:
        self._rest.start()
        if not self._longest.isActive():
            self._longest.start()

    def _begin(self) -> None:
        document, path = self._session.document, self._session.path
        kept = Kept(document, None if path is None else path.absolute(), datetime.now().astimezone())
        try:
            self._make_ours()
            self._writing = _Writing(document, kept.pieces(), AtomicFile(self._file), self._adopted)
        except OSError as error:
            self._say(error)
            return
        self._adopted = ()
        self._go_on()

    def _make_ours(self) -> None:
        """Make the folder and take the lock, if that is still to be done."""
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self._lock.isLocked() and not self._lock.tryLock(0):
            raise OSError("it cannot be locked")

    def _go_on(self) -> None:
        """Write for as long as nobody notices."""
        writing = self._writing
        if writing is None:
            return
        end = time.perf_counter() + _SLICE_SECONDS
        try:
            for piece in writing.pieces:
                writing.file.write(piece)
                if time.perf_counter() > end:
                    self._next_slice.start()
                    return
            writing.file.replace(flushed=False)  # what the system has taken outlives us; to wait for the disk is long
        except OSError as error:
            self._abandon()
            self._say(error)
            return
        self._finish(writing)

    def _finish(self, writing: _Writing) -> None:
        self._writing, self._written, self._has_failed = None, writing.document, False
        for orphan in writing.adopted:
            orphan.remove()
        self.kept.emit()

    def _abandon(self) -> None:
        """Stop writing; what was to be adopted is not yet."""
        if self._writing is not None:
            self._writing.file.abandon()
            self._adopted = (*self._writing.adopted, *self._adopted)
            self._writing = None

    def _say(self, error: OSError) -> None:
        if not self._has_failed:
            self._has_failed = True
            self.failed.emit(f"Unsaved changes are not kept: {self._file.parent}: {error.strerror or error}")

    def _forget(self) -> None:
        """Remove our file, and what was adopted: it is saved, or given up."""
        self._abandon()
        for orphan in self._adopted:
            orphan.remove()
        self._adopted, self._written = (), None
        with suppress(OSError):  # offered once too often
            self._file.unlink(missing_ok=True)

    def _close(self) -> None:
        """End without a trace: what was to be saved is saved."""
        for timer in (self._rest, self._longest, self._next_slice):
            timer.stop()
        self._forget()
        self._lock.unlock()
