"""Curves of a state where windows start it again."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QRectF

from rnnviz.document.compute import compute
from rnnviz.document.document import Window
from rnnviz.views.plots._base import Ghost
from rnnviz.views.plots._state_curves import state_curves
from rnnviz.views.plots._time import Panel, PanelSpec
from rnnviz.views.plots.cell import CellPlot
from rnnviz.views.plots.hidden import HiddenPlot
from rnnviz.views.plots.perturbation import PerturbationPlot

RECT = QRectF(0, 0, 70, 100)  # 10 px a step
PANEL = Panel(PanelSpec(0.0, 1.0), RECT, -0.5, 6.5, RECT)


@pytest.fixture
def windowed(make_network):
    def windowed(cell="rnn", *, stateful):
        document = make_network(cell, units=1, window=Window(3, stateful=stateful))
        start = {name: np.array([-0.9]) for name in document.layers[0].initial_state}
        return replace(document, layers=(replace(document.layers[0], initial_state=start),))

    return windowed


def coloured(plot, start, end):
    """Return how many pixels of curves there are in the first panel between two times."""
    plot.shows_cursor = False
    image, panel = plot.grab().toImage(), plot.panels(QRectF(plot.rect()))[0]
    xs = range(round(float(panel.x(start))), round(float(panel.x(end))))
    ys = range(round(panel.rect.top()) + 1, round(panel.rect.bottom()))
    return sum(image.pixelColor(x, y).hsvSaturation() > 70 for x in xs for y in ys)


def test_they_are_interrupted_and_begin_again_with_the_initial_state_on_the_border():
    values = np.array([[0.5], [0.1], [0.2], [0.3], [0.4], [0.6], [0.7]])
    xs, ys = state_curves(PANEL, values, range(2, 6, 2))
    np.testing.assert_allclose(xs / 10 - 0.5, [0, 1, 2, 2.5, 2.5, 3, 4, 4.5, 4.5, 5, 6])
    nan = np.nan
    np.testing.assert_allclose(1 - ys[0] / 100, [0.5, 0.1, 0.2, nan, 0.5, 0.3, 0.4, nan, 0.5, 0.6, 0.7])


def test_without_a_restart_they_go_from_step_to_step():
    values = np.linspace(0, 1, 7)[:, None]
    xs, ys = state_curves(PANEL, values, range(0))
    np.testing.assert_array_equal(xs, PANEL.x(np.arange(7)))
    np.testing.assert_array_equal(ys, PANEL.y(values.T))


def test_borders_too_dense_to_be_drawn_interrupt_nothing():
    values = np.linspace(0, 1, 7)[:, None]
    small = QRectF(0, 0, 14, 100)
    narrow = Panel(PANEL.spec, small, -0.5, 6.5, small)
    assert len(state_curves(narrow, values, range(1, 6))[0]) == 7
    assert np.isfinite(state_curves(narrow, values, range(1, 6))[1]).all()


@pytest.mark.parametrize("cell", ["rnn", "lstm"])
@pytest.mark.parametrize("plot_class", [CellPlot, HiddenPlot, PerturbationPlot])
def test_the_curve_does_not_connect_the_sides_of_such_a_border(windowed, show_plot, plot_class, cell):
    plot = show_plot(plot_class, windowed(cell, stateful=False))
    assert coloured(plot, 3.1, 3.4) == 0
    assert coloured(plot, 3.6, 3.9) > 0
    assert coloured(plot, 2.1, 2.9) > 0
    assert coloured(show_plot(plot_class, windowed(cell, stateful=True)), 3.1, 3.4) > 0


@pytest.mark.parametrize("plot_class", [CellPlot, HiddenPlot])
def test_nor_does_that_of_a_pinned_state(windowed, show_plot, plot_class):
    for stateful in (False, True):
        plot = show_plot(plot_class, windowed(stateful=True))
        plain = plot.grab().toImage()
        other = windowed(stateful=stateful)
        layer = replace(other.layers[0], initial_state={"h": np.array([0.8])})
        plot.show_ghosts((Ghost("A", compute(replace(other, layers=(layer,))), 0),))
        image, panel = plot.grab().toImage(), plot.panels(QRectF(plot.rect()))[0]
        xs = range(round(float(panel.x(3.1))), round(float(panel.x(3.4))))
        ys = range(round(panel.rect.top()) + 1, round(panel.rect.bottom()))
        differs = any(image.pixel(x, y) != plain.pixel(x, y) for x in xs for y in ys)
        assert differs == stateful
