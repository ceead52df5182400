"""The dialog that trains every kind of cell on the same task."""

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from rnnviz.app.cells_dialog import CellsDialog
from rnnviz.core.cells import CELLS
from rnnviz.document.presets import built_in
from rnnviz.views.theme import DARK
from rnnviz.views.widgets.cells_picture import result_words

LIMIT_MS = 60_000


@pytest.fixture
def window(make_window):
    """The window behind the dialog, which need not be seen."""
    return make_window(is_shown=False)


@pytest.fixture
def dialog(window, qtbot):
    """The dialog at work on ten updates of each cell."""
    window.menus["train.cells"].trigger()
    dialog = window.findChild(CellsDialog)
    dialog.updates.field.setFocus()
    dialog.updates.field.setText("10")
    qtbot.mouseClick(dialog.again_button, Qt.MouseButton.LeftButton)
    yield dialog
    if shiboken6.isValid(dialog):
        dialog.close()


def finished(qtbot, dialog):
    qtbot.waitUntil(lambda: len(dialog.results) == len(CELLS), timeout=LIMIT_MS)
    qtbot.waitUntil(lambda: not dialog.cancel_button.isEnabled(), timeout=LIMIT_MS)


def test_every_cell_is_trained_and_shown_side_by_side(window, dialog, qtbot):
    assert not any(button.isEnabled() for button in dialog.open_buttons.values())
    finished(qtbot, dialog)
    assert [result.cell for result in dialog.results] == list(CELLS)
    assert all(len(result.loss) == 10 for result in dialog.results)
    assert list(dialog.picture.results) == list(CELLS)
    description = dialog.picture.accessibleDescription()
    assert "RNN: held-out loss" in description
    assert "LSTM: held-out loss" in description
    assert dialog.status.text() == "All three were trained on the same batches."
    assert window.session.document == built_in("default")
    dialog.picture.grab()


def test_sizes_are_about_the_same(dialog, qtbot):
    finished(qtbot, dialog)
    parameters = [result.parameters for result in dialog.results]
    assert max(parameters) < 1.1 * min(parameters)


def test_a_trained_network_opens_in_the_window_and_undo_takes_it_back(window, dialog, qtbot):
    finished(qtbot, dialog)
    qtbot.mouseClick(dialog.open_buttons["lstm"], Qt.MouseButton.LeftButton)
    assert window.session.document.layers == dialog.results[-1].after.layers
    assert window.session.document.title.endswith("LSTM after 10 updates")
    window.session.undo()
    assert window.session.document == built_in("default")


def test_cancel_keeps_what_was_found(dialog, qtbot):
    qtbot.mouseClick(dialog.cancel_button, Qt.MouseButton.LeftButton)
    assert "Cancelled" in dialog.status.text()
    assert not dialog.progress.isVisible()


def test_a_bad_number_of_updates_is_refused_beside_the_field(dialog, qtbot):
    finished(qtbot, dialog)
    dialog.updates.field.setText("3")
    qtbot.mouseClick(dialog.again_button, Qt.MouseButton.LeftButton)
    assert "choose 10 to 5000" in dialog.updates.note
    assert len(dialog.results) == len(CELLS)


def test_it_closes_with_the_window(window, dialog):
    window.show()
    assert dialog.isVisible()
    window.close()
    assert not dialog.isVisible()


def test_it_follows_the_theme(window, dialog, qtbot):
    finished(qtbot, dialog)
    before = dialog.picture.grab().toImage()
    window.apply_theme(DARK)
    QApplication.processEvents()
    assert dialog.picture.grab().toImage() != before


def test_what_became_of_a_cell_is_said_in_two_lines(dialog, qtbot):
    finished(qtbot, dialog)
    loss, reach = result_words(dialog.results[0])
    assert loss.startswith("held-out loss 1.")
    assert "over 60 steps" in reach
