"""How a gradient becomes a change of the weights: SGD, momentum, RMSProp and Adam, with the formulas of PyTorch.

Every one is a pure function of arrays. What it remembers from update to update is a value of its own, `Memory`, so
that an update can be taken again, or gone back to, bit for bit. In the formulas g is the gradient, η the learning
rate, w a weight, and all operations are elementwise.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from rnnviz.core.activations import Array

Arrays = tuple[Array, ...]


@dataclass(frozen=True, slots=True)
class Memory:
    """What an optimiser remembers.

    Attributes:
        optimiser: the name of the one that it belongs to.
        updates: how many updates it has made.
        averages: one group for each array of weights; in it one array, of that shape, for each of the
            optimiser's `averages`.
    """

    optimiser: str
    updates: int
    averages: tuple[Arrays, ...]


class Optimiser(ABC):
    """A way to change weights against their gradient.

    Attributes:
        name: the key in settings and on the command line.
        title: what menus call it.
        latex: its formula.
        averages: what it remembers of every weight.
        learning_rate: a usual one.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    latex: ClassVar[str]
    averages: ClassVar[tuple[str, ...]] = ()
    learning_rate: ClassVar[float] = 0.01

    def start(self, weights: Arrays) -> Memory:
        """Return what it remembers before the first update: zeros."""
        return Memory(self.name, 0, tuple(tuple(np.zeros_like(w) for _ in self.averages) for w in weights))

    def update(self, weights: Arrays, gradients: Arrays, memory: Memory, learning_rate: float) -> tuple[Arrays, Memory]:
        """Return the weights after one more update, and what is remembered then; nothing given is changed.

        Gradients have the shapes of the weights. Overflow is left in the numbers as inf and nan.
        """
        number, changed, remembered = memory.updates + 1, [], []
        with np.errstate(all="ignore"):
            for w, g, old in zip(weights, gradients, memory.averages, strict=True):
                step, new = self.step(g, old, number, learning_rate)
                changed.append(w - step)
                remembered.append(new)
        return tuple(changed), Memory(self.name, number, tuple(remembered))

    @abstractmethod
    def step(self, gradient: Array, averages: Arrays, number: int, learning_rate: float) -> tuple[Array, Arrays]:
        """Return what is taken from an array of weights by update ``number`` (from 1), and the new averages."""


class SGD(Optimiser):
    """w ← w − η g."""

    name, title, latex = "sgd", "SGD", r"w \leftarrow w - \eta\, g"
    learning_rate = 0.1

    def step(self, gradient: Array, averages: Arrays, number: int, learning_rate: float) -> tuple[Array, Arrays]:  # noqa: ARG002
        """Return η g."""
        return learning_rate * gradient, ()


class Momentum(Optimiser):
    """v ← μ v + g, w ← w − η v, with μ = 0.9 and no dampening.

    Source: Polyak 1964, in the form of Sutskever et al. 2013 that torch.optim.SGD has.
    """

    name, title, averages = "momentum", "Momentum", ("v",)
    latex = r"v \leftarrow 0.9\, v + g,\quad w \leftarrow w - \eta\, v"
    learning_rate = 0.05
    kept: ClassVar[float] = 0.9

    def step(self, gradient: Array, averages: Arrays, number: int, learning_rate: float) -> tuple[Array, Arrays]:  # noqa: ARG002
        """Return η v."""
        v = self.kept * averages[0]
        v += gradient
        return learning_rate * v, (v,)


class RMSProp(Optimiser):
    """s ← α s + (1 − α) g², w ← w − η g / (√s + ε), with α = 0.99 and ε = 1e-8.

    Source: Hinton 2012, lecture 6e, with the constants of torch.optim.RMSprop.
    """

    name, title, averages = "rmsprop", "RMSProp", ("s",)
    latex = r"s \leftarrow 0.99\, s + 0.01\, g^2,\quad w \leftarrow w - \eta\, \frac{g}{\sqrt{s} + 10^{-8}}"
    kept: ClassVar[float] = 0.99
    epsilon: ClassVar[float] = 1e-8

    def step(self, gradient: Array, averages: Arrays, number: int, learning_rate: float) -> tuple[Array, Arrays]:  # noqa: ARG002
        """Return η g / (√s + ε)."""
        s = self.kept * averages[0]
        s += (1.0 - self.kept) * (gradient * gradient)
        root = np.sqrt(s)
        root += self.epsilon
        return learning_rate * gradient / root, (s,)


class Adam(Optimiser):
    """m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², w ← w − η m̂ / (√v̂ + ε), with β = (0.9, 0.999), ε = 1e-8.

    m̂ = m / (1 − β₁ⁿ) and v̂ = v / (1 − β₂ⁿ) take out that both began at zero. Source: Kingma and Ba 2015.
    """

    name, title, averages = "adam", "Adam", ("m", "v")
    latex = (
        r"m \leftarrow 0.9\, m + 0.1\, g,\quad v \leftarrow 0.999\, v + 0.001\, g^2,\quad "
        r"w \leftarrow w - \eta\, \frac{\hat m}{\sqrt{\hat v} + 10^{-8}}"
    )
    kept: ClassVar[tuple[float, float]] = (0.9, 0.999)
    epsilon: ClassVar[float] = 1e-8

    def step(self, gradient: Array, averages: Arrays, number: int, learning_rate: float) -> tuple[Array, Arrays]:
        """Return η m̂ / (√v̂ + ε)."""
        of_m, of_v = self.kept
        m = of_m * averages[0]
        m += (1.0 - of_m) * gradient
        v = gradient * gradient
        v *= 1.0 - of_v
        v += of_v * averages[1]
        root = np.sqrt(v)
        root /= np.sqrt(1.0 - of_v**number)
        root += self.epsilon
        step = learning_rate / (1.0 - of_m**number) * m
        step /= root
        return step, (m, v)


OPTIMISERS: dict[str, Optimiser] = {optimiser.name: optimiser for optimiser in (SGD(), Momentum(), RMSProp(), Adam())}
