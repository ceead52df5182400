"""Brushes and pens in SVG."""

import itertools
import math

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QGradient, QLinearGradient, QPen, QRadialGradient, QTransform

from rnnviz.views.figure.svg_images import image_markup
from rnnviz.views.figure.svg_markup import colour, matrix, number, real

_STEPS = 8
_SPREAD = {
    QGradient.Spread.PadSpread: "",
    QGradient.Spread.ReflectSpread: ' spreadMethod="reflect"',
    QGradient.Spread.RepeatSpread: ' spreadMethod="repeat"',
}
_CAP = {
    Qt.PenCapStyle.FlatCap: "",
    Qt.PenCapStyle.SquareCap: ' stroke-linecap="square"',
    Qt.PenCapStyle.RoundCap: ' stroke-linecap="round"',
}


class Definitions:
    """The defs of a document: each distinct gradient, pattern or clip once, under a short name."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, str, str], str] = {}

    def add(self, tag: str, attributes: str, content: str) -> str:
        """Return the reference, such as url(#d3), to a definition."""
        name = self._names.setdefault((tag, attributes, content), f"d{len(self._names) + 1}")
        return f"url(#{name})"

    def markup(self) -> str:
        """Return all definitions, in the order they were added."""
        return "\n".join(
            f'<{tag} id="{name}"{attributes}>{content}</{tag}>'
            for (tag, attributes, content), name in self._names.items()
        )


def paint_attribute(name: str, brush: QBrush, opacity: float, definitions: Definitions, *, smooth: bool) -> str:
    """Return the attribute `name`, fill or stroke, that paints with a page-space brush."""
    if brush.style() == Qt.BrushStyle.NoBrush:
        return f'{name}="none"'
    gradient = brush.gradient()
    if isinstance(gradient, QLinearGradient | QRadialGradient):
        reference = _gradient(gradient, brush.transform(), definitions)
    elif brush.style() == Qt.BrushStyle.TexturePattern:
        reference = _pattern(brush, definitions, smooth=smooth)
    else:
        return colour(name, brush.color(), opacity)
    fade = f' {name}-opacity="{real(opacity)}"' if opacity < 1 else ""
    return f'{name}="{reference}"{fade}'


def pen_attributes(pen: QPen) -> str:
    """Return everything about a page-space pen but its colour."""
    width = pen.widthF()
    out = f' stroke-width="{number(width)}"{_CAP.get(pen.capStyle(), "")}{_join(pen)}'
    if pen.style() != Qt.PenStyle.SolidLine:
        out += f' stroke-dasharray="{" ".join(number(length * width) for length in pen.dashPattern())}"'
        if pen.dashOffset():
            out += f' stroke-dashoffset="{number(pen.dashOffset() * width)}"'
    return out


def _join(pen: QPen) -> str:
    style, limit = pen.joinStyle(), pen.miterLimit()
    if style == Qt.PenJoinStyle.BevelJoin:
        return ' stroke-linejoin="bevel"'
    if style == Qt.PenJoinStyle.RoundJoin:
        return ' stroke-linejoin="round"'
    if style == Qt.PenJoinStyle.MiterJoin:
        # Qt limits the tip's distance from the corner of the stroke's edge, SVG the whole length of the mitre
        limit = math.hypot(1, 2 * limit)
    return f' stroke-miterlimit="{number(max(limit, 1))}"'


def _gradient(gradient: QGradient, transform: QTransform, definitions: Definitions) -> str:
    place = "" if transform.isIdentity() else f' gradientTransform="{matrix(transform)}"'
    common = f' gradientUnits="userSpaceOnUse"{place}{_SPREAD[gradient.spread()]}'
    stops = "".join(
        f'<stop offset="{real(offset)}" {colour("stop-color", value, 1.0)}/>' for offset, value in _stops(gradient)
    )
    if isinstance(gradient, QLinearGradient):
        a, b = gradient.start(), gradient.finalStop()
        line = f' x1="{real(a.x())}" y1="{real(a.y())}" x2="{real(b.x())}" y2="{real(b.y())}"'
        return definitions.add("linearGradient", line + common, stops)
    assert isinstance(gradient, QRadialGradient)
    centre, focus = gradient.center(), gradient.focalPoint()
    circle = f' cx="{real(centre.x())}" cy="{real(centre.y())}" r="{real(gradient.radius())}"'
    if focus != centre:
        circle += f' fx="{real(focus.x())}" fy="{real(focus.y())}"'
    if gradient.focalRadius():
        circle += f' fr="{real(gradient.focalRadius())}"'
    return definitions.add("radialGradient", circle + common, stops)


def _stops(gradient: QGradient) -> list[tuple[float, QColor]]:
    """Return the stops, with more of them where the opacity changes.

    Qt mixes colours that are weighted by their opacity, so that red fades into transparent black as red; SVG
    mixes the bare colours and passes through dark red.
    """
    stops = gradient.stops()
    out = stops[:1]
    for (start, first), (stop, last) in itertools.pairwise(stops):
        if first.alpha() != last.alpha():
            steps = [k / _STEPS for k in range(_STEPS + 1)]
            out += [(start + k * (stop - start), _mixed(first, last, k)) for k in steps]
        else:
            out.append((stop, last))
    return out


def _mixed(first: QColor, last: QColor, share: float) -> QColor:
    weight_first, weight_last = (1 - share) * first.alphaF(), share * last.alphaF()
    alpha = weight_first + weight_last
    if alpha == 0:  # an end that is wholly transparent takes the colour of the other end
        weight_first, weight_last = (0.0, 1.0) if share == 0 else (1.0, 0.0)
    total = weight_first + weight_last
    red, green, blue = (
        (a * weight_first + b * weight_last) / total
        for a, b in zip(first.getRgbF()[:3], last.getRgbF()[:3], strict=True)  # type: ignore[index]
    )
    return QColor.fromRgbF(red, green, blue, alpha)


def _pattern(brush: QBrush, definitions: Definitions, *, smooth: bool) -> str:
    image = brush.textureImage()
    size = QRectF(image.rect())
    place = f' patternTransform="{matrix(brush.transform())}"'
    box = f' patternUnits="userSpaceOnUse" width="{real(size.width())}" height="{real(size.height())}"'
    return definitions.add("pattern", box + place, image_markup(image, QTransform(), smooth=smooth))
