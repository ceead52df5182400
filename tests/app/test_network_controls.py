"""The controls for the network's build, used with mouse and keyboard: header, strip and menus."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from rnnviz.core.cells import CELLS
from rnnviz.core.objectives import READOUTS
from rnnviz.document.document import Window
from rnnviz.document.edits import set_weight
from rnnviz.document.network_edits import add_layer, set_units, set_window
from rnnviz.document.presets import built_in
from rnnviz.session.session import Selection
from rnnviz.views.cell_choices import NO_READOUT
from rnnviz.views.editors.initial_values_popover import InitialValuesPopover
from rnnviz.views.editors.layer_popover import LayerPopover
from rnnviz.views.editors.window_popover import WindowPopover
from rnnviz.views.plots import PLOTS
from rnnviz.views.widgets.live_label import LiveLabel

KEY, LEFT = Qt.Key, Qt.MouseButton.LeftButton
CTRL, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier

# of the offscreen platform, about menus
pytestmark = pytest.mark.qt_log_ignore(r"^This plugin does not support", extend=True)


def stacked(layers=3):
    document = built_in("default")
    for _ in range(layers - 1):
        document = add_layer(0).apply(document)
    return document


def click(widget):
    QTest.mouseClick(widget, LEFT, NONE, widget.rect().center())


def press(window, key, modifiers=NONE):
    QTest.keyClick(QApplication.focusWidget() or window, key, modifiers)


def choose(window, menu, action_id):
    popup, action = window.menus.menu(menu), window.menus[action_id]
    popup.popup(window.mapToGlobal(QPoint(100, 100)))
    QTest.mouseClick(popup, LEFT, NONE, popup.actionGeometry(action).center())


def type_into(row, text):
    """Replace what a number field says, key by key, and leave it with Enter."""
    row.field.setFocus()
    row.field.selectAll()
    QTest.keyClicks(row.field, text)


def opened(window, kind):
    (popover,) = [found for found in window.findChildren(kind) if found.isVisible()]
    return popover


def open_layer(window, number=0):
    chip = window.strip.flow.chips[number]
    click(chip)
    if not any(popover.isVisible() for popover in window.findChildren(LayerPopover)):
        click(chip)
    return opened(window, LayerPopover)


def chip_words(window):
    return [chip.text() for chip in window.strip.flow.chips]


def message(window):
    return window.statusBar().currentMessage()


def remark(window, key):
    """Return what stands beside the title of a card."""
    return window.cards[key].titleBarWidget().findChild(LiveLabel).text


# The header


def test_the_header_gives_the_selected_layer_another_cell(make_window):
    window = make_window(stacked())
    window.session.select(Selection(layer=1))
    for cell in ("lstm", "gru"):
        click(window.header.cell.button(cell))
        assert [layer.cell for layer in window.session.document.layers] == ["rnn", cell, "rnn"]
        assert window.header.cell.choice == cell
        assert window.menus[f"model.cell.{cell}"].isChecked()
        assert not window.header.activation.isVisible()
        press(window, KEY.Key_Z, CTRL)
        assert window.header.cell.choice == "rnn"
        assert window.header.activation.isVisible()


def test_the_controls_stay_where_they_are_when_there_is_no_activation_to_choose(window):
    places = [window.header.cell.x(), window.header.loss.x(), window.header.scene_button.x()]
    click(window.header.cell.button("gru"))
    QApplication.processEvents()
    assert [window.header.cell.x(), window.header.loss.x(), window.header.scene_button.x()] == places


def test_the_menu_gives_the_selected_layer_another_cell(make_window):
    window = make_window(built_in("vanishing"))
    before = window.session.document.layers[0].cell
    for cell in (*(cell for cell in CELLS if cell != before), before):
        choose(window, "&Model>&Cell", f"model.cell.{cell}")
        assert window.session.document.layers[0].cell == cell
        assert window.header.cell.choice == cell


# The flow


def test_a_click_on_a_chip_selects_its_layer_and_every_plot_and_card_follows(make_window):
    window = make_window(set_units(1, 3).apply(stacked()))
    first = remark(window, "hidden")
    click(window.strip.flow.chips[1])
    assert window.session.selection.layer == 1
    assert [chip.is_selected for chip in window.strip.flow.chips] == [False, True, False, False]
    for key, plot in PLOTS.items():
        if plot.spec.shown:
            assert window.cards[key].content.plot.selection.layer == 1
            assert remark(window, key).startswith("layer 2 of 3") == ("layer" in plot.spec.one_of)
    assert first.startswith("layer 1 of 3")
    assert window.cards["hidden"].content.plot.values().shape[-1] == 3 or "3 units" in remark(window, "hidden")


def test_with_one_layer_nothing_is_marked_and_no_card_says_which(window):
    assert [chip.is_selected for chip in window.strip.flow.chips] == [False, False]
    assert not remark(window, "hidden").startswith("layer")


def test_undo_takes_the_selection_along_when_its_layer_vanishes(make_window):
    window = make_window(built_in("default"))
    window.session.apply(add_layer(0))
    popover = open_layer(window, 1)
    assert window.session.selection.layer == 1
    window.menus["edit.undo"].trigger()
    assert window.session.selection.layer == 0
    assert len(window.strip.flow.chips) == 2
    assert popover.isVisible()
    assert popover.accessibleName() == "Layer"
    popover.add_button.click()
    assert len(window.session.document.layers) == 2


# The popover of a layer


def test_the_same_refusal_from_the_menu_is_said_in_the_status_bar(make_window):
    window = make_window(stacked(2))
    before = window.session.document
    choose(window, "&Model>La&yer", "model.layer.last")
    assert "return_sequences is false" in message(window)
    assert window.session.document is before
    assert window.menus["model.layer.every"].isChecked()
    assert not window.menus["model.layer.last"].isChecked()


def test_layers_are_added_and_removed_in_the_popover_and_in_the_menu(window):
    popover = open_layer(window)
    assert not popover.remove_button.isEnabled()
    click(popover.add_button)
    choose(window, "&Model>La&yer", "model.layer.add")
    assert len(window.session.document.layers) == 3
    assert popover.remove_button.isEnabled()
    click(popover.remove_button)
    choose(window, "&Model>La&yer", "model.layer.remove")
    assert chip_words(window) == ["RNN tanh 6", "readout linear"]
    assert not window.menus["model.layer.remove"].isEnabled()


# Sequences


def test_the_sequence_is_chosen_with_buttons_and_keys(make_window):
    window = make_window(built_in("many-to-one"))
    chooser = window.strip.chooser
    assert chooser.words == "sequence 1 of 2"
    assert not chooser.back_button.isEnabled()
    click(chooser.forward_button)
    assert window.session.selection.sample == 1
    assert chooser.words == "sequence 2 of 2"
    assert remark(window, "hidden").startswith("sequence 2 of 2")
    assert not window.menus["time.next_sequence"].isEnabled()
    press(window, KEY.Key_PageUp, CTRL)
    assert window.session.selection.sample == 0
    press(window, KEY.Key_PageDown, CTRL)
    assert window.session.selection.sample == 1
    assert np.array_equal(window.cards["outputs"].content.plot.values(), window.session.frame.y[1])


def test_there_is_nothing_to_choose_of_a_single_sequence(window):
    assert not window.strip.chooser.isVisible()
    assert not window.menus["time.next_sequence"].isEnabled()
    assert not window.menus["time.previous_sequence"].isEnabled()


# Initial values


def test_reset_gives_exactly_the_values_of_the_seed_and_new_seed_others(window):
    choose(window, "&Model", "model.reset_weights")
    first = window.session.document
    choose(window, "&Model", "model.new_seed")
    assert window.strip.seed_button.text() == "seed 1"
    other = window.session.document
    assert not np.array_equal(other.layers[0].weights["W_hh"], first.layers[0].weights["W_hh"])
    window.session.apply(set_weight(next(other.places()), np.zeros((6, 2))))
    choose(window, "&Model", "model.reset_weights")
    assert window.session.document == other
    window.session.undo()
    window.session.undo()
    window.session.undo()
    assert window.session.document == first


def test_only_an_lstm_has_a_forget_bias_to_choose(window):
    click(window.strip.seed_button)
    popover = opened(window, InitialValuesPopover)
    assert not popover.forget_bias.isEnabled()
    click(window.header.cell.button("lstm"))
    assert popover.forget_bias.isEnabled()


def test_the_precision_is_chosen_in_the_menu(window):
    assert window.session.document.precision == "float64"
    for precision in ("float32", "float64"):
        choose(window, "&Model>&Precision", f"model.precision.{precision}")
        assert window.session.document.precision == precision
        assert window.menus[f"model.precision.{precision}"].isChecked()


# Sizes


def test_the_strip_is_one_thin_line_and_widens_nothing(make_window):
    window = make_window(stacked(6))
    strip = window.strip
    right = [strip.chooser, strip.window_button, strip.seed_button]
    for size in ((1280, 720), (1600, 1000), (1920, 1080)):
        window.resize(*size)
        QApplication.processEvents()
        assert (window.width(), window.height()) == size
        assert strip.y() + strip.mapTo(window, QPoint(0, 0)).y() >= window.header.height()
        assert strip.height() <= window.header.height()
        edges = [widget.mapTo(window, widget.rect().topRight()).x() for widget in right if widget.isVisible()]
        assert max(edges) < size[0]
        assert window.rect().right() - max(edges) < 30


def test_where_there_is_little_room_the_shapes_go_first_and_the_selected_chip_can_be_seen(make_window):
    window = make_window(set_window(Window(5, stateful=True)).apply(stacked(8)), size=(1280, 720))
    assert "(1, 40, 6)" not in " ".join(window.strip.flow.words[1:-1])
    window.change_text(+1)
    window.change_text(+1)
    for layer in (7, 0):
        window.session.select(Selection(layer=layer))
        QApplication.processEvents()
        chip = window.strip.flow.chips[layer]
        assert chip.visibleRegion().boundingRect().width() == chip.width()


def test_larger_text_makes_strip_and_popover_larger_in_proportion_and_back(window):
    popover = open_layer(window)
    chip = window.strip.flow.chips[0]
    before = (window.strip.height(), chip.width(), popover.sizeHint().width())
    window.apply_theme(window.theme.with_text(16))
    press(window, KEY.Key_Plus, CTRL)
    assert window.theme.text_px == 18
    after = (window.strip.height(), chip.sizeHint().width(), popover.sizeHint().width())
    assert np.array(after) / np.array(before) == pytest.approx(1.5, rel=0.06)
    window.apply_theme(window.theme.with_text(13))
    press(window, KEY.Key_Minus, CTRL)
    assert window.theme.text_px == 12
    QApplication.processEvents()
    assert (window.strip.height(), chip.sizeHint().width(), popover.sizeHint().width()) == before


def test_the_strip_is_painted_in_the_theme_of_the_window(window):
    for name in ("dark", "light"):
        window.choose_theme(name)
        QApplication.processEvents()
        image = window.strip.flow.chips[0].grab().toImage()
        assert image.pixelColor(round(image.width() / 2), 3).name() == window.theme.card


def test_the_menu_follows_what_is_chosen_in_a_popover(window, qtbot):
    popover = open_layer(window)
    click(popover.returns.button("last"))
    qtbot.waitUntil(window.menus["model.layer.last"].isChecked)
    assert not window.menus["model.layer.every"].isChecked()


def test_the_menu_changes_the_readout(make_window):
    window = make_window(built_in("vanishing"))
    before = window.session.document.readout.activation
    for name in (*(name for name in (*READOUTS, NO_READOUT) if name != before), before):
        choose(window, "&Model>&Readout", f"model.readout.{name}")
        readout = window.session.document.readout
        assert (NO_READOUT if readout is None else readout.activation) == name
        assert window.menus[f"model.readout.{name}"].isChecked()


@pytest.mark.parametrize(
    ("action", "kind"), [("model.windows", WindowPopover), ("model.initial_values", InitialValuesPopover)]
)
def test_the_menu_opens_what_can_be_chosen_beside_the_strip(window, action, kind):
    choose(window, "&Model", action)
    popover = opened(window, kind)
    assert window.rect().contains(popover.geometry())
    assert popover.isAncestorOf(QApplication.focusWidget())
