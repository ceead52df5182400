"""The figure dialog's newer rows: several views, styles with a name, words; and that it does not wait."""

import shlex
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from rnnviz.app.figure_dialog import FigureDialog
from rnnviz.app.main import main
from rnnviz.document.document import Place
from rnnviz.document.edits import set_entry
from rnnviz.document.presets import built_in
from rnnviz.session.computer import InlineComputer
from rnnviz.session.figure_choices import STYLE, FigureChoices
from rnnviz.session.session import Session
from rnnviz.session.time_range import TimeRange


class Slow(InlineComputer):
    """Frames are there at once, but what plots ask goes to another process."""

    at_once_ms = 0.0


@pytest.fixture
def window(make_window):
    """The window behind the dialog, which need not be seen."""
    made = make_window(is_shown=False)
    made.fill()
    return made


@pytest.fixture
def open_dialog(window, qtbot):
    """Return a function that opens the dialog on a view and waits for its picture."""

    def open_it(view=None, window=window):
        window.export_figure(view)
        dialog = window.findChild(FigureDialog)
        qtbot.waitUntil(lambda: not dialog.preview.image.isNull() or bool(dialog.preview.words))
        return dialog

    return open_it


@pytest.fixture
def dialog(open_dialog):
    return open_dialog()


def shown(dialog):
    return bytes(dialog.preview.image.constBits())


def drawn(dialog):
    """Return the preview as numbers; it keeps its size in these tests."""
    return np.frombuffer(dialog.preview.image.constBits(), np.uint8).astype(float)


def options(dialog):
    return shlex.split(dialog.command.text())


def click(qtbot, widget, at=None):
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton, pos=at or QPoint())


def type_into(qtbot, field, text):
    field.selectAll()
    qtbot.keyClicks(field, text)


def check(qtbot, dialog, words):
    """Click on the check box of a view in the list."""
    views = dialog.form.view_list
    [item] = views.findItems(words, Qt.MatchFlag.MatchExactly)
    views.scrollToItem(item)
    place = views.visualItemRect(item)
    click(qtbot, views.viewport(), QPoint(place.left() + 10, place.center().y()))


# Several views


