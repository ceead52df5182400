"""A plot that fails while it is painted ends in a report, not in a crash."""

from rnnviz.document.compute import compute
from rnnviz.document.presets import built_in
from rnnviz.session.session import Selection
from rnnviz.views.plots._base import Plot, PlotSpec
from rnnviz.views.theme import LIGHT


class Failing(Plot):
    spec = PlotSpec("failing", "Failing", "nowhere", "nothing", "middle", 1)

    def paint_ground(self, painter, rect):  # noqa: ARG002
        return divmod(1, 0)  # an error of C code: one that is raised in Python gets through


def test_an_error_is_reported_and_ends_nothing(qtbot):
    plot = Failing(LIGHT)
    qtbot.addWidget(plot)
    plot.resize(300, 200)
    with qtbot.captureExceptions() as found:
        plot.show_frame(compute(built_in("golden")), Selection())
        plot.grab()
    assert [kind for kind, _, _ in found] == [ZeroDivisionError]
