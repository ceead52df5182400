"""The worker process: takes functions with their arguments, gives back what they yield and return. No Qt.

Pickle is used between our own two processes only, never on anything that is loaded from a file. Arrays do not
travel through it: they lie in memory that both sides map.
"""

from __future__ import annotations

import copyreg
import mmap
import pickle
import traceback
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from rnnviz.document.values import DocumentError


def _mapping(entries: dict[str, object]) -> MappingProxyType[str, object]:
    return MappingProxyType(entries)


# The type of read-only mappings cannot be pickled by its own name.
copyreg.pickle(MappingProxyType, lambda mapping: (_mapping, (dict(mapping),)))

_ALIGNMENT = 64
_MEMORY = Path("/dev/shm")


def shared_folder() -> str | None:
    """Return where shared blocks are best kept: in memory where the system offers that, else the default."""
    return str(_MEMORY) if _MEMORY.is_dir() else None


@dataclass(frozen=True, slots=True)
class Parcel:
    """A value on its way: its structure here, its arrays in a file that is mapped rather than read, if it has any."""

    structure: bytes
    block: Path
    spans: tuple[tuple[int, int], ...]

    def take(self) -> object:
        """Return the value; its arrays are read-only views of the mapping, which lives as long as they do."""
        if not self.spans:
            return pickle.loads(self.structure)
        with self.block.open("rb") as file:
            view = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        with suppress(PermissionError):  # Windows keeps a mapped file; it goes with its folder at the end
            self.block.unlink()
        value: object = pickle.loads(self.structure, buffers=[view[start:stop] for start, stop in self.spans])
        return value


def pack(value: object, block: Path) -> Parcel:
    """Return a value ready to be sent, its arrays in a new file; without room for that they are copied through."""
    buffers: list[pickle.PickleBuffer] = []
    structure = pickle.dumps(value, protocol=5, buffer_callback=buffers.append)
    if not buffers:
        return Parcel(structure, block, ())
    try:
        return Parcel(structure, block, _write(buffers, block))
    except OSError:
        block.unlink(missing_ok=True)
        return Parcel(pickle.dumps(value, protocol=5), block, ())


def _write(buffers: list[pickle.PickleBuffer], block: Path) -> tuple[tuple[int, int], ...]:
    spans = []
    with block.open("wb") as file:
        file.write(bytes(_ALIGNMENT))  # a file of no bytes cannot be mapped
        for buffer in buffers:
            start = -(-file.tell() // _ALIGNMENT) * _ALIGNMENT
            file.seek(start)
            file.write(buffer.raw())
            spans.append((start, file.tell()))
    return tuple(spans)


@dataclass(frozen=True, slots=True)
class Task:
    """A function of a module with its arguments. What a generator function yields is sent as it comes."""

    function: Callable[..., object]
    arguments: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """Something a task came up with: one of the values that it yielded, what it returned, or why it failed."""

    kind: Literal["yielded", "returned", "failed"]
    value: object


def opened(content: bytes) -> Answer:
    """Return the answer in the bytes that the process has sent."""
    answer: Answer = pickle.loads(content).take()
    return answer


def serve(connection: Connection, folder: str) -> None:
    """Do one task after the other until the other side is gone."""
    numbers = count()
    try:
        while True:
            parcel = connection.recv_bytes()
            for answer in _answers(parcel):
                connection.send_bytes(pickle.dumps(pack(answer, Path(folder) / f"answer-{next(numbers)}")))
    except (EOFError, OSError, KeyboardInterrupt):
        return


def _answers(parcel: bytes) -> Iterator[Answer]:
    try:
        task = pickle.loads(parcel).take()
        result = task.function(*task.arguments)
        if isinstance(result, Generator):
            result = yield from _as_it_comes(result)
        yield Answer("returned", result)
    except DocumentError as error:
        yield Answer("failed", str(error))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told to whoever wanted the result
        traceback.print_exc()
        yield Answer("failed", f"{type(error).__name__}: {error}")


def _as_it_comes(running: Generator[object, None, object]) -> Generator[Answer, None, object]:
    while True:
        try:
            value = next(running)
        except StopIteration as end:
            return end.value
        yield Answer("yielded", value)
