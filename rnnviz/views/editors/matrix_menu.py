"""The menu of a matrix: what can be done with the selection, with the whole matrix, and with its text."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from rnnviz.core.initialisers import INITIALISERS
from rnnviz.core.structures import STRUCTURES
from rnnviz.views.editors.clipboard import block_text, numpy_text
from rnnviz.views.editors.latex import latex_text
from rnnviz.views.editors.matrix import MatrixEditor
from rnnviz.views.editors.matrix_commands import MatrixCommands
from rnnviz.views.editors.matrix_search import ORDERS
from rnnviz.views.editors.number_prompt import NumberPrompt
from rnnviz.views.theme import Theme

_FORMS = {"Tab-separated": block_text, "NumPy": numpy_text, "LaTeX": latex_text}


class MatrixMenu(QObject):
    """Opens the menu of one matrix, made anew each time for what is selected then."""

    def __init__(self, editor: MatrixEditor, theme: Theme) -> None:
        super().__init__(editor)
        self._commands = MatrixCommands(editor, theme)
        self._menu: QMenu | None = None
        editor.menu_requested.connect(self.open)

    def apply_theme(self, theme: Theme) -> None:
        """Open in other colours and sizes from now on."""
        self._commands.apply_theme(theme)

    def abandon(self) -> None:
        """Close the menu, and the question that an entry has opened."""
        if self._menu is not None:
            self._menu.close()
        self._commands.abandon()

    @property
    def prompt(self) -> NumberPrompt | None:
        """The question that an entry has opened, or None."""
        return self._commands.prompt

    @property
    def menu(self) -> QMenu | None:
        """The menu that is open or was open last."""
        return self._menu

    def open_for_matrix(self, at: QPoint) -> None:
        """Open it for what is selected, or for the whole matrix where that is one cell or none."""
        editor = self._commands.editor
        if editor.marks.current is None or editor.block.shape == (1, 1):
            editor.select_all()
        self.open(at)

    def open(self, at: QPoint) -> None:
        """Open it at a place on the screen, for what is selected."""
        if self._menu is not None:
            self._menu.deleteLater()
        menu = self._menu = QMenu(self._commands.editor)
        menu.setToolTipsVisible(True)
        self._fill(menu)
        menu.popup(at)

    def _fill(self, menu: QMenu) -> None:
        do = self._commands
        editor = do.editor
        target = do.target()
        title = menu.addAction(target[0].upper() + target[1:])
        title.setEnabled(False)
        self._fill_selection(menu)
        menu.addSeparator()
        _add_lock(menu, do, "selection", whole=False)
        if editor.block.shape != editor.shape:
            _add_lock(menu, do, "matrix", whole=True)
        menu.addSeparator()
        self._fill_matrix(menu)
        menu.addSeparator()
        find = menu.addMenu("Find")
        for name, order in ORDERS.items():
            _add(find, order.title, partial(do.find, name))
        _add(find, do.search.next_title or "Next", do.find_next, "F3")
        menu.addSeparator()
        _add(menu, "Copy", editor.copy, "Ctrl+C")
        copy = menu.addMenu("Copy as")
        for title_of_form, form in _FORMS.items():
            _add(copy, title_of_form, partial(editor.copy, form))
        _add(menu, "Paste", editor.paste, "Ctrl+V", "Numbers from a spreadsheet, NumPy or LaTeX")

    def _fill_selection(self, menu: QMenu) -> None:
        do = self._commands
        _add(menu, "Set…", do.ask_value)
        _add(menu, "Scale by…", do.ask_factor)
        _add(menu, "Negate", do.negate)
        shuffle = _add(menu, "Shuffle", do.shuffle, tip="The same numbers in another order")
        shuffle.setEnabled(do.editor.block.shape != (1, 1))
        randomise = menu.addMenu("Randomise")
        _add(randomise, "Normal…", partial(do.ask_size, "normal"))
        _add(randomise, "Uniform…", partial(do.ask_size, "uniform"))

    def _fill_matrix(self, menu: QMenu) -> None:
        do, name = self._commands, self._commands.editor.place.name
        initialise = menu.addMenu(f"Initialise {name}")
        initialise.setToolTipsVisible(True)
        for key, initialiser in INITIALISERS.items():
            _add(initialise, initialiser.title, partial(do.initialise, key), tip=initialiser.meaning)
        if do.array.ndim == 1:
            return
        presets = menu.addMenu(f"Make {name}")
        presets.setToolTipsVisible(True)
        for key, structure in STRUCTURES.items():
            if do.is_square or not structure.needs_square:
                _add(presets, structure.title, partial(do.structure, key), tip=structure.meaning)
        if do.is_square:
            _add(presets, "A rotation…", do.ask_angle, tip="Turn each pair of units by an angle")
            _add(menu, "Spectral radius…", do.ask_radius, tip="Scale the matrix so that max |λ| is a number")


def _add_lock(menu: QMenu, do: MatrixCommands, what: str, *, whole: bool) -> None:
    is_locked = do.is_locked(whole=whole)
    run = partial(do.lock, not is_locked, whole=whole)
    _add(menu, f"{'Unlock' if is_locked else 'Lock'} {what}", run, tip="Locked numbers are not edited and not trained")


def _add(menu: QMenu, text: str, run: Callable[[], object], keys: str = "", tip: str = "") -> QAction:
    """Add an entry; the keys are only named, as the matrix itself listens to them."""
    action = menu.addAction(f"{text}\t{keys}" if keys else text)
    action.triggered.connect(_without_argument(run))
    if tip:
        action.setToolTip(tip)
    return action


def _without_argument(run: Callable[[], object]) -> Callable[[bool], None]:
    def call(_: bool) -> None:
        run()

    return call
