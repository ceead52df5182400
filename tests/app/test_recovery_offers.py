"""The program is killed, and the next one offers what was not saved."""

import json
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from rnnviz.app.dialogs import Unsaved
from rnnviz.app.recovery_offers import RecoveryOffers
from rnnviz.document.document import Place
from rnnviz.document.edits import set_title
from rnnviz.document.scenes import load_scene, scene_text
from rnnviz.session.kept import Kept, orphans

W_HH = Place(0, "W_hh")
NOW = datetime.now().astimezone()

pytestmark = pytest.mark.qt_log_ignore(r"^This plugin does not support", extend=True)


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "recovery"
    folder.mkdir()
    return folder


@pytest.fixture
def lost(golden):
    return replace(golden, title="Lost", notes="1/3 of it")


def leave(folder, document, path=None, minutes=1):
    """Put a recovery file there as a killed program leaves it."""
    kept = Kept(document, path, NOW - timedelta(minutes=minutes))
    file = folder / f"{document.title}-{minutes}.recovery"
    file.write_bytes(kept.content())
    return file


def words(window):
    return window.notices.notice.text if window.notices.isVisible() else None


def press(window, text):
    (button,) = [button for button in window.notices.buttons if button.text() == text]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


# In the window


def test_nothing_lost_is_nothing_said(make_window, folder):
    window = make_window()
    RecoveryOffers(window, folder)
    assert words(window) is None


def test_lost_work_is_offered_with_its_name_and_time_and_the_scene_is_as_it_was(make_window, folder, lost, tmp_path):
    leave(folder, lost, tmp_path / "mine.rnnviz.json", minutes=0)
    window = make_window()
    before = window.session.document
    RecoveryOffers(window, folder)
    assert words(window) == f"Unsaved changes to “Lost” (mine.rnnviz.json) from {NOW:%H:%M} were kept."
    assert [button.text() for button in window.notices.buttons] == ["Restore", "Discard"]
    assert window.session.document is before


def test_restoring_opens_it_as_a_modified_scene_of_its_file_and_can_be_undone(
    make_window, folder, lost, scene_file, golden
):
    file = leave(folder, lost, scene_file, minutes=-24 * 60)  # kept after the scene was written, however long ago
    window = make_window()
    before = window.session.document
    RecoveryOffers(window, folder)
    press(window, "Restore")
    assert scene_text(window.session.document) == scene_text(lost)
    assert window.session.path == scene_file
    assert window.isWindowModified()
    assert words(window) is None
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.session.document == before
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert load_scene(scene_file) == golden
    QTest.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert load_scene(scene_file) == lost
    assert not file.exists()


def test_discarding_deletes_it(make_window, folder, lost):
    leave(folder, lost)
    window = make_window()
    RecoveryOffers(window, folder)
    press(window, "Discard")
    assert words(window) is None
    assert list(folder.iterdir()) == []
    assert not window.isWindowModified()


def test_what_is_put_away_is_offered_at_the_next_start(make_window, folder, lost):
    leave(folder, lost)
    window = make_window()
    RecoveryOffers(window, folder)
    QTest.mouseClick(window.notices.close_button, Qt.MouseButton.LeftButton)
    assert words(window) is None
    second = make_window()
    RecoveryOffers(second, folder)
    assert "“Lost”" in words(second)


def test_closing_without_an_answer_keeps_it_for_the_next_start(make_window, folder, lost):
    leave(folder, lost)
    window = make_window()
    RecoveryOffers(window, folder)
    window.close()
    (orphan,), _ = orphans(folder)
    assert orphan.kept.document == lost
    orphan.let_go()


def test_several_are_offered_one_by_one_newest_first(make_window, folder, lost):
    for minutes, title in ((1, "newest"), (3, "oldest"), (2, "middle")):
        leave(folder, replace(lost, title=title), minutes=minutes)
    window = make_window()
    RecoveryOffers(window, folder)
    for title in ("newest", "middle", "oldest"):
        assert f"“{title}”" in words(window)
        press(window, "Discard")
    assert words(window) is None


def test_restoring_over_unsaved_changes_asks_first(make_window, folder, lost, answers):
    leave(folder, lost)
    window = make_window()
    RecoveryOffers(window, folder)
    window.apply(set_title("mine"))
    answers.expect("unsaved", Unsaved.CANCEL)
    press(window, "Restore")
    assert window.session.document.title == "mine"
    assert "“Lost”" in words(window)
    answers.expect("unsaved", Unsaved.DISCARD)
    press(window, "Restore")
    assert window.session.document == lost


