"""rnnviz animate: what it writes, and what it says when it cannot."""

import os
import shlex
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from rnnviz.app.main import main
from rnnviz.views.animation.gif import compressed
from rnnviz.views.plots import PLOTS

NO_DISPLAY = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
SMALL = ("--size-px", 320, 180)
SOME = ("--from", 12, "--to", 22)  # of the forty steps: what is in one frame is asked, not how many there are
PALETTE_ERROR = 32  # of 255: what a frame of more than 255 colours may be off by


def frames_of(path):
    """Return every frame of an animation as it is shown, (frames, height, width, 3), and how long each is, in ms."""
    with Image.open(path) as image:
        frames, times = [], []
        for number in range(image.n_frames):
            image.seek(number)
            frames.append(np.asarray(image.convert("RGB")).astype(int))
            times.append(image.info["duration"])
    return np.stack(frames), times


def stills_of(folder):
    """Return every picture of a folder, (pictures, height, width, 3), in order."""
    return np.stack([np.asarray(Image.open(path).convert("RGB")).astype(int) for path in sorted(folder.iterdir())])


@pytest.fixture
def run(capsys, tmp_path, monkeypatch, qapp):  # noqa: ARG001 - one application for all
    """Return a function that runs a command within this process; it returns the exit code and what was said."""
    monkeypatch.chdir(tmp_path)

    def run_it(*words):
        try:
            code = main([str(word) for word in words])
        except SystemExit as stop:
            code = stop.code
        captured = capsys.readouterr()
        assert captured.out == ""
        return code, captured.err

    return run_it


@pytest.fixture
def animate(run):
    """Return a function that writes an animation of golden, small, unless told otherwise."""

    def it(output, *words, scene="golden", view="hidden", size=SMALL):
        assert run("animate", scene, "--view", view, "-o", output, *size, *words) == (0, "")
        return Path(output)

    return it


@pytest.fixture
def refused(run, tmp_path):
    """Return a function that animates in vain: it returns the line that says why, and nothing is written."""

    def it(*words, scene="golden", view="hidden", output="a.gif"):
        before = sorted(tmp_path.rglob("*"))
        code, said = run("animate", scene, "--view", view, "-o", output, *words)
        assert code == 2
        assert said.count("\n") == 1
        assert "Traceback" not in said
        assert sorted(tmp_path.rglob("*")) == before
        return said

    return it


# Without a display, in a process of its own


