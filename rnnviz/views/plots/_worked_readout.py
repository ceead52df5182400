"""The readout and the loss of a step: the products, softmax with its exponentials, the loss and its slopes."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from rnnviz.core.activations import Array
from rnnviz.core.objectives import LOSSES, READOUTS
from rnnviz.document.document import READOUT as READOUT_PLACE
from rnnviz.document.document import Place
from rnnviz.document.frame import Frame
from rnnviz.session.session import Selection
from rnnviz.views.formula import Equation, Symbol
from rnnviz.views.plots._digits import digits_for
from rnnviz.views.plots._topics import READOUT, Page
from rnnviz.views.plots._worked import (
    RULE,
    Line,
    applied,
    product_lines,
    product_names,
    products_of,
    shown_sum,
    sum_line,
)


class ReadoutPage:
    """What is read out of the last layer's state at one step, and what it costs."""

    def __init__(self, frame: Frame, selection: Selection, t: int, page: Page) -> None:
        self._frame, self._document, self._page, self._t = frame, frame.document, page, t
        self._sample, self._k = selection.sample, min(page.output, frame.y.shape[2] - 1)
        self._h = frame.layers[-1].states["h"][self._sample, t]
        self._y = frame.y[self._sample, t - 1]

    def lines(self) -> list[Line]:
        """Return the page's lines."""
        if self._t == 0:
            return _notes("At t = 0 stands the initial state.", "Nothing is read out of it.")
        if not self._document.layers[-1].return_sequences and self._t < self._document.input.length(self._sample):
            return _notes("Only the last state is handed on:", "there is no output before it.")
        return self._output_lines() if self._page.topic == READOUT else self._loss_lines()

    def _logits(self) -> Array:
        readout = self._document.readout
        if readout is None:
            return np.asarray(self._y)
        with np.errstate(all="ignore"):
            return np.asarray(readout.weights["W_hy"] @ self._h + readout.weights["b_y"])

    def _output_lines(self) -> list[Line]:
        readout, k, h = self._document.readout, self._k, self._h.tolist()
        assert readout is not None  # else there is no such page
        row, bias = readout.weights["W_hy"][k].tolist(), float(readout.weights["b_y"][k])
        products, logits, y = products_of(row, h), self._logits(), float(self._y[k])
        s = float(logits[k])
        digits = digits_for([*products, bias, s, y])
        lines = product_lines(
            row, h, products, digits, product_names(Place(READOUT_PLACE, "W_hy"), k, "h", ""), self._page.products
        )
        lines.append(Line("product", (Symbol("b", "y"),), bias, digits.text(bias), hint="the bias"))
        exact = digits.agree(shown_sum(lines, digits), s)
        if readout.activation == "linear":
            label: Equation = (Symbol("y", str(k + 1)),)
            return [*lines, RULE, Line("result", label, y, digits.text(y), words="sum", exact=exact, hint="the output")]
        lines.append(sum_line((Symbol("s", str(k + 1)),), s, digits, exact=exact))
        if readout.activation == "softmax":
            return [*lines, RULE, *self._softmax_lines(logits)]
        words, agrees = f"σ({digits.text(s, sign=False)})", digits.agree(applied("sigmoid", digits.shown(s)), y)
        label = (Symbol("y", str(k + 1)), "=")
        return [*lines, RULE, Line("result", label, y, digits.text(y), words=words, exact=agrees, hint="the output")]

    def _softmax_lines(self, logits: Array) -> list[Line]:
        """Return the exponentials, with the largest logit subtracted so that none overflows, and their sum."""
        largest, k = float(logits.max()), self._k
        powers = np.exp(logits - largest).tolist()
        digits, fine = digits_for([1.0]).finer(), digits_for(logits.tolist())
        order = sorted(range(len(powers)), key=lambda j: (j != k, -powers[j]))[: max(self._page.products, 1)]
        lines = []
        for j in sorted(order):
            s = float(logits[j])
            words = f"exp({fine.text(s, sign=False)} − {_bracketed(fine.text(largest, sign=False))})"
            exact = not math.isfinite(s) or digits.agree(math.exp(fine.shown(s) - fine.shown(largest)), powers[j])
            hint = f"output {j + 1}: e to its sum, less the largest sum"
            text = digits.text(powers[j], sign=False)
            lines.append(Line("term", (Symbol("e", str(j + 1)), "="), powers[j], text, None, words, exact, hint))
        rest = sum(power for j, power in enumerate(powers) if j not in order)
        if len(order) < len(powers):
            words = f"… {len(powers) - len(order)} more"
            lines.append(
                Line("product", (), rest, digits.text(rest, sign=False), words=words, hint="all other outputs")
            )
        total, y = sum(powers), float(self._y[k])
        exact = digits.agree(shown_sum(lines, digits), total)
        text = digits.text(total, sign=False)
        lines.append(Line("sum", (Symbol("Σ"),), total, text, words="sum", exact=exact, hint="all exponentials"))
        words = f"{digits.text(powers[k], sign=False)} / {text}"
        shown = (
            digits.shown(powers[k]) / digits.shown(total) if math.isfinite(total) and digits.shown(total) else math.nan
        )
        label: Equation = (Symbol("y", str(k + 1)), "=")
        result = Line("result", label, y, digits.text(y), words=words, exact=digits.agree(shown, y), hint="the output")
        return [*lines, result]

    # The loss

    def _loss_lines(self) -> list[Line]:
        loss, k = LOSSES[self._document.objective.loss], range(len(self._y))
        targets = self._targets()
        value = float(self._frame.loss_steps[self._sample, self._t - 1])
        readout = self._document.readout
        with np.errstate(all="ignore"):
            slopes = loss.gradient(
                READOUTS["linear" if readout is None else readout.activation], self._y[None], targets
            )
        terms = self._terms(value)
        digits = digits_for([*(line.value for line in terms), value])
        total = Line(
            "result",
            (Symbol("ℓ", str(self._t)),),
            value,
            digits.text(value, sign=False),
            words="",
            exact=digits.agree(shown_sum(terms, digits), value),
            hint="the loss of this step, before any mean",
        )
        shown = self._largest([abs(float(slope)) for slope in slopes[0]])
        counts = self._t in self._document.counted_steps(self._sample)
        note = self._share(counts=counts)
        return [*terms, total, RULE, Line("note", words=note, hint=note), *self._slope_lines(slopes[0], shown, len(k))]

    def _targets(self) -> Array:
        targets = self._document.objective.targets
        if targets is None:
            return np.zeros((1, 1))
        return np.asarray(targets[self._sample, self._t - 1], dtype=np.float64)[None]

    def _share(self, *, counts: bool) -> str:
        """Return how the loss of this step goes into L."""
        document = self._document
        batch = f", over {document.batch} sequences" if document.batch > 1 else ""
        if not counts:
            return "This step does not count: no gradient starts here."
        if document.objective.reduction == "mean":
            return f"L takes 1/{len(document.counted_steps(self._sample))} of it{batch}."
        return f"L takes all of it{batch and ' / ' + str(document.batch)}."

    def _largest(self, sizes: Sequence[float]) -> list[int]:
        order = sorted(range(len(sizes)), key=lambda j: -sizes[j] if math.isfinite(sizes[j]) else -math.inf)
        return sorted(order[: max(self._page.products, 1)])

    def _terms(self, value: float) -> list[Line]:
        """Return what the loss of the step is the sum of: a line for each output, or the one of the target class."""
        name, y, target = self._document.objective.loss, self._y, self._targets()[0]
        if name == "cross_entropy":
            c = int(target)
            line = _logarithm(float(y[c]), value, f"minus the logarithm of the target class {c + 1}'s probability")
            return [line._replace(label=(Symbol("y", str(c + 1)),))]
        make = {"half_squared_error": _square, "binary_cross_entropy": _binary, "sum": _itself}[name]
        target = np.broadcast_to(target, y.shape)
        values = [make(float(a), float(b)) for a, b in zip(y, target, strict=True)]
        digits = digits_for([each[1] for each in values])
        shown = self._largest([abs(each[1]) for each in values])
        lines = []
        for j in shown:
            words, term, recomputed = values[j]
            label: Equation = (Symbol("y", str(j + 1)),)
            exact = digits.agree(recomputed, term)
            text = digits.text(term)
            lines.append(Line("term", label, term, text, None, words, exact, f"what output {j + 1} adds to the loss"))
        rest = sum(each[1] for j, each in enumerate(values) if j not in shown)
        if len(shown) < len(values):
            words = f"… {len(values) - len(shown)} more"
            lines.append(Line("product", (), rest, digits.text(rest), words=words, hint="all other outputs"))
        return lines

    def _slope_lines(self, slopes: Array, shown: list[int], outputs: int) -> list[Line]:
        """Return ∂ℓ/∂s of each output, s being its sum before the activation."""
        loss, y, target = self._document.objective.loss, self._y, self._targets()[0]
        digits, fine, lines = digits_for(slopes.tolist()), digits_for(y.tolist()).finer(), []
        is_plain = self._document.readout is None or self._document.readout.activation == "linear"
        for j in shown:
            slope, output = float(slopes[j]), float(y[j])
            label: Equation = (Symbol("∂ℓ/∂s", str(j + 1)), "=")
            wanted = float(j == int(target)) if loss == "cross_entropy" else float(np.broadcast_to(target, y.shape)[j])
            words, recomputed = "", slope
            if loss != "sum" and (is_plain or loss != "half_squared_error"):
                aim = "1" if wanted == 1 else "0" if wanted == 0 else fine.text(wanted, sign=False)
                words = f"{fine.text(output, sign=False)} − {_bracketed(aim)}"
                recomputed = fine.shown(output) - (wanted if wanted in (0, 1) else fine.shown(wanted))
            exact = digits.agree(recomputed, slope)
            hint = f"how ℓ changes with the sum s of output {j + 1}"
            lines.append(Line("gradient", label, slope, digits.text(slope), words=words, exact=exact, hint=hint))
        if len(shown) < outputs:
            lines.append(
                Line("note", words=f"… and {outputs - len(shown)} more outputs", hint="those with smaller slopes")
            )
        return lines


