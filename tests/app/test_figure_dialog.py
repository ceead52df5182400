"""The figure dialog: what it shows, what it writes, and that its command writes the same."""

import gc
import io
import shlex
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import resvg_py
from PIL import Image
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QLabel

from rnnviz.app.exports import KINDS, FigureOrder, ordered_figure
from rnnviz.app.figure_dialog import FigureDialog, with_ending
from rnnviz.app.main import main
from rnnviz.app.window import MainWindow
from rnnviz.document.compute import compute
from rnnviz.document.document import Place
from rnnviz.document.edits import set_entry
from rnnviz.document.presets import built_in
from rnnviz.session.figure_choices import FigureChoices
from rnnviz.session.session import Selection
from rnnviz.session.settings import Settings
from rnnviz.session.time_range import TimeRange
from rnnviz.views.figure import figure_image, save_figure
from rnnviz.views.figures import Moment
from rnnviz.views.theme import DARK, LIGHT, THEMES

LONG_MS = 60_000


@pytest.fixture
def window(make_window):
    """The window behind the dialog, which need not be seen."""
    made = make_window(is_shown=False)
    made.session.set_cursor(17)
    return made


@pytest.fixture
def open_dialog(qtbot, window):
    """Return a function that opens the dialog as the menu does, and waits for its picture."""

    def open_it():
        window.menus["file.export"].trigger()
        dialog = window.findChild(FigureDialog)
        qtbot.waitUntil(lambda: not dialog.preview.image.isNull())
        return dialog

    return open_it


@pytest.fixture
def dialog(open_dialog):
    return open_dialog()


def type_into(qtbot, field, text):
    field.selectAll()
    qtbot.keyClicks(field, text)


def choose(qtbot, box, key):
    """Choose in a combo box with the keyboard."""
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Home)
    for _ in range(box.findData(key)):
        qtbot.keyClick(box, Qt.Key.Key_Down)
    assert box.choice == key


def see(qtbot, dialog, view):
    """Choose a view and wait for its picture."""
    if dialog.form.view == view:
        return
    before = shown(dialog)
    choose(qtbot, dialog.form.view_box, view)
    qtbot.waitUntil(lambda: differs(dialog, before))


