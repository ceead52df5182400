"""Generated scripts: they compute what the program computes, and nothing that a user has written can act in them."""

import ast
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from script_results import differences, run_script
from strategies import documents, moderate, unicode_text

from rnnviz.document.code import FRAMEWORKS, script
from rnnviz.document.code.comments import comment, harmless
from rnnviz.document.code.literals import LARGEST_LIST, array_literal
from rnnviz.document.compute import compute
from rnnviz.document.document import Window
from rnnviz.document.presets import SCENES, built_in
from rnnviz.document.values import DocumentError

TOLERANCE = 1e-10
NASTY = [
    '"""',
    "'''\nimport os; os.abort()\n'''",
    "a\\",
    "line\rbroken\x0b\x0c\x1c\x85\u2028\u2029x = 1",
    "coding: utf-7",
    "-*- coding: latin-1 -*-",
    "# type: ignore\x00",
    "{x} %s $h \u202egnirts",
    "\U0001f600 ŷ",
]
every_framework = pytest.mark.parametrize("framework", sorted(FRAMEWORKS))
every_scene = pytest.mark.parametrize("scene", sorted(SCENES))
anything = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def run(tmp_path):
    """Return a function that runs the script of a document, and skips where its framework is not installed."""

    def run_it(document, framework="numpy"):
        if framework != "numpy":
            pytest.importorskip("torch" if framework == "torch" else "keras")
        return run_script(script(document, framework), tmp_path)

    return run_it


def assert_agreement(document, variables):
    apart = {name: found for name, found in differences(document, variables).items() if not found < TOLERANCE}
    assert not apart


@every_scene
def test_a_scene_s_script_in_numpy_agrees_with_its_trace(run, scene):
    document = built_in(scene)
    assert_agreement(document, run(document)[0])


@anything
@given(documents(moderate, large=False))
def test_the_script_in_numpy_agrees_with_the_trace_of_any_document(run, document):
    assert_agreement(document, run(document)[0])


@settings(anything, max_examples=3)
@given(documents(moderate, large=True))
def test_long_and_wide_documents_agree_too(run, document):
    with np.errstate(over="ignore", invalid="ignore"):
        if not compute(document).problems:
            assert_agreement(document, run(document)[0])


@every_scene
@pytest.mark.parametrize("framework", ["torch", "keras"])
def test_a_scene_s_script_in_a_framework_agrees_with_its_trace(run, scene, framework):
    document = built_in(scene)
    assert_agreement(document, run(document, framework)[0])


@every_framework
@settings(anything, max_examples=10)
@given(documents(moderate))
def test_every_script_is_python(framework, document):
    compile(script(document, framework), "script.py", "exec")


@every_framework
def test_the_same_document_always_gives_the_same_script(framework):
    assert script(built_in("golden"), framework) == script(built_in("golden"), framework)


# What is in it, and what is not


@every_framework
@pytest.mark.parametrize(
    ("scene", "absent"),
    [
        ("golden", ["WINDOW", "length", "lstm", "LSTM", "gru", "GRU", "sigmoid", "softmax", "base64", "layer1"]),
        ("lstm-memory", ["WINDOW", "length", "rnn_", "nn.RNN", "SimpleRNN", "gru", "GRU", "targets"]),
        ("gru", ["WINDOW", "length", "rnn_", "nn.RNN", "SimpleRNN", "lstm", "LSTM", "targets"]),
        ("truncated", ["length", "lstm", "LSTM", "GRU"]),
        ("batch", ["WINDOW", "lstm", "LSTM", "GRU"]),
    ],
)
def test_a_script_has_only_what_its_document_needs(framework, scene, absent):
    text = script(built_in(scene), framework)
    assert not [word for word in absent if word in text]


def test_two_layers_of_one_kind_share_their_functions():
    document = built_in("golden")
    (layer,) = document.layers
    upper = replace(layer, weights={**layer.weights, "W_xh": np.eye(2)})
    text = script(replace(document, layers=(layer, upper)), "numpy")
    assert text.count("def rnn_forward") == text.count("def rnn_backward") == 1


def test_a_window_that_cuts_nothing_leaves_no_trace():
    document = built_in("golden")
    assert script(replace(document, window=Window(4, stateful=False)), "numpy") == script(document, "numpy")


def test_the_script_prints_every_result(run):
    variables, printed = run(built_in("stacked"))
    assert printed.isascii()
    assert f"Loss L = {variables['loss']:.10g}" in printed
    for name in variables["gradients"]:
        assert f"dL/d{name} =" in printed
    for n in (1, 2):
        with np.printoptions(precision=6, linewidth=100):
            assert str(np.linalg.norm(variables[f"dh{n}"], axis=-1)) in printed


@every_framework
def test_single_precision_is_said(framework):
    document = built_in("golden")
    assert "float32" not in script(document, "numpy")
    assert "computed in float32" in script(replace(document, precision="float32"), framework)


def test_an_unknown_framework_is_refused_by_name():
    with pytest.raises(DocumentError, match="'tensorflow' is not known; use one of numpy, torch, keras"):
        script(built_in("golden"), "tensorflow")


# What a user has written stays words


@pytest.mark.parametrize("words", NASTY)
@every_framework
def test_no_words_of_a_user_become_code(framework, words, tmp_path):
    plain = built_in("golden")
    said = replace(plain, title=words, notes=words, input=replace(plain.input, features=(words,)))
    path = tmp_path / "script.py"
    path.write_bytes(script(said, framework).encode())
    assert ast.dump(ast.parse(path.read_bytes())) == ast.dump(ast.parse(script(plain, framework)))


@given(unicode_text)
def test_words_become_lines_of_comments(words):
    assert all(line.startswith("# ") and line.isprintable() for line in comment(words))
    assert harmless(words).isprintable()


def test_texts_and_vocabularies_stay_comments():
    plain = built_in("golden")
    spelled = replace(plain.input, text='"""\nx = 1 \\', vocabulary=("\n'''x",), encoding="char")
    found, expected = (script(d, "numpy") for d in (replace(plain, input=spelled), plain))
    assert ast.dump(ast.parse(found)) == ast.dump(ast.parse(expected))


# Literals


@pytest.mark.parametrize(
    "array",
    [
        np.array([0.1 + 0.2, -0.0, 5e-324, 1.7976931348623157e308]),
        np.zeros((2, 3)),
        -np.zeros(3),
        np.arange(6.0).reshape(3, 1, 2),
        np.linspace(-1, 1, 200).reshape(2, 100, 1),
        np.linspace(-1, 1, 150).reshape(3, 50),
        np.linspace(-1, 1, LARGEST_LIST + 1),
        np.round(np.linspace(-3, 3, 2 * LARGEST_LIST), 2).reshape(2, 1, -1),
    ],
    ids=lambda array: str(array.shape),
)
def test_an_array_comes_back_bit_for_bit(array):
    text = array_literal(array)
    import base64

    back = eval(text, {"np": np, "base64": base64})
    assert back.shape == array.shape
    assert back.tobytes() == array.tobytes()
    assert max(map(len, text.splitlines())) <= 100
