"""Scene files: exact there and back, strict about everything else, and never a traceback."""

import base64
import copy
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import documents

from rnnviz.document.compute import compute
from rnnviz.document.document import Document
from rnnviz.document.presets import built_in
from rnnviz.document.scenes import SceneError, load_scene, parse_scene, save_scene, scene_text
from rnnviz.document.values import DocumentError

EXAMPLE = """{
  "format": "rnnviz-scene", "version": 1, "title": "Golden RNN", "notes": "",
  "layers": [
    {"cell": "rnn", "activation": "tanh", "units": 2, "return_sequences": true,
     "weights": {"W_xh": [[1.0], [-0.5]], "W_hh": [[0.5, -0.8], [0.8, 0.5]], "b_h": [0.1, 0.0]},
     "initial_state": {"h": [0.0, 0.0]}}
  ],
  "readout": {"activation": "linear", "weights": {"W_hy": [[1.0, -1.0]], "b_y": [0.2]}},
  "input": {"features": ["x"], "values": [[[1.0], [0.0], [-1.0], [0.5]]]},
  "objective": {"loss": "half_squared_error", "steps": "all", "reduction": "sum",
                "targets": [[[0.5], [0.5], [-0.5], [0.0]]]}
}
"""

STACK = """{
  "format": "rnnviz-scene", "version": 1,
  "layers": [
    {"cell": "gru", "weights": {"W_xr": [[1, 0]], "W_xz": [[0, 1]], "W_xn": [[1, 1]],
                                "W_hr": [[0.5]], "W_hz": [[0.25]], "W_hn": [[-1e-3]], "b_hn": [2]}},
    {"cell": "lstm", "return_sequences": false, "initial_state": {"c": [1]},
     "weights": {"W_xi": [[1]], "W_xf": [[1]], "W_xg": [[1]], "W_xo": [[1]],
                 "W_hi": [[1]], "W_hf": [[1]], "W_hg": [[1]], "W_ho": [[1]], "b_f": [1]}}
  ],
  "readout": {"activation": "softmax", "weights": {"W_hy": [[1], [-1]]}},
  "input": {"features": ["a", "b"], "values": [[[1, 0], [0, 1]], [[0, 1], [0, 1]]],
            "text": "ab", "vocabulary": ["a", "b"], "encoding": "char"},
  "objective": {"loss": "cross_entropy", "steps": [2], "reduction": "mean", "targets": [[0, 1], [1, 1]]},
  "window": {"length": 1, "stateful": true}
}
"""


def scene(**changes):
    """Return the example with other values at dotted places: ``scene(**{"layers.0.cell": "gru"})``."""
    changed = json.loads(EXAMPLE)
    for place, value in changes.items():
        *path, last = (int(key) if key.isdigit() else key for key in place.split("."))
        inner = changed
        for key in path:
            inner = inner[key]
        inner[last] = value
    return changed


def parsed(value):
    return parse_scene(json.dumps(value).encode())


def refusal(content):
    """Return what parsing bytes, or the JSON of anything else, is refused with."""
    with pytest.raises(DocumentError) as error:
        parse_scene(content if isinstance(content, bytes) else json.dumps(content).encode())
    return str(error.value)


def block(array, **changes):
    content = base64.b64encode(np.asarray(array, "<f8").tobytes()).decode()
    return {"dtype": "float64", "shape": list(np.shape(array)), "base64": content} | changes


# What loads ---------------------------------------------------------------------------------------


def test_the_documented_example_is_the_golden_scene(tmp_path, golden):
    path = tmp_path / "example.rnnviz.json"
    path.write_text(EXAMPLE, encoding="utf-8")
    document = load_scene(path)
    assert document.layers == golden.layers
    assert document.readout == golden.readout
    assert document.input == golden.input
    assert document.objective == golden.objective
    assert (document.title, document.notes, document.window) == ("Golden RNN", "", None)


