"""The dialog of handouts: what it shows and writes."""

import shlex
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from rnnviz.app.handout_dialog import HandoutDialog
from rnnviz.app.main import main
from rnnviz.document.document import Place
from rnnviz.document.edits import set_entry
from rnnviz.document.presets import built_in
from rnnviz.views.theme import DARK


@pytest.fixture
def window(make_window):
    """The window behind the dialog, which need not be seen."""
    made = make_window(built_in("golden"), is_shown=False)
    made.session.set_cursor(3)
    return made


@pytest.fixture
def dialog(window):
    window.menus["file.handout"].trigger()
    return window.findChild(HandoutDialog)


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "out"
    made.mkdir()
    return made


def click(qtbot, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def shown_page(qtbot, dialog):
    """Return the picture of the page, once it is there."""
    qtbot.waitUntil(lambda: not dialog.preview.image.isNull())
    return dialog.preview.image.copy()


def test_the_dialog_does_not_block_the_window_and_is_there_once(window, dialog):
    assert dialog.isVisible()
    assert not dialog.isModal()
    window.menus["file.handout"].trigger()
    assert window.findChildren(HandoutDialog) == [dialog]


def test_it_begins_with_the_step_at_the_cursor_and_the_whole_of_a_short_sequence(dialog):
    fields = (dialog.step_field, dialog.first_field, dialog.last_field)
    assert [field.text() for field in fields] == ["3", "0", "4"]


def test_the_solution_is_another_page(qtbot, dialog):
    first = shown_page(qtbot, dialog)
    click(qtbot, dialog.page_row.button("1"))
    qtbot.waitUntil(lambda: dialog.preview.image != first)


@pytest.mark.parametrize("kind", ["pdf", "html"])
def test_what_is_exported_is_what_the_shown_command_writes(qtbot, answers, dialog, folder, monkeypatch, kind):
    click(qtbot, dialog.kind_row.button(kind))
    path = folder / f"a.{kind}"
    answers.expect("save_handout", path)
    command = shlex.split(dialog.command.text())
    click(qtbot, dialog.export_button)
    assert dialog.status.text() == f"Saved {path}"
    assert answers.asked == [("save_handout", Path(f"golden-rnn-handout.{kind}"))]
    monkeypatch.chdir(folder)
    assert main(command[1:]) == 0
    assert (folder / f"handout.{kind}").read_bytes() == path.read_bytes()


def test_an_edit_is_on_the_page(qtbot, window, dialog):
    before = shown_page(qtbot, dialog)
    window.apply(set_entry(Place(0, "W_hh"), (0, 0), -0.25))
    qtbot.waitUntil(lambda: dialog.preview.image != before)
    assert dialog.command.text() == ""
    assert "Save the scene first" in dialog.command.placeholderText()


def test_without_a_solution_there_is_one_page(qtbot, dialog):
    click(qtbot, dialog.page_row.button("1"))
    click(qtbot, dialog.solution_row.button("without"))
    assert dialog.page_row.choice == "0"
    assert dialog.command.text().endswith("--no-solution")


@pytest.mark.parametrize(
    ("field", "text", "problem"),
    [
        ("step_field", "5", "Worked step: choose 0 to 4"),
        ("first_field", "x", "Table from: "),
        ("last_field", "-1", "to: choose 0 to 4"),
        ("first_field", "4.5", "type a whole number"),
    ],
)
def test_what_cannot_be_is_said_and_not_exported(qtbot, dialog, field, text, problem):
    getattr(dialog, field).setText(text)
    assert problem in dialog.problem
    assert not dialog.export_button.isEnabled()
    qtbot.waitUntil(lambda: problem in dialog.preview.words)


def test_a_table_that_ends_before_it_begins_is_refused(dialog):
    dialog.last_field.set_value(1)
    dialog.first_field.set_value(2)
    assert "from step 2 to 1" in dialog.problem


def test_a_place_that_cannot_be_written_is_said(qtbot, answers, dialog, folder):
    answers.expect("save_handout", folder / "none" / "a.pdf")
    click(qtbot, dialog.export_button)
    assert "cannot be written" in dialog.status.text()
    assert list(folder.iterdir()) == []


def test_a_name_of_the_other_format_is_refused(qtbot, answers, dialog, folder):
    answers.expect("save_handout", folder / "a.html")
    click(qtbot, dialog.export_button)
    assert "end the name in .pdf" in dialog.status.text()
    assert list(folder.iterdir()) == []


def test_choosing_no_file_writes_nothing(qtbot, answers, dialog):
    answers.expect("save_handout", None)
    click(qtbot, dialog.export_button)
    assert dialog.status.text() == ""


def test_closing_the_window_closes_the_dialog(qtbot, window, dialog):
    window.show()
    with qtbot.waitSignal(dialog.finished):
        window.close()


def test_the_dialog_follows_the_theme(qtbot, window, dialog):
    window.choose_theme("dark")
    qtbot.waitUntil(lambda: DARK.card in dialog.form.styleSheet())
