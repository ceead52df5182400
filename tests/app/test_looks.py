"""rnnviz export: which weight is swept and what is nudged, by words; refused by name."""

import shlex
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from rnnviz.app.figure_dialog import FigureDialog
from rnnviz.app.main import main
from rnnviz.document.document import Place
from rnnviz.session.session import Selection


@pytest.fixture
def export(capsys, tmp_path, monkeypatch, qapp):  # noqa: ARG001 - one application for all
    monkeypatch.chdir(tmp_path)

    def run(*words):
        code = main(["export", *map(str, words)])
        return code, capsys.readouterr().err.strip()

    return run


@pytest.mark.parametrize(
    ("view", "words"),
    [
        ("sweep", ("--weight", "W_hh[2,1]")),
        ("sweep", ("--range", -5, 5)),
        ("perturbation", ("--nudge", "h")),
        ("perturbation", ("--nudge-at", 3)),
        ("perturbation", ("--nudge-size", 0.5)),
        ("gradients", ("--gradient", "delta")),
        ("gradients", ("--lines", "radius", "bound")),
        ("spectrum", ("--jacobian",)),
        ("phase", ("--plane", "components")),
        ("phase", ("--nullclines",)),
        ("phase", ("--fixed-points",)),
    ],
)
def test_each_option_makes_another_figure(export, view, words):
    assert export("golden", "--view", view, "-o", "a.png") == (0, "")
    assert export("golden", "--view", view, "-o", "b.png", *words) == (0, "")
    assert Path("a.png").read_bytes() != Path("b.png").read_bytes()


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--view", "sweep", "--weight", "W_hq[1,1]"), "--weight: W_hq[1,1]: there are no weights W_hq here"),
        (("--view", "sweep", "--range", 2, 1), "--range: 2 to 1 is no range"),
        (("--view", "sweep", "--range", 2, 3), "--range: W_hh[1,1] is 0.5, which is not between 2 and 3"),
        (("--view", "sweep", "--range", "nan", 3), "--range: nan to 3 is no range"),
        (("--view", "hidden", "--weight", "W_hh[1,1]"), "--weight: only the view sweep takes it, not hidden"),
        (("--view", "sweep", "--nudge-at", 1), "--nudge-at: only the view perturbation takes it"),
        (("--view", "perturbation", "--nudge", "c"), "--nudge: layer 1 has no cell state c"),
        (("--view", "perturbation", "--nudge-at", 0), "--nudge-at: there is no x at 0; choose from 1 to 4"),
        (("--view", "perturbation", "--nudge-at", 5), "--nudge-at: there is no x at 5"),
        (("--view", "perturbation", "--nudge-size", 0), "--nudge-size: 0 is out of range"),
        (("--view", "spectrum", "--block", "f"), "--block: there is no block 'f' here; choose from h"),
        (("--view", "phase", "--jacobian"), "--jacobian: only the view spectrum takes it, not phase"),
    ],
)
def test_what_cannot_be_is_refused_by_name(export, words, complaint):
    code, said = export("golden", *words, "-o", "a.png")
    assert code == 2
    assert complaint in said
    assert "\n" not in said
    assert not Path("a.png").exists()


def test_the_command_of_the_dialog_makes_the_same_figure(make_window, golden, export, qtbot):
    window = make_window(golden)
    window.session.select(Selection(unit=1, entry=(Place(0, "W_hh"), 1, 0)))
    for key in ("sweep", "perturbation"):
        window.show_card(key)
    qtbot.waitUntil(lambda: window.cards["sweep"].content.plot.map is not None)
    qtbot.keyClick(window.cards["sweep"].content.plot, Qt.Key.Key_Minus)
    plot = window.cards["perturbation"].content.plot
    plot.set_nudge("h", 2, 0.1)
    window.cards["gradients"].content.plot.row.line_boxes["radius"].click()
    window.cards["spectrum"].content.plot.row.jacobian_box.click()
    window.cards["phase"].content.plot.row.nullclines_box.click()
    window.export_figure()
    dialog = window.findChild(FigureDialog)
    for view, options in (
        ("sweep", ["--weight", "W_hh[2,1]", "--range", "-3.0", "3.0"]),
        ("perturbation", ["--nudge", "h", "--nudge-at", "2", "--nudge-size", "0.1"]),
        ("gradients", ["--lines", "radius"]),
        ("spectrum", ["--jacobian"]),
        ("phase", ["--nullclines"]),
    ):
        dialog.form.view_box.set_choice(view)
        words = shlex.split(dialog.command.text())
        assert [word for word in options if word not in words] == []
        assert words[-len(options) :] == options
        assert export(*words[2:]) == (0, "")
    dialog.reject()
