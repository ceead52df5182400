"""Comparing in the window: the menu, ghosts in every plot, and figures of what is pinned."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from rnnviz.app.exports import FigureOrder, ordered_figure
from rnnviz.app.figure_dialog import FigureDialog
from rnnviz.app.offscreen import unseen_window
from rnnviz.document.document import Place
from rnnviz.document.edits import set_entry
from rnnviz.document.presets import SCENES, built_in
from rnnviz.session.computer import BackgroundComputer
from rnnviz.session.session import Session
from rnnviz.views.figure import figure_image
from rnnviz.views.figures import Moment
from rnnviz.views.plots._base import Plot
from rnnviz.views.theme import LIGHT
from rnnviz.views.widgets.panel import PlotPanel

EDIT = set_entry(Place(0, "W_hh"), (0, 0), 0.25)
KEY, CONTROL = Qt.Key, Qt.KeyboardModifier.ControlModifier


def entries(window, text):
    return window.menus.menu(f"&Compare>{text}").actions()


def plots(window):
    return [panel.plot for panel in window.findChildren(PlotPanel) if panel.isVisible()]


def ghosts(window):
    return [[ghost.name for ghost in plot.ghosts] for plot in plots(window)]


def test_a_key_pins_what_is_shown_in_every_plot_and_shows_the_list(window, qtbot):
    assert window.cards["compare"].isHidden()
    qtbot.keyClick(window, KEY.Key_P, CONTROL)
    assert window.cards["compare"].isVisible()
    shown = ghosts(window)
    assert len(shown) >= 5
    assert all(names == ["RNN (pinned A)"] for names in shown)


def test_the_list_comes_to_light_with_room_for_more_than_its_first_row(window):
    window.menus["compare.pin"].trigger()
    QApplication.processEvents()
    card = window.cards["compare"]
    assert card.height() > 0.3 * window.dock_area.height()
    assert all(window.cards[key].isVisible() for key in ("weights-editor", "input"))


def test_ghosts_stay_while_the_document_changes_and_another_scene_is_opened(window):
    window.menus["compare.pin"].trigger()
    pin = window.pins.pins[0]
    window.session.apply(EDIT)
    window.session.undo()
    window.open_built_in(SCENES["lstm-memory"])
    assert window.pins.pins == (pin,)
    assert all(plot.ghosts[0].frame is pin.frame for plot in plots(window))


def test_a_plot_that_was_hidden_shows_the_ghosts_when_it_is_seen(window):
    window.menus["compare.pin"].trigger()
    window.cards["inputs"].show()
    QApplication.processEvents()
    (plot,) = window.cards["inputs"].content.findChildren(Plot)
    assert [ghost.name for ghost in plot.ghosts] == ["RNN (pinned A)"]


def test_one_action_shows_every_cell_with_the_same_budget(window):
    window.menus["compare.budget"].trigger()
    assert all([name.split(",")[0] for name in names] == ["RNN", "GRU", "LSTM"] for names in ghosts(window))
    assert window.session.document == built_in("default")


def test_a_fourth_pin_is_refused_in_the_status_bar(window):
    for _ in range(4):
        window.menus["compare.pin"].trigger()
    assert len(window.pins.pins) == 3
    assert "remove one first" in window.statusBar().currentMessage()


def test_the_menus_list_what_is_pinned_by_name(window):
    menus = [window.menus.menu(f"&Compare>{text}").menuAction() for text in ("&Swap with", "&Restore", "Re&move")]
    assert not any(action.isEnabled() for action in (*menus, window.menus["compare.remove_all"]))
    window.menus["compare.pin"].trigger()
    window.pins.rename(0, "this & that")
    assert all(action.isEnabled() for action in (*menus, window.menus["compare.remove_all"]))
    assert [entry.text() for entry in entries(window, "&Restore")] == ["this && that"]
    window.menus["compare.remove_all"].trigger()
    assert window.pins.pins == ()
    assert entries(window, "&Restore") == []
    assert all(names == [] for names in ghosts(window))


def test_restore_and_swap_from_the_menu_are_one_step_each(window):
    window.menus["compare.pin"].trigger()
    window.session.apply(EDIT)
    entries(window, "&Restore")[0].trigger()
    assert window.session.document == built_in("default")
    window.session.undo()
    entries(window, "&Swap with")[0].trigger()
    assert window.session.document == built_in("default")
    assert window.session.history.undo_label == "Swap with A"
    assert window.pins.pins[0].frame.document == EDIT.apply(built_in("default"))
    entries(window, "Re&move")[0].trigger()
    assert window.pins.pins == ()


def test_networks_that_take_long_come_from_the_worker(make_window, qtbot):
    session = Session(built_in("default"), BackgroundComputer(at_once_ms=0.0))
    window = make_window(session=session)
    with qtbot.waitSignal(window.pins.changed, timeout=20_000):
        window.menus["compare.budget"].trigger()
        assert window.pins.is_computing
        assert "Computing" in window.statusBar().currentMessage()
    assert not window.pins.is_computing
    assert [pin.frame.document.layers[0].cell for pin in window.pins.pins] == ["rnn", "gru", "lstm"]


# Figures


def picture(order, moment):
    with ordered_figure(order, moment) as figure:
        return figure_image(figure, 60)


@pytest.mark.parametrize("view", ["gradients", "window"])
def test_a_figure_shows_what_is_pinned(window, view):
    session, order = window.session, FigureOrder(view, size_mm=(200.0, 120.0))
    window.menus["compare.pin"].trigger()
    session.apply(EDIT)
    moment = Moment(session.frame, session.selection, 17)
    with_pins = Moment(session.frame, session.selection, 17, window.pins.pins)
    assert picture(order, with_pins) != picture(order, moment)


def test_the_figure_of_the_window_lists_the_pins_if_the_window_does(window):
    window.menus["compare.pin"].trigger()
    moment = Moment(window.session.frame, window.session.selection, 17, window.pins.pins)
    layout = window.dock_area.saveState()
    with unseen_window(moment, LIGHT, None, layout, shows_cursor=True) as unseen:
        assert unseen.cards["compare"].isVisible()
        assert [row.name.text() for row in unseen.cards["compare"].content.rows] == ["A"]


def test_the_dialog_follows_the_pins_and_offers_no_command_that_would_leave_them_out(window):
    window.export_figure()
    dialog = window.findChild(FigureDialog)
    assert dialog.command.text().startswith("rnnviz export default")
    window.session.apply(EDIT)
    window.menus["compare.pin"].trigger()
    window.session.undo()
    assert dialog.command.text() == ""
    assert "pinned" in dialog.command.placeholderText()
    window.menus["compare.remove_all"].trigger()
    assert dialog.command.text().startswith("rnnviz export default")
    dialog.close()
