"""The area of docks: what the mouse must not do to it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDockWidget, QTabBar, QWidget

from rnnviz.views.theme import LIGHT
from rnnviz.views.widgets.dock_area import DockArea

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def area(qtbot):
    """An area with three docks behind each other."""
    area = DockArea(LIGHT)
    qtbot.addWidget(area)
    area.resize(500, 400)
    for name in ("one", "two", "three"):
        dock = QDockWidget(name, area, objectName=name)
        dock.setWidget(QWidget())
        area.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
        if name != "one":
            area.tabifyDockWidget(area.findChild(QDockWidget, "one"), dock)
    area.show()
    qtbot.waitExposed(area)
    return area


def test_a_dragged_tab_stays_where_it_is(area):
    (bar,) = (bar for bar in area.findChildren(QTabBar) if bar.isVisible())
    before = [bar.tabText(number) for number in range(bar.count())]
    assert sorted(before) == ["one", "three", "two"]
    start, end = bar.tabRect(0).center(), bar.tabRect(2).center()
    QTest.mousePress(bar, LEFT, pos=start)
    for part in range(1, 9):
        QTest.mouseMove(bar, start + (end - start) * part / 8)
    QTest.mouseRelease(bar, LEFT, pos=end)
    assert [bar.tabText(number) for number in range(bar.count())] == before
