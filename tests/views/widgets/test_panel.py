"""A panel: while something is hidden its plot forgets and asks nothing; where its controls stand."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QWidget

from rnnviz.document.compute import compute
from rnnviz.document.presets import built_in
from rnnviz.document.reveal import Curtain, revealed
from rnnviz.session.background import Question
from rnnviz.session.session import Selection
from rnnviz.views.plots import PLOTS
from rnnviz.views.plots._base import Ghost, Plot, PlotSpec
from rnnviz.views.theme import LIGHT
from rnnviz.views.widgets.panel import PlotPanel


class Curious(Plot):
    """Asks something about every frame, and remembers every answer."""

    spec = PlotSpec("curious", "Curious", "look here", "what it means", "middle", 1, comes="whole")

    def question(self):
        return Question(int, (), 0.0)

    def answer_shown(self, answer):
        self.answer = answer

    def remark(self):
        return f"the loss is {self.frame.loss}"

    def paint_ground(self, painter, rect):
        painter.drawText(rect, 0, str(self.frame.loss))

    def paint_cursor(self, painter, rect):
        pass


@pytest.fixture
def panel(qtbot):
    panel = PlotPanel(Curious, LIGHT)
    qtbot.addWidget(panel)
    panel.resize(300, 200)
    panel.show()
    return panel


FRAME = compute(built_in("golden"))
HALF = Curtain("forward", 2)


def test_a_plot_that_has_seen_everything_is_replaced_when_something_is_hidden(panel):
    asked, remarks = [], []
    panel.question_asked.connect(asked.append)
    panel.remark_changed.connect(remarks.append)
    panel.show_frame(FRAME, Selection())
    panel.show_answer(asked[-1], "everything")
    knowing = panel.plot
    assert knowing.answer == "everything"
    panel.show_curtain(HALF)
    assert panel.plot is not knowing
    assert not hasattr(panel.plot, "answer")
    assert remarks[-1] == Curious.spec.look_at


def test_while_something_is_hidden_nothing_is_asked_and_afterwards_it_is(panel):
    asked = []
    panel.question_asked.connect(asked.append)
    panel.show_curtain(HALF)
    panel.show_frame(revealed(FRAME, HALF), Selection())
    assert asked == []
    assert panel.plot.is_covered
    panel.show_curtain(None)
    panel.show_frame(FRAME, Selection())
    assert [type(question) for question in asked] == [Question]
    assert not panel.plot.is_covered


def test_a_question_on_its_way_is_given_up(panel):
    asked = []
    panel.question_asked.connect(asked.append)
    panel.show_frame(FRAME, Selection())
    panel.show_curtain(HALF)
    assert asked[-1] is None
    panel.show_answer(asked[0], "everything")
    assert not hasattr(panel.plot, "answer")


def test_other_states_are_not_shown_while_something_is_hidden(panel):
    ghosts = (Ghost("A", FRAME, 0),)
    panel.show_frame(FRAME, Selection())
    panel.show_ghosts(ghosts)
    assert panel.plot.ghosts == ghosts
    panel.show_curtain(HALF)
    panel.show_frame(revealed(FRAME, HALF), Selection())
    assert panel.plot.ghosts == ()
    panel.show_ghosts((*ghosts, Ghost("B", FRAME, 1)))
    assert panel.plot.ghosts == ()
    panel.show_curtain(None)
    panel.show_frame(FRAME, Selection())
    assert [ghost.name for ghost in panel.plot.ghosts] == ["A", "B"]


def test_a_covered_plot_looks_the_same_whatever_the_frame(panel):
    pictures = []
    for frame in (FRAME, replace(FRAME, loss=3.0)):
        panel.show_curtain(HALF)
        panel.show_frame(frame, Selection())  # even a frame that nobody has cut
        pictures.append(panel.grab().toImage())
    assert pictures[0] == pictures[1]


def test_a_panel_that_rests_shows_and_asks_nothing_until_it_no_longer_does(panel):
    asked = []
    panel.question_asked.connect(asked.append)
    panel.rest(resting=True)
    panel.show_frame(FRAME, Selection())
    panel.show_cursor(2)
    panel.hide()
    panel.show()
    assert (panel.plot.frame, panel.plot.cursor_t, asked) == (None, 0, [])
    panel.rest(resting=False)
    assert panel.plot.frame is FRAME
    assert panel.plot.cursor_t == 2
    assert len(asked) == 1


def test_a_low_panel_offers_its_controls_and_a_high_one_takes_them_back(qtbot):
    panel = PlotPanel(PLOTS["gradients"], LIGHT)
    qtbot.addWidget(panel)
    title = QWidget()
    qtbot.addWidget(title)
    panel.controls_offered.connect(lambda controls: controls.setParent(title))
    panel.resize(700, 400)
    panel.show()
    row = panel.plot.row
    assert row.parent() is panel
    panel.resize(700, 110)
    assert row.parent() is title
    panel.resize(300, 110)  # too narrow for a title beside them
    assert row.parent() is panel
    panel.resize(700, 110)
    panel.resize(700, 400)
    assert row.parent() is panel
    qtbot.waitUntil(row.isVisible)
