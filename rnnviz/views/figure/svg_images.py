"""Images in SVG: rectangles where there are few pixels, an embedded PNG where there are many."""

import base64

from PySide6.QtGui import QImage, QTransform

from rnnviz.views.figure.images import cells, is_mosaic
from rnnviz.views.figure.raster import encoded
from rnnviz.views.figure.svg_markup import colour, matrix, real


def image_markup(image: QImage, placed: QTransform, *, smooth: bool, opacity: float = 1.0) -> str:
    """Return the markup of an image whose pixel coordinates `placed` maps to the page."""
    fade = f' opacity="{real(opacity)}"' if opacity < 1 else ""
    place = f' transform="{matrix(placed)}"{fade}'
    if is_mosaic(image, smooth=smooth):
        rects = "".join(
            f'<rect x="{real(cell.x())}" y="{real(cell.y())}" width="{real(cell.width())}" '
            f'height="{real(cell.height())}" {colour("fill", value, 1.0)}/>'
            for cell, value in cells(image, placed)
        )
        return f'<g{place} shape-rendering="crispEdges">{rects}</g>'
    # librsvg and Inkscape know the attribute's old value, browsers the new one
    sharp = "" if smooth else ' image-rendering="optimizeSpeed" style="image-rendering:pixelated"'
    data = base64.b64encode(encoded(image)).decode()
    return (
        f'<image{place} width="{image.width()}" height="{image.height()}" preserveAspectRatio="none"{sharp} '
        f'xlink:href="data:image/png;base64,{data}"/>'
    )