@pytest.mark.parametrize("name", ["a.gif", "a.apng"])
def test_an_animation_is_written_without_a_display_and_without_a_word(tmp_path, name):
    environment = {key: value for key, value in os.environ.items() if key not in NO_DISPLAY}
    words = ["animate", "golden", "--view", "gradients", "-o", name, "--fps", "10", "--size-px", "320", "180"]
    result = subprocess.run(
        [sys.executable, "-m", "rnnviz", *words],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    frames, times = frames_of(tmp_path / name)
    assert frames.shape == (5, 180, 320, 3)
    assert times == [100] * 5


# Frames are stills


@pytest.mark.parametrize("view", [*PLOTS, "window"])
def test_every_frame_is_the_still_that_its_own_command_makes(run, animate, view):
    size = ("--size-px", 640, 400) if view == "window" else SMALL
    folder = animate("frames", "--theme", "dark", "--from", 1, "--to", 3, scene="lstm-memory", view=view, size=size)
    pictures = sorted(folder.iterdir())
    assert [path.name for path in pictures] == [f"frame-000{number}.png" for number in (1, 2, 3)]
    with Image.open(pictures[1]) as image:
        command = shlex.split(image.info["Description"])
    assert command[:2] == ["rnnviz", "export"]
    assert run(*command[1:]) == (0, "")
    assert Path(f"{view}.png").read_bytes() == pictures[1].read_bytes()


@pytest.mark.parametrize("view", ["hidden", "unrolled", "step"])
def test_an_apng_shows_the_same_pixels_as_the_folder(animate, view):
    stills = stills_of(animate("frames", *SOME, scene="default", view=view))
    frames, _ = frames_of(animate("a.apng", *SOME, scene="default", view=view))
    assert np.array_equal(frames, stills)
    assert all((a != b).any() for a, b in pairwise(stills))


@pytest.mark.parametrize("view", ["hidden", "unrolled", "connectivity"])
def test_a_gif_shows_the_same_but_for_its_palette(animate, view):
    stills = stills_of(animate("frames", *SOME, scene="default", view=view))
    frames, _ = frames_of(animate("a.gif", *SOME, scene="default", view=view))
    assert frames.shape == stills.shape
    assert np.abs(frames - stills).max() <= PALETTE_ERROR
    assert np.abs(frames - stills).mean() < 1
    ground = stills[0, 0, 0]
    assert (frames[0][(stills[0] == ground).all(axis=2)] == ground).all()  # what covers most stays exact


def test_a_gif_of_few_colours_is_exact(animate, tmp_path):
    (tmp_path / "a").mkdir()
    stills = stills_of(animate("frames", *SOME, view="cell", scene="lstm-memory"))
    colours = len(np.unique(stills[0].reshape(-1, 3), axis=0))
    frames, _ = frames_of(animate("a.gif", *SOME, view="cell", scene="lstm-memory"))
    same = (frames[0] == stills[0]).all(axis=2).mean()
    assert same > 0.95
    assert colours > 255 or same == 1


@pytest.mark.parametrize(
    "pixels",
    [
        bytes(1),
        bytes(5000),
        bytes(range(256)) * 40,
        np.random.default_rng(0).integers(0, 256, 60_000, np.uint8).tobytes(),
        np.random.default_rng(1).integers(0, 2, 60_000, np.uint8).tobytes(),
        *(np.random.default_rng(2).integers(0, 256, size, np.uint8).tobytes() for size in range(250, 260)),
        *(np.random.default_rng(3).integers(0, 256, size, np.uint8).tobytes() for size in range(3830, 3850)),
    ],
    ids=len,
)
def test_what_is_packed_for_a_gif_is_unpacked_by_others(pixels, tmp_path):
    data = compressed(pixels)
    blocks = b"".join(bytes([len(data[i : i + 255])]) + data[i : i + 255] for i in range(0, len(data), 255)) + b"\0"
    size = len(pixels).to_bytes(2, "little") + b"\1\0"
    grey = bytes(value for value in range(256) for _ in range(3))
    file = b"GIF89a" + size + b"\xf7\0\0" + grey + b",\0\0\0\0" + size + b"\0\x08" + blocks + b";"
    (tmp_path / "a.gif").write_bytes(file)
    with Image.open(tmp_path / "a.gif") as image:
        assert np.asarray(image.convert("L")).tobytes() == pixels


def test_a_video_shows_the_same_as_far_as_it_can(animate):
    av = pytest.importorskip("av", reason="MP4 needs the extra “video”")
    stills = stills_of(animate("frames", scene="default"))
    path = animate("a.mp4", scene="default")
    with av.open(str(path)) as container:
        assert container.streams.video[0].average_rate == 5
        frames = np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]).astype(int)
    assert frames.shape == stills.shape
    assert np.abs(frames - stills).mean() < 5
    assert np.abs(frames[0, 2, 2] - stills[0, 2, 2]).max() <= 3


