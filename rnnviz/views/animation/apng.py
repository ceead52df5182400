"""Animations as APNG: every colour as it is, and of each frame only the rectangle that has changed.

A PNG file with three more kinds of chunks, which programs that do not know them pass over: they show the first frame.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from fractions import Fraction

from PySide6.QtGui import QImage

from rnnviz.views.animation.parts import Part, Reel
from rnnviz.views.animation.pixels import Box, Colours, changed_box, colours_of
from rnnviz.views.figure import figure_image
from rnnviz.views.figure.raster import encoded, png

_SIGNATURE = 8  # bytes
_LARGEST = 65535


def apng(reel: Reel) -> Iterator[Part]:
    """Yield the parts of an APNG file, one for each frame, and its end."""
    delay = (1 / Fraction(reel.fps)).limit_denominator(_LARGEST)
    shown: Colours | None = None
    number = 0  # of the next chunk that is counted
    for figure in reel.figures:
        image = figure_image(figure, reel.dpi).convertToFormat(QImage.Format.Format_RGB32)
        colours = colours_of(image)
        if shown is None:
            start = png(figure, reel.dpi)
            before, data = _split(start)
            head = start[:_SIGNATURE] + before + _chunk(b"acTL", struct.pack(">II", reel.count, 0))
            box = Box(0, 0, image.width(), image.height())
            yield Part("", head + _control(0, box, delay) + _chunk(b"IDAT", data))
            number = 1
        else:
            box = changed_box(shown, colours)
            _, data = _split(encoded(image.copy(*box)))
            pixels = _chunk(b"fdAT", struct.pack(">I", number + 1) + data)
            yield Part("", _control(number, box, delay) + pixels)
            number += 2
        shown = colours
    yield Part("", _chunk(b"IEND", b""), frames=0)


def _control(number: int, box: Box, delay: Fraction) -> bytes:
    """Return what says where a frame stands and how long it is shown; it replaces what was there."""
    place = (box.width, box.height, box.left, box.top)
    return _chunk(b"fcTL", struct.pack(">IIIIIHHBB", number, *place, delay.numerator, delay.denominator, 0, 0))


def _split(picture: bytes) -> tuple[bytes, bytes]:
    """Return the chunks of a PNG file before its pixels, and the packed pixels."""
    before, data, at = b"", b"", _SIGNATURE
    while at < len(picture):
        length, kind = struct.unpack(">I4s", picture[at : at + 8])
        if kind == b"IDAT":
            data += picture[at + 8 : at + 8 + length]
        elif not data:
            before += picture[at : at + length + 12]
        at += length + 12
    return before, data


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
