"""Arrangements by purpose, and those that the user saves by name."""

from itertools import combinations, pairwise

import pytest
from PySide6.QtCore import QByteArray, QSettings, Qt
from PySide6.QtWidgets import QApplication

from rnnviz.app.layout import LAYOUTS
from rnnviz.app.view_actions import FORGET_LAYOUT_MENU, LAYOUT_MENU
from rnnviz.document.presets import built_in
from rnnviz.session.settings import Settings
from rnnviz.views.plots import PLOTS


def seen(window):
    QApplication.processEvents()
    return {key for key, card in window.cards.items() if card.isVisible()}


def arrangement(window):
    QApplication.processEvents()
    return {key: card.geometry() for key, card in window.cards.items() if card.isVisible()}


def listed(window, path):
    """Return the entries of a menu of layouts, as they are when it opens."""
    window.menus.menu(LAYOUT_MENU).aboutToShow.emit()
    return {action.text(): action for action in window.menus.menu(path).actions()}


def test_a_layout_shows_its_views_each_in_its_column_in_its_order(window):
    for layout in LAYOUTS:
        window.menus[f"view.layout.{layout.key}"].trigger()
        columns = [[key for key, _ in column.cards if key in window.cards] for column in layout.columns.values()]
        assert seen(window) == {key for keys in columns for key in keys}, layout.key
        lefts = [{window.cards[key].x() for key in keys} for keys in columns if keys]
        assert all(len(left) == 1 for left in lefts), layout.key
        assert lefts == sorted(lefts, key=min), layout.key
        for keys in columns:
            tops = [window.cards[key].y() for key in keys]
            assert tops == sorted(tops), layout.key


def test_a_layout_shares_heights_out_as_declared(make_window):
    window = make_window(size=(2400, 1800))  # room enough that no least height is in the way
    for layout in LAYOUTS:
        window.menus[f"view.layout.{layout.key}"].trigger()
        QApplication.processEvents()
        for column in layout.columns.values():
            cards = [(window.cards[key].height(), share) for key, share in column.cards if key in window.cards]
            for (height, share), (other, part) in pairwise(cards):
                assert height / other == pytest.approx(share / part, rel=0.06), layout.key


def test_layouts_name_views_that_exist_or_are_promised():
    promised = {"gates", "cell", "gradient-map", "connectivity", "jacobians", "weight-gradients", "sweep"}
    editors = {"weights-editor", "input", "history", "training-editor", "samples"}
    known = {"perturbation"} | editors | promised | PLOTS.keys()
    for layout in LAYOUTS:
        keys = [key for column in layout.columns.values() for key, _ in column.cards]
        assert len(set(keys)) == len(keys)
        assert known >= set(keys)


def test_reset_brings_the_default_back_from_every_layout(window):
    before = arrangement(window)
    for layout in LAYOUTS:
        window.menus[f"view.layout.{layout.key}"].trigger()
        window.menus["view.reset"].trigger()
        after = arrangement(window)
        assert after.keys() == before.keys(), layout.key
        for key, geometry in after.items():
            sides = zip(geometry.getRect(), before[key].getRect(), strict=True)
            assert all(abs(a - b) <= 8 for a, b in sides), (layout.key, key)


def test_an_own_layout_is_saved_by_name_comes_back_and_is_deleted(window, answers):
    window.cards["phase"].close()
    window.cards["inputs"].show()
    window.dock_area.resizeDocks([window.cards["weights-editor"]], [420], Qt.Orientation.Horizontal)
    mine = arrangement(window)
    answers.expect("layout_name", "Mine & yours")
    window.menus["view.layout.save"].trigger()
    window.menus["view.reset"].trigger()
    assert arrangement(window) != mine
    listed(window, LAYOUT_MENU)["Mine && yours"].trigger()
    assert arrangement(window) == mine
    listed(window, FORGET_LAYOUT_MENU)["Mine && yours"].trigger()
    assert "Mine && yours" not in listed(window, LAYOUT_MENU)
    assert window.settings.own_layouts() == {}


def test_an_own_layout_is_there_in_the_next_window(make_window, answers):
    first = make_window()
    first.cards["phase"].close()
    answers.expect("layout_name", "Two columns")
    first.menus["view.layout.save"].trigger()
    shown = seen(first)
    first.close()
    second = make_window()
    second.menus["view.reset"].trigger()
    listed(second, LAYOUT_MENU)["Two columns"].trigger()
    assert seen(second) == shown


def test_no_name_saves_nothing(window, answers):
    answers.expect("layout_name", None)
    window.menus["view.layout.save"].trigger()
    assert window.settings.own_layouts() == {}


def test_a_damaged_own_layout_is_absent(window):
    state = window.dock_area.saveState()
    window.settings.keep_layout("sound", state)
    window.settings.keep_layout("nonsense", QByteArray(b"nonsense"))
    assert window.settings.own_layouts() == {"sound": state}


@pytest.mark.parametrize("stored", ["{", "[1, 2]", '{"a": 3, "b": null, "c": "%%"}', "[" * 100_000])
def test_damaged_settings_hold_no_layouts(tmp_path, stored):
    store = QSettings(str(tmp_path / "damaged.ini"), QSettings.Format.IniFormat)
    store.setValue("layouts", stored)
    assert Settings(store).own_layouts() == {}


def test_a_truncated_own_layout_is_said_and_changes_nothing(window):
    window.settings.keep_layout("half", window.dock_area.saveState()[:40])
    before = arrangement(window)
    listed(window, LAYOUT_MENU)["half"].trigger()
    assert arrangement(window) == before
    assert "half" in window.statusBar().currentMessage()


def test_no_panel_covers_another_in_a_small_window(make_window):
    window = make_window(built_in("lstm-memory"), size=(1280, 720))
    for layout in LAYOUTS:
        window.arrange(layout)
        QApplication.processEvents()
        area = window.dock_area
        seen = [card for card in window.cards.values() if card.isVisible()]
        assert area.parent().rect().contains(area.geometry()), layout.key  # nothing needs scrolling
        assert all(area.rect().contains(card.geometry()) for card in seen), layout.key
        assert not any(a.geometry().intersects(b.geometry()) for a, b in combinations(seen, 2)), layout.key


def test_more_panels_than_a_small_window_has_room_for_can_be_scrolled_to(make_window, qtbot):
    window = make_window(size=(1280, 720))
    for card in window.cards.values():
        card.show()
    area = window.dock_area
    seen = list(window.cards.values())
    qtbot.waitUntil(lambda: not any(a.geometry().intersects(b.geometry()) for a, b in combinations(seen, 2)))
    assert area.height() > area.parent().height()
