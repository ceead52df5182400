"""Running a generated script, and setting its results beside those of the program."""

import contextlib
import io
import runpy

import numpy as np

from rnnviz.document.compute import compute


def run_script(text, folder):
    """Return the variables that a script leaves behind, and what it prints."""
    path, printed = folder / "script.py", io.StringIO()
    path.write_text(text, encoding="utf-8")
    with contextlib.redirect_stdout(printed), np.printoptions():  # a script chooses its own way to print
        variables = runpy.run_path(str(path))
    return variables, printed.getvalue()


def differences(document, variables):
    """Return for every result by how much script and program differ, relative to 1 + its size."""
    trace = compute(document).trace()
    pairs = {"y": ("y", variables["y"]), "loss": ("loss", variables["loss"]), "dx": ("grad.x", variables["dx"])}
    several = len(document.layers) > 1
    for number, layer in enumerate(document.layers):
        n = str(number + 1) if several else ""
        pairs[f"h{n}"] = f"l{number}.h", variables[f"h{n}"]
        pairs[f"dh{n}"] = f"l{number}.grad.h", variables[f"dh{n}"]
        if f"dc{n}" in variables:
            pairs[f"dc{n}"] = f"l{number}.grad.c", variables[f"dc{n}"]
        for name in layer.weights:
            written = f"layer{n}.{name}" if several else name
            pairs[written] = f"l{number}.grad.{name}", variables["gradients"][written]
    if document.readout is not None:
        for name in document.readout.weights:
            pairs[name] = f"readout.grad.{name}", variables["gradients"][name]
    return {name: difference(np.asarray(found), trace[key]) for name, (key, found) in pairs.items()}


def difference(found, expected):
    assert found.size == expected.size
    expected = expected.reshape(found.shape)
    return float((np.abs(found - expected) / (1 + np.abs(expected))).max())
