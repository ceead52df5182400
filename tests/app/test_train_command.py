"""rnnviz train and rnnviz tasks: the same words give the same losses and the same scene; mistakes are one line."""

import ast
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rnnviz.app import main as command_line
from rnnviz.app.main import main
from rnnviz.core.cells import CELLS
from rnnviz.core.optimisers import OPTIMISERS
from rnnviz.document.budget import parameters
from rnnviz.document.compute import compute
from rnnviz.document.presets import built_in
from rnnviz.document.scenes import load_scene, save_scene
from rnnviz.document.sources import text_edit
from rnnviz.document.tasks import TASKS
from rnnviz.document.training import Trainer

EXAMPLES = Path(__file__).parents[2] / "assets" / "examples"


@pytest.fixture
def train(capsys, tmp_path):
    """Return a function that trains and returns the exit code, what was printed, and the scene or None."""

    def train(*words, output="trained.rnnviz.json"):
        path = tmp_path / output
        try:
            code = main(["train", *map(str, words), "-o", str(path)])
        except SystemExit as end:
            code = end.code
        printed = capsys.readouterr()
        return code, printed, load_scene(path) if path.is_file() else None

    return train


def losses(printed):
    """Return the losses of the table by update."""
    rows = [line.split() for line in printed.out.splitlines()[1:]]
    return {int(row[0]): float(row[1]) for row in rows if len(row) == 4 and row[0].isdecimal()}


def test_a_task_is_trained_as_its_default_says(train):
    code, printed, scene = train("trend")
    assert code == 0
    task = TASKS["trend"]
    data = task.data()
    trainer = Trainer(task.document(data), data, task.training)
    state = trainer.start()
    for number in range(1, task.goal.updates + 1):
        state, record = trainer.update(state)
        if number in (1, task.goal.updates):
            assert losses(printed)[number] == pytest.approx(record.loss, rel=1e-5)
    assert scene == trainer.document_at(state)
    assert compute(scene).loss < 0.1


def test_the_same_words_give_the_same_losses_and_the_same_file(train, tmp_path):
    words = ("parity", "--updates", 30, "--seed", 4)
    _, first, _ = train(*words, output="one.json")
    _, second, _ = train(*words, output="other.json")
    assert first.out.replace("one.json", "other.json") == second.out
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "other.json").read_bytes()


def test_another_seed_gives_other_losses(train):
    first, second = (losses(train("parity", "--updates", 3, "--seed", seed)[1]) for seed in (0, 1))
    assert first != second


def test_a_scene_is_trained_on_its_own_sequences(train, tmp_path):
    code, printed, scene = train("default", "--updates", 40, "--learning-rate", 0.02)
    assert code == 0
    assert losses(printed)[1] == pytest.approx(compute(built_in("default")).loss, rel=1e-5)
    assert compute(scene).loss < losses(printed)[1]
    assert train(tmp_path / "trained.rnnviz.json", "--updates", 5, output="again.json")[0] == 0


def test_locked_weights_stay(train, tmp_path):
    document = built_in("default")
    place = next(document.places())
    locked = document.with_locks(place, np.ones(document.weight(place).shape, bool))
    save_scene(locked, tmp_path / "locked.json")
    _, _, scene = train(tmp_path / "locked.json", "--updates", 5)
    assert scene.weight(place).tobytes() == document.weight(place).tobytes()
    assert scene.readout != document.readout


@pytest.mark.parametrize(
    "option",
    [
        ("--optimiser", "sgd"),
        ("--learning-rate", "0.5"),
        ("--batch", "3"),
        ("--clip", "0.001"),
        ("--clip-value", "0.001"),
        ("--window", "2"),
        ("--size", "steps=7"),
    ],
    ids=lambda option: option[0],
)
def test_every_option_makes_a_difference(train, option):
    plain, other = (losses(train("sine", "--updates", 6, *words)[1]) for words in ((), option))
    assert plain[6] != other[6]


def test_without_clipping_the_gradient_is_taken_as_it_is(train):
    clipped, free = (losses(train("sine", "--updates", 6, *w)[1]) for w in (("--clip", 0.01), ("--no-clip",)))
    assert clipped[6] != free[6]


def test_what_is_offered_is_what_there_is():
    assert set(command_line.OPTIMISERS) == set(OPTIMISERS)
    assert set(command_line.CELLS) == set(CELLS)


@pytest.mark.parametrize("cell", CELLS)
def test_another_cell_learns_with_as_many_parameters(train, cell):
    code, _, scene = train("adding", "--cell", cell, "--updates", 3)
    assert code == 0
    assert scene.layers[0].cell == cell
    assert scene.title == TASKS["adding"].title
    wanted = parameters(TASKS["adding"].document())
    assert abs(parameters(scene) - wanted) < 0.05 * wanted


def test_what_has_learned_a_text_says_something(train):
    _, printed, scene = train("next-character", "--updates", 3)
    (line,) = [line for line in printed.out.splitlines() if line.startswith("it says: ")]
    said = ast.literal_eval(line.removeprefix("it says: "))
    assert len(said) == 60
    assert set(said) <= set(scene.input.vocabulary)


