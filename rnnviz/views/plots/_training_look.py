"""Which curves of a training are drawn, on which axes, and the row of controls that chooses them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rnnviz.document.trained import Trained
from rnnviz.views.plots._look_row import LookRow
from rnnviz.views.theme import Theme

Which = Literal["all", "loss", "gradient", "weights", "radius"]
Per = Literal["layer", "block"]

CURVES: dict[Which, tuple[str, str]] = {
    "all": ("all curves", "the four below each other, or two by two"),
    "loss": ("loss", "of each update's sequences before it, and of the held-out ones"),
    "gradient": ("gradient norm", "‖∂L/∂w‖₂, before and after clipping, and of each part of the network"),
    "weights": ("weight norm", "‖w‖₂ of each part of the network after the update"),
    "radius": ("spectral radius", "ρ = max |λ| of each recurrent matrix: above 1 it can grow, below 1 it fades"),
}
PARTS: dict[Per, tuple[str, str]] = {
    "layer": ("per layer", "Norms of each layer, and of the readout"),
    "block": ("per block", "Norms of each block: the gates of an LSTM or a GRU; and of the readout"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What a window shows of its training, to be drawn in a figure instead of a training made for it.

    Attributes:
        trained: the curves; None where nothing was trained.
        position: the update whose weights are shown.
    """

    trained: Trained | None
    position: int


@dataclass(frozen=True, slots=True)
class TrainingLook:
    """Which curves are drawn, and how.

    Attributes:
        which, per: which curves; norms of what.
        log_value, log_update: whether an axis is logarithmic.
        baseline: whether random search is drawn beside the loss.
        updates: how many updates are made for a figure; None: as many as a moment allows.
        task: whose data and settings are used for a figure; empty: the document's own data.
        shown: what a window shows; None for a figure that trains by itself.
    """

    which: Which = "all"
    per: Per = "layer"
    log_value: bool = True
    log_update: bool = False
    baseline: bool = False
    updates: int | None = None
    task: str = ""
    shown: Shown | None = None

    def words(self) -> list[str]:
        """Return the options of `rnnviz export` that choose it."""
        words = [] if self.which == "all" else ["--curves", self.which]
        words += [] if self.per == "layer" else ["--per", self.per]
        words += [] if self.log_value else ["--linear"]
        words += ["--log-updates"] if self.log_update else []
        words += ["--random-search"] if self.baseline else []
        return [*words, *([] if self.updates is None else ["--updates", str(self.updates)])]


class TrainingRow(LookRow):
    """Chooses the curves, and their axes."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        about = "\n".join(f"{words}: {meaning}" for words, meaning in CURVES.values())
        self.which_box = self.add_choice(
            "Curves", f"Which curves are drawn\n\n{about}", [(key, words) for key, (words, _) in CURVES.items()]
        )
        parts = "\n".join(f"{words}: {meaning}" for words, meaning in PARTS.values())
        self.per_box = self.add_choice("Norms", parts, [(key, words) for key, (words, _) in PARTS.items()])
        self.log_value = self.add_toggle("log ↕", "Loss and norms on a logarithmic axis")
        self.log_update = self.add_toggle("log ↔", "Updates on a logarithmic axis")
        self.baseline = self.add_toggle(
            "random search", "The loss of the best of as many weights drawn at random: what no gradient would find"
        )

    def look(self, before: TrainingLook) -> TrainingLook:
        """Return what is chosen; what has no control stays as it was before."""
        which: Which = self.which_box.choice  # type: ignore[assignment]  # its keys are these
        per: Per = self.per_box.choice  # type: ignore[assignment]
        axes = self.log_value.isChecked(), self.log_update.isChecked()
        return TrainingLook(which, per, *axes, self.baseline.isChecked(), before.updates, before.task, before.shown)

    def show_look(self, look: TrainingLook) -> None:
        """Show what was chosen, without a signal."""
        self.which_box.set_choice(look.which)
        self.per_box.set_choice(look.per)
        self.log_value.setChecked(look.log_value)
        self.log_update.setChecked(look.log_update)
        self.baseline.setChecked(look.baseline)
