"""Gates over time, and how many of them are saturated."""

import numpy as np
import pytest

from rnnviz.core.cells import CELLS
from rnnviz.document.document import Place
from rnnviz.views.plots.gates import MOST_CURVES, GatesPlot


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_a_panel_shows_each_block_of_a_gated_cell(make_network, show_plot, cell):
    plot = show_plot(GatesPlot, make_network("rnn", cell), layer=1)
    assert list(plot.values()) == list(CELLS[cell].blocks)
    for block, values in plot.values().items():
        np.testing.assert_array_equal(values, plot.frame.layers[1].gates[block][0])
    assert [spec.caption[0] for spec in plot.panel_specs()] == list(CELLS[cell].blocks)


@pytest.mark.parametrize(
    ("activation", "slope"),
    [
        ("tanh", lambda a: 1 - np.tanh(a) ** 2),
        ("sigmoid", lambda a: np.exp(-a) / (1 + np.exp(-a)) ** 2),
        ("relu", lambda a: (a > 0).astype(float)),
        ("linear", np.ones_like),
    ],
)
def test_a_plain_cell_shows_its_pre_activation_and_slope(make_network, show_plot, activation, slope):
    plot = show_plot(GatesPlot, make_network(activation=activation, scale=0.5))
    a = plot.values()["a"]
    np.testing.assert_array_equal(a, plot.frame.layers[0].pre_activations["h"][0])
    np.testing.assert_allclose(plot.values()["φ′(a)"], slope(a), rtol=1e-12)
    assert plot.remark().startswith("a plain cell has none")


def test_the_share_of_saturated_values_is_counted_without_padding(make_network, show_plot):
    plot = show_plot(GatesPlot, make_network("lstm", scale=2.0, lengths=(4, 6)))
    i, f, g, o = (plot.values()[block][:4] for block in "ifgo")
    saturated = [(gate < 0.1) | (gate > 0.9) for gate in (i, f, o)] + [np.abs(g) > 0.9]
    assert plot.saturated_share() == pytest.approx(np.mean(saturated), rel=1e-12)
    assert 0 < plot.saturated_share() < 1
    assert plot.remark() == f"{100 * np.mean(saturated):.0f} % of all values are saturated"


@pytest.mark.parametrize(
    ("activation", "is_saturated"),
    [
        ("tanh", lambda h: np.abs(h) > 0.9),
        ("sigmoid", lambda h: (h < 0.1) | (h > 0.9)),
        ("relu", lambda h: h == 0),
        ("linear", lambda h: np.zeros(h.shape, bool)),
    ],
)
def test_a_plain_unit_is_saturated_where_its_state_is_at_an_end(make_network, show_plot, activation, is_saturated):
    plot = show_plot(GatesPlot, make_network(activation=activation, scale=1.2))
    h = plot.frame.layers[0].states["h"][0, 1:]
    assert plot.saturated_share() == pytest.approx(is_saturated(h).mean(), abs=1e-12)


def test_many_units_are_rows_of_a_map(make_network, show_plot):
    few, many = (show_plot(GatesPlot, make_network("gru", units=n, scale=0.2)) for n in (MOST_CURVES, MOST_CURVES + 1))
    assert {spec.scale for spec in few.panel_specs()} == {"linear"}
    assert {spec.scale for spec in many.panel_specs()} == {"rows"}


def test_a_step_is_told_by_the_selected_unit_and_its_saturation(make_network, show_plot):
    document = make_network("lstm").with_weight(Place(0, "b_f"), [0.0, 50.0, 0.0])
    lines = show_plot(GatesPlot, document, unit=1).describe_step(3).split("\n")
    assert lines[0] == "t = 3, unit 2"
    assert "f = 1.0000 (forget gate, saturated)" in lines
    assert "no step" in show_plot(GatesPlot, document).describe_step(0)
