"""Figures one after the other, as a file that moves or as a folder of pictures.

Read in this order: `parts` (what an animation is, and what an encoder makes of it), `gif`, `apng`, `mp4` (the
encoders), `save` (the files).
"""

from rnnviz.views.animation.parts import (
    FPS,
    FRAMES,
    MOST_FRAMES,
    SIDE_PX,
    Part,
    Reel,
    check_animation,
    kind_of,
    parts_of,
)
from rnnviz.views.animation.save import Sink

__all__ = ["FPS", "FRAMES", "MOST_FRAMES", "SIDE_PX", "Part", "Reel", "Sink", "check_animation", "kind_of", "parts_of"]
