"""Figures as one PDF page."""

import hashlib
import math
import re
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QBuffer, QHashSeed, QIODevice, QMarginsF, QSizeF, QUuid
from PySide6.QtGui import QPageLayout, QPageSize, QPainter, QPdfWriter, QTransform

from rnnviz.views.figure.device import paint_figure
from rnnviz.views.figure.figure import LOGICAL_DPI, SOFTWARE, Figure, FigureError, legal
from rnnviz.views.figure.metadata import rdf
from rnnviz.views.figure.pdf_words import with_readable_words
from rnnviz.views.figure.replay import PdfEngine

_POINTS_PER_PIXEL = 72 / LOGICAL_DPI
_NO_ID = QUuid("{00000000-0000-0000-0000-000000000000}")
_DATES = re.compile(rb"/(?:CreationDate|ModDate) \(D:[^)\n]*\)")
_BOXES = re.compile(rb"(/(?:Media|Trim)Box \[)(0 0 \d+\.\d{6} \d+\.\d{6})\]")
_XMP = """<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
{rdf}
</x:xmpmeta>
<?xpacket end='r'?>
"""


def pdf(figure: Figure, *more: Figure) -> bytes:
    """Return the figure as a PDF file: one vector page of its size, with fonts and metadata inside.

    More figures of the same size are further pages. The same figures give the same bytes: there is no date in the
    file, and its identifier comes from its content.

    Raises:
        FigureError: Qt refuses the page or the painting.
    """
    with _ordered_fonts():
        return _reproducible(_trimmed(_painted(figure, *more), figure))


@contextmanager
def _ordered_fonts() -> Iterator[None]:
    """Let Qt write fonts in the same order in every process: it keeps them in a table with random places."""
    QHashSeed.setDeterministicGlobalSeed()
    try:
        yield
    finally:
        QHashSeed.resetRandomGlobalSeed()


def _painted(figure: Figure, *more: Figure) -> bytes:
    """Return the file as Qt makes it, one page for each figure, but for what glyphs mean."""
    buffer = QBuffer()
    if not buffer.open(QIODevice.OpenModeFlag.WriteOnly):
        raise FigureError(f"cannot make a PDF of the figure “{figure.title}”: Qt refused to open a buffer")
    writer = QPdfWriter(buffer)
    points = QSizeF(
        math.ceil(figure.rect.width() * _POINTS_PER_PIXEL),
        math.ceil(figure.rect.height() * _POINTS_PER_PIXEL),
    )
    page = QPageSize(points, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch)
    _describe(writer, figure)
    writer.setResolution(round(LOGICAL_DPI))
    if not writer.setPageLayout(QPageLayout(page, QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0))):
        raise FigureError(f"cannot make a PDF page of {figure.width_mm:g} by {figure.height_mm:g} mm")
    painter = QPainter()
    if not painter.begin(writer):
        raise FigureError(f"cannot draw the figure “{figure.title}”: Qt refused to paint on a PDF page")
    try:
        texts = []
        for number, each in enumerate((figure, *more)):
            if number and not writer.newPage():
                raise FigureError(f"cannot draw the figure “{each.title}”: Qt refused another PDF page")
            engine = PdfEngine(each.rect, painter, QTransform())
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)
            try:
                paint_figure(each, engine)
            finally:
                painter.restore()
            texts += engine.texts
    finally:
        ended = painter.end()
    if not ended:
        raise FigureError(f"cannot draw the figure “{figure.title}”: Qt could not finish the PDF page")
    return with_readable_words(bytes(buffer.data().data()), texts)


def _describe(writer: QPdfWriter, figure: Figure) -> None:
    writer.setTitle(legal(figure.title))
    writer.setCreator(SOFTWARE)
    writer.setDocumentId(_NO_ID)
    writer.setDocumentXmpMetadata(_XMP.format(rdf=rdf(figure)).encode())


def _trimmed(document: bytes, figure: Figure) -> bytes:
    """Return the document with the exact page size: Qt rounds pages to whole points (0.35 mm).

    It was drawn on a page rounded up, from the top left corner; the box written here leaves the surplus at
    the right and at the bottom (where y = 0) outside. The length stays, so that every offset in the file
    does.
    """
    width, height = figure.rect.width() * _POINTS_PER_PIXEL, figure.rect.height() * _POINTS_PER_PIXEL
    top = math.ceil(height)
    corners = f"0 {top - height:.4f} {width:.4f} {top}".encode()
    return _BOXES.sub(lambda box: box[1] + corners.ljust(len(box[2])) + b"]", document)


def _reproducible(document: bytes) -> bytes:
    """Return the document without dates and with an identifier made of its content, at the same length."""
    undated = _DATES.sub(lambda found: b" " * len(found.group()), document)
    blank = _NO_ID.toString(QUuid.StringFormat.WithoutBraces).encode()
    digest = hashlib.sha256(undated).hexdigest().encode()
    return undated.replace(blank.hex().encode(), digest[: len(blank)].hex().encode())