def test_a_stack_with_text_classes_and_windows_loads():
    document = parse_scene(STACK.encode())
    assert [layer.cell for layer in document.layers] == ["gru", "lstm"]
    assert document.layers[0].weights["b_hn"].tolist() == [2.0]
    assert document.layers[1].initial_state["c"].tolist() == [1.0]
    assert document.input.vocabulary == ("a", "b")
    assert (document.objective.steps, document.counted_steps(0)) == ((2,), (2,))
    assert (document.window.length, document.window.stateful) == (1, True)


def test_everything_optional_may_be_left_out():
    document = parsed(
        {
            "format": "rnnviz-scene",
            "version": 1,
            "layers": [{"cell": "rnn", "weights": {"W_xh": [[1.0]], "W_hh": [[1.0]]}}],
            "input": {"features": ["x"], "values": [[[1.0]]]},
            "objective": {"loss": "sum"},
        }
    )
    assert (document.title, document.notes, document.readout, document.window) == ("Untitled", "", None, None)
    assert document.layers[0].activation == "tanh"
    assert document.layers[0].return_sequences
    assert document.layers[0].weights["b_h"].tolist() == [0.0]
    assert document.layers[0].initial_state["h"].tolist() == [0.0]
    assert (document.objective.steps, document.objective.reduction) == ("all", "sum")


def test_any_array_may_be_a_block_of_bytes(golden):
    blocks = scene(
        **{
            "layers.0.weights.W_hh": block([[0.5, -0.8], [0.8, 0.5]]),
            "layers.0.initial_state.h": block([0.0, 0.0]),
            "readout.weights.b_y": block([0.2]),
            "input.values": block(golden.input.values),
            "objective.targets": block(golden.objective.targets),
        }
    )
    assert parsed(blocks) == parse_scene(EXAMPLE.encode())


def test_a_byte_order_mark_is_skipped():
    assert parse_scene(b"\xef\xbb\xbf" + EXAMPLE.encode()) == parse_scene(EXAMPLE.encode())


# There and back -----------------------------------------------------------------------------------


@given(documents(any_precision=True))
def test_load_after_save_gives_the_same_bits(document):
    text = scene_text(document)
    again = parse_scene(text.encode())
    assert again == document
    assert scene_text(again) == text


def test_a_saved_file_loads_the_same_bits(tmp_path, golden):
    path = tmp_path / "scene.rnnviz.json"
    save_scene(golden, path)
    assert load_scene(path) == golden
    assert load_scene(str(path)) == golden


@pytest.mark.parametrize("number", [-0.0, 5e-324, 2.2250738585072014e-308, 0.1, 1 / 3, 1.7976931348623157e308])
def test_a_number_is_written_so_that_it_is_read_exactly(number):
    values = [[[1.0], [number], [-1.0], [0.5]]]
    document = parsed(scene(**{"input.values": values}))
    assert parse_scene(scene_text(document).encode()).input.values.tobytes() == np.array(values).tobytes()


@pytest.mark.parametrize("title", ["", "Été ∂L/∂h", "日本語", "😀", 'a "quoted" \\ name\nof two lines', "\x00"])
def test_any_title_survives(title):
    document = parsed(scene(title=title))
    assert document.title == title
    assert parse_scene(scene_text(document).encode()).title == title


@pytest.mark.parametrize(("steps", "is_block"), [(1024, False), (1025, True)])
def test_more_than_1024_numbers_are_written_as_a_block(steps, is_block):
    values = np.arange(float(steps)).reshape(1, steps, 1).tolist()
    document = parsed(scene(**{"input.values": values, "objective": {"loss": "sum"}}))
    written = json.loads(scene_text(document))["input"]["values"]
    assert (written == block(np.array(values))) if is_block else (written == values)


def test_a_file_is_written_to_be_read_by_people(golden):
    lines = scene_text(golden).splitlines()
    assert "          [0.5, -0.8]," in lines
    assert '  "title": "Golden RNN",' in lines
    assert max(map(len, lines)) < 110


