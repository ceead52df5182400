"""Notices when the scene's file is changed by somebody else."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from rnnviz.document.document import Document
from rnnviz.session.session import Session

SETTLING_MS = 150


class FileState(Enum):
    """How the scene's file compares with what the session last read from it or wrote into it."""

    SAME = "same"
    CHANGED = "changed"
    MISSING = "missing"


class FileWatch(QObject):
    """Looks at the scene's file whenever something happens to it.

    Files are compared by the document in them, not by their time: our own saves and mere touches are no change.

    Signals:
        state_changed(FileState): what `state` now says; once more if a changed file is changed again.
    """

    state_changed = Signal(object)

    def __init__(self, session: Session) -> None:
        """Watch the session's file, whichever that is, for as long as the session lives."""
        super().__init__(session)
        self._session = session
        self._state = FileState.SAME
        self._found: Document | None = None
        self._followed = session.saved
        self._watcher = QFileSystemWatcher(self)
        # Who replaces a file makes several events of it, and the first may come when it is half written.
        self._timer = QTimer(self, singleShot=True, interval=SETTLING_MS)
        self._timer.timeout.connect(self.look)
        self._watcher.fileChanged.connect(self._look_soon)
        self._watcher.directoryChanged.connect(self._look_soon)
        session.file_changed.connect(self._follow)
        session.document_changed.connect(self._follow_history)
        self._follow()

    @property
    def state(self) -> FileState:
        """What the last look has found."""
        return self._state

    def look(self) -> FileState:
        """Compare the file with what the session knows of it, now."""
        self._watch()
        path, before = self._session.path, self._found
        state = FileState.SAME if path is None else self._compare(path)
        if state is not self._state or (state is FileState.CHANGED and self._found != before):
            self._state = state
            self.state_changed.emit(state)
        return state

    def keep_mine(self) -> None:
        """Accept what the file holds now; the document stays, and differs from it."""
        self._session.file_holds(self._found)

    def _compare(self, path: Path) -> FileState:
        self._found = _scene_in(path)
        if not path.exists():
            return FileState.MISSING
        if self._found is not None and self._found == self._session.document != self._session.saved:
            self._session.file_holds(self._found)  # somebody else has saved just this
        return FileState.SAME if self._found == self._session.saved else FileState.CHANGED

    def _follow(self) -> None:
        """Go with the session to another file, or to another version of it."""
        self._followed = self._session.saved
        self._watch()
        if self._session.path is None:
            self.look()
        else:
            self._look_soon()

    def _follow_history(self) -> None:
        if self._session.saved is not self._followed:
            self._follow()

    def _watch(self) -> None:
        """Watch the file and its folder: a file that is replaced is no longer watched, one that comes is not yet."""
        path = self._session.path
        wanted = set() if path is None else {str(place) for place in (path.resolve(), path.resolve().parent)}
        present = {place for place in wanted if Path(place).exists()}
        watched = {*self._watcher.files(), *self._watcher.directories()}
        if watched - wanted:
            self._watcher.removePaths(list(watched - wanted))
        if present - watched:
            self._watcher.addPaths(list(present - watched))

    def _look_soon(self) -> None:
        if not self._timer.isActive():
            self._timer.start()


def _scene_in(path: Path) -> Document | None:
    from rnnviz.document.scenes import SceneError, load_scene

    try:
        return load_scene(path)
    except SceneError:
        return None
