"""A worker process as seen from here: started, given tasks, listened to, and ended."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import threading
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory

from rnnviz.session.worker import Task, pack, serve, shared_folder


class WorkerProcess:
    """A worker process and the thread that waits for its answers (a blocked read holds no lock)."""

    def __init__(self, name: str, answered: Callable[[WorkerProcess, bytes | None], None]) -> None:
        """Start the process; ``answered`` is called, in another thread, with what `opened` makes an answer of.

        None says that the process has ended. The other thread only hands bytes on: making values there might let
        Python tidy up there, and delete things of Qt in the wrong thread.
        """
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        prefix = f"rnnviz-{os.getpid()}-"  # says whose folder it is
        self._folder = TemporaryDirectory(prefix=prefix, dir=shared_folder(), ignore_cleanup_errors=True)
        self._process = context.Process(target=serve, args=(theirs, self._folder.name), daemon=True, name=name)
        self._process.start()
        theirs.close()
        self._answered = answered
        self._numbers = count()
        self._stopping = False
        self._thread = threading.Thread(target=self._listen, args=(self._connection,), daemon=True)
        self._thread.start()

    def send(self, function: Callable[..., object], *arguments: object) -> None:
        """Let the process call a function of a module; it waits its turn. This does not wait for the process."""
        parcel = pack(Task(function, arguments), Path(self._folder.name) / f"task-{next(self._numbers)}")
        with suppress(OSError):  # the process is gone: the listener finds the same end of file and says so
            self._connection.send_bytes(pickle.dumps(parcel))

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
                content = connection.recv_bytes()
            except (EOFError, OSError):
                content = None
            if self._stopping:
                return
            self._answered(self, content)
            if content is None:
                return
