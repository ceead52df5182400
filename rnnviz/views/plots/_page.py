"""How the lines of a worked step are laid out: how many there is room for, and where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from PySide6.QtCore import QRectF

from rnnviz.core.cells import CELLS
from rnnviz.document.document import Layer
from rnnviz.views.formula import Symbol, equation_width
from rnnviz.views.plots._equations import Stage
from rnnviz.views.plots._worked import Line, Plan
from rnnviz.views.text import ui_face
from rnnviz.views.theme import Theme

SPLIT_INPUTS = 4
"""The input part is split into products for at most so many inputs."""

_HEAD, _FOOT, _RULE = (
    28.0,
    22.0,
    7.0,
)  # of the equations and of a hairline; like all sizes, for words of 12 px
_LOWEST, _HIGHEST = 14.5, 21.0  # what a line's height may be
_HEADED = 110.0  # a lower page has no equation
_SMALLEST = 0.7  # letters are not made smaller than this part of their size
_LEAST = Plan(equation=False, products=1, split=False, total=False, backward="none")


def plan_for(layer: Layer, height: float) -> Plan:
    """Return the richest plan that fits: first the result, then the products, then the way back."""
    return _plan_for(layer.cell, layer.units, layer.inputs, height)


@lru_cache(maxsize=256)
def _plan_for(cell: str, units: int, inputs: int, height: float) -> Plan:
    wanted = min(units, 6) if cell == "rnn" else 0
    for plan in _plans(inputs):
        rows = (height - 2 - _fixed_height(plan)) / _LOWEST - _other_rows(plan, cell, inputs)
        if int(rows) >= (wanted if plan.backward != "none" or plan.total else min(wanted, 2)):
            return replace(plan, products=max(int(rows), 1))
    return _LEAST


def topic_plan(height: float) -> Plan:
    """Return the plan of a page about a part of the calculation; ``products`` is how many lines fit on it."""
    plan = Plan(equation=height >= _HEADED, backward="line")
    return replace(plan, products=max(1, int((height - 2 - _fixed_height(plan)) / _LOWEST)))


def _plans(inputs: int) -> list[Plan]:
    """Return plans from the richest to the poorest; how many products fit is found out later."""
    plans = [
        Plan(),
        Plan(split=False),
        Plan(split=False, total=False),
        Plan(split=False, total=False, backward="line"),
        Plan(split=False, backward="none"),
        Plan(split=False, total=False, backward="none"),
        replace(_LEAST, products=Plan().products),
    ]
    return plans if inputs <= SPLIT_INPUTS else plans[1:]


def _other_rows(plan: Plan, cell: str, inputs: int) -> int:
    """Return the number of rows besides the products with the state before."""
    if cell != "rnn":
        rows = len(CELLS[cell].blocks) + 2 + len(CELLS[cell].states)
    else:
        rows = (inputs + 1 if plan.split else 1) + plan.total + 1
    return rows + (plan.backward != "none")


def _fixed_height(plan: Plan) -> float:
    """Return the height of what does not shrink: equations and hairlines."""
    rules = 1 if plan.backward == "none" else 2
    return _HEAD * plan.equation + _FOOT * (plan.backward == "equation") + _RULE * rules


def room_for(plan: Plan, height: float) -> int:
    """Return the number of lines that can be read in a height."""
    return max(1, int((height - _fixed_height(plan)) / 12))


@dataclass(frozen=True, slots=True)
class Columns:
    """Where things stand from left to right.

    Attributes:
        label, words: where labels start, and where the words of a gate do.
        factors: where the two factors end; None without room for them.
        bar: the two ends of a bar; None without room.
        value: where values end.
        size: how large letters are: smaller on narrow cards.
    """

    label: float
    words: float
    factors: tuple[float, float] | None
    bar: tuple[float, float] | None
    value: float
    size: float


def columns_for(lines: Sequence[Line], units: int, rect: QRectF, theme: Theme) -> Columns:
    """Return the columns, as wide as their widest number; the bars go when it becomes narrow.

    The gradient's number is left out: it may be long, and there is no bar beside it.
    """
    px = theme.px(1.0)
    size = 12 * px
    smallest, face = max(_SMALLEST, min(theme.least_px / size, 1.0)), ui_face(size)
    width, left = face.width, rect.left() + 8 * px
    table = [line for line in lines if line.kind in ("product", "gate")]
    pairs = [line.factors for line in table if line.factors is not None]
    first = max([width(a) for a, _ in pairs], default=0.0)
    second = max([width(b) for _, b in pairs], default=0.0)
    widest = equation_width((Symbol("h", "0" * len(str(units))),), size)  # the shown units may change with t
    label = max(24 * px, 8 * px + max([widest, *(equation_width(line.label, 1.05 * size) for line in table)]))
    texts = [width(line.text) for line in lines if line.kind != "gradient"]
    value = 1.1 * max([44 * px, *texts])  # the result is bold
    fitting = (rect.width() - 10 * px) / (label + first + second + width(" × ") + value + 20 * px)
    scale = min(1.0, max(smallest, fitting))
    words = left + label * scale
    left_end = words + first * scale
    right_end = left_end + (width(" × ") + second) * scale
    end = rect.right() - 2 * px
    said = max([width(line.words) for line in table if line.kind == "gate"], default=0.0)
    terms = [equation_width(line.label, 1.05 * size) + width(line.words) for line in lines if line.kind == "term"]
    start, stop = (
        max(right_end, words + said * scale, left + max(terms, default=0.0) * scale, words + 66 * px) + 20 * px,
        end - value * scale - 10 * px,
    )
    return Columns(
        label=left,
        words=words,
        factors=(left_end, right_end) if fitting >= smallest else None,
        bar=(max(start, stop - 150 * px), stop) if stop - start > 40 * px else None,
        value=end,
        size=size * scale,
    )


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything about the lines but what they say; while the cursor moves it mostly stays the same.

    Attributes:
        plan: what is shown.
        columns: where things stand from left to right.
        kinds: of each line.
        places: the top and the height of each line.
        foot: the top of the gradient's equation; None without it.
        stage: what the time is, on which the equation depends.
    """

    plan: Plan
    columns: Columns
    kinds: tuple[str, ...]
    places: tuple[tuple[float, float], ...]
    foot: float | None
    stage: Stage


def layout_for(plan: Plan, stage: Stage, lines: Sequence[Line], columns: Columns, page: tuple[QRectF, float]) -> Layout:
    """Return the layout of lines in a rectangle, with how large a pixel of the design is."""
    rect, px = page
    kinds = tuple(line.kind for line in lines)
    left = rect.height() - (2 + _fixed_height(plan)) * px
    height = min(_HIGHEST * px, left / max(len(kinds) - kinds.count("rule"), 1))
    y, foot, places = rect.top() + _HEAD * px * plan.equation, None, []
    for kind in kinds:
        if kind == "gradient" and plan.backward == "equation":
            foot = y
            y += _FOOT * px
        places.append((y, _RULE * px if kind == "rule" else height))
        y += places[-1][1]
    return Layout(plan, columns, kinds, tuple(places), foot, stage)
