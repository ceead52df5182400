"""Which matrix's eigenvalues are drawn, whether those of J are too, and the row of controls that chooses them."""

from __future__ import annotations

from dataclasses import dataclass

from rnnviz.core.cells import CELLS
from rnnviz.views.plots._look_row import LookRow
from rnnviz.views.theme import Theme

GATES = {
    "i": "input gate",
    "f": "forget gate",
    "g": "candidate",
    "o": "output gate",
    "r": "reset gate",
    "z": "update gate",
    "n": "candidate",
}
_ABOUT_J = (
    "Rings: the eigenvalues of J = ∂state_t/∂state_{t−1}, the derivative of the step to the cursor; of an LSTM over "
    "h and c"
)


@dataclass(frozen=True, slots=True)
class SpectrumLook:
    """Which block's recurrent matrix is drawn, of a cell that has it, else the first; and whether J is."""

    block: str = ""
    shows_jacobian: bool = False

    def words(self) -> list[str]:
        """Return the options of `rnnviz export` that choose it."""
        return [*(["--block", self.block] if self.block else []), *(["--jacobian"] if self.shows_jacobian else [])]

    def block_of(self, cell: str) -> str:
        """Return the block of a cell that is drawn."""
        blocks = CELLS[cell].blocks
        return self.block if self.block in blocks else blocks[0]


class SpectrumRow(LookRow):
    """Chooses the matrix, where a cell has several, and toggles the eigenvalues of J."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, left=10)
        self._cell = ""
        self.block_box = self.add_choice("Recurrent matrix", "Which recurrent matrix's eigenvalues are drawn", [])
        self.jacobian_box = self.add_toggle("J at t (rings)", _ABOUT_J)

    @property
    def look(self) -> SpectrumLook:
        """What is chosen."""
        block = "" if self.block_box.isHidden() else self.block_box.choice
        return SpectrumLook(block, self.jacobian_box.isChecked())

    def show_look(self, look: SpectrumLook, cell: str) -> None:
        """Show what was chosen, without a signal; a cell with one matrix has nothing to choose."""
        blocks = CELLS[cell].blocks
        if cell != self._cell:
            self._cell = cell
            self.block_box.set_choices([(block, f"W_h{block}  {GATES.get(block, '')}") for block in blocks])
            self.block_box.setVisible(len(blocks) > 1)
        self.block_box.set_choice(look.block_of(cell))
        self.jacobian_box.setChecked(look.shows_jacobian)
