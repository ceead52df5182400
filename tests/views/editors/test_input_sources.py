"""The input panel beyond the curve: generators, sound, normalisation, length, alphabets, targets and the step menu."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from rnnviz.document.generators import GENERATORS
from rnnviz.document.links import Feature, Output, Spot
from rnnviz.document.presets import built_in
from rnnviz.document.sequences import predicts_next
from rnnviz.document.sources import text_edit, whole_text
from rnnviz.document.step_edits import add_sequence
from rnnviz.document.target_edits import remove_targets
from rnnviz.session.session import Selection, Session
from rnnviz.views.editors.inputs import InputPanel
from rnnviz.views.plots.inputs import Bar
from rnnviz.views.theme import LIGHT

LEFT, RIGHT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.NoButton
PLAIN = Qt.KeyboardModifier.NoModifier
EXAMPLES = Path(__file__).parents[3] / "assets" / "examples"


@pytest.fixture
def session():
    return Session(built_in("default"))


@pytest.fixture
def make(qtbot):
    """Return a function that shows the panel of a session."""
    panels = []

    def make(session, width=256, height=340):
        panel = InputPanel(session, LIGHT, lambda: None)
        panels.append(panel)
        panel.orders = []
        panel.order_requested.connect(lambda: panel.orders.append(True))
        qtbot.addWidget(panel)
        panel.resize(width, height)
        with qtbot.waitActive(panel):
            panel.show()
            panel.activateWindow()
        return panel

    return make


@pytest.fixture
def panel(make, session):
    return make(session)


def x(session, feature=0, sample=0):
    return session.document.input.values[sample, :, feature]


def choose(panel, source):
    panel.source.button(source).click()


def generate(panel, key):
    """Choose a generator as a hand does: the box announces it also if it was chosen already."""
    panel.generator.box.set_choice(key)
    panel.generator.box.activated.emit(panel.generator.box.currentIndex())


def menu_action(panel, text):
    assert panel.menu is not None
    return next(action for action in panel.menu.actions() if action.text() == text)


def pick(panel, text):
    """Choose from the menu that is open."""
    menu_action(panel, text).trigger()
    panel.menu.close()


def mouse(canvas, kind, position, button):
    held = NONE if kind == QEvent.Type.MouseButtonRelease else RIGHT
    event = QMouseEvent(kind, position, canvas.mapToGlobal(position), button, held, PLAIN)
    QApplication.sendEvent(canvas, event)


def place(canvas, t):
    return canvas.rect_of(Bar(0, t)).center()


# ---- generators


def test_choosing_to_generate_changes_nothing_yet(panel, session):
    before = session.document
    choose(panel, "generate")
    assert panel.generator.isVisible()
    assert session.document is before


@pytest.mark.parametrize("key", GENERATORS)
def test_a_chosen_generator_is_fed_at_once(panel, session, key):
    choose(panel, "generate")
    generate(panel, key)
    made, objective = GENERATORS[key].make({}, 0)
    assert session.document.input == made
    assert (session.document.objective.targets is None) == (objective is None)
    assert session.frame.document is session.document
    assert panel.generator.isVisible()
    assert panel.trouble.isHidden()


def test_every_number_takes_effect_while_it_is_typed_and_all_of_them_are_one_undo_step(panel, session):
    before = session.document
    choose(panel, "generate")
    generate(panel, "sine")
    for key, words in (("steps", "25"), ("period", "5"), ("height", "0.5")):
        field = panel.generator.fields[key]
        field.selectAll()
        QTest.keyClicks(field, words)
    assert session.document.timesteps == 25
    np.testing.assert_allclose(x(session), 0.5 * np.sin(2 * np.pi * np.arange(25) / 5), atol=1e-12)
    assert session.history.index == 1
    session.undo()
    assert session.document is before
    assert panel.source.choice == "curve"


def test_another_generator_is_another_undo_step(panel, session):
    choose(panel, "generate")
    generate(panel, "sine")
    generate(panel, "ramp")
    assert session.history.labels[1:] == ("Generate: Sine", "Generate: Ramp")


def test_a_readout_that_a_task_needed_goes_with_it(panel, session):
    readout = session.document.readout
    choose(panel, "generate")
    generate(panel, "copy")
    assert session.document.outputs == 5
    session.undo()
    assert session.document.readout is readout


def test_a_number_beyond_its_limits_is_refused_below_and_changes_nothing(panel, session):
    choose(panel, "generate")
    generate(panel, "impulse")
    made = session.document
    panel.generator.fields["at"].set_value(41)
    assert "beyond the 40 steps" in panel.trouble.text()
    panel.generator.fields["at"].setText("")
    assert panel.trouble.text().startswith("at: ")
    assert session.document is made
    panel.generator.fields["at"].set_value(7)
    assert panel.trouble.isHidden()
    assert x(session)[6] == 1


def test_the_seed_is_shown_where_there_is_chance(panel, session):
    choose(panel, "generate")
    generate(panel, "noise")
    one = x(session).copy()
    panel.generator.fields["seed"].set_value(1)
    assert (x(session) != one).all()
    generate(panel, "ramp")
    assert "seed" not in panel.generator.fields


def test_the_next_value_of_a_signal_can_be_predicted(panel, session):
    choose(panel, "generate")
    generate(panel, "ramp")
    panel.generator.predicts.click()
    assert predicts_next(session.document.input, session.document.objective)
    generate(panel, "adding")
    assert panel.generator.predicts.isHidden()


# ---- sound


@pytest.fixture
def sound(tmp_path):
    import wave

    path = tmp_path / "tone.wav"
    t = np.arange(8000) / 8000
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes((16000 * np.sin(2 * np.pi * 440 * t) * t).astype("<i2").tobytes())
    return path


def test_a_sound_is_fed_and_used_in_another_way_in_one_undo_step(panel, session, sound):
    panel.open_path(sound)
    assert panel.source.choice == "file"
    assert panel.file.options.words.startswith("tone.wav: 1 s · 8,000 Hz · 16 bits · mono")
    assert session.document.input.features == ("amplitude",)
    assert session.document.timesteps == 199
    panel.file.sound.kind.button("bands").click()
    panel.file.sound.steps.set_value(50)
    assert session.document.input.values.shape == (1, 49, 4)
    assert session.history.index == 1


def test_too_many_bands_are_refused_below(panel, session, sound):
    panel.open_path(sound)
    panel.file.sound.kind.button("bands").click()
    made = session.document
    panel.file.sound.bands.set_value(65)
    assert panel.trouble.text() == "Choose 1 to 64 bands."
    assert session.document is made


def test_a_broken_sound_is_refused_by_name(panel, session, sound):
    before = session.document
    sound.write_bytes(sound.read_bytes()[:-100])
    panel.open_path(sound)
    assert panel.trouble.text().startswith("tone.wav is cut off")
    assert session.document is before


# ---- normalisation and length


def test_how_values_are_normalised_is_shown_and_can_be_undone(panel, session):
    before = session.document
    assert panel.tools.normalisation.text().startswith("raw values")
    panel.tools.choices["z-score"].trigger()
    assert panel.tools.normalisation.text().startswith("z-score: mean")
    np.testing.assert_allclose(x(session).std(), 1.0)
    panel.tools.choices["raw"].trigger()
    np.testing.assert_allclose(x(session), before.input.values[0, :, 0], atol=1e-12)
    session.undo()
    session.undo()
    assert session.document is before
    assert panel.tools.choices["raw"].isChecked()


def test_the_length_is_typed_digit_by_digit_and_loses_nothing(panel, session):
    before = session.document
    panel.tools.length.setFocus()
    panel.tools.length.selectAll()
    QTest.keyClicks(panel.tools.length, "45")
    assert session.document.timesteps == 45
    np.testing.assert_array_equal(x(session)[:40], before.input.values[0, :, 0])
    QTest.keyClick(panel.tools.length, Qt.Key.Key_Return)
    assert session.history.index == 1
    session.undo()
    assert panel.tools.length.value == 40


def test_a_length_that_will_not_do_goes_when_it_is_left(panel, session):
    panel.tools.length.setFocus()
    panel.tools.length.selectAll()
    QTest.keyClicks(panel.tools.length, "0")
    assert session.document.timesteps == 40
    QTest.keyClick(panel.tools.length, Qt.Key.Key_Return)
    assert panel.tools.length.value == 40


def test_a_sequence_is_added_and_the_selected_one_is_made_shorter(panel, session):
    panel.tools.add_button.click()
    assert session.document.batch == 2
    session.select(Selection(sample=1))
    panel.tools.length.set_value(10)
    assert session.document.input.lengths == (40, 10)
    session.select(Selection(sample=0))
    assert panel.tools.length.value == 40


# ---- text


@pytest.fixture
def text_panel(make, session):
    session.apply(text_edit("hello"))
    return make(session)


def test_a_text_is_cut_into_words(text_panel, session):
    text_panel.text.field.setPlainText("to be or not to be")
    text_panel.text.take_now()
    text_panel.text.encoding.button("word").click()
    assert session.document.input.vocabulary == ("be", "not", "or", "to")
    assert whole_text(session.document) == "to be or not to be"
    assert text_panel.text.alphabet.text() == "be not or to"


def test_the_alphabet_is_shown_edited_and_undone(text_panel, session):
    field = text_panel.text.alphabet
    assert field.text() == "e h l o"
    field.setFocus()
    field.setText("o l h e ␣")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert session.document.input.vocabulary == ("o", "l", "h", "e", " ")
    assert whole_text(session.document) == "hello"
    text_panel.text.field.setPlainText("hello hello")
    text_panel.text.take_now()
    assert session.document.input.vocabulary == ("o", "l", "h", "e", " ")
    session.undo()
    session.undo()
    assert field.text() == "e h l o"


@pytest.mark.parametrize(
    ("words", "message"),
    [("e h o", "“l” is in the text"), ("e h l o e", "“e” is there twice"), ("e h l o ab", "“ab” is more than one")],
)
def test_an_alphabet_that_does_not_fit_is_refused_below_and_stays_to_be_put_right(text_panel, session, words, message):
    before = session.document
    text_panel.text.alphabet.setFocus()
    text_panel.text.alphabet.setText(words)
    QTest.keyClick(text_panel.text.alphabet, Qt.Key.Key_Return)
    assert message in text_panel.trouble.text()
    assert text_panel.text.alphabet.text() == words
    assert session.document is before


def test_steps_of_a_text_are_turned_round_and_the_field_follows(text_panel, session):
    text_panel.tools.menu_button.click()
    pick(text_panel, "Reverse")
    assert text_panel.text.field.toPlainText() == whole_text(session.document) == "lleho"


# ---- targets


def test_targets_are_drawn_like_the_input(panel, session):
    before = session.document.input
    panel.tools.view.button("targets").click()
    canvas = panel.target_canvas
    assert canvas.isVisible()
    assert panel.canvas.isHidden()
    canvas.setFocus()
    canvas.choose(0, 12)
    QTest.keyClick(canvas, "0")
    QTest.keyClicks(QApplication.focusWidget(), ".5")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert session.document.objective.targets[0, 11, 0] == 0.5
    assert session.document.input is before
    session.undo()
    assert canvas.value_at(Bar(0, 12)) == built_in("default").objective.targets[0, 11, 0]


def test_a_target_points_at_its_output(panel, session):
    panel.tools.view.button("targets").click()
    panel.target_canvas.choose(0, 12)
    assert session.focus == Output(0, 12)
    assert panel.target_canvas.lit_spots() == (Spot("focus", 0, 12),)
    session.set_focus(Feature(0, 12))
    assert panel.target_canvas.lit_spots() == ()


def test_classes_are_drawn_as_whole_numbers(text_panel, session):
    text_panel.tools.view.button("targets").click()
    canvas = text_panel.target_canvas
    canvas.set_values(0, {1: 2.4, 2: 99.0})
    assert session.document.objective.targets[0, :2].tolist() == [2, 3]


def test_without_targets_some_can_be_added(make, session):
    session.apply(remove_targets())
    panel = make(session)
    panel.tools.view.button("targets").click()
    assert panel.target_canvas.isHidden()
    panel.add_targets_button.click()
    assert panel.target_canvas.isVisible()
    assert not session.document.objective.targets.any()
    session.undo()
    assert panel.add_targets_button.isVisible()


# ---- the menu of steps


def test_a_right_click_on_the_curve_opens_the_menu_of_that_step(panel, session):
    before = x(session).copy()
    at = place(panel.canvas, 7)
    mouse(panel.canvas, QEvent.Type.MouseButtonPress, at, RIGHT)
    mouse(panel.canvas, QEvent.Type.MouseButtonRelease, at, RIGHT)
    assert menu_action(panel, "Step 7").isEnabled() is False
    pick(panel, "Delete")
    np.testing.assert_array_equal(x(session), np.delete(before, 6))
    session.undo()
    np.testing.assert_array_equal(x(session), before)


def test_a_drag_with_the_right_button_erases_from_where_it_began(panel, session):
    before = x(session).copy()
    mouse(panel.canvas, QEvent.Type.MouseButtonPress, place(panel.canvas, 3), RIGHT)
    np.testing.assert_array_equal(x(session), before)
    mouse(panel.canvas, QEvent.Type.MouseMove, place(panel.canvas, 6), NONE)
    mouse(panel.canvas, QEvent.Type.MouseButtonRelease, place(panel.canvas, 6), RIGHT)
    np.testing.assert_array_equal(x(session)[2:6], 0)
    np.testing.assert_array_equal(x(session)[6:], before[6:])
    assert panel.menu is None
    assert session.history.index == 1


def test_the_menu_key_asks_for_the_chosen_bar(panel, qtbot):
    panel.canvas.setFocus()
    panel.canvas.choose(0, 9)
    qtbot.keyClick(panel.canvas, Qt.Key.Key_Menu)
    assert menu_action(panel, "Step 9") is not None


def test_every_line_of_the_menu_can_be_done_and_undone(make, session):
    session.apply(add_sequence())
    panel = make(session)
    panel.canvas.choose(0, 4)
    before = session.document
    panel.tools.menu_button.click()
    texts = [action.text() for action in panel.menu.actions() if action.isEnabled() and action.text()]
    assert len(texts) > 12
    for text in texts[:-1]:
        panel.tools.menu_button.click()
        pick(panel, text)
        assert session.document != before, text
        session.undo()
        assert session.document is before, text


def test_each_shuffle_is_another_order(panel, session):
    orders = []
    for _ in range(2):
        panel.tools.menu_button.click()
        pick(panel, "Shuffle")
        orders.append(x(session).tolist())
        session.undo()
    assert orders[0] != orders[1]


def test_the_menu_asks_whether_order_matters(panel):
    panel.tools.menu_button.click()
    pick(panel, "Order matters…")
    assert panel.orders == [True]


def test_what_cannot_be_done_is_grey(make, golden):
    session = Session(golden)
    panel = make(session)
    panel.canvas.choose(0, 1)
    panel.tools.menu_button.click()
    assert not menu_action(panel, "Move earlier").isEnabled()
    assert not menu_action(panel, "Remove sequence").isEnabled()
    assert menu_action(panel, "Move later").isEnabled()


# ---- the panel stays narrow


@pytest.mark.parametrize("source", ["curve", "text", "table", "generate"])
def test_no_kind_of_input_needs_more_width_than_the_card_has(panel, source):
    choose(panel, source)
    if source == "generate":
        generate(panel, "copy")
    QApplication.processEvents()
    assert panel.minimumSizeHint().width() <= 250
