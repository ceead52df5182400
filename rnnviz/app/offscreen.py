"""A complete window that nobody sees: for figures of the whole window."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import shiboken6
from PySide6.QtCore import QByteArray, QCoreApplication, QEvent, QSettings, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLayout, QWidget

from rnnviz.app.dialogs import Dialogs
from rnnviz.app.window import MainWindow
from rnnviz.document.document import Document
from rnnviz.document.frame import Frame
from rnnviz.session.background import Answer, Background, Question
from rnnviz.session.computer import InlineComputer
from rnnviz.session.session import Session
from rnnviz.session.settings import Settings
from rnnviz.views.figures import Moment
from rnnviz.views.plots._base import Plot
from rnnviz.views.styling import dressed_for_now
from rnnviz.views.theme import Theme

WIDTH, HEIGHT = 1600, 1000
_HEIGHTS = (700, 4000)
_SETTLING_ROUNDS = 3


class _Known(InlineComputer):
    """Has the first frame already."""

    def __init__(self, frame: Frame) -> None:
        super().__init__()
        self._frame = frame

    def compute_now(self, document: Document) -> Frame:
        return self._frame if document is self._frame.document else super().compute_now(document)


class _Answering(Background):
    """Has somebody else answer, before `ask` returns; a refusal is kept, for Qt loses what a slot raises."""

    def __init__(self, answer: Answer, session: Session) -> None:
        super().__init__(math.inf, session)
        self._answer = answer
        self.refusal: Exception | None = None

    def ask(self, asker: Hashable, question: Question) -> None:
        try:
            answer = self._answer(question)
        except Exception as error:  # noqa: BLE001 - it is raised by `unseen_window`
            self.refusal = self.refusal or error
        else:
            self.answered.emit(asker, question, answer)


def offscreen_window(document: Document, theme: Theme, t: int, shows_cursor: bool) -> MainWindow:
    """Return a filled window of 1600 × 1000 in the default layout; it reads and keeps no settings."""
    window = _made(Session(document), theme, HEIGHT)
    _show_unseen(window, t, shows_cursor=shows_cursor)
    return window


@contextmanager
def unseen_window(
    moment: Moment,
    theme: Theme,
    size_mm: tuple[float, float] | None,
    layout: QByteArray | None,
    *,
    shows_cursor: bool,
    answer: Answer = Question.answer,
) -> Iterator[MainWindow]:
    """Lend a window 1600 pixels wide, of the proportions of a figure; ``layout`` is another window's.

    Raises:
        Exception: what ``answer``, which answers the plots' questions, raises.
    """
    session = Session(moment.frame.document, _Known(moment.frame))
    session.background = background = _Answering(answer, session)
    session.select(moment.selection)
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    with dressed_for_now(application):
        window = _made(session, theme, _height(size_mm))
        try:
            window.pins.show(moment.pins)
            if moment.training is not None:
                window.training_watch.show(moment.training)
            if layout is not None:
                window.dock_area.restoreState(layout)
            session.set_cursor(moment.t)
            session.set_time_range(moment.time_range)
            _show_unseen(window, moment.t, shows_cursor=shows_cursor)
            if background.refusal is not None:
                raise background.refusal
            yield window
        finally:
            session.close()
            shiboken6.delete(window)
            shiboken6.delete(session)  # or what its signals are connected to, the whole window, would be kept


def _height(size_mm: tuple[float, float] | None) -> int:
    low, high = _HEIGHTS
    return HEIGHT if size_mm is None else round(min(max(WIDTH * size_mm[1] / size_mm[0], low), high))


def _made(session: Session, theme: Theme, height: int) -> MainWindow:
    nobody = Path(tempfile.gettempdir()) / f"rnnviz-{uuid4().hex}.ini"  # a file that is not there: nothing is stored
    store = QSettings(str(nobody), QSettings.Format.IniFormat)
    window = MainWindow(session, Settings(store), Dialogs(), theme)
    window.resize(WIDTH, height)
    window.fill()
    return window


def _show_unseen(window: MainWindow, t: int, *, shows_cursor: bool) -> None:
    """Show a window in the sense that its widgets exist and have their places, at once."""
    window.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    window.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, on=False)
    if QGuiApplication.platformName() != "offscreen":
        window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    # a window with a least size tells the platform, and the offscreen one complains on the standard error
    window.layout().setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # type: ignore[union-attr]
    window.show()
    settle(window)
    window.resize(window.size().expandedTo(window.minimumSizeHint()))
    window.session.set_cursor(t)
    for plot in window.findChildren(Plot):
        plot.shows_cursor = shows_cursor
    settle(window)


def settle(window: QWidget) -> None:
    """Do now what Qt would do in the next turns of the event loop: show new widgets, lay everything out.

    Only for this window: events of other windows keep their order.
    """
    for _ in range(_SETTLING_ROUNDS):
        for widget in (window, *window.findChildren(QWidget)):
            for kind in (QEvent.Type.MetaCall, QEvent.Type.LayoutRequest):
                QCoreApplication.sendPostedEvents(widget, kind.value)
