"""What a cell promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from rnnviz.core.activations import Activation, Array

Rows = tuple[Array, ...]


class Cell(ABC):
    """One recurrent cell, as an elementwise function of two pre-activations and its pullback.

    The matrix products ``a = W x + b`` and ``u = U h (+ b_u)`` are made by `unroll` and `bptt`; a cell only
    combines them, one time step at a time, in place. It says which arrays it works on, (T, G, H) or
    (T, G, H, B) for ``a``, ``u``, the gates and ``du``, (T, H) or (T, H, B) for each state, or parts of them;
    then it is given one row of each per step.

    Attributes:
        name: the key in scene files.
        blocks: names of the G blocks, in the order in which W, U and b stack them.
        states: names of the states that travel through time; the first is always ``h``.
        recurrent_biases: blocks whose recurrent part has a bias of its own, ``b_h<block>``.
        forget_block: the block whose bias says how much is kept at first; empty if there is none.
        candidate_block, keep_block: what is written into the state, and the gate that multiplies the old state
            (empty if there is none): a layer that gets another cell keeps their weights.
        reset_block: the gate inside the candidate, which multiplies its recurrent part (empty if there is none).
        gate_is_state: the only block's activation is the state itself; both share one array.
        keeps_u: ``a`` and ``u`` are more than added up. Only such a cell is given ``u``; any other finds their
            sum in ``a``, and ``u`` is (0, G, H).
        separate_recurrent_gradient: dL/da differs from dL/du, so it needs rows of its own.
    """

    name: ClassVar[str]
    blocks: ClassVar[tuple[str, ...]]
    states: ClassVar[tuple[str, ...]] = ("h",)
    recurrent_biases: ClassVar[tuple[str, ...]] = ()
    forget_block: ClassVar[str] = ""
    candidate_block: ClassVar[str]
    keep_block: ClassVar[str] = ""
    reset_block: ClassVar[str] = ""
    gate_is_state: ClassVar[bool] = False
    keeps_u: ClassVar[bool] = False
    separate_recurrent_gradient: ClassVar[bool] = False

    def __init__(self, activation: Activation) -> None:
        """Make the cell. Gated cells have fixed activations and ignore ``activation``."""
        self.activation = activation

    @abstractmethod
    def step_arrays(self, a: Array, u: Array, gates: Array, before: Rows, after: Rows) -> Rows:
        """Return the arrays whose rows `step` takes."""

    @abstractmethod
    def step(self, rows: Rows) -> None:
        """Take one step: turn ``a`` into the pre-activations, write the gates and the states ``after`` it."""

    @abstractmethod
    def slopes(self, a: Array, u: Array, gates: Array, before: Rows, after: Rows) -> Rows:
        """Return the local derivatives that `pullback` multiplies with, for all t at once, as new arrays."""

    @abstractmethod
    def pullback_arrays(self, slopes: Rows, d_after: Rows, d_before: Rows, du: Array) -> Rows:
        """Return the arrays whose rows `pullback` takes."""

    @abstractmethod
    def pullback(self, rows: Rows) -> None:
        """Carry one step's gradient back through `step`.

        Writes dL/du, completes ``d_after`` with what flows between the states of that step, and adds to
        ``d_before`` what reaches the states before it without passing U. May use up the slopes.
        """

    def input_gradient(self, slopes: Rows, d_after: Rows, du: Array, da: Array) -> None:  # noqa: ARG002
        """Write dL/da for all t at once, when `pullback` has been through them."""
        da[...] = du
