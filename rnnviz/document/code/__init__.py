"""Scripts that compute a document without rnnviz: in NumPy by hand, or with the layers of PyTorch or Keras."""

from __future__ import annotations

from collections.abc import Callable

from rnnviz.document.code.keras_script import keras_script
from rnnviz.document.code.numpy_script import numpy_script
from rnnviz.document.code.torch_script import torch_script
from rnnviz.document.document import Document
from rnnviz.document.values import DocumentError

FRAMEWORKS: dict[str, tuple[str, Callable[[Document], str]]] = {
    "numpy": ("NumPy", numpy_script),
    "torch": ("PyTorch", torch_script),
    "keras": ("Keras", keras_script),
}


def script(document: Document, framework: str) -> str:
    """Return a self-contained script that rebuilds the network and prints its states, loss and gradients.

    Raises:
        DocumentError: the framework is none of `FRAMEWORKS`.
    """
    if framework not in FRAMEWORKS:
        raise DocumentError(f"framework: {framework!r} is not known; use one of {', '.join(FRAMEWORKS)}")
    return FRAMEWORKS[framework][1](document)
