"""The gradient of every unit over time, in colours on a logarithmic scale."""

import math

import numpy as np
import pytest

from rnnviz.document.presets import built_in
from rnnviz.views.plots.gradient_map import DECADES, GradientMapPlot


def test_it_shows_the_gradients_of_the_selected_layer_and_sequence(make_network, show_plot):
    plot = show_plot(GradientMapPlot, make_network("lstm", "gru", lengths=(4, 6)), layer=1, sample=1)
    np.testing.assert_array_equal(plot.values(), plot.frame.layers[1].state_gradients["h"][1])


def test_a_colour_is_the_sign_times_the_decades_above_the_last(show_plot):
    plot = show_plot(GradientMapPlot, built_in("saturation"))
    values, top = plot.values(), math.ceil(np.log10(np.abs(plot.values()).max()))
    expected = np.sign(values) * np.clip((np.log10(np.abs(values)) - top + DECADES) / DECADES, 0, 1)
    np.testing.assert_allclose(plot.parts(), expected, rtol=1e-12, atol=1e-15)
    assert (plot.parts() == 0).any(), "the scene fades over more than ten decades"


def test_a_factor_is_the_same_step_of_colour_at_any_size(show_plot):
    parts = np.abs(show_plot(GradientMapPlot, built_in("saturation")).parts()[:, 0])
    steps = np.diff(parts[(parts > 0) & (parts < 1)])[:-3]
    assert len(steps) > 5
    np.testing.assert_allclose(steps, steps.mean(), rtol=0.1)


def test_the_legend_names_both_signs_and_the_last_decade(show_plot):
    words = [word for _, word in show_plot(GradientMapPlot, built_in("saturation")).panel_specs()[1].legend]
    assert words == ["−10⁰", "−10⁻⁵", "within ±10⁻¹⁰", "10⁻⁵", "10⁰"]


def test_zero_is_neutral_and_overflow_has_no_colour(make_network, show_plot):
    silent = show_plot(GradientMapPlot, make_network(scale=0.0))
    assert (silent.parts()[0] == 0).all(), "W_hh is 0, so nothing is carried back to the start"
    document = make_network(activation="linear", scale=1e60, steps=10)
    with np.errstate(all="ignore"):
        parts = show_plot(GradientMapPlot, document).parts()
    assert np.isnan(parts[0]).all()
    assert np.isfinite(parts[-1]).all()


def test_a_step_is_told_with_its_norm_and_every_unit(make_network, show_plot):
    plot = show_plot(GradientMapPlot, make_network())
    lines = plot.describe_step(3).split("\n")
    assert lines[0] == "t = 3"
    norm = float(lines[1].removeprefix("‖∂L/∂hₜ‖₂ = "))
    assert norm == pytest.approx(np.linalg.norm(plot.values()[3]), rel=1e-3)
    assert [line.split(" = ")[0] for line in lines[2:5]] == ["∂L/∂h1", "∂L/∂h2", "∂L/∂h3"]