# What is refused, with what and where -------------------------------------------------------------


@pytest.mark.parametrize(
    "place", ["", "layers.0", "readout", "input", "objective", "window", "input.values", "layers.0.weights"]
)
def test_an_unknown_key_is_refused_by_name_and_place(place):
    changes = {"window": {"length": 2, "stateful": True}, "input.values": block(np.zeros((1, 4, 1)))}
    said = refusal(scene(**changes, **{f"{place}.surprise".lstrip("."): [1.0]}))
    assert "surprise" in said
    assert place.replace(".0", "[0]") in said


@pytest.mark.parametrize(
    ("place", "key"),
    [
        ("", "layers"),
        ("", "input"),
        ("", "objective"),
        ("layers.0", "cell"),
        ("layers.0", "weights"),
        ("readout", "activation"),
        ("input", "values"),
        ("objective", "loss"),
    ],
)
def test_a_missing_key_is_refused_by_name_and_place(place, key):
    changed = scene()
    inner = changed
    for step in filter(None, place.split(".")):
        inner = inner[int(step) if step.isdigit() else step]
    del inner[key]
    said = refusal(changed)
    assert f"missing key `{key}`" in said
    assert place.replace(".0", "[0]") in said


@pytest.mark.parametrize("version", [2, 3, 10**30])
def test_a_newer_version_is_refused_with_what_to_do(version):
    said = refusal(scene(version=version, future={}))
    assert str(version) in said
    assert "update rnnviz" in said


@pytest.mark.parametrize("version", [0, -1, 1.0, True, "1", None, [1]])
def test_a_version_is_a_whole_number_from_1(version):
    assert '"version"' in refusal(scene(version=version))


@pytest.mark.parametrize("content", [b"{}", b"[]", b"1", b'"rnnviz-scene"', b"null", b'{"format": "other"}'])
def test_json_that_is_not_a_scene_is_refused(content):
    assert '"format" must be "rnnviz-scene"' in refusal(content)


@pytest.mark.parametrize("content", [b"", b" \n", b"nonsense", b"{", b"\xef\xbb\xbf"])
def test_what_is_not_json_is_refused(content):
    assert "not valid JSON: line" in refusal(content)


def test_a_slip_in_a_file_is_found_by_line_and_column():
    broken = EXAMPLE.replace('"initial_state":', '"initial_state"').encode()
    assert "line 6, column 22" in refusal(broken)


def test_bytes_that_are_not_utf_8_are_refused():
    assert "UTF-8" in refusal(EXAMPLE.replace("Golden", "Gölden").encode("latin-1"))


def test_half_a_surrogate_is_refused():
    assert "not valid JSON" in refusal(EXAMPLE.replace("Golden", "\\ud800").encode())


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_a_constant_that_is_no_number_is_refused(number):
    assert f"contains {number}" in refusal(EXAMPLE.replace("-0.8", number).encode())


@pytest.mark.parametrize("number", ["1e999", "-1e999", "1" + "0" * 400, "1" + "0" * 5000], ids=len)
def test_a_number_beyond_float64_is_refused(number):
    said = refusal(EXAMPLE.replace("-0.8", number).encode())
    assert "too large" in said or "out of range" in said


@pytest.mark.parametrize("brackets", ["[" * 100_000, "[" * 100_000 + "]" * 100_000, "[" * 995 + "x"], ids=len)
def test_endless_nesting_is_refused(brackets):
    assert refusal(brackets.encode())
    assert refusal(EXAMPLE.replace("-0.8", brackets).encode())


@pytest.mark.parametrize("value", [True, False, "1", None, {}, []], ids=repr)
def test_what_is_not_a_number_does_not_stand_for_one(value):
    said = refusal(scene(**{"layers.0.weights.W_hh": [[0.5, value], [0.8, 0.5]]}))
    assert "layers[0].weights.W_hh[0][1]" in said


