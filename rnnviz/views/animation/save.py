"""Where the parts of an animation go: a file or a folder that is complete, or not there."""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from rnnviz.document.atomic_file import UNFINISHED, AtomicFile
from rnnviz.document.values import DocumentError
from rnnviz.views.animation.parts import FRAMES, Part

_OURS = re.compile(r"frame-\d{4,}\.png")
_T = TypeVar("_T")


class Sink:
    """Takes the parts of one animation. Nothing is in its place before `finish`, and nothing is left by `abandon`.

    Every method but `abandon` raises DocumentError, with one line, when the disk refuses; what was begun is gone then.
    """

    def __init__(self, path: Path, kind: str) -> None:
        """Begin, beside the file or folder that is to be."""
        self._path = path
        self._target: AtomicFile | _Folder | None = None
        self._target = self._tried(lambda: _Folder(path) if kind == FRAMES else AtomicFile(path))

    def write(self, part: Part) -> None:
        """Append a part."""
        target = self._target
        if isinstance(target, AtomicFile):
            self._tried(lambda: target.write(part.data))
        elif target is not None:
            self._tried(lambda: target.write(part))

    def finish(self) -> None:
        """Put everything in its place."""
        if self._target is not None:
            self._tried(self._target.replace)
            self._target = None

    def abandon(self) -> None:
        """Delete what was begun."""
        if self._target is not None:
            self._target.abandon()
            self._target = None

    def _tried(self, attempt: Callable[[], _T]) -> _T:
        try:
            return attempt()
        except OSError as error:
            self.abandon()
            raise DocumentError(f"{self._path}: cannot be written: {error.strerror or error}") from None


class _Folder:
    """A new folder beside the one that it is to replace, which holds frames only, or nothing. Raises OSError."""

    def __init__(self, path: Path) -> None:
        self._target = path.resolve()
        if self._target.exists():
            self._check()
        self._beside = self._target.with_name(f"{UNFINISHED}{secrets.token_hex(8)}")
        self._beside.mkdir()

    def _check(self) -> None:
        if not self._target.is_dir():
            raise OSError("it is a file; choose a folder")
        other = next((entry.name for entry in self._target.iterdir() if not _OURS.fullmatch(entry.name)), None)
        if other is not None:
            raise OSError(f"the folder holds other things, such as {other}; choose a new one")

    def write(self, part: Part) -> None:
        """Add a file."""
        (self._beside / part.name).write_bytes(part.data)

    def replace(self) -> None:
        """Put the folder in its place."""
        if self._target.exists():
            self._check()
            old = self._target.with_name(f"{UNFINISHED}{secrets.token_hex(8)}")
            self._target.rename(old)
            self._beside.rename(self._target)
            shutil.rmtree(old, ignore_errors=True)
        else:
            self._beside.rename(self._target)

    def abandon(self) -> None:
        """Delete it."""
        shutil.rmtree(self._beside, ignore_errors=True)
