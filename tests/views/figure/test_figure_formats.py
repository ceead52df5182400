"""What is in the files: the same picture three times, at the right size, with its metadata."""

import os
import re
import subprocess
import sys
from xml.etree import ElementTree

import numpy as np
import pyqtgraph as pg
import pytest
from PIL import Image
from pypdf import PdfReader
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPen

from rnnviz import __version__
from rnnviz.views.figure import figure_image, save_figure
from rnnviz.views.fonts import ui_font

SVG = "{http://www.w3.org/2000/svg}"
DPI = 300


def test_svg_and_png_are_the_same_picture(demanding, tmp_path, rasterise, read_png):
    save_figure(demanding, tmp_path / "a.png", dpi=288)
    save_figure(demanding, tmp_path / "a.svg")
    png, svg = read_png(tmp_path / "a.png"), rasterise(tmp_path / "a.svg", 288)
    assert svg.shape == png.shape
    difference = np.abs(png - svg).mean(axis=2)
    assert difference.mean() < 0.5
    # nor is anything missing in one place: letters, dashes and single points would show in such a block
    rows, columns = difference.shape[0] // 20, difference.shape[1] // 20
    blocks = difference[: rows * 20, : columns * 20].reshape(rows, 20, columns, 20).mean(axis=(1, 3))
    assert blocks.max() < 12


def test_at_96_dpi_a_figure_looks_as_on_the_screen(demanding):
    screen = QImage(800, 300, QImage.Format.Format_RGB32)
    screen.fill(Qt.GlobalColor.white)
    painter = QPainter(screen)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    demanding.paint(painter, QRectF(0, 0, 800, 300))
    painter.end()
    ours = figure_image(demanding, 96)
    assert (ours.width(), ours.height()) == (800, 300)
    assert np.abs(_rgb(screen) - _rgb(ours)).mean() < 1.5  # the screen hints its letters


@pytest.mark.parametrize("extension", ["png", "svg", "pdf"])
def test_letters_do_not_depend_on_what_was_painted_before(extension, make_figure, tmp_path):
    font = ui_font(13, QFont.Weight.DemiBold)

    def write(painter, rect):
        painter.setFont(font)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, "Hidden state 928")

    screen, files = QImage(200, 60, QImage.Format.Format_RGB32), set()
    for size in (11, 13, 20, 33):
        with QPainter(screen) as painter:
            painter.setFont(ui_font(size, QFont.Weight.DemiBold))
            painter.drawText(5, 40, f"Hidden state {size}")
        save_figure(make_figure(write), tmp_path / f"a.{extension}")
        files.add((tmp_path / f"a.{extension}").read_bytes())
    assert len(files) == 1


def _rgb(image: QImage) -> np.ndarray:
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    return pixels[:, : image.width(), :3].astype(float)


@pytest.mark.parametrize("extension", ["png", "svg"])
def test_a_data_point_lies_on_its_ticks(  # noqa: PLR0913, PLR0917 - fixtures
    extension, show_plot, plot_painting, make_figure, tmp_path, rasterise, read_png, qapp
):
    plot = show_plot(320, 240)
    for side, value in (("bottom", 4), ("left", 3)):
        axis = plot.getAxis(side)
        axis.setPen(pg.mkPen("#00f", width=2))
        axis.setStyle(tickLength=10)
        axis.setTicks([[(value, str(value))]])
    point = {"symbol": "s", "symbolSize": 6, "symbolBrush": "#f00", "symbolPen": None}
    plot.plot([4], [3], pen=None, antialias=True, **point)
    plot.setRange(xRange=(0, 10), yRange=(0, 5))
    qapp.processEvents()
    path = tmp_path / f"a.{extension}"
    save_figure(make_figure(plot_painting(plot), 320, 240), path, dpi=DPI)
    pixels = read_png(path) if extension == "png" else rasterise(path, DPI)

    red = (pixels[..., 0] > 200) & (pixels[..., 1:].max(axis=2) < 100)
    blue = (pixels[..., 2] > 200) & (pixels[..., :2].max(axis=2) < 100)
    scale = DPI / 96
    below = plot.getAxis("bottom").sceneBoundingRect().top() + 6
    beside = plot.getAxis("left").sceneBoundingRect().right() - 6
    tick_x = np.flatnonzero(blue[round(below * scale)]).mean()
    tick_y = np.flatnonzero(blue[:, round(beside * scale)]).mean()
    rows, columns = np.nonzero(red)
    assert columns.mean() == pytest.approx(tick_x, abs=1)
    assert rows.mean() == pytest.approx(tick_y, abs=1)
    assert len(np.unique(columns)) == pytest.approx(6 * scale, abs=2)


