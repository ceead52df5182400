from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from rnnviz.views.theme import DARK, LIGHT
from rnnviz.views.widgets.segmented import Segmented

CELLS = (("rnn", "RNN", "A plain RNN"), ("lstm", "LSTM", "Three gates"), ("gru", "GRU", "Two gates"))
SOURCES = (("curve", "Curve", "Draw"), ("text", "Text", "Type"), ("file", "File…", "Load"))


@pytest.fixture
def make(qtbot):
    """Return a function that shows a row of choices alone in a window and collects what it emits."""

    def make(choices=CELLS, theme=LIGHT):
        window = QWidget()
        layout = QVBoxLayout(window)
        row = Segmented(choices, theme)
        layout.addWidget(row)
        qtbot.addWidget(window)
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        row.window_alive = window
        row.emitted = []
        row.chosen.connect(row.emitted.append)
        return row

    return make


def chosen_buttons(row, choices=CELLS):
    return [key for key, _, _ in choices if row.button(key).isChecked()]


def click(qtbot, row, key):
    qtbot.mouseClick(row.button(key), Qt.MouseButton.LeftButton)


def test_the_first_choice_is_chosen_at_first(make):
    row = make()
    assert row.choice == "rnn"
    assert chosen_buttons(row) == ["rnn"]


def test_a_click_chooses_one_and_only_one(make, qtbot):
    row = make()
    click(qtbot, row, "gru")
    assert row.emitted == ["gru"]
    assert chosen_buttons(row) == ["gru"]


def test_clicking_the_chosen_one_again_changes_and_says_nothing(make, qtbot):
    row = make()
    click(qtbot, row, "rnn")
    assert row.emitted == []
    assert chosen_buttons(row) == ["rnn"]


def test_a_click_at_the_very_edge_of_a_button_counts(make, qtbot):
    row = make()
    button = row.button("lstm")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton, pos=button.rect().adjusted(0, 0, -2, -2).bottomRight())
    assert row.emitted == ["lstm"]


def test_setting_a_choice_emits_nothing(make):
    row = make()
    row.set_choice("lstm")
    assert row.emitted == []
    assert chosen_buttons(row) == ["lstm"]


def test_an_unknown_choice_leaves_all_unchosen_and_each_can_be_chosen(make, qtbot):
    row = make()
    row.set_choice("transformer")
    assert chosen_buttons(row) == []
    click(qtbot, row, "rnn")
    assert row.emitted == ["rnn"]


def test_arrow_keys_move_the_choice_and_stop_at_the_ends(make, qtbot):
    row = make()
    row.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        qtbot.keyClick(row.focusWidget(), key)
    assert row.emitted == ["lstm", "gru", "lstm"]
    assert row.button("lstm").hasFocus()


def test_arrow_keys_work_when_sent_to_the_row_itself(make, qtbot):
    row = make()
    qtbot.keyClick(row, Qt.Key.Key_Right)
    assert row.emitted == ["lstm"]


def test_tab_reaches_the_row_once_and_at_the_chosen_button(make):
    row = make()
    row.set_choice("lstm")
    stops = [key for key, _, _ in CELLS if row.button(key).focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert stops == ["lstm"]
    row.setFocus()
    assert row.button("lstm").hasFocus()


def test_arrow_keys_do_not_open_a_file_but_enter_and_space_do(make, qtbot):
    row = make(SOURCES)
    row.setFocus()
    for _ in range(2):
        qtbot.keyClick(row.focusWidget(), Qt.Key.Key_Right)
    assert row.emitted == ["text"]
    assert row.button("file").hasFocus()
    qtbot.keyClick(row.focusWidget(), Qt.Key.Key_Return)
    qtbot.keyClick(row.focusWidget(), Qt.Key.Key_Space)
    assert row.emitted == ["text", "file", "file"]


def test_what_opens_something_can_be_opened_again(make, qtbot):
    row = make(SOURCES)
    click(qtbot, row, "file")
    click(qtbot, row, "file")
    assert row.emitted == ["file", "file"]
    assert chosen_buttons(row, SOURCES) == ["file"]


def test_a_disabled_choice_says_why_and_is_passed_over(make, qtbot):
    row = make()
    row.set_disabled("lstm", "The scene has no LSTM weights")
    assert row.button("lstm").toolTip() == "The scene has no LSTM weights"
    click(qtbot, row, "lstm")
    assert row.emitted == []
    qtbot.keyClick(row, Qt.Key.Key_Right)
    assert row.emitted == ["gru"]
    row.set_disabled("lstm", None)
    assert row.button("lstm").toolTip() == "Three gates"
    click(qtbot, row, "lstm")
    assert row.emitted == ["gru", "lstm"]


def test_a_row_with_nothing_to_choose_takes_keys_in_its_stride(make, qtbot):
    row = make()
    for key, _, _ in CELLS:
        row.set_disabled(key, "Nothing to choose")
    qtbot.keyClick(row, Qt.Key.Key_Right)
    qtbot.keyClick(row, Qt.Key.Key_End)
    assert row.emitted == []


def test_every_button_has_a_name_and_a_description_for_screen_readers(make):
    row = make()
    for key, label, tooltip in CELLS:
        assert row.button(key).accessibleName() == label
        assert row.button(key).accessibleDescription() == tooltip


def test_larger_words_make_larger_buttons_that_still_do_not_overlap(make):
    row = make()
    before = row.sizeHint()
    row.apply_theme(DARK.with_text(24))
    assert row.sizeHint().width() > 1.8 * before.width()
    row.resize(row.sizeHint())
    row.layout().activate()
    buttons = [row.button(key).geometry() for key, _, _ in CELLS]
    assert all(left.right() < right.left() for left, right in pairwise(buttons))


def test_the_chosen_button_is_dark_on_light_and_light_on_dark(make):
    for theme in (LIGHT, DARK):
        row = make(theme=theme)
        image = row.grab().toImage()
        button = row.button("rnn").geometry()
        assert image.pixelColor(button.left() + 5, button.center().y()).name() == theme.on
        other = row.button("gru").geometry()
        assert image.pixelColor(other.left() + 5, other.center().y()).name() == theme.card


def test_the_focus_goes_with_the_choice(make):
    row = make()
    row.setFocus()
    row.set_choice("gru")
    assert row.button("gru").hasFocus()
