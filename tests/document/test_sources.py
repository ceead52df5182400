from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sounds import wav_bytes

from rnnviz.document.compute import compute
from rnnviz.document.document import Input, Objective
from rnnviz.document.generators import GENERATORS
from rnnviz.document.input_edits import set_alphabet
from rnnviz.document.presets import SCENES, built_in
from rnnviz.document.scaling import scaled, scaling_of
from rnnviz.document.scenes import load_scene, save_scene
from rnnviz.document.sequences import MAX_NUMBERS, MAX_STEPS
from rnnviz.document.series import Series, SeriesError, parse_series
from rnnviz.document.sources import (
    chosen_alphabet,
    curve_edit,
    generated_edit,
    read_source,
    series_edit,
    text_edit,
    whole_text,
)
from rnnviz.document.text import TextError, one_hot, tokens_of
from rnnviz.document.values import DocumentError

EXAMPLES = Path(__file__).parents[2] / "assets" / "examples"
TABLE = "a,b\n1,10\n2,20\n4,10\n8,40\n"


def opened(document, text=TABLE, *, normalisation=None, next_value_target=True, name="table.csv"):
    series = parse_series(text, name)
    edit = series_edit(series, name=name, normalisation=normalisation, next_value_target=next_value_target)
    return edit.apply(document)


def without_readout(document):
    return replace(document, readout=None, objective=Objective())


def made_of(steps, features):
    names = tuple(f"x{i}" for i in range(features))
    return Series(names, np.zeros((steps, features)), ",", ".", has_header=False)


# ---- series


def test_a_series_predicts_its_next_row(golden):
    document = opened(golden)
    assert document.input.features == ("a", "b")
    np.testing.assert_array_equal(document.input.values[0], [[1, 10], [2, 20], [4, 10]])
    np.testing.assert_array_equal(document.objective.targets[0], [[2, 20], [4, 10], [8, 40]])
    objective = document.objective
    assert (objective.loss, objective.steps, objective.reduction) == ("half_squared_error", "all", "mean")
    assert document.readout.activation == "linear"


def test_a_series_without_targets_keeps_all_rows_and_sums_the_outputs(golden):
    document = opened(golden, next_value_target=False)
    assert document.timesteps == 4
    assert document.objective.loss == "sum"
    assert document.objective.targets is None


def test_z_scores_are_of_the_whole_series(golden):
    document = opened(golden, normalisation="z-score")
    raw = parse_series(TABLE).values
    scores = scaled(raw, scaling_of(raw, "z-score"))
    np.testing.assert_array_equal(document.input.values[0], scores[:-1])
    np.testing.assert_array_equal(document.objective.targets[0], scores[1:])


def test_opening_a_series_is_labelled_with_the_file_it_came_from():
    edit = series_edit(made_of(3, 1), name="rain.csv", normalisation=None, next_value_target=True)
    assert edit.label == "Open rain.csv"


def test_a_network_without_a_readout_gets_one_when_there_are_targets(golden):
    document = opened(without_readout(golden))
    assert document.readout.weights["W_hy"].shape == (2, 2)
    assert document.readout.weights["W_hy"].all()
    assert compute(document).problems == ()


def test_a_network_without_a_readout_keeps_none_when_there_are_no_targets(golden):
    assert opened(without_readout(golden), next_value_target=False).readout is None


def test_a_sum_after_a_text_has_a_gradient(golden):
    document = opened(text_edit("hello world").apply(golden), next_value_target=False)
    assert document.readout.activation == "linear"
    assert np.abs(compute(document).layers[0].state_gradients["h"]).max() > 1e-3


@pytest.mark.parametrize("steps", [MAX_STEPS + 1, MAX_STEPS + 2])
def test_a_series_with_too_many_steps_is_refused_with_the_limit(steps):
    with pytest.raises(SeriesError, match=r"^long\.csv has 20,00[12] steps, and at most 20,000 can be shown"):
        series_edit(made_of(steps, 1), name="long.csv", normalisation="z-score", next_value_target=False)


def test_a_series_of_exactly_the_limit_is_taken(golden):
    edit = series_edit(made_of(MAX_STEPS, 1), name="long.csv", normalisation=None, next_value_target=False)
    assert edit.apply(golden).timesteps == MAX_STEPS


