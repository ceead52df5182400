"""The worker process: takes documents, gives back solutions in memory that both sides map. No Qt.

Pickle is used between our own two processes only, never on anything that is loaded from a file.
"""

from __future__ import annotations

import copyreg
import mmap
import pickle
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from types import MappingProxyType

from rnnviz.document.compute import Solution, solve


def _mapping(entries: dict[str, object]) -> MappingProxyType[str, object]:
    return MappingProxyType(entries)


# The type of read-only mappings cannot be pickled by its own name.
copyreg.pickle(MappingProxyType, lambda mapping: (_mapping, (dict(mapping),)))

_ALIGNMENT = 64
_MEMORY = Path("/dev/shm")


def shared_folder() -> str | None:
    """Return where shared blocks are best kept: in memory where the system offers that, else the default."""
    return str(_MEMORY) if _MEMORY.is_dir() else None


def sendable(value: object) -> bytes:
    """Return a value, documents included, as bytes for the other process."""
    return pickle.dumps(value, protocol=5)


@dataclass(frozen=True, slots=True)
class SharedSolution:
    """Where a solution lies: its structure here, its arrays in a file that is mapped rather than read."""

    structure: bytes
    block: Path
    spans: tuple[tuple[int, int], ...]

    def take(self) -> Solution:
        """Return the solution; its arrays are read-only views of the mapping, which lives as long as they do."""
        with self.block.open("rb") as file:
            view = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        with suppress(PermissionError):  # Windows keeps a mapped file; it goes with its folder at the end
            self.block.unlink()
        solution: Solution = pickle.loads(self.structure, buffers=[view[start:stop] for start, stop in self.spans])
        return solution


def share(solution: Solution, block: Path) -> SharedSolution:
    """Write a solution's arrays into a new file; MemoryError and OSError if there is no room."""
    buffers: list[pickle.PickleBuffer] = []
    structure = pickle.dumps(solution, protocol=5, buffer_callback=buffers.append)
    spans = []
    with block.open("wb") as file:
        file.write(bytes(_ALIGNMENT))  # a file of no bytes cannot be mapped
        for buffer in buffers:
            start = -(-file.tell() // _ALIGNMENT) * _ALIGNMENT
            file.seek(start)
            file.write(buffer.raw())
            spans.append((start, file.tell()))
    return SharedSolution(structure, block, tuple(spans))


def serve(connection: Connection, folder: str) -> None:
    """Answer documents with solutions until the other side is gone."""
    for number in count():
        try:
            document = pickle.loads(connection.recv_bytes())
            shared = share(solve(document), Path(folder) / str(number))
            connection.send_bytes(sendable(shared))
        except (EOFError, OSError, KeyboardInterrupt):
            return
