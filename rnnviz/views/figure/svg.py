"""Figures as SVG: every path in page space, so that pens keep their widths in every program."""

from xml.sax.saxutils import escape, quoteattr

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QImage, QPainter, QPainterPath, QPen, QTextItem, QTransform

from rnnviz.views.figure.device import paint_figure
from rnnviz.views.figure.engine import FigureEngine
from rnnviz.views.figure.figure import Figure, check_size, legal
from rnnviz.views.figure.metadata import rdf
from rnnviz.views.figure.svg_images import image_markup
from rnnviz.views.figure.svg_markup import number, path_data
from rnnviz.views.figure.svg_paint import Definitions, paint_attribute, pen_attributes

_Mode = QPainter.CompositionMode
_BLEND = {
    _Mode.CompositionMode_SourceOver: "",
    _Mode.CompositionMode_Plus: "plus-lighter",
    _Mode.CompositionMode_Multiply: "multiply",
    _Mode.CompositionMode_Screen: "screen",
    _Mode.CompositionMode_Overlay: "overlay",
    _Mode.CompositionMode_Darken: "darken",
    _Mode.CompositionMode_Lighten: "lighten",
    _Mode.CompositionMode_ColorDodge: "color-dodge",
    _Mode.CompositionMode_ColorBurn: "color-burn",
    _Mode.CompositionMode_HardLight: "hard-light",
    _Mode.CompositionMode_SoftLight: "soft-light",
    _Mode.CompositionMode_Difference: "difference",
    _Mode.CompositionMode_Exclusion: "exclusion",
}


def svg(figure: Figure) -> bytes:
    """Return the figure as an SVG file: sizes in mm, the viewBox in logical pixels.

    The same figure gives the same bytes.

    Raises:
        FigureError: the size is out of range, or the figure mixes colours in a way that SVG does not know.
    """
    check_size(figure)
    engine = SvgEngine(figure.rect)
    paint_figure(figure, engine)
    width, height = number(figure.rect.width()), number(figure.rect.height())
    description = f"<desc>{escape(legal(figure.description))}</desc>\n" if figure.description else ""
    document = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" role="img" '
        f'width="{number(figure.width_mm)}mm" height="{number(figure.height_mm)}mm" '
        f'viewBox="0 0 {width} {height}">\n'
        f"<title>{escape(legal(figure.title))}</title>\n{description}"
        f"<metadata>\n{rdf(figure)}\n</metadata>\n{engine.markup()}\n</svg>\n"
    )
    return document.encode()


class SvgEngine(FigureEngine):
    """Collects the markup of what is painted."""

    compositions = tuple(_BLEND)
    file_type = "SVG"

    def __init__(self, page: QRectF) -> None:
        super().__init__(page)
        self._definitions = Definitions()
        self._body: list[str] = []
        self._glyphs: list[str] | None = None
        self._clipped_by: tuple[QPainterPath, ...] = ()

    def markup(self) -> str:
        """Return the definitions and everything painted so far."""
        end = "\n</g>" if self._clipped_by else ""
        return f"<defs>\n{self._definitions.markup()}\n</defs>\n" + "\n".join(self._body) + end

    def draws(self, brush: QBrush) -> bool:
        return brush.style() in (Qt.BrushStyle.LinearGradientPattern, Qt.BrushStyle.RadialGradientPattern)

    def draw_shape(self, path: QPainterPath, brush: QBrush, pen: QPen) -> None:
        attributes = self._paint("fill", brush)
        if brush.style() != Qt.BrushStyle.NoBrush and path.fillRule() == Qt.FillRule.OddEvenFill:
            attributes += ' fill-rule="evenodd"'
        if pen.style() != Qt.PenStyle.NoPen:
            attributes += f" {self._paint('stroke', pen.brush())}{pen_attributes(pen)}"
        if not self.antialiased:
            attributes += ' shape-rendering="crispEdges"'
        self._put(f'<path d="{path_data(path)}" {attributes}{self._blend()}/>')

    def draw_image(self, image: QImage, placed: QTransform) -> None:
        markup = image_markup(image, placed, smooth=self.smooth, opacity=self.opacity)
        blend = self._blend()
        self._put(f"<g{blend}>{markup}</g>" if blend else markup)

    def draw_text(self, baseline: QPointF, item: QTextItem) -> None:
        self._glyphs = []
        super().draw_text(baseline, item)
        glyphs, self._glyphs = "".join(self._glyphs), None
        text = legal(item.text()).strip()
        if glyphs:
            self._put(f"<g aria-label={quoteattr(text)}>{glyphs}</g>" if text else glyphs)

    def _paint(self, name: str, brush: QBrush) -> str:
        return paint_attribute(name, brush, self.opacity, self._definitions, smooth=self.smooth)

    def _blend(self) -> str:
        mode = _BLEND[self.composition]
        return f' style="mix-blend-mode:{mode}"' if mode else ""

    def _put(self, markup: str) -> None:
        """Add an element, inside a group that clips; neighbours under the same clip share one group."""
        if self._glyphs is not None:
            self._glyphs.append(markup)
            return
        if self.clips != self._clipped_by:
            if self._clipped_by:
                self._body.append("</g>")
            self._clipped_by = self.clips
            if self.clips:
                self._body.append(f'<g clip-path="{self._clip()}">')
        self._body.append(markup)

    def _clip(self) -> str:
        """Return the reference to a clip path that is itself clipped by the one before, and so on."""
        reference = ""
        for path in self.clips:
            rule = ' clip-rule="evenodd"' if path.fillRule() == Qt.FillRule.OddEvenFill else ""
            outer = f' clip-path="{reference}"' if reference else ""
            reference = self._definitions.add("clipPath", outer, f'<path d="{path_data(path)}"{rule}/>')
        return reference
