"""A handout as one HTML file that needs nothing else: no scripts, and pictures and typefaces inside it."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from html import escape

from rnnviz.document.resources import asset
from rnnviz.views.figure import Figure
from rnnviz.views.figure.svg import svg
from rnnviz.views.formula import formula_renderer, formula_svg, latex_of
from rnnviz.views.handout.content import Handout
from rnnviz.views.handout.pictures import CURVES, NETWORK, PAPER, picture
from rnnviz.views.handout.steps import Row

_WIDTH, _NETWORK_HEIGHT, _CURVES_HEIGHT = 720.0, 150.0, 210.0
_SIZE = 15.0  # px of an equation
_STYLE = """
@page { size: A4; margin: 14mm 15mm; }
body { max-width: 720px; margin: 24px auto; padding: 0 16px; font: 14px/1.45 Inter, sans-serif;
  font-feature-settings: "tnum"; color: INK; background: #fff; }
h1 { font-size: 24px; font-weight: 600; margin: 0; }
h2 { font-size: 15px; font-weight: 600; margin: 20px 0 6px; }
header { display: flex; justify-content: space-between; align-items: baseline; gap: 24px; flex-wrap: wrap; }
p { color: MUTED; margin: 4px 0; }
img { max-width: 100%; }
.equations { display: flex; flex-wrap: wrap; gap: 8px 28px; align-items: center; margin: 6px 0; }
.curves { display: grid; grid-template-columns: 1fr 1fr; gap: 12px; }
.sheet { display: grid; grid-template-columns: 3fr 2fr; gap: 0 24px; }
.sheet > div { break-inside: avoid; overflow-x: auto; }
@media screen and (max-width: 640px) { .curves, .sheet { grid-template-columns: 1fr; } }
table { border-collapse: collapse; width: 100%; }
.run th, .run td { border: 1px solid #777; height: 24px; padding: 0 3px; font-size: 13px; text-align: center;
  font-weight: 400; }
.run { table-layout: fixed; }
.run th:first-child { width: 22px; }
.step td { height: 24px; padding: 0 3px; white-space: nowrap; font-size: 13px; }
.step tr.rule td { border-top: 1px solid #777; }
.step td.value { min-width: 72px; text-align: right; }
.step td.blank { border-bottom: 1px solid #333; }
.answer { color: ANSWER; }
strong { font-weight: 600; }
.solution { break-before: page; margin-top: 56px; }
@media print { body { margin: 0 auto; padding: 0; } .solution { margin-top: 0; } }
"""
_FACES = (("Inter-Regular.otf", 400), ("Inter-SemiBold.otf", 600))


def handout_html(content: Handout, command: str = "", *, with_solution: bool = True) -> bytes:
    """Return the handout as HTML; ``command`` makes it again. The same handout gives the same bytes."""
    parts = [*_sheet(content, is_solution=False)]
    if with_solution:
        parts += ['<section class="solution">', *_sheet(content, is_solution=True), "</section>"]
    colours = {"INK": PAPER.text, "MUTED": PAPER.muted, "ANSWER": PAPER.accent_text}
    style = _STYLE
    for word, colour in colours.items():
        style = style.replace(word, colour)
    made = f'<meta name="description" content="{escape(command)}">\n' if command else ""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="generator" content="rnnviz">\n{made}<title>{escape(content.title)}</title>\n'
        f"<style>{_typefaces()}{style}</style>\n</head>\n<body>\n" + "\n".join(parts) + "\n</body>\n</html>\n"
    ).encode()


def _typefaces() -> str:
    return "".join(_typeface(asset(f"fonts/{name}").read_bytes(), weight) for name, weight in _FACES)


def _typeface(data: bytes, weight: int) -> str:
    return f'@font-face {{ font-family: Inter; font-weight: {weight}; src: url("{_uri("font/otf", data)}"); }}\n'


def _uri(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def _sheet(content: Handout, *, is_solution: bool) -> Iterator[str]:
    """Yield the elements of the exercise, or of its solution."""
    verb = "Solution" if is_solution else "Fill in"
    if is_solution:
        yield f"<h1>{escape(content.title)}: solution</h1>"
    else:
        blank = "\N{LOW LINE}"
        yield f"<header><h1>{escape(content.title)}</h1><span>Name {blank * 18} Date {blank * 9}</span></header>"
        for words in (content.notes, *content.remarks):
            yield f"<p>{escape(words)}</p>" if words else ""
        yield _image(picture(NETWORK, content.moment, _WIDTH, _NETWORK_HEIGHT))
        for group in content.equations:
            yield f'<div class="equations">{"".join(_formula(latex) for latex in group)}</div>'
        curves = (picture(view, content.moment, _WIDTH / 2, _CURVES_HEIGHT) for view in CURVES)
        yield f'<div class="curves">{"".join(_image(figure) for figure in curves)}</div>'
    yield '<div class="sheet">'
    yield f"<div><h2>{verb}: {escape(content.table_title)}</h2>{_table(content, is_solution=is_solution)}</div>"
    rows = content.solution if is_solution else content.exercise
    yield f"<div><h2>{verb}: {escape(content.step_title)}</h2>{_step(content, rows)}</div>"
    yield "</div>"


def _image(figure: Figure) -> str:
    data, words = svg(figure), escape(figure.title)
    return f'<img src="{_uri("image/svg+xml", data)}" width="{round(figure.rect.width())}" alt="{words}">'


def _formula(latex: str, size: float = _SIZE) -> str:
    """Return an equation as a picture that stands on the line; who cannot see it hears its LaTeX."""
    formula = formula_renderer(latex, size, PAPER.text)
    place = f"vertical-align:{-formula.descent:.2f}px"
    data = formula_svg(latex, size, PAPER.text).encode()
    return f'<img src="{_uri("image/svg+xml", data)}" style="{place}" alt="{escape(latex)}">'


def _table(content: Handout, *, is_solution: bool) -> str:
    head = "".join(f'<th scope="col">{_formula(latex, 13)}</th>' for latex in content.head)
    lines = [f"<tr>{head}</tr>"]
    for cells in content.rows:
        texts = []
        for cell in cells:
            text = "" if cell.is_asked and not is_solution else escape(cell.text)
            texts.append(f'<td class="answer">{text}</td>' if cell.is_asked else f"<td>{text}</td>")
        lines.append(f"<tr>{''.join(texts)}</tr>")
    return f'<table class="run">{"".join(lines)}</table>'


def _step(content: Handout, rows: Sequence[Row]) -> str:
    forward, backward = (f'<tr><td colspan="4">{_formula(latex, 14)}</td></tr>' for latex in content.step_equations)
    last_rule = max((number for number, row in enumerate(rows) if row.is_rule), default=-1)
    lines, is_after_rule = [forward], False
    for number, row in enumerate(rows):
        if row.is_rule:
            is_after_rule = True
            if number == last_rule:
                lines.append(backward.replace("<tr>", '<tr class="rule">'))
                is_after_rule = False
            continue
        lines.append(_step_row(row, "rule" if is_after_rule else ""))
        is_after_rule = False
    return f'<table class="step">{"".join(lines)}</table>'


def _step_row(row: Row, kind: str) -> str:
    label = _formula(latex_of(row.label), 13) if row.label else ""
    value = f"<strong>{escape(row.value)}</strong>" if row.is_result else escape(row.value)
    blank = " blank" if row.sign and not row.value else ""
    cells = f'<td>{label}</td><td>{escape(row.made)}</td><td>{row.sign}</td><td class="value{blank}">{value}</td>'
    return f'<tr class="{kind}">{cells}</tr>' if kind else f"<tr>{cells}</tr>"
