"""Figures on disk: one painting function, saved as PNG, SVG or PDF at a physical size.

Read in this order: `figure` (what a figure is), `engine` (what Qt asks of it), `replay` and `svg` (the two
answers), `save` (the file).
"""

from rnnviz.views.figure.figure import (
    DPI,
    MEGAPIXELS,
    MM_PER_INCH,
    SIDE_MM,
    Figure,
    FigureError,
    check_sides,
    pixels,
)
from rnnviz.views.figure.raster import figure_image
from rnnviz.views.figure.save import save_figure

__all__ = [
    "DPI",
    "MEGAPIXELS",
    "MM_PER_INCH",
    "SIDE_MM",
    "Figure",
    "FigureError",
    "check_sides",
    "figure_image",
    "pixels",
    "save_figure",
]
