"""Presentation mode, led as a lecturer leads it: by keys, on a screen of 1920 × 1080."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from rnnviz.app.help import keys_table
from rnnviz.app.stage_keys import STAGE_KEYS
from rnnviz.document.document import Place
from rnnviz.document.edits import set_entry
from rnnviz.document.presets import built_in
from rnnviz.session.session import Session
from rnnviz.session.time_range import TimeRange
from rnnviz.views.figure.device import paint_figure
from rnnviz.views.figure.engine import FigureEngine
from rnnviz.views.figure.figure import LOGICAL_DPI, MM_PER_INCH, Figure
from rnnviz.views.fonts import MATHS
from rnnviz.views.plots import PLOTS
from rnnviz.views.plots._base import Plot
from rnnviz.views.plots._time import TimePlot
from rnnviz.views.theme import DARK, LIGHT

KEY = Qt.Key
FULL_HD = (1920, 1080)
LEAST_WORDS = 24

# of the offscreen platform, about windows on top of each other
pytestmark = pytest.mark.qt_log_ignore(r"^This plugin does not support", extend=True)


def present(window, size=FULL_HD):
    """Press F5; the invented screen of the tests is smaller than a projector, so the stage is made as large as one."""
    QTest.keyClick(window, KEY.Key_F5)
    stage = window.stage
    assert stage.isFullScreen()
    stage.showNormal()
    stage.resize(*size)
    stage.activateWindow()
    QApplication.processEvents()
    assert stage.size().toTuple() == size
    return stage


def press(stage, *keys):
    for key in keys:
        QTest.keyClick(QApplication.focusWidget() or stage, key)
        QApplication.processEvents()


def seen(stage):
    return [key for key, card in stage.cards.items() if card.isVisible()]


def picture(widget):
    return widget.grab().toImage()


# Coming and going


def layout_rests(window):
    """Return whether another round of events moves nothing."""
    before = window.dock_area.saveState()
    QApplication.processEvents()
    return window.dock_area.saveState() == before


def test_f5_shows_plots_only_and_esc_brings_everything_back_exactly(window, qtbot):
    window.change_text(+1)
    QApplication.processEvents()
    window.cards["outputs"].close()
    window.cards["step"].close()  # its equation may be typeset in the meantime
    window.dock_area.resizeDocks([window.cards["weights-editor"]], [400], Qt.Orientation.Horizontal)
    window.session.set_cursor(17)
    qtbot.waitUntil(lambda: layout_rests(window))
    before = everything(window)
    stage = present(window)
    assert {type(plot) for plot in stage.findChildren(Plot)} <= set(PLOTS.values())
    assert not stage.cards["outputs"].isVisible()
    press(stage, KEY.Key_D, KEY.Key_2, KEY.Key_PageDown, KEY.Key_R, KEY.Key_R)
    press(stage, KEY.Key_Escape, KEY.Key_Escape)
    assert not stage.isVisible()
    window.activateWindow()
    QApplication.processEvents()
    assert window.session.cursor == 18
    window.session.set_cursor(17)
    QApplication.processEvents()
    after = everything(window)
    for what, value in before.items():
        assert after[what] == value, what


def everything(window):
    """Return what a lecturer would notice."""
    return {
        "docks": window.dock_area.saveState(),
        "window": window.saveState(),
        "geometry": window.saveGeometry(),
        "state": window.windowState(),
        "theme": window.theme,
        "cards": {key: (card.isVisible(), card.geometry()) for key, card in window.cards.items()},
        "font": QApplication.font(),
        "sheet": QApplication.instance().styleSheet(),
        "menu": [card.toggleViewAction().isChecked() for card in window.cards.values()],
        "picture": picture(window),
    }


def test_it_can_be_entered_again_and_again(window):
    for _ in range(3):
        stage = present(window)
        press(stage, KEY.Key_R)
        assert stage.bar.words.startswith("what comes next")
        press(stage, KEY.Key_Escape)
    assert present(window).bar.words.startswith("6  Output")  # nothing is hidden at the start
    press(stage, KEY.Key_F5)
    assert not stage.isVisible()


def test_the_button_in_the_header_presents(window):
    QTest.mouseClick(window.header.present_button, Qt.MouseButton.LeftButton)
    assert window.stage.isVisible()


def test_closing_the_stage_goes_back_to_the_window(window):
    stage = present(window)
    stage.close()
    assert not stage.isVisible()
    assert window.cards["hidden"].isVisible()


def test_the_views_are_those_of_the_layout(window):
    window.menus["view.layout.lecture"].trigger()
    stage = present(window)
    assert seen(stage) == ["unrolled", "hidden", "gradients"]
    assert len({stage.cards[key].x() for key in seen(stage)}) == 1


def test_without_any_view_in_the_window_there_is_the_lecture(window):
    for key in PLOTS:
        window.cards[key].close()
    assert seen(present(window)) == ["unrolled", "hidden", "gradients"]


def test_views_for_which_there_is_no_room_are_named_with_their_numbers(window):
    stage = present(window)
    away = [key for key in stage.shown if key not in seen(stage)]
    assert away == ["outputs", "phase"]
    for key in away:
        assert f"{stage.shown.index(key) + 1}  {PLOTS[key].spec.title}" in stage.bar.words


def test_what_stands_above_a_plot_is_seen_when_it_has_the_screen_for_itself(window):
    for key in PLOTS:
        window.cards[key].setVisible(key == "perturbation")
    stage = present(window)
    panel = stage.cards["perturbation"].panel
    controls = [child for child in panel.children() if isinstance(child, QWidget) and child is not panel.plot]
    assert [control.isVisible() for control in controls] == [False]
    press(stage, KEY.Key_1)
    assert [control.isVisible() for control in controls] == [True]


def test_the_covered_window_costs_nothing(window, monkeypatch):
    shown = []
    stage = present(window)
    for name in ("show_frame", "show_cursor"):
        usual = getattr(Plot, name)
        monkeypatch.setattr(Plot, name, lambda plot, *args, usual=usual: (shown.append(plot), usual(plot, *args)))
    press(stage, KEY.Key_PageUp)
    shown = [plot for plot in shown if type(plot) in PLOTS.values()]  # the input's editor is none of them
    assert shown
    assert all(plot.window() is stage for plot in shown)


# Keys


STEPS = {
    KEY.Key_PageDown: 18,
    KEY.Key_PageUp: 16,
    KEY.Key_Right: 18,
    KEY.Key_Left: 16,
    KEY.Key_Home: 0,
    KEY.Key_End: 40,
}


def test_a_clicker_steps_through_time_whatever_has_the_focus(window):
    stage = present(window)
    for focused in (None, stage.cards["hidden"].panel.plot, stage.cards["step"].panel.plot):
        if focused is not None:
            focused.setFocus()
        for key, t in STEPS.items():
            window.session.set_cursor(17)
            press(stage, key)
            assert window.session.cursor == t
            assert stage.bar.time_words == f"t = {t} / 40"
            assert stage.cards["hidden"].panel.plot.cursor_t == t


def test_a_number_fills_the_screen_with_its_view_and_brings_all_back(window):
    stage = present(window)
    together = seen(stage)
    for number, key in enumerate(stage.shown, start=1):
        press(stage, KEY(KEY.Key_0 + number))
        assert seen(stage) == [key]
        assert stage.cards[key].width() > 0.98 * FULL_HD[0]
        assert stage.cards[key].height() > 0.85 * FULL_HD[1]
        press(stage, KEY(KEY.Key_0 + number) if number % 2 else KEY.Key_Escape)
        assert seen(stage) == together
    press(stage, KEY.Key_1, KEY.Key_3)
    assert seen(stage) == [stage.shown[2]]
    press(stage, KEY.Key_3, KEY.Key_9)
    assert seen(stage) == together  # there is no ninth


def test_b_makes_the_screen_black_and_any_key_returns(window):
    stage = present(window)
    before, cursor = picture(stage), window.session.cursor
    for back in (KEY.Key_B, KEY.Key_PageUp, KEY.Key_X, KEY.Key_1, KEY.Key_Escape):
        press(stage, KEY.Key_B)
        black = picture(stage)
        assert {black.pixelColor(x, y).name() for x in range(0, 1920, 97) for y in range(0, 1080, 53)} == {"#000000"}
        press(stage, back)
        assert picture(stage) == before
        assert window.session.cursor == cursor
        assert stage.isVisible()


def test_the_spot_follows_the_pointer_and_hides_when_it_rests(window, qtbot):
    stage = present(window)
    QCursor.setPos(stage.mapToGlobal(QPoint(300, 400)))
    press(stage, KEY.Key_H)
    assert stage.spot.isVisible()
    QCursor.setPos(stage.mapToGlobal(QPoint(700, 500)))
    qtbot.waitUntil(lambda: (stage.spot.geometry().center() - QPoint(700, 500)).manhattanLength() <= 2)
    assert stage.childAt(QPoint(700, 500)) is not stage.spot  # what is under it is clicked
    qtbot.waitUntil(lambda: not stage.spot.isVisible())
    QCursor.setPos(stage.mapToGlobal(QPoint(710, 500)))
    qtbot.waitUntil(stage.spot.isVisible)
    press(stage, KEY.Key_H)
    assert not stage.spot.isVisible()
    press(stage, KEY.Key_H, KEY.Key_Escape)
    assert not stage.spot.is_on


def test_d_switches_between_light_and_dark_on_the_stage_alone(window):
    window.choose_theme("light")
    stage = present(window)
    for theme in (DARK, LIGHT):
        press(stage, KEY.Key_D)
        corner = picture(stage).pixelColor(2, 2).name()
        assert corner == theme.canvas
        assert stage.cards["hidden"].panel.plot.theme.card == theme.card
        assert window.theme.name == "light"


def test_space_plays(window):
    stage = present(window)
    press(stage, KEY.Key_Home, KEY.Key_Space)
    assert window.playback.is_playing
    press(stage, KEY.Key_Space)
    assert not window.playback.is_playing


def test_the_line_of_time_is_dragged(window):
    stage = present(window)
    for x in (stage.bar.width() - 1, 0):
        QTest.mousePress(stage.bar, Qt.MouseButton.LeftButton, pos=QPoint(x, stage.bar.height() // 2))
        QTest.mouseRelease(stage.bar, Qt.MouseButton.LeftButton)
        assert window.session.cursor == (0 if x == 0 else 40)


def test_the_sheet_of_keys_lists_them_all():
    sheet = keys_table("#000000")
    for key in STAGE_KEYS:
        assert key.says in sheet
        assert key.does in sheet


def test_no_key_of_the_stage_does_two_things():
    keys = [key for stage_key in STAGE_KEYS for key in stage_key.keys]
    assert len(keys) == len(set(keys))


# Predict, then reveal


def test_what_is_hidden_is_told_by_nothing_on_the_whole_screen(make_window):
    document = built_in("default")
    values = document.input.values.copy()
    values[:, 17:] = 0.4 - values[:, 17:]
    other = replace(document, input=replace(document.input, values=values))
    pictures = []
    for each in (document, other):
        window = make_window(each)
        stage = present(window)
        press(stage, KEY.Key_End, KEY.Key_R)  # everything has been seen before it is hidden
        window.session.set_cursor(30)
        window.session.set_cursor(17)
        QApplication.processEvents()
        pictures.append(picture(stage))
        words = {widget.toolTip() + widget.accessibleName() for widget in stage.findChildren(QWidget)}
        pictures.append(words)
        press(stage, KEY.Key_Escape)
        window.close()
    assert pictures[0] == pictures[2]
    assert pictures[1] == pictures[3]


def test_r_hides_what_comes_then_the_gradient_then_nothing(window):
    stage = present(window)
    window.session.set_cursor(17)
    QApplication.processEvents()
    before = picture(stage)
    press(stage, KEY.Key_R)
    forward = picture(stage)
    assert stage.cards["gradients"].panel.plot.is_covered
    press(stage, KEY.Key_R)
    backward = picture(stage)
    assert not stage.cards["gradients"].panel.plot.is_covered
    press(stage, KEY.Key_R)
    assert picture(stage) == before
    assert before != forward != backward != before


def test_stepping_to_the_end_reveals_everything(window):
    stage = present(window)
    press(stage, KEY.Key_End)
    cards = {key: picture(stage.cards[key]) for key in seen(stage)}
    press(stage, KEY.Key_PageUp, KEY.Key_R)
    assert picture(stage.cards["hidden"]) != cards["hidden"]
    press(stage, KEY.Key_PageDown)
    assert {key: picture(stage.cards[key]) for key in seen(stage)} == cards


# Words that can be read from the back row


class Words(FigureEngine):
    """Takes note of every text that is painted: its height on the page, its typeface, and what it says."""

    def __init__(self, page):
        super().__init__(page)
        self.found = []

    def draw_text(self, baseline, item):  # noqa: ARG002
        font, scale = item.font(), self.transform.m22()
        self.found.append((font.pixelSize() * scale, font.family(), item.text()))

    def draw_shape(self, path, brush, pen):
        pass

    def draw_image(self, image, placed):
        pass


def words_on(stage):
    """Return every text on the stage with its height in pixels and its typeface."""
    for plot in stage.findChildren(Plot):
        plot.paints_directly = True
    engine = Words(QRectF(stage.rect()))
    sides = (side / LOGICAL_DPI * MM_PER_INCH for side in FULL_HD)
    paint_figure(Figure(lambda painter, _: stage.render(painter, QPoint()), *sides, "words", QColor("white")), engine)
    return engine.found


@pytest.mark.parametrize(("scene", "dark"), [("default", False), ("lstm-memory", True), ("stacked", False)])
def test_no_words_are_smaller_than_24_px_on_1920_by_1080(make_window, scene, dark):
    window = make_window(built_in(scene))
    found, keys = [], list(PLOTS)
    for shown in (keys[:8], keys[8:16], keys[16:]):  # no more than there are numbers
        for key in PLOTS:
            window.cards[key].setVisible(key in shown)
        stage = present(window)
        if dark:
            press(stage, KEY.Key_D)
        found += words_on(stage)
        for number in range(1, len(shown) + 1):
            press(stage, KEY(KEY.Key_0 + number))
            assert seen(stage) == [stage.shown[number - 1]]
            found += words_on(stage)
            press(stage, KEY.Key_Escape)
        press(stage, KEY.Key_Escape)
    assert len(found) > 200
    # what hangs on a letter of a formula is smaller than the letter, as mathematics is set
    small = {words for words in found if words[0] < LEAST_WORDS * (0.7 if words[1] == MATHS else 1.0) - 0.01}
    assert small == set()


def test_the_stage_shows_the_part_of_time_that_the_window_shows(window):
    window.session.set_time_range(TimeRange(10, 25))
    stage = present(window)
    plots = {key: stage.cards[key].panel.plot for key in seen(stage) if issubclass(PLOTS[key], TimePlot)}
    assert "hidden" in plots
    assert {plot.visible for plot in plots.values()} == {TimeRange(10, 25)}
    window.session.set_cursor(30)  # on to the next part
    assert {plot.visible for plot in plots.values()} == {window.session.time_range}
    assert window.session.time_range.holds(30)
    plots["hidden"].time_range_requested.emit(TimeRange(0, 12))
    assert {plot.visible for plot in plots.values()} == {TimeRange(0, 12)}


def test_plots_of_long_frames_take_turns(window, qtbot, monkeypatch):
    monkeypatch.setattr(Session, "has_long_frame", True)
    stage = present(window)
    plots = [stage.cards[key].panel.plot for key in seen(stage)]
    qtbot.waitUntil(lambda: all(plot.frame is window.session.frame for plot in plots))
    window.apply(set_entry(Place(0, "W_hh"), (0, 0), 0.5))
    assert len(plots) > 2
    assert not any(plot.frame is window.session.frame for plot in plots)
    QApplication.processEvents()
    qtbot.waitUntil(lambda: all(plot.frame is window.session.frame for plot in plots))
    press(stage, KEY.Key_Right)
    qtbot.waitUntil(lambda: all(plot.cursor_t == window.session.cursor for plot in plots))
