"""Which gradient is drawn, which lines with it, and the row of controls that chooses them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rnnviz.document.gradient_kinds import GradientKind
from rnnviz.views.plots._look_row import LookRow
from rnnviz.views.theme import Theme

Line = Literal["radius", "bound", "layers"]

KINDS: dict[GradientKind, tuple[str, str]] = {
    "total": ("total  ‖∂L/∂hₜ‖₂", "everything that h_t does to the loss"),
    "direct": ("direct part", "what h_t does through the output at its own step, W_hyᵀ ∂ℓ_t/∂y_t"),
    "carried": ("carried part", "what h_t does through step t + 1 and all later ones: total − direct"),
    "delta": ("δ  ‖∂L/∂aₜ‖₂", "total, times the slope φ′(a_t): of the pre-activations, all blocks together"),
    "last": ("last loss alone", "∂ℓ_T/∂h_t of the last loss that counts: no later step adds anything of its own"),
}
LINES: dict[Line, tuple[str, str]] = {
    "radius": ("ρ^(T−t)", "What the gradient would do if every step scaled it by the spectral radius ρ of W_hh"),
    "bound": ("Π σ max(J)", "The most that the steps' Jacobians allow: no ∂ℓ_T/∂h_t of the last layer is larger"),
    "layers": ("other layers", "The same gradient in the other layers"),
}


@dataclass(frozen=True, slots=True)
class GradientLook:
    """Which gradient is drawn as bars, and which lines."""

    kind: GradientKind = "total"
    lines: frozenset[Line] = frozenset()

    def words(self) -> list[str]:
        """Return the options of `rnnviz export` that choose it."""
        lines = [line for line in LINES if line in self.lines]
        kind = [] if self.kind == "total" else ["--gradient", self.kind]
        return [*kind, *(["--lines", *lines] if lines else [])]


class GradientRow(LookRow):
    """Chooses the gradient, and toggles the lines."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        about = "\n".join(f"{words}: {meaning}" for words, meaning in KINDS.values())
        self.kind_box = self.add_choice(
            "Gradient", f"Which gradient is drawn\n\n{about}", [(key, words) for key, (words, _) in KINDS.items()]
        )
        self.line_boxes = {line: self.add_toggle(words, meaning) for line, (words, meaning) in LINES.items()}

    @property
    def look(self) -> GradientLook:
        """What is chosen."""
        kind: GradientKind = self.kind_box.choice  # type: ignore[assignment]  # its keys are the kinds
        return GradientLook(kind, frozenset(line for line, box in self.line_boxes.items() if box.isChecked()))

    def show_look(self, look: GradientLook, *, has_layers: bool) -> None:
        """Show what was chosen, without a signal."""
        self.kind_box.set_choice(look.kind)
        for line, box in self.line_boxes.items():
            box.setChecked(line in look.lines)
        self.line_boxes["layers"].setVisible(has_layers)
