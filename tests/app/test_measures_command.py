"""rnnviz measures: what it prints are the numbers of the core, and those known from elsewhere."""

import json
from dataclasses import replace

import numpy as np
import pytest

from rnnviz.app.main import main
from rnnviz.core.measures.connectivity import connectivity
from rnnviz.core.measures.lyapunov import lyapunov_exponent
from rnnviz.document.compute import compute
from rnnviz.document.document import Document, Input, Layer, Objective, Readout, Window, weight_shapes
from rnnviz.document.edits import set_loss_steps
from rnnviz.document.presets import SCENES, built_in
from rnnviz.document.runs import network_run
from rnnviz.document.scenes import save_scene

GOLDEN = {
    "all": {
        "‖∂L/∂h_t‖": ".696509 1.454567 .451542 1.112937 .227670",
        "‖δ_t‖": ".738298 .380845 .494982 .194047",
        "‖direct_t‖": "0 1.361345 .018997 1.196099 .227670",
        "‖∂ℓ_4/∂h_t‖": ".014565 .024948 .051328 .183064 .227670",
        "‖∂L/∂W_hh at t‖": "0 .352019 .396715 .213143",
    },
    "last": {
        "‖∂L/∂h_t‖": ".014565 .024948 .051328 .183064 .227670",
        "‖δ_t‖": ".015439 .026445 .054407 .194047",
        "‖direct_t‖": "0 0 0 0 .227670",
        "‖∂ℓ_4/∂h_t‖": ".014565 .024948 .051328 .183064 .227670",
        "‖∂L/∂W_hh at t‖": "0 .024443 .043606 .213143",
    },
}


@pytest.fixture
def measured(capsys, tmp_path):
    """Return a function that measures a scene or a document: what is printed for programs."""

    def measured(scene, *words):
        if isinstance(scene, Document):
            save_scene(scene, tmp_path / "scene.rnnviz.json")
            scene = tmp_path / "scene.rnnviz.json"
        assert main(["measures", str(scene), "--json", *map(str, words)]) == 0
        return json.loads(capsys.readouterr().out, parse_constant=pytest.fail)

    return measured


def by_name(measures):
    return {each["name"]: each.get("value", each.get("values")) for each in measures}


def network(*cells, batch=2, window=None, scale=0.5):
    rng, layers, width = np.random.default_rng(0), [], 3
    for cell in cells:
        shapes = weight_shapes(cell, 4, width)
        layers.append(Layer(cell, {name: scale * rng.normal(size=shape) for name, shape in shapes.items()}))
        width = 4
    readout = Readout("linear", {"W_hy": rng.normal(size=(2, 4))})
    return Document(tuple(layers), readout, Input(("a", "b", "c"), rng.normal(size=(batch, 6, 3))), Objective(), window)


@pytest.mark.parametrize("steps", GOLDEN)
def test_the_five_gradients_of_the_golden_scene_are_those_that_were_checked(measured, steps):
    found = by_name(measured(set_loss_steps(steps).apply(built_in("golden")))["layers"][0]["measures"])
    for name, words in GOLDEN[steps].items():
        assert [f"{value:.6f}" for value in found[name]] == [f"{float(word):.6f}" for word in words.split()], name


@pytest.mark.parametrize("name", SCENES)
def test_every_built_in_scene_is_measured_in_words(name, capsys):
    assert main(["measures", name]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert "spectral radius, max |λ|" in out
    # noise that is fed into the linear twin overflows, nothing else does
    unknown = [line.split()[0] for line in out.splitlines() if "nan" in line]
    assert unknown == (["memory", "memory"] if name == "saturation-linear" else [])


def test_the_saturated_scene_has_the_numbers_of_the_table(measured):
    found = by_name(measured("saturation")["layers"][0]["measures"])
    assert found["ρ(W_hh)"] == pytest.approx(1.3)
    assert found["σ max(W_hh)"] == pytest.approx(1.3)
    assert f"{found['first / last']:.3g}" == "1.27e-12"
    assert found["λ Lyapunov"] < 0


def test_every_layer_and_cell_is_measured(measured):
    result = measured(network("lstm", "gru", "rnn"))
    assert [(layer["layer"], layer["cell"]) for layer in result["layers"]] == [(1, "lstm"), (2, "gru"), (3, "rnn")]
    for layer in result["layers"]:
        names = by_name(layer["measures"])
        assert ("mean φ′" in names) == (layer["cell"] == "rnn")
        assert ("direct path" in names) == (layer["cell"] != "rnn")
        assert all(each["definition"] for each in layer["measures"])
        assert 0 < names["memory"] <= 4.2


@pytest.mark.parametrize("sequence", [1, 2])
def test_the_numbers_are_those_of_the_chosen_layer_and_sequence(measured, sequence):
    document = network("lstm", "gru")
    run = network_run(compute(document), sequence - 1)
    result = measured(document, "--layer", 2, "--sequence", sequence)
    (layer,) = result["layers"]
    found = by_name(layer["measures"])
    assert (result["sequence"], layer["layer"]) == (sequence, 2)
    assert found["λ Lyapunov"] == lyapunov_exponent(run.layers[1].weights, run.layers[1].trace)
    expected = connectivity(tuple(each.weights for each in run.layers), run.readout, run.forward)
    np.testing.assert_array_equal(by_name(result["network"])["‖∂y_t/∂x_k‖"], expected)


@pytest.mark.parametrize("stateful", [True, False])
def test_a_sequence_in_windows_is_measured(measured, stateful):
    found = by_name(measured(network("gru", window=Window(4, stateful)))["network"])["‖∂y_t/∂x_k‖"]
    assert not np.array(found)[4:, :4].any()


def test_one_step_of_one_unit_is_measured(measured):
    layer = Layer("lstm", {name: np.ones(shape) for name, shape in weight_shapes("lstm", 1, 1).items()})
    result = measured(Document((layer,), None, Input(("x",), np.ones((1, 1, 1))), Objective()))
    assert by_name(result["network"])["‖∂y_1/∂x_k‖"][0] > 0


def test_what_overflows_is_a_word_and_a_warning(capsys, tmp_path):
    document = built_in("saturation-linear")
    layer = replace(document.layers[0], weights={**document.layers[0].weights, "W_hh": 1e60 * np.eye(2)})
    save_scene(replace(document, layers=(layer,)), tmp_path / "scene.rnnviz.json")
    assert main(["measures", str(tmp_path / "scene.rnnviz.json"), "--json"]) == 0
    out, err = capsys.readouterr()
    found = by_name(json.loads(out, parse_constant=pytest.fail)["layers"][0]["measures"])
    assert found["first / last"] == "nan"
    assert found["‖∂s_T/∂s_t‖"][0] == "inf"
    assert found["λ Lyapunov"] == pytest.approx(60 * np.log(10))
    assert "overflows at t =" in err


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("nope",), "no such file"),
        (("golden", "--layer", "2"), "--layer: there is no layer 2; choose from 1 to 1"),
        (("golden", "--sequence", "0"), "--sequence: there is no sequence 0; choose from 1 to 1"),
    ],
)
def test_what_does_not_exist_is_refused_in_one_line(capsys, words, why):
    assert main(["measures", *words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert why in err
    assert err.count("\n") == 1
