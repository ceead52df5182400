"""Keeping the gradients of states in torch, and turning tensors into arrays: shared by both scripts."""

from __future__ import annotations

import numpy as np
import torch

States = list[dict[str, list[torch.Tensor]]]


def keep_gradients(states: States) -> None:
    """Let autograd retain the total gradient of every state: by layer, name and t, each (batch, units)."""
    for layer in states:
        for series in layer.values():
            for state in series:
                state.retain_grad()


def states_and_gradients(states: States) -> dict[str, np.ndarray]:
    """Return all states and their total gradients under the names of `Frame.trace`."""
    arrays = {}
    for number, layer in enumerate(states):
        for name, series in layer.items():
            # what leads to no loss, as c_T does not where only h_T is read, has no gradient
            gradients = [torch.zeros_like(state) if state.grad is None else state.grad for state in series]
            arrays[f"l{number}.{name}"] = numbers(torch.stack(series, dim=1))
            arrays[f"l{number}.grad.{name}"] = numbers(torch.stack(gradients, dim=1))
    return arrays


def numbers(tensor: torch.Tensor) -> np.ndarray:
    """Return a tensor's numbers as an array of its own."""
    return tensor.detach().numpy().copy()
