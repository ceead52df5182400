"""What holds for the scales of every plot: they fit what is drawn, or stand still while they are held."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication

from rnnviz.document.compute import compute
from rnnviz.document.presets import built_in
from rnnviz.session.session import Selection
from rnnviz.views.fonts import load_fonts
from rnnviz.views.plots import PLOTS
from rnnviz.views.theme import LIGHT

SCENES = ("saturation-linear", "lstm-memory", "stacked")
every_plot = pytest.mark.parametrize("plot_class", PLOTS.values(), ids=PLOTS)


@pytest.fixture(autouse=True)
def fonts(qapp):  # noqa: ARG001
    load_fonts()


def grown(document):
    """Return a document with inputs and weights that are seven times as large."""
    layers = tuple(
        replace(layer, weights={name: 7.0 * array for name, array in layer.weights.items()})
        for layer in document.layers
    )
    return replace(document, layers=layers, input=replace(document.input, values=7.0 * document.input.values))


def shown(plot, frame):
    """Show a frame, and the answer to what the plot asks about it."""
    plot.show_frame(frame, Selection())
    question = plot.question()
    if question is not None:
        plot.show_answer(question.answer())
    plot.grab()
    QApplication.processEvents()
    return plot


@pytest.fixture
def make(qtbot):
    def make(plot_class):
        plot = plot_class(LIGHT)
        qtbot.addWidget(plot)
        plot.resize(700, 420)
        plot.show_cursor(3)
        plot.show()
        return plot

    return make


@every_plot
@pytest.mark.parametrize("scene", SCENES)
def test_held_scales_stand_still_and_fit_again_when_let_go(plot_class, scene, make):
    small, large = compute(built_in(scene)), compute(grown(built_in(scene)))
    plot = shown(make(plot_class), small)
    held = plot.scales
    if not held:
        assert plot_class.spec.key == "gates", "what is drawn has a scale"  # of gates it is 0 to 1
    assert all(low < high for low, high in held.values())
    plot.hold_scales(held)
    shown(plot, large)
    assert {name: plot.scales[name] for name in held} == held
    plot.hold_scales(None)
    free = shown(make(plot_class), small)
    assert shown(plot, large).scales == shown(free, large).scales


@every_plot
def test_what_is_held_is_drawn_as_on_those_scales(plot_class, make):
    """The picture of a frame on its own scales, held before, is the one that it has anyway."""
    frame, other = compute(built_in("default")), compute(grown(built_in("default")))
    free = make(plot_class)
    shown(free, other)
    shown(free, frame)
    held = make(plot_class)
    shown(held, other)
    held.hold_scales(free.scales)
    assert shown(held, frame).grab().toImage() == free.grab().toImage()
