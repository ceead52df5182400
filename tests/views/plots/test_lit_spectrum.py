"""What is lit up among eigenvalues: where an entry leads, whose they are, and what they depend on."""

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt

from rnnviz.core.eigenbasis import eigenbasis
from rnnviz.core.measures.spectrum import eigenvalues
from rnnviz.document.document import Place
from rnnviz.document.edits import set_weight
from rnnviz.document.links import Eigenvalue, Unit, Weight, linked
from rnnviz.views.plots._lit_spectrum import growth_for
from rnnviz.views.plots.spectrum import SpectrumPlot

W = Place(0, "W_hh")


def test_pointing_at_a_dot_points_at_its_eigenvalue(make_network, show_plot):
    plot = show_plot(SpectrumPlot, make_network(units=5))
    for index, value in enumerate(plot.eigenvalues()):
        assert plot.focus_at(plot.point_of(complex(value)), QRectF(plot.rect())) == Eigenvalue(W, index)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_in_a_gated_layer_it_is_that_of_the_chosen_matrix(make_network, show_plot, cell):
    plot = show_plot(SpectrumPlot, make_network("rnn", cell), layer=1)
    focus = plot.focus_at(plot.point_of(complex(plot.eigenvalues()[0])), QRectF(plot.rect()))
    assert focus == Eigenvalue(Place(1, plot.matrix_name), 0)


def test_arrows_lead_where_the_eigenvalues_go(make_network, show_plot):
    document = make_network(units=5)
    plot, step = show_plot(SpectrumPlot, document), 1e-7
    slopes = plot.lit().slopes(linked(document, Weight(W, 1, 3)))
    grown = document.weight(W).copy()
    grown[1, 3] += step
    found = eigenvalues(grown)
    for value, slope in zip(plot.eigenvalues(), slopes, strict=True):
        moved = found[np.abs(found - value).argmin()]
        assert (moved - value) / step == pytest.approx(slope, abs=1e-4)


def test_arcs_are_shares_of_the_unit_in_the_order_that_is_drawn(make_network, show_plot):
    document = make_network(units=4)
    plot = show_plot(SpectrumPlot, document)
    shares = np.array([plot.lit().shares(linked(document, Unit(0, unit))) for unit in range(4)])
    np.testing.assert_allclose(shares.sum(axis=0), 1.0)
    basis = eigenbasis(document.weight(W))
    for index, value in enumerate(plot.eigenvalues()):
        assert shares[2, index] == pytest.approx(basis.shares(2)[basis.nearest(complex(value))])


def test_the_words_of_an_eigenvalue_name_who_holds_it(make_network, show_plot):
    diagonal = set_weight(W, np.diag([0.5, -0.25, 0.1])).apply(make_network(units=3))
    plot = show_plot(SpectrumPlot, diagonal)
    words = plot.describe(plot.point_of(-0.25 + 0j), QRectF(plot.rect()))
    assert "held by h₂ 100 %" in words
    assert "moves most with W_hh[2, 2]: |∂λ/∂w| = 1.000" in words


def lit_image(plot, focus):
    plot.show_focus(focus)
    return plot.grab().toImage()


def test_what_is_linked_is_seen_and_what_is_not_changes_nothing(make_network, show_plot):
    plot = show_plot(SpectrumPlot, make_network(units=4))
    plain = lit_image(plot, None)
    seen = [lit_image(plot, each) for each in (Weight(W, 1, 3), Unit(0, 2), Eigenvalue(W, 0), Weight(W))]
    assert all(image != plain for image in seen)
    assert lit_image(plot, Weight(Place(0, "W_xh"), 1, 0)) == plain
    assert lit_image(plot, None) == plain


def test_a_defective_matrix_has_rings_but_no_arrows(make_network, show_plot):
    document = set_weight(W, np.array([[0.5, 1.0], [0.0, 0.5]])).apply(make_network(units=2))
    plot = show_plot(SpectrumPlot, document)
    plain = lit_image(plot, None)
    assert plot.lit().words(0) in ("", plot.lit().words(1))
    assert lit_image(plot, Weight(W, 0, 1)) != plain


def test_e_goes_through_the_eigenvalues(make_network, show_plot, qtbot):
    plot, asked = show_plot(SpectrumPlot, make_network(units=3)), []
    plot.focus_requested.connect(asked.append)
    plot.focus_requested.connect(plot.show_focus)
    for _ in range(4):
        qtbot.keyClick(plot, Qt.Key.Key_E)
    assert asked == [Eigenvalue(W, index) for index in (0, 1, 2, 0)]


@pytest.mark.parametrize(
    ("pixels", "growth"), [(30.0, 1.0), (31.0, 0.5), (3.0, 10.0), (6.0, 5.0), (7.0, 2.0), (0.0, 1.0), (np.inf, 1.0)]
)
def test_the_growth_is_round_and_no_arrow_too_long(pixels, growth):
    assert growth_for(pixels, 30.0) == pytest.approx(growth)
