"""Maps of inputs and outputs: a column stands at its step."""

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from rnnviz.document.compute import compute
from rnnviz.document.document import Document, Input, Layer, Objective
from rnnviz.session.session import Selection
from rnnviz.views.fonts import load_fonts
from rnnviz.views.plots import PLOTS
from rnnviz.views.theme import LIGHT

UNITS, STEPS = 9, 6


def copier():
    """Return a network whose outputs are its inputs: 1 at every second step and 0 between."""
    values = np.zeros((1, STEPS, UNITS))
    values[0, ::2] = 1.0
    weights = {"W_xh": np.eye(UNITS), "W_hh": np.zeros((UNITS, UNITS))}
    features = tuple(f"x{k}" for k in range(UNITS))
    return Document((Layer("rnn", weights, activation="linear"),), None, Input(features, values), Objective())


@pytest.mark.parametrize("key", ["inputs", "outputs"])
@pytest.mark.usefixtures("qapp")
def test_each_column_of_a_map_stands_at_its_step(key):
    load_fonts()
    plot = PLOTS[key](LIGHT)
    plot.shows_cursor = False
    plot.show_frame(compute(copier()), Selection())
    rect = QRectF(0, 0, 700, 200)
    image = QImage(700, 200, QImage.Format.Format_RGB32)
    image.fill(QColor(LIGHT.card))
    with QPainter(image) as painter:
        plot.paint_figure(painter, rect)
    panel = plot.panels(rect)[0]
    row = round(panel.rect.top() + 4.3 / UNITS * panel.rect.height())

    def seen(t):
        return image.pixelColor(round(float(panel.x(t))), row).name()

    assert {seen(t) for t in (-0.4, 0.0, 0.4)} == {LIGHT.card}
    columns = [{seen(t - 0.4), seen(t), seen(t + 0.4)} for t in range(1, STEPS + 1)]
    assert [len(column) for column in columns] == [1] * STEPS
    assert columns[::2] == [columns[0]] * 3
    assert columns[1::2] == [columns[1]] * 3
    assert columns[0] != columns[1]
