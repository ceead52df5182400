"""Scene files: read strictly, written atomically, exact to the last bit, and never executed."""

from __future__ import annotations

import base64
import codecs
import json
import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np

from rnnviz.core.objectives import LOSSES
from rnnviz.document.atomic_file import AtomicFile
from rnnviz.document.document import READOUT, Document, Input, Layer, Objective, Place, Readout, Window
from rnnviz.document.initialisation import Initialisation
from rnnviz.document.locks import Mask
from rnnviz.document.scaling import Scaling
from rnnviz.document.values import Array, DocumentError

FORMAT, VERSION = "rnnviz-scene", 1
INLINE_NUMBERS = 1024
_PIECE = 3 * 2**11  # numbers, in threes: base64 has four letters for three bytes

# An array in a file: nested lists of numbers, or a block of bytes. Which depth is right depends on the key.
Numbers = Any  # the only dynamic value; `_array` checks it at once


class SceneError(DocumentError):
    """A scene file cannot be read or written; the message says what, where and what to do."""


class _Strict(msgspec.Struct, forbid_unknown_fields=True):
    """A record whose unknown keys are refused."""


class _ArrayFile(_Strict, kw_only=True):
    dtype: Literal["float64"]
    shape: list[int]
    base64: str


class _LayerFile(_Strict, kw_only=True):
    cell: str
    activation: str = "tanh"
    units: int | None = None
    return_sequences: bool = True
    weights: dict[str, Numbers]
    initial_state: dict[str, Numbers] = {}


class _ReadoutFile(_Strict, kw_only=True):
    activation: str
    weights: dict[str, Numbers]


class _ScalingFile(_Strict, kw_only=True):
    kind: Literal["z-score", "min-max"]
    offsets: list[float]
    scales: list[float]


class _InputFile(_Strict, kw_only=True):
    features: list[str]
    values: Numbers
    text: str | None = None
    vocabulary: list[str] | None = None
    encoding: Literal["char", "word"] | None = None
    lengths: list[int] | None = None
    scaling: _ScalingFile | None = None


class _ObjectiveFile(_Strict, kw_only=True):
    loss: str
    steps: Literal["all", "last"] | list[int] = "all"
    reduction: Literal["sum", "mean"] = "sum"
    targets: Numbers = None


class _WindowFile(_Strict, kw_only=True):
    length: int
    stateful: bool


class _InitialisationFile(_Strict, kw_only=True):
    input: str = "glorot"
    recurrent: str = "orthogonal"
    spectral_radius: float | None = None
    forget_bias: float = 1.0
    seed: int = 0


class _LockFile(_Strict, kw_only=True):
    layer: int | Literal["readout"]
    name: str
    entries: Literal["all"] | list[list[int]]


class _SceneFile(_Strict, kw_only=True):
    format: str
    version: int
    title: str = "Untitled"
    notes: str = ""
    layers: list[_LayerFile]
    readout: _ReadoutFile | None = None
    input: _InputFile
    objective: _ObjectiveFile
    window: _WindowFile | None = None
    precision: Literal["float64", "float32"] = "float64"
    initialisation: _InitialisationFile = msgspec.field(default_factory=_InitialisationFile)
    locks: list[_LockFile] = []


def load_scene(path: str | os.PathLike[str]) -> Document:
    """Return the document in a scene file.

    Raises:
        SceneError: the file is missing or unreadable, is not a scene or comes from a newer version; or
            something in it is unknown, misplaced, or of the wrong kind or shape. The message starts with the
            file's name.
    """
    file = Path(path)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise SceneError(f"{file}: cannot be read: {error.strerror or error}") from None
    try:
        return parse_scene(content)
    except DocumentError as error:
        raise SceneError(f"{file}: {error}") from None


def parse_scene(content: bytes) -> Document:
    """Return the document that the bytes of a scene file describe; DocumentError as in `load_scene`."""
    content = content.removeprefix(codecs.BOM_UTF8)  # Windows editors put one there
    _check_version(content)
    try:
        scene = msgspec.json.decode(content, type=_SceneFile)
    except msgspec.ValidationError as error:
        raise SceneError(_plain(str(error))) from None
    return _document(scene)


