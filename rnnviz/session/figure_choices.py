"""How figures are made: what the figure dialog remembers, and the styles that have a name."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace


@dataclass(frozen=True, slots=True)
class FigureChoices:
    """How the last figure was made.

    Attributes:
        view: a plot's key, ``several`` or ``window``.
        kind: ``png``, ``svg`` or ``pdf``.
        theme: ``screen`` (as the window is), ``light``, ``dark`` or ``print``.
        folder: where the last one was written; empty before the first.
        several: the plots of a grid, in their order.
        columns: of that; 0 for about as many as rows.
        font: a typeface.
        text_percent: the height of words, of what is usual in a figure of its size.
        title: words instead of the plot's own title, or above a grid; empty for none.
        caption: words below.
        way: ``shown`` (as the window does), or how the unrolled network is looked at.
    """

    view: str = "hidden"
    kind: str = "png"
    width_mm: float = 180.0
    height_mm: float = 100.0
    dpi: int = 200
    theme: str = "screen"
    shows_cursor: bool = True
    shows_title: bool = True
    folder: str = ""
    several: tuple[str, ...] = ("hidden", "gradients")
    columns: int = 0
    shows_legend: bool = True
    shows_ghosts: bool = True
    has_letters: bool = True
    is_transparent: bool = False
    font: str = "Inter"
    text_percent: int = 100
    title: str = ""
    caption: str = ""
    way: str = "shown"

    def styled(self, style: FigureChoices) -> FigureChoices:
        """Return the same contents in another style."""
        values = asdict(style)
        return replace(self, **{name: values[name] for name in STYLE})


STYLE = (
    *("kind", "width_mm", "height_mm", "dpi", "theme", "font", "text_percent"),
    *("shows_cursor", "shows_title", "shows_legend", "shows_ghosts", "has_letters", "is_transparent"),
)
"""What a style is made of: how a figure looks, and nothing of what it shows."""

TEXT_PERCENT = (25, 400)

_CHOICES: dict[str, tuple[object, ...]] = {
    "kind": ("png", "svg", "pdf"),
    "theme": ("screen", "light", "dark", "print"),
    "columns": (0, 1, 2, 3, 4),
    "way": ("shown", "forward", "backward", "both"),
}
_LIMITS = {"width_mm": (5.0, 2000.0), "height_mm": (5.0, 2000.0), "dpi": (30, 1200), "text_percent": TEXT_PERCENT}
_WHOLE = ("dpi", "text_percent")
_FLAGS = ("shows_", "has_", "is_")


def stored_choices(choices: FigureChoices) -> dict[str, object]:
    """Return choices as they are written into settings."""
    return asdict(choices)


def stored_style(choices: FigureChoices) -> dict[str, object]:
    """Return the style alone, as it is written into settings."""
    return {name: value for name, value in asdict(choices).items() if name in STYLE}


def read_choices(stored: object) -> FigureChoices:
    """Return what was written; what is damaged, or out of range, is as it was the first time."""
    values = stored if isinstance(stored, dict) else {}
    if isinstance(values.get("several"), list):
        values = values | {"several": tuple(values["several"])}
    names = (field.name for field in fields(FigureChoices))
    return FigureChoices(**{name: values[name] for name in names if _is_sound(name, values.get(name))})


def _is_sound(name: str, value: object) -> bool:
    """Return whether a stored choice is of the right type and possible."""
    if name in _CHOICES:
        return value in _CHOICES[name] and not isinstance(value, bool)
    if name in _LIMITS:
        low, high = _LIMITS[name]
        is_number = isinstance(value, int if name in _WHOLE else int | float) and not isinstance(value, bool)
        return is_number and low <= value <= high  # type: ignore[operator]  # it is a number
    if name == "several":
        return isinstance(value, tuple) and bool(value) and all(isinstance(view, str) for view in value)
    return isinstance(value, bool if name.startswith(_FLAGS) else str)
