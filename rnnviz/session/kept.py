"""Unsaved work in a folder: one file for each running program, and a lock that dies with the program."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QLockFile, QStandardPaths

from rnnviz.document.atomic_file import UNFINISHED
from rnnviz.document.document import Document
from rnnviz.document.scenes import SceneError, load_scene, parse_scene, scene_pieces
from rnnviz.document.values import DocumentError

SUFFIX, LOCK_SUFFIX, DAMAGED_SUFFIX = ".recovery", ".lock", ".damaged"
_FORMAT = "rnnviz-recovery"
_UNFINISHED_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Kept:
    """Unsaved work.

    Attributes:
        document: as it was.
        path: the file it belongs to, absolute; None if it was never saved.
        time: when this was the state of the document, with its time zone.
    """

    document: Document
    path: Path | None
    time: datetime

    def content(self) -> bytes:
        """Return what is written to a file: a line about the scene, then the scene."""
        return b"".join(self.pieces())

    def pieces(self) -> Iterator[bytes]:
        """Yield `content` in pieces that take less than a millisecond each."""
        path = None if self.path is None else str(self.path)
        head = json.dumps({"format": _FORMAT, "path": path, "time": self.time.isoformat()})
        yield f"{head}\n".encode()
        for piece in scene_pieces(self.document):
            # a title that is not Unicode cannot be saved by the user; here the rest matters more than its letters
            yield piece.encode(errors="replace")

    @classmethod
    def parsed(cls, content: bytes) -> Kept:
        """Return the work that `content` stands for; SceneError if it is damaged."""
        line, _, scene = content.partition(b"\n")
        try:
            head = json.loads(line)
            path = None if head["path"] is None else Path(head["path"])
            return cls(parse_scene(scene), path, datetime.fromisoformat(head["time"]))
        except (DocumentError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise SceneError(f"is not a whole recovery file: {error}") from None

    def saved(self) -> Document | None:
        """Return what the scene's file holds, unless it was written after this was kept, or holds no scene."""
        if self.path is None:
            return None
        try:
            return load_scene(self.path) if self.path.stat().st_mtime <= self.time.timestamp() else None
        except (OSError, SceneError):
            return None


class Orphan:
    """The recovery file of a program that has ended. It is ours alone until it is removed or let go."""

    def __init__(self, file: Path, lock: QLockFile, kept: Kept) -> None:
        self.kept = kept
        self._file, self._lock = file, lock

    def remove(self) -> None:
        """Delete the file."""
        with suppress(OSError):  # it is offered again at the next start
            self._file.unlink(missing_ok=True)
        self._lock.unlock()

    def let_go(self) -> None:
        """Leave the file for the next start."""
        self._lock.unlock()


def recovery_folder() -> Path:
    """Return where the programs of this user keep unsaved work."""
    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation)
    return Path(place) / "rnnviz" / "recovery"


def lock_of(file: Path) -> QLockFile:
    """Return the lock that says whose a recovery file is: it is stale once the program that holds it has ended."""
    lock = QLockFile(str(file.with_suffix(LOCK_SUFFIX)))
    lock.setStaleLockTime(0)  # never by age
    return lock


def orphans(folder: Path) -> tuple[list[Orphan], list[Path]]:
    """Return the unsaved work of programs that have ended, newest first, and damaged files, which are set aside."""
    found: list[Orphan] = []
    damaged: list[Path] = []
    for file in sorted(folder.glob(f"*{SUFFIX}")):
        lock = lock_of(file)
        if not lock.tryLock(0):
            continue
        try:
            found.append(Orphan(file, lock, Kept.parsed(file.read_bytes())))
        except FileNotFoundError:  # another program has taken it just before
            lock.unlock()
        except (OSError, SceneError):
            damaged.append(_set_aside(file))
            lock.unlock()
    _tidy(folder)
    return sorted(found, key=lambda orphan: orphan.kept.time, reverse=True), damaged


def _set_aside(file: Path) -> Path:
    aside = file.with_suffix(DAMAGED_SUFFIX)
    with suppress(OSError):  # if even that is impossible the file is passed over again at the next start
        file.replace(aside)
    return aside


def _tidy(folder: Path) -> None:
    """Remove what a program leaves that is killed while it writes, or before."""
    for file in folder.glob(f"*{LOCK_SUFFIX}"):
        if not file.with_suffix(SUFFIX).exists():
            lock = lock_of(file)
            if lock.tryLock(0):
                lock.unlock()
    for file in folder.glob(f"{UNFINISHED}*"):
        with suppress(OSError):
            if datetime.now().timestamp() - file.stat().st_mtime > _UNFINISHED_SECONDS:
                file.unlink()