@pytest.mark.parametrize("screen", [{"QT_FONT_DPI": "144"}, {"QT_FONT_DPI": "72"}, {"QT_SCALE_FACTOR": "2"}])
def test_a_data_point_lies_on_its_ticks_whatever_the_screen(screen):
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-k",
        "on_its_ticks and not screen",
    ]
    done = subprocess.run([*command, __file__], env=os.environ | screen, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("extension", ["png", "svg"])
@pytest.mark.parametrize("cosmetic", [True, False])
def test_a_pen_is_as_wide_on_paper_as_on_the_screen(extension, cosmetic, make_figure, tmp_path, rasterise, read_png):
    def paint(painter: QPainter, _rect: QRectF) -> None:
        pen = QPen(Qt.GlobalColor.black, 2 if cosmetic else 0.5)
        pen.setCosmetic(cosmetic)
        painter.setPen(pen)
        painter.scale(4, 4)
        painter.drawLine(QPointF(0, 10), QPointF(40, 10))

    path = tmp_path / f"a.{extension}"
    save_figure(make_figure(paint), path, dpi=384)
    pixels = read_png(path) if extension == "png" else rasterise(path, 384)
    dark = np.flatnonzero(pixels[:, 400, 0] < 128)
    assert len(dark) == 8
    assert dark.mean() == pytest.approx(159.5)


def test_png_knows_its_size_and_what_it_shows(make_figure, tmp_path):
    figure = make_figure(_cross, title="‖∂L/∂h‖ over t", description="rnnviz export x --dpi 150")
    save_figure(figure, tmp_path / "a.png", dpi=150)
    with Image.open(tmp_path / "a.png") as image:
        assert image.info["dpi"] == pytest.approx((150, 150), abs=0.02)
        assert image.size == (round(200 / 96 * 150), round(120 / 96 * 150))
        assert image.info["Title"] == "‖∂L/∂h‖ over t"
        assert image.info["Description"] == "rnnviz export x --dpi 150"
        assert image.info["Software"] == f"rnnviz {__version__}"
        assert image.mode == "RGB"


def test_a_transparent_background_stays_transparent(make_figure, tmp_path):
    figure = make_figure(_cross, background=QColor(0, 0, 0, 0))
    save_figure(figure, tmp_path / "a.png", dpi=96)
    save_figure(figure, tmp_path / "a.svg")
    with Image.open(tmp_path / "a.png") as image:
        assert image.getpixel((100, 5)) == (0, 0, 0, 0)
    assert len(_svg(tmp_path / "a.svg").findall(f".//{SVG}path")) == 1


def test_svg_is_vector_and_says_what_it_shows(demanding, tmp_path):
    save_figure(demanding, tmp_path / "a.svg")
    root = _svg(tmp_path / "a.svg")
    assert root.get("width") == f"{800 * 25.4 / 96:.3f}mm"
    assert root.get("height") == "79.375mm"
    assert root.get("viewBox") == "0 0 800 300"
    assert root.findtext(f"{SVG}title") == "All of it: ∂L/∂h <&>"
    assert root.findtext(f"{SVG}desc") == "rnnviz export — é"
    labels = {group.get("aria-label") for group in root.iter(f"{SVG}g")}
    assert {"rotated ∂L/∂h", "‖∂L/∂h‖", "bold", "0.1"} <= labels
    assert not list(root.iter(f"{SVG}text"))
    # the smoothed image, the large one, and in patterns nothing but the conical gradient
    assert len(list(root.iter(f"{SVG}image"))) == 3
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))


