"""A matrix too large for cells: an overview of it all, and a lens with cells to edit."""

import numpy as np
import pytest
from hands import KEY, LEFT, SHIFT, W_HH, W_XH, network
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolTip

from rnnviz.document.block import Block
from rnnviz.document.edits import set_entry
from rnnviz.session.session import Selection
from rnnviz.views.colours import signed_colour
from rnnviz.views.editors.matrix_commands import MatrixCommands
from rnnviz.views.editors.overview import Overview
from rnnviz.views.theme import LIGHT

NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture(scope="module")
def document():
    return network(units=512, inputs=2)


@pytest.fixture
def large(hand, document):
    return hand(document=document, size=(263, 500))


def overview_point(h, row, column):
    """Return where an entry is in the overview: above the lens, which is at the bottom."""
    lens = h.editor.cell_rect(*h.editor.lens.corner)
    left, width = lens.left(), h.editor.width() - lens.left()
    return QPointF(left + (column + 0.5) / 512 * (width - 4), 2 + (row + 0.5) / 512 * (width - 4)).toPoint()


def test_cells_are_large_enough_for_numbers_and_inside_the_widget(large):
    lens = large.editor.lens
    assert large.editor.shows_numbers
    assert lens.shape[0] >= 5
    assert lens.shape[1] >= 5
    assert large.editor.rect().contains(large.editor.block_rect(lens))


def test_a_press_in_the_overview_brings_the_lens_there_and_changes_nothing(large, document):
    at = overview_point(large, 300, 200)
    QTest.mouseClick(large.editor, LEFT, NONE, at)
    row, column = large.editor.marks.current
    assert abs(row - 300) <= 3
    assert abs(column - 200) <= 3
    assert large.editor.lens.holds((row, column))
    assert large.session.document is document


def test_the_lens_follows_the_pointer_through_the_overview(large, document):
    QTest.mousePress(large.editor, LEFT, NONE, overview_point(large, 100, 100))
    lenses = []
    for entry in (200, 400, 511):
        large.drag_to(overview_point(large, entry, entry))
        lenses.append(large.editor.lens)
    large.drag_to(overview_point(large, 900, 900))
    assert large.editor.marks.current == (511, 511)
    large.release(overview_point(large, 511, 511))
    assert len(set(lenses)) == 3
    assert large.editor.lens.bottom == large.editor.lens.right == 511
    assert large.session.document is document


def test_a_cell_in_the_lens_is_dragged_typed_and_wheeled(large):
    large.editor.show_cell((250, 40), centred=True)
    large.editor.set_limit(1.0)
    old = large.array[250, 40]
    large.drag(250, 40, up=40)
    assert large.array[250, 40] == pytest.approx(old + 0.4)
    large.type("0.5")
    large.key(KEY.Key_Return)
    assert large.array[250, 40] == 0.5
    assert large.editor.marks.current == (251, 40)
    large.wheel(250, 40, 1)
    assert large.array[250, 40] == 0.55
    assert large.steps() == 3


