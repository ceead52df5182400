"""rnnviz measures: the numbers of a lecture, each with its definition."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable

import numpy as np

from rnnviz.app.numbering import index_of
from rnnviz.app.scenes import open_scene
from rnnviz.document.compute import compute
from rnnviz.document.document import Layer
from rnnviz.document.measured import LAYER_GROUPS, Curve, Measured, connections
from rnnviz.document.runs import network_run
from rnnviz.document.values import Array


def measures(options: argparse.Namespace) -> None:
    """Print every measure of the layers, or of one, and of the network.

    Raises:
        DocumentError: there is no such scene, layer or sequence.
    """
    from tqdm import tqdm  # type: ignore[import-untyped]

    document, _ = open_scene(options.scene)
    sample = index_of("--sequence", options.sequence, document.batch)
    chosen = list(range(len(document.layers)))
    if options.layer is not None:
        chosen = [index_of("--layer", options.layer, len(document.layers))]
    frame = compute(document)
    for problem in frame.problems:
        print(f"rnnviz: warning: {problem}", file=sys.stderr)
    run = network_run(frame, sample)
    found: dict[int, list[Measured]] = {layer: [] for layer in chosen}
    with tqdm(total=len(chosen) * len(LAYER_GROUPS) + 1, delay=1.0, disable=None, unit="group", leave=False) as bar:
        for layer in chosen:
            for group in LAYER_GROUPS:
                found[layer] += group(run, layer)
                bar.update()
        of_network = connections(run)
        bar.update()
    if options.json:
        _print_json(options, document.layers, found, of_network)
        return
    for layer, measured in found.items():
        print(
            f"Layer {layer + 1}: {_in_words(document.layers[layer])}; sequence {options.sequence} of {document.batch}"
        )
        _print_measured(measured)
    print("Network")
    _print_measured(of_network)


def _in_words(layer: Layer) -> str:
    kind = f"{layer.cell} {layer.activation}" if layer.cell == "rnn" else layer.cell
    return f"{kind}, {layer.units} unit{'s' if layer.units > 1 else ''}"


def _print_measured(measured: list[Measured]) -> None:
    rows = [(each.name, _summary(each.value), each.definition) for each in measured]
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    for name, value, definition in rows:
        print(f"  {name:<{widths[0]}}  {value:<{widths[1]}}  {definition}")
    print()


def _summary(value: float | Curve) -> str:
    """Return a number; or of a curve what it goes from and to, and between."""
    if isinstance(value, float):
        return f"{value:.6g}"
    values = value.values
    if values.ndim > 1:
        return f"{values.min():.4g} to {values.max():.4g}"
    return f"{values[0]:.4g} … {values[-1]:.4g}, {values.min():.4g} to {values.max():.4g}"


def _print_json(
    options: argparse.Namespace,
    layers: tuple[Layer, ...],
    found: dict[int, list[Measured]],
    of_network: list[Measured],
) -> None:
    of_layers = [
        {"layer": number + 1, "cell": layers[number].cell, "measures": _for_programs(measured)}
        for number, measured in found.items()
    ]
    result = {"sequence": options.sequence, "layers": of_layers, "network": _for_programs(of_network)}
    print(json.dumps(result, allow_nan=False, ensure_ascii=False))


def _for_programs(measured: Iterable[Measured]) -> list[dict[str, object]]:
    return [{"name": each.name, "definition": each.definition, **_values(each.value)} for each in measured]


def _values(value: float | Curve) -> dict[str, object]:
    if isinstance(value, float):
        return {"value": _plain(np.array(value))}
    places = {name: at.tolist() for name, at in value.at.items()}
    return {"at": places, "values": _plain(value.values)}


def _plain(values: Array) -> object:
    """Return numbers in lists, those that JSON has no word for as "nan", "inf" and "-inf"."""
    if values.ndim:
        return [_plain(row) for row in values]
    number = float(values)
    return number if np.isfinite(number) else str(number)