def test_a_text_and_a_table_are_learned(train):
    code, _, scene = train("next-character", "--text", EXAMPLES / "rhyme.txt", "--size", "steps=12", "--updates", 5)
    assert code == 0
    assert scene.input.text in (EXAMPLES / "rhyme.txt").read_text(encoding="utf-8")
    code, _, scene = train("series", "--series", EXAMPLES / "daylight.csv", "--size", "steps=8", "--updates", 5)
    assert code == 0
    assert scene.input.features == ("daylight_hours", "temperature_celsius")


def test_a_long_sequence_of_a_scene_is_cut_into_pieces(train, tmp_path):
    save_scene(text_edit("the rain in spain " * 6).apply(built_in("default")), tmp_path / "text.json")
    code, printed, scene = train(tmp_path / "text.json", "--pieces", 9, "--updates", 20)
    assert code == 0
    assert "none" not in printed.out
    assert scene.timesteps == len("the rain in spain " * 6) - 1


def test_it_ends_when_a_loss_is_reached(train):
    code, printed, _ = train("trend", "--updates", 5000, "--stop-at-loss", 0.2)
    assert code == 0
    assert "reached: " in printed.out
    assert max(losses(printed)) < 5000


def test_divergence_is_told_and_is_no_success(train):
    code, printed, scene = train("default", "--optimiser", "sgd", "--learning-rate", 1e4, "--no-clip")
    assert code == 1
    assert "diverged" in printed.out
    assert scene is not None


def test_an_overflow_is_named_and_the_weights_before_it_are_written(train):
    words = ("sine", "--optimiser", "sgd", "--learning-rate", 1e200, "--no-clip")
    code, printed, scene = train(*words)
    assert code == 1
    assert printed.err.count("\n") == 1
    assert "is not a finite number" in printed.err
    assert scene is not None


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("vanishing",), "targets"),
        (("nope",), "no such file, no task"),
        (("adding", "--learning-rate", "0"), "learning rate"),
        (("adding", "--learning-rate", "fast"), "--learning-rate"),
        (("adding", "--batch", "0"), "--batch"),
        (("adding", "--updates", "-3"), "--updates"),
        (("adding", "--clip", "-1"), "clip at"),
        (("adding", "--clip", "1", "--no-clip"), "--no-clip"),
        (("adding", "--optimiser", "newton"), "newton"),
        (("adding", "--seed", "-1"), "seed"),
        (("adding", "--size", "wheels=3"), "wheels"),
        (("adding", "--size", "steps"), "steps=40"),
        (("adding", "--size", "steps=1"), "steps"),
        (("adding", "--text", str(EXAMPLES / "rhyme.txt")), "its own data"),
        (("adding", "--pieces", "5"), "--pieces"),
        (("next-character", "--text", "nope.txt"), "nope.txt"),
        (("series", "--series", "nope.csv"), "nope.csv"),
        (("default", "--size", "steps=4"), "--size"),
        (("default", "--pieces", "5"), "pieces"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_mistake_is_one_line_and_writes_nothing(train, words, complaint):
    code, printed, scene = train(*words)
    assert code == 2
    assert complaint in printed.err
    assert printed.err.count("\n") == 1
    assert scene is None


def test_a_place_that_cannot_be_written_to_is_refused_before_the_work(train, tmp_path):
    for output in ("missing/trained.json", "."):
        code, printed, _ = train("adding", "--updates", 10**6, output=output)
        assert code == 2
        assert str(tmp_path) in printed.err


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT for one process there")
def test_ctrl_c_ends_it_and_leaves_what_was_there(tmp_path):
    path = tmp_path / "trained.json"
    path.write_text("what was there")
    words = [sys.executable, "-u", "-m", "rnnviz", "train", "adding", "--updates", "1000000", "-o", str(path)]
    root = Path(__file__).parents[2]
    environment = os.environ | {"PYTHONPATH": str(root)}
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, cwd=root
    ) as running:
        running.stdout.readline()
        running.stdout.readline()  # the first update was made
        running.send_signal(signal.SIGINT)
        _, complaint = running.communicate(timeout=60)
    assert running.returncode == 130
    assert complaint == ""
    assert path.read_text() == "what was there"
    assert os.listdir(tmp_path) == ["trained.json"]


def test_the_tasks_are_listed(capsys):
    assert main(["tasks"]) == 0
    printed = capsys.readouterr().out
    for task in TASKS.values():
        assert task.key in printed
        assert task.stands_for in printed


def test_the_tasks_are_listed_for_programs(capsys):
    assert main(["tasks", "--json"]) == 0
    listed = {task["name"]: task for task in json.loads(capsys.readouterr().out)}
    assert set(listed) == set(TASKS)
    assert listed["adding"]["pattern"] == "many-to-one"
    assert listed["adding"]["sizes"] == {"steps": {"default": 20, "from": 4, "to": 500}}
    assert listed["next-character"]["source"] == "text"


def test_training_needs_no_qt():
    code = "import rnnviz.app.train_command, rnnviz.app.tasks_command, sys; print('PySide6' in sys.modules)"
    root = Path(__file__).parents[2]
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert run.stdout.splitlines()[-1] == "False"
