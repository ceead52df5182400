"""What a file says of itself: title, program and the command that makes it again, as RDF, for PDF and SVG alike."""

from xml.sax.saxutils import escape

from rnnviz.views.figure.figure import SOFTWARE, Figure, legal

_RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{description}</rdf:li></rdf:Alt></dc:description>
<xmp:CreatorTool>{software}</xmp:CreatorTool>
</rdf:Description>
</rdf:RDF>"""


def rdf(figure: Figure) -> str:
    """Return the element rdf:RDF that describes a figure."""
    return _RDF.format(
        title=escape(legal(figure.title)), description=escape(legal(figure.description)), software=escape(SOFTWARE)
    )
