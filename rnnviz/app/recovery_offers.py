"""What the window offers at its start: unsaved work of programs that have ended without saving it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from rnnviz.session.kept import Kept, Orphan, orphans
from rnnviz.session.recovery import Recovery
from rnnviz.views.widgets.notice_bar import Choice, Notice

if TYPE_CHECKING:
    from rnnviz.app.window import MainWindow

_DAMAGED_KEY = "damaged"


class RecoveryOffers(QObject):
    """Keeps the window's unsaved changes, and offers those of programs that were killed, one by one."""

    def __init__(self, window: MainWindow, folder: Path) -> None:
        """Begin to keep, and look once for what others have left."""
        super().__init__(window)
        self._window = window
        self._recovery = Recovery(window.session, folder)
        self._recovery.failed.connect(window.show_message)
        self._offered: dict[str, Orphan] = {}
        window.notices.put_away.connect(self._leave_for_later)
        window.session.closed.connect(self._leave_all)
        found, damaged = orphans(folder)
        for number, orphan in enumerate(found):
            self._offer(f"recovery {number}", orphan)
        if damaged:
            window.notices.tell(Notice(_DAMAGED_KEY, _about_damaged(damaged)))

    def _offer(self, key: str, orphan: Orphan) -> None:
        self._offered[key] = orphan
        restore = Choice("Restore", "Open them; Undo comes back to this scene", lambda: self._restore(key))
        discard = Choice("Discard", "Delete them for good", lambda: self._discard(key))
        self._window.notices.tell(Notice(key, _about(orphan.kept), (restore, discard)))

    def _restore(self, key: str) -> bool:
        if not self._window.may_leave():
            return False
        self._recovery.adopt(self._offered.pop(key))
        return True

    def _discard(self, key: str) -> bool:
        self._offered.pop(key).remove()
        return True

    def _leave_for_later(self, notice: Notice) -> None:
        if notice.key in self._offered:
            self._offered.pop(notice.key).let_go()

    def _leave_all(self) -> None:
        for orphan in self._offered.values():
            orphan.let_go()
        self._offered.clear()


def _about(kept: Kept) -> str:
    where = "" if kept.path is None else f" ({kept.path.name})"
    return f"Unsaved changes to “{kept.document.title}”{where} from {_moment(kept.time)} were kept."


def _moment(time: datetime) -> str:
    """Return a time as one says it: the hour today, the day before it otherwise."""
    local = time.astimezone()
    is_today = local.date() == datetime.now().astimezone().date()
    return f"{local:%H:%M}" if is_today else f"{local.day} {local:%B}, {local:%H:%M}"


def _about_damaged(files: list[Path]) -> str:
    names = ", ".join(map(str, files))
    what = "A recovery file is" if len(files) == 1 else f"{len(files)} recovery files are"
    return f"{what} damaged and cannot be restored. What is left was set aside: {names}"