def test_without_what_a_video_needs_one_line_says_how_to_get_it(refused, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    assert "pip install 'rnnviz[video]'" in refused(output="a.mp4")


# What goes on


def test_backward_is_forward_from_its_end(animate):
    forward, backward = animate("forward"), animate("backward", "--along", "backward")
    assert np.array_equal(stills_of(forward), stills_of(backward)[::-1])


def test_backward_the_network_shows_the_gradient(animate):
    forward, backward = animate("forward", view="unrolled"), animate("b", "--along", "backward", view="unrolled")
    assert (stills_of(forward)[2] != stills_of(backward)[2]).any()


def test_a_part_of_the_time_is_those_frames_of_the_whole(animate):
    whole, part = animate("whole"), animate("part", "--from", 1, "--to", 3)
    assert np.array_equal(stills_of(whole)[1:4], stills_of(part))


def test_a_weight_goes_along_its_range_and_everything_follows(run, animate, tmp_path):
    words = ("--along", "weight", "--weight", "W_hh[2,1]", "--range", 1, -1, "--frames", 5, "--at", 2)
    stills = stills_of(animate("frames", *words, view="gradients"))
    assert len(stills) == 5
    assert all((a != b).any() for a, b in pairwise(stills))
    scene = tmp_path / "a.rnnviz.json"
    import rnnviz
    from rnnviz.document.document import Place
    from rnnviz.document.edits import set_entry
    from rnnviz.document.presets import built_in

    rnnviz.save_scene(set_entry(Place(0, "W_hh"), (1, 0), -0.5).apply(built_in("golden")), scene)
    assert run("animate", scene, "--view", "gradients", "-o", "other", *SMALL, *words) == (0, "")
    assert np.array_equal(stills_of(Path("other")), stills)  # nothing is left of the value that it had


def test_options_reach_the_picture(animate):
    usual = stills_of(animate("usual", view="gradients"))
    for number, words in enumerate(
        [("--theme", "print"), ("--no-title",), ("--text-scale", 2), ("--gradient", "direct")]
    ):
        assert (stills_of(animate(f"a{number}", *words, view="gradients")) != usual).any(), words


# The file


def test_the_same_order_gives_the_same_bytes(animate):
    for name in ("a.gif", "a.apng"):
        first = animate(name).read_bytes()
        assert animate(name).read_bytes() == first


def test_the_length_is_right_where_the_speed_does_not_divide_a_second(animate):
    _, times = frames_of(animate("a.gif", "--fps", 7, scene="default"))
    assert sum(times) == pytest.approx(41 / 7 * 1000, abs=10)
    _, times = frames_of(animate("a.apng", "--fps", 7, scene="default"))
    assert times == pytest.approx([1000 / 7] * 41)


@pytest.mark.parametrize("name", ["a.gif", "a.apng"])
def test_an_animation_loops_and_says_how_it_was_made(animate, name):
    with Image.open(animate(name)) as image:
        assert image.info["loop"] == 0
        said = image.info.get("Description") or image.info["comment"].decode()
    assert said.startswith("rnnviz animate golden --view hidden -o hidden-forward")


def test_frames_replace_those_of_before_and_nothing_else(animate, refused, tmp_path):
    folder = animate("frames")
    animate("frames", "--to", 1)
    assert len(list(folder.iterdir())) == 2
    (folder / "notes.txt").write_text("mine")
    assert "such as notes.txt" in refused(output="frames")
    assert [path.name for path in tmp_path.iterdir()] == ["frames"]


@pytest.mark.parametrize("output", ["a.gif", "frames"])
def test_what_fails_halfway_leaves_nothing(animate, run, tmp_path, monkeypatch, output):
    animate(output)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    from rnnviz.document.atomic_file import AtomicFile

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(AtomicFile, "write", full)
    monkeypatch.setattr(Path, "write_bytes", full)
    code, said = run("animate", "golden", "--view", "hidden", "-o", output, *SMALL)
    assert (code, said.count("\n")) == (2, 1)
    assert "No space left on device" in said
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ({"view": "nothing"}, "'nothing'"),
        ({"view": "all"}, "'all'"),
        ({"scene": "nothing"}, "no such file"),
        ({"output": "a.png"}, "no animation ends in .png"),
        ({"output": "none/a.gif"}, "none/a.gif: cannot be written"),
        ({"output": "none/a"}, "none/a: cannot be written"),
        (["--size-px", 10, 10], "choose 64 to 4096"),
        (["--fps", 0], "choose 0.5 to 50"),
        (["--fps", "nan"], "choose 0.5 to 50"),
        (["--from", 3, "--to", 2], "--from: 3 is after --to 2"),
        (["--to", 99], "--to: step 99 does not exist; choose from 0 to 4"),
        (["--frames", 3], "--frames: has no meaning with --along forward"),
        (["--at", 3, "--along", "backward"], "--at: has no meaning"),
        (["--along", "weight", "--to", 3], "--to: has no meaning"),
        (["--along", "weight", "--weight", "W_hh[9,9]"], "--weight: W_hh[9,9]"),
        (["--along", "weight", "--range", 1, 1], "--range: 1 to 1 is no range"),
        (["--along", "weight", "--range", "nan", 1], "--range: nan to 1 is no range"),
        (["--along", "weight", "--frames", 1], "--frames: 1 is out of range"),
        (["--along", "weight", "--frames", 9999], "9999 frames are out of range"),
        (["--weight", "W_hh[1,1]"], "only the view sweep takes it"),
        (["--layer", 2], "--layer: there is no layer 2"),
        (["--along", "sideways"], "--along"),
    ],
)
def test_bad_usage_gives_one_line_and_writes_nothing(refused, words, complaint):
    said = refused(**words) if isinstance(words, dict) else refused(*words)
    assert complaint in said


def test_odd_sides_are_refused_for_video_with_even_ones_instead(refused):
    assert "choose 322 by 180" in refused("--size-px", 321, 180, output="a.mp4")


def test_the_help_names_every_way(capsys):
    with pytest.raises(SystemExit):
        main(["animate", "--help"])
    said = capsys.readouterr().out
    assert all(word in said for word in ("forward", "backward", "weight", "--fps", "--size-px"))
