"""What can be done with the selected cells of a matrix, or with all of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject, QPoint, QRect, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QToolTip

from rnnviz.core.measures.spectrum import spectral_radius
from rnnviz.document.edits import Edit
from rnnviz.document.values import Array, DocumentError
from rnnviz.document.weight_edits import (
    Distribution,
    apply_structure,
    fill_block,
    initialise_array,
    lock_block,
    negate_block,
    randomise_block,
    scale_block,
    set_rotation,
    set_spectral_radius,
    shuffle_block,
)
from rnnviz.views.editors.matrix import MatrixEditor
from rnnviz.views.editors.matrix_search import Search
from rnnviz.views.editors.number_prompt import NumberPrompt, Question
from rnnviz.views.editors.typed_edit import TypedEdit
from rnnviz.views.theme import Theme

_LONGEST_RADIUS = 2.0  # a slider reaches at least so far

EditOf = Callable[[float], Edit]


class MatrixCommands(QObject):
    """Changes, locks and searches one matrix; asks for a number where one is needed."""

    def __init__(self, editor: MatrixEditor, theme: Theme) -> None:
        super().__init__(editor)
        self.editor, self.search = editor, Search()
        self._theme = theme
        self._prompt: NumberPrompt | None = None
        self._live = TypedEdit(editor.session)
        self._seed = 0
        shortcut = QShortcut(QKeySequence(Qt.Key.Key_F3), editor)
        shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
        shortcut.activated.connect(self.find_next)

    def apply_theme(self, theme: Theme) -> None:
        """Ask the next question in other colours and sizes; an open one is given up."""
        self._theme = theme
        self.abandon()

    def abandon(self) -> None:
        """Close the question that is open."""
        if self._prompt is not None:
            self._prompt.close_up()

    @property
    def prompt(self) -> NumberPrompt | None:
        """The question that is open, or None."""
        return self._prompt

    @property
    def array(self) -> Array:
        """The document's array, as it is now."""
        return self.editor.session.document.weight(self.editor.place)

    @property
    def is_square(self) -> bool:
        """Whether it is a square matrix of at least two rows."""
        return self.array.ndim > 1 and self.array.shape[0] == self.array.shape[1] > 1

    def is_locked(self, *, whole: bool) -> bool:
        """Return whether everything in the selection, or in the matrix, is locked."""
        mask = self.editor.session.document.locked(self.editor.place)
        if mask is None:
            return False
        matrix = mask.reshape(len(mask), -1)
        return bool((matrix if whole else matrix[self.editor.entries.slices]).all())

    # The selection

    def ask_value(self) -> None:
        """Ask for the number that all selected cells are set to."""
        place, entries, target = self.editor.place, self.editor.entries, self.target()
        first = float(self.array.reshape(len(self.array), -1)[entries.corner])
        self._ask(
            Question(f"Set {target} to", "One number for every selected entry.", first),
            lambda value: self._named(fill_block(place, entries, value), target),
        )

    def ask_factor(self) -> None:
        """Ask for the number that all selected cells are multiplied with."""
        place, entries, target = self.editor.place, self.editor.entries, self.target()
        self._ask(
            Question(f"Scale {target} by", "Every selected entry is multiplied by it.", 1.0),
            lambda value: self._named(scale_block(place, entries, value), target),
        )

    def ask_size(self, distribution: Distribution) -> None:
        """Ask how large the random numbers are that all selected cells get."""
        place, entries, target, seed = self.editor.place, self.editor.entries, self.target(), self._next_seed()
        spread = "standard deviation" if distribution == "normal" else "limit ±"
        meaning = {"normal": "Normal, around 0.", "uniform": "Uniform, between −limit and limit."}[distribution]
        size = round(1 / np.sqrt(self.array.shape[-1]), 3)
        self._ask(
            Question(f"Randomise {target}: {spread}", meaning, size),
            lambda value: self._named(randomise_block(place, entries, seed, abs(value), distribution), target),
        )

    def negate(self) -> None:
        """Change the sign of the selected cells."""
        self.editor.apply(self._named(negate_block(self.editor.place, self.editor.entries)))

    def shuffle(self) -> None:
        """Exchange the selected numbers at random."""
        self.editor.apply(self._named(shuffle_block(self.editor.place, self.editor.entries, self._next_seed())))

    def lock(self, locked: bool, *, whole: bool) -> None:
        """Lock or free the selection, or the matrix."""
        if whole:
            self.editor.select_all()
        self.editor.apply(self._named(lock_block(self.editor.place, self.editor.entries, locked=locked)))

    # The matrix

    def initialise(self, name: str) -> None:
        """Draw the whole matrix anew with one of ``INITIALISERS``."""
        self.editor.apply(initialise_array(self.editor.place, name, self._next_seed()))

    def structure(self, name: str) -> None:
        """Bring the matrix into one of ``STRUCTURES``."""
        self.editor.apply(apply_structure(self.editor.place, name))

    def ask_radius(self) -> None:
        """Ask for the spectral radius, with a slider that scales the matrix as it moves."""
        place, known = self.editor.place, _Radius()
        radius = round(known.of(self.array), 6)
        if not np.isfinite(radius):
            self.editor.message.emit(f"{place.name}: its eigenvalues overflow; make its entries smaller first")
            return
        question = Question(
            f"Spectral radius of {place.name}",
            "ρ = max |λ|. The whole matrix is scaled.",
            radius,
            (0.0, max(_LONGEST_RADIUS, float(np.ceil(radius)))),
        )
        self._ask(question, lambda value: set_spectral_radius(place, value, known.of(self._live.start.weight(place))))

    def ask_angle(self) -> None:
        """Ask for the angle by which a rotation turns, with a slider."""
        place, corner = self.editor.place, self.array[:2, :2]
        angle = float(np.round(np.rad2deg(np.arctan2(corner[1, 0] - corner[0, 1], corner[0, 0] + corner[1, 1]))))
        question = Question(
            f"Rotation: angle in degrees, of {place.name}",
            "Each pair of units is turned: the first two, the next two …",
            angle,
            (-180.0, 180.0),
            1.0,
        )
        self._ask(question, lambda value: set_rotation(place, value))

    # Finding

    def find(self, order: str) -> None:
        """Go to the first entry of one of ``ORDERS``."""
        self._show_found(*self.search.first(order, self.editor.values))

    def find_next(self) -> None:
        """Go to the next entry of the order that was looked for last."""
        self._show_found(*self.search.next(self.editor.values))

    def _show_found(self, cell: tuple[int, int], words: str) -> None:
        editor = self.editor
        editor.show_cell(cell, centred=True)
        editor.go(cell)
        editor.message.emit(f"{words}: {editor.describe(cell)}")
        below = editor.mapToGlobal(editor.cell_rect(*cell).bottomLeft())
        QToolTip.showText(below, f"{words}\n{editor.describe(cell)}", editor, editor.cell_rect(*cell))

    # Asking

    def target(self) -> str:
        """Return what the selection is called: the matrix, a row, a column, a cell or so many cells.

        Rows and columns have numbers; but names where the matrix is shown transposed, and so has two orders.
        """
        editor, block = self.editor, self.editor.block
        rows, columns = editor.shape
        name = editor.place.name
        if block.shape == (rows, columns):
            return name
        if block.shape == (1, 1):
            return editor.describe(block.corner).split(" = ")[0].replace(", ", ",")
        if block.shape == (1, columns):
            return f"row {self._line(editor.names.rows, block.top)} of {name}"
        if block.shape == (rows, 1):
            return f"column {self._line(editor.names.columns, block.left)} of {name}"
        return f"{block.shape[0]} × {block.shape[1]} entries of {name}"

    def _line(self, names: tuple[str, ...], number: int) -> str:
        return names[number] if self.editor.is_transposed else str(number + 1)

    def _named(self, edit: Edit, target: str | None = None) -> Edit:
        """Return an edit under a label that says which part of the matrix it changes: the selection, by default."""
        part = self.target() if target is None else target
        return replace(edit, label=edit.label.replace(self.editor.place.name, part, 1))

    def _next_seed(self) -> int:
        self._seed += 1
        return self._seed

    def _ask(self, question: Question, edit_of: EditOf) -> None:
        self.abandon()
        editor = self.editor
        host = editor.window()
        prompt = self._prompt = NumberPrompt(question, self._theme, host)
        asking = _Asking(prompt, self._live, edit_of)
        prompt.moved.connect(asking.try_out)
        prompt.answered.connect(asking.take)
        prompt.closed.connect(self._forget_prompt)
        anchor = editor.block_rect(editor.block)
        prompt.open_beside(
            QRect(editor.mapTo(host, anchor.topLeft()) if editor is not host else QPoint(), anchor.size())
        )

    def _forget_prompt(self, given_up: bool) -> None:
        self._prompt = None
        if given_up:
            self._live.cancel()
        else:
            self._live.end()
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)


class _Radius:
    """The spectral radius of the matrix that a slider scales, found once: of 512 units it takes a second."""

    def __init__(self) -> None:
        self._found: tuple[Array, float] | None = None

    def of(self, matrix: Array) -> float:
        """Return max |λ|."""
        if self._found is None or self._found[0] is not matrix:
            with np.errstate(all="ignore"):
                self._found = matrix, spectral_radius(matrix)
        return self._found[1]


class _Asking(QObject):
    """Turns the answers to a question into edits, and says beside the field why one is refused."""

    def __init__(self, prompt: NumberPrompt, live: TypedEdit, edit_of: EditOf) -> None:
        super().__init__(prompt)
        self._prompt, self._live, self._edit_of = prompt, live, edit_of

    def try_out(self, value: float) -> bool:
        """Make the edit for a number; return whether it was possible."""
        try:
            self._live.apply(self._edit_of(value))
        except DocumentError as error:
            self._prompt.refuse(str(error))
            return False
        return True

    def take(self, value: float) -> None:
        """Make the edit for a number, and close the question."""
        if self.try_out(value):
            self._prompt.close_up()
