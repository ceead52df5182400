"""Of more samples than pixels no peak is lost, and what is not seen is not drawn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from rnnviz.views.colours import signed_colours
from rnnviz.views.marks import by_column, curve_lines, draw_bars, draw_curves, draw_map, strongest
from rnnviz.views.theme import LIGHT

WIDTH, HEIGHT = 200, 100
HOLES = st.one_of(st.floats(-1e6, 1e6), st.sampled_from([np.nan, np.inf, -np.inf]))


def image(paint, clip=None):
    """Return what is painted on white."""
    made = QImage(WIDTH, HEIGHT, QImage.Format.Format_ARGB32)
    made.fill(QColor("white"))
    with QPainter(made) as painter:
        if clip is not None:
            painter.setClipRect(clip)
        paint(painter)
    return made


def ink(made):
    """Return which pixels are not white, (rows, columns)."""
    pixels = np.frombuffer(made.constBits(), np.uint32).reshape(HEIGHT, WIDTH)
    return pixels != 0xFFFFFFFF


def channels(made):
    """Return the colours, (rows, columns, 4)."""
    return np.frombuffer(made.constBits(), np.uint8).reshape(HEIGHT, WIDTH, 4).astype(int)


@given(arrays(np.float64, st.tuples(st.just(1), st.integers(1, 400)), elements=HOLES), st.integers(1, 60))
def test_the_extremes_of_each_block_are_those_of_its_samples(values, per_column):
    finite = np.where(np.isfinite(values), values, np.nan)
    lows, highs = (by_column(finite, per_column, extreme)[0] for extreme in (np.fmin, np.fmax))
    for place, (low, high) in enumerate(zip(lows, highs, strict=True)):
        block = finite[0, place * per_column : (place + 1) * per_column]
        block = block[np.isfinite(block)]
        if len(block):
            assert (low, high) == (block.min(), block.max())
        else:
            assert np.isnan([low, high]).all()


@given(arrays(np.float64, st.tuples(st.just(2), st.integers(1, 400)), elements=HOLES), st.integers(1, 60))
def test_the_strongest_of_each_block_is_one_of_it_with_its_sign(values, per_column):
    found = strongest(values, per_column)
    for row in range(2):
        for place, value in enumerate(found[row]):
            block = values[row, place * per_column : (place + 1) * per_column]
            block = block[~np.isnan(block)]
            assert np.isnan(value) if len(block) == 0 else value in block
            assert len(block) == 0 or abs(value) == np.abs(block).max()


@given(st.integers(600, 30_000), st.data())
def test_no_peak_of_a_curve_is_lost(samples, data):
    places = data.draw(st.lists(st.integers(0, samples - 1), min_size=1, max_size=4, unique=True))
    curve = np.full(samples, 50.0)
    curve[places] = 10.0
    if data.draw(st.booleans()):
        curve[(np.array(places) + 1) % samples] = np.nan  # a gap beside a peak hides it no more
        curve[places] = 10.0
    lines = curve_lines(np.linspace(0, WIDTH, samples), curve)
    for place in places:
        x = place * WIDTH / (samples - 1)
        near = lines[(np.abs(lines[:, 0] - x) <= 2) | (np.abs(lines[:, 2] - x) <= 2)]
        assert near[:, [1, 3]].min() == 10.0


@pytest.mark.parametrize("place", [0, 1234, 9_998, 9_999])
def test_a_peak_of_one_sample_in_ten_thousand_is_seen(place, qapp):  # noqa: ARG001
    curve, xs = np.full(10_000, 80.0), np.linspace(1, WIDTH - 2, 10_000)
    curve[place] = 20.0
    seen = ink(image(lambda painter: draw_curves(painter, xs, curve[None], [QColor("black")], 1.0)))
    assert np.abs(np.flatnonzero(seen[22]) - xs[place]).min() <= 1.5

    tops = curve.copy()
    seen = ink(image(lambda painter: draw_bars(painter, xs - 0.005, 0.01, 90.0, tops, [QColor("black")])))
    assert np.abs(np.flatnonzero(seen[22]) - xs[place]).min() <= 1.5

    values = np.zeros((3, 10_000))
    values[1, place] = -1.0

    def paint(painter):
        draw_map(painter, QRectF(0, 0, WIDTH, HEIGHT), values, lambda v: signed_colours(LIGHT, v, 1.0))

    made = image(paint)
    strong = [x for x in range(WIDTH) if made.pixelColor(x, HEIGHT // 2) == QColor(LIGHT.negative)]
    assert len(strong) in (1, 2)
    assert abs(strong[0] + 0.5 - (place + 0.5) / 10_000 * WIDTH) <= 2


@pytest.mark.parametrize("clip", [QRectF(60, 0, 40, HEIGHT), QRectF(0, 0, 1, HEIGHT), QRectF(150, 0, 50, HEIGHT)])
def test_a_clip_changes_nothing_of_what_it_shows(clip, qapp):  # noqa: ARG001
    random = np.random.default_rng(0)
    xs = np.linspace(-300, 500, 120)
    curves = random.uniform(10, 90, (2, 120))
    values = random.normal(size=(4, 120))

    def paint(painter):
        draw_map(painter, QRectF(-300, 0, 800, HEIGHT), values, lambda v: signed_colours(LIGHT, v, 2.0))
        draw_bars(painter, xs, 4.0, 50.0, curves[0], [QColor("green")])
        draw_curves(painter, xs, curves, [QColor("black"), QColor("red")], 1.5)

    whole, part = image(paint), image(paint, clip)
    shown, expected = (channels(made)[:, round(clip.left()) : round(clip.right())] for made in (part, whole))
    assert np.abs(shown - expected).max() <= 8  # Qt rounds the edges of what it clips itself in another way
    assert (expected != 255).any()


@pytest.mark.parametrize("samples", [450, 1000, 7777])
def test_bars_in_a_crowd_leave_no_gap_and_small_ones_are_seen(samples, qapp):  # noqa: ARG001
    xs = np.linspace(10.3, 150.7, samples)
    tops = np.where(xs < 80, 40.0, 89.8)
    seen = ink(image(lambda painter: draw_bars(painter, xs, 0.1, 90.0, tops, [QColor("black")])))
    assert seen[41:89, 11:79].all()
    assert seen[89, 82:150].all()
    assert not seen[:38].any()
    assert not seen[:86, 84:].any()


def test_a_bar_has_the_same_colour_in_a_part_as_in_the_whole(qapp):  # noqa: ARG001
    lefts, tops = np.arange(0.0, 200.0, 20.0), np.linspace(85.0, 15.0, 10)
    colours = [QColor("blue"), QColor("green"), QColor("red")]
    whole, part = (
        image(lambda painter: draw_bars(painter, lefts, 18.0, 90.0, tops, colours), *clip)
        for clip in ((), (QRectF(0, 0, 100, HEIGHT),))
    )
    assert (channels(whole)[:, :98] == channels(part)[:, :98]).all()
