"""What cannot be saved: one clear line, and nothing is left behind or lost."""

import dataclasses
import math
import os
import stat
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene, QGraphicsView

from rnnviz.views.figure import FigureError, figure_image, save_figure

EXTENSIONS = ["png", "svg", "pdf"]


def _plain(painter: QPainter, rect: QRectF) -> None:
    painter.fillRect(rect, Qt.GlobalColor.red)


@pytest.fixture
def figure(make_figure):
    return make_figure(_plain)


def _refusal(figure, path: Path, **options) -> str:
    with pytest.raises(FigureError) as caught:
        save_figure(figure, path, **options)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_an_unknown_extension_lists_the_known_ones(figure, tmp_path):
    message = _refusal(figure, tmp_path / "a.jpeg")
    assert ".jpeg" in message
    assert ".png, .svg, .pdf" in message
    assert ".png, .svg, .pdf" in _refusal(figure, tmp_path / "a")
    assert list(tmp_path.iterdir()) == []


def test_the_extension_may_be_in_capitals(figure, tmp_path):
    save_figure(figure, tmp_path / "A.PNG")
    assert (tmp_path / "A.PNG").read_bytes().startswith(b"\x89PNG")


def test_a_missing_folder_is_named(figure, tmp_path):
    assert str(tmp_path / "no") in _refusal(figure, tmp_path / "no" / "a.png")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_not_a_file(figure, tmp_path):
    (tmp_path / "a.png").mkdir()
    assert "folder" in _refusal(figure, tmp_path / "a.png")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
def test_a_device_is_not_replaced_by_a_file(figure, tmp_path):
    pipe = tmp_path / "a.png"
    os.mkfifo(pipe)
    assert "not an ordinary file" in _refusal(figure, pipe)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.skipif(not Path("/proc/version").exists(), reason="/proc is the folder where not even root may write")
@pytest.mark.parametrize("extension", EXTENSIONS)
def test_an_unwritable_folder_is_refused(extension, figure):
    assert f"/proc/a.{extension}" in _refusal(figure, Path(f"/proc/a.{extension}"))


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_protected_file_or_folder_is_refused(figure, tmp_path):
    old = tmp_path / "a.png"
    old.write_text("old")
    old.chmod(0o444)
    assert "write-protected" in _refusal(figure, old)
    tmp_path.chmod(0o555)
    assert "may write" in _refusal(figure, tmp_path / "b.png")
    tmp_path.chmod(0o755)


def test_a_name_that_is_too_long_is_refused(figure, tmp_path):
    assert "shorter name" in _refusal(figure, tmp_path / ("a" * 300 + ".png"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("size", [0, -10, 4.9, 2000.1, math.nan, math.inf])
@pytest.mark.parametrize("side", ["width_mm", "height_mm"])
def test_a_senseless_size_is_refused(size, side, figure, tmp_path):
    bad = dataclasses.replace(figure, **{side: size})
    for extension in EXTENSIONS:
        assert "5 to 2000 mm" in _refusal(bad, tmp_path / f"a.{extension}")
    with pytest.raises(FigureError):
        figure_image(bad, 96)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("dpi", [0, -1, 29, 1201, math.nan])
def test_a_senseless_resolution_is_refused(dpi, figure, tmp_path):
    assert "30 to 1200 dpi" in _refusal(figure, tmp_path / "a.png", dpi=dpi)
    with pytest.raises(FigureError):
        figure_image(figure, dpi)
    assert list(tmp_path.iterdir()) == []


def test_an_enormous_image_is_refused_with_the_resolution_that_fits(figure, tmp_path):
    poster = dataclasses.replace(figure, width_mm=2000, height_mm=2000)
    assert "at most 127 dpi" in _refusal(poster, tmp_path / "a.png", dpi=1200)
    assert list(tmp_path.iterdir()) == []
    save_figure(poster, tmp_path / "a.svg", dpi=1200)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files")
@pytest.mark.parametrize("extension", EXTENSIONS)
def test_a_full_disk_leaves_the_old_file_and_nothing_else(extension, figure, tmp_path):
    import resource

    path = tmp_path / f"a.{extension}"
    path.write_text("old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        message = _refusal(figure, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "free some space" in message
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_an_error_while_painting_comes_through_and_leaves_the_old_file(extension, make_figure, tmp_path):
    def paint(painter: QPainter, rect: QRectF) -> None:
        painter.fillRect(rect, Qt.GlobalColor.red)
        raise FileNotFoundError("no such unit")

    path = tmp_path / f"a.{extension}"
    path.write_text("old")
    with pytest.raises(FileNotFoundError, match="no such unit"):
        save_figure(make_figure(paint), path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_an_error_inside_a_graphics_item_comes_through(extension, make_figure, tmp_path, qtbot):
    class Broken(QGraphicsItem):
        def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
            return QRectF(0, 0, 10, 10)

        def paint(self, *_args) -> None:
            raise LookupError("no such unit")

    scene = QGraphicsScene()
    scene.addItem(Broken())
    view = QGraphicsView(scene)
    qtbot.addWidget(view)
    with pytest.raises(LookupError, match="no such unit"):
        save_figure(make_figure(view.render), tmp_path / f"a.{extension}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("extension", ["svg", "pdf"])
def test_what_a_format_cannot_do_is_said(extension, make_figure, tmp_path):
    def paint(painter: QPainter, rect: QRectF) -> None:
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Xor)
        painter.fillRect(rect, Qt.GlobalColor.red)

    assert "save it as PNG" in _refusal(make_figure(paint), tmp_path / f"a.{extension}")
    assert list(tmp_path.iterdir()) == []
    save_figure(make_figure(paint), tmp_path / "a.png")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights, and links only for some")
def test_a_replaced_file_keeps_its_rights_and_a_link_stays_a_link(figure, tmp_path):
    real, link = tmp_path / "real.svg", tmp_path / "link.svg"
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to(real)
    save_figure(figure, link)
    assert link.is_symlink()
    assert real.read_text("utf-8").startswith("<?xml")
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    new = tmp_path / "new.svg"
    save_figure(figure, new)
    other = tmp_path / "other"
    other.touch()
    assert new.stat().st_mode == other.stat().st_mode
