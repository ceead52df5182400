"""Any scene can follow any other, whatever is open, pinned, selected or pointed at."""

from dataclasses import replace
from random import Random

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from rnnviz.document.links import Gate, Unit, Weight
from rnnviz.document.presets import SCENES, built_in


def something_of(document, random):
    """Return a weight, a unit or a gate of a network."""
    layer = random.randrange(len(document.layers))
    found = [Weight(random.choice(list(document.places())), 0, 0), Unit(layer, 0, 1)]
    cell = document.layers[layer].cell
    if cell != "rnn":
        found.append(Gate(layer, 0, "z" if cell == "gru" else "f"))
    return random.choice(found)


@pytest.mark.parametrize("seed", [2, 3])
def test_no_part_of_the_window_trips_over_the_network_before(make_window, seed):
    random, window = Random(seed), make_window()
    session, strip = window.session, window.strip
    for card in window.cards.values():
        card.setVisible(True)
    for number, name in enumerate(random.choices(list(SCENES), k=16)):
        session.open_document(built_in(name))
        if number % 3 == 0:  # else the first of everything stays selected, in whatever network
            layer = random.randrange(len(session.document.layers))
            unit = random.randrange(session.document.layers[layer].units)
            session.select(replace(session.selection, layer=layer, unit=unit))
        if number in (2, 6, 10):
            window.menus["compare.pin"].trigger()
        random.choice([strip.open_windows, strip.open_initial_values, strip.flow.chips[-1].click])()
        session.set_focus(something_of(session.document, random))
        window.resize(window.width() + random.choice([-80, 80]), window.height())
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QApplication.processEvents()
    assert {ghost.number for ghost in window.cards["gates"].content.plot.ghosts} == {0, 1, 2}