def save_scene(document: Document, path: str | os.PathLike[str]) -> None:
    """Write the document to a scene file, atomically: on any failure the old file stays as it was.

    Raises:
        SceneError: the folder is missing or cannot be written, the disk is full, or a text in the document is
            not Unicode.
    """
    try:
        content = scene_text(document).encode()
    except UnicodeEncodeError as error:
        broken = error.object[error.start]
        raise SceneError(f"{path}: cannot be written: {broken!r} is not a Unicode character") from None
    write_atomically(Path(path), content)


def write_atomically(path: Path, content: bytes) -> None:
    """Write beside the file, flush to disk, rename over it. Raises SceneError and leaves nothing behind."""
    file = None
    try:
        file = AtomicFile(path)
        file.write(content)
        file.replace()
    except OSError as error:
        if file is not None:
            file.abandon()
        raise SceneError(f"{path}: cannot be written: {error.strerror or error}") from None


def scene_text(document: Document) -> str:
    """Return the document as the text of a scene file: one row of numbers per line."""
    return "".join(scene_pieces(document))


def scene_pieces(document: Document) -> Iterator[str]:
    """Yield the text of `scene_text` in pieces that take less than a millisecond each, however large the arrays."""
    yield from _pretty(_scene(document))
    yield "\n"


# Reading ------------------------------------------------------------------------------------------


def _check_version(content: bytes) -> None:
    """Refuse what is not JSON, not a scene, or from a later version, before any of its keys is judged."""
    try:
        head = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SceneError(_where_json_breaks(content) or f"is not valid JSON: {error}") from None
    except RecursionError:
        raise SceneError("is not a scene: its lists are nested too deeply") from None
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise SceneError(f'is not an rnnviz scene: "format" must be "{FORMAT}"')
    version = head.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise SceneError(f'"version" must be a whole number, {VERSION} or lower; found {version!r}')
    if version > VERSION:
        raise SceneError(
            f"was made by a newer rnnviz (scene version {version}, this program reads {VERSION}): "
            "update rnnviz to open it"
        )


def _where_json_breaks(content: bytes) -> str | None:
    """Return what Python's parser, which names line and column, finds wrong; None if nothing."""
    try:
        json.loads(
            content.decode("utf-8"),
            parse_int=_refuse_huge,
            parse_float=_refuse_huge,
            parse_constant=_refuse_constant,
        )
    except UnicodeDecodeError as error:
        return f"is not a text file in UTF-8 (byte {error.start + 1})"
    except json.JSONDecodeError as error:
        return f"is not valid JSON: line {error.lineno}, column {error.colno}: {error.msg}"
    except RecursionError:
        return "is not a scene: its lists are nested too deeply"
    except ValueError as error:
        return str(error)
    return None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"contains {name}: every number must be finite")


def _refuse_huge(number: str) -> None:
    if math.isinf(float(number)):
        raise ValueError(f"contains a number that is too large for float64: {number[:20]}")


def _plain(message: str, root: str = "") -> str:
    """Turn msgspec's ``Object contains unknown field `x` - at `$.layers[0]` `` into ``layers[0]: …``."""
    what, _, where = message.partition(" - at `")
    place = (root + where.rstrip("`").removeprefix("$")).lstrip(".")
    what = what.replace("Object contains unknown field", "unknown key")
    what = what.replace("Object missing required field", "missing key")
    what = what[0].lower() + what[1:]
    return f"{place}: {what}" if place else what


def _document(scene: _SceneFile) -> Document:
    layers = tuple(_layer(layer, f"layers[{number}]") for number, layer in enumerate(scene.layers))
    readout = None
    if scene.readout is not None:
        weights = _weights(scene.readout.weights, "readout.weights")
        readout = Readout(scene.readout.activation, weights)
    values = _array(scene.input.values, "input.values", 3)
    entry = scene.input
    vocabulary = None if entry.vocabulary is None else tuple(entry.vocabulary)
    lengths = None if entry.lengths is None else tuple(entry.lengths)
    scaling = None
    if entry.scaling is not None:
        scaling = Scaling(entry.scaling.kind, tuple(entry.scaling.offsets), tuple(entry.scaling.scales))
    document = Document(
        title=scene.title,
        notes=scene.notes,
        layers=layers,
        readout=readout,
        input=Input(tuple(entry.features), values, entry.text, vocabulary, entry.encoding, lengths, scaling),
        objective=_objective(scene.objective),
        window=None if scene.window is None else Window(scene.window.length, scene.window.stateful),
        precision=scene.precision,
        initialisation=Initialisation(**msgspec.structs.asdict(scene.initialisation)),
    )
    for number, lock in enumerate(scene.locks):
        document = _locked(document, lock, f"locks[{number}]")
    return document


