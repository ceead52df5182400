"""What plots draw of pinned states."""

from dataclasses import replace

import numpy as np
import pytest

from rnnviz.core.measures.norms import norms
from rnnviz.document.compute import compute
from rnnviz.document.document import READOUT, Place
from rnnviz.document.nudging import part
from rnnviz.document.runs import weight_credit
from rnnviz.document.stretching import stretching
from rnnviz.session.session import Selection
from rnnviz.views.plots._base import Ghost
from rnnviz.views.plots.connectivity import ConnectivityPlot
from rnnviz.views.plots.gradient_map import GradientMapPlot
from rnnviz.views.plots.inputs import InputsPlot
from rnnviz.views.plots.jacobians import JacobiansPlot
from rnnviz.views.plots.perturbation import PerturbationPlot
from rnnviz.views.plots.sweep import SweepPlot
from rnnviz.views.plots.weight_gradients import WeightGradientsPlot
from rnnviz.views.theme import LIGHT
from rnnviz.views.widgets.panel import PlotPanel


def ghost_of(document, number=0):
    return Ghost("ABC"[number], compute(document), number)


def scaled(document, factor):
    for place in document.places():
        document = document.with_weight(place, factor * document.weight(place))
    return document


def answer(plot):
    plot.show_answer(plot.question().answer())


def drawn(plot):
    return {ghost.name: values for ghost, values in plot.shown_ghosts}


# Of the steps' Jacobians


@pytest.mark.parametrize("cell", ["rnn", "lstm"])
def test_jacobians_of_pinned_states_are_those_of_their_own_steps(make_network, show_plot, cell):
    document = make_network("rnn", cell, lengths=(4, 6))
    other = scaled(document, 0.5)
    plot = show_plot(JacobiansPlot, document, layer=1, sample=1)
    shown = plot.values()
    plot.show_ghosts((ghost_of(other), ghost_of(make_network()), ghost_of(document, 2)))
    answer(plot)
    expected, values = stretching(other, 1, 1, 6), drawn(plot)["A"]
    np.testing.assert_array_equal(values[0, 1:], expected.stretches)
    np.testing.assert_array_equal(values[1], expected.products)
    np.testing.assert_array_equal(drawn(plot)["C"][1], shown.products)
    assert np.isnan(values[0, 0])
    assert plot.values() is shown
    assert plot.question() is None


def test_of_a_long_pinned_run_there_is_what_was_looked_at(make_network, show_plot):
    document, long = make_network(steps=6), make_network("lstm", units=64, steps=400, scale=0.1)
    plot = show_plot(JacobiansPlot, document)
    plot.show_ghosts((ghost_of(long),))
    few = stretching(long, 0, 0, 10)
    plot.show_answer([few])
    values = drawn(plot)["A"]
    np.testing.assert_array_equal(values[0, few.steps], few.stretches)
    assert np.isfinite(values[0, 1 : few.steps[-1]]).all()
    assert np.isnan(values[1, : few.ends[0]]).all()


def test_ranges_of_jacobians_hold_pinned_states(make_network, show_plot):
    document = make_network(scale=0.2)
    plot = show_plot(JacobiansPlot, document)
    narrow = plot.panel_specs()
    plot.show_ghosts((ghost_of(scaled(document, 8.0)), ghost_of(scaled(document, 0.01), 1)))
    answer(plot)
    wide = plot.panel_specs()
    assert wide[0].high > narrow[0].high
    assert wide[1].low < narrow[1].low
    assert "dashed: σ max" in wide[0].caption


def test_the_panel_asks_for_what_is_pinned_while_it_is_on_screen(make_network, qtbot):
    questions = []
    panel = PlotPanel(JacobiansPlot, LIGHT)
    qtbot.addWidget(panel)
    panel.question_asked.connect(questions.append)
    panel.question_asked.connect(lambda question: question and panel.show_answer(question, question.answer()))
    panel.show()
    qtbot.waitExposed(panel)
    document = make_network()
    panel.show_frame(compute(document), Selection())
    assert len(questions) == 1
    panel.show_ghosts((ghost_of(scaled(document, 0.5)),))
    assert len(questions) == 2
    assert list(drawn(panel.plot)) == ["A"]
    panel.show_frame(compute(scaled(document, 0.9)), Selection())
    assert questions[2].cost_ms == questions[0].cost_ms, "the pinned state is known"
    assert list(drawn(panel.plot)) == ["A"]


# Of a nudge


def test_pinned_networks_are_nudged_in_the_same_way(make_network, show_plot):
    document = make_network("lstm", steps=8)
    other = scaled(document, 0.5)
    plot = show_plot(PerturbationPlot, document, unit=1)
    parting = plot.parting
    plot.show_ghosts((ghost_of(other), ghost_of(make_network("rnn", steps=8), 1)))
    answer(plot)
    assert plot.parting is parting
    np.testing.assert_array_equal(drawn(plot)["A"], part(other, plot.nudge).distances)
    plot.set_nudge("c", 3, 0.01)
    assert drawn(plot) == {}, "they are of another nudge"
    answer(plot)
    assert list(drawn(plot)) == ["A"], "the plain cell has no c"
    np.testing.assert_array_equal(drawn(plot)["A"], part(other, plot.nudge).distances)
    plot.show_frame(compute(scaled(document, 0.9)), Selection(unit=1))
    assert list(drawn(plot)) == ["A"]
    assert len(plot.question().arguments[0]) == 1, "the pinned network is not nudged again"


