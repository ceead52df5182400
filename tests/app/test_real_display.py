"""The real program on an X display of its own, with pointer and keyboard, seen through its frame buffer."""

import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager, suppress

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect

from rnnviz.document.document import Place
from rnnviz.views.theme import LIGHT

MISSING = [name for name in ("Xvfb", "xdotool") if shutil.which(name) is None]
pytestmark = [
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {' '.join(MISSING)} (apt install xvfb xdotool)"),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is no X display here"),
]
SCREEN = (1600, 1000)
PATIENCE_MS = 20_000
W_HH = Place(0, "W_hh")


class Screen:
    """An X display without a window manager: a pointer, a keyboard, and what is to be seen."""

    def __init__(self, number, folder):
        self.environment = {
            **{name: value for name, value in os.environ.items() if name != "WAYLAND_DISPLAY"},
            "DISPLAY": f":{number}",
            "QT_QPA_PLATFORM": "xcb",
            "QT_SCALE_FACTOR": "1",
            "HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "XDG_DATA_HOME": str(folder / "data"),
            "XDG_RUNTIME_DIR": str(folder),
        }
        self._frame_buffer = folder / "Xvfb_screen0"

    def do(self, *words):
        """Let pointer and keyboard do something."""
        command = ["xdotool", *map(str, words)]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=20, check=False)
        return done.stdout

    def picture(self, rect=None):
        """Return what is on the screen, or on a part of it, as 0xRRGGBB."""
        content = self._frame_buffer.read_bytes()
        header = np.frombuffer(content, ">u4", 25)  # of an X window dump
        length, width, height, bits, row, colours = header[[0, 4, 5, 11, 12, 19]].tolist()
        assert bits == 32
        pixels = np.frombuffer(content, "<u4", height * row // 4, length + 12 * colours)
        pixels = pixels.reshape(height, row // 4)[:, :width] & 0xFFFFFF
        rect = rect or QRect(0, 0, width, height)
        return pixels[rect.top() : rect.bottom() + 1, rect.left() : rect.right() + 1].copy()

    def window(self):
        """Return the number of the program's window, or None while there is none."""
        found = self.do("search", "--onlyvisible", "--name", "rnnviz").split()
        return found[-1] if found else None

    def size_of(self, window):
        return tuple(map(int, re.search(r"Geometry: (\d+)x(\d+)", self.do("getwindowgeometry", window)).groups()))


@contextmanager
def display(folder):
    """Start an X server on a free display number."""
    reader, writer = os.pipe()
    folder.mkdir(exist_ok=True)
    server = subprocess.Popen(
        [
            *("Xvfb", "-displayfd", str(writer), "-screen", "0", f"{SCREEN[0]}x{SCREEN[1]}x24"),
            *("-fbdir", str(folder), "-nolisten", "tcp", "-noreset"),
        ],
        pass_fds=[writer],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writer)
    try:
        with os.fdopen(reader) as number:
            yield Screen(int(number.readline()), folder)
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture(scope="module")
def screen(tmp_path_factory):
    with display(tmp_path_factory.mktemp("screen")) as screen:
        yield screen


@pytest.fixture
def start(screen, qtbot):
    """Return a function that starts the program and waits until its window is complete."""
    processes = []

    def start(*words):
        command = [sys.executable, "-m", "rnnviz", *words]
        process = subprocess.Popen(
            command, env=screen.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        processes.append(process)
        qtbot.waitUntil(lambda: screen.window() is not None or process.poll() is not None, timeout=PATIENCE_MS)
        assert process.poll() is None, process.stderr.read()
        process.window = screen.window()
        screen.do("windowfocus", "--sync", process.window)  # what a window manager would do
        screen.do("mousemove", 2, 600)  # the pointer is in the picture too
        # the plots are there when something has the gradient's colour
        qtbot.waitUntil(lambda: bool((screen.picture() == rgb(LIGHT.gradient)).any()), timeout=PATIENCE_MS)
        return process

    yield start
    for process in processes:
        with suppress(ProcessLookupError):
            process.kill()
        process.communicate(timeout=20)


def rgb(name):
    return int(name.removeprefix("#"), 16)


def still(screen, qtbot):
    """Return the picture when it no longer changes."""
    pictures = [screen.picture()]

    def is_still():
        pictures.append(screen.picture())
        return len(pictures) > 15 and all(np.array_equal(pictures[-1], before) for before in pictures[-15:-1])

    qtbot.waitUntil(is_still, timeout=PATIENCE_MS)
    return pictures[-1]


def changed(screen, before, rect):
    """Return how much of a part of the screen is not as it was in a picture."""
    return float((screen.picture(rect) != part(before, rect)).mean())


def part(picture, rect):
    return picture[rect.top() : rect.bottom() + 1, rect.left() : rect.right() + 1]


def place_of(window, widget, rect=None):
    """Return where a widget, or a part of it, is in its window."""
    rect = rect or widget.rect()
    return QRect(widget.mapTo(window, rect.topLeft()), rect.size())


def ended(process):
    """Wait for the program to end by itself; return its exit code and what it said."""
    out, err = process.communicate(timeout=20)
    return process.returncode, out, err


def cursor_columns(picture):
    """Return the columns of a plot that the cursor's line fills."""
    return np.flatnonzero((picture == rgb(LIGHT.accent)).mean(axis=0) > 0.5)


def test_a_weight_is_dragged_time_is_stepped_and_the_window_closed(screen, start, make_window, qtbot):
    process = start()
    assert screen.size_of(process.window) == SCREEN
    twin = make_window(size=SCREEN)  # says where things are
    editor = twin.cards["weights-editor"].content.editor(W_HH)
    cell = place_of(twin, editor, editor.cell_rect(0, 0))
    plots = {key: place_of(twin, twin.cards[key].content) for key in ("hidden", "gradients")}
    header, slider = place_of(twin, twin.header), place_of(twin, twin.time_bar.slider)
    before = still(screen, qtbot)

    # drag a weight
    x, y = cell.center().toTuple()
    screen.do("mousemove", x, y, "mousedown", 1)
    for up in range(5, 61, 5):
        screen.do("mousemove", x, y - up)
    for rect in plots.values():
        qtbot.waitUntil(lambda rect=rect: changed(screen, before, rect) > 0.002, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: changed(screen, before, cell) > 0.1, timeout=PATIENCE_MS)
    assert changed(screen, before, header) == 0
    screen.do("mouseup", 1)

    # take it back: one step
    screen.do("key", "ctrl+z")
    qtbot.waitUntil(
        lambda: all(np.array_equal(screen.picture(rect), part(before, rect)) for rect in plots.values()),
        timeout=PATIENCE_MS,
    )

    # step through time
    time_slider, hidden = twin.time_bar.slider, twin.cards["hidden"].content.plot
    spot = slider.topLeft() + QPoint(round(time_slider.x_of(17)), 15)
    screen.do("mousemove", spot.x(), spot.y(), "click", 1)
    screen.do("key", "Right", "Right")
    inner = place_of(twin, hidden, hidden.panels(hidden.rect().toRectF())[0].rect.toRect())
    hidden.show_cursor(19)
    expected = hidden.mapTo(twin, QPoint(round(hidden.cursor_x(hidden.rect().toRectF())), 0)).x()

    def stands_there():
        columns = cursor_columns(screen.picture(inner)) + inner.left()
        return len(columns) > 0 and bool(np.abs(columns - expected).max() <= 2)

    qtbot.waitUntil(stands_there, timeout=PATIENCE_MS)

    # close
    screen.do("key", "ctrl+q")
    code, out, err = ended(process)
    assert code == 0
    assert out == ""
    assert "Traceback" not in err


def test_the_window_comes_back_as_it_was_left(screen, start, qtbot):
    process = start("golden")
    screen.do("windowsize", process.window, 1300, 800)
    qtbot.waitUntil(lambda: screen.size_of(process.window) == (1300, 800), timeout=PATIENCE_MS)
    still(screen, qtbot)
    screen.do("key", "ctrl+q")
    assert ended(process)[0] == 0
    again = start("golden")
    qtbot.waitUntil(lambda: screen.size_of(again.window) == (1300, 800), timeout=PATIENCE_MS)
    screen.do("key", "ctrl+q")
    assert ended(again)[0] == 0


def test_a_scene_that_does_not_exist_opens_no_window(screen, tmp_path):
    command = [sys.executable, "-m", "rnnviz", str(tmp_path / "missing.rnnviz.json")]
    process = subprocess.run(command, env=screen.environment, capture_output=True, text=True, timeout=20, check=False)
    assert process.returncode == 2
    assert process.stderr.count("\n") == 1
    assert "missing.rnnviz.json" in process.stderr
    assert screen.window() is None


def test_f5_fills_the_screen_and_esc_comes_back(screen, start, qtbot):
    process = start("golden")
    screen.do("windowsize", process.window, 1300, 800)
    qtbot.waitUntil(lambda: screen.size_of(process.window) == (1300, 800), timeout=PATIENCE_MS)
    before = still(screen, qtbot)
    screen.do("key", "F5")
    corners = [(2, 2), (2, SCREEN[0] - 3), (SCREEN[1] - 3, 2), (SCREEN[1] - 3, SCREEN[0] - 3)]
    canvas = rgb(LIGHT.canvas)
    qtbot.waitUntil(lambda: all(screen.picture()[corner] == canvas for corner in corners), timeout=PATIENCE_MS)
    stage = screen.window()
    assert screen.size_of(stage) == SCREEN
    screen.do("windowfocus", "--sync", stage)  # what a window manager would do
    shown = still(screen, qtbot)
    screen.do("key", "Prior")  # Page Up
    qtbot.waitUntil(lambda: not np.array_equal(screen.picture(), shown), timeout=PATIENCE_MS)
    screen.do("key", "b")
    qtbot.waitUntil(lambda: not screen.picture().any(), timeout=PATIENCE_MS)
    screen.do("key", "x", "Next", "Escape")
    qtbot.waitUntil(lambda: screen.window() == process.window, timeout=PATIENCE_MS)
    assert screen.size_of(process.window) == (1300, 800)
    screen.do("windowfocus", "--sync", process.window)
    rect = QRect(0, 0, 950, 800)  # right of it an equation may have been typeset in the meantime
    qtbot.waitUntil(lambda: np.array_equal(screen.picture(rect), part(before, rect)), timeout=PATIENCE_MS)
    screen.do("key", "ctrl+q")
    assert ended(process)[0] == 0