def click(qtbot, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def pixels_of(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    whole = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)
    return whole[:, : image.width(), :3].astype(float)


def shown(dialog) -> bytes:
    return bytes(dialog.preview.image.constBits())


def differs(dialog, picture) -> bool:
    return shown(dialog) != picture


def run_command(command: str) -> int:
    program, *words = shlex.split(command)
    assert program == "rnnviz"
    return main(words)


# What it shows


def test_the_dialog_does_not_block_the_window(dialog):
    assert dialog.isVisible()
    assert not dialog.isModal()


def test_asking_for_it_again_opens_no_second_one(window, dialog):
    window.menus["file.export"].trigger()
    assert window.findChildren(FigureDialog) == [dialog]


def has_proportions(dialog, width: float, height: float) -> bool:
    image = dialog.preview.image
    return bool(abs(image.width() / image.height() * height / width - 1) < 0.02)


def test_the_preview_has_the_proportions_of_the_figure(qtbot, dialog):
    for width, height in ((200, 50), (60, 120), (2000, 50)):
        type_into(qtbot, dialog.form.width_field, str(width))
        type_into(qtbot, dialog.form.height_field, str(height))
        qtbot.waitUntil(partial(has_proportions, dialog, width, height))


def test_moving_the_cursor_changes_the_preview(qtbot, window, dialog):
    before = shown(dialog)
    window.session.set_cursor(30)
    qtbot.waitUntil(lambda: shown(dialog) != before)
    assert "--at 30" in dialog.command.text()


def test_editing_a_weight_changes_the_preview(qtbot, window, dialog):
    before = shown(dialog)
    window.session.apply(set_entry(Place(0, "W_hh"), (0, 0), 0.1))
    qtbot.waitUntil(lambda: shown(dialog) != before)


def test_parts_can_be_left_out_and_come_back(qtbot, dialog):
    with_legend = ("gradients", "sweep", "unrolled", "weights", "cell", "gates")
    for view, part in (
        ("hidden", "shows_cursor"),
        ("hidden", "shows_title"),
        *((view, "shows_legend") for view in with_legend),
    ):
        see(qtbot, dialog, view)
        for _ in ("left out", "back"):
            before = shown(dialog)
            click(qtbot, dialog.form.boxes[part])
            qtbot.waitUntil(partial(differs, dialog, before))


def test_every_view_has_a_preview(qtbot, dialog):
    box = dialog.form.view_box
    for index in range(box.count()):
        see(qtbot, dialog, box.itemData(index))
        view = "hidden --view gradients" if box.choice == "several" else box.choice
        assert f"--view {view}" in dialog.command.text()


def test_an_absurd_size_is_said_where_it_was_typed_and_instead_of_the_picture(qtbot, dialog):
    type_into(qtbot, dialog.form.width_field, "0")
    qtbot.waitUntil(lambda: dialog.preview.words != "")
    assert dialog.preview.words == "Width: choose 5 to 2000 mm"
    assert dialog.form.notes[dialog.form.width_field].text() == "choose 5 to 2000 mm"
    assert not dialog.export_button.isEnabled()
    assert dialog.command.text() == ""


def test_what_is_no_possible_width_is_refused(qtbot, dialog):
    field = dialog.form.width_field
    for text in ("", "abc", "-3", "1e400", "nan", "99999"):
        field.clear()
        qtbot.keyClicks(field, text)
        assert field.problem, text
        assert not dialog.export_button.isEnabled(), text
        type_into(qtbot, field, "180")
        assert dialog.export_button.isEnabled()


def test_a_comma_is_a_point(qtbot, dialog):
    type_into(qtbot, dialog.form.width_field, "85,5")
    assert dialog.form.width_field.value == 85.5
    assert "--size-mm 85.5 100" in dialog.command.text()


def test_the_arrow_keys_change_a_number(qtbot, dialog):
    for key in (Qt.Key.Key_Up, Qt.Key.Key_PageUp, Qt.Key.Key_Down):
        qtbot.keyClick(dialog.form.height_field, key)
    assert dialog.form.height_field.value == 110


def test_half_a_dot_per_inch_is_refused(qtbot, dialog):
    type_into(qtbot, dialog.form.dpi_field, "200.5")
    assert dialog.form.dpi_field.problem == "type a whole number"


def test_the_pixels_follow_from_size_and_resolution(qtbot, dialog):
    type_into(qtbot, dialog.form.dpi_field, "178")
    assert "1261 × 701 px" in dialog.form.notes[dialog.form.dpi_field].text()


def test_too_many_pixels_are_refused_but_not_for_a_drawing(qtbot, dialog):
    for field, text in ((dialog.form.width_field, "2000"), (dialog.form.dpi_field, "1200")):
        type_into(qtbot, field, text)
    assert dialog.form.notes[dialog.form.dpi_field].text() == "too many pixels"
    assert not dialog.export_button.isEnabled()
    click(qtbot, dialog.form.kind_row.button("svg"))
    assert dialog.export_button.isEnabled()
    assert not dialog.form.dpi_field.isEnabled()


def test_a_usual_size_fills_in_both_sides(qtbot, dialog):
    box = dialog.form.preset_box
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert (dialog.form.width_field.value, dialog.form.height_field.value) == (254, 143)
    type_into(qtbot, dialog.form.height_field, "144")
    assert box.currentText() == "Own size"


# What it writes


@pytest.mark.parametrize("kind", KINDS)
def test_enter_writes_the_file_and_the_command_the_same_bytes(qtbot, dialog, answers, tmp_path, monkeypatch, kind):
    click(qtbot, dialog.form.kind_row.button(kind))
    answers.expect("save_figure", tmp_path / "exported")
    qtbot.keyClick(dialog.form.width_field, Qt.Key.Key_Return)
    made = tmp_path / f"exported.{kind}"
    size = "1417 × 787 px" if kind == "png" else "180 × 100 mm"
    assert dialog.status.text() == f"Saved {made} ({size})"
    [(_, suggested)] = answers.asked
    assert suggested.name == f"sine-with-pulses-hidden.{kind}"

    monkeypatch.chdir(tmp_path)
    assert run_command(dialog.command.text()) == 0
    assert (tmp_path / f"hidden.{kind}").read_bytes() == made.read_bytes()


def test_the_command_knows_theme_words_selection_and_what_is_left_out(
    qtbot, window, open_dialog, answers, tmp_path, monkeypatch
):
    window.apply_theme(DARK.with_text(18))
    window.session.select(Selection(unit=3))
    dialog = open_dialog()
    choose(qtbot, dialog.form.view_box, "phase")
    for part in ("shows_cursor", "shows_title", "shows_legend", "is_transparent"):
        click(qtbot, dialog.form.boxes[part])
    type_into(qtbot, dialog.form.text_field, "150")
    choose(qtbot, dialog.form.font_box, "STIX Two Math")
    type_into(qtbot, dialog.form.caption_field, "-- the 'state' & more")
    path = tmp_path / "exported.png"
    answers.expect("save_figure", path)
    click(qtbot, dialog.export_button)
    monkeypatch.chdir(tmp_path)
    assert run_command(dialog.command.text()) == 0
    assert (tmp_path / "phase.png").read_bytes() == path.read_bytes()
    options = ("--theme dark", "--text-scale=1.5", "--unit 4", "--no-cursor", "--no-title", "--no-legend")
    for words in (*options, "--transparent", "--font=STIX Two Math"):
        assert words in dialog.command.text()


def test_the_part_of_time_that_the_window_shows_is_in_the_figure_and_its_command(
    qtbot, window, dialog, answers, tmp_path, monkeypatch
):
    before = shown(dialog)
    window.session.set_time_range(TimeRange(10, 25))
    qtbot.waitUntil(lambda: shown(dialog) != before)
    assert "--from 10 --to 25" in dialog.command.text()
    path = tmp_path / "exported.png"
    answers.expect("save_figure", path)
    click(qtbot, dialog.export_button)
    monkeypatch.chdir(tmp_path)
    assert run_command(dialog.command.text()) == 0
    assert (tmp_path / "hidden.png").read_bytes() == path.read_bytes()


def test_the_whole_window_is_the_same_from_dialog_and_command(qtbot, dialog, window, answers, tmp_path, monkeypatch):
    choose(qtbot, dialog.form.view_box, "window")
    choose(qtbot, dialog.form.theme_box, "print")
    qtbot.waitUntil(lambda: "--view window" in dialog.command.text() and "print" in dialog.command.text())
    path = tmp_path / "exported.png"
    answers.expect("save_figure", path)
    click(qtbot, dialog.export_button)
    monkeypatch.chdir(tmp_path)
    assert run_command(dialog.command.text()) == 0
    assert (tmp_path / "window.png").read_bytes() == path.read_bytes()
    assert window.theme == LIGHT
    assert QGuiApplication.palette() == LIGHT.palette()


def test_a_rearranged_window_is_drawn_as_it_is_and_its_command_says_that_it_differs(qtbot, window, dialog):
    choose(qtbot, dialog.form.view_box, "window")
    qtbot.waitUntil(lambda: "--view window" in dialog.command.text())
    before = shown(dialog)
    window.cards["phase"].close()
    window.session.set_cursor(18)
    qtbot.waitUntil(lambda: shown(dialog) != before)
    assert "Reset layout" in dialog.command.toolTip()


def test_an_edited_scene_has_no_command_until_it_is_saved(qtbot, window, dialog, tmp_path, monkeypatch):
    window.session.apply(set_entry(Place(0, "W_hh"), (0, 0), 0.1))
    qtbot.waitUntil(lambda: dialog.command.text() == "")
    assert "Save the scene first" in dialog.command.placeholderText()
    assert not dialog.copy_command_button.isEnabled()
    window.session.save_file(tmp_path / "my scene.rnnviz.json")
    assert "my scene.rnnviz.json" in dialog.command.text()
    monkeypatch.chdir(tmp_path)
    assert run_command(dialog.command.text()) == 0
    window.session.undo()
    assert dialog.command.text() == ""


def test_the_training_of_the_window_has_no_command(qtbot, make_window):
    window = make_window()
    window.cards["training"].setVisible(True)
    window.training.update_once()
    qtbot.waitUntil(lambda: window.training.last == 1, timeout=LONG_MS)
    window.training.go_to(0)
    qtbot.waitUntil(lambda: window.session.document == built_in("default"))
    window.menus["file.export"].trigger()
    dialog = window.findChild(FigureDialog)
    choose(qtbot, dialog.form.view_box, "training")
    qtbot.waitUntil(lambda: dialog.command.text() == "")
    assert "the training of this window" in dialog.command.placeholderText()
    choose(qtbot, dialog.form.view_box, "hidden")
    qtbot.waitUntil(lambda: "--view hidden" in dialog.command.text())


def test_the_command_can_be_copied(qtbot, dialog):
    click(qtbot, dialog.copy_command_button)
    assert QGuiApplication.clipboard().text() == dialog.command.text()


def test_the_image_is_copied_at_its_size_and_resolution(qtbot, dialog):
    click(qtbot, dialog.form.kind_row.button("svg"))
    click(qtbot, dialog.copy_image_button)
    image = QGuiApplication.clipboard().image()
    assert (image.width(), image.height()) == (1417, 787)
    assert "clipboard (1417 × 787 px)" in dialog.status.text()


def test_a_failure_is_said_in_the_dialog_which_stays_open(qtbot, dialog, answers, tmp_path):
    answers.expect("save_figure", tmp_path / "nowhere" / "a.png")
    click(qtbot, dialog.export_button)
    assert "there is no folder" in dialog.status.text()
    assert "\n" not in dialog.status.text()
    assert dialog.isVisible()
    assert list(tmp_path.glob("**/*.part")) == []


def test_giving_up_the_file_changes_nothing(qtbot, dialog, answers, tmp_path):
    answers.expect("save_figure", None)
    click(qtbot, dialog.export_button)
    assert dialog.status.text() == ""
    assert list(tmp_path.glob("*.png")) == []


def test_a_file_nobody_was_asked_about_is_not_replaced(qtbot, dialog, answers, tmp_path):
    (tmp_path / "a.png").write_text("precious")
    answers.expect("save_figure", tmp_path / "a.svg")
    click(qtbot, dialog.export_button)
    assert "exists already" in dialog.status.text()
    assert (tmp_path / "a.png").read_text() == "precious"


@pytest.mark.parametrize(
    ("name", "result"),
    [("a", "a.png"), ("a.PNG", "a.PNG"), ("a.svg", "a.png"), ("fig.v2", "fig.v2.png"), (".png", ".png.png")],
)
def test_the_ending_follows_the_format(tmp_path, name, result):
    assert with_ending(tmp_path / name, "png") == tmp_path / result


# Keys, names, memory


def test_escape_closes_it(qtbot, window, dialog):
    with qtbot.waitSignal(dialog.destroyed):
        qtbot.keyClick(dialog.form.view_box, Qt.Key.Key_Escape)
    window.session.set_cursor(3)  # nobody listens any more


def test_enter_on_a_format_exports(qtbot, dialog, answers, tmp_path):
    path = tmp_path / "a.png"
    answers.expect("save_figure", path)
    qtbot.keyClick(dialog.form.kind_row.button("png"), Qt.Key.Key_Return)
    assert path.exists()


def test_it_goes_with_the_window(qtbot, window, dialog):
    window.show()
    with qtbot.waitSignal(dialog.destroyed):
        window.close()


def test_every_field_has_a_label_with_a_key_of_its_own(dialog):
    labels = [label for label in dialog.findChildren(QLabel) if label.buddy() is not None]
    words = [label.text() for label in labels] + [
        button.text()
        for button in (
            dialog.copy_command_button,
            dialog.copy_image_button,
            dialog.export_button,
            dialog.close_button,
        )
    ]
    keys = [text[text.index("&") + 1].lower() for text in words]
    assert len(keys) == 20
    assert len(set(keys)) == len(keys)
    assert all(label.buddy().accessibleName() for label in labels)


def test_what_was_set_is_there_the_next_time(qtbot, open_dialog, window_settings):
    dialog = open_dialog()
    choose(qtbot, dialog.form.view_box, "gradients")
    click(qtbot, dialog.form.kind_row.button("pdf"))
    type_into(qtbot, dialog.form.width_field, "85")
    type_into(qtbot, dialog.form.height_field, "0")
    click(qtbot, dialog.form.boxes["shows_title"])
    with qtbot.waitSignal(dialog.destroyed):
        click(qtbot, dialog.close_button)
    expected = FigureChoices("gradients", "pdf", 85.0, 100.0, 200, "screen", True, False, "")
    assert window_settings.figure == expected
    form = open_dialog().form
    assert (form.view, form.kind_row.choice, form.width_field.value) == ("gradients", "pdf", 85)


@pytest.mark.parametrize(
    "stored",
    [
        *("", "{", "[]", "3", "null"),
        '{"view": 3, "dpi": true, "width_mm": NaN, "kind": "gif", "theme": []}',
        '{"several": [], "columns": true, "text_percent": 1e9, "has_letters": 1, "font": null, "way": {}}',
    ],
)
def test_damaged_settings_are_those_of_the_first_time(tmp_path, stored):
    store = QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat)
    store.setValue("figure", stored)
    assert Settings(store).figure == FigureChoices()


