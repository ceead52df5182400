"""rnnviz export: several views in one figure, words, typefaces, grounds, LaTeX, and what is refused."""

import os
import re
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader

from rnnviz.app.exports import LEAST_TEXT_PX, FigureOrder
from rnnviz.app.main import main
from rnnviz.views.plots import PLOTS

GRID = ("--view", "hidden", "--view", "gradients", "--view", "phase")


@pytest.fixture
def export(capsys, tmp_path, monkeypatch, qapp):  # noqa: ARG001 - one application for all
    """Return a function that exports within this process; it returns the exit code and what was said."""
    monkeypatch.chdir(tmp_path)

    def run(*words):
        try:
            code = main(["export", *map(str, words)])
        except SystemExit as stop:
            code = stop.code
        return code, capsys.readouterr().err

    return run


def pixels(name):
    with Image.open(name) as image:
        return np.asarray(image.convert("RGBA")).astype(int)


def labels(name):
    return re.findall(r'aria-label="([^"]*)"', Path(name).read_text("utf-8"))


# What is in the figure


def test_several_views_are_one_figure_with_letters(export):
    assert export("default", *GRID, "-o", "a.svg", "--columns", 3) == (0, "")
    words = labels("a.svg")
    assert [word for word in words if word in "abc"] == ["a", "b", "c"]
    assert {"Hidden state h", "Phase portrait"} < set(words)


@pytest.mark.parametrize(
    "words",
    [
        ("--columns", 1),
        ("--no-letters",),
        ("--no-title",),
        ("--no-legend",),
        ("--no-cursor",),
        ("--title", "All"),
        ("--caption", "Below"),
        ("--text-scale", 1.5),
        ("--text-px", 20),
        ("--font", "STIX Two Math"),
        ("--transparent",),
        ("--theme", "print"),
        ("--nullclines",),
        ("--gradient", "delta"),
        ("--ghost", "orthogonal"),
    ],
)
def test_every_option_makes_another_picture_of_a_grid(export, words):
    for name, options in (("a.png", ()), ("b.png", words)):
        assert export("golden", *GRID, "-o", name, "--dpi", 60, *options) == (0, "")
    a, b = pixels("a.png"), pixels("b.png")
    assert a.shape != b.shape or not np.array_equal(a, b)


@pytest.mark.parametrize("way", ["forward", "backward", "both"])
def test_the_network_is_drawn_in_every_direction_also_folded(export, way):
    for name, options in (("a.svg", ()), ("b.svg", ("--folded",))):
        assert export("golden", "--view", "unrolled", "-o", name, "--direction", way, *options) == (0, "")
    assert labels("a.svg") != labels("b.svg")
    words = " ".join(labels("a.svg"))
    assert ("forward" in words, "backward" in words) == (way != "backward", way != "forward")


@pytest.mark.parametrize("part", ["unit", "back", "readout", "loss"])
def test_each_part_of_the_worked_step_is_a_figure_and_latex(export, part):
    assert export("golden", "--view", "step", "-o", "a.svg", "--part", part) == (0, "")
    assert export("golden", "--view", "step", "-o", "a.tex", "--part", part) == (0, "")
    first, second, *rest = Path("a.tex").read_text("utf-8").splitlines()
    assert first.startswith("% Golden")
    assert second.startswith("% rnnviz export golden --view step")
    assert (rest[0], rest[-1]) == (r"\begin{align*}", r"\end{align*}")
    assert all(line.isascii() for line in rest)
    assert len(rest) >= 4


def test_latex_is_made_again_by_the_command_in_it(export):
    assert export("golden", "--view", "step", "-o", "a.tex", "--part", "readout", "--at", 3) == (0, "")
    command = Path("a.tex").read_text("utf-8").splitlines()[1].removeprefix("% rnnviz export ")
    assert export(*command.split()) == (0, "")
    assert Path("step.tex").read_bytes() == Path("a.tex").read_bytes()


def test_all_views_in_another_format(export):
    assert export("golden", "--view", "all", "-o", "out", "--format", "svg", "--no-legend") == (0, "")
    assert sorted(path.name for path in Path("out").iterdir()) == sorted(f"{view}.svg" for view in PLOTS)


def test_a_grid_without_a_size_gives_every_view_the_usual_room(export):
    assert export("golden", *GRID, "-o", "a.pdf", "--columns", 1) == (0, "")
    box = PdfReader("a.pdf").pages[0].mediabox
    assert (float(box.width), float(box.height)) == pytest.approx((160 / 25.4 * 72, 270 / 25.4 * 72), abs=0.01)


