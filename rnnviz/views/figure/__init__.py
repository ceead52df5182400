"""Figures on disk: one painting function, saved as PNG, SVG or PDF at a physical size.

Read in this order: `figure` (what a figure is), `engine` (what Qt asks of it), `replay` and `svg` (the two
answers), `save` (the file).
"""

from rnnviz.views.figure.figure import Figure, FigureError
from rnnviz.views.figure.raster import figure_image
from rnnviz.views.figure.save import save_figure

__all__ = ["Figure", "FigureError", "figure_image", "save_figure"]
