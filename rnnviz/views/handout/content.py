"""What is on a handout, generated from the arrays: equations with their numbers, a table, and one step in detail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from rnnviz.core.cells import CELLS
from rnnviz.core.measures.norms import norms
from rnnviz.document.document import Document, Layer
from rnnviz.document.frame import Frame
from rnnviz.document.locks import Mask
from rnnviz.document.values import Array
from rnnviz.views.figures import Moment
from rnnviz.views.fonts import subscript
from rnnviz.views.formula import latex_of
from rnnviz.views.handout.steps import Row, blanked, solved
from rnnviz.views.plots._digits import digits_for
from rnnviz.views.plots._equations import backward_equation, forward_equation, stage_at
from rnnviz.views.plots._latex import latex_number
from rnnviz.views.plots._topics import CARRIED, LOSS, READOUT, topic_equation
from rnnviz.views.plots._worked import worked_lines

MOST_ROWS = 12
_MOST_UNITS, _MOST_COLUMNS = 6, 8  # of a matrix that is printed whole
_TABLE_UNITS, _TABLE_INPUTS, _TABLE_OUTPUTS = 3, 2, 2


class Cell(NamedTuple):
    """A cell of the table: what is in it, and whether it is to be filled in."""

    text: str
    is_asked: bool = False


@dataclass(frozen=True, slots=True)
class Handout:
    """Everything on a handout but the pictures.

    Attributes:
        moment: what is shown: frame, selection and the step that is worked out.
        notes: what to look at.
        equations: LaTeX, in groups that belong together; each group begins a line.
        remarks: what could not be printed, and where it is.
        head, rows: the table; the head is LaTeX.
        table_title, step_title: what they are about.
        exercise, solution: one step in detail, with blanks and without.
    """

    moment: Moment
    title: str
    notes: str
    equations: tuple[tuple[str, ...], ...]
    remarks: tuple[str, ...]
    table_title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    step_title: str
    step_equations: tuple[str, ...]
    exercise: tuple[Row, ...]
    solution: tuple[Row, ...]


def handout(moment: Moment, first: int, last: int) -> Handout:
    """Return the handout of a moment, with a table from one step to another, both included."""
    frame, selection = moment.frame, moment.selection
    document, layer = frame.document, frame.document.layers[selection.layer]
    lines = worked_lines(frame, selection, moment.t)
    stage, is_stacked = stage_at(document, selection.sample, moment.t), len(document.layers) > 1
    weights, remarks = _weights(document, selection.layer, selection.unit)
    unit = f"h{subscript(selection.unit + 1)}"
    of_layer = f" of layer {selection.layer + 1}" if is_stacked else ""
    head, rows = _table(moment, first, last)
    return Handout(
        moment=moment,
        title=document.title,
        notes=document.notes,
        equations=(*_equations(document, selection.layer), *weights),
        remarks=tuple(remarks),
        table_title=f"steps {first} to {last}{of_layer}",
        head=head,
        rows=rows,
        step_title=f"unit {unit}{of_layer} at t = {moment.t}",
        step_equations=(
            latex_of(forward_equation(layer, selection.layer, stage, stacked=is_stacked)),
            latex_of(backward_equation(layer, moment.t)),
        ),
        exercise=tuple(blanked(line, is_gated=layer.cell != "rnn") for line in lines),
        solution=tuple(map(solved, lines)),
    )


# Equations


def _equations(document: Document, number: int) -> Iterator[tuple[str, ...]]:
    """Yield the equations forward, and those of the gradient back."""
    layer, is_stacked = document.layers[number], len(document.layers) > 1

    def topic(key: str) -> str:
        return latex_of(topic_equation(document, number, key, "step"))

    state = latex_of(forward_equation(layer, number, "step", stacked=is_stacked))
    blocks = [topic(block) for block in CELLS[layer.cell].blocks] if layer.cell != "rnn" else []
    readout = [topic(READOUT)] if document.readout is not None else []
    yield (*blocks, state, *([*readout, topic(LOSS)] if _is_last(document, number) else []))
    yield topic(CARRIED), *([latex_of(backward_equation(layer, 1))] if layer.cell == "rnn" else [])


def _weights(document: Document, number: int, unit: int) -> tuple[list[tuple[str, ...]], list[str]]:
    """Return the weights of a layer and of the readout as matrices, and what is to be said of those without room."""
    layer = document.layers[number]
    remarks: list[str] = []
    own = _arrays(layer.weights.items(), layer, unit, remarks)
    initial = [(f"{name}_0", values) for name, values in layer.initial_state.items()]
    others = _arrays(initial, layer, unit, remarks)
    if document.readout is not None and _is_last(document, number):
        others += _arrays(document.readout.weights.items(), None, 0, remarks)
    return [tuple(group) for group in (own, others) if group], remarks


def _arrays(arrays: Iterable[tuple[str, Array]], layer: Layer | None, unit: int, remarks: list[str]) -> list[str]:
    """Return arrays as LaTeX: whole, or of a large layer the row of one unit; what is too wide is said instead."""
    found = []
    for name, values in arrays:
        base, below = name.split("_", 1)
        symbol, rows = f"{base}_{{{below}}}", values.reshape(len(values), -1)
        if rows.shape[1] > _MOST_COLUMNS:
            remarks.append(f"{name} is {rows.shape[0]} × {rows.shape[1]}: its numbers are in the scene.")
        elif len(rows) <= _MOST_UNITS:
            found.append(f"{symbol} = {_matrix(rows)}")
        elif layer is not None:
            found.append(rf"({symbol})_{{{unit + 1}}} = {_matrix(rows[[unit]])}")
        else:
            remarks.append(f"{name} is {rows.shape[0]} × {rows.shape[1]}: its numbers are in the scene.")
    return found


def _matrix(rows: Array) -> str:
    digits = digits_for(rows.ravel().tolist(), short=True)
    lines = (" & ".join(latex_number(digits.text(value, sign=False)) for value in row) for row in rows.tolist())
    return r"\begin{bmatrix} " + r" \\ ".join(lines) + r" \end{bmatrix}"


# The table


class _Column(NamedTuple):
    """A column of the table.

    Attributes:
        head: LaTeX above it.
        values: a number for every t from 0 to T.
        is_there: for every t whether there is such a number.
        asked_from: from which t on it is to be filled in; None where it is given.
    """

    head: str
    values: Array
    is_there: Mask
    asked_from: int | None = None


def _table(moment: Moment, first: int, last: int) -> tuple[tuple[str, ...], tuple[tuple[Cell, ...], ...]]:
    """Return the head and the rows of the table: what is given at each step, and what is asked for."""
    shown = slice(first, last + 1)
    columns = [column for column in (*_given(moment), *_asked(moment)) if column.is_there[shown].any()]
    digits = [digits_for(column.values[shown][column.is_there[shown]].tolist(), short=True) for column in columns]
    rows = []
    for t in range(first, last + 1):
        cells = [Cell(str(t))]
        for column, written in zip(columns, digits, strict=True):
            is_asked = column.asked_from is not None and t >= column.asked_from
            text = written.text(float(column.values[t]), sign=False)
            cells.append(Cell(text, is_asked) if column.is_there[t] else Cell(""))
        rows.append(tuple(cells))
    return ("t", *(column.head for column in columns)), tuple(rows)


def _given(moment: Moment) -> Iterator[_Column]:
    """Yield the columns of the input and of the targets."""
    document, sample = moment.frame.document, moment.selection.sample
    x = moment.frame.x[sample]
    steps = np.arange(1, len(x) + 1)
    if x.shape[1] <= _TABLE_INPUTS:
        for j in range(x.shape[1]):
            name = "x_t" if x.shape[1] == 1 else f"x_{{{j + 1}}}"
            yield _of_steps(name, x[:, j], steps > 0)
    targets = document.objective.targets
    if targets is not None and _is_last(document, moment.selection.layer):
        wanted = np.asarray(targets[sample], dtype=np.float64).reshape(len(x), -1)
        if wanted.shape[1] <= _TABLE_OUTPUTS:
            name = r"\hat{y}" if document.objective.loss != "cross_entropy" else "c"
            for k in range(wanted.shape[1]):
                below = "_t" if wanted.shape[1] == 1 else f"_{{{k + 1}}}"
                yield _of_steps(name + below, wanted[:, k], np.isin(steps, document.counted_steps(sample)))


def _asked(moment: Moment) -> Iterator[_Column]:
    """Yield the columns of states, outputs, loss and gradient; states at t = 0 are given."""
    frame, selection = moment.frame, moment.selection
    sample, numbers = selection.sample, frame.layers[selection.layer]
    states = numbers.states["h"][sample]
    every = np.ones(len(states), bool)
    units = range(states.shape[1]) if states.shape[1] <= _TABLE_UNITS else [selection.unit]
    for name, values in numbers.states.items():
        for j in units:
            head = f"{name}_t" if states.shape[1] == 1 else f"{name}_{{{j + 1}}}"
            yield _Column(head, values[sample, :, j], every, 1)
    if _is_last(frame.document, selection.layer):
        yield from _answers(frame, sample)
    gradients = norms(numbers.state_gradients["h"][sample])
    yield _Column(r"\|\partial L/\partial h_t\|", gradients, every, 0)


def _answers(frame: Frame, sample: int) -> Iterator[_Column]:
    """Yield the columns of outputs and of the loss."""
    document, y = frame.document, frame.y[sample]
    steps = np.arange(1, len(y) + 1)
    if document.readout is not None and y.shape[1] <= _TABLE_OUTPUTS:
        is_there = document.layers[-1].return_sequences | (steps == document.input.length(sample))
        for k in range(y.shape[1]):
            name = "y_t" if y.shape[1] == 1 else f"y_{{{k + 1}}}"
            yield _of_steps(name, y[:, k], is_there, 1)
    counted = np.isin(steps, document.counted_steps(sample))
    yield _of_steps(r"\ell_t", frame.loss_steps[sample], counted, 1)


def _of_steps(head: str, values: Array, is_there: Mask, asked_from: int | None = None) -> _Column:
    """Return a column of what there is at steps only, so not at t = 0; ``values`` and ``is_there`` are (T,)."""
    return _Column(head, np.append(0.0, values), np.append(False, is_there), asked_from)


def _is_last(document: Document, number: int) -> bool:
    """Return whether a layer is what the readout listens to: only then outputs and loss follow from its states."""
    return number == len(document.layers) - 1


def _from_step_1(values: Array) -> Array:
    """Return a value for each state index: there is none at t = 0."""
    return np.concatenate([[np.nan], values])
