"""rnnviz check: a table for eyes, an exit code for programs."""

import re
from dataclasses import replace

import numpy as np
import pytest

from rnnviz.app.check_command import report
from rnnviz.app.main import main
from rnnviz.document.checking import check_gradients, planned_checks
from rnnviz.document.compute import compute
from rnnviz.document.document import Document, Input, Layer, Objective, Place, Window, weight_shapes
from rnnviz.document.presets import built_in
from rnnviz.document.scenes import save_scene


@pytest.fixture
def run(capsys):
    """Return a function that runs the command: exit code, lines of output, errors."""

    def run(*words):
        try:
            code = main(["check", *map(str, words)])
        except SystemExit as stop:
            code = stop.code
        captured = capsys.readouterr()
        return code, captured.out.splitlines(), captured.err

    return run


def wide():
    rng = np.random.default_rng(0)
    weights = {name: 0.3 * rng.normal(size=shape) for name, shape in weight_shapes("rnn", 12, 2).items()}
    return Document((Layer("rnn", weights),), None, Input(("a", "b"), rng.normal(size=(1, 4, 2))), Objective())


def test_a_scene_whose_gradients_are_right_passes(run):
    code, lines, errors = run("golden")
    assert (code, errors) == (0, "")
    table = {line.split()[0]: line for line in lines[1:8]}
    assert list(table) == [plan.name for plan in planned_checks(built_in("golden"))]
    assert table["W_hh"].startswith("W_hh   4 of 4")
    assert all(line.endswith("passes") for line in table.values())
    assert lines[-1] == "Passes: 17 gradients agree with central differences."


def test_the_worst_relative_error_and_its_place_are_those_that_were_found(run):
    worst = {check.name: check.worst for check in check_gradients(built_in("golden"))}["W_hh"]
    (line,) = [line for line in run("golden")[1] if line.startswith("W_hh")]
    row, column = (int(number) for number in re.search(r"\[(\d+), (\d+)\]", line).groups())
    assert (row - 1, column - 1) == worst.index
    assert f"{worst.error:.1e}" in line


def test_a_gradient_below_the_noise_is_said_to_be(run):
    code, lines, _ = run("saturation")
    assert code == 0
    (line,) = [line for line in lines if line.startswith("h_0")]
    assert line.split("  ")[-1].strip() == "passes, 2 equal within rounding"


def test_of_a_large_array_a_sample_is_compared_and_the_command_says_so(run, tmp_path):
    save_scene(wide(), tmp_path / "wide.rnnviz.json")
    code, lines, _ = run(tmp_path / "wide.rnnviz.json")
    assert code == 0
    assert any(line.startswith("W_hh   64 of 144") for line in lines)
    assert any("--all" in line for line in lines)
    code, lines, _ = run(tmp_path / "wide.rnnviz.json", "--all")
    assert code == 0
    assert any(line.startswith("W_hh   144 of 144") for line in lines)
    assert not any("--all" in line for line in lines)


def test_truncated_backpropagation_passes(run, tmp_path):
    save_scene(replace(built_in("default"), window=Window(7, stateful=True)), tmp_path / "cut.rnnviz.json")
    assert run(tmp_path / "cut.rnnviz.json")[0] == 0


def test_a_scene_in_single_precision_is_checked_in_double(run, tmp_path):
    save_scene(replace(built_in("default"), precision="float32"), tmp_path / "single.rnnviz.json")
    assert run(tmp_path / "single.rnnviz.json")[0] == 0


def test_what_overflows_fails_with_exit_code_1(run, tmp_path):
    document = built_in("saturation-linear").with_weight(Place(0, "W_hh"), 1e60 * np.eye(2))
    save_scene(document, tmp_path / "overflow.rnnviz.json")
    code, lines, errors = run(tmp_path / "overflow.rnnviz.json")
    assert code == 1
    assert "overflows at t" in errors
    assert any(line.startswith("Fails: ") for line in lines)


def test_a_wrong_gradient_fails_with_exit_code_1_and_both_numbers(capsys):
    document = built_in("golden")
    frame = compute(document)
    gradients = {name: array.copy() for name, array in frame.layers[0].weight_gradients.items()}
    gradients["W_hh"][0, 1] = 0.25
    wrong = replace(frame, layers=(replace(frame.layers[0], weight_gradients=gradients),))
    assert report(check_gradients(document, frame=wrong)) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines if "fails" in line] == ["W_hh"]
    assert "Fails: 1 of 17 gradients differ from central differences." in lines
    assert lines[-1].startswith("W_hh at [1, 2]: 0.25 by backpropagation, -0.04763")
    assert report(check_gradients(document, frame=frame)) == 0


@pytest.mark.parametrize("words", [["nope"], [], ["golden", "--some"]], ids=str)
def test_bad_input_gives_one_line_and_exit_code_2(run, words):
    code, lines, errors = run(*words)
    assert (code, lines) == (2, [])
    assert errors.count("\n") == 1
    assert errors.startswith("rnnviz")


def test_a_broken_scene_gives_one_line_and_exit_code_2(run, tmp_path):
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    code, lines, errors = run(tmp_path / "broken.json")
    assert (code, lines) == (2, [])
    assert errors.count("\n") == 1
