"""Inputs that are made by a rule: signals to look at, and the two tasks by which memory is measured.

Everything drawn at random depends on the seed alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from rnnviz.document.document import Input, Objective
from rnnviz.document.values import Array, DocumentError

Made = tuple[Input, Objective | None]
Numbers = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number that a generator is given, between two limits that are included."""

    key: str
    name: str
    default: float
    low: float
    high: float
    is_whole: bool = False

    def checked(self, value: float) -> float:
        """Return a value that is right for it; DocumentError says what would be."""
        if self.low <= value <= self.high and (not self.is_whole or value == int(value)):
            return value
        whole = "a whole number " if self.is_whole else ""
        raise DocumentError(f"{self.name}: {value:g} will not do; choose {whole}from {self.low:g} to {self.high:g}")


@dataclass(frozen=True, slots=True)
class Generator:
    """A rule that makes an input, and for a task its targets.

    Attributes:
        key, title, meaning: its name, what a list calls it, and one line on what it makes.
        parameters: the numbers it is given.
        rule: from the numbers and a source of chance to the input, and to the objective of a task.
        is_random: whether the seed makes a difference.
    """

    key: str
    title: str
    meaning: str
    parameters: tuple[Parameter, ...]
    rule: Callable[[Numbers, np.random.Generator], Made]
    is_random: bool = False

    def make(self, numbers: Numbers, seed: int = 0) -> Made:
        """Return the input and, for a task, the objective; numbers that are left out have their default.

        Raises:
            DocumentError: a number that it does not know, or beyond its limits.
        """
        unknown = set(numbers) - {parameter.key for parameter in self.parameters}
        if unknown:
            raise DocumentError(f"{self.title}: there is no number {min(unknown)!r} here")
        if seed < 0:
            raise DocumentError(f"seed: {seed} will not do; choose a whole number from 0")
        complete = {p.key: p.checked(numbers.get(p.key, p.default)) for p in self.parameters}
        return self.rule(complete, np.random.default_rng(seed))


def _steps(default: int, high: int = 10_000) -> Parameter:
    return Parameter("steps", "steps", default, 2, high, is_whole=True)


def _size(key: str, name: str, default: float) -> Parameter:
    return Parameter(key, name, default, -1000, 1000)


_SEQUENCES = Parameter("sequences", "sequences", 1, 1, 64, is_whole=True)
_AT = Parameter("at", "at step", 1, 1, 10_000, is_whole=True)
_PERIOD = Parameter("period", "period", 20, 2, 10_000)


def _signal(name: str, values: Array) -> Made:
    """Return one feature, given (steps,) or (sequences, steps)."""
    return Input((name,), np.atleast_2d(values)[:, :, None] + 0.0), None


def _t(numbers: Numbers) -> Array:
    return np.arange(1.0, numbers["steps"] + 1)


def _at(numbers: Numbers) -> float:
    if numbers["at"] > numbers["steps"]:
        raise DocumentError(
            f"at step: {numbers['at']:g} is beyond the {numbers['steps']:g} steps; choose an earlier one"
        )
    return numbers["at"]


def _impulse(numbers: Numbers, _: np.random.Generator) -> Made:
    return _signal("impulse", np.where(_t(numbers) == _at(numbers), numbers["height"], 0.0))


def _step(numbers: Numbers, _: np.random.Generator) -> Made:
    return _signal("step", np.where(_t(numbers) >= _at(numbers), numbers["height"], 0.0))


def _sine(numbers: Numbers, _: np.random.Generator) -> Made:
    turns = (_t(numbers) - 1) / numbers["period"] + numbers["phase"] / 360
    # rounded, for sin(π) is not 0 in floating point
    return _signal("sine", np.round(numbers["height"] * np.sin(2 * np.pi * turns), 12))


def _square(numbers: Numbers, _: np.random.Generator) -> Made:
    part = (_t(numbers) - 1) / numbers["period"] % 1.0
    return _signal("square", np.where(part < 0.5, numbers["height"], -numbers["height"]))  # noqa: PLR2004 - half a period


def _ramp(numbers: Numbers, _: np.random.Generator) -> Made:
    return _signal("ramp", np.linspace(numbers["first"], numbers["last"], int(numbers["steps"])))


def _drawn(numbers: Numbers, chance: np.random.Generator) -> Array:
    shape = int(numbers["sequences"]), int(numbers["steps"])
    return numbers["deviation"] * chance.standard_normal(shape)


def _noise(numbers: Numbers, chance: np.random.Generator) -> Made:
    return _signal("noise", _drawn(numbers, chance))


def _walk(numbers: Numbers, chance: np.random.Generator) -> Made:
    return _signal("walk", np.cumsum(_drawn(numbers, chance), axis=1))