@pytest.mark.parametrize("change", ["feature", "step", "unit", "layer", "sequence"])
def test_a_pinned_network_without_what_is_nudged_is_left_out(make_network, show_plot, change):
    document = make_network("rnn", "rnn", units=4, lengths=(9, 9), steps=9)
    plot = show_plot(PerturbationPlot, document, unit=3, layer=1, sample=1)
    plot.set_nudge("x" if change in ("feature", "step") else "h", 8, 0.1)
    answer(plot)
    others = {
        "step": make_network("rnn", "rnn", units=4, lengths=(6, 6), steps=6),
        "unit": make_network("rnn", "rnn", units=2, lengths=(9, 9), steps=9),
        "layer": make_network("rnn", units=4, lengths=(9, 9), steps=9),
        "sequence": make_network("rnn", "rnn", units=4, steps=9),
    }
    other = others.get(change, others["step"])
    plot.show_ghosts((ghost_of(other),))
    assert plot.question() is None
    assert drawn(plot) == {}


# Of gradients


def test_the_gradient_map_has_the_norms_of_pinned_states(make_network, show_plot):
    document = make_network(lengths=(4, 6))
    other = scaled(document, 1e-3)
    plot = show_plot(GradientMapPlot, document, sample=0)
    low = plot.panel_specs()[0].low
    plot.show_ghosts((ghost_of(other),))
    gradients = plot.ghosts[0].frame.layers[0].state_gradients["h"][0, :5]
    np.testing.assert_array_equal(drawn(plot)["A"], norms(gradients))
    assert plot.panel_specs()[0].low < low


def test_the_credit_of_the_same_weight_is_drawn_and_of_no_other(make_network, show_plot):
    document, place = make_network(), Place(READOUT, "W_hy")
    other = scaled(document, 2.0)
    plot = show_plot(WeightGradientsPlot, document, entry=(place, 1, 2))
    limit = plot.panel_specs()[0].high
    plot.show_ghosts((ghost_of(other), ghost_of(make_network("gru", units=2), 1)))
    assert list(drawn(plot)) == ["A"], "of two units there is no third column"
    np.testing.assert_array_equal(drawn(plot)["A"], weight_credit(plot.ghosts[0].frame, 0, place, 1, 2))
    assert plot.panel_specs()[0].high >= limit


def test_another_cell_has_another_weight_of_pinned_states_too(make_network, show_plot):
    document = make_network("gru")
    plot = show_plot(WeightGradientsPlot, make_network("rnn"))
    plot.show_ghosts((ghost_of(scaled(document, 0.5)),))
    assert drawn(plot) == {}
    plot.show_frame(compute(document), Selection())
    expected = weight_credit(plot.ghosts[0].frame, 0, Place(0, "W_hr"), 0, 0)
    np.testing.assert_array_equal(drawn(plot)["A"], expected)


# Of a swept weight


def test_the_value_of_the_swept_weight_in_pinned_states_is_marked(make_network, show_plot):
    document = make_network()
    plot = show_plot(SweepPlot, document)
    plot.show_ghosts((ghost_of(scaled(document, 0.5)), ghost_of(make_network("lstm"), 1)))
    assert list(drawn(plot)) == ["A"]
    assert drawn(plot)["A"] == 0.5 * document.weight(Place(0, "W_hh"))[0, 0]
    plot.show_frame(plot.frame, Selection(entry=(Place(0, "b_h"), 2, 0)))
    assert drawn(plot)["A"] == 0.5 * document.weight(Place(0, "b_h"))[2]


# Of maps


def test_maps_say_that_they_are_drawn_without(make_network, show_plot):
    document = make_network()
    louder = replace(document, input=replace(document.input, values=2 * document.input.values))
    plot = show_plot(ConnectivityPlot, document)
    assert "pinned" not in plot.remark()
    plot.show_ghosts((ghost_of(louder),))
    assert plot.remark().endswith("without pinned states")
    bars = show_plot(InputsPlot, document)
    bars.show_ghosts((ghost_of(louder),))
    assert (list(drawn(bars)), "pinned" in bars.remark()) == (["A"], False)


def test_a_map_of_inputs_says_so_only_if_another_input_is_pinned(make_network, show_plot):
    document = make_network()
    values = np.tile(document.input.values, 4)
    wide = replace(document.input, features=tuple("abcdefgh"), values=values)
    layer = document.layers[0]
    layer = replace(layer, weights={**layer.weights, "W_xh": np.tile(layer.weights["W_xh"], 4)})
    document = replace(document, input=wide, layers=(layer,))
    plot = show_plot(InputsPlot, document)
    plot.show_ghosts((ghost_of(scaled(document, 0.5)),))
    assert "pinned" not in plot.remark()
    plot.show_ghosts((ghost_of(replace(document, input=replace(wide, values=2 * values))),))
    assert plot.remark().endswith(", without pinned states")
