"""Numbers known from elsewhere: an example checked against PyTorch, and the table of the built-in scenes."""

from dataclasses import replace

import numpy as np
import pytest

from rnnviz.core.measures.norms import largest_singular_value, norms
from rnnviz.core.measures.spectrum import spectral_radius
from rnnviz.document.compute import compute
from rnnviz.document.edits import set_loss_steps
from rnnviz.document.presets import SCENES, built_in
from rnnviz.document.scenes import parse_scene, scene_text
from rnnviz.document.values import DocumentError


def printed(values, digits=6):
    return [f"{value:.{digits}f}" for value in np.ravel(values)]


def numbers(text):
    return printed([float(word) for word in text.split()])


GOLDEN_STATES = ".800499 -.462117 .701345 .387913 -.696081 .849689 -.403474 -.364461"
GOLDEN_OUTPUTS = "1.462616 .513433 -1.345770 .160987"
GOLDEN_GRADIENTS = {
    "all": {
        "loss": "0.834026991",
        "state": ".696509 1.454567 .451542 1.112937 .227670",
        "pre-activation": ".738298 .380845 .494982 .194047",
        "direct": "1.361345 .018997 1.196099 .227670",
        "W_hh": "-.442993 -.047638 .531092 -.221842",
        "per step": "0 .352019 .396715 .213143",
    },
    "last": {
        "loss": "0.012958370",
        "state": ".014565 .024948 .051328 .183064 .227670",
        "pre-activation": ".015439 .026445 .054407 .194047",
        "direct": "0 0 0 .227670",
        "W_hh": "-.130543 .117621 .058168 -.135253",
        "per step": "0 .024443 .043606 .213143",
    },
}


def test_the_golden_states_and_outputs_are_those_that_were_checked(golden):
    frame = compute(golden)
    assert printed(frame.layers[0].states["h"][0, 1:]) == numbers(GOLDEN_STATES)
    assert printed(frame.y) == numbers(GOLDEN_OUTPUTS)


@pytest.mark.parametrize("steps", GOLDEN_GRADIENTS)
def test_the_golden_gradients_are_those_that_were_checked(golden, steps):
    expected = GOLDEN_GRADIENTS[steps]
    frame = compute(set_loss_steps(steps).apply(golden))
    layer = frame.layers[0]
    delta, before = layer.pre_activation_gradients["h"][0], layer.states["h"][0, :-1]
    assert printed(frame.loss, 9) == [expected["loss"]]
    assert printed(norms(layer.state_gradients["h"][0])) == numbers(expected["state"])
    assert printed(norms(delta)) == numbers(expected["pre-activation"])
    assert printed(norms(layer.direct[0, 1:])) == numbers(expected["direct"])
    assert printed(layer.weight_gradients["W_hh"]) == numbers(expected["W_hh"])
    assert printed(norms(delta) * norms(before)) == numbers(expected["per step"])


# scene: spectral radius, largest singular value, norm of the gradient at t = 0, largest norm at any t
REACH = {
    "vanishing": ("0.50", "0.50", 3.63e-07, 1.0),
    "orthogonal": ("1.00", "1.00", 0.998, 1.0),
    "exploding": ("1.30", "1.30", 182.0, 182.0),
    "saturation": ("1.30", "1.30", 1.27e-12, 1.0),
    "saturation-linear": ("1.30", "1.30", 190.0, 190.0),
    "non-normal": ("0.50", "5.05", 1.35e-04, 3.91),
}


@pytest.mark.parametrize("name", REACH)
def test_a_scene_about_gradients_shows_the_numbers_of_the_table(name):
    radius, singular_value, first, largest = REACH[name]
    document = built_in(name)
    recurrent = document.layers[0].weights["W_hh"]
    gradient_norms = norms(compute(document).layers[0].state_gradients["h"][0])
    assert f"{spectral_radius(recurrent):.2f}" == radius
    assert f"{largest_singular_value(recurrent):.2f}" == singular_value
    assert float(f"{gradient_norms[0]:.3g}") == first
    assert float(f"{gradient_norms.max():.3g}") == largest
    assert gradient_norms[-1] == pytest.approx(1.0, rel=1e-15)


def test_the_non_normal_scene_grows_most_on_its_first_step_back():
    gradient_norms = norms(compute(built_in("non-normal")).layers[0].state_gradients["h"][0])
    assert gradient_norms.argmax() == len(gradient_norms) - 2


def test_the_linear_twin_differs_in_nothing_but_its_activation():
    twin, saturated = built_in("saturation-linear"), built_in("saturation")
    layer = replace(twin.layers[0], activation="tanh")
    assert replace(twin, layers=(layer,), title=saturated.title, notes=saturated.notes) == saturated


@pytest.mark.parametrize("name", SCENES)
def test_a_built_in_scene_computes_without_problems_and_can_be_saved(name):
    document = built_in(name)
    assert compute(document).problems == ()
    assert parse_scene(scene_text(document).encode()) == document


@pytest.mark.parametrize("name", SCENES)
def test_a_built_in_scene_says_what_to_look_at(name):
    assert built_in(name).title == SCENES[name].title
    assert built_in(name).notes.endswith(".")


def test_the_default_scene_predicts_the_next_value_of_its_sine():
    document = built_in("default")
    error = compute(document).y - document.objective.targets
    assert np.abs(error[0, 5:]).mean() < 0.2


def test_an_unknown_scene_is_refused_with_the_names_there_are():
    with pytest.raises(DocumentError, match=r"'nope'.*default, golden"):
        built_in("nope")
