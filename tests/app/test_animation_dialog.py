"""The dialog of animations: what it shows and writes, and that it can be stopped."""

import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from rnnviz.app.animation_dialog import AnimationDialog
from rnnviz.document.document import Place
from rnnviz.document.edits import set_entry
from rnnviz.document.presets import built_in
from rnnviz.views.theme import DARK

LONG_MS = 60_000


@pytest.fixture
def window(make_window):
    """The window behind the dialog, which need not be seen."""
    return make_window(built_in("golden"), is_shown=False)


@pytest.fixture
def dialog(window):
    window.menus["file.animation"].trigger()
    made = window.findChild(AnimationDialog)
    made.form.width_field.set_value(320)
    made.form.height_field.set_value(180)
    return made


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "out"
    made.mkdir()
    return made


def click(qtbot, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def written(qtbot, dialog):
    """Press Export, and wait until it says what came of it."""
    click(qtbot, dialog.export_button)
    qtbot.waitUntil(lambda: not dialog.status.text().startswith("Painting"), timeout=LONG_MS)
    return dialog.status.text()


def choose_frame(qtbot, dialog, number):
    """Choose a frame with the keyboard."""
    qtbot.keyClick(dialog.frame_slider, Qt.Key.Key_Home)
    for _ in range(number):
        qtbot.keyClick(dialog.frame_slider, Qt.Key.Key_Right)
    assert dialog.frame_slider.value == number


def shown_image(qtbot, dialog, number):
    """Return the preview of a frame, once it is there."""
    choose_frame(qtbot, dialog, number)
    qtbot.waitUntil(lambda: dialog.frame_label.text().startswith(f"Frame {number + 1} of"))
    return dialog.preview.image


def test_the_training_of_the_window_has_no_command(qtbot, make_window):
    window = make_window()
    window.cards["training"].setVisible(True)
    window.menus["file.animation"].trigger()
    dialog = window.findChild(AnimationDialog)
    dialog.form.view_box.set_choice("training")
    dialog.form.view_box.activated.emit(0)
    qtbot.waitUntil(lambda: dialog.command.text() == "")
    assert "the training of this window" in dialog.command.placeholderText()


def test_the_dialog_does_not_block_the_window_and_is_there_once(window, dialog):
    assert dialog.isVisible()
    assert not dialog.isModal()
    window.menus["file.animation"].trigger()
    assert window.findChildren(AnimationDialog) == [dialog]


def test_another_frame_is_another_preview(qtbot, dialog):
    first = shown_image(qtbot, dialog, 0).copy()
    assert shown_image(qtbot, dialog, 3) != first
    assert dialog.frame_label.text() == "Frame 4 of 5, 1 s"


def test_what_is_exported_is_what_the_shown_command_writes(qtbot, answers, dialog, folder):
    path = folder / "a.gif"
    answers.expect("save_animation", path)
    command = shlex.split(dialog.command.text())
    assert command[:3] == ["rnnviz", "animate", "golden"]
    assert written(qtbot, dialog) == f"Saved {path} (5 frames)"
    assert answers.asked == [("save_animation", Path("golden-rnn-hidden-forward.gif"))]
    # as a program of its own, which the user would start
    program = [sys.executable, "-m", *command]
    done = subprocess.run(program, cwd=folder, capture_output=True, text=True, timeout=120, check=True)
    assert done.stderr == ""
    assert (folder / "hidden-forward.gif").read_bytes() == path.read_bytes()


def test_frames_are_written_into_a_folder(qtbot, answers, dialog, folder):
    path = folder / "frames"
    answers.expect("save_animation", path)
    click(qtbot, dialog.form.kind_row.button("frames"))
    dialog.form.first_field.set_value(2)
    assert written(qtbot, dialog) == f"Saved {path} (3 frames)"
    assert len(list(path.iterdir())) == 3


def test_edits_and_pinned_states_are_in_the_frames(qtbot, window, answers, dialog, folder):
    click(qtbot, dialog.form.kind_row.button("apng"))
    pictures = []
    for name in ("first", "edited", "pinned"):
        answers.expect("save_animation", folder / f"{name}.apng")
        assert "Saved" in written(qtbot, dialog)
        with Image.open(folder / f"{name}.apng") as image:
            pictures.append(np.asarray(image.convert("RGB")))
        if name == "first":
            window.menus["compare.pin"].trigger()
        window.apply(set_entry(Place(0, "W_hh"), (0, 0), len(pictures) / 2))
    assert (pictures[0] != pictures[1]).any()
    assert (pictures[1] != pictures[2]).any()


def test_a_weight_along_a_range_has_its_own_fields(qtbot, dialog):
    form = dialog.form
    assert form.first_field.isVisible()
    assert not form.weight_field.isVisible()
    click(qtbot, form.way_row.button("weight"))
    assert not form.first_field.isVisible()
    assert form.weight_field.isVisible()
    form.weight_field.setText("W_hh[2,1]")
    form.start_field.set_value(-1)
    form.stop_field.set_value(0.5)
    form.count_field.set_value(4)
    assert "--along weight --weight 'W_hh[2,1]' --range -1.0 0.5 --frames 4" in dialog.command.text()
    assert dialog.frame_slider.last == 3


@pytest.mark.parametrize(
    ("way", "field", "text", "problem"),
    [
        ("forward", "width_field", "1", "Width: choose 64 to 4096 px"),
        ("forward", "fps_field", "", "Speed: choose 0.5 to 50 frames per second"),
        ("forward", "last_field", "9", "To step: choose 0 to 4"),
        ("weight", "weight_field", "W_hh[9,9]", "no such entry"),
        ("weight", "stop_field", "x", "To: choose"),
        ("weight", "count_field", "1", "Frames: choose 2 to 2000"),
    ],
)
def test_what_cannot_be_is_said_and_not_exported(qtbot, dialog, way, field, text, problem):
    click(qtbot, dialog.form.way_row.button(way))
    getattr(dialog.form, field).setText(text)
    assert problem in dialog.form.problem
    assert not dialog.export_button.isEnabled()
    assert dialog.command.text() == ""
    qtbot.waitUntil(lambda: problem in dialog.preview.words)


def test_cancelling_ends_it_and_leaves_nothing(qtbot, answers, dialog, folder):
    answers.expect("save_animation", folder / "a.gif")
    click(qtbot, dialog.form.way_row.button("weight"))
    dialog.form.count_field.set_value(2000)
    click(qtbot, dialog.export_button)
    assert not dialog.export_button.isEnabled()
    qtbot.waitUntil(lambda: dialog.progress.value() > 1, timeout=LONG_MS)
    click(qtbot, dialog.cancel_button)
    assert dialog.status.text() == "Cancelled; nothing was written"
    assert list(folder.iterdir()) == []
    assert dialog.export_button.isEnabled()


def test_closing_ends_it_and_leaves_nothing(qtbot, answers, window, dialog, folder):
    answers.expect("save_animation", folder / "frames")
    click(qtbot, dialog.form.kind_row.button("frames"))
    click(qtbot, dialog.form.way_row.button("weight"))
    dialog.form.count_field.set_value(2000)
    click(qtbot, dialog.export_button)
    qtbot.waitUntil(lambda: dialog.progress.value() > 1, timeout=LONG_MS)
    window.show()
    with qtbot.waitSignal(dialog.finished):
        window.close()
    assert list(folder.iterdir()) == []


def test_a_place_that_cannot_be_written_is_said(qtbot, answers, dialog, folder):
    answers.expect("save_animation", folder / "none" / "a.gif")
    click(qtbot, dialog.export_button)
    assert "cannot be written" in dialog.status.text()
    assert list(folder.iterdir()) == []


def test_a_file_that_nobody_chose_to_replace_is_kept(qtbot, answers, dialog, folder):
    (folder / "a.gif").write_text("mine")
    answers.expect("save_animation", folder / "a.apng")
    click(qtbot, dialog.export_button)
    assert "a.gif exists already" in dialog.status.text()
    assert (folder / "a.gif").read_text() == "mine"


def test_choosing_no_file_writes_nothing(qtbot, answers, dialog):
    answers.expect("save_animation", None)
    click(qtbot, dialog.export_button)
    assert dialog.status.text() == ""


def test_the_command_can_be_copied(qtbot, dialog):
    click(qtbot, dialog.copy_button)
    assert QGuiApplication.clipboard().text() == dialog.command.text()


def test_another_document_brings_its_own_steps(window, dialog):
    window.session.open_document(built_in("default"))
    assert dialog.form.last_field.text() == "40"
    assert dialog.frame_slider.last == 40


def test_the_dialog_follows_the_theme(qtbot, window, dialog):
    window.choose_theme("dark")
    qtbot.waitUntil(lambda: DARK.card in dialog.form.styleSheet())


def test_without_what_a_video_needs_the_dialog_says_how_to_get_it(qtbot, dialog, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    click(qtbot, dialog.form.kind_row.button("mp4"))
    assert "pip install 'rnnviz[video]'" in dialog.form.problem
    assert not dialog.export_button.isEnabled()
    click(qtbot, dialog.form.kind_row.button("gif"))
    assert dialog.export_button.isEnabled()


def test_the_frame_of_a_weight_is_computed_in_the_background_where_that_takes_long(qtbot, window, dialog):
    window.session.background.at_once_ms = -1.0  # whatever it is
    click(qtbot, dialog.form.way_row.button("weight"))
    before = dialog.preview.image.copy()
    choose_frame(qtbot, dialog, 2)
    qtbot.waitUntil(lambda: dialog.frame_label.text() == "Computing …")
    qtbot.waitUntil(lambda: dialog.frame_label.text().startswith("Frame 3 of"), timeout=LONG_MS)
    assert dialog.preview.image != before
