"""Every letter that is seen is of a typeface that ships with the program: the same on every machine, and there."""

import pytest

from rnnviz.app.main import main
from rnnviz.views.figure.svg import SvgEngine
from rnnviz.views.fonts import MATHS, UI
from rnnviz.views.text import shape


@pytest.fixture
def typefaces(monkeypatch):
    """The typefaces of what is written into SVG files, each with the texts that need it."""
    found, draw_text = {}, SvgEngine.draw_text

    def note(engine, baseline, item):
        for run in shape(item.text(), item.font()).runs:
            found.setdefault(run.rawFont().familyName(), set()).add(item.text())
        draw_text(engine, baseline, item)

    monkeypatch.setattr(SvgEngine, "draw_text", note)
    return found


@pytest.mark.usefixtures("qapp")
def test_no_letter_is_left_to_what_the_machine_has(typefaces, tmp_path):
    assert main(["export", "default", "--view", "window", "-o", str(tmp_path / "window.svg")]) == 0
    assert main(["export", "lstm-memory", "--view", "all", "--format", "svg", "-o", str(tmp_path / "all")]) == 0
    assert len(typefaces[UI]) > 100
    assert {face: texts for face, texts in typefaces.items() if face not in (UI, MATHS)} == {}