def test_views_can_be_added_left_out_and_moved(qtbot, dialog):
    dialog.form.view_box.set_choice("several")
    assert dialog.form.view_list.isVisible()
    assert dialog.form.views == ("hidden", "gradients")
    check(qtbot, dialog, "Phase portrait")
    check(qtbot, dialog, "Hidden state h")
    assert dialog.form.views == ("gradients", "phase")
    dialog.form.view_list.setCurrentRow(1)
    qtbot.keyClick(dialog.form.view_list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    click(qtbot, dialog.form.columns_row.button("1"))
    assert options(dialog)[3:7] == ["--view", "gradients", "--view", "phase"]
    assert "--columns=1" in options(dialog)


def test_the_order_of_views_is_that_of_the_list(qtbot, dialog):
    dialog.form.view_box.set_choice("several")
    before = shown(dialog)
    dialog.form.view_list.setCurrentRow(0)
    qtbot.keyClick(dialog.form.view_list, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert dialog.form.views == ("gradients", "hidden")
    qtbot.waitUntil(lambda: shown(dialog) != before)


def test_without_any_view_the_dialog_says_what_to_do(qtbot, dialog):
    dialog.form.view_box.set_choice("several")
    for words in ("Hidden state h", "Gradient magnitude"):
        check(qtbot, dialog, words)
    qtbot.waitUntil(lambda: dialog.preview.words == "Views: check at least one")
    assert not dialog.export_button.isEnabled()
    assert dialog.command.text() == ""


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_a_grid_with_all_options_is_the_same_file_from_dialog_and_command(
    qtbot, dialog, answers, tmp_path, monkeypatch, kind
):
    form = dialog.form
    form.view_box.set_choice("several")
    check(qtbot, dialog, "Unrolled network")
    click(qtbot, form.way_row.button("both"))
    click(qtbot, form.kind_row.button(kind))
    for name in ("shows_legend", "has_letters", "is_transparent"):
        click(qtbot, form.boxes[name])
    form.font_box.set_choice("STIX Two Math")
    form.theme_box.set_choice("print")
    type_into(qtbot, form.text_field, "80")
    type_into(qtbot, form.title_field, "--title 'of' its own")
    type_into(qtbot, form.caption_field, 'Words & "quotes"')
    answers.expect("save_figure", tmp_path / f"exported.{kind}")
    click(qtbot, dialog.export_button)
    assert dialog.status.text().startswith("Saved")
    monkeypatch.chdir(tmp_path)
    assert main(options(dialog)[1:]) == 0
    assert (tmp_path / f"figure.{kind}").read_bytes() == (tmp_path / f"exported.{kind}").read_bytes()


def test_rows_are_there_for_the_views_that_have_them(dialog):
    form = dialog.form
    for view, rows in (("hidden", (False, False)), ("unrolled", (False, True)), ("several", (True, False))):
        form.view_box.set_choice(view)
        assert (form.columns_row.isVisible(), form.way_row.isVisible()) == rows
    form.view_box.set_choice("window")
    assert not form.title_field.isEnabled()
    assert not form.boxes["is_transparent"].isEnabled()


def test_the_network_is_drawn_as_the_window_shows_it_unless_the_form_says_otherwise(qtbot, window, open_dialog):
    window.show()
    window.playback.set_direction(-1)
    window.cards["unrolled"].content.plot.fold()
    dialog = open_dialog("unrolled")
    assert "--direction backward --folded" in dialog.command.text()
    click(qtbot, dialog.form.way_row.button("forward"))
    assert "--direction" not in dialog.command.text()
    assert "--folded" in dialog.command.text()


def test_the_tab_of_the_worked_step_is_in_its_figure_and_command(window, open_dialog):
    window.show()
    window.cards["step"].content.plot.show_topic("readout")
    dialog = open_dialog("step")
    assert "--part readout" in dialog.command.text()


# Words


def test_the_height_of_words_on_paper_is_said(qtbot, dialog):
    form = dialog.form
    type_into(qtbot, form.width_field, "160")
    type_into(qtbot, form.height_field, "90")
    assert form.notes[form.text_field].text() == "% of usual: 9 pt"
    type_into(qtbot, form.text_field, "200")
    assert form.notes[form.text_field].text() == "% of usual: 18 pt"
    type_into(qtbot, form.text_field, "0")
    assert form.notes[form.text_field].text() == "choose 25 to 400 %"
    assert not dialog.export_button.isEnabled()


# The part of time


def test_the_steps_of_a_figure_are_those_of_the_window_all_of_them_or_ones_own(
    qtbot, window, dialog, answers, tmp_path, monkeypatch
):
    form = dialog.form
    assert "--from" not in dialog.command.text()
    whole = drawn(dialog)
    window.session.set_time_range(TimeRange(10, 25))
    assert "--from 10 --to 25" in dialog.command.text()
    qtbot.waitUntil(lambda: np.abs(drawn(dialog) - whole).mean() > 2)
    click(qtbot, form.excerpt_row.button("all"))
    assert "--from" not in dialog.command.text()
    qtbot.waitUntil(lambda: np.abs(drawn(dialog) - whole).mean() < 0.1)
    click(qtbot, form.excerpt_row.button("own"))
    type_into(qtbot, form.first_field, "5")
    type_into(qtbot, form.last_field, "30")
    assert "--from 5 --to 30" in dialog.command.text()
    answers.expect("save_figure", tmp_path / "exported.svg")
    click(qtbot, form.kind_row.button("svg"))
    click(qtbot, dialog.export_button)
    monkeypatch.chdir(tmp_path)
    assert main(options(dialog)[1:]) == 0
    assert (tmp_path / "hidden.svg").read_bytes() == (tmp_path / "exported.svg").read_bytes()


def test_steps_that_are_none_are_refused_and_those_beyond_the_end_left_out(qtbot, dialog):
    form = dialog.form
    click(qtbot, form.excerpt_row.button("own"))
    type_into(qtbot, form.first_field, "20")
    type_into(qtbot, form.last_field, "20")
    qtbot.waitUntil(lambda: dialog.preview.words == "Excerpt: the first step has to come before the last")
    assert not dialog.export_button.isEnabled()
    type_into(qtbot, form.last_field, "900")
    assert "--from 20 --to 40" in dialog.command.text()
    type_into(qtbot, form.first_field, "0")
    assert "--from" not in dialog.command.text()


# Scales that are held


@pytest.mark.parametrize("view", ["hidden", "window"])
def test_scales_that_the_window_holds_are_those_of_the_figure_and_its_command(  # noqa: PLR0913, PLR0917 - fixtures
    qtbot, window, open_dialog, answers, tmp_path, monkeypatch, view
):
    dialog = open_dialog(view)
    assert "--scale" not in dialog.command.text()
    before = shown(dialog)
    window.cards["hidden"].content.hold_scales({"h": (-3.0, 3.0)})
    qtbot.waitUntil(lambda: shown(dialog) != before, timeout=20000)
    assert "--scale=hidden.h=-3.0:3.0" in options(dialog)
    answers.expect("save_figure", tmp_path / "exported.png")
    click(qtbot, dialog.export_button)
    monkeypatch.chdir(tmp_path)
    assert main(options(dialog)[1:]) == 0
    assert (tmp_path / f"{view}.png").read_bytes() == (tmp_path / "exported.png").read_bytes()


# Pinned states


def test_without_pinned_states_a_command_makes_the_figure_again(qtbot, window, dialog):
    window.session.apply(set_entry(Place(0, "W_hh"), (0, 0), 0.1))
    window.pins.pin()
    window.session.undo()
    assert dialog.command.text() == ""
    assert "pinned" in dialog.command.placeholderText()
    click(qtbot, dialog.form.boxes["shows_ghosts"])
    qtbot.waitUntil(lambda: dialog.command.text() != "")
    assert options(dialog)[:3] == ["rnnviz", "export", "default"]


def test_pinned_built_in_scenes_are_ghosts_in_the_command_too(qtbot, window, dialog, answers, tmp_path, monkeypatch):
    window.pins.pin()
    window.session.open_document(built_in("vanishing"))
    window.pins.pin()
    window.session.open_document(built_in("orthogonal"))
    assert options(dialog)[-2:] == ["--ghost=A=default", "--ghost=B=vanishing"]
    answers.expect("save_figure", tmp_path / "exported.png")
    click(qtbot, dialog.export_button)
    monkeypatch.chdir(tmp_path)
    assert main(options(dialog)[1:]) == 0
    assert (tmp_path / "hidden.png").read_bytes() == (tmp_path / "exported.png").read_bytes()


# Styles


def test_a_style_is_kept_used_and_forgotten(qtbot, dialog, window, answers):
    form = dialog.form
    type_into(qtbot, form.width_field, "85")
    form.theme_box.set_choice("print")
    click(qtbot, form.boxes["shows_legend"])
    answers.expect("figure_style_name", "Paper")
    click(qtbot, form.keep_button)
    assert form.style_box.currentText() == "Paper"
    click(qtbot, form.boxes["shows_legend"])
    type_into(qtbot, form.title_field, "mine")
    assert form.style_box.currentText() == "Own"
    assert not form.forget_button.isEnabled()
    form.style_box.setFocus()
    qtbot.keyClick(form.style_box, Qt.Key.Key_Down)
    assert form.style_box.currentText() == "Paper"
    assert not form.boxes["shows_legend"].isChecked()
    assert form.title_field.text() == "mine"  # what is shown is no part of a style
    click(qtbot, form.forget_button)
    assert window.settings.figure_styles() == {}
    assert form.style_box.currentText() == "Own"


def test_giving_up_the_name_keeps_no_style(qtbot, dialog, window, answers):
    answers.expect("figure_style_name", None)
    click(qtbot, dialog.form.keep_button)
    assert window.settings.figure_styles() == {}


def test_styles_hold_the_look_alone_and_survive_what_is_damaged(window):
    settings = window.settings
    choices = FigureChoices(view="phase", width_mm=85.0, title="x", text_percent=150, font="STIX Two Math")
    settings.keep_figure_style("Paper", choices)
    settings.keep_figure_style("Broken", replace(choices, dpi=10**9))
    styles = settings.figure_styles()
    assert list(styles) == ["Broken", "Paper"]
    assert styles["Broken"].dpi == FigureChoices().dpi
    assert (styles["Paper"].view, styles["Paper"].title) == (FigureChoices().view, "")
    assert all(getattr(styles["Paper"], name) == getattr(choices, name) for name in STYLE)


def test_everything_that_was_set_is_there_the_next_time(qtbot, window, open_dialog):
    dialog = open_dialog()
    dialog.form.view_box.set_choice("several")
    check(qtbot, dialog, "Eigenvalues")
    type_into(qtbot, dialog.form.caption_field, "words")
    click(qtbot, dialog.form.columns_row.button("3"))
    with qtbot.waitSignal(dialog.destroyed):
        click(qtbot, dialog.close_button)
    form = open_dialog().form
    assert form.views == ("hidden", "gradients", "spectrum")
    assert (form.caption_field.text(), form.columns_row.choice) == ("words", "3")
    assert window.settings.figure.several == ("hidden", "gradients", "spectrum")


# It does not wait


@pytest.fixture
def slow_window(make_window):
    return make_window(session=Session(built_in("default"), Slow()), is_shown=False)


@pytest.mark.parametrize("view", ["sweep", "connectivity"])
def test_what_takes_long_is_computed_in_the_background_and_the_preview_says_so(slow_window, open_dialog, qtbot, view):
    dialog = open_dialog(view, slow_window)
    qtbot.waitUntil(lambda: dialog.preview.words == "Computing …")
    qtbot.waitUntil(lambda: not dialog.preview.image.isNull(), timeout=20000)


def test_exporting_before_the_answer_writes_nothing_and_says_to_wait(
    slow_window, open_dialog, qtbot, answers, tmp_path
):
    dialog = open_dialog("sweep", slow_window)
    qtbot.waitUntil(lambda: dialog.preview.words == "Computing …")
    answers.expect("save_figure", tmp_path / "a.png")
    click(qtbot, dialog.export_button)
    assert "Still computing" in dialog.status.text()
    assert list(tmp_path.glob("*.png")) == []
    qtbot.waitUntil(lambda: not dialog.preview.image.isNull(), timeout=20000)
    answers.expect("save_figure", tmp_path / "a.png")
    click(qtbot, dialog.export_button)
    assert dialog.status.text().startswith("Saved")


def test_a_grid_of_two_costly_views_comes_in_the_end(slow_window, open_dialog, qtbot):
    dialog = open_dialog("several", slow_window)
    dialog.form.view_list.set_chosen(("sweep", "jacobians"))
    qtbot.waitUntil(lambda: dialog.preview.words == "Computing …")
    qtbot.waitUntil(lambda: not dialog.preview.image.isNull(), timeout=20000)


def test_the_whole_window_waits_for_what_its_plots_ask_too(slow_window, open_dialog, qtbot):
    slow_window.show_card("sweep")
    dialog = open_dialog("window", slow_window)
    qtbot.waitUntil(lambda: dialog.preview.words == "Computing …", timeout=20000)
    qtbot.waitUntil(lambda: not dialog.preview.image.isNull(), timeout=20000)


def test_closing_while_it_computes_leaves_nobody_listening(slow_window, open_dialog, qtbot):
    dialog = open_dialog("sweep", slow_window)
    qtbot.waitUntil(lambda: dialog.preview.words == "Computing …")
    with qtbot.waitSignal(dialog.destroyed):
        dialog.close()
    slow_window.session.set_cursor(3)
