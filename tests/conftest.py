"""What every test needs: an environment without a screen, small networks, and the window."""

import os
import tempfile

# Both are read once, when Qt and NumPy are first imported.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
# no program that a test starts finds, or takes, what the user's own programs have kept
os.environ["XDG_DATA_HOME"] = os.path.join(tempfile.gettempdir(), f"rnnviz-tests-{os.getpid()}")

import gc
import multiprocessing
import threading
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import shiboken6
from hypothesis import HealthCheck, settings
from PySide6.QtCore import QEvent, QSettings, QTimer
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from rnnviz.app.dialogs import Dialogs, Unsaved
from rnnviz.app.window import MainWindow
from rnnviz.document.document import Document
from rnnviz.document.presets import built_in
from rnnviz.document.scenes import save_scene
from rnnviz.session.computer import InlineComputer
from rnnviz.session.session import Session
from rnnviz.session.settings import Settings
from rnnviz.views.fonts import load_fonts

settings.register_profile(
    "rnnviz",
    deadline=None,
    derandomize="CI" in os.environ,
    max_examples=60,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("rnnviz")


def pytest_collection_finish() -> None:
    """Have Python tidy up among what tests make, and no more among the modules and the tests themselves."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def qtbot(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[QtBot]:
    """pytest-qt's, which here keeps what it is given until it has closed it, and then lets go of it.

    A widget that only a test's variable held is garbage as soon as the test function has ended, while events are
    still handled: Python deleted some in the middle of their own painting, and that crashed. And what is closed is
    deleted by an event loop, which tests do not run: pictures of thousands of plots took 13 GB.
    """
    kept: list[QWidget] = []
    add_widget = qtbot.addWidget

    def keep(widget: QWidget, **options: Callable[[QWidget], None]) -> None:
        kept.append(widget)
        add_widget(widget, **options)

    monkeypatch.setattr(qtbot, "addWidget", keep)
    yield qtbot
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def golden() -> Document:
    """Two units, four steps, one input, one output, a target at every step."""
    return built_in("golden")


@pytest.fixture
def scene_file(tmp_path: Path, golden: Document) -> Path:
    """A scene file with the golden network in it."""
    path = tmp_path / "golden.rnnviz.json"
    save_scene(golden, path)
    return path


class Answers(Dialogs):
    """Answers as a test has said beforehand; an unexpected question is declined and fails the test."""

    def __init__(self) -> None:
        self._queue: deque[tuple[str, object]] = deque()
        self._is_over = False
        self.asked: list[tuple[str, object]] = []
        self.unexpected: list[str] = []

    def expect(self, question: str, answer: object) -> None:
        """Answer the next question, which is this one: the name of a method of `Dialogs`."""
        self._queue.append((question, answer))

    @property
    def unasked(self) -> list[str]:
        """The questions that were expected and did not come."""
        return [question for question, _ in self._queue]

    def finish(self) -> None:
        """Give everything up from now on: the test is over."""
        self._is_over = True

    def _answer(self, question: str, about: object, declined: object) -> object:
        if self._is_over:
            return declined
        self.asked.append((question, about))
        if not self._queue or self._queue[0][0] != question:
            self.unexpected.append(question)
            return declined
        return self._queue.popleft()[1]

    def open_scene(self) -> Path | None:
        return self._answer("open_scene", None, None)  # type: ignore[return-value]

    def open_data(self) -> Path | None:
        return self._answer("open_data", None, None)  # type: ignore[return-value]

    def save_scene(self, suggested: Path) -> Path | None:
        return self._answer("save_scene", suggested, None)  # type: ignore[return-value]

    def save_figure(self, suggested: Path) -> Path | None:
        return self._answer("save_figure", suggested, None)  # type: ignore[return-value]

    def save_animation(self, suggested: Path) -> Path | None:
        return self._answer("save_animation", suggested, None)  # type: ignore[return-value]

    def save_handout(self, suggested: Path) -> Path | None:
        return self._answer("save_handout", suggested, None)  # type: ignore[return-value]

    def save_script(self, suggested: Path) -> Path | None:
        return self._answer("save_script", suggested, None)  # type: ignore[return-value]

    def scene_title(self, title: str) -> str | None:
        return self._answer("scene_title", title, None)  # type: ignore[return-value]

    def layout_name(self) -> str | None:
        return self._answer("layout_name", None, None)  # type: ignore[return-value]

    def figure_style_name(self) -> str | None:
        return self._answer("figure_style_name", None, None)  # type: ignore[return-value]

    def unsaved(self, title: str) -> Unsaved:
        declined = Unsaved.DISCARD if self._is_over else Unsaved.CANCEL
        return self._answer("unsaved", title, declined)  # type: ignore[return-value]


@pytest.fixture
def answers() -> Iterator[Answers]:
    """What the user answers to the window's questions."""
    answers = Answers()
    yield answers
    assert answers.unexpected == [], "the window asked something that the test did not expect"
    assert answers.unasked == [], "the window did not ask what the test expected"


@pytest.fixture
def window_settings(tmp_path: Path) -> Settings:
    """Settings of their own, in a file that goes with the test."""
    return Settings(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))


@pytest.fixture
def make_window(qtbot: QtBot, answers: Answers, window_settings: Settings) -> Iterator[Callable[..., MainWindow]]:
    """Return a function that opens the program's window, active and filled; leftovers of it fail the test.

    A window behind a dialog need not be shown: it is there, fills itself when it must, and costs a fraction.
    """
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    load_fonts()
    gc.collect()  # the window of the test before, which was still known to that test when it ended
    gc.freeze()  # what is left stays for good, in some cache: nobody need look through it again
    before, palette = _leftovers(application), application.palette()
    windows: list[MainWindow] = []

    def make(
        document: Document | None = None,
        *,
        size: tuple[int, int] = (1600, 1000),
        session: Session | None = None,
        is_shown: bool = True,
    ) -> MainWindow:
        session = session or Session(document or built_in("default"), InlineComputer())
        window = MainWindow(session, window_settings, answers)
        windows.append(window)
        window.resize(*size)
        if not is_shown:
            return window
        with qtbot.waitSignal(window.filled):
            window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        application.processEvents()  # panels that were filled just now are laid out and painted
        return window

    yield make
    answers.finish()
    for window in windows:
        _end(window)
    application.setStyleSheet("")
    application.setPalette(palette)
    application.setFont(QFont())
    gc.collect()
    assert _leftovers(application) - before == set()


def _end(window: MainWindow) -> None:
    """Close a window as the end of the program does, unless the test has deleted it."""
    if not shiboken6.isValid(window):
        return
    session = window.session
    window.close()
    for thing in (window, session):
        thing.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def _leftovers(application: QApplication) -> set[tuple[str, object]]:
    """Return what should be gone after a test: windows, running timers, threads and processes."""
    application.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    widgets = {
        ("widget", f"{widget!r}")
        for widget in application.topLevelWidgets()
        if widget.metaObject().className() != "QTipLabel"  # Qt keeps one for all tooltips
    }
    timers = {
        ("timer", id(thing))
        for thing in gc.get_objects()
        if type(thing) is QTimer and shiboken6.isValid(thing) and thing.isActive()
    }
    threads = {
        ("thread", thread.name)
        for thread in threading.enumerate()
        if thread.name != "tqdm_monitor"  # tqdm keeps one for all progress bars
    }
    processes = {("process", process.name) for process in multiprocessing.active_children()}
    return widgets | timers | threads | processes


@pytest.fixture
def window(make_window: Callable[..., MainWindow]) -> MainWindow:
    """The program's window on the default scene."""
    return make_window()
