"""What a cell promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import ClassVar

from rnnviz.core.activations import Activation, Array
from rnnviz.core.workspace import Slots, Steps

Rows = tuple[Array, ...]
Products = Iterable[Array]


class Cell(ABC):
    """One recurrent cell, as an elementwise function of two pre-activations and its pullback.

    The matrix products ``a = W x + b`` and ``u = U h (+ b_u)`` are made by `unroll` and `bptt`; a cell only
    combines them, one time step after another, in place. It says which arrays it works on, or parts of them, and gets
    one row of each per step, beside one turn of an iterator that makes the step's product.

    Attributes:
        name: the key in scene files.
        blocks: names of the G blocks, in the order in which W, U and b stack them.
        states: names of the states that travel through time; the first is always ``h``.
        apart: how many of the last blocks need ``u`` apart from ``a``; for all others the product gives their sum.
        slots: what a row to work in holds: first the G products (a + u, or u where it is apart), then
            a of the blocks that are apart, then whatever the cell likes, with every state's name among it; h last.
        scales: what the G products are multiplied with. With ½ where σ(a) = ½ + ½ tanh(½ a) comes
            next, every step saves a product.
        past: the states that reach the next step past U, elementwise: all others than h, and then h if it does too.
        slope_blocks: how many local derivatives `backward` multiplies with.
        pulled: the states whose gradients stand side by side, each at least once, to be multiplied with them together.
        recurrent_biases: blocks whose recurrent part has a bias of its own, ``b_h<block>``.
        forget_block: the block whose bias says how much is kept at first; empty if there is none.
        candidate_block, keep_block: what is written into the state, and the gate that multiplies the old state
            (empty if there is none): a layer that gets another cell keeps their weights.
        reset_block: the gate inside the candidate, which multiplies its recurrent part (empty if there is none).
        gate_is_state: the only block's activation is the state itself; both share one array.
    """

    name: ClassVar[str]
    blocks: ClassVar[tuple[str, ...]]
    states: ClassVar[tuple[str, ...]] = ("h",)
    apart: ClassVar[int] = 0
    slots: ClassVar[tuple[str, ...]]
    scales: ClassVar[tuple[float, ...]]
    past: ClassVar[tuple[str, ...]] = ()
    slope_blocks: ClassVar[int] = 1
    pulled: ClassVar[tuple[str, ...]] = ("h",)
    recurrent_biases: ClassVar[tuple[str, ...]] = ()
    forget_block: ClassVar[str] = ""
    candidate_block: ClassVar[str]
    keep_block: ClassVar[str] = ""
    reset_block: ClassVar[str] = ""
    gate_is_state: ClassVar[bool] = False

    def __init__(self, activation: Activation) -> None:
        """Make the cell. Gated cells have fixed activations and ignore ``activation``."""
        self.activation = activation

    @staticmethod
    @abstractmethod
    def forward_arrays(slots: Slots) -> Rows:
        """Return the arrays whose rows `forward` takes, one of each per step."""

    @abstractmethod
    def forward(self, steps: Steps, products: Products) -> None:
        """Take a step for each turn of ``products``, which fills a row's first slots; write the next row's states."""

    @abstractmethod
    def read(self, slots: Slots, a: Array, u: Array, gates: Array) -> None:
        """Copy what the first n steps did into arrays: (n, G, H), (n, apart, H) and (n, G, H), which may be h."""

    @abstractmethod
    def slopes(self, a: Array, u: Array, gates: Array, before: Rows, after: Rows, out: Array) -> None:
        """Write the local derivatives of n steps, which depend on no gradient, into ``out`` (n, slope_blocks, H)."""

    @staticmethod
    @abstractmethod
    def backward_arrays(d_pulled: Array, slopes: Array, sent: Array) -> Rows:
        """Return the arrays whose rows `backward` takes, one of each per step, the last step first.

        ``d_pulled`` (n, …, H) holds dL/d of the states in ``pulled`` after each step. ``sent`` (n + 1, …, H) holds what
        a step sends to the one before: a block for each state in ``past``, then dL/du. Row t + 1 is what arrives at t.
        """

    @abstractmethod
    def backward(self, steps: Steps, arrivals: Products) -> None:
        """Carry the gradient back: a turn of ``arrivals`` fills a row's first dL/dh; write the others, and sent."""

    def input_gradient(self, slopes: Array, dh: Array, du: Array, da: Array) -> None:  # noqa: B027
        """Write dL/da of n steps where u is apart, from dL/dh after each; elsewhere dL/da is dL/du."""
