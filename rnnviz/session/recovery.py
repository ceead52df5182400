"""While there are unsaved changes they are written down every few seconds, so that no end of the program loses them."""

from __future__ import annotations

import os
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from rnnviz.document.document import Document
from rnnviz.document.scenes import SceneError, write_atomically
from rnnviz.session.kept import SUFFIX, Kept, Orphan, lock_of
from rnnviz.session.session import Session

REST_MS = 2000
LONGEST_MS = 5000


class Recovery(QObject):
    """Keeps the unsaved changes of one session in a file of its own, which is gone when there are none.

    They are written when the hand has rested for ``rest_ms``, and every ``longest_ms`` while it does not; in a thread,
    for the disk may take its time. Nothing is made in the folder before there is something to keep.

    Signals:
        kept(): the document, as it was a moment ago, is on disk.
        failed(str): it cannot be written, and why; said once, until it can.
    """

    kept = Signal()
    failed = Signal(str)
    _ended = Signal(str)

    def __init__(self, session: Session, folder: Path, *, rest_ms: int = REST_MS, longest_ms: int = LONGEST_MS) -> None:
        """Keep what is edited in a session, until it is closed."""
        super().__init__(session)
        self._session = session
        self._file = folder / f"{os.getpid()}-{time.time_ns()}{SUFFIX}"
        self._lock = lock_of(self._file)
        self._writer = ThreadPoolExecutor(1, "rnnviz-recovery")
        self._writing: Future[None] | None = None
        self._written: Document | None = None
        self._adopted: list[Orphan] = []
        self._has_failed = False
        self._rest = QTimer(self, singleShot=True, interval=rest_ms)
        self._longest = QTimer(self, singleShot=True, interval=longest_ms)
        self._rest.timeout.connect(self.keep)
        self._longest.timeout.connect(self.keep)
        self._ended.connect(self._receive)
        session.document_changed.connect(self._keep_soon)
        session.file_changed.connect(self.keep)
        session.closed.connect(self._close)

    @property
    def file(self) -> Path:
        """Where unsaved changes are kept."""
        return self._file

    def adopt(self, orphan: Orphan) -> None:
        """Go on with the work of a program that has ended; its file goes when ours is written."""
        self._adopted.append(orphan)
        kept = orphan.kept
        self._session.restore(kept.document, kept.path, kept.saved())

    def keep(self) -> None:
        """Write the document down now, if it differs from what is saved; else forget what was written."""
        document, path = self._session.document, self._session.path
        self._rest.stop()
        self._longest.stop()
        if not self._session.is_modified:
            self._forget()
        elif self._writing is not None and not self._writing.done():
            self._keep_soon()  # the newest will be written when it is its turn
        elif document is not self._written and self._can_write():
            kept = Kept(document, None if path is None else path.absolute(), datetime.now().astimezone())
            self._written = document
            self._writing = self._writer.submit(self._write, kept)

    def _keep_soon(self) -> None:
        self._rest.start()
        if not self._longest.isActive():
            self._longest.start()

    def _can_write(self) -> bool:
        """Make the folder and take the lock, the first time."""
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            self._receive(f"{self._file.parent}: cannot be made: {error.strerror or error}")
            return False
        if self._lock.isLocked() or self._lock.tryLock(0):
            return True
        self._receive(f"{self._file.parent}: cannot be written")
        return False

    def _write(self, kept: Kept) -> None:
        """Write the file; called in the writer's thread."""
        try:
            write_atomically(self._file, kept.content())
        except (SceneError, MemoryError) as error:
            self._ended.emit(str(error))
        else:
            self._ended.emit("")

    def _receive(self, failure: str) -> None:
        """Take the end of a write: what went wrong, or nothing."""
        if not failure:
            self._has_failed = False
            if self._written is self._session.document:  # and not what was edited before the adoption
                self._remove_adopted()
            self.kept.emit()
            return
        self._written = None
        if not self._has_failed:
            self._has_failed = True
            self.failed.emit(f"Unsaved changes are not kept: {failure}")

    def _forget(self) -> None:
        """Remove our file, after whatever is being written to it."""
        self._remove_adopted()
        if self._written is not None:
            self._written = None
            self._writer.submit(self._unlink)

    def _unlink(self) -> None:
        with suppress(OSError):  # offered once too often
            self._file.unlink(missing_ok=True)

    def _remove_adopted(self) -> None:
        for orphan in self._adopted:
            orphan.remove()
        self._adopted.clear()

    def _close(self) -> None:
        """End without a trace: what was to be saved is saved."""
        self._rest.stop()
        self._longest.stop()
        self._forget()
        self._writer.shutdown()
        self._lock.unlock()
