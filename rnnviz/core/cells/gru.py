"""Gated recurrent unit, reset after the product: n = tanh(a_n + r ⊙ u_n), h_t = (1 − z) ⊙ n + z ⊙ h_{t−1}.

Source: Cho et al. 2014, in the form of cuDNN, PyTorch and Keras (``reset_after=True``); u_n = W_hn h + b_hn.
"""

from __future__ import annotations

import numpy as np

from rnnviz.core.activations import Array, sigmoid
from rnnviz.core.cells._base import Cell, Rows


class GRUCell(Cell):
    name = "gru"
    blocks = ("r", "z", "n")
    recurrent_biases = ("n",)
    candidate_block, keep_block = "n", "z"
    reset_block = "r"
    keeps_u = True
    separate_recurrent_gradient = True

    def step_arrays(self, a: Array, u: Array, gates: Array, before: Rows, after: Rows) -> Rows:
        r, z, n = (gates[:, block] for block in range(3))
        return a[:, :2], u[:, :2], gates[:, :2], a[:, 2], u[:, 2], r, z, n, before[0], after[0]

    def step(self, rows: Rows) -> None:
        a_rz, u_rz, rz, a_n, u_n, r, z, n, h_before, h = rows
        np.add(a_rz, u_rz, a_rz)
        sigmoid(a_rz, rz)
        np.multiply(r, u_n, n)
        np.add(a_n, n, a_n)
        np.tanh(a_n, n)
        np.subtract(h_before, n, h)
        np.multiply(h, z, h)
        np.add(h, n, h)

    def slopes(self, a: Array, u: Array, gates: Array, before: Rows, after: Rows) -> Rows:  # noqa: ARG002
        r, z, n = (gates[:, block] for block in range(3))
        of_n = (1 - z) * (1 - n * n)
        of_u = gates * (1 - gates)  # σ′ of r and z
        of_u[:, 0] *= of_n * u[:, 2]
        of_u[:, 1] *= before[0] - n
        of_u[:, 2] = of_n * r
        return of_u, of_n, z.copy()

    def pullback_arrays(self, slopes: Rows, d_after: Rows, d_before: Rows, du: Array) -> Rows:
        of_u, _, z = slopes
        return of_u, z, d_after[0], d_before[0], du

    def pullback(self, rows: Rows) -> None:
        of_u, z, dh, dh_before, du = rows
        du[...] = dh  # to copy it into every block first is faster than a product that broadcasts
        np.multiply(du, of_u, du)
        np.multiply(dh, z, z)
        np.add(dh_before, z, dh_before)

    def input_gradient(self, slopes: Rows, d_after: Rows, du: Array, da: Array) -> None:
        da[:, :2] = du[:, :2]
        np.multiply(d_after[0], slopes[1], da[:, 2])


CELL = GRUCell
