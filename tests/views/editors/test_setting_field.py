"""A number of a setting: it takes effect while it is typed, and what is wrong with it stands beside it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from rnnviz.views.editors.setting_field import SettingField
from rnnviz.views.theme import LIGHT


@pytest.fixture
def make(qtbot):
    """Return a function that shows a field, with another one to go to, and what it has emitted."""

    places = []

    def make(limits=(1, 100), **options):
        place, field, other = QWidget(), SettingField("Batch", "sequences", limits, LIGHT, **options), QLineEdit()
        layout = QVBoxLayout(place)
        layout.addWidget(field)
        layout.addWidget(other)
        qtbot.addWidget(place)
        places.append(place)  # or it would be gone
        place.show()
        place.activateWindow()
        qtbot.waitUntil(place.isActiveWindow)
        emitted = []
        field.typed.connect(emitted.append)
        field.field.setFocus()
        return field, other, emitted

    return make


def test_each_number_that_will_do_takes_effect_while_it_is_typed(make, qtbot):
    field, _, emitted = make(is_whole=True)
    qtbot.keyClicks(field.field, "32")
    assert emitted == [3.0, 32.0]
    assert field.note == "sequences"


def test_a_number_that_will_not_do_is_named_beside_it_and_goes_when_the_field_is_left(make, qtbot):
    field, other, emitted = make(is_whole=True)
    field.show_value(8.0)
    field.field.selectAll()
    qtbot.keyClicks(field.field, "500")
    assert emitted == [5.0, 50.0]
    assert field.note == "choose 1 to 100 sequences"
    other.setFocus()
    assert field.field.text() == "50"
    assert field.note == "sequences"


def test_a_broken_number_is_not_a_whole_one(make, qtbot):
    field, _, emitted = make(is_whole=True)
    qtbot.keyClicks(field.field, "2.5")
    assert emitted == [2.0]
    assert field.note == "type a whole number"


def test_an_empty_field_is_wrong_unless_that_means_something(make):
    field, other, emitted = make()
    field.show_value(4.0)
    field.field.clear()
    assert "choose" in field.note
    other.setFocus()
    assert field.field.text() == "4"
    assert emitted == []
    free, _, typed = make(empty="never")
    free.show_value(4.0)
    free.field.clear()
    assert free.note == "sequences"
    assert typed == [None]


def test_what_is_being_typed_stays_while_the_number_that_holds_is_shown_again(make, qtbot):
    field, _, _ = make()
    field.show_value(4.0)
    field.field.selectAll()
    qtbot.keyClicks(field.field, "4.")
    field.show_value(4.0)
    assert field.field.text() == "4."
    field.show_value(9.0)
    assert field.field.text() == "9"


def test_arrows_step_whole_numbers_only(make, qtbot):
    field, _, emitted = make(is_whole=True)
    field.show_value(8.0)
    qtbot.keyClick(field.field, Qt.Key.Key_Up)
    assert emitted == [9.0]
    rate, _, rates = make((1e-9, 100))
    rate.show_value(0.01)
    qtbot.keyClick(rate.field, Qt.Key.Key_Up)
    assert rates == []
