"""Figures as pixels."""

from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QImage, QPainter, QTransform

from rnnviz.views.figure.device import paint_figure
from rnnviz.views.figure.figure import (
    MM_PER_INCH,
    SOFTWARE,
    Figure,
    FigureError,
    check_dpi,
    check_size,
    legal,
    pixel_size,
)
from rnnviz.views.figure.replay import ReplayEngine


def figure_image(figure: Figure, dpi: float) -> QImage:
    """Return the figure as an image of its physical size, `dpi` pixels per inch (30 to 1200).

    Raises:
        FigureError: the size or the resolution is out of range, the image would have more than 100
        megapixels, or
            there is no memory for it.
    """
    check_size(figure)
    check_dpi(dpi)
    width, height = pixel_size(figure, dpi)
    image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    if image.isNull():
        raise FigureError(f"no memory for an image of {width} by {height} pixels: choose a lower resolution")
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter()
    if not painter.begin(image):
        raise FigureError(f"cannot draw the figure “{figure.title}”: Qt refused to paint on an image")
    try:
        # the sides are whole pixels, so the two scales may differ by a fraction of a percent
        to_pixels = QTransform.fromScale(width / figure.rect.width(), height / figure.rect.height())
        paint_figure(figure, ReplayEngine(figure.rect, painter, to_pixels))
    finally:
        painter.end()
    if figure.background.alphaF() == 1:
        image = image.convertToFormat(QImage.Format.Format_RGB32)
    # only now: Qt would take it for the screen's resolution and enlarge text and replayed pictures while
    # painting
    dots_per_metre = round(dpi / MM_PER_INCH * 1000)
    image.setDotsPerMeterX(dots_per_metre)
    image.setDotsPerMeterY(dots_per_metre)
    return image


def png(figure: Figure, dpi: float) -> bytes:
    """Return the figure as a PNG file, its resolution, title and description inside.

    Raises:
        FigureError: as `figure_image`, or Qt cannot encode the image.
    """
    image = figure_image(figure, dpi)
    image.setText("Title", legal(figure.title))
    image.setText("Software", SOFTWARE)
    if figure.description:
        image.setText("Description", legal(figure.description))
    return encoded(image)


def encoded(image: QImage) -> bytes:
    """Return the image as the bytes of a PNG file; FigureError if Qt cannot encode it."""
    buffer = QBuffer()
    if not (buffer.open(QIODevice.OpenModeFlag.WriteOnly) and image.save(buffer, "PNG")):  # type: ignore[call-overload]
        raise FigureError(f"Qt cannot encode an image of {image.width()} by {image.height()} pixels as PNG")
    return bytes(buffer.data().data())