def test_other_scenes_stand_behind_as_ghosts_with_their_names(export):
    words = ("--ghost", "vanishing", "--ghost", "mine=orthogonal")
    assert export("exploding", "--view", "gradients", "-o", "a.svg", *words) == (0, "")
    found = " ".join(labels("a.svg"))
    assert "mine" in found
    assert "Vanishing" in found


# In proportion


@pytest.mark.parametrize(
    ("size", "text_px"),
    [((160, 90), 12.0), ((320, 180), 24.0), ((85, 60), LEAST_TEXT_PX), ((1600, 900), 120.0)],
)
def test_words_and_lines_grow_with_the_figure_but_stay_readable(size, text_px):
    assert FigureOrder("hidden", size_mm=size).drawn_text_px == pytest.approx(text_px)
    assert FigureOrder("hidden", size_mm=size, text_scale=2).drawn_text_px == pytest.approx(2 * text_px)
    assert FigureOrder("hidden", size_mm=size, text_px=10).drawn_text_px == 10


def test_words_of_a_grid_are_those_of_one_of_its_views():
    grid = FigureOrder("hidden", ("gradients", "phase", "step"), size_mm=(320, 180))
    assert grid.drawn_text_px == FigureOrder("hidden", size_mm=(160, 90)).drawn_text_px


# The same bytes


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_two_processes_write_the_same_bytes(tmp_path, kind):
    words = ("export", "default", *GRID, "--caption", "a", "--theme", "print", "--transparent", "--dpi", "72")
    for seed in ("1", "2"):
        environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "QT_QPA_PLATFORM")}
        command = [sys.executable, "-m", "rnnviz", *words, "-o", f"{seed}.{kind}"]
        subprocess.run(command, cwd=tmp_path, env=environment | {"PYTHONHASHSEED": seed}, check=True, timeout=120)
    # each knows its own name, which is in its command
    one, two = ((tmp_path / f"{seed}.{kind}").read_bytes() for seed in ("1", "2"))
    assert one == two


# What cannot be


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--view", "hidden", "--view", "window", "-o", "a.png"), "window is a figure of its own"),
        (("--view", "all", "--view", "hidden", "-o", "a"), "all is a figure of its own"),
        (("--view", "hidden", "--view", "hidden", "-o", "a.png"), "given twice"),
        ((*GRID, "-o", "a.png", "--columns", "0"), "choose 1 to 6"),
        ((*GRID, "-o", "a.png", "--columns", "two"), "choose 1 to 6"),
        ((*GRID, "-o", "a.png", "--text-scale", "0"), "choose 0.25 to 4"),
        ((*GRID, "-o", "a.png", "--text-scale", "nan"), "choose 0.25 to 4"),
        ((*GRID, "-o", "a.png", "--size-mm", "0", "100"), "choose 5 to 2000 mm"),
        ((*GRID, "-o", "a.png", "--dpi", "100000"), "choose 30 to 1200 dpi"),
        ((*GRID, "-o", "a.gif"), "unknown extension"),
        ((*GRID, "-o", "a.tex"), "only --view step is written as LaTeX"),
        ((*GRID, "-o", "/proc/a.svg"), "cannot write"),
        ((*GRID, "-o", "/dev/full"), "not an ordinary file"),
        ((*GRID, "-o", "a.png", "--font", "Nosuch"), "there is no typeface 'Nosuch'"),
        ((*GRID, "-o", "a.png", "--format", "svg"), "only --view all takes it"),
        ((*GRID, "-o", "a.png", "--direction", "both"), "only the view unrolled takes it"),
        (("--view", "unrolled", "-o", "a.png", "--direction", "up"), "--direction"),
        (("--view", "step", "-o", "a.png", "--part", "f"), "choose from unit, back, readout, loss"),
        (("--view", "step", "-o", "a.png", "--output-number", "1"), "only --part readout"),
        (("--view", "step", "-o", "a.png", "--part", "readout", "--output-number", "2"), "choose from 1 to 1"),
        (("--view", "step", "-o", "missing/a.tex"), "cannot be written"),
        ((*GRID, "-o", "a.png", "--ghost", "nothing"), "--ghost: nothing"),
        ((*GRID, "-o", "a.png", *(("--ghost", "default") * 4)), "at most 3"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line_and_leaves_nothing(export, tmp_path, words, reason):
    code, said = export("golden", *words)
    assert code == 2
    assert said.count("\n") == 1
    assert reason in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files")
@pytest.mark.parametrize(
    "words", [(*GRID, "-o", "a.svg"), ("--view", "window", "-o", "a.pdf"), ("--view", "step", "-o", "a.tex")]
)
def test_a_full_disk_is_one_line_and_leaves_the_old_file(export, tmp_path, words):
    path = tmp_path / words[-1]
    path.write_text("old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        code, said = export("golden", *words)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert code == 2
    assert said.count("\n") == 1
    assert str(path.name) in said
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
