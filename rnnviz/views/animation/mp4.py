"""Animations as MP4 (H.264, which every browser and slide program plays), by the library of the extra “video”."""

from __future__ import annotations

import io
from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from rnnviz.views.animation.parts import Part, Reel
from rnnviz.views.animation.pixels import colours_of
from rnnviz.views.figure import figure_image

_CODEC, _PIXELS = "libx264", "yuv420p"
# one thread: how many there are would show in the bytes
_OPTIONS = {"crf": "16", "preset": "medium", "tune": "animation", "threads": "1"}
_BT709, _LIMITED = 1, 1  # how players take colours for what is not said


def mp4(reel: Reel) -> Iterator[Part]:
    """Yield an empty part for each frame, and then the file: it is complete only at the end."""
    import av

    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4", options={"fflags": "+bitexact"}) as container:
        rate = Fraction(reel.fps).limit_denominator(1000)
        stream = container.add_stream(_CODEC, rate=rate, options=_OPTIONS)
        stream.pix_fmt = _PIXELS
        context = stream.codec_context
        context.color_range, context.colorspace = _LIMITED, _BT709
        context.color_primaries = context.color_trc = _BT709
        for number, figure in enumerate(reel.figures):
            colours = colours_of(figure_image(figure, reel.dpi))
            if not number:
                stream.height, stream.width = colours.shape
            rgb = np.stack([colours >> shift & 255 for shift in (16, 8, 0)], axis=2).astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
            container.mux(stream.encode(frame.reformat(format=_PIXELS, dst_colorspace="ITU709")))
            yield Part("", b"")
        container.mux(stream.encode(None))
    yield Part("", buffer.getvalue(), frames=0)
