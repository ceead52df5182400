"""What is lit up in the table of steps."""

from __future__ import annotations

from rnnviz.document.links import Feature, Focus, Links, Output, Role, Spot, Step
from rnnviz.views.editors.step_model import Column


def thing_of(column: Column, t: int) -> Focus:
    """Return what a cell of a step is: a feature of the input, an output, or if it is about both the step."""
    if column.kind == "feature":
        return Feature(column.number, t)
    if column.kind == "symbol":
        return Feature(None, t)
    if column.kind == "target":
        return Output(column.number, t)
    return Output(None, t) if column.kind == "class" else Step(t)


def role_of(links: Links | None, column: Column, t: int) -> Role | None:
    """Return how a cell is lit; what is lit because everything is stays as it is."""
    if links is None:
        return None
    if isinstance(links.focus, Step):
        return "focus" if links.focus.t == t else None
    if column.kind in ("feature", "symbol"):
        spots = links.features()
    else:
        spots = links.outputs() if column.kind in ("target", "class") else ()
    is_one = column.kind in ("feature", "target")
    roles = [spot.role for spot in spots if _is_at(spot, column.number if is_one else None, t)]
    return roles[-1] if roles else None


def _is_at(spot: Spot, number: int | None, t: int) -> bool:
    """Return whether a spot singles out a cell; a symbol and a class are about every number."""
    if spot.t is None:
        return spot.number is not None and spot.number == number
    return spot.t == t and (spot.number is None or number is None or spot.number == number)
