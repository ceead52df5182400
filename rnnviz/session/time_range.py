"""Which part of time is looked at, where a sequence is too long to be seen at once."""

from __future__ import annotations

from dataclasses import dataclass

LEAST_STEPS = 8  # that a range made by hand holds
_LEAD = 0.1  # of a range that has followed t: what is seen of where t came from


@dataclass(frozen=True, slots=True)
class TimeRange:
    """The steps ``first`` to ``last``, both seen. The range of all of time is written None."""

    first: int
    last: int

    @property
    def steps(self) -> int:
        """How many steps it is long: from the first to the last."""
        return self.last - self.first

    def holds(self, t: int) -> bool:
        """Return whether t is seen."""
        return self.first <= t <= self.last

    def within(self, last: int) -> TimeRange:
        """Return as much of it as a sequence that ends at ``last`` has; all of that, if it has nothing of it."""
        if self.first >= last or self.last <= 0 or self.first >= self.last:
            return TimeRange(0, last)
        return TimeRange(max(self.first, 0), min(self.last, last))

    def moved(self, steps: int, last: int) -> TimeRange:
        """Return it so many steps later, or with a negative number earlier, as far as the sequence goes."""
        first = min(max(self.first + steps, 0), max(last - self.steps, 0))
        return TimeRange(first, first + self.steps)

    def following(self, t: int, last: int) -> TimeRange:
        """Return it where it holds t: unchanged, or on a new page that begins (or, going back, ends) near t."""
        if self.holds(t):
            return self
        lead = round(self.steps * _LEAD)
        return self.moved((t - lead if t > self.last else t + lead - self.steps) - self.first, last)

    def zoomed(self, around: float, factor: float, last: int) -> TimeRange:
        """Return one that is ``factor`` times as long, in which ``around`` is where it was."""
        steps = min(max(round(self.steps * factor), min(LEAST_STEPS, last)), last)
        part = (around - self.first) / max(self.steps, 1)
        return TimeRange(0, steps).moved(round(around - part * steps), last)


def between(one: int, other: int, last: int) -> TimeRange:
    """Return the range between two steps, long enough to be worth looking at: ``one`` keeps its place."""
    steps = max(abs(other - one), min(LEAST_STEPS, last))
    return TimeRange(0, steps).moved(one if other >= one else one - steps, last)
