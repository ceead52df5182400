"""Files that are replaced as a whole: whoever looks finds the old one or the new one, never a part."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from functools import partial
from pathlib import Path

UNFINISHED = ".rnnviz-"  # how the name of a file begins that is not yet, or never will be, put in its place


class AtomicFile:
    """A new file beside the one that it is to replace. Every method raises OSError when the disk refuses."""

    def __init__(self, path: Path) -> None:
        """Open it; a symbolic link keeps pointing where it does, a device is not replaced."""
        self._target = _replaceable(path)
        self._mode = self._target.stat().st_mode & 0o777 if self._target.exists() else None
        self._beside = self._target.with_name(f"{UNFINISHED}{secrets.token_hex(8)}")
        opener = None if self._mode is None else partial(os.open, mode=self._mode)
        self._file = open(self._beside, "xb", opener=opener)  # noqa: SIM115  # closed by `replace` or `abandon`

    def write(self, content: bytes) -> None:
        """Append to it."""
        self._file.write(content)

    def replace(self, *, flushed: bool = True) -> None:
        """Put it in its place; ``flushed`` to the disk first, so that it survives a power cut and not just a crash."""
        self._file.flush()
        if flushed:
            os.fsync(self._file.fileno())
        self._file.close()
        if self._mode is not None:
            self._beside.chmod(self._mode)  # what the user's mask has taken away
        self._beside.replace(self._target)

    def abandon(self) -> None:
        """Delete it: the old file stays."""
        with suppress(OSError):  # a full disk cannot take what is still to be written
            self._file.close()
        self._beside.unlink(missing_ok=True)


def _replaceable(path: Path) -> Path:
    """Return the file behind a path: a symbolic link keeps pointing at it, a device is not replaced."""
    try:
        target = path.resolve()
    except RuntimeError as error:  # before Python 3.13, symbolic links in a circle
        raise OSError(str(error)) from None
    if target.exists() and not target.is_file():
        raise OSError("it is not a file")
    return target
