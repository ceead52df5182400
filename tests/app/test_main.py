"""The command line: what it prints, writes and refuses. Figures have tests of their own."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import rnnviz
from rnnviz.app.main import COMMANDS, main
from rnnviz.document.compute import compute
from rnnviz.document.document import Document, Input, Layer, Objective, Readout, weight_shapes
from rnnviz.document.presets import SCENES, built_in
from rnnviz.document.scenes import save_scene
from rnnviz.views.plots import PLOTS

NO_DISPLAY = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    """Return a function that runs the command line in an empty folder: exit code, output and errors."""
    monkeypatch.chdir(tmp_path)

    def run(*words):
        try:
            code = main([str(word) for word in words])
        except SystemExit as stop:
            code = stop.code
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def refused(run, tmp_path):
    """Return a function that runs the command line in vain: it returns the one line that says why."""

    def refused(*words):
        before = sorted(tmp_path.rglob("*"))
        code, out, err = run(*words)
        assert code == 2
        assert out == ""
        assert err.count("\n") == 1
        assert err.startswith("rnnviz")
        assert "Traceback" not in err
        assert sorted(tmp_path.rglob("*")) == before
        return err

    return refused


def start(*words, folder, display=None):
    """Run the program in a process of its own, by default as a shell without a display would."""
    environment = {name: value for name, value in os.environ.items() if name not in NO_DISPLAY}
    if display is not None:
        environment["QT_QPA_PLATFORM"] = display
    command = [sys.executable, "-m", "rnnviz", *map(str, words)]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)


def network(*cells, batch=2):
    """Return a network of these cells with two sequences to read."""
    rng, layers, width = np.random.default_rng(0), [], 3
    for cell in cells:
        shapes = weight_shapes(cell, 4, width)
        layers.append(Layer(cell, {name: 0.4 * rng.normal(size=shape) for name, shape in shapes.items()}))
        width = 4
    readout = Readout("linear", {"W_hy": rng.normal(size=(2, 4))})
    return Document(tuple(layers), readout, Input(("a", "b", "c"), rng.normal(size=(batch, 5, 3))), Objective())


def overflowing():
    document = built_in("saturation-linear")
    layer = document.layers[0]
    return replace(document, layers=(replace(layer, weights={**layer.weights, "W_hh": 1e60 * np.eye(2)}),))


# Help


def test_help_names_every_command(run):
    code, out, _ = run("--help")
    assert code == 0
    for name in COMMANDS:
        assert f"rnnviz {name}" in " ".join(out.split())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(run, name):
    code, out, _ = run(name, "--help")
    assert code == 0
    assert out.startswith(f"usage: rnnviz {name}")
    assert COMMANDS[name][0] in out


def test_the_version_is_that_of_the_package(run):
    assert run("--version") == (0, f"rnnviz {rnnviz.__version__}\n", "")


def test_help_and_lists_of_scenes_need_neither_numpy_nor_qt(tmp_path):
    code = (
        "import sys\nfrom rnnviz.app.main import main\n"
        "for words in (['--help'], ['trace', '--help']):\n"
        "    try:\n        main(words)\n    except SystemExit:\n        pass\n"
        "assert not {'numpy', 'PySide6'} & set(sys.modules)\n"
        "main(['scenes'])\n"
        "assert 'PySide6' not in sys.modules\n"
        "main(['trace', 'golden', '-o', 'golden.npz'])\n"
        "assert 'PySide6' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, cwd=tmp_path)


# Lists


def test_scenes_are_listed_with_what_to_look_at(run):
    code, out, err = run("scenes")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert [line.split()[0] for line in lines] == list(SCENES)
    for line, scene in zip(lines, SCENES.values(), strict=True):
        assert line.endswith(scene.look_at)


def test_scenes_are_listed_for_programs(run):
    code, out, _ = run("scenes", "--json")
    assert code == 0
    assert json.loads(out) == [
        {"name": name, "title": scene.title, "look_at": scene.look_at} for name, scene in SCENES.items()
    ]


def test_views_are_listed_with_what_to_look_at(run):
    code, out, err = run("views")
    assert (code, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines()] == list(PLOTS)
    for line, plot in zip(out.splitlines(), PLOTS.values(), strict=True):
        assert line.endswith(f"{plot.spec.title}: {plot.spec.look_at}")


def test_views_are_listed_for_programs(run):
    code, out, _ = run("views", "--json")
    assert code == 0
    listed = json.loads(out)
    assert [view["name"] for view in listed] == list(PLOTS)
    assert all({"name", "title", "look_at"} <= set(view) for view in listed)


def test_a_list_may_be_cut_off_by_its_reader(tmp_path):
    command = [sys.executable, "-m", "rnnviz", "scenes", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


# Trace


def assert_same(arrays, expected):
    assert list(arrays) == list(expected)
    for name, array in expected.items():
        assert arrays[name].shape == array.shape, name
        np.testing.assert_array_equal(arrays[name], array, err_msg=name)


@pytest.mark.parametrize("name", SCENES)
def test_a_trace_holds_every_array_of_the_frame_exactly(run, name, tmp_path):
    assert run("trace", name, "-o", "trace.npz") == (0, "", "")
    with np.load(tmp_path / "trace.npz") as arrays:
        assert_same(arrays, compute(built_in(name)).trace())


@pytest.mark.parametrize("cells", [("rnn",), ("lstm",), ("gru",), ("lstm", "gru", "rnn")], ids="-".join)
def test_a_trace_of_a_scene_file_has_the_keys_and_shapes_that_were_promised(run, tmp_path, cells):
    document = network(*cells)
    save_scene(document, tmp_path / "net.rnnviz.json")
    assert run("trace", "net.rnnviz.json", "-o", "trace.npz") == (0, "", "")
    shapes = {"x": (2, 5, 3), "y": (2, 5, 2), "loss": (), "loss_steps": (2, 5), "grad.x": (2, 5, 3)}
    shapes |= {"readout.grad.W_hy": (2, 4), "readout.grad.b_y": (2,)}
    blocks = {"rnn": "h", "lstm": "ifgo", "gru": "rzn"}
    for number, cell in enumerate(cells):
        names = {"h": (2, 6, 4), "grad.h": (2, 6, 4), "direct.h": (2, 6, 4)}
        names |= {"c": (2, 6, 4), "grad.c": (2, 6, 4)} if cell == "lstm" else {}
        for block in blocks[cell]:
            names |= dict.fromkeys((f"a.{block}", f"gate.{block}", f"grad.a.{block}"), (2, 5, 4))
        names |= {f"grad.{name}": array.shape for name, array in document.layers[number].weights.items()}
        shapes |= {f"l{number}.{name}": shape for name, shape in names.items()}
    with np.load(tmp_path / "trace.npz") as arrays:
        assert {name: array.shape for name, array in arrays.items()} == shapes


def test_tables_hold_the_same_numbers_with_their_indices(run, tmp_path):
    save_scene(network("gru"), tmp_path / "net.rnnviz.json")
    assert run("trace", "net.rnnviz.json", "--csv", "tables") == (0, "", "")
    expected = compute(network("gru")).trace()
    assert {path.name for path in (tmp_path / "tables").iterdir()} == {f"{name}.csv" for name in expected}
    for name, array in expected.items():
        path = tmp_path / "tables" / f"{name}.csv"
        heading, *_ = path.read_text(encoding="utf-8").splitlines()
        indices = max(array.ndim - 1, 0)
        assert heading.split(",")[:indices] == [f"i{axis}" for axis in range(indices)]
        table = np.loadtxt(path, delimiter=",", skiprows=1, ndmin=2)
        np.testing.assert_array_equal(table[:, indices:].reshape(array.shape), array, err_msg=name)
        if array.ndim == 3:
            np.testing.assert_array_equal(table[:, :2], list(np.ndindex(array.shape[:2])))


def test_both_kinds_at_once(run, tmp_path):
    assert run("trace", "golden", "-o", "a.npz", "--csv", "b") == (0, "", "")
    assert (tmp_path / "a.npz").exists()
    assert (tmp_path / "b" / "l0.h.csv").exists()


def test_an_overflow_is_a_warning_and_the_trace_is_written_all_the_same(run, tmp_path):
    save_scene(overflowing(), tmp_path / "net.rnnviz.json")
    code, out, err = run("trace", "net.rnnviz.json", "-o", "trace.npz")
    assert (code, out) == (0, "")
    assert err.startswith("rnnviz: warning: h overflows at t = ")
    with np.load(tmp_path / "trace.npz") as arrays:
        assert not np.isfinite(arrays["l0.h"]).all()


def test_an_existing_trace_is_replaced(run, tmp_path):
    (tmp_path / "trace.npz").write_text("old")
    assert run("trace", "golden", "-o", "trace.npz")[0] == 0
    with np.load(tmp_path / "trace.npz") as arrays:
        assert "l0.h" in arrays


# Refusals


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["trace"], "scene"),
        (["trace", "golden"], "give -o FILE.npz"),
        (["trace", "golden", "-o", "trace.csv"], ".npz"),
        (["trace", "golden", "-o", "missing/trace.npz"], "missing"),
        (["trace", "nonsense", "-o", "trace.npz"], "nonsense"),
        (["trace", ".", "-o", "trace.npz"], "."),
        (["trace", "golden", "--output"], "--output"),
        (["trace", "golden", "-o", "a.npz", "--what"], "--what"),
        (["scenes", "golden"], "golden"),
        (["scenes", "--xml"], "--xml"),
        (["views", "hidden"], "hidden"),
        (["export"], "required"),
        (["--what"], "--what"),
        (["golden", "default"], "default"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_understood_or_done_is_one_line(refused, words, reason):
    assert reason in refused(*words)


def test_tables_are_not_written_over_a_file(refused, tmp_path):
    (tmp_path / "tables").write_text("a file")
    assert "tables: the folder cannot be made" in refused("trace", "golden", "--csv", "tables")
    assert (tmp_path / "tables").read_text() == "a file"


DAMAGED = {
    "empty": b"",
    "cut off": b'{"format": "rnnviz-scene", "version": 1, "layers": [',
    "no scene": b'{"a": 1}',
    "newer": b'{"format": "rnnviz-scene", "version": 2}',
    "a list": b"[1, 2]",
    "bytes": bytes(range(256)),
    "a table": b"x,y\n1,2\n",
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_scene_file_is_one_line_that_names_it(refused, tmp_path, content):
    (tmp_path / "damaged.rnnviz.json").write_bytes(content)
    assert "damaged.rnnviz.json" in refused("trace", "damaged.rnnviz.json", "-o", "trace.npz")


@pytest.mark.parametrize("words", [["trace", "damaged.json", "-o", "a.npz"], ["damaged.json"]], ids=" ".join)
def test_a_damaged_scene_file_ends_the_program_with_one_line_and_2(tmp_path, words):
    (tmp_path / "damaged.json").write_bytes(DAMAGED["cut off"])
    result = start(*words, folder=tmp_path, display="offscreen")
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert "damaged.json" in result.stderr


def test_nonsense_is_no_scene(tmp_path):
    result = start("nonsense", folder=tmp_path, display="offscreen")
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.startswith("rnnviz: nonsense: no such file, and no built-in scene of that name")
    assert result.stderr.count("\n") == 1


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is always a display")
@pytest.mark.parametrize("words", [[], ["vanishing"]], ids=["default", "vanishing"])
def test_without_a_display_it_says_so_and_how_to_render_instead(tmp_path, words):
    result = start(*words, folder=tmp_path)
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert "no display" in result.stderr
    scene = words[0] if words else "default"
    assert f"rnnviz export {scene} --view all -o FOLDER" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_installed_command_is_the_module(tmp_path):
    command = Path(sys.executable).with_name("rnnviz")
    if not command.exists():
        pytest.skip("rnnviz is not installed, only on the path")
    output = [
        subprocess.run([*words, "scenes"], capture_output=True, text=True, check=True, cwd=tmp_path).stdout
        for words in ([command], [sys.executable, "-m", "rnnviz"])
    ]
    assert output[0] == output[1] != ""


def test_without_a_display_a_wrong_name_is_what_is_complained_about(monkeypatch, capsys):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert main(["frobnicate"]) == 2
    error = capsys.readouterr().err
    assert "frobnicate: no such file" in error
    assert "display" not in error
    assert error.count("\n") == 1