def test_sound_settings_survive_beside_damaged_ones(window_settings, tmp_path):
    window_settings.figure = replace(FigureChoices(), dpi=10**9, view="phase", folder=str(tmp_path))
    assert window_settings.figure == FigureChoices(view="phase", folder=str(tmp_path))


def test_another_theme_reaches_the_open_dialog(qtbot, window, dialog):
    before = shown(dialog)
    window.apply_theme(DARK.with_text(24))
    qtbot.waitUntil(lambda: shown(dialog) != before)
    image = pixels_of(dialog.grab().toImage())
    assert image[2, 2].tolist() == [0x1C, 0x17, 0x14]  # the dark canvas; blue comes first


# The figure of the whole window


def window_order(**changes):
    return FigureOrder("window", **({"size_mm": (254.0, 143.0)} | changes))


@pytest.fixture
def moment():
    return Moment(compute(built_in("default")), Selection(), 17)


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("theme", THEMES)
def test_the_window_is_the_same_picture_as_png_and_as_svg(moment, tmp_path, theme):
    with ordered_figure(window_order(theme=theme), moment) as figure:
        for kind in KINDS:
            save_figure(figure, tmp_path / f"w.{kind}", 100)
    with Image.open(tmp_path / "w.png") as image:
        png = np.asarray(image.convert("RGB"), float)
    drawn = resvg_py.svg_to_bytes(svg_string=(tmp_path / "w.svg").read_text("utf-8"), dpi=100)
    svg = np.asarray(Image.open(io.BytesIO(bytes(drawn))).convert("RGB"), float)
    assert svg.shape == png.shape
    difference = np.abs(png - svg).mean(axis=2)
    assert difference.mean() < 2
    rows, columns = (side // 20 for side in difference.shape)
    blocks = difference[: rows * 20, : columns * 20].reshape(rows, 20, columns, 20).mean(axis=(1, 3))
    assert blocks.max() < 25


@pytest.mark.usefixtures("qapp")
def test_plots_and_words_of_the_window_are_drawn_and_not_photographed(moment, tmp_path):
    with ordered_figure(window_order(), moment) as figure:
        save_figure(figure, tmp_path / "w.svg")
    svg = (tmp_path / "w.svg").read_text("utf-8")
    assert all(f'aria-label="{words}"' in svg for words in ("Hidden state h", "Phase portrait", "+1.39"))
    assert svg.count("<image") < 60  # icons, three on each card
    assert 'width="64" height="64"' in svg


@pytest.mark.usefixtures("qapp")
def test_nothing_of_the_window_is_painted_outside_its_widget(moment):
    """The lower part of a card's outline would otherwise run through its title."""
    order = window_order(size_mm=(1600 * 25.4 / 96, 1000 * 25.4 / 96))
    with ordered_figure(order, moment) as figure:
        image = pixels_of(figure_image(figure, 96))
    header = image[90:108, 350:420]  # "Unrolled network"
    assert (header.min(axis=(1, 2)) < 100).sum() >= 7  # rows with ink: the title is whole


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("view", ["window", "hidden"])
def test_two_exports_are_the_same_bytes(moment, tmp_path, view):
    for name in ("a", "b"):
        with ordered_figure(FigureOrder(view), moment) as figure:
            for kind in KINDS:
                save_figure(figure, tmp_path / f"{name}.{kind}", dpi=100)
    for kind in KINDS:
        assert (tmp_path / f"a.{kind}").read_bytes() == (tmp_path / f"b.{kind}").read_bytes(), kind


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("size", [(5.0, 2000.0), (2000.0, 5.0), (5.0, 5.0)])
def test_the_most_extreme_sizes_of_the_window_can_be_drawn(moment, size):
    with ordered_figure(window_order(size_mm=size, text_px=24.0), moment) as figure:
        assert not figure_image(figure, 30).isNull()


@pytest.mark.usefixtures("qapp")
def test_a_window_that_was_drawn_for_a_figure_is_gone(moment, tmp_path):
    before = windows_alive()
    with ordered_figure(window_order(), moment) as figure:
        assert windows_alive() == before + 1
        save_figure(figure, tmp_path / "w.png", 60)
    del figure
    assert windows_alive() == before


def windows_alive():
    gc.collect()
    return sum(type(thing) is MainWindow for thing in gc.get_objects())
