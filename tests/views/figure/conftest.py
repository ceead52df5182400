"""A demanding picture, and independent eyes to look at what became of it."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyqtgraph as pg
import pytest
import resvg_py
from PIL import Image
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QConicalGradient,
    QFont,
    QFontDatabase,
    QImage,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QRadialGradient,
    QStaticText,
    QTextDocument,
)

from rnnviz.views.figure import Figure

FONTS = Path(__file__).parents[3] / "assets" / "fonts"
Paint = Callable[[QPainter, QRectF], None]


@pytest.fixture(autouse=True)
def inter(qapp):
    if "Inter" not in QFontDatabase.families():
        for font in FONTS.glob("Inter-*.otf"):
            assert QFontDatabase.addApplicationFont(str(font)) >= 0
    before = qapp.font()
    qapp.setFont(QFont("Inter", 9))
    yield
    qapp.setFont(before)


@pytest.fixture
def make_figure():
    """Return a function that makes a figure of a painting function, by its size in logical pixels."""

    def make(paint: Paint, width: float = 200, height: float = 120, **changes) -> Figure:
        values = {"title": "A test", "background": QColor("white")} | changes
        return Figure(paint, width * 25.4 / 96, height * 25.4 / 96, **values)

    return make


@pytest.fixture
def rasterise():
    """Return a function that turns an SVG file into RGB pixels without Qt."""

    def pixels(path: Path, dpi: int) -> np.ndarray:
        png = resvg_py.svg_to_bytes(svg_string=path.read_text("utf-8"), dpi=dpi)
        return np.asarray(Image.open(io.BytesIO(bytes(png))).convert("RGB"), float)

    return pixels


@pytest.fixture
def read_png():
    def pixels(path: Path) -> np.ndarray:
        with Image.open(path) as image:
            return np.asarray(image.convert("RGB"), float)

    return pixels


@pytest.fixture
def show_plot(qtbot, qapp):
    """Return a function that shows an empty plot of a size in pixels and processes its first events."""

    def show(width: int, height: int) -> pg.PlotWidget:
        plot = pg.PlotWidget(background="w")
        qtbot.addWidget(plot)
        plot.resize(width, height)
        for side in ("left", "bottom"):
            plot.getAxis(side).setPen("k")
            plot.getAxis(side).setTextPen("k")
        plot.show()
        qapp.processEvents()
        qapp.processEvents()
        return plot

    return show


def paint_plot(plot: pg.PlotWidget) -> Paint:
    """Return what paints a pyqtgraph plot as a figure wants it: antialiased, and from vectors."""

    def paint(painter: QPainter, rect: QRectF) -> None:
        items = [item for item in plot.scene().items() if hasattr(item, "setExportMode")]
        for item in items:
            item.setExportMode(True, {"antialias": True})
        plot.render(painter, rect, QRect(0, 0, plot.width(), plot.height()))
        for item in items:
            item.setExportMode(False)

    return paint


@pytest.fixture
def plot_painting():
    return paint_plot


@pytest.fixture
def demanding(show_plot, make_figure, qapp):
    """Return a figure that asks for about everything QPainter can do."""
    plot = show_plot(400, 300)
    _fill(plot)
    qapp.processEvents()
    paint_left = paint_plot(plot)

    def paint(painter: QPainter, _rect: QRectF) -> None:
        paint_left(painter, QRectF(0, 0, 400, 300))
        painter.save()
        painter.translate(400, 0)
        painter.fillRect(QRectF(0, 0, 400, 300), QColor("#fdfdf5"))
        for part in (_shapes, _gradients, _pens, _clips, _texts, _images):
            painter.save()
            part(painter)
            painter.restore()
        painter.restore()

    return make_figure(paint, 800, 300, title="All of it: ∂L/∂h <&>", description="rnnviz export — é")


def _fill(plot: pg.PlotWidget) -> None:
    t = np.arange(60.0)
    plot.setLogMode(False, True)
    plot.setLabel("left", "‖∂L/∂h‖")
    plot.setLabel("bottom", "time <i>t</i>")
    plot.plot(t, np.exp(-t / 6), pen=pg.mkPen("#c2185b", width=2))
    waves = np.exp(-t / 9) * (1.2 + np.sin(t))
    dashes = pg.mkPen("#1565c0", width=1.5, style=Qt.PenStyle.DashLine)
    plot.plot(t, waves, pen=dashes, fillLevel=-3, brush=(20, 100, 200, 60))
    plot.plot(t[::6], np.exp(-t[::6] / 4), pen=None, symbol="o", symbolBrush=(255, 160, 0, 150), symbolPen="k")
    heat = pg.ImageItem(np.random.default_rng(1).random((12, 6)), colorMap="CET-D1")
    heat.setRect(QRectF(30, -1, 20, 1))
    plot.addItem(heat)
    plot.setXRange(5, 58)
    plot.setYRange(-4, 0.3)


def _shapes(p: QPainter) -> None:
    p.setPen(QPen(QColor("#333"), 1.5))
    p.setBrush(QColor(255, 0, 0, 90))
    p.drawRoundedRect(QRectF(10, 10, 80, 50), 8, 8)
    p.setBrush(QColor(0, 120, 0, 90))
    p.drawEllipse(QRectF(60, 30, 70, 50))
    p.setOpacity(0.5)
    p.setPen(QPen(Qt.GlobalColor.red, 4))
    p.setBrush(Qt.GlobalColor.blue)
    corners = [(320, 270), (380, 275), (330, 295), (350, 265), (375, 298)]
    p.drawPolygon([QPointF(x, y) for x, y in corners], Qt.FillRule.OddEvenFill)


def _gradients(p: QPainter) -> None:
    fade = QLinearGradient(150, 0, 230, 0)
    fade.setColorAt(0, QColor("red"))
    fade.setColorAt(1, Qt.GlobalColor.transparent)
    p.setBrush(fade)
    p.drawRect(QRectF(150, 10, 80, 50))
    p.setPen(Qt.PenStyle.NoPen)
    ball = QRadialGradient(280, 35, 30)
    wheel = QConicalGradient(360, 35, 30)
    for gradient, centre in ((ball, QPointF(280, 35)), (wheel, QPointF(360, 35))):
        gradient.setColorAt(0, QColor("yellow"))
        gradient.setColorAt(0.5, QColor("purple"))
        gradient.setColorAt(1, QColor("yellow"))
        p.setBrush(gradient)
        p.drawEllipse(centre, 30, 25)
    p.setPen(QPen(Qt.GlobalColor.black, 1))
    hatchings = (Qt.BrushStyle.Dense4Pattern, Qt.BrushStyle.HorPattern, Qt.BrushStyle.DiagCrossPattern)
    for k, style in enumerate(hatchings):
        p.setBrush(QBrush(QColor("purple"), style))
        p.drawRect(QRectF(10 + 35 * k, 120, 30, 30))


def _pens(p: QPainter) -> None:
    styles = (Qt.PenStyle.DashLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine)
    caps = (Qt.PenCapStyle.FlatCap, Qt.PenCapStyle.RoundCap, Qt.PenCapStyle.SquareCap)
    for k, (style, cap) in enumerate(zip(styles, caps, strict=True)):
        pen = QPen(QColor("blue"), 1 + k, style, cap)
        pen.setCosmetic(k % 2 == 0)
        p.setPen(pen)
        p.drawPolyline([QPointF(10 + 12 * j, 80 + 10 * k + (j % 2) * 8) for j in range(10)])
    for k, cap in enumerate(caps):
        p.setPen(QPen(QColor("teal"), 8, Qt.PenStyle.SolidLine, cap))
        p.drawPoints([QPointF(150 + 20 * k, 80)])
    p.translate(150, 100)
    p.scale(3, 1)
    p.setPen(QPen(QColor("maroon"), 3))
    p.drawEllipse(QRectF(2, 2, 25, 25))
    cosmetic = QPen(QColor("green"), 2)
    cosmetic.setCosmetic(True)
    p.setPen(cosmetic)
    p.drawEllipse(QRectF(5, 8, 15, 15))


def _clips(p: QPainter) -> None:
    p.save()
    p.setClipRect(QRectF(250, 70, 60.5, 60))
    p.save()
    circle = QPainterPath()
    circle.addEllipse(QRectF(260, 60, 60, 60))
    p.setClipPath(circle, Qt.ClipOperation.IntersectClip)
    p.fillRect(QRectF(0, 0, 400, 300), QColor("orange"))
    p.restore()
    p.setPen(QPen(Qt.GlobalColor.black, 1))
    p.drawLine(240, 70, 330, 130)
    p.restore()
    p.setPen(QPen(Qt.GlobalColor.gray, 0))
    p.drawLine(240, 130, 330, 70)


def _texts(p: QPainter) -> None:
    p.setPen(QColor("#222"))
    p.save()
    p.translate(30, 240)
    p.rotate(-60)
    p.drawText(0, 0, "rotated ∂L/∂h Ω")
    p.restore()
    p.drawStaticText(80, 160, QStaticText('static <b>bold</b> <span style="color:#c00">red</span> h<sub>t</sub>'))
    document = QTextDocument()
    document.setHtml('<p>x<sup>2</sup> <u>under</u> <span style="background:#ff0">mark</span></p><ul><li>a</ul>')
    p.translate(80, 180)
    document.drawContents(p)


def _images(p: QPainter) -> None:
    tile = QImage(6, 4, QImage.Format.Format_ARGB32)
    for x in range(6):
        for y in range(4):
            tile.setPixelColor(x, y, QColor.fromHsv(x * 60, 255 - 40 * y, 255, 255 if (x + y) % 3 else 100))
    p.drawImage(QRectF(240, 150, 60, 40), tile)
    p.save()
    p.translate(340, 150)
    p.rotate(20)
    p.setOpacity(0.6)
    p.drawImage(QRectF(0, 0, 50, 40), tile, QRectF(1, 1, 4, 2))
    p.restore()
    p.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    p.drawImage(QRectF(240, 200, 60, 40), tile)
    p.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    large = QPixmap(100, 100)
    large.fill(QColor("#88a"))
    p.drawPixmap(QRectF(320, 195, 60, 60), large, QRectF(0, 0, 100, 100))
    p.drawTiledPixmap(QRectF(240, 250, 60, 40), QPixmap.fromImage(tile.scaled(24, 16)), QPointF(3, 2))
