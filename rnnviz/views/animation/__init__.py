"""Figures one after the other, as a file that moves or as a folder of pictures.

Read in this order: `parts` (what an animation is, and what an encoder makes of it), `gif`, `apng`, `mp4` (the
encoders), `save` (the files).
"""

from rnnviz.views.animation.parts import FPS, KINDS, SIDE_PX, Reel, check_animation, folder_parts, kind_of, parts_of
from rnnviz.views.animation.save import Sink

__all__ = ["FPS", "KINDS", "SIDE_PX", "Reel", "Sink", "check_animation", "folder_parts", "kind_of", "parts_of"]
