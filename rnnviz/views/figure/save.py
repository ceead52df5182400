"""The one way a figure becomes a file."""

import errno
import os
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

from rnnviz.views.figure.figure import Figure, FigureError, check_dpi, check_size
from rnnviz.views.figure.pdf import pdf
from rnnviz.views.figure.raster import png
from rnnviz.views.figure.svg import svg

_ENCODERS: dict[str, Callable[[Figure, int], bytes]] = {
    ".png": png,
    ".svg": lambda figure, _dpi: svg(figure),
    ".pdf": lambda figure, _dpi: pdf(figure),
}

_ADVICE = {
    errno.EACCES: "choose a folder you may write to, or close the program that has the file open",
    errno.EPERM: "choose a folder you may write to",
    errno.EROFS: "choose a folder you may write to",
    errno.ENOSPC: "free some space or choose another disk",
    errno.EDQUOT: "free some space or choose another disk",
    errno.EFBIG: "free some space or choose another disk",
    errno.ENAMETOOLONG: "choose a shorter name",
}


def save_figure(figure: Figure, path: Path, dpi: int = 300) -> None:
    """Write the figure as PNG, SVG or PDF, by the extension of `path`, all of it or nothing.

    `dpi` is the resolution of a PNG, 30 to 1200; SVG and PDF have none. An existing file is replaced only
    when the new one is complete on the disk.

    Raises:
        FigureError: the size, resolution, extension or place is not possible, or writing failed; one line.
        Exception: whatever `figure.paint` raised. Nothing has been written then.
    """
    check_size(figure)
    check_dpi(dpi)
    try:
        _check_place(path)
    except OSError as error:
        raise _refusal(path, error) from error
    data = _encoder(path)(figure, dpi)
    try:
        _write(Path(os.path.realpath(path)), data)
    except OSError as error:
        raise _refusal(path, error) from error


def _refusal(path: Path, error: OSError) -> FigureError:
    reason = error.strerror or str(error)
    advice = _ADVICE.get(error.errno or 0, "choose another place")
    return FigureError(f"cannot write {path}: {reason}; {advice}")


def _encoder(path: Path) -> Callable[[Figure, int], bytes]:
    known = ", ".join(_ENCODERS)
    extension = path.suffix.lower()
    if not extension:
        raise FigureError(f"cannot save {path}: the name has no extension; end it in one of {known}")
    if extension not in _ENCODERS:
        raise FigureError(f"cannot save {path}: unknown extension “{path.suffix}”; use one of {known}")
    return _ENCODERS[extension]


def _check_place(path: Path) -> None:
    """Raise FigureError where no file can be written, before time is spent on painting."""
    if path.is_dir():
        raise FigureError(f"cannot save {path}: it is a folder; add a file name, such as {path / 'figure.png'}")
    if not path.parent.is_dir():
        raise FigureError(f"cannot save {path}: there is no folder {path.parent}; create it or choose another")
    # replacing a device or a pipe by a file would be a surprise, and so would a protected file that is
    # overwritten
    if path.exists() and not path.is_file():
        raise FigureError(f"cannot save {path}: it is not an ordinary file; choose another name")
    if path.exists() and not os.access(path, os.W_OK):
        raise FigureError(f"cannot save {path}: the file is write-protected; choose another name")


def _write(path: Path, data: bytes) -> None:
    """Write beside, flush to the disk, then rename: at no time does `path` hold half a file."""
    beside = path.with_name(f".rnnviz-{secrets.token_hex(4)}.part")
    try:
        with beside.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, beside)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
