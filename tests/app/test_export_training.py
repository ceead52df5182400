"""Figures of a training from the command line: of a scene or of a task, trained for the figure."""

import struct

import pytest

from rnnviz.app.looks import MOST_UPDATES
from rnnviz.app.main import main


def export(capsys, *words):
    """Run the command; return its exit code, and what it says on the standard error."""
    code = main(["export", *words])
    return code, capsys.readouterr().err


@pytest.mark.parametrize("extension", ["png", "svg", "pdf"])
def test_a_task_is_trained_for_its_figure(tmp_path, capsys, extension):
    file = tmp_path / f"curves.{extension}"
    options = ["--updates", "25", "--curves", "loss", "--log-updates", "--random-search"]
    assert export(capsys, "parity", "--view", "training", *options, "-o", str(file)) == (0, "")
    assert file.stat().st_size > 2000
    if extension == "svg":
        words = file.read_text(encoding="utf-8")
        assert "in 25 updates" in words
        assert "random search" in words
        assert "--updates 25" in words  # the command that makes it again


def test_a_scene_is_trained_on_its_own_sequences(tmp_path, capsys):
    file = tmp_path / "curves.svg"
    assert export(capsys, "golden", "--view", "training", "--updates", "5", "--per", "block", "-o", str(file))[0] == 0
    assert "in 5 updates" in file.read_text(encoding="utf-8")


def test_the_same_command_makes_the_same_figure(tmp_path, capsys):
    files = [tmp_path / f"{name}.png" for name in "ab"]
    for file in files:
        assert export(capsys, "sine", "--view", "training", "--updates", "15", "-o", str(file))[0] == 0
    assert files[0].read_bytes() == files[1].read_bytes()


def test_other_views_show_the_network_of_a_task_too(tmp_path, capsys):
    file = tmp_path / "hidden.png"
    assert export(capsys, "adding", "--view", "hidden", "-o", str(file))[0] == 0
    assert struct.unpack(">I", file.read_bytes()[16:20])[0] > 500


def test_what_cannot_be_trained_is_a_figure_of_words(tmp_path, capsys):
    file = tmp_path / "curves.svg"
    assert export(capsys, "exploding", "--view", "training", "-o", str(file))[0] == 0
    assert "no minimum" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nothing", "--view", "training"), "no such file, and no built-in scene"),
        (("golden", "--view", "training", "--updates", "0"), f"choose from 1 to {MOST_UPDATES}"),
        (("golden", "--view", "hidden", "--updates", "3"), "only the view training takes it"),
    ],
)
def test_bad_input_gives_one_line_and_exit_code_2(tmp_path, capsys, words, said):
    code, error = export(capsys, *words, "-o", str(tmp_path / "figure.png"))
    assert code == 2
    assert said in error
    assert error.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