def test_arrows_take_the_lens_along(large):
    large.editor.go((0, 0))
    first = large.editor.lens
    for _ in range(first.shape[1] - 1):
        large.key(KEY.Key_Right)
    assert large.editor.lens == first
    large.key(KEY.Key_Right)
    assert large.editor.lens.left == first.left + 1
    large.key(KEY.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert large.editor.lens.holds((511, 511))
    assert large.editor.marks.current == (511, 511)


def test_a_weight_that_is_selected_elsewhere_comes_into_the_middle_of_the_lens(large):
    large.session.select(Selection(entry=(W_HH, 400, 17)))
    lens = large.editor.lens
    assert lens.top < 400 < lens.bottom
    assert lens.left < 17 < lens.right


def test_shift_selects_across_the_whole_matrix(large):
    large.editor.go((10, 10))
    QTest.mouseClick(large.editor, LEFT, SHIFT, overview_point(large, 300, 200))
    block = large.editor.block
    assert block.corner == (10, 10)
    assert abs(block.bottom - 300) <= 3
    large.key(KEY.Key_Delete)
    assert not large.array[block.slices].any()
    assert large.steps() == 1


def test_names_beside_the_lens_are_those_of_its_cells(large):
    large.editor.show_cell((300, 100), centred=True)
    rect = large.editor.cell_rect(300, 100)
    assert large.editor.header_at(QPointF(5, rect.center().y())) == ("row", 300)
    top = large.editor.cell_rect(*large.editor.lens.corner).top()
    assert large.editor.header_at(QPointF(rect.center().x(), top - 3)) == ("column", 100)
    QTest.mouseClick(large.editor, LEFT, NONE, QPointF(5, rect.center().y()).toPoint())
    assert large.editor.block == (300, 0, 300, 511)


def test_the_wheel_and_a_double_click_over_the_overview_change_nothing(large, document):
    at = overview_point(large, 300, 200)
    cell = large.editor.cell_at(QPointF(at))
    assert not large.editor.lens.holds(cell)
    assert not large.wheel(*cell, 1)
    QTest.mouseDClick(large.editor, LEFT, NONE, at)
    assert large.entry is None
    assert large.session.document is document


def test_the_colours_of_the_lens_are_those_of_its_entries(large):
    large.editor.show_cell((123, 321), centred=True)
    image = large.editor.grab().toImage()
    for cell in list(large.editor.lens.cells())[::5]:
        rect = large.editor.cell_rect(*cell)
        found = image.pixelColor(rect.left() + 4, rect.center().y() + 8)
        assert found == signed_colour(LIGHT, large.array[cell], large.editor.limit)


def test_one_large_entry_is_seen_in_the_overview_however_many_share_its_pixel(large):
    before = large.editor.grab().toImage()
    large.session.apply(set_entry(W_HH, (401, 77), -large.editor.limit))
    after = large.editor.grab().toImage()
    pixels = [(x, y) for x in range(after.width()) for y in range(after.height())]
    changed = [pixel for pixel in pixels if before.pixel(*pixel) != after.pixel(*pixel)]
    near = large.editor.cell_rect(401, 77).adjusted(-1, -1, 1, 1)
    assert len(changed) == 1
    assert near.contains(*changed[0])
    assert after.pixelColor(*changed[0]) == signed_colour(LIGHT, -1.0, 1.0)


@pytest.mark.parametrize("shape", [(512, 512), (3, 300), (7, 5), (300, 2)])
def test_a_pixel_shows_the_extreme_of_what_it_stands_for(shape):
    values = np.random.default_rng(0).uniform(-0.1, 0.1, shape)
    values[shape[0] - 1, shape[1] // 2] = -1.0
    overview = Overview(QRectF(0, 0, 120, 60), shape)
    image = overview.image(values, LIGHT, 1.0, 1.0)
    assert (image.width(), image.height()) == (120, 60)
    at = overview.block_rect(Block(shape[0] - 1, shape[1] // 2, shape[0] - 1, shape[1] // 2)).center().toPoint()
    assert image.pixelColor(min(at.x(), 119), min(at.y(), 59)) == signed_colour(LIGHT, -1.0, 1.0)


def test_a_wide_input_matrix_has_a_lens_of_all_its_rows(hand, document):
    h = hand(W_XH, document=document, transposed=True)
    assert h.editor.shape == (2, 512)
    assert h.editor.lens.shape[0] == 2
    h.editor.go((1, 500))
    assert h.editor.lens.holds((1, 500))


# the offscreen platform, of the tooltip's window
@pytest.mark.qt_log_ignore(r"^This plugin does not support raise", extend=True)
def test_finding_brings_the_cell_into_the_lens(large):
    large.session.apply(set_entry(W_HH, (444, 333), 9.0))
    MatrixCommands(large.editor, LIGHT).find("largest")
    assert large.editor.marks.current == (444, 333)
    assert large.editor.lens.holds((444, 333))
    QToolTip.hideText()


def test_wider_the_matrix_has_cells_for_all(hand):
    h = hand(document=network(units=60), size=(263, 500))
    assert h.editor.lens is not None
    h.window.resize(700, 700)
    assert h.editor.lens is None
