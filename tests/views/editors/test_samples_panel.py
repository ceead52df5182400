"""Samples follow the network: a text at a temperature, or a forecast."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from rnnviz.document.initialisation import with_next_seed
from rnnviz.document.network_edits import initialise
from rnnviz.document.presets import built_in
from rnnviz.document.samples import samples
from rnnviz.document.tasks import TASKS
from rnnviz.session.session import Session
from rnnviz.views.editors.samples_panel import SamplesPanel
from rnnviz.views.theme import DARK, LIGHT


@pytest.fixture
def show(qtbot):
    """Return a function that shows the panel of a session, which computes in this very thread."""
    sessions = []

    def show(document):
        session = Session(document)
        panel = SamplesPanel(session, LIGHT)
        qtbot.addWidget(panel)
        panel.resize(300, 220)
        panel.show()
        qtbot.waitExposed(panel)
        sessions.append(session)
        return session, panel

    yield show
    for session in sessions:
        session.close()


def test_a_text_is_shown_and_follows_the_weights(show, qtbot):
    session, panel = show(TASKS["next-character"].document())
    assert panel.text.toPlainText() == samples(session.document, 1.0, 0, 0)
    session.apply(initialise(with_next_seed(session.document.initialisation)))
    qtbot.waitUntil(lambda: panel.text.toPlainText() == samples(session.document, 1.0, 0, 0))


def test_the_temperature_and_another_seed_change_the_text(show, qtbot):
    session, panel = show(TASKS["next-character"].document())
    slider = panel.temperature
    qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(round(slider.x_of(0)), slider.height() // 2))
    qtbot.waitUntil(lambda: panel.text.toPlainText() == samples(session.document, 0.0, 0, 0))
    qtbot.keyClick(slider, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: panel.text.toPlainText() == samples(session.document, 2.0, 0, 0))
    qtbot.mouseClick(panel.again_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.text.toPlainText() == samples(session.document, 2.0, 1, 0))


def test_a_series_is_forecast_beyond_its_end_and_drawn(show):
    session, panel = show(TASKS["sine"].document())
    assert panel.picture.isVisible()
    assert not panel.text.isVisible()
    assert panel.picture.forecast.beyond.tolist() == samples(session.document, 1.0, 0, 0).beyond.tolist()
    before = panel.picture.grab().toImage()
    panel.apply_theme(DARK)
    assert panel.picture.grab().toImage() != before


def test_other_networks_make_nothing_and_that_is_said(show, qtbot):
    session, panel = show(built_in("default"))
    if panel.picture.isVisible():
        pytest.fail("the default scene predicts another series than its input")
    assert "does not go on by itself" in panel.words.text()
    said = []
    panel.remark_changed.connect(said.append)
    session.open_document(TASKS["sine"].document())
    qtbot.waitUntil(panel.picture.isVisible)
    assert said[-1] == "its outputs fed in as inputs"
    assert not panel.words.isVisible()


def test_a_hidden_panel_asks_for_nothing_until_it_is_seen(show, qtbot):
    session, panel = show(TASKS["sine"].document())
    panel.hide()
    before = panel.picture.forecast
    session.apply(initialise(with_next_seed(session.document.initialisation)))
    QApplication.processEvents()
    assert panel.picture.forecast is before
    panel.show()
    qtbot.waitUntil(lambda: panel.picture.forecast is not before)
