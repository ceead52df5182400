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

    def step_arrays(self, a: Array, u: Array, gates: Array, before: Rows, after: Rows) -> Rows:  # noqa: ARG002
        return a, gates

    def step(self, rows: Rows) -> None:
        a, h = rows
        self.activation.apply(a, h)

    def slopes(self, a: Array, u: Array, gates: Array, before: Rows, after: Rows) -> Rows:  # noqa: ARG002
        return (self.activation.slope(gates),)

    def pullback_arrays(self, slopes: Rows, d_after: Rows, d_before: Rows, du: Array) -> Rows:  # noqa: ARG002
        return slopes[0][:, 0], d_after[0], du[:, 0]

    def pullback(self, rows: Rows) -> None:
        slope, dh, du = rows
        np.multiply(dh, slope, du)


CELL = ElmanCell