@pytest.mark.parametrize("value", [True, "text", None, 1.5, [[[[1.0]]]], [1.0]], ids=repr)
@pytest.mark.parametrize("place", ["input.values", "layers.0.weights.W_hh", "readout.weights.W_hy"])
def test_what_is_not_an_array_does_not_stand_for_one(place, value):
    assert place.replace(".0", "[0]") in refusal(scene(**{place: value}))


def test_rows_of_different_lengths_are_refused_by_name():
    said = refusal(scene(**{"layers.0.weights.W_hh": [[0.5, 1.0], [0.8]]}))
    assert said == "layers[0].weights.W_hh: the rows have different lengths"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"dtype": "float32"}, "float32"),
        ({"shape": [1, 4]}, "input.values.shape: expected 3 sizes"),
        ({"shape": []}, "input.values.shape: expected 3 sizes"),
        ({"shape": [1, -4, -1]}, "input.values.shape: expected 3 sizes"),
        ({"shape": [0, 2**62, 5], "base64": ""}, "input.values.shape: expected 3 sizes"),
        ({"shape": [1, 5, 1]}, "input.values.base64: 32 bytes do not fill the shape [1, 5, 1]"),
        ({"shape": [2**40, 2**40, 1]}, "do not fill the shape"),
        ({"shape": [1, "4", 1]}, "input.values.shape[1]"),
        ({"base64": "A"}, "input.values.base64: is not base64"),
        ({"base64": "*" * 44}, "input.values.base64: is not base64"),
        ({"base64": "é"}, "input.values.base64: is not base64"),
        ({"base64": None}, "input.values.base64"),
        (
            {"base64": block([1.0, np.nan, 1.0, 1.0])["base64"]},
            "input.values: entry [1, 2, 1] is not a finite",
        ),
    ],
)
def test_a_broken_block_is_refused_with_what_and_where(changes, said):
    assert said in refusal(scene(**{"input.values": block(np.zeros((1, 4, 1)), **changes)}))


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        ("layers.0.units", 3, "layers[0].units: says 3, but the matrices have 2 rows"),
        ("layers.0.cell", "gelu", "layers[0].cell: 'gelu'"),
        ("layers.0.activation", "gelu", "layers[0].activation: 'gelu'"),
        ("layers.0.weights.W_hh", [[0.5]], "layers[0].weights.W_xh: expected shape (1, 1), got (2, 1)"),
        ("layers.0.initial_state.c", [0.0, 0.0], "layers[0].initial_state.c"),
        ("layers", [], "layers: a network needs"),
        ("layers", {}, "layers"),
        ("readout.activation", "tanh", "readout.activation: 'tanh'"),
        ("input.features", ["x", "y"], "input.features: 2 names for 1 features"),
        ("input.features", [1], "input.features[0]"),
        ("input.text", "abc", "input: text, vocabulary and encoding"),
        ("input.encoding", "bytes", "input.encoding"),
        ("objective.loss", "huber", "objective.loss: 'huber'"),
        ("objective.steps", "first", "objective.steps"),
        ("objective.steps", [5], "objective.steps: step 5"),
        ("objective.steps", [True], "objective.steps[0]"),
        ("objective.reduction", "max", "objective.reduction"),
        ("objective.targets", None, "objective.targets"),
        ("objective.targets", [[[0.5]]], "objective.targets: expected shape (1, 4, 1), got (1, 1, 1)"),
        ("window", {"length": 0, "stateful": True}, "window.length: 0"),
        ("window", {"length": 2.5, "stateful": True}, "window.length"),
        ("window", {"length": 2, "stateful": 1}, "window.stateful"),
        ("window", {"length": 2}, "window: missing key `stateful`"),
        ("title", 5, "title"),
    ],
)
def test_a_wrong_value_is_refused_with_its_place(place, value, said):
    assert said in refusal(scene(**{place: value}))


