"""What the tests of the window rely on: errors and warnings inside Qt are failures, and so are leftovers."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).resolve().parents[1]
START = "from PySide6.QtCore import QTimer, qWarning\nfrom PySide6.QtWidgets import QWidget\n\n"
SHOWN = """
    qtbot.addWidget(widget)
    with qtbot.waitExposed(widget):
        widget.show()
"""


CASES = {
    "painting": (
        "class Broken(QWidget):\n    def paintEvent(self, event):\n"
        "        raise RuntimeError('while painting')\n\n"
        f"def test(qtbot):\n    widget = Broken(){SHOWN}",
        "while painting",
    ),
    "slot": (
        "def test(qtbot):\n    def slot():\n        raise RuntimeError('in a slot')\n"
        "    QTimer.singleShot(0, slot)\n    qtbot.wait(1)\n",
        "in a slot",
    ),
    "warning": ("def test(qapp):\n    qWarning('a warning of Qt')\n", "a warning of Qt"),
    "question": ("def test(window):\n    window.ask_open()\n", "did not expect"),
    "no_question": ("def test(window, answers):\n    answers.expect('open_scene', None)\n", "did not ask"),
    "window": ("def test(window):\n    global left\n    left = QWidget()\n    left.show()\n", "QWidget"),
    "timer": ("def test(window):\n    global left\n    left = QTimer()\n    left.start(10**6)\n", "timer"),
    "thread": (
        "import threading\n\ndef test(window):\n"
        "    threading.Thread(target=threading.Event().wait, daemon=True, name='forgotten').start()\n",
        "forgotten",
    ),
    "nothing": ("def test(window, qtbot):\n    pass\n", ""),
}


@pytest.fixture(scope="module")
def complaints(tmp_path_factory):
    """Return what is said about each case, all of them run by one pytest of its own."""
    folder = tmp_path_factory.mktemp("cases")
    (folder / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text(encoding="utf-8"))
    for name, (test, _) in CASES.items():
        (folder / f"test_{name}.py").write_text(START + test)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", str(ROOT / "pyproject.toml")]
    run = subprocess.run(
        [*command, "--rootdir", str(folder), "--junitxml", str(folder / "report.xml"), str(folder)],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
    )
    assert run.returncode == 1, run.stdout + run.stderr
    said = dict.fromkeys(CASES, "")
    for case in ElementTree.parse(folder / "report.xml").iter("testcase"):
        name = case.get("classname").removeprefix("test_")
        said[name] += "".join(problem.get("message") + problem.text for problem in case)
    return said


@pytest.mark.parametrize("name", CASES)
def test_it_fails_a_test_for_its_own_fault_alone(complaints, name):
    _, reason = CASES[name]
    assert reason in complaints[name]
    assert bool(complaints[name]) == bool(reason)
