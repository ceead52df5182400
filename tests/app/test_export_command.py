"""rnnviz export: what it writes, and what it says when it cannot."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader

from rnnviz.app.main import main
from rnnviz.views.plots import PLOTS

NO_DISPLAY = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def start(*words, folder):
    """Run the program as a shell without a display would."""
    environment = {name: value for name, value in os.environ.items() if name not in NO_DISPLAY}
    return subprocess.run(
        [sys.executable, "-m", "rnnviz", *map(str, words)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def failure(result) -> str:
    """Return the one line in which the program says why it failed."""
    assert result.returncode == 2
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == 1
    return lines[0]


@pytest.fixture
def export(capsys, tmp_path, monkeypatch, qapp):  # noqa: ARG001 - one application for all
    """Return a function that exports within this process; it returns the exit code and what was said."""
    monkeypatch.chdir(tmp_path)

    def run(*words):
        try:
            code = main(["export", *map(str, words)])
        except SystemExit as stop:
            code = stop.code
        captured = capsys.readouterr()
        assert captured.out == ""
        return code, captured.err

    return run


@pytest.fixture
def refused(export, tmp_path):
    """Return a function that exports in vain: it returns the line that says why, and nothing is written."""

    def run(*words):
        before = sorted(tmp_path.rglob("*"))
        code, said = export(*words)
        assert code == 2
        assert said.count("\n") == 1
        assert "Traceback" not in said
        assert sorted(tmp_path.rglob("*")) == before
        return said

    return run


def text_of(path: Path, kind: str) -> str:
    """Return the command that is written in a figure's file."""
    if kind == "png":
        with Image.open(path) as image:
            return image.info["Description"]
    if kind == "pdf":
        return PdfReader(path).xmp_metadata.dc_description["x-default"]
    return path.read_text("utf-8")


# Without a display, in a process of its own


@pytest.mark.parametrize("name", ["hidden.png", "hidden.svg", "window.pdf"])
def test_a_figure_is_written_without_a_display_and_without_a_word(tmp_path, name):
    result = start("export", "default", "--view", Path(name).stem, "-o", name, folder=tmp_path)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_all_views_are_written_into_a_new_folder(tmp_path):
    result = start("export", "golden", "--view", "all", "-o", "a/b", folder=tmp_path)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert sorted(path.name for path in (tmp_path / "a" / "b").iterdir()) == sorted(f"{view}.png" for view in PLOTS)


def test_a_damaged_scene_is_one_line_on_the_standard_error(tmp_path):
    (tmp_path / "a.rnnviz.json").write_text('{"format": "rnn', "utf-8")
    result = start("export", "a.rnnviz.json", "--view", "hidden", "-o", "a.png", folder=tmp_path)
    assert "a.rnnviz.json" in failure(result)


def test_an_unknown_view_is_one_line_on_the_standard_error(tmp_path):
    result = start("export", "default", "--view", "nothing", "-o", "a.png", folder=tmp_path)
    assert "'nothing'" in failure(result)


def test_the_listed_views_are_those_that_can_be_exported(tmp_path):
    result = start("views", "--json", folder=tmp_path)
    assert [view["name"] for view in json.loads(result.stdout)] == list(PLOTS)


# In this process


@pytest.mark.parametrize("view", [*PLOTS, "window"])
@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_every_view_is_written_as_every_kind(export, view, kind):
    path = Path(f"a.{kind}")
    assert export("default", "--view", view, "-o", path, "--dpi", 60) == (0, "")
    assert path.stat().st_size > 1000


def test_size_and_resolution_are_those_of_the_file(export):
    size = ("--size-mm", 85, 60)
    assert export("golden", "--view", "hidden", "-o", "a.png", *size, "--dpi", 300) == (0, "")
    assert export("golden", "--view", "window", "-o", "w.pdf", *size) == (0, "")
    with Image.open("a.png") as image:
        assert image.size == (1004, 709)
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)
    box = PdfReader("w.pdf").pages[0].mediabox
    assert (float(box.width), float(box.height)) == pytest.approx((85 / 25.4 * 72, 60 / 25.4 * 72), abs=0.01)


@pytest.mark.parametrize("view", ["hidden", "inputs", "gradients", "outputs", "sweep", "perturbation", "window"])
def test_a_part_of_time_makes_another_picture_of_what_has_a_time_axis(export, view):
    for name, options in (("a.png", ()), ("b.png", ("--from", 10, "--to", 20)), ("c.png", ("--from", 0, "--to", 40))):
        assert export("default", "--view", view, "-o", name, "--at", 15, "--dpi", 60, *options) == (0, "")
    whole, part, all_of_it = (Image.open(name) for name in ("a.png", "b.png", "c.png"))
    assert part.tobytes() != whole.tobytes() == all_of_it.tobytes()


def test_the_cursor_opens_in_the_part_that_is_shown(export):
    for name, at in (("a.png", ()), ("b.png", ("--at", 30))):
        assert export("default", "--view", "hidden", "-o", name, "--from", 30, "--to", 40, *at) == (0, "")
    assert Image.open("a.png").tobytes() == Image.open("b.png").tobytes()


@pytest.mark.parametrize(
    "words",
    [
        ("--at", 0),
        ("--at", 40),
        ("--no-cursor",),
        ("--no-title",),
        ("--theme", "dark"),
        ("--theme", "print"),
        ("--text-px", 24),
        ("--size-mm", 100, 100),
        ("--dpi", 100),
        ("--unit", 2),
    ],
)
def test_every_option_makes_another_picture(export, words):
    for name, options in (("a.png", ()), ("b.png", words)):
        assert export("default", "--view", "phase", "-o", name, "--dpi", 60, *options) == (0, "")
    a, b = Path("a.png").read_bytes(), Path("b.png").read_bytes()
    with Image.open("a.png") as first, Image.open("b.png") as second:
        assert first.size != second.size or first.tobytes() != second.tobytes()
    assert a != b


