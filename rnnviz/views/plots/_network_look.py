"""What is looked at in the unrolled network: which way, and whether it is folded up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Way = Literal["forward", "backward", "both"]


@dataclass(frozen=True, slots=True)
class NetworkLook:
    """Which way the network is looked at: ``both`` are two pictures, one above the other, in figures alone."""

    way: Way = "forward"
    is_folded: bool = False

    def words(self) -> list[str]:
        """Return the options of `rnnviz export` that choose it."""
        way = [] if self.way == "forward" else ["--direction", self.way]
        return [*way, *(["--folded"] if self.is_folded else [])]
