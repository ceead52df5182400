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
    separate_recurrent_gradient = True

    def step(self, a: Array, u: Array, gates: Array, before: Rows, after: Rows) -> None:
        (h,) = after
        r, z, n = gates
        a[:2] += u[:2]
        sigmoid(a[:2], gates[:2])
        np.multiply(r, u[2], out=n)
        a[2] += n
        np.tanh(a[2], out=n)
        np.subtract(before[0], n, out=h)
        h *= z
        h += n

    def slopes(self, a: Array, u: Array, gates: Array, before: Rows, after: Rows) -> Rows:  # noqa: ARG002
        r, z, n = (gates[:, block] for block in range(3))
        of_n = (1 - z) * (1 - n * n)
        da = np.stack([of_n * u[:, 2] * r * (1 - r), (before[0] - n) * z * (1 - z), of_n], axis=1)
        return da, np.ascontiguousarray(r), np.ascontiguousarray(z)

    def pullback(self, slopes: Rows, d_after: Rows, da: Array, du: Array, d_before: Rows) -> None:
        of_h, r, z = slopes
        (dh,) = d_after
        np.multiply(dh, of_h, out=da)
        du[:2] = da[:2]
        np.multiply(da[2], r, out=du[2])
        d_before[0][...] += dh * z


CELL = GRUCell