@pytest.mark.parametrize("view", ["step", "window"])
@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_two_exports_are_the_same_bytes(export, view, kind):
    for name in ("a", "b"):
        assert export("default", "--view", view, "-o", f"{name}.{kind}", "--theme", "print", "--dpi", 60) == (0, "")
    assert Path(f"a.{kind}").read_bytes() == Path(f"b.{kind}").read_bytes()


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_a_file_says_how_it_is_made_again(export, kind):
    words = ("default", "--view", "hidden", "--at", "7", "--size-mm", "120", "77.5", "--no-cursor")
    assert export(*words, "-o", f"first.{kind}") == (0, "")
    found = text_of(Path(f"first.{kind}"), kind)
    command = found[found.index("rnnviz export") :].split("</desc>")[0]
    assert export(*shlex.split(command)[2:]) == (0, "")
    assert Path(f"hidden.{kind}").read_bytes() == Path(f"first.{kind}").read_bytes()


def test_a_scene_file_is_drawn_like_the_scene_it_holds(export, scene_file):
    for scene, name in ((scene_file, "a.svg"), ("golden", "b.svg")):
        assert export(scene, "--view", "hidden", "-o", name) == (0, "")
    drawn = [Path(name).read_text("utf-8").split("</metadata>")[1] for name in ("a.svg", "b.svg")]
    assert drawn[0] == drawn[1]


def test_an_existing_file_is_replaced(export):
    Path("a.svg").write_text("old")
    assert export("golden", "--view", "hidden", "-o", "a.svg") == (0, "")
    assert Path("a.svg").read_text("utf-8").startswith("<?xml")


@pytest.mark.parametrize("view", ["hidden", "window"])
@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("-o", "a.gif"), "unknown extension"),
        (("-o", "a"), "no extension"),
        (("-o", "missing/a.png"), "there is no folder"),
        (("-o", "."), "it is a folder"),
        (("-o", "/proc/a.png"), "cannot write"),
        (("-o", "a.png", "--size-mm", "0", "100"), "choose 5 to 2000 mm"),
        (("-o", "a.svg", "--size-mm", "100", "1e9"), "choose 5 to 2000 mm"),
        (("-o", "a.pdf", "--size-mm", "nan", "100"), "choose 5 to 2000 mm"),
        (("-o", "a.png", "--size-mm", "-100", "-100"), "choose 5 to 2000 mm"),
        (("-o", "a.png", "--size-mm", "2000", "2000", "--dpi", "1200"), "megapixels"),
        (("-o", "a.png", "--dpi", "0"), "choose 30 to 1200 dpi"),
        (("-o", "a.png", "--dpi", "1000000000"), "choose 30 to 1200 dpi"),
        (("-o", "a.png", "--dpi", "1e9"), "--dpi"),
        (("-o", "a.png", "--at", "41"), "choose from 0 to 40"),
        (("-o", "a.png", "--at", "-1"), "choose from 0 to 40"),
        (("-o", "a.png", "--at", "soon"), "--at"),
        (("-o", "a.png", "--from", "41"), "choose from 0 to 40"),
        (("-o", "a.png", "--to", "-1"), "choose from 0 to 40"),
        (("-o", "a.png", "--from", "9", "--to", "9"), "not before step 9"),
        (("-o", "a.png", "--theme", "pink"), "--theme"),
        (("-o", "a.png", "--text-px", "0"), "choose 6 to 72"),
        (("-o", "a.png", "--text-px", "big"), "choose 6 to 72"),
        (("-o", "a.png", "--unit", "7"), "choose from 1 to 6"),
        (("-o", "a.png", "--layer", "0"), "choose from 1 to 1"),
        (("-o", "a.png", "--sequence", "2"), "choose from 1 to 1"),
        ((), "-o"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(refused, view, words, reason):
    assert reason in refused("default", "--view", view, *words)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("nothing", "--view", "hidden", "-o", "a.png"), "no such file"),
        (("default", "--view", "Hidden", "-o", "a.png"), "choose one of"),
        (("default", "--view", "", "-o", "a.png"), "choose one of"),
        (("default", "-o", "a.png"), "--view"),
        (("default", "--view", "all", "-o", "/proc/a"), "cannot be made"),
        (("default", "--view", "all", "-o", "taken"), "is a file"),
    ],
)
def test_a_scene_or_view_that_is_none_is_refused_in_one_line(refused, tmp_path, words, reason):
    (tmp_path / "taken").write_text("")
    assert reason in refused(*words)


def test_a_write_protected_file_is_left_alone(refused, tmp_path, monkeypatch):
    (tmp_path / "a.png").write_text("precious")
    monkeypatch.setattr(os, "access", lambda *_: False)  # whoever runs the tests may be allowed everything
    assert "write-protected" in refused("default", "--view", "hidden", "-o", "a.png")
    assert (tmp_path / "a.png").read_text() == "precious"


def test_overflow_is_a_warning_and_still_a_figure(export, tmp_path, scene_file):
    scene = json.loads(scene_file.read_text("utf-8"))
    text = json.dumps(scene).replace("0.5", "1e300")
    (tmp_path / "huge.rnnviz.json").write_text(text, "utf-8")
    code, said = export("huge.rnnviz.json", "--view", "hidden", "-o", "a.png")
    assert code == 0
    assert said
    assert all(line.startswith("rnnviz: warning: ") for line in said.splitlines())
    assert Path("a.png").exists()