def _alternating(numbers: Numbers, _: np.random.Generator) -> Made:
    return _signal("alternating", np.where(_t(numbers) % 2 == 1, numbers["height"], -numbers["height"]))


def _fibonacci(numbers: Numbers, _: np.random.Generator) -> Made:
    values = [1.0, 1.0]
    while len(values) < numbers["steps"]:
        values.append(values[-1] + values[-2])
    return _signal("fibonacci", np.array(values))


def _copy(numbers: Numbers, chance: np.random.Generator) -> Made:
    """Make symbols 1…K, blanks, and a sign to begin; the answer is blank until then, and the symbols after it."""
    symbols, length, delay = (int(numbers[key]) for key in ("symbols", "length", "delay"))
    sequences, steps = int(numbers["sequences"]), 2 * length + delay
    told = chance.integers(0, symbols, (sequences, length))
    blank, go = symbols, symbols + 1
    seen = np.full((sequences, steps), blank)
    seen[:, :length] = told
    seen[:, length + delay - 1] = go
    targets = np.full((sequences, steps), float(blank))
    targets[:, length + delay :] = told
    features = (*(str(symbol + 1) for symbol in range(symbols)), "blank", "go")
    asked = tuple(range(length + delay + 1, steps + 1))
    return Input(features, np.eye(symbols + 2)[seen]), Objective("cross_entropy", asked, "mean", targets)


def _adding(numbers: Numbers, chance: np.random.Generator) -> Made:
    """Make numbers from 0 to 1 and two marks, one in each half; the answer at the end is the sum of the marked."""
    sequences, steps = int(numbers["sequences"]), int(numbers["steps"])
    values = chance.random((sequences, steps))
    marks = np.zeros((sequences, steps))
    rows, half = np.arange(sequences), steps // 2
    marks[rows, chance.integers(0, half, sequences)] = 1.0
    marks[rows, chance.integers(half, steps, sequences)] = 1.0
    targets = np.zeros((sequences, steps, 1))
    targets[:, -1, 0] = (values * marks).sum(axis=1)
    data = Input(("number", "mark"), np.stack([values, marks], axis=2))
    return data, Objective("half_squared_error", "last", "mean", targets)


_HEIGHT = _size("height", "height", 1.0)
_DEVIATION = Parameter("deviation", "deviation", 1.0, 0, 1000)

GENERATORS = {
    generator.key: generator
    for generator in (
        Generator("impulse", "Impulse", "one value at one step, 0 elsewhere", (_steps(40), _AT, _HEIGHT), _impulse),
        Generator("step", "Step", "0, and from one step on a value", (_steps(40), _AT, _HEIGHT), _step),
        Generator(
            "sine",
            "Sine",
            "a sine wave; the phase is in degrees",
            (_steps(40), _PERIOD, _HEIGHT, Parameter("phase", "phase", 0, -360, 360)),
            _sine,
        ),
        Generator("square", "Square", "half a period up, half a period down", (_steps(40), _PERIOD, _HEIGHT), _square),
        Generator(
            "ramp",
            "Ramp",
            "a straight line from the first value to the last",
            (_steps(40), _size("first", "first", -1.0), _size("last", "last", 1.0)),
            _ramp,
        ),
        Generator(
            "noise",
            "Noise",
            "independent normal numbers of mean 0",
            (_steps(40), _DEVIATION, _SEQUENCES),
            _noise,
            is_random=True,
        ),
        Generator(
            "walk",
            "Random walk",
            "the running sum of noise",
            (_steps(40), Parameter("deviation", "deviation", 0.2, 0, 1000), _SEQUENCES),
            _walk,
            is_random=True,
        ),
        Generator("alternating", "Alternating", "up and down at every step", (_steps(40), _HEIGHT), _alternating),
        Generator(
            "fibonacci", "Fibonacci", "1, 1, 2, 3, 5 …: each the sum of two before it", (_steps(12, 30),), _fibonacci
        ),
        Generator(
            "copy",
            "Copy task",
            "repeat symbols after a delay: a go sign asks for them",
            (
                Parameter("symbols", "symbols", 4, 2, 16, is_whole=True),
                Parameter("length", "length", 3, 1, 100, is_whole=True),
                Parameter("delay", "delay", 6, 1, 1000, is_whole=True),
                _SEQUENCES,
            ),
            _copy,
            is_random=True,
        ),
        Generator(
            "adding",
            "Adding task",
            "add the two marked numbers; the answer is due at the end",
            (_steps(20, 2000), _SEQUENCES),
            _adding,
            is_random=True,
        ),
    )
}