def test_a_damaged_file_is_said_and_set_aside_and_the_others_are_offered(make_window, folder, lost):
    (folder / "1-1.recovery").write_bytes(b'{"format": "rnnviz-recovery"')
    leave(folder, lost)
    window = make_window()
    RecoveryOffers(window, folder)
    assert "“Lost”" in words(window)
    press(window, "Discard")
    assert words(window).startswith("A recovery file is damaged")
    assert str(folder / "1-1.damaged") in words(window)
    assert window.is_filled


def test_a_file_saved_by_another_program_after_the_crash_is_not_written_over_silently(
    make_window, folder, lost, scene_file, golden
):
    leave(folder, lost, scene_file, minutes=5)  # the file is newer
    window = make_window()
    RecoveryOffers(window, folder)
    press(window, "Restore")
    QTest.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert load_scene(scene_file) == golden
    assert "has changed on disk" in words(window)
    press(window, "Save over it")
    assert load_scene(scene_file) == lost


# The real program

EDIT = """
import json, sys, time
from pathlib import Path
from PySide6.QtCore import QTimer
from rnnviz.app.program import make_application, open_window

folder, scene = map(Path, sys.argv[1:3])


def begin():
    from rnnviz.document.document import Place
    from rnnviz.document.edits import set_entry

    started, number = time.monotonic(), 0

    def edit():
        nonlocal number
        number += 1
        window.session.apply(set_entry(Place(0, "W_hh"), (0, 0), number / 1024, "a drag without end"))
        print(json.dumps([number, time.monotonic() - started]), flush=True)

    window.session.open_file(scene)
    timer.timeout.connect(edit)
    timer.start(20)


application = make_application()
window = open_window(None, folder)
timer = QTimer()
window.filled.connect(begin)
application.exec()
"""

RESTORE = """
import sys
from pathlib import Path
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from rnnviz.app.program import make_application, open_window

folder, result = map(Path, sys.argv[1:3])


def answer():
    if not window.notices.isVisible():
        return
    timer.stop()
    print(window.notices.notice.text)
    QTest.mouseClick(window.notices.buttons[0], Qt.MouseButton.LeftButton)
    from rnnviz.document.scenes import scene_text

    session = window.session
    result.write_text(scene_text(session.document), encoding="utf-8")
    print(session.path, session.is_modified)
    session.undo()
    window.close()


application = make_application()
window = open_window(None, folder)
timer = QTimer(interval=10)
timer.timeout.connect(answer)
timer.start()
application.exec()
"""


@pytest.fixture
def start(tmp_path, monkeypatch):
    """Return a function that runs code as a program of its own, ended with the test."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    processes = []

    def start(code, *words):
        command = [sys.executable, "-c", code, *map(str, words)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        processes.append(process)
        return process

    yield start
    for process in processes:
        with suppress(ProcessLookupError):
            process.kill()
        process.communicate(timeout=20)


def said_until(process, is_enough):
    """Read what the program says, line by line, until that is enough."""
    lines = []
    while not is_enough(lines):
        line = process.stdout.readline()
        assert line, process.stderr.read()
        lines.append(json.loads(line))
    return lines


def test_after_a_kill_in_the_middle_of_a_drag_the_next_start_restores_the_last_seconds(
    start, folder, scene_file, tmp_path, golden
):
    first = start(EDIT, folder, scene_file)
    lines = said_until(first, lambda lines: lines and any(folder.glob("*.recovery")))
    lines += said_until(first, lambda more: len(more) == 5)
    assert orphans(folder) == ([], [])  # while it lives, nobody may take it
    first.kill()
    lines += [json.loads(line) for line in first.communicate(timeout=20)[0].splitlines()]
    times = dict(lines)

    (file,) = folder.glob("*.recovery")
    kept = Kept.parsed(file.read_bytes())
    number = round(kept.document.weight(W_HH)[0, 0] * 1024)
    assert max(times.values()) - times[number] < 6.5  # seconds of work lost
    matrix = golden.weight(W_HH).copy()
    matrix[0, 0] = number / 1024
    expected = golden.with_weight(W_HH, matrix)

    second = start(RESTORE, folder, tmp_path / "restored.json")
    out, err = second.communicate(timeout=60)
    assert second.returncode == 0, err
    notice, belongs = out.splitlines()[-2:]
    assert notice.startswith("Unsaved changes to “Golden RNN” (golden.rnnviz.json) from ")
    assert belongs == f"{scene_file} True"
    assert (tmp_path / "restored.json").read_text(encoding="utf-8") == scene_text(expected)
    assert load_scene(scene_file) == golden
    assert list(folder.iterdir()) == []