def _locked(document: Document, lock: _LockFile, where: str) -> Document:
    """Return the document with what an entry of ``locks`` names locked, besides what is locked already."""
    place = Place(READOUT if lock.layer == "readout" else lock.layer, lock.name)
    if lock.layer != "readout" and not 0 <= lock.layer < len(document.layers):
        layers = len(document.layers)
        raise SceneError(f'{where}.layer: there is no layer {lock.layer}; use 0 to {layers - 1}, or "readout"')
    arrays = _lockable(document, place)
    if lock.name not in arrays:
        owner = "the readout" if lock.layer == "readout" else f"layers[{lock.layer}]"
        known = ", ".join(arrays) or "none, as there is no readout"
        raise SceneError(f"{where}.name: {owner} has no array {lock.name!r}; its arrays are {known}")
    shape = arrays[lock.name].shape
    old = document.locked(place)
    mask = np.zeros(shape, np.bool_) if old is None else old.copy()
    for entry in [] if lock.entries == "all" else lock.entries:
        if len(entry) != len(shape) or any(not 0 <= i < size for i, size in zip(entry, shape, strict=True)):
            raise SceneError(
                f"{where}.entries: {lock.name} of shape {shape} has no entry {entry}; give "
                + ("[row, column]" if len(shape) > 1 else "[row]")
                + ", counted from 0"
            )
        mask[tuple(entry)] = True
    if lock.entries == "all":
        mask[...] = True
    return document.with_locks(place, mask)


def _lockable(document: Document, place: Place) -> Mapping[str, Array]:
    if place.layer == READOUT:
        return {} if document.readout is None else document.readout.weights
    return document.layers[place.layer].arrays()


def _layer(layer: _LayerFile, where: str) -> Layer:
    weights = _weights(layer.weights, f"{where}.weights")
    initial = {name: _array(values, f"{where}.initial_state.{name}", 1) for name, values in layer.initial_state.items()}
    try:
        made = Layer(layer.cell, weights, initial, layer.activation, layer.return_sequences)
    except DocumentError as error:
        raise SceneError(f"{where}.{error}") from None
    if layer.units is not None and layer.units != made.units:
        raise SceneError(f"{where}.units: says {layer.units}, but the matrices have {made.units} rows")
    return made


def _weights(weights: dict[str, Numbers], where: str) -> dict[str, Array]:
    return {
        name: _array(values, f"{where}.{name}", 2 if name.startswith("W") else 1) for name, values in weights.items()
    }


def _objective(objective: _ObjectiveFile) -> Objective:
    targets = None
    if objective.targets is not None:
        loss = LOSSES.get(objective.loss)
        ndim = 2 if loss is not None and loss.integer_targets else 3
        targets = _array(objective.targets, "objective.targets", ndim)
    steps = tuple(objective.steps) if isinstance(objective.steps, list) else objective.steps
    return Objective(objective.loss, steps, objective.reduction, targets)


_NESTED = {1: list[float], 2: list[list[float]], 3: list[list[list[float]]]}


def _array(values: Numbers, where: str, ndim: int) -> Array:
    """Return the array that nested lists or a block of bytes stand for; SceneError names the entry."""
    if isinstance(values, dict):
        return _array_from_bytes(values, where, ndim)
    try:
        rows = msgspec.convert(values, _NESTED[ndim])
    except msgspec.ValidationError as error:
        raise SceneError(_plain(str(error), where)) from None
    try:
        return np.array(rows, dtype=np.float64)
    except ValueError:
        raise SceneError(f"{where}: the rows have different lengths") from None


def _array_from_bytes(values: Numbers, where: str, ndim: int) -> Array:
    try:
        block = msgspec.convert(values, _ArrayFile)
        content = base64.b64decode(block.base64, validate=True)
    except msgspec.ValidationError as error:
        raise SceneError(_plain(str(error), where)) from None
    except ValueError:
        raise SceneError(f"{where}.base64: is not base64") from None
    if len(block.shape) != ndim or min(block.shape) < 1:
        raise SceneError(f"{where}.shape: expected {ndim} sizes of at least 1, got {block.shape}")
    if len(content) != 8 * int(np.prod(block.shape, dtype=object)):
        raise SceneError(f"{where}.base64: {len(content)} bytes do not fill the shape {block.shape}")
    return np.frombuffer(content, "<f8").reshape(block.shape).astype(np.float64)


