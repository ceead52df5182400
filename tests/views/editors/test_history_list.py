"""The history card: every edit by name, and a way back to each, by mouse and keys."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from rnnviz.document.document import Place
from rnnviz.document.edits import set_entry, set_title
from rnnviz.document.history import LIMIT
from rnnviz.document.presets import built_in
from rnnviz.document.scenes import scene_text
from rnnviz.session.session import Session
from rnnviz.views.editors.history_list import HistoryList
from rnnviz.views.theme import DARK, LIGHT

KEY, LEFT = Qt.Key, Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def session(golden, qapp):  # noqa: ARG001
    """A session with four edits."""
    session = Session(golden)
    for value in (0.1, 0.2, 0.3):
        session.apply(set_entry(Place(0, "W_hh"), (0, 0), value))
    session.apply(set_title("Mine"))
    return session


@pytest.fixture
def states(session):
    """The scene's text in every state."""
    texts = []
    for index in range(len(session.history.labels)):
        session.go_to(index)
        texts.append(scene_text(session.document))
    return texts


@pytest.fixture
def shown(session, states, qtbot):  # noqa: ARG001
    """The list, on screen and with the keyboard."""
    history = HistoryList(session, LIGHT)
    qtbot.addWidget(history)
    history.resize(260, 300)
    with qtbot.waitActive(history):
        history.show()
        history.activateWindow()
    history.setFocus()
    return history


def rows(history):
    model = history.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def spoken(history):
    model = history.model()
    return [model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(model.rowCount())]


def click(history, row):
    place = history.visualRect(history.model().index(row, 0)).center()
    QTest.mouseClick(history.viewport(), LEFT, NONE, place)


def test_every_edit_is_named_and_the_current_state_marked(shown):
    assert rows(shown) == ["Open Golden RNN", "Set W_hh[1,1]", "Set W_hh[1,1]", "Set W_hh[1,1]", "Rename"]
    assert shown.currentIndex().row() == 4
    assert spoken(shown)[3:] == ["Set W_hh[1,1], done", "Rename, current"]


@pytest.mark.parametrize("row", [0, 2, 3])
def test_a_click_goes_to_that_state_exactly_and_at_once(shown, session, states, row):
    heard = []
    session.document_changed.connect(heard.append)
    click(shown, row)
    assert scene_text(session.document) == states[row]
    assert len(heard) == 1
    assert shown.currentIndex().row() == row


def test_states_after_the_current_one_are_undone_until_a_new_edit_forgets_them(shown, session):
    click(shown, 1)
    assert spoken(shown)[1:] == [
        "Set W_hh[1,1], current",
        "Set W_hh[1,1], undone",
        "Set W_hh[1,1], undone",
        "Rename, undone",
    ]
    session.apply(set_title("Other"))
    assert rows(shown) == ["Open Golden RNN", "Set W_hh[1,1]", "Rename"]
    assert shown.currentIndex().row() == 2


def darkest(history, row):
    """Return how dark the words of a row are, 0 to 255."""
    rect = history.visualRect(history.model().index(row, 0)).adjusted(30, 2, -20, -2)
    picture = history.viewport().grab(rect).toImage()
    colours = [picture.pixelColor(x, y) for x in range(picture.width()) for y in range(picture.height())]
    return 255 - min(colour.lightness() for colour in colours if colour.alpha() == 255)  # where there is ink


def test_undone_states_are_paler(shown):
    before = darkest(shown, 3)
    click(shown, 1)
    assert darkest(shown, 3) < before - 30


@pytest.mark.parametrize(
    ("keys", "row"),
    [
        ((KEY.Key_Up,), 3),
        ((KEY.Key_Up, KEY.Key_Up, KEY.Key_Down), 3),
        ((KEY.Key_Home,), 0),
        ((KEY.Key_Home, KEY.Key_End), 4),
        ((KEY.Key_Home, KEY.Key_Up), 0),
        ((KEY.Key_Down, KEY.Key_Return), 4),
    ],
)
def test_keys_walk_through_the_states(shown, session, states, keys, row):
    for key in keys:
        QTest.keyClick(shown, key)
    assert session.history.index == row
    assert scene_text(session.document) == states[row]


def test_a_letter_goes_nowhere(shown, session):
    QTest.keyClick(shown, KEY.Key_O)
    assert session.history.index == 4


def test_undo_and_redo_move_the_mark(shown, session):
    session.undo()
    assert shown.currentIndex().row() == 3
    session.redo()
    assert shown.currentIndex().row() == 4


def test_a_drag_is_one_state(shown, session):
    for value in (0.5, 0.6, 0.7):
        session.apply(set_entry(Place(0, "W_hh"), (1, 1), value, "drag"))
    session.end_merging()
    assert rows(shown)[4:] == ["Rename", "Set W_hh[2,2]"]
    click(shown, 4)
    assert session.document.weight(Place(0, "W_hh"))[1, 1] == 0.5 == built_in("golden").weight(Place(0, "W_hh"))[1, 1]


def test_opening_a_scene_is_a_state_that_can_be_left_again(shown, session, states):
    session.open_document(built_in("vanishing"))
    assert rows(shown)[-1] == "Open Vanishing gradient"
    click(shown, 0)
    assert scene_text(session.document) == states[0]


def test_what_happens_while_it_is_hidden_is_there_when_it_is_seen(shown, session):
    shown.hide()
    session.undo()
    session.apply(set_title("Hidden"))
    session.apply(set_entry(Place(0, "W_hh"), (1, 0), 0.0))
    assert session.document.title == "Hidden"
    shown.show()
    assert rows(shown)[-2:] == ["Rename", "Set W_hh[2,1]"]
    assert shown.currentIndex().row() == 5
    assert session.history.index == 5


def test_a_full_history_shows_the_newest_state_and_one_beside_it(shown, session):
    shown.hide()
    for number in range(LIMIT):
        session.apply(set_title(f"{number}"))
    shown.show()
    session.apply(set_title("newest"))
    assert len(rows(shown)) == LIMIT
    assert shown.currentIndex().row() == LIMIT - 1
    assert shown.viewport().rect().contains(shown.visualRect(shown.currentIndex()))
    session.go_to(500)
    for row in (499, 500, 501):
        assert shown.viewport().rect().contains(shown.visualRect(shown.model().index(row, 0)))


def test_it_is_repainted_in_the_colours_of_another_theme(shown):
    before = shown.grab().toImage()
    shown.apply_theme(DARK)
    assert shown.grab().toImage() != before
    shown.apply_theme(LIGHT)
    assert shown.grab().toImage() == before
