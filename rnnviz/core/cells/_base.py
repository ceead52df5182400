"""What a cell promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import ClassVar

from rnnviz.core.activations import Activation, Array

Rows = tuple[Array, ...]
Products = Iterable[Array]


class Cell(ABC):
    """One recurrent cell, as an elementwise function of two pre-activations and its pullback.

    The matrix products ``a = W x + b`` and ``u = U h (+ b_u)`` are made by `unroll` and `bptt`; a cell only
    combines them, one time step after another, in place. It gets the rows of some steps: (n, G, H) or
    (n, G, H, B) of ``a`` and the gates, (n, apart, H) of ``u``, (n, H) of each state; and an iterator that makes
    the product of the next step and returns its row. A loop takes one turn of it per step, so it stands last in
    its ``zip``: there it is not asked once too often.

    Attributes:
        name: the key in scene files.
        blocks: names of the G blocks, in the order in which W, U and b stack them.
        states: names of the states that travel through time; the first is always ``h``.
        scales: with what `forward` finds blocks of ``a`` multiplied, by their numbers; only of those not apart.
            With ½ where σ(a) = ½ + ½ tanh(½ a) comes next, every step saves a product.
        apart: how many of the last blocks need ``u`` apart from ``a``; for all others ``a`` is their sum.
        recurrent_biases: blocks whose recurrent part has a bias of its own, ``b_h<block>``.
        forget_block: the block whose bias says how much is kept at first; empty if there is none.
        candidate_block, keep_block: what is written into the state, and the gate that multiplies the old state
            (empty if there is none): a layer that gets another cell keeps their weights.
        reset_block: the gate inside the candidate, which multiplies its recurrent part (empty if there is none).
        gate_is_state: the only block's activation is the state itself; both share one array.
        separate_recurrent_gradient: dL/da differs from dL/du, so it needs rows of its own.
    """

    name: ClassVar[str]
    blocks: ClassVar[tuple[str, ...]]
    states: ClassVar[tuple[str, ...]] = ("h",)
    scales: ClassVar[Mapping[int, float]] = MappingProxyType({})
    apart: ClassVar[int] = 0
    recurrent_biases: ClassVar[tuple[str, ...]] = ()
    forget_block: ClassVar[str] = ""
    candidate_block: ClassVar[str]
    keep_block: ClassVar[str] = ""
    reset_block: ClassVar[str] = ""
    gate_is_state: ClassVar[bool] = False
    separate_recurrent_gradient: ClassVar[bool] = False

    def __init__(self, activation: Activation) -> None:
        """Make the cell. Gated cells have fixed activations and ignore ``activation``."""
        self.activation = activation

    @abstractmethod
    def forward(self, products: Products, a: Array, u: Array, gates: Array, before: Rows, after: Rows) -> None:
        """Take the steps: write the gates and the states ``after`` each, and complete ``a`` where u is apart.

        Of the states ``before`` only the first row holds something at first; h after a step is h before the next.
        A turn of ``products`` completes a row of ``a`` and ``u`` and returns it: (G*H,), first u, then a that is
        not apart.
        """

    @abstractmethod
    def slopes(self, a: Array, u: Array, gates: Array, before: Rows, after: Rows) -> Rows:
        """Return the local derivatives that `backward` multiplies with, for all t at once, as new arrays."""

    @abstractmethod
    def backward(self, arrivals: Products, slopes: Rows, d_after: Rows, d_before: Rows, du: Array, da: Array) -> None:
        """Carry the gradient back through the steps, the last one first; all rows are given in that order.

        Writes dL/du, and dL/da where it differs, completes ``d_after`` with what flows between the states of a
        step, and adds to ``d_before`` what reaches the states before it without passing U: only there, dL/dh after
        a step is not the row of dL/dh before the next. May use up the slopes. A turn of ``arrivals`` completes
        dL/dh after a step and returns it, (H,).
        """
