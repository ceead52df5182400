"""The plain recurrent cell: h_t = φ(W_xh x_t + W_hh h_{t−1} + b_h).

Source: Elman 1990, Finding structure in time.
"""

from __future__ import annotations

import numpy as np

from rnnviz.core.activations import Array
from rnnviz.core.cells._base import Cell, Products, Rows


class ElmanCell(Cell):
    name = "rnn"
    blocks = ("h",)
    candidate_block = "h"
    gate_is_state = True

    def forward(self, products: Products, a: Array, u: Array, gates: Array, before: Rows, after: Rows) -> None:  # noqa: ARG002
        apply = self.activation.apply
        for h, a_t in zip(after[0], products, strict=False):
            apply(a_t, h)

    def slopes(self, a: Array, u: Array, gates: Array, before: Rows, after: Rows) -> Rows:  # noqa: ARG002
        return (self.activation.slope(gates[:, 0]),)

    def backward(self, arrivals: Products, slopes: Rows, d_after: Rows, d_before: Rows, du: Array, da: Array) -> None:  # noqa: ARG002
        multiply = np.multiply
        for slope, du_t, dh in zip(slopes[0], du[:, 0], arrivals, strict=False):
            multiply(dh, slope, du_t)


CELL = ElmanCell