def _notes(*words: str) -> list[Line]:
    return [Line("note", words=each, hint=" ".join(words)) for each in words]


def _bracketed(text: str) -> str:
    return f"({text})" if text[0] in "−-" else text


def _logarithm(y: float, value: float, hint: str) -> Line:
    digits, fine = digits_for([value]), digits_for([y]).finer()
    shown = fine.shown(y) if math.isfinite(y) else y
    exact = not shown > 0 or digits.agree(-math.log(shown), value)
    return Line(
        "term", (), value, digits.text(value, sign=False), None, f"−ln({fine.text(y, sign=False)})", exact, hint
    )


def _square(y: float, target: float) -> tuple[str, float, float]:
    fine = digits_for([y, target]).finer()
    words = f"½ × ({fine.text(y, sign=False)} − {_bracketed(fine.text(target, sign=False))})²"
    shown = 0.5 * (fine.shown(y) - fine.shown(target)) ** 2 if math.isfinite(y) else math.nan
    return words, 0.5 * (y - target) ** 2, shown


def _itself(y: float, _: float) -> tuple[str, float, float]:
    return "", y, y


def _binary(y: float, target: float) -> tuple[str, float, float]:
    """Return −(ŷ ln y + (1 − ŷ) ln(1 − y)); of the usual targets 0 and 1 only the part that counts."""
    fine = digits_for([y]).finer()
    shown, of_y = fine.shown(y), fine.text(y, sign=False)
    if target == 1:
        return f"−ln({of_y})", _minus_log(y), _minus_log(shown)
    if target == 0:
        return f"−ln(1 − {of_y})", _minus_log(1 - y), _minus_log(1 - shown)
    aim = digits_for([target], short=True)
    words = f"−{aim.text(target, sign=False)} ln({of_y}) − (1 − {aim.text(target, sign=False)}) ln(1 − {of_y})"
    value, kept = (
        part * _minus_log(each) + (1 - part) * _minus_log(1 - each)
        for part, each in ((target, y), (aim.shown(target), shown))
    )
    return words, value, kept


def _minus_log(value: float) -> float:
    return -math.log(value) if value > 0 else math.inf
