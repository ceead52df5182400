"""rnnviz code: a scene as a script."""

from __future__ import annotations

import argparse

from rnnviz.app.scenes import open_scene
from rnnviz.document.code import script
from rnnviz.document.scenes import write_atomically
from rnnviz.document.values import DocumentError


def code(options: argparse.Namespace) -> None:
    """Write the script that the options ask for.

    Raises:
        DocumentError: there is no such scene, it cannot be read, or the file cannot be written.
    """
    if options.output.suffix != ".py":
        raise DocumentError(f"{options.output}: the file must end in .py")
    text = script(open_scene(options.scene)[0], options.framework)
    write_atomically(options.output, text.encode())
