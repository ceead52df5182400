"""What is lit up, in words."""

import pytest

from rnnviz.document.document import READOUT, Place
from rnnviz.document.links import Eigenvalue, Feature, Gate, Output, Step, Unit, Weight, linked
from rnnviz.document.presets import built_in
from rnnviz.views.link_words import links_in_words


@pytest.mark.parametrize(
    ("scene", "focus", "words"),
    [
        (
            "default",
            Unit(0, 2, 5),
            "h₃ at t = 5 depends on row 3 of W_hh, W_xh, entry 3 of b_h, h at t = 4, x at t = 5; "
            "on it depends column 3 of W_hy, W_hh, h at t = 6, y at t = 5",
        ),
        ("default", Unit(0, 0, 0), "h₁ at t = 0 depends on entry 1 of h_0; on it depends column 1 of W_hh, h at t = 1"),
        ("default", Weight(Place(0, "W_hh"), 1, 3), "W_hh[2, 4] depends on h₄; on it depends h₂, every λ of W_hh"),
        ("default", Weight(Place(0, "W_xh"), 1, 0), "W_xh[2, 1] depends on x₁; on it depends h₂"),
        ("default", Weight(Place(0, "b_h"), 1, 0), "on b_h[2] depends h₂"),
        ("default", Weight(Place(READOUT, "W_hy"), 0, 3), "W_hy[1, 4] depends on h₄; on it depends y₁"),
        ("default", Step(5), "step 5 depends on h at t = 4, x at t = 5; on it depends h at t = 5, y at t = 5"),
        ("default", Feature(1, 5), "on x₂ at t = 5 depends column 2 of W_xh, h at t = 5"),
        (
            "default",
            Output(0, 5),
            "y₁ at t = 5 depends on row 1 of W_hy, entry 1 of b_y, h at t = 5",
        ),
        ("default", Eigenvalue(Place(0, "W_hh"), 1), "λ₂ of W_hh depends on W_hh"),
        ("lstm-memory", Gate(0, None, "f"), "gate f depends on W_hf, W_xf, b_f, h, x; on it depends h"),
        ("batch", Feature(0, 12), "x₁ at t = 12 is linked with nothing"),
    ],
)
def test_links_are_named(scene, focus, words):
    sample = 2 if scene == "batch" else 0  # the shortest sequence
    document = built_in(scene)
    assert links_in_words(document, linked(document, focus, sample)) == words


def test_a_layer_of_a_stack_and_a_gate_are_named():
    document = built_in("stacked")
    assert links_in_words(document, linked(document, Unit(1, 0, 3))).startswith("h₁ of layer 2 at t = 3 depends on")
    document = built_in("lstm-memory")
    words = links_in_words(document, linked(document, Gate(0, 0, "f", 3)))
    assert words.startswith("gate f₁ at t = 3 depends on row 1 of W_hf, W_xf, entry 1 of b_f, h at t = 2, x at t = 3")
    assert words.endswith("; on it depends h₁ at t = 3")
