"""A drag of the initial state in a phase portrait: each place is an edit, all of them one undo step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rnnviz.document.document import Place
from rnnviz.document.edits import Edit, set_entries


@dataclass(frozen=True, slots=True, eq=False)
class StartDrag:
    """Some units of h_0 in hand. No other drag equals it: it is the merge key of its edits.

    Attributes:
        place: which layer's h_0.
        units: from 0.
        start: what they were.
    """

    place: Place
    units: tuple[int, ...]
    start: tuple[float, ...]

    def edit(self, values: Sequence[float]) -> Edit:
        """Return the edit that starts the sequence there; values that are too many are left out."""
        rounded = [round(value, 4) for value in values]
        return set_entries(self.place, dict(zip(self.units, rounded, strict=False)), merge_key=self)

    def edit_back(self) -> Edit:
        """Return the edit that takes the drag back."""
        return set_entries(self.place, dict(zip(self.units, self.start, strict=True)), merge_key=self)
