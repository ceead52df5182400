"""Starting: what the first picture does not need is not imported, and Qt's binding counts None correctly."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6 import __version_info__

LAZY = ("ziamath", "PIL", "h5py", "av", "onnx", "tqdm")


def run(code, folder, **environment):
    """Run code in a fresh Python with settings of its own; return what it prints as JSON."""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": str(folder)} | environment
    process = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=environment,
        cwd=folder,
        timeout=60,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    return json.loads(process.stdout.splitlines()[-1])


OPEN = """
import json, sys
from PySide6.QtCore import QEvent, QObject
from rnnviz.app.program import make_application, open_window

seen = {}


class FirstPaint(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            seen.setdefault("at the first paint", sorted(sys.modules))
        return False


def finish():
    application.processEvents()
    seen["when painted"] = sorted(sys.modules)
    seen["last step"] = window.session.frame.last_step
    seen["cursor"] = window.session.cursor
    seen["cards"] = sorted(key for key, card in window.cards.items() if card.isVisible())
    window.close()


application = make_application()
first_paint = FirstPaint()
application.installEventFilter(first_paint)
window = open_window()
window.filled.connect(finish)
seen["exit code"] = application.exec()
print(json.dumps(seen))
"""


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """What was loaded when the program's own window was open, and how it was left."""
    return run(OPEN, tmp_path_factory.mktemp("settings"))


@pytest.mark.parametrize("name", LAZY)
def test_what_the_first_picture_does_not_need_is_not_imported(opened, name):
    assert name not in opened["when painted"]


def test_the_frame_of_the_window_is_painted_before_numpy_is_there(opened):
    assert "numpy" not in opened["at the first paint"]
    assert "numpy" in opened["when painted"]


def test_the_window_opens_on_the_default_scene_and_closing_it_ends_the_program(opened):
    assert opened["exit code"] == 0
    assert opened["last step"] == 40
    assert opened["cursor"] == 17
    assert {"weights-editor", "input", "hidden", "gradients"} <= set(opened["cards"])


RUN = """
import gc, json
from PySide6.QtCore import QTimer
from rnnviz.app import program

open_window = program.open_window


def open_and_close(*given):
    window = open_window(*given)
    window.filled.connect(lambda: QTimer.singleShot(0, window.close))
    return window


program.open_window = open_and_close
exit_code = program.run(None)
print(json.dumps([exit_code, gc.isenabled(), gc.get_freeze_count()]))
"""


def test_garbage_is_looked_for_again_after_the_start_but_not_in_what_the_start_made(tmp_path):
    exit_code, is_enabled, frozen = run(RUN, tmp_path)
    assert exit_code == 0
    assert is_enabled
    assert frozen > 10_000


# PySide6 6.12.0 drops a reference to None at every call that returns None: Python 3.11 ends within seconds.
COUNT = """
import json, sys
import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QApplication

application = QApplication([])
plot = pg.PlotWidget()
curve = plot.plot()
plot.show()
x = np.arange(50.0)
counts = []
for step in range(300):
    curve.setData(x, np.sin(x + step))
    application.processEvents()
    if step in (50, 299):
        counts.append(sys.getrefcount(None))
print(json.dumps(counts))
"""


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal from Python 3.12 on")
def test_references_to_none_do_not_run_out(tmp_path):
    pytest.importorskip("pyqtgraph", reason="it is needed by the benchmarks only")
    before, after = run(COUNT, tmp_path)
    assert after > before - 100


WIDGETS = """
import json, sys
from PySide6.QtWidgets import QApplication, QWidget

application = QApplication([])
widget = QWidget()
counts = []
for step in range(3000):
    widget.resize(100 + step % 50, 100)
    widget.update()
    if step in (500, 2999):
        counts.append(sys.getrefcount(None))
print(json.dumps(counts))
"""


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal from Python 3.12 on")
def test_calls_of_widgets_cost_no_reference_to_none(tmp_path):
    before, after = run(WIDGETS, tmp_path)
    assert after > before - 100


def test_the_version_of_qt_is_one_that_works():
    assert (6, 10) <= __version_info__[:2] < (6, 12)


def test_the_assets_are_found_from_any_folder(tmp_path):
    code = "import json; from rnnviz.document.resources import asset; print(json.dumps(str(asset('style.qss'))))"
    assert Path(run(code, tmp_path)).is_file()
