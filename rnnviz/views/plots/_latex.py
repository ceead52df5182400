r"""A worked step as LaTeX: one ``align*`` of amsmath, the equation first, then a row for each line.

Every row is ``left &= right``, or ``left &\approx right`` where the shown numbers give the result only nearly. A
hairline becomes a little room between two rows. The text is plain ASCII and needs amsmath and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rnnviz.views.formula import TRANSPOSE, Equation, latex_of
from rnnviz.views.plots._worked import Line

_SIGNS = {
    "−": "-",
    "×": r"\times ",
    "½": r"\tfrac{1}{2}",
    "²": "^{2}",
    "…": r"\dots ",
    "σ": r"\sigma ",
    "δ": r"\delta ",
    "ℓ": r"\ell ",
    "∂": r"\partial ",
    "Σ": r"\Sigma ",
    "ŷ": r"\hat{y}",
    "′": "'",
    "⊙": r"\odot ",
    TRANSPOSE: r"\top ",
}
_FUNCTIONS = frozenset({"tanh", "exp", "ln"})
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_POWER = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+")
_SYMBOLS = re.compile(r"\\[A-Za-z]+|[A-Za-z]+|.", re.DOTALL)


def latex_page(equation: Equation, lines: Sequence[Line]) -> str:
    """Return a page as LaTeX that compiles with amsmath, generated from what is shown."""
    rows: list[str] = [_equation_row(equation)]
    for line in lines:
        if line.kind == "rule":
            rows[-1] += r" \\[1ex]"
            continue
        if not rows[-1].endswith("[1ex]"):
            rows[-1] += r" \\"
        rows.append(_row(line))
    body = "\n".join(f"  {row}" for row in rows)
    return f"\\begin{{align*}}\n{body}\n\\end{{align*}}\n"


def _equation_row(equation: Equation) -> str:
    if "=" not in equation:
        return f"& {_ascii(latex_of(equation))}"
    place = equation.index("=")
    return f"{_ascii(latex_of(equation[:place]))} &= {_ascii(latex_of(equation[place + 1 :]))}"


def _row(line: Line) -> str:
    if line.kind == "note":
        return _equation_row(line.label) if line.label else f"& {_said(line.words)}"
    label = _ascii(latex_of(tuple(token for token in line.label if token != "=")))
    made = _product(line.factors) if line.factors is not None else _said(line.words)
    sign = "=" if line.exact else r"\approx"
    value = latex_number(line.text)
    if label and made and line.kind in ("result", "gradient", "term") and "=" in line.label:
        return f"{label} &= {made} {sign} {value}"
    left = rf"{label} \colon\quad {made}" if label and made else label or made
    return f"{left} &{sign} {value}"


def _product(factors: tuple[str, str]) -> str:
    first, second = factors
    return rf"{latex_number(first)} \times {_bracketed(second)}"


def _bracketed(text: str) -> str:
    words = latex_number(text)
    return f"({words})" if text[:1] in "+−" else words


def latex_number(text: str) -> str:
    """Return a shown number as LaTeX, and a word that stands for one upright."""
    if any(letter.isalpha() for letter in text):
        return rf"\text{{{text}}}"
    return _ascii(text)


def _said(words: str) -> str:
    """Return the left side of a line: mathematics as it is, other words upright."""
    mathematics = re.sub(r"[A-Za-z]+", lambda found: "" if found[0] in _FUNCTIONS else found[0], words)
    if not re.search(r"[A-Za-z]{2}", mathematics):
        return _ascii(words)
    parts = re.split(r"([A-Za-z][A-Za-z ,.:']*)", words)
    return "".join(_word(part) if part[:1].isalpha() else _ascii(part) for part in parts).strip()


def _word(part: str) -> str:
    name = part.strip()
    return rf"\{name} " if name in _FUNCTIONS else rf"\text{{{part}}}"


def _ascii(text: str) -> str:
    """Return mathematics without a letter outside ASCII."""
    text = _POWER.sub(lambda found: f"^{{{found[0].translate(_RAISED)}}}", text)
    for sign, command in _SIGNS.items():
        text = text.replace(sign, command)
    text = _SYMBOLS.sub(lambda found: f"\\{found[0]} " if found[0] in _FUNCTIONS else found[0], text)
    return re.sub(r" +", " ", text).strip()
