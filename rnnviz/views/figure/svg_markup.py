"""How numbers, paths, colours and text are written in SVG."""

from PySide6.QtGui import QColor, QPainterPath, QTransform

_FAR = 1e6
_Element = QPainterPath.ElementType


def number(value: float) -> str:
    """Return a length in logical pixels, to a thousandth.

    Renderers count in 32-bit floats: what lies beyond a million pixels is drawn at a million, far outside any
    page.
    """
    text = f"{min(max(value, -_FAR), _FAR):.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def real(value: float) -> str:
    """Return any other number, to nine digits."""
    return f"{value + 0.0:.9g}"


def matrix(transform: QTransform) -> str:
    """Return the value of a transform attribute."""
    parts = (
        transform.m11(),
        transform.m12(),
        transform.m21(),
        transform.m22(),
        transform.dx(),
        transform.dy(),
    )
    return f"matrix({' '.join(real(part) for part in parts)})"


def path_data(path: QPainterPath) -> str:
    """Return the value of a d attribute. A subpath that ends where it began is closed, as Qt strokes it."""
    out: list[str] = []
    start = ""
    elements = [path.elementAt(i) for i in range(path.elementCount())]
    for i, element in enumerate(elements):
        place = f"{number(element.x)} {number(element.y)}"
        if element.type == _Element.MoveToElement:
            out.append("M" + place)
            start = place
        elif element.type == _Element.LineToElement:
            out.append("L" + place)
        elif element.type == _Element.CurveToElement:
            out.append("C" + place)
        else:
            out.append(" " + place)
        is_last = i + 1 == len(elements) or elements[i + 1].type == _Element.MoveToElement
        if is_last and place == start and element.type != _Element.MoveToElement:
            out.append("Z")
    return "".join(out)


def colour(name: str, value: QColor, opacity: float) -> str:
    """Return the attribute `name` with a colour and, where needed, its opacity."""
    solid = f'{name}="{value.name()}"'
    alpha = number(value.alphaF() * opacity)
    return solid if alpha == "1" else f'{solid} {name.removesuffix("-color")}-opacity="{alpha}"'
