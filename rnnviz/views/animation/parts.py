"""What an animation is, which ones are sane, and which encoder makes which file."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from rnnviz.document.values import DocumentError
from rnnviz.views.figure import Figure

SIDE_PX = (64, 4096)
FPS = (0.5, 50.0)
MOST_FRAMES = 2000
FILES, FRAMES = ("gif", "apng", "mp4"), "frames"
_VIDEO = "MP4 needs the extra “video”: pip install 'rnnviz[video]', or choose a file that ends in .gif or .apng"


class Part(NamedTuple):
    """A piece of what is written: bytes that follow those before, or with a name a file of a folder."""

    name: str
    data: bytes
    frames: int = 1


@dataclass(frozen=True, slots=True)
class Reel:
    """An animation, ready to be painted.

    Attributes:
        figures: one for each frame, in order; each is to be painted before the next one is asked for.
        count: how many there are.
        fps: frames per second.
        dpi: pixels per inch of each of them.
    """

    figures: Iterator[Figure]
    count: int
    fps: float
    dpi: float


def parts_of(reel: Reel, kind: str) -> Iterator[Part]:
    """Yield the parts of a file of a kind, one at least for each frame.

    Raises:
        DocumentError: what MP4 needs is not installed.
        FigureError: a frame cannot be painted.
    """
    return _encoder(kind)(reel)


def _encoder(kind: str) -> Callable[[Reel], Iterator[Part]]:
    if kind == "gif":
        from rnnviz.views.animation.gif import gif

        return gif
    if kind == "apng":
        from rnnviz.views.animation.apng import apng

        return apng
    if kind == "mp4":
        from rnnviz.views.animation.mp4 import mp4

        return mp4
    return _folder_parts


def _folder_parts(reel: Reel) -> Iterator[Part]:
    """Yield a PNG file for each frame, numbered so that they sort."""
    from rnnviz.views.figure.raster import png

    digits = max(4, len(str(reel.count)))
    for number, figure in enumerate(reel.figures, 1):
        yield Part(f"frame-{number:0{digits}}.png", png(figure, reel.dpi))


def kind_of(path: Path) -> str:
    """Return which kind of animation a path means: by its ending, or, without one, a folder of frames.

    Raises:
        DocumentError: the ending is of something else.
    """
    ending = path.suffix.lower().removeprefix(".")
    if path.is_dir() or not ending:
        return FRAMES
    if ending not in FILES:
        raise DocumentError(
            f"{path}: no animation ends in {path.suffix}; use .gif, .apng or .mp4, or a folder for single frames"
        )
    return ending


def check_animation(kind: str, size_px: tuple[int, int], fps: float, count: int) -> None:
    """Raise DocumentError unless an animation of that kind can be made, before anything is painted."""
    low, high = SIDE_PX
    width, height = size_px
    if not (low <= width <= high and low <= height <= high):
        raise DocumentError(f"a size of {width} by {height} px is out of range; choose {low} to {high} for each side")
    if not FPS[0] <= fps <= FPS[1]:
        raise DocumentError(f"{fps:g} frames per second are out of range; choose {FPS[0]:g} to {FPS[1]:g}")
    if not 1 <= count <= MOST_FRAMES:
        raise DocumentError(f"{count} frames are out of range; choose 1 to {MOST_FRAMES}")
    if kind != "mp4":
        return
    if width % 2 or height % 2:
        raise DocumentError(
            f"MP4 needs even sides, not {width} by {height} px; choose {width + width % 2} by {height + height % 2}"
        )
    if importlib.util.find_spec("av") is None:
        raise DocumentError(_VIDEO)
