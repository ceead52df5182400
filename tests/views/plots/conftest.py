"""Small networks for tests of plots, and their plots."""

import numpy as np
import pytest

from rnnviz.document.compute import compute
from rnnviz.document.document import Document, Input, Layer, Objective, Readout, weight_shapes
from rnnviz.session.session import Selection
from rnnviz.views.fonts import load_fonts
from rnnviz.views.theme import LIGHT


@pytest.fixture
def make_network():
    """Return a function that makes a network of some cells; it reads random numbers, a sequence for each length."""

    def make(*cells, units=3, steps=6, activation="tanh", scale=1.0, lengths=None, window=None):
        rng = np.random.default_rng(units + steps)
        layers, width = [], 2
        for cell in cells or ("rnn",):
            shapes = weight_shapes(cell, units, width)
            weights = {name: scale * rng.normal(size=shape) for name, shape in shapes.items()}
            layers.append(Layer(cell, weights, activation=activation))
            width = units
        readout = Readout("linear", {"W_hy": rng.normal(size=(2, units)), "b_y": np.zeros(2)})
        values = rng.normal(size=(len(lengths or (steps,)), steps, 2))
        data = Input(("a", "b"), values, lengths=lengths)
        return Document(tuple(layers), readout, data, Objective(), window=window)

    return make


@pytest.fixture
def show_plot(qtbot):
    """Return a function that shows a document in a plot, which is told the answer to its question."""
    load_fonts()

    def show(plot_class, document, t=2, theme=LIGHT, **selection):
        plot = plot_class(theme)
        qtbot.addWidget(plot)
        plot.resize(640, 400)
        plot.show_cursor(t)
        plot.show_frame(compute(document), Selection(**selection))
        if (question := plot.question()) is not None:
            plot.show_answer(question.answer())
        return plot

    return show
