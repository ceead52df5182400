"""Cells, activations and readouts in words: what a choice of them says. Needs no NumPy."""

from __future__ import annotations

CELL_CHOICES = (
    ("rnn", "RNN", "hₜ = φ(W_hh hₜ₋₁ + W_xh xₜ + b_h): one matrix carries the state from step to step"),
    ("lstm", "LSTM", "cₜ = f ⊙ cₜ₋₁ + i ⊙ g, hₜ = o ⊙ tanh cₜ: gates say what is kept, written and shown"),
    ("gru", "GRU", "hₜ = (1 − z) ⊙ n + z ⊙ hₜ₋₁: z says how much is kept, r what the candidate n hears of hₜ₋₁"),
)
ACTIVATION_CHOICES = (
    ("tanh", "tanh", "h = tanh(a), between −1 and 1"),
    ("relu", "ReLU", "h = max(0, a), from 0 up"),
    ("sigmoid", "σ", "h = σ(a), between 0 and 1"),
    ("linear", "linear", "h = a, without limits"),
)
NO_READOUT = "none"
READOUT_CHOICES = (
    ("linear", "linear", "yₜ = W_hy hₜ + b_y"),
    ("softmax", "softmax", "yₜ = softmax(W_hy hₜ + b_y): probabilities of classes, for cross entropy"),
    ("sigmoid", "sigmoid", "yₜ = σ(W_hy hₜ + b_y): a probability for each output, for binary cross entropy"),
    (NO_READOUT, "none", "No readout: the loss looks at the last layer's h itself"),
)

CELL_TITLES = {key: title for key, title, _ in CELL_CHOICES}
CELL_FORMULAS = {key: formula for key, _, formula in CELL_CHOICES}
ACTIVATION_TITLES = {key: title for key, title, _ in ACTIVATION_CHOICES}
READOUT_FORMULAS = {key: formula for key, _, formula in READOUT_CHOICES}
