"""The pictures of a handout: the network at the step that is worked out, and plots of the whole sequence."""

from __future__ import annotations

from rnnviz.views.figure import MM_PER_INCH, Figure
from rnnviz.views.figure.figure import LOGICAL_DPI
from rnnviz.views.figures import FigureStyle, Moment, plot_figure
from rnnviz.views.plots import PLOTS
from rnnviz.views.theme import PRINT

PAPER = PRINT.with_text(11.0)
"""How handouts look: black on white, whatever the window looks like."""

NETWORK, CURVES = "unrolled", ("hidden", "gradients")


def picture(view: str, moment: Moment, width: float, height: float) -> Figure:
    """Return a plot as a figure of so many logical pixels; the curves have no cursor: all of them counts."""
    mm = MM_PER_INCH / LOGICAL_DPI
    style = FigureStyle(PAPER, width * mm, height * mm, shows_cursor=False)
    return plot_figure(PLOTS[view], moment, style)
