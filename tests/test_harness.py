"""What the tests of the window rely on: errors and warnings inside Qt are failures, and so are leftovers."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
START = "from PySide6.QtCore import QTimer, qWarning\nfrom PySide6.QtWidgets import QWidget\n\n"
SHOWN = """
    qtbot.addWidget(widget)
    with qtbot.waitExposed(widget):
        widget.show()
"""


@pytest.mark.parametrize(
    ("test", "reason"),
    [
        (
            "class Broken(QWidget):\n    def paintEvent(self, event):\n"
            "        raise RuntimeError('while painting')\n\n"
            f"def test(qtbot):\n    widget = Broken(){SHOWN}",
            "while painting",
        ),
        (
            "def test(qtbot):\n    def slot():\n        raise RuntimeError('in a slot')\n"
            "    QTimer.singleShot(0, slot)\n    qtbot.wait(1)\n",
            "in a slot",
        ),
        ("def test(qapp):\n    qWarning('a warning of Qt')\n", "a warning of Qt"),
        ("def test(window):\n    window.ask_open()\n", "did not expect"),
        ("def test(window, answers):\n    answers.expect('open_scene', None)\n", "did not ask"),
        ("def test(window):\n    global left\n    left = QWidget()\n    left.show()\n", "QWidget"),
        ("def test(window):\n    global left\n    left = QTimer()\n    left.start(10**6)\n", "timer"),
        (
            "import threading\n\ndef test(window):\n"
            "    threading.Thread(target=threading.Event().wait, daemon=True, name='forgotten').start()\n",
            "forgotten",
        ),
    ],
    ids=["painting", "slot", "warning", "question", "no question", "window", "timer", "thread"],
)
def test_it_fails_a_test(tmp_path, test, reason):
    (tmp_path / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text(encoding="utf-8"))
    (tmp_path / "test_inside.py").write_text(START + test)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-c",
        str(ROOT / "pyproject.toml"),
    ]
    run = subprocess.run(
        [*command, "--rootdir", str(tmp_path), str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert run.returncode == 1, run.stdout + run.stderr
    assert reason in run.stdout
