"""What single steps, and all steps from t on, do to a small change of the state."""

from dataclasses import replace

import numpy as np
import pytest

from rnnviz.core.measures.jacobians import direct_path, mean_slopes, product_norms, step_radii, step_stretches
from rnnviz.document.compute import compute
from rnnviz.document.document import Place, Window
from rnnviz.document.runs import layer_run
from rnnviz.document.stretching import most_steps, stretching
from rnnviz.session.session import Selection
from rnnviz.views.plots.jacobians import JacobiansPlot


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_it_draws_the_measures_of_the_selected_layer_and_sequence(make_network, show_plot, cell):
    document = make_network("rnn", cell, lengths=(4, 6))
    plot = show_plot(JacobiansPlot, document, layer=1, sample=1)
    run, drawn = layer_run(compute(document), 1, 1), plot.values()
    stretches = step_stretches(run.weights, run.trace)
    np.testing.assert_array_equal(drawn.steps, np.arange(1, 7))
    np.testing.assert_array_equal(drawn.stretches, stretches)
    np.testing.assert_array_equal(drawn.radii, step_radii(run.weights, run.trace))
    np.testing.assert_array_equal(drawn.products, product_norms(run.weights, run.trace))
    np.testing.assert_allclose(drawn.bounds, np.append(np.cumprod(stretches[::-1])[::-1], 1.0), rtol=1e-12)
    if cell == "rnn":
        np.testing.assert_array_equal(drawn.slopes, mean_slopes(run.weights, run.trace))
        assert drawn.direct.size == 0
    else:
        assert drawn.slopes.size == 0
        np.testing.assert_array_equal(drawn.direct, direct_path(run.weights, run.trace).max(axis=1))


def test_the_product_never_exceeds_its_bound_and_both_end_at_one(make_network, show_plot):
    drawn = show_plot(JacobiansPlot, make_network("lstm", steps=12)).values()
    assert (drawn.products <= drawn.bounds * (1 + 1e-12)).all()
    assert (drawn.products < 0.99 * drawn.bounds).any()
    assert drawn.products[-1] == drawn.bounds[-1] == 1.0


@pytest.mark.parametrize(
    ("cell", "single", "in_a_row"),
    [
        ("rnn", ["σ max", "ρ", "mean φ′"], ["bound Π σ max", "norm of the product"]),
        ("lstm", ["σ max", "ρ"], ["bound Π σ max", "norm of the product", "direct path Π f"]),
        ("gru", ["σ max", "ρ"], ["bound Π σ max", "norm of the product", "direct path Π z"]),
    ],
)
def test_the_legends_name_what_the_cell_has(make_network, show_plot, cell, single, in_a_row):
    specs = show_plot(JacobiansPlot, make_network(cell)).panel_specs()
    assert [[words for _, words in spec.legend] for spec in specs] == [single, in_a_row]
    assert specs[0].low <= 1.0 <= specs[0].high
    assert specs[1].low <= 0.0 <= specs[1].high


def test_a_large_layer_is_looked_at_in_part_and_says_so(make_network, show_plot):
    document = make_network(units=24, steps=30, scale=0.2)
    drawn = stretching(document, 0, 0, 10)
    np.testing.assert_array_equal(drawn.steps, np.arange(1, 31, 3))
    np.testing.assert_array_equal(drawn.ends, np.arange(20, 31))
    plot = show_plot(JacobiansPlot, document)
    assert most_steps(document, 0, 0) == 30
    plot.show_frame(compute(replace(document, title="another")), Selection())
    plot.show_answer([drawn])
    assert "from t = 20 to 30" in plot.remark()
    assert "every 3 steps" in plot.remark()
    large = make_network("lstm", units=64, steps=400)
    assert 1 <= most_steps(large, 0, 0) < 400


def test_the_old_curves_stay_only_on_the_same_axes(make_network, show_plot):
    document = make_network("rnn", "rnn")
    plot = show_plot(JacobiansPlot, document)
    before = plot.values()
    plot.show_frame(compute(document.with_weight(Place(0, "W_hh"), np.eye(3))), Selection())
    assert plot.values() is before
    assert plot.question() is not None
    plot.show_frame(compute(document), Selection(unit=2))
    assert plot.question() is None, "another unit has the same Jacobian"
    plot.show_frame(compute(document), Selection(layer=1))
    assert plot.values() is None


def test_a_step_is_told_in_numbers(make_network, show_plot):
    plot = show_plot(JacobiansPlot, make_network())
    lines = dict(line.split(" = ") for line in plot.describe_step(3).split("\n\n")[0].split("\n"))
    assert float(lines["σ max"]) == pytest.approx(plot.values().stretches[2], rel=1e-3)
    assert float(lines["ρ"]) == pytest.approx(plot.values().radii[2], rel=1e-3)
    assert float(lines["norm of the product"]) == pytest.approx(plot.values().products[3], rel=1e-3)


def test_windows_cut_the_product(make_network, show_plot):
    plot = show_plot(JacobiansPlot, make_network(window=Window(4, stateful=True)))
    assert (plot.values().products[:4] == 0).all()
    assert "windows cut" in plot.remark()