# Writing ------------------------------------------------------------------------------------------


def _scene(document: Document) -> dict[str, object]:
    scene: dict[str, object] = {
        "format": FORMAT,
        "version": VERSION,
        "title": document.title,
        "notes": document.notes,
        "layers": [_layer_entry(layer) for layer in document.layers],
        "readout": None,
        "input": _input_entry(document.input),
        "objective": _objective_entry(document.objective),
    }
    if document.readout is not None:
        weights = {name: _numbers(array) for name, array in document.readout.weights.items()}
        scene["readout"] = {"activation": document.readout.activation, "weights": weights}
    if document.window is not None:
        scene["window"] = {"length": document.window.length, "stateful": document.window.stateful}
    if document.precision != "float64":
        scene["precision"] = document.precision
    if document.initialisation != Initialisation():
        scene["initialisation"] = asdict(document.initialisation)
    if document.locks:
        scene["locks"] = [_lock_entry(place, mask) for place, mask in document.locks.items()]
    return scene


def _lock_entry(place: Place, mask: Mask) -> dict[str, object]:
    """Return what is locked; the entries are counted from 0, as the layers are."""
    return {
        "layer": "readout" if place.layer == READOUT else place.layer,
        "name": place.name,
        "entries": "all" if mask.all() else np.argwhere(mask).tolist(),
    }


def _layer_entry(layer: Layer) -> dict[str, object]:
    entry: dict[str, object] = {"cell": layer.cell}
    if layer.cell == "rnn":
        entry["activation"] = layer.activation
    return entry | {
        "units": layer.units,
        "return_sequences": layer.return_sequences,
        "weights": {name: _numbers(array) for name, array in layer.weights.items()},
        "initial_state": {name: _numbers(array) for name, array in layer.initial_state.items()},
    }


def _input_entry(data: Input) -> dict[str, object]:
    entry: dict[str, object] = {"features": list(data.features), "values": _numbers(data.values)}
    if data.text is not None and data.vocabulary is not None:
        entry |= {"text": data.text, "vocabulary": list(data.vocabulary), "encoding": data.encoding}
    if data.lengths is not None:
        entry["lengths"] = list(data.lengths)
    if data.scaling is not None:
        entry["scaling"] = asdict(data.scaling)
    return entry


def _objective_entry(objective: Objective) -> dict[str, object]:
    steps, targets = objective.steps, objective.targets
    numbers = None if targets is None else _numbers(targets)
    if targets is not None and LOSSES[objective.loss].integer_targets:
        numbers = targets.astype(int).tolist()
    return {
        "loss": objective.loss,
        "steps": list(steps) if isinstance(steps, tuple) else steps,
        "reduction": objective.reduction,
        "targets": numbers,
    }


def _numbers(array: Array) -> object:
    if array.size <= INLINE_NUMBERS:
        return array.tolist()
    return {"dtype": "float64", "shape": list(array.shape), "base64": array}


def _pretty(value: object, indent: str = "") -> Iterator[str]:
    """Yield JSON with one key per line, and one innermost list per line; an array is the letters of its base64."""
    inner = indent + "  "
    if isinstance(value, np.ndarray):
        yield from _base64(value)
    elif isinstance(value, dict) and value:
        yield "{\n"
        for number, (key, item) in enumerate(value.items()):
            separator = ",\n" if number else ""
            yield f"{separator}{inner}{json.dumps(key)}: "
            yield from _pretty(item, inner)
        yield f"\n{indent}}}"
    elif isinstance(value, list) and any(isinstance(item, (list, dict)) for item in value):
        yield "[\n"
        for number, item in enumerate(value):
            separator = ",\n" if number else ""
            yield f"{separator}{inner}"
            yield from _pretty(item, inner)
        yield f"\n{indent}]"
    else:
        yield json.dumps(value, ensure_ascii=False)


def _base64(array: Array) -> Iterator[str]:
    numbers = array.reshape(-1)
    yield '"'
    for start in range(0, numbers.size, _PIECE):
        yield base64.b64encode(numbers[start : start + _PIECE].astype("<f8").tobytes()).decode()
    yield '"'