def test_a_series_with_too_many_numbers_is_refused_with_the_limit():
    with pytest.raises(SeriesError, match=rf"{MAX_STEPS:,} × 101 numbers, and at most {MAX_NUMBERS:,}"):
        series_edit(made_of(MAX_STEPS, 101), name="wide.csv", normalisation=None, next_value_target=False)


# ---- text


def test_a_text_predicts_its_next_character(golden):
    document = text_edit("abba").apply(golden)
    assert document.input.text == "abb"
    assert document.input.vocabulary == ("a", "b")
    np.testing.assert_array_equal(document.input.values[0], [[1, 0], [0, 1], [0, 1]])
    np.testing.assert_array_equal(document.objective.targets, [[1, 1, 0]])
    assert document.objective.loss == "cross_entropy"
    assert document.readout.activation == "softmax"


def test_the_text_of_the_input_is_what_its_values_spell(golden):
    data = text_edit("Don't stop! Go on.", "word").apply(golden).input
    np.testing.assert_array_equal(one_hot(tokens_of(data.text, "word"), data.vocabulary), data.values[0])


def test_features_are_named_by_visible_symbols(golden):
    assert text_edit("a b\nc").apply(golden).input.features == ("⏎", "␣", "a", "b", "c")


def test_a_symbol_that_is_never_a_target_has_an_output_too(golden):
    document = text_edit("zaba").apply(golden)
    assert document.outputs == 3
    assert compute(document).y.shape == (1, 3, 3)


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("has_readout", [True, False])
def test_every_scene_can_read_a_text(scene, has_readout):
    before = built_in(scene) if has_readout else without_readout(built_in(scene))
    frame = compute(text_edit("hello").apply(before))
    assert frame.problems == ()
    np.testing.assert_allclose(frame.y.sum(axis=2), 1.0)


@pytest.mark.parametrize("text", ["", "a", "ab" * 10_001, "".join(map(chr, range(0x4E00, 0x4E00 + 513)))])
def test_a_text_that_cannot_be_used_is_refused(text):
    with pytest.raises(TextError):
        text_edit(text)


def test_a_text_with_too_many_numbers_is_refused_with_the_limit():
    text = "".join(map(chr, range(0x4E00, 0x4E00 + 500))) * 40
    with pytest.raises(TextError, match=r"20,000 symbols, 500 different ones.* at most 2,000,000"):
        text_edit(text)


@pytest.mark.parametrize("text", ["hello", "a\nb c", "zz", "a\u0301é"])
def test_the_whole_text_is_found_again(golden, text):
    document = text_edit(text).apply(golden)
    assert tokens_of(whole_text(document), "char") == tokens_of(text, "char")


def test_the_whole_text_of_words_is_found_again(golden):
    assert whole_text(text_edit("to be or not", "word").apply(golden)) == "to be or not"


def test_the_whole_text_without_targets_is_that_of_the_input(golden):
    document = replace(text_edit("abc").apply(golden), objective=Objective())
    assert whole_text(document) == "ab"
    assert whole_text(golden) is None


def test_text_survives_being_saved(golden, tmp_path):
    document = text_edit("pit pat").apply(golden)
    save_scene(document, tmp_path / "text.rnnviz.json")
    assert load_scene(tmp_path / "text.rnnviz.json") == document


# ---- curves


def test_a_curve_comes_back_as_it_was(golden):
    assert curve_edit(golden).apply(text_edit("hello world").apply(golden)) == golden


def test_a_curve_can_be_begun_where_there_was_none(golden):
    document = curve_edit(None).apply(text_edit("hello").apply(golden))
    assert document.input.text is None
    assert np.abs(document.input.values).max() == 1.0
    assert compute(document).problems == ()


def test_a_curve_comes_back_into_a_network_of_another_size(golden):
    larger = replace(built_in("default"), notes=golden.notes)
    document = curve_edit(golden).apply(text_edit("hello").apply(larger))
    assert document.input == golden.input
    assert document.layers[0].units == 6
    assert document.objective == golden.objective


# ---- files


