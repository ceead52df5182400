"""The menu of a plot's card: what is plotted can leave the program."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from rnnviz.views.plots._table import tables_text
from rnnviz.views.widgets.card import Card
from rnnviz.views.widgets.panel import PlotPanel

if TYPE_CHECKING:
    from rnnviz.app.window import MainWindow


def plot_menu(window: MainWindow, card: Card, panel: PlotPanel) -> QMenu:
    """Return the menu of a card."""
    menu = QMenu(card)
    menu.setToolTipsVisible(True)
    copy = menu.addAction("Copy &data", partial(copy_data, window, panel))
    copy.setToolTip("Copy the numbers that are plotted, for a spreadsheet")
    export = menu.addAction("&Export figure…", partial(window.export_figure, card.objectName()))
    export.setToolTip("Write this view to a file, or copy it as a picture")
    return menu


def copy_data(window: MainWindow, panel: PlotPanel) -> None:
    """Put what a plot draws into the clipboard, as tables separated by tabs, and say so."""
    plot = panel.plot
    tables = plot.tables() if plot.is_ready and not plot.is_covered else ()
    if not tables:
        window.show_message(f"{plot.spec.title}: there is nothing to copy yet.")
        return
    QGuiApplication.clipboard().setText(tables_text(tables))
    rows = sum(len(table.columns[0]) for table in tables)
    window.show_message(f"{plot.spec.title}: {rows} rows are on the clipboard.")
