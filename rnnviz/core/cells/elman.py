"""The plain recurrent cell: h_t = φ(W_xh x_t + W_hh h_{t−1} + b_h).

Source: Elman 1990, Finding structure in time.
"""

from __future__ import annotations

import numpy as np

from rnnviz.core.activations import Array
from rnnviz.core.cells._base import Cell, Rows


class ElmanCell(Cell):
    name = "rnn"
    blocks = ("h",)
    candidate_block = "h"
    gate_is_state = True

    def step(self, a: Array, u: Array, gates: Array, before: Rows, after: Rows) -> None:  # noqa: ARG002
        np.add(a, u, out=a)
        self.activation.apply(a, gates)

    def slopes(self, a: Array, u: Array, gates: Array, before: Rows, after: Rows) -> Rows:  # noqa: ARG002
        return (self.activation.slope(gates),)

    def pullback(self, slopes: Rows, d_after: Rows, da: Array, du: Array, d_before: Rows) -> None:  # noqa: ARG002
        np.multiply(d_after[0], slopes[0], out=da)


CELL = ElmanCell
