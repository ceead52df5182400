"""The dialog of scripts: what it shows, copies and saves."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from rnnviz.app.code_dialog import CodeDialog
from rnnviz.document.code import script
from rnnviz.document.document import Place
from rnnviz.document.edits import set_entry, set_title
from rnnviz.document.presets import built_in
from rnnviz.views.theme import DARK, LIGHT
from rnnviz.views.widgets.code_view import CodeView


@pytest.fixture
def window(make_window):
    """The window behind the dialog, which need not be seen."""
    return make_window(built_in("golden"), is_shown=False)


@pytest.fixture
def dialog(window):
    window.menus["file.code"].trigger()
    return window.findChild(CodeDialog)


def click(qtbot, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_the_dialog_shows_the_script_and_does_not_block_the_window(dialog):
    assert dialog.isVisible()
    assert not dialog.isModal()
    assert dialog.view.isReadOnly()
    assert dialog.view.toPlainText() == script(built_in("golden"), "numpy")


def test_asking_for_it_again_opens_no_second_one(window, dialog):
    window.menus["file.code"].trigger()
    assert window.findChildren(CodeDialog) == [dialog]


@pytest.mark.parametrize("framework", ["torch", "keras"])
def test_another_framework_shows_its_script(qtbot, dialog, framework):
    click(qtbot, dialog.frameworks.button(framework))
    assert dialog.view.toPlainText() == script(built_in("golden"), framework)


def test_an_edit_appears_in_the_script(qtbot, window, dialog):
    window.apply(set_entry(Place(0, "W_hh"), (0, 1), -0.123))
    qtbot.waitUntil(lambda: "-0.123" in dialog.view.toPlainText())


def test_what_is_copied_is_of_the_last_edit_even_before_it_is_shown(qtbot, window, dialog):
    window.apply(set_entry(Place(0, "W_hh"), (0, 1), -0.123))
    click(qtbot, dialog.copy_button)
    assert QGuiApplication.clipboard().text() == script(window.session.document, "numpy")
    assert "-0.123" in QGuiApplication.clipboard().text()
    assert dialog.status.text() == "The script is on the clipboard"


def test_saving_writes_the_script_under_a_name_that_fits(qtbot, answers, dialog, tmp_path):
    path = tmp_path / "a.py"
    answers.expect("save_script", path)
    click(qtbot, dialog.frameworks.button("torch"))
    click(qtbot, dialog.save_button)
    assert path.read_text(encoding="utf-8") == script(built_in("golden"), "torch")
    assert answers.asked == [("save_script", Path("golden-rnn-torch.py"))]
    assert str(path) in dialog.status.text()


def test_a_file_that_cannot_be_written_is_said_and_changes_nothing(qtbot, answers, dialog, tmp_path):
    path = tmp_path / "none" / "a.py"
    answers.expect("save_script", path)
    click(qtbot, dialog.save_button)
    assert "cannot be written" in dialog.status.text()
    assert not path.parent.exists()


def test_choosing_no_file_writes_nothing(qtbot, answers, dialog):
    answers.expect("save_script", None)
    click(qtbot, dialog.save_button)
    assert dialog.status.text() == ""


def test_closing_the_window_closes_the_dialog(window, dialog, qtbot):
    window.show()
    with qtbot.waitSignal(dialog.finished):
        window.close()


def test_an_edit_after_closing_does_no_harm(window, dialog, qtbot):
    click(qtbot, dialog.close_button)
    window.apply(set_title("Another"))
    assert window.session.document.title == "Another"


def test_the_dialog_follows_the_theme(window, dialog, qtbot):
    window.choose_theme("dark")
    qtbot.waitUntil(lambda: DARK.muted in dialog.what.styleSheet())


def colours(view):
    """Return for every line the colours that letters have there, apart from the ordinary one."""
    blocks = [view.document().findBlockByNumber(n) for n in range(view.document().blockCount())]
    return [{part.format.foreground().color().name() for part in block.layout().formats()} for block in blocks]


def test_comments_and_descriptions_are_set_back_and_code_is_not(qtbot):
    view = CodeView(LIGHT)
    qtbot.addWidget(view)
    view.show_script('x = 1  # why\n"""What\n\nit is."""\ny = "# no"[0]\ndef f():\n    """It."""\n')
    muted = {LIGHT.muted}
    assert colours(view) == [muted, muted, set(), muted, set(), set(), muted, set()]


def test_of_a_script_beyond_all_reading_the_beginning_is_shown(qtbot, window, answers, dialog, tmp_path):
    document = built_in("default")
    values = np.resize(document.input.values, (1, 20_000, 2))
    long = replace(document, input=replace(document.input, values=values), objective=replace(document.objective,
                   targets=np.zeros((1, 20_000, 1))))  # fmt: skip
    window.session.open_document(long)
    whole = script(long, "numpy")
    qtbot.waitUntil(lambda: "only the beginning" in dialog.view.toPlainText())
    assert len(dialog.view.toPlainText()) < len(whole)
    path = tmp_path / "a.py"
    answers.expect("save_script", path)
    click(qtbot, dialog.save_button)
    assert path.read_text(encoding="utf-8") == whole
