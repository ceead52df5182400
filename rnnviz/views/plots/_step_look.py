"""Which part of the worked step is looked at."""

from __future__ import annotations

from dataclasses import dataclass

from rnnviz.views.plots._topics import UNIT


@dataclass(frozen=True, slots=True)
class StepLook:
    """The key of a topic, see `topics_of`, and of a readout which output, from 0."""

    topic: str = UNIT
    output: int = 0

    def words(self) -> list[str]:
        """Return the options of `rnnviz export` that choose it."""
        part = [] if self.topic == UNIT else ["--part", self.topic]
        return [*part, *(["--output-number", str(self.output + 1)] if self.output else [])]
