"""The worker process as seen from here: started, asked, listened to, and ended."""

from __future__ import annotations

import multiprocessing
import pickle
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from tempfile import TemporaryDirectory

from rnnviz.document.document import Document
from rnnviz.session.worker import SharedSolution, sendable, serve, shared_folder


class WorkerProcess:
    """The worker process and the thread that waits for its answers (a blocked read holds no lock)."""

    def __init__(self, answered: Callable[[WorkerProcess, SharedSolution | None], None]) -> None:
        """Start the process; ``answered`` is called, in another thread, with each answer, or None at its end."""
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._folder = TemporaryDirectory(prefix="rnnviz-", dir=shared_folder(), ignore_cleanup_errors=True)
        self._process = context.Process(
            target=serve, args=(theirs, self._folder.name), daemon=True, name="rnnviz-compute"
        )
        self._process.start()
        theirs.close()
        self._answered = answered
        self._stopping = False
        self._thread = threading.Thread(target=self._listen, args=(self._connection,), daemon=True)
        self._thread.start()

    def send(self, document: Document) -> None:
        """Ask for the solution of a document."""
        with suppress(OSError):  # the process is gone: the listener finds the same end of file and says so
            self._connection.send_bytes(sendable(document))

    def stop(self) -> None:
        """End the process; nothing is answered any more."""
        self._stopping = True
        self._process.terminate()
        self._process.join()
        self._thread.join()
        self._connection.close()
        self._folder.cleanup()

    def _listen(self, connection: Connection) -> None:
        while True:
            try:
                answer = pickle.loads(connection.recv_bytes())
            except (EOFError, OSError):
                answer = None
            if self._stopping:
                return
            self._answered(self, answer)
            if answer is None:
                return
