"""rnnviz: a recurrent network made visible while your hands are on it.

From Python, without Qt::

    document = rnnviz.load_scene("scene.rnnviz.json")
    frame = rnnviz.compute(document)
    arrays = frame.trace()
"""

import importlib
import os

# NumPy's products here are small: more threads only add delay. It must be said before NumPy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rnnviz.document.compute import compute
    from rnnviz.document.document import Document
    from rnnviz.document.frame import Frame
    from rnnviz.document.scenes import load_scene, save_scene

__version__ = "0.1.0"
__all__ = ["Document", "Frame", "__version__", "compute", "load_scene", "save_scene"]

_HOMES = {
    "compute": "compute",
    "Document": "document",
    "Frame": "frame",
    "load_scene": "scenes",
    "save_scene": "scenes",
}


def __getattr__(name: str) -> object:
    """Import the public names when they are first asked for: the command line starts without NumPy."""
    if name in _HOMES:
        return getattr(importlib.import_module(f"rnnviz.document.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'rnnviz' has no attribute {name!r}")
