"""Everything Qt can ask of a paint engine, brought down to three calls.

Qt leaves a cosmetic pen one device pixel wide at any resolution, and its SVG and PDF engines get pens, clips or images
wrong. So an own engine takes the painter's calls and resolves each into *page space*: logical pixels, 96 per inch, with
no transform left. There a pen has its true width, whether it was cosmetic or not, and what remains for a subclass is to
put a shape, a piece of text or an image on the page.
"""

import functools
import math
from collections.abc import Callable, Iterable
from typing import Concatenate

from PySide6.QtCore import QLine, QLineF, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QBrush,
    QImage,
    QPaintDevice,
    QPaintEngine,
    QPaintEngineState,
    QPainter,
    QPainterPath,
    QPainterPathStroker,
    QPen,
    QPixmap,
    QPolygonF,
    QTextItem,
    QTransform,
)

from rnnviz.views.figure.brushes import page_brush

Dirty = QPaintEngine.DirtyFlag
Hint = QPainter.RenderHint
Mode = QPainter.CompositionMode

NO_PEN = QPen(Qt.PenStyle.NoPen)
NO_BRUSH = QBrush(Qt.BrushStyle.NoBrush)


def _guarded[**P](
    method: Callable[Concatenate["FigureEngine", P], None],
) -> Callable[Concatenate["FigureEngine", P], None]:
    return method
