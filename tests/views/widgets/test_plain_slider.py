"""A slider over whole numbers: mouse, keys, and what it says to a screen reader."""

import pytest
from PySide6.QtCore import QPoint, Qt

from rnnviz.views.theme import DARK, LIGHT
from rnnviz.views.widgets.plain_slider import PlainSlider


@pytest.fixture
def slider(qtbot):
    slider = PlainSlider("Update", "which one", 200, LIGHT, is_cursor=True)
    qtbot.addWidget(slider)
    slider.resize(300, 20)
    slider.set_value(50)
    slider.moved.connect(slider.set_value)
    return slider


def place(slider, value):
    return QPoint(round(slider.x_of(value)), slider.height() // 2)


def test_a_click_and_a_drag_ask_for_the_number_under_the_pointer(slider, qtbot):
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=place(slider, 120))
    assert slider.value == 120
    qtbot.mouseMove(slider, place(slider, 20))
    with qtbot.waitSignal(slider.released):
        qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=place(slider, 20))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (Qt.Key.Key_Left, 49),
        (Qt.Key.Key_Up, 51),
        (Qt.Key.Key_PageUp, 70),
        (Qt.Key.Key_Home, 0),
        (Qt.Key.Key_End, 200),
    ],
)
def test_keys_move_it(slider, qtbot, key, value):
    qtbot.keyClick(slider, key)
    assert slider.value == value


def test_it_never_leaves_its_range(slider, qtbot):
    slider.set_value(200)
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert slider.value == 200
    slider.set_range(0)
    slider.set_value(3)
    assert slider.value == 0
    slider.grab()


def test_a_screen_reader_is_told_where_it_is(slider):
    assert slider.accessibleDescription() == "50 of 200"
    slider.set_value(3, "0.001")
    assert slider.accessibleDescription() == "0.001"


def test_it_is_painted_in_every_state(slider):
    pictures = [slider.grab().toImage()]
    slider.setEnabled(False)
    pictures.append(slider.grab().toImage())
    slider.apply_theme(DARK)
    pictures.append(slider.grab().toImage())
    assert all(one != other for at, one in enumerate(pictures) for other in pictures[:at])
