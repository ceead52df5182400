"""What the window says when the scene's file is changed by somebody else, and before it would be written over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from rnnviz.session.file_watch import FileState, FileWatch
from rnnviz.views.widgets.notice_bar import Choice, Notice

if TYPE_CHECKING:
    from rnnviz.app.window import MainWindow

_KEY = "file"


class DiskNotices(QObject):
    """Tells in the window's bar when the file on disk is no longer what was read from it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self._session = window, window.session
        self._watch = FileWatch(window.session)
        self._watch.state_changed.connect(self._tell)

    def may_save(self) -> bool:
        """Return whether saving loses nothing of somebody else's; if it would, ask in the bar."""
        if self._watch.look() is not FileState.CHANGED:
            return True
        self._window.notices.tell(
            Notice(
                _KEY,
                f"{self._name} has changed on disk since it was opened. Nothing has been saved yet.",
                (
                    Choice("Save over it", "Put this scene in the place of what the file holds now", self._save_over),
                    self._reload_choice(),
                ),
            )
        )
        self._window.notices.enter()
        return False

    def _tell(self, state: FileState) -> None:
        if state is FileState.SAME:
            self._window.notices.withdraw(_KEY)
        elif state is FileState.MISSING:
            self._watch.keep_mine()
            self._window.notices.tell(
                Notice(_KEY, f"{self._name} is no longer on disk. The scene is still here; saving writes it again.")
            )
        else:
            keep = Choice("Keep mine", "Go on with this scene; saving puts it in the place of the other", self._keep)
            text = f"{self._name} has changed on disk."
            self._window.notices.tell(Notice(_KEY, text, (self._reload_choice(), keep)))

    @property
    def _name(self) -> str:
        path = self._session.path
        return "The file" if path is None else path.name

    def _reload_choice(self) -> Choice:
        return Choice("Reload", "Open what the file holds now; Undo comes back to this scene", self._reload)

    def _reload(self) -> bool:
        return self._window.attempt(self._session.reload)

    def _keep(self) -> bool:
        self._watch.keep_mine()
        return True

    def _save_over(self) -> bool:
        self._watch.keep_mine()
        return self._window.save()