def test_the_examples_run_through_the_network_at_once(golden):
    series, text = read_source(EXAMPLES / "daylight.csv"), read_source(EXAMPLES / "rhyme.txt")
    edits = (
        series_edit(series, name="daylight.csv", normalisation="z-score", next_value_target=True),
        text_edit(text, name="rhyme.txt"),
    )
    for edit, steps in zip(edits, (59, 119), strict=True):
        frame = compute(edit.apply(golden))
        assert frame.last_step == steps
        assert frame.problems == ()
        assert np.isfinite(frame.loss)


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.txt", "1 2\n3 4\n"), ("a.csv", "1;2\n3;4\n"), ("a.dat", "1.5\n2.5\n"), ("a.txt", "t,x\n0,1\n1,2\n")],
)
def test_a_table_is_read_as_a_series(tmp_path, name, content):
    (tmp_path / name).write_text(content)
    assert isinstance(read_source(tmp_path / name), Series)


@pytest.mark.parametrize(
    "content", ["To be or not to be", "I have 3 apples\nand 4 pears", "12 drummers drumming\n11 pipers"]
)
def test_prose_is_read_as_text(tmp_path, content):
    (tmp_path / "a.txt").write_text(content)
    assert read_source(tmp_path / "a.txt") == content


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "hello\nworld\n", "holds text and no numbers"),
        ("a.csv", "", "is empty"),
        ("a.txt", "", "is empty"),
        ("a.txt", "1 2\n3 4\n5\n", "line 3"),
        ("a.txt", "1\n2\noops\n4\n", "line 3"),
        ("a.txt", "\0\1\2" * 50, "binary"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(tmp_path, name, content, message):
    (tmp_path / name).write_text(content)
    with pytest.raises(DocumentError, match=message) as caught:
        read_source(tmp_path / name)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["missing.csv", "missing.txt"])
def test_a_missing_file_is_named(tmp_path, name):
    with pytest.raises(DocumentError, match=f"{name} cannot be opened"):
        read_source(tmp_path / name)


def test_a_refused_edit_leaves_the_arrays_alone(golden):
    values = golden.input.values.copy()
    with pytest.raises(TextError):
        text_edit("a").apply(golden)
    np.testing.assert_array_equal(golden.input.values, values)
    assert isinstance(golden.input, Input)


def test_a_sound_file_is_read_as_a_sound(tmp_path):
    path = tmp_path / "tone.WAV"
    path.write_bytes(wav_bytes(np.array([0.0, 0.5, -0.5, 0.25])))
    np.testing.assert_array_equal(read_source(path).samples, [0.0, 0.5, -0.5, 0.25])


# ---- an alphabet that somebody has chosen


def test_a_text_is_typed_on_in_a_chosen_alphabet(golden):
    document = set_alphabet(("z", "b", "a")).apply(text_edit("abba").apply(golden))
    assert chosen_alphabet(document) == ("z", "b", "a")
    longer = text_edit("abbac", alphabet=chosen_alphabet(document)).apply(document)
    assert longer.input.vocabulary == ("z", "b", "a", "c")
    assert whole_text(longer) == "abbac"


def test_an_alphabet_that_is_just_the_symbols_of_the_text_is_not_a_chosen_one(golden):
    assert chosen_alphabet(golden) == ()
    assert chosen_alphabet(text_edit("abba").apply(golden)) == ()


def test_a_text_beyond_the_largest_alphabet_is_refused():
    alphabet = tuple(map(chr, range(0x4E00, 0x4E00 + 511)))
    with pytest.raises(TextError, match="513 different symbols"):
        text_edit("ab", alphabet=alphabet)


# ---- generators


def test_a_generated_signal_can_predict_its_next_value(golden):
    document = generated_edit(GENERATORS["ramp"], {"steps": 5}, 0, next_value_target=True).apply(golden)
    np.testing.assert_array_equal(document.input.values[0, :, 0], [-1, -0.5, 0, 0.5])
    np.testing.assert_array_equal(document.objective.targets[0, :, 0], [-0.5, 0, 0.5, 1])


@pytest.mark.parametrize("key", GENERATORS)
@pytest.mark.parametrize("has_readout", [True, False])
def test_every_generator_runs_through_the_network(golden, key, has_readout):
    before = golden if has_readout else without_readout(golden)
    frame = compute(generated_edit(GENERATORS[key], {}, 1).apply(before))
    assert frame.problems == ()
    assert np.isfinite(frame.loss)