def test_a_small_heat_map_becomes_rectangles_in_svg(make_figure, tmp_path):
    image = QImage(3, 2, QImage.Format.Format_RGB32)
    for k, name in enumerate(("red", "red", "lime", "blue", "white", "black")):
        image.setPixelColor(k % 3, k // 3, QColor(name))
    save_figure(make_figure(lambda p, r: p.drawImage(r, image)), tmp_path / "a.svg")
    rects = list(_svg(tmp_path / "a.svg").iter(f"{SVG}rect"))
    assert [rect.get("fill") for rect in rects] == ["#ff0000", "#00ff00", "#0000ff", "#ffffff", "#000000"]


def test_svg_survives_numbers_and_letters_that_xml_and_renderers_cannot_take(make_figure, tmp_path, rasterise):
    def paint(painter: QPainter, _rect: QRectF) -> None:
        painter.setPen(QPen(Qt.GlobalColor.red, 2))
        painter.drawPolyline([QPointF(10, 60), QPointF(50, 60), QPointF(60, 1e30), QPointF(70, -1e200)])
        painter.drawText(10, 20, "a\x02b")

    odd = make_figure(paint, title='\x00 "<&>\ud800')
    for extension in ("png", "svg", "pdf"):
        save_figure(odd, tmp_path / f"a.{extension}")
    assert _svg(tmp_path / "a.svg").findtext(f"{SVG}title") == ' "<&>'
    assert rasterise(tmp_path / "a.svg", 96)[60, 30].tolist() == [255, 0, 0]


@pytest.mark.parametrize("extension", ["png", "svg"])
def test_part_of_an_image_stays_inside_its_target(extension, make_figure, tmp_path, rasterise, read_png):
    image = QImage(4, 4, QImage.Format.Format_RGB32)
    image.fill(QColor("navy"))

    def paint(painter: QPainter, _rect: QRectF) -> None:
        painter.drawImage(QRectF(50, 50, 40, 40), image, QRectF(0.5, 0.5, 2, 2))
        painter.fillRect(QRectF(0, 0, 20, 20), QColor("red"))  # not clipped by the image's target

    path = tmp_path / f"a.{extension}"
    save_figure(make_figure(paint), path, dpi=96)
    pixels = read_png(path) if extension == "png" else rasterise(path, 96)
    rows, columns = np.nonzero(pixels[..., 0] < 128)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (50, 89, 50, 89)
    assert pixels[10, 10].tolist() == [255, 0, 0]


@pytest.mark.parametrize("extension", ["png", "svg", "pdf"])
def test_saving_twice_gives_the_same_bytes(extension, demanding, tmp_path):
    save_figure(demanding, tmp_path / f"a.{extension}")
    save_figure(demanding, tmp_path / f"b.{extension}")
    assert (tmp_path / f"a.{extension}").read_bytes() == (tmp_path / f"b.{extension}").read_bytes()


@pytest.mark.parametrize("size", [(800, 300), (123.4, 517.7), (20, 20), (7000, 40)])
def test_pdf_is_one_page_of_the_figures_size(size, make_figure, tmp_path):
    save_figure(make_figure(_cross, *size), tmp_path / "a.pdf")
    reader = PdfReader(tmp_path / "a.pdf", strict=True)
    assert len(reader.pages) == 1
    box = reader.pages[0].mediabox
    assert reader.pages[0].trimbox == box
    assert (float(box.width), float(box.height)) == pytest.approx((size[0] * 0.75, size[1] * 0.75), abs=1e-3)
    # page space starts at the top left corner of the box, three quarters of a point per logical pixel
    content = reader.pages[0].get_contents().get_data().decode("latin1")
    [top] = re.findall(r"^0\.75\d* 0 0 -0\.75\d* 0 (\d+) cm", content, re.MULTILINE)
    assert float(box.top) == float(top)


def test_pdf_has_text_with_its_fonts_and_metadata(demanding, tmp_path):
    save_figure(demanding, tmp_path / "a.pdf")
    reader = PdfReader(tmp_path / "a.pdf", strict=True)
    assert reader.metadata.title == demanding.title
    assert reader.metadata.creator == f"rnnviz {__version__}"
    assert reader.metadata.creation_date is None
    assert reader.xmp_metadata.dc_description == {"x-default": demanding.description}
    page = reader.pages[0]
    assert "rotated ∂L/∂h Ω" in " ".join(page.extract_text().split())
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        descriptor = font["/DescendantFonts"][0]["/FontDescriptor"]
        assert descriptor.keys() & {"/FontFile", "/FontFile2", "/FontFile3"}


def test_different_figures_have_different_pdf_identifiers(make_figure, tmp_path):
    identifiers = set()
    for title in ("one", "two"):
        save_figure(make_figure(_cross, title=title), tmp_path / "a.pdf")
        identifiers.add(bytes(PdfReader(tmp_path / "a.pdf").trailer["/ID"][0].original_bytes))
    assert len(identifiers) == 2


def test_a_large_image_in_a_pdf_is_as_opaque_as_painted(make_figure, tmp_path):
    image = QImage(100, 100, QImage.Format.Format_RGB32)
    image.fill(QColor("navy"))

    def paint(painter: QPainter, rect: QRectF) -> None:
        painter.fillRect(QRectF(0, 0, 10, 10), QColor(255, 0, 0, 60))
        painter.drawImage(rect, image)

    save_figure(make_figure(paint), tmp_path / "a.pdf")
    content = PdfReader(tmp_path / "a.pdf").pages[0].get_contents().get_data().decode("latin1")
    before = content[: content.index(" Do")]
    assert re.findall(r"/(\w+) gs", before)[-1] == "GSa"


def test_pdf_pens_have_their_width_even_when_it_is_zero(make_figure, tmp_path):
    def paint(painter: QPainter, _rect: QRectF) -> None:
        painter.setPen(QPen(Qt.GlobalColor.red, 0))
        painter.drawLine(QPointF(0, 0), QPointF(50, 50))

    save_figure(make_figure(paint), tmp_path / "a.pdf")
    content = PdfReader(tmp_path / "a.pdf").pages[0].get_contents().get_data().decode("latin1")
    assert re.search(r"^1 w ", content, re.MULTILINE)


def _cross(painter: QPainter, rect: QRectF) -> None:
    painter.drawLine(rect.topLeft(), rect.bottomRight())


def _svg(path):
    return ElementTree.fromstring(path.read_text("utf-8"))


def test_an_image_in_a_pdf_has_no_dark_edges(make_figure, tmp_path):
    """A program that smooths colours and transparency each by itself must not find black beside white."""
    icon = QImage(64, 64, QImage.Format.Format_ARGB32_Premultiplied)
    icon.fill(Qt.GlobalColor.transparent)
    with QPainter(icon) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor("white"), 5))
        painter.drawEllipse(QPointF(32, 32), 20, 20)

    def paint(painter: QPainter, rect: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(rect.topLeft(), QSizeF(14, 14)), icon)

    save_figure(make_figure(paint), tmp_path / "a.pdf")
    images = PdfReader(tmp_path / "a.pdf").pages[0]["/Resources"]["/XObject"].values()
    (drawn,) = [image.get_object() for image in images if "/SMask" in image.get_object()]
    assert np.frombuffer(drawn.get_data(), np.uint8).min() >= 250
