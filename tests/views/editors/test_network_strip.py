"""The network strip and its popovers, used with mouse and keyboard, without the window around them."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QVBoxLayout, QWidget

from rnnviz.core.activations import ACTIVATIONS
from rnnviz.core.cells import CELLS
from rnnviz.core.objectives import READOUTS
from rnnviz.document.document import Window
from rnnviz.document.edits import set_weight
from rnnviz.document.initialisation import Initialisation
from rnnviz.document.network_edits import add_layer, set_cell, set_readout, set_units, set_window
from rnnviz.document.presets import built_in
from rnnviz.session.session import Session
from rnnviz.views.cell_choices import ACTIVATION_CHOICES, CELL_CHOICES, NO_READOUT, READOUT_CHOICES
from rnnviz.views.editors.initial_values_popover import InitialValuesPopover
from rnnviz.views.editors.layer_popover import LayerPopover
from rnnviz.views.editors.network_strip import NetworkStrip
from rnnviz.views.editors.readout_popover import ReadoutPopover
from rnnviz.views.editors.window_popover import WindowPopover
from rnnviz.views.fonts import load_fonts
from rnnviz.views.theme import LIGHT

X, LOSS = "x", "L"
KEY, LEFT = Qt.Key, Qt.MouseButton.LeftButton
CTRL, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier

# of the offscreen platform, about menus
pytestmark = pytest.mark.qt_log_ignore(r"^This plugin does not support", extend=True)


class Host(QWidget):
    """A window with nothing but a strip in it."""

    def __init__(self, document):
        super().__init__()
        self.session = Session(document)
        self.strip = NetworkStrip(self.session, LIGHT)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.strip)
        layout.addStretch(1)


@pytest.fixture
def make_host(qtbot):
    """Return a function that shows a strip of a document."""
    load_fonts()

    def make(document, *, size=(1280, 720)):
        host = Host(document)
        qtbot.addWidget(host)
        host.resize(*size)
        with qtbot.waitExposed(host):
            host.show()
        host.activateWindow()
        qtbot.waitUntil(host.isActiveWindow)
        return host

    return make


@pytest.fixture
def host(make_host):
    """A strip of the default scene."""
    return make_host(built_in("default"))


def stacked(layers=3):
    document = built_in("default")
    for _ in range(layers - 1):
        document = add_layer(0).apply(document)
    return document


def click(widget):
    QTest.mouseClick(widget, LEFT, NONE, widget.rect().center())


def press(host, key, modifiers=NONE):
    QTest.keyClick(QApplication.focusWidget() or host, key, modifiers)


def type_into(row, text):
    """Replace what a number field says, key by key, and leave it with Enter."""
    row.field.setFocus()
    row.field.selectAll()
    QTest.keyClicks(row.field, text)


def opened(host, kind):
    (popover,) = [found for found in host.findChildren(kind) if found.isVisible()]
    return popover


def open_layer(host, number=0):
    chip = host.strip.flow.chips[number]
    click(chip)
    if not any(popover.isVisible() for popover in host.findChildren(LayerPopover)):
        click(chip)
    return opened(host, LayerPopover)


def chip_words(host):
    return [chip.text() for chip in host.strip.flow.chips]


# What is offered


def test_what_is_offered_is_what_there_is():
    assert {key for key, _, _ in CELL_CHOICES} == set(CELLS)
    assert {key for key, _, _ in ACTIVATION_CHOICES} == set(ACTIVATIONS)
    assert [key for key, _, _ in READOUT_CHOICES] == [*READOUTS, NO_READOUT]


# The flow


def test_the_strip_shows_the_shape_of_the_data_at_every_layer(host):
    assert chip_words(host) == ["RNN tanh 6", "readout linear"]
    assert host.strip.flow.words == [f"{X} (1, 40, 2) →", "(1, 40, 6) →", f"(1, 40, 1) → {LOSS}"]


def test_a_layer_that_hands_on_its_last_state_only_has_no_time_behind_it(make_host):
    host = make_host(built_in("many-to-one"))
    assert host.strip.flow.words == [f"{X} (2, 24, 1) →", "(2, 2) →", f"(2, 1) → {LOSS}"]
    tips = [label.toolTip() for label in host.strip.flow.findChildren(QLabel) if label.toolTip()]
    assert "(batch, units) = (2, 2)" in tips
    assert "(batch, outputs) = (2, 1)" in tips


def test_the_strip_follows_every_edit_and_undo(make_host):
    host = make_host(built_in("vanishing"))
    for edit in (set_units(0, 9), add_layer(0), set_cell(1, "gru"), set_readout(None)):
        host.session.apply(edit)
    assert chip_words(host) == ["RNN tanh 9", "GRU 9", "no readout"]
    assert host.strip.flow.words[1:] == ["(1, 20, 9) →", "(1, 20, 9) →", f"(1, 20, 9) → {LOSS}"]
    for _ in range(4):
        host.session.undo()
    assert chip_words(host) == ["RNN tanh 2", "readout linear"]


def test_dragging_a_weight_does_not_touch_the_strip(host, monkeypatch):
    written = []
    monkeypatch.setattr(host.strip.flow, "show_document", lambda *_: written.append(1))
    document = host.session.document
    place = next(document.places())
    host.session.apply(set_weight(place, document.weight(place) + 0.1))
    assert host.session.document is not document
    assert written == []


def test_the_arrow_keys_go_from_chip_to_chip_and_enter_opens(make_host):
    host = make_host(stacked())
    chips = host.strip.flow.chips
    chips[0].setFocus()
    press(host, KEY.Key_Right)
    press(host, KEY.Key_Right)
    assert host.session.selection.layer == 2
    assert chips[2].hasFocus()
    press(host, KEY.Key_Right)
    assert chips[3].hasFocus()
    assert host.session.selection.layer == 2
    press(host, KEY.Key_Right)  # there is nothing further
    assert chips[3].hasFocus()
    press(host, KEY.Key_Left)
    press(host, KEY.Key_Left)
    assert host.session.selection.layer == 1
    press(host, KEY.Key_Return)
    popover = opened(host, LayerPopover)
    assert popover.accessibleName() == "Layer 2 of 3"
    assert popover.isAncestorOf(QApplication.focusWidget())
    press(host, KEY.Key_Escape)
    assert not popover.isVisible()
    assert chips[1].hasFocus()


def test_a_chip_says_what_it_is(make_host):
    host = make_host(set_cell(1, "lstm").apply(stacked()))
    names = [chip.accessibleName() for chip in host.strip.flow.chips]
    assert names[1] == "Layer 2 of 3: LSTM with 6 units"
    assert names[-1] == "Readout: linear, 1 outputs"
    assert "cₜ = f ⊙ cₜ₋₁" in host.strip.flow.chips[1].toolTip()


# The popover of a layer


def test_cell_and_activation_are_chosen_in_the_popover(host):
    popover = open_layer(host)
    click(popover.activation.button("relu"))
    assert host.session.document.layers[0].activation == "relu"
    click(popover.cell.button("lstm"))
    assert host.session.document.layers[0].cell == "lstm"
    assert not popover.activation.isVisible()
    assert chip_words(host)[0] == "LSTM 6"


def test_a_number_of_units_acts_while_it_is_typed_and_loses_nothing_on_its_way(host):
    popover, before = open_layer(host), host.session.document
    type_into(popover.units, "1")
    assert host.session.document.layers[0].units == 1
    QTest.keyClicks(popover.units.field, "2")
    document = host.session.document
    assert document.layers[0].units == 12
    assert np.array_equal(document.layers[0].weights["W_hh"][:6, :6], before.layers[0].weights["W_hh"])
    QTest.keyClick(popover.units.field, KEY.Key_Return)
    assert host.session.history.labels == ("Open Sine with pulses", "Use 12 units")
    host.session.undo()
    assert host.session.document == before
    assert popover.units.field.value == 6


def test_an_impossible_number_of_units_is_refused_beside_the_field(host):
    popover, before = open_layer(host), host.session.document
    type_into(popover.units, "0")
    assert popover.units.note == "choose 1 to 512 units"
    assert host.session.document == before
    QTest.keyClick(popover.units.field, KEY.Key_Return)
    assert popover.units.field.value == 6
    assert popover.units.note == "units"


def test_the_arrow_keys_turn_the_number_of_units(host):
    popover = open_layer(host)
    popover.units.field.setFocus()
    press(host, KEY.Key_Up)
    press(host, KEY.Key_Up)
    assert host.session.document.layers[0].units == 8
    press(host, KEY.Key_Return)
    host.session.undo()
    assert host.session.document.layers[0].units == 6


def test_the_last_state_only_is_refused_below_another_layer_and_nothing_changes(make_host):
    host = make_host(stacked(2))
    before = host.session.document
    popover = open_layer(host, 0)
    click(popover.returns.button("last"))
    assert "return_sequences is false" in popover.problem
    assert "(1, 40, 6)" in popover.problem
    assert host.session.document is before
    assert popover.returns.choice == "every"
    click(popover.activation.button("relu"))
    assert popover.problem == ""


def test_the_last_layer_may_hand_on_its_last_state_only(host):
    popover = open_layer(host)
    click(popover.returns.button("last"))
    assert not host.session.document.layers[0].return_sequences
    assert host.strip.flow.words[1:] == ["(1, 6) →", f"(1, 1) → {LOSS}"]


def test_a_click_on_the_chip_closes_what_it_opened_and_one_popover_is_open_at_a_time(host):
    popover = open_layer(host)
    click(host.strip.seed_button)
    assert not popover.isVisible()
    assert opened(host, InitialValuesPopover)
    open_layer(host)
    click(host.strip.flow.chips[0])
    assert not popover.isVisible()


def test_a_popover_stays_inside_the_window_and_can_be_dragged_aside(make_host):
    host = make_host(built_in("default"), size=(1280, 720))
    click(host.strip.seed_button)
    popover = opened(host, InitialValuesPopover)
    assert host.rect().contains(popover.geometry())
    place, grip = popover.pos(), QPoint(60, 8)
    QTest.mousePress(popover, LEFT, NONE, grip)
    QTest.mouseMove(popover, grip - QPoint(200, -40))
    QTest.mouseRelease(popover, LEFT, NONE, grip)
    assert popover.pos() == place - QPoint(200, -40)


# The readout


@pytest.mark.parametrize("activation", [*READOUTS, NO_READOUT])
def test_the_readout_is_chosen_on_its_chip_and_in_the_menu(make_host, activation):
    host = make_host(built_in("vanishing"))
    other = "sigmoid" if activation == "linear" else "linear"
    host.session.apply(set_readout(other))
    click(host.strip.flow.chips[-1])
    click(opened(host, ReadoutPopover).activation.button(activation))
    readout = host.session.document.readout
    assert (NO_READOUT if readout is None else readout.activation) == activation


def test_a_readout_that_the_loss_forbids_is_refused(make_host):
    host = make_host(built_in("many-to-one"))
    before = host.session.document
    click(host.strip.flow.chips[-1])
    popover = opened(host, ReadoutPopover)
    click(popover.activation.button("softmax"))
    assert "binary_cross_entropy needs a sigmoid readout" in popover.problem
    assert popover.activation.choice == "sigmoid"
    assert host.session.document is before


# Sequences


def test_a_padded_sequence_says_how_long_it_is(make_host):
    host = make_host(built_in("batch"))
    assert host.strip.chooser.words == "sequence 1 of 3, length 12 of 12"
    click(host.strip.chooser.forward_button)
    click(host.strip.chooser.forward_button)
    assert host.strip.chooser.words == "sequence 3 of 3, length 5 of 12"


# Windows


def test_windows_are_chosen_live(host):
    host.strip.open_windows()
    popover = opened(host, WindowPopover)
    assert not popover.length.isEnabled()
    click(popover.kind.button("stateful"))
    assert host.session.document.window == Window(5, stateful=True)
    assert host.strip.window_button.text() == "windows of 5, stateful: gradient cut at borders"
    type_into(popover.length, "12")
    QTest.keyClick(popover.length.field, KEY.Key_Return)
    assert host.session.document.window == Window(12, stateful=True)
    click(popover.kind.button("stateless"))
    assert host.session.document.window == Window(12, stateful=False)
    assert host.session.history.labels[1:] == (
        "Use stateful windows of 5 steps",
        "Use stateful windows of 12 steps",
        "Use stateless windows of 12 steps",
    )
    click(popover.kind.button("off"))
    assert host.session.document.window is None
    assert not host.strip.window_button.isVisible()


@pytest.mark.parametrize("text", ["0", "1.5", ""])
def test_an_impossible_window_is_refused_beside_the_field(make_host, text):
    host = make_host(built_in("truncated"))
    before = host.session.document
    click(host.strip.window_button)
    popover = opened(host, WindowPopover)
    type_into(popover.length, text or "x")
    assert popover.length.note in ("choose 1 to 1000000 steps", "type a whole number", "")
    assert popover.length.note != "steps"
    QTest.keyClick(popover.length.field, KEY.Key_Return)
    if text != "1.5":  # its first digit is a number
        assert host.session.document == before


def test_one_window_for_everything_cuts_nothing_and_does_not_say_so(make_host):
    host = make_host(set_window(Window(50, stateful=True)).apply(built_in("default")))
    assert host.strip.window_button.text() == "windows of 50, stateful"
    assert "nothing is cut" in host.strip.window_button.toolTip()


# Initial values


def test_initial_values_act_live(make_host):
    host = make_host(set_cell(0, "lstm").apply(built_in("default")))
    host.strip.open_initial_values()
    popover = opened(host, InitialValuesPopover)
    QTest.keyClick(popover.recurrent_box, KEY.Key_Home)
    assert host.session.document.initialisation.recurrent == "zeros"
    assert not host.session.document.layers[0].weights["W_hi"].any()
    QTest.keyClick(popover.recurrent_box, KEY.Key_Down)
    assert np.array_equal(host.session.document.layers[0].weights["W_hi"], np.eye(6))
    QTest.keyClick(popover.input_box, KEY.Key_End)
    assert host.session.document.initialisation.input == "uniform"
    click(popover.scaled_box)
    type_into(popover.radius, "0.5")
    assert np.array_equal(host.session.document.layers[0].weights["W_hi"], 0.5 * np.eye(6))
    QTest.keyClick(popover.radius.field, KEY.Key_Return)
    type_into(popover.forget_bias, "3")
    assert (host.session.document.layers[0].weights["b_f"] == 3.0).all()
    type_into(popover.seed, "42")
    QTest.keyClick(popover.seed.field, KEY.Key_Return)
    expected = Initialisation("uniform", "identity", 0.5, 3.0, 42)
    assert host.session.document.initialisation == expected
    click(popover.seed_button)
    assert host.session.document.initialisation == replace(expected, seed=43)
    drawn = host.session.document
    host.session.apply(set_weight(next(drawn.places()), np.zeros((6, 2))))
    click(popover.draw_button)
    assert host.session.document == drawn


def test_zeros_cannot_have_a_radius_and_that_is_said(host):
    click(host.strip.seed_button)
    popover = opened(host, InitialValuesPopover)
    QTest.keyClick(popover.recurrent_box, KEY.Key_Home)
    before = host.session.document
    click(popover.scaled_box)
    assert "a matrix of zeros cannot be scaled" in popover.problem
    assert not popover.scaled_box.isChecked()
    assert host.session.document is before


# Sizes


def test_every_control_of_a_popover_has_a_name(host):
    for open_it in (host.strip.open_windows, host.strip.open_initial_values, lambda: open_layer(host)):
        open_it()
    for kind in (WindowPopover, InitialValuesPopover, LayerPopover):
        (popover,) = host.findChildren(kind)
        for field in popover.findChildren(QLineEdit):
            assert field.accessibleName()
            assert field.toolTip()


def test_the_popover_of_the_readout_follows_its_chip_into_another_network(make_host):
    host = make_host(stacked(3))
    click(host.strip.flow.chips[-1])
    popover = opened(host, ReadoutPopover)
    host.session.open_document(built_in("default"))
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    host.resize(host.width() - 40, host.height())
    chip = host.strip.flow.chips[-1]
    assert popover.isVisible()
    assert popover.y() > chip.mapTo(host, chip.rect().bottomLeft()).y()
    QTest.keyClick(popover, KEY.Key_Escape)
    assert chip.hasFocus()
