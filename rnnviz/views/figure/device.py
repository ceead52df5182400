"""The paint device that figures are painted on, and the one way of painting them."""

from PySide6.QtGui import QGuiApplication, QPaintDevice, QPaintEngine, QPainter, QPen, QPicture

from rnnviz.views.figure.engine import FigureEngine
from rnnviz.views.figure.figure import MM_PER_INCH, Figure, FigureError

_HINTS = (
    QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing | QPainter.RenderHint.LosslessImageRendering
)


class FigureDevice(QPaintDevice):
    """A device of the figure's size in logical pixels, that hands every drawing call to one engine."""

    def __init__(self, figure: Figure, engine: FigureEngine) -> None:
        super().__init__()
        self._engine = engine
        # What Qt sizes point fonts by, and what QPicture rescales by when it is replayed: any other number
        # than the screen's would put text and pyqtgraph's axes (a replayed QPicture) at another scale than
        # the data.
        dpi = QPicture().logicalDpiX()
        metric = QPaintDevice.PaintDeviceMetric
        self._metrics = {
            metric.PdmWidth: round(figure.rect.width()),
            metric.PdmHeight: round(figure.rect.height()),
            metric.PdmWidthMM: round(figure.rect.width() / dpi * MM_PER_INCH),
            metric.PdmHeightMM: round(figure.rect.height() / dpi * MM_PER_INCH),
            metric.PdmNumColors: 2**31 - 1,
            metric.PdmDepth: 32,
            metric.PdmDpiX: dpi,
            metric.PdmDpiY: dpi,
            metric.PdmPhysicalDpiX: dpi,
            metric.PdmPhysicalDpiY: dpi,
            metric.PdmDevicePixelRatio: 1,
            metric.PdmDevicePixelRatioScaled: int(QPaintDevice.devicePixelRatioFScale()),
            metric.PdmDevicePixelRatioF_EncodedA: self.encodeMetricF(metric.PdmDevicePixelRatioF_EncodedA, 1.0),
            metric.PdmDevicePixelRatioF_EncodedB: self.encodeMetricF(metric.PdmDevicePixelRatioF_EncodedB, 1.0),
        }

    def paintEngine(self) -> QPaintEngine:
        return self._engine

    def metric(self, metric: QPaintDevice.PaintDeviceMetric, /) -> int:
        return self._metrics[metric]


def paint_figure(figure: Figure, engine: FigureEngine) -> None:
    """Paint the background and the figure through the engine.

    Raises:
        FigureError: there is no application to take fonts from, or Qt refuses to paint.
        Exception: whatever `figure.paint`, or the engine during it, raised.
    """
    if QGuiApplication.instance() is None:
        raise FigureError(f"cannot draw the figure “{figure.title}” before the application has started")
    device = FigureDevice(figure, engine)
    painter = QPainter()
    if not painter.begin(device):
        raise FigureError(f"cannot draw the figure “{figure.title}”: Qt refused to start painting")
    try:
        painter.setRenderHints(_HINTS)
        painter.setPen(QPen())
        if figure.background.alpha():
            painter.fillRect(figure.rect, figure.background)
        figure.paint(painter, figure.rect)
    finally:
        ended = painter.end()
        engine.raise_error()
    if not ended:
        raise FigureError(f"cannot draw the figure “{figure.title}”: Qt could not finish painting")