def test_a_layer_after_a_last_state_only_is_refused_with_both_shapes():
    after = {"cell": "rnn", "weights": {"W_xh": [[1.0, 1.0]], "W_hh": [[1.0]]}}
    changed = scene(**{"layers.0.return_sequences": False, "readout": None, "objective": {"loss": "sum"}})
    changed["layers"].append(after)
    said = refusal(changed)
    assert "layers[0].return_sequences" in said
    assert "(1, 2)" in said
    assert "(1, 4, 2)" in said


def test_a_file_that_is_refused_is_named(tmp_path):
    path = tmp_path / "broken.rnnviz.json"
    path.write_text("{")
    with pytest.raises(SceneError, match=r"broken\.rnnviz\.json: is not valid JSON"):
        load_scene(path)


@pytest.mark.parametrize("name", ["missing.rnnviz.json", "."])
def test_a_file_that_cannot_be_read_is_refused_by_name(tmp_path, name):
    with pytest.raises(SceneError, match="cannot be read"):
        load_scene(tmp_path / name)


# Nothing but a document or a DocumentError --------------------------------------------------------

VALID = [EXAMPLE, STACK, scene_text(built_in("default"))]
odd_numbers = st.sampled_from([0, -1, 1, 2, 3, 10**20, 10**400, 1e308, -0.0, 0.5, float("nan"), float("inf")])
odd_words = st.sampled_from(["", "rnn", "lstm", "gru", "softmax", "sigmoid", "sum", "last", "cross_entropy", "😀"])
odd_values = st.recursive(
    st.none() | st.booleans() | odd_numbers | odd_words | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(odd_words, inner, max_size=2),
    max_leaves=6,
)


def places(value, path=()):
    """Yield the path of everything inside a JSON value."""
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield (*path, key)
            yield from places(inner, (*path, key))


@st.composite
def mutated(draw):
    """A valid scene in which one to three things were replaced, removed, renamed or doubled."""
    changed = json.loads(draw(st.sampled_from(VALID)))
    for _ in range(draw(st.integers(1, 3))):
        everywhere = list(places(changed))
        if not everywhere:
            break
        *path, key = draw(st.sampled_from(everywhere))
        inner = changed
        for step in path:
            inner = inner[step]
        how = draw(st.sampled_from(["replace", "replace", "remove", "rename", "double"]))
        if how == "replace":
            inner[key] = draw(odd_values)
        elif how == "double" and isinstance(inner, list):
            inner.append(copy.deepcopy(inner[key]))
        elif how == "rename" and isinstance(inner, dict):
            inner[draw(odd_words)] = inner.pop(key)
        else:
            del inner[key]
    return changed


def loads_or_is_refused(content):
    try:
        return parse_scene(content)
    except DocumentError:
        return None


@settings(max_examples=500)
@given(mutated())
def test_a_changed_scene_loads_or_is_refused_and_nothing_else(changed):
    document = loads_or_is_refused(json.dumps(changed).encode())
    if document is not None:
        assert isinstance(document, Document)
        assert compute(document).document is document
        assert parse_scene(scene_text(document).encode()) == document


@settings(max_examples=200)
@given(st.data())
def test_damaged_bytes_load_or_are_refused_and_nothing_else(data):
    content = data.draw(st.sampled_from(VALID)).encode()
    start = data.draw(st.integers(0, len(content)))
    stop = data.draw(st.integers(start, min(start + 20, len(content))))
    damage = data.draw(st.binary(max_size=5) | st.text('[]{},:"0.-eE', max_size=5).map(str.encode))
    loads_or_is_refused(content[:start] + damage + content[stop:])


@given(st.binary())
def test_arbitrary_bytes_are_refused(content):
    assert loads_or_is_refused(content) is None


def test_every_beginning_of_a_file_is_refused():
    content = EXAMPLE.strip().encode()
    assert [n for n in range(len(content)) if loads_or_is_refused(content[:n]) is not None] == []
