"""The menu of a plot's card: the numbers that are plotted reach the clipboard, and the figure its dialog."""

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QApplication

from rnnviz.app.figure_dialog import FigureDialog
from rnnviz.document.document import Place
from rnnviz.document.edits import set_entry
from rnnviz.views.plots import PLOTS


def entry(window, key, words):
    """Return an entry of the menu at a card's button."""
    menu = window.cards[key].header.menu_button.menu()
    return next(action for action in menu.actions() if action.text().replace("&", "") == words)


def clipboard_table(number=0):
    """Return the names and the rows of one of the tables on the clipboard."""
    names, *rows = QGuiApplication.clipboard().text().split("\n\n")[number].strip("\n").split("\n")
    return names.split("\t"), [row.split("\t") for row in rows]


def test_the_hidden_states_on_the_clipboard_are_those_of_the_frame_to_the_last_bit(window):
    entry(window, "hidden", "Copy data").trigger()
    names, rows = clipboard_table()
    assert names == ["t", "h1", "h2", "h3", "h4", "h5", "h6"]
    numbers = np.array([[float(cell) for cell in row] for row in rows])
    assert numbers[:, 0].tolist() == list(range(41))
    np.testing.assert_array_equal(numbers[:, 1:], window.session.frame.layers[0].states["h"][0])
    assert window.statusBar().currentMessage() == "Hidden state h: 41 rows are on the clipboard."


def test_what_is_copied_follows_an_edit(window):
    entry(window, "weights", "Copy data").trigger()
    before = QGuiApplication.clipboard().text()
    window.show_card("weights")
    window.session.apply(set_entry(Place(0, "W_hh"), (0, 1), 0.125))
    entry(window, "weights", "Copy data").trigger()
    assert QGuiApplication.clipboard().text() != before
    assert ["W_hh", "1", "2", "0.125"] in clipboard_table()[1]


def test_every_plot_gives_its_numbers_under_names_of_their_own(window, qtbot):
    window.show_card("training")
    window.training.update_once()
    qtbot.waitUntil(lambda: bool(window.cards["training"].content.plot.tables()))
    for key in PLOTS:
        window.show_card(key)
        QGuiApplication.clipboard().clear()
        entry(window, key, "Copy data").trigger()
        for number in range(QGuiApplication.clipboard().text().count("\n\n") + 1):
            names, rows = clipboard_table(number)
            assert len(set(names)) == len(names) >= 2, key
            assert rows, key
            assert all(len(row) == len(names) for row in rows), key
        window.cards[key].close()


def test_a_plot_that_nobody_has_seen_has_nothing_to_copy(window):
    QGuiApplication.clipboard().setText("mine")
    entry(window, "sweep", "Copy data").trigger()
    assert QGuiApplication.clipboard().text() == "mine"
    assert "nothing to copy" in window.statusBar().currentMessage()


def test_a_right_click_on_a_plot_opens_the_same_menu(window, qtbot):
    plot, menu = window.cards["hidden"].content.plot, window.cards["hidden"].header.menu_button.menu()
    at = QPoint(30, 30)
    QApplication.sendEvent(plot, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, plot.mapToGlobal(at)))
    qtbot.waitUntil(menu.isVisible)
    qtbot.keyClick(menu, Qt.Key.Key_Escape)


def test_export_figure_opens_the_dialog_on_the_cards_view(window):
    entry(window, "phase", "Export figure…").trigger()
    dialog = window.findChild(FigureDialog)
    assert dialog.form.view == "phase"
    entry(window, "hidden", "Export figure…").trigger()
    assert window.findChildren(FigureDialog) == [dialog]
    assert dialog.form.view == "hidden"
