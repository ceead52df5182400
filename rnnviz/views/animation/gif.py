"""Animations as GIF: at most 256 colours in each frame, of which only what has changed is written.

Written here because Qt only reads GIF. It is the format of 1989 (GIF89a), with the extension that makes it loop.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np

from rnnviz.views.animation.palette import reduced
from rnnviz.views.animation.parts import Part, Reel
from rnnviz.views.animation.pixels import Box, Colours, changed_box, colours_of
from rnnviz.views.figure import figure_image

_UNCHANGED = 255  # the number of the transparent colour: what was there shows through
_BITS = 8  # of a pixel
_LOOP = b"!\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
_END = b";"
_MOST_CODES = 4096
_BLOCK = 255


def gif(reel: Reel) -> Iterator[Part]:
    """Yield the parts of a GIF file, one for each frame, and its end."""
    shown: Colours | None = None
    number = 0
    for figure in reel.figures:
        colours = colours_of(figure_image(figure, reel.dpi))
        head = b"" if shown is not None else _head(colours, figure.description)
        # hundredths of a second, rounded so that all of them together last as long as they should
        delay = round(100 * (number + 1) / reel.fps) - round(100 * number / reel.fps)
        box = Box(0, 0, colours.shape[1], colours.shape[0]) if shown is None else changed_box(shown, colours)
        yield Part("", head + _frame(colours, shown, box, delay))
        shown, number = colours, number + 1
    yield Part("", _END, frames=0)


def _head(colours: Colours, description: str) -> bytes:
    height, width = colours.shape
    screen = struct.pack("<HHBBB", width, height, (_BITS - 1) << 4, 0, 0)
    comment = b"!\xfe" + _blocks(description.encode("ascii", "replace")) if description else b""
    return b"GIF89a" + screen + _LOOP + comment


def _frame(colours: Colours, shown: Colours | None, box: Box, delay: int) -> bytes:
    """Return one frame: the changed pixels of a rectangle, in colours of their own."""
    part = colours[box.slices]
    changed = np.ones(part.shape, bool) if shown is None else part != shown[box.slices]
    palette, numbers = reduced(part[changed], _UNCHANGED)
    pixels = np.full(part.shape, _UNCHANGED, np.uint8)
    pixels[changed] = numbers
    table = palette.tobytes().ljust(3 << _BITS, b"\0")
    control = b"!\xf9\x04" + struct.pack("<BHBB", 0b101, delay, _UNCHANGED, 0)  # keep it; one colour is transparent
    place = b"," + struct.pack("<HHHHB", *box, 0x80 | (_BITS - 1))
    return control + place + table + bytes([_BITS]) + _blocks(compressed(pixels.tobytes()))


def _blocks(data: bytes) -> bytes:
    """Return data in blocks that begin with their length; one of length 0 ends them."""
    parts = [data[i : i + _BLOCK] for i in range(0, len(data), _BLOCK)]
    return b"".join(bytes([len(part)]) + part for part in parts) + b"\0"


def compressed(pixels: bytes) -> bytes:
    """Return pixels as GIF packs them (LZW): codes for longer and longer strings that came before."""
    clear, end = 1 << _BITS, (1 << _BITS) + 1
    codes: dict[int, int] = {}
    bits, width, count, out = clear, _BITS + 1, _BITS + 1, bytearray()
    free, prefix = end + 1, pixels[0]
    for pixel in pixels[1:]:
        key = prefix << _BITS | pixel
        known = codes.get(key)
        if known is not None:
            prefix = known
            continue
        bits |= prefix << count
        count += width
        while count >= 8:
            out.append(bits & 255)
            bits >>= 8
            count -= 8
        if free < _MOST_CODES:
            codes[key] = free
            free += 1
            width += free > 1 << width
        else:
            bits |= clear << count
            count += width
            codes.clear()
            free, width = end + 1, _BITS + 1
        prefix = pixel
    bits |= prefix << count
    count += width
    width += free == 1 << width and free < _MOST_CODES
    bits |= end << count
    return bytes(out) + bits.to_bytes((count + width + 7) // 8, "little")
