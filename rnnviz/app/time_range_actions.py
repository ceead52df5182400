"""Actions about the part of time that plots show."""

from __future__ import annotations

from rnnviz.app.action import Action
from rnnviz.session.session import Session
from rnnviz.session.time_range import LEAST_STEPS, TimeRange

_ZOOM = 0.5
_PAGE = 0.5  # of the visible range


def _visible(session: Session) -> TimeRange:
    return session.time_range or TimeRange(0, session.frame.last_step)


def _is_part(session: Session) -> bool:
    return session.time_range is not None


def _can_be_less(session: Session) -> bool:
    return _visible(session).steps > LEAST_STEPS


def _zoom(session: Session, factor: float) -> None:
    """Show less or more of time, around the cursor where that is seen."""
    shown = _visible(session)
    around = session.cursor if shown.holds(session.cursor) else (shown.first + shown.last) / 2
    session.set_time_range(shown.zoomed(around, factor, session.frame.last_step))


def _move(session: Session, direction: int) -> None:
    shown = _visible(session)
    steps = max(1, round(_PAGE * shown.steps))
    session.set_time_range(shown.moved(direction * steps, session.frame.last_step))


TIME_RANGE_ACTIONS: tuple[Action, ...] = (
    Action(
        "time.less",
        "&Time",
        "Show l&ess of time",
        "Let plots over time show half as many steps, around the cursor",
        lambda w: _zoom(w.session, _ZOOM),
        "Alt+PgUp",
        enabled=_can_be_less,
        separated=True,
    ),
    Action(
        "time.more",
        "&Time",
        "Show &more of time",
        "Let plots over time show twice as many steps",
        lambda w: _zoom(w.session, 1 / _ZOOM),
        "Alt+PgDown",
        enabled=_is_part,
    ),
    Action(
        "time.all",
        "&Time",
        "Show &all of time",
        "Let plots over time show the whole sequence",
        lambda w: w.session.set_time_range(None),
        "Alt+Home",
        enabled=_is_part,
    ),
    Action(
        "time.part_before",
        "&Time",
        "Show the part bef&ore",
        "Let plots over time show earlier steps",
        lambda w: _move(w.session, -1),
        "Alt+Left",
        enabled=_is_part,
    ),
    Action(
        "time.part_after",
        "&Time",
        "Show the part af&ter",
        "Let plots over time show later steps",
        lambda w: _move(w.session, +1),
        "Alt+Right",
        enabled=_is_part,
    ),
)
