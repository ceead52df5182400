"""How a figure is to be made: the fields of the figure dialog."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QGridLayout, QLabel, QWidget

from rnnviz.app.exports import WINDOW, FigureOrder
from rnnviz.session.settings import FigureChoices
from rnnviz.views.figure import DPI, MEGAPIXELS, SIDE_MM, pixels
from rnnviz.views.fonts import ui_font
from rnnviz.views.plots import PLOTS
from rnnviz.views.theme import LIGHT, Theme
from rnnviz.views.widgets.choice_box import ChoiceBox
from rnnviz.views.widgets.number_field import NumberField
from rnnviz.views.widgets.segmented import Segmented

_KINDS = (
    ("png", "PNG", "Pixels, for slides and web pages"),
    ("svg", "SVG", "A drawing that stays sharp at any size, for web pages and for editing"),
    ("pdf", "PDF", "A page that stays sharp at any size, for LaTeX and print"),
)
_PRESETS = {
    "Single column": (85.0, 60.0),
    "Double column": (180.0, 100.0),
    "Slide 16:9": (254.0, 143.0),
    "A4 handout": (170.0, 120.0),
}
_OWN_SIZE = "own"
_THEMES = (("screen", "As on screen"), ("light", "Light"), ("dark", "Dark"), ("print", "Print"))
_SHOWN = (("shown", "Shown", "Part of the figure"), ("hidden", "Left out", "Not part of the figure"))
_TOO_MANY = "too many pixels"


class FigureForm(QFrame):
    """View, format, size, resolution, theme, and what is left out.

    Signals:
        changed(): the user has set something else, or is about to.
    """

    changed = Signal()

    def __init__(self, choices: FigureChoices, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("figure-form")
        self._kept = choices
        views = [(plot.spec.key, plot.spec.title) for plot in PLOTS.values()]
        self.view_box = ChoiceBox("View", [*views, (WINDOW, "Whole window")], theme)
        self.kind_row = Segmented(_KINDS, theme)
        sizes = [(name, f"{name}  {width:g} × {height:g}") for name, (width, height) in _PRESETS.items()]
        self.preset_box = ChoiceBox("Usual sizes", [*sizes, (_OWN_SIZE, "Own size")], theme)
        self.width_field = NumberField("Width", "mm", SIDE_MM)
        self.height_field = NumberField("Height", "mm", SIDE_MM)
        self.dpi_field = NumberField("Resolution", "dpi", DPI, is_whole=True)
        self.theme_box = ChoiceBox("Theme", _THEMES, theme)
        self.cursor_row = Segmented(_SHOWN, theme)
        self.title_row = Segmented(_SHOWN, theme)
        self.notes = {field: QLabel() for field in (self.width_field, self.height_field, self.dpi_field)}
        self._labels: list[QLabel] = []
        self._lay_out()
        self._set(choices)
        self._connect()
        self.apply_theme(theme)

    # What was chosen

    @property
    def view(self) -> str:
        """A plot's key, or ``window``."""
        return self.view_box.choice

    @property
    def size_problem(self) -> str:
        """What is wrong with the size; empty if nothing is."""
        for name, field in (("Width", self.width_field), ("Height", self.height_field)):
            if field.problem:
                return f"{name}: {field.problem}"
        return ""

    @property
    def raster_problem(self) -> str:
        """What is wrong with the size or the resolution; empty if the figure can be made of pixels."""
        if self.size_problem or self.dpi_field.problem:
            return self.size_problem or f"Resolution: {self.dpi_field.problem}"
        width, height = self.size_px
        return f"Resolution: {_TOO_MANY}" if width * height > MEGAPIXELS * 1e6 else ""

    @property
    def problem(self) -> str:
        """What keeps the figure from being exported; empty if nothing does."""
        return self.raster_problem if self.kind_row.choice == "png" else self.size_problem

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height in pixels, at the chosen resolution."""
        dpi = self.dpi_field.value
        return pixels(self.width_field.value, dpi), pixels(self.height_field.value, dpi)

    def order(self, screen: Theme) -> FigureOrder:
        """Return the figure that was asked for; ``screen`` is the theme of the window."""
        theme = self.theme_box.choice
        return FigureOrder(
            view=self.view,
            kind=self.kind_row.choice,
            size_mm=(self.width_field.value, self.height_field.value),
            dpi=round(self.dpi_field.value),
            theme=screen.name if theme == "screen" else theme,
            text_px=screen.text_px if theme == "screen" else LIGHT.text_px,
            shows_cursor=self.cursor_row.choice == "shown",
            shows_title=self.title_row.choice == "shown",
        )

    @property
    def choices(self) -> FigureChoices:
        """What is to be remembered: a number that is out of bounds is not."""
        kept, width, height, dpi = self._kept, self.width_field, self.height_field, self.dpi_field
        return FigureChoices(
            view=self.view,
            kind=self.kind_row.choice,
            width_mm=kept.width_mm if width.problem else width.value,
            height_mm=kept.height_mm if height.problem else height.value,
            dpi=kept.dpi if dpi.problem else round(dpi.value),
            theme=self.theme_box.choice,
            shows_cursor=self.cursor_row.choice == "shown",
            shows_title=self.title_row.choice == "shown",
            folder=kept.folder,
        )

    def _set(self, choices: FigureChoices) -> None:
        self.view_box.set_choice(choices.view)
        self.kind_row.set_choice(choices.kind)
        self.width_field.set_value(choices.width_mm)
        self.height_field.set_value(choices.height_mm)
        self.dpi_field.set_value(choices.dpi)
        self.theme_box.set_choice(choices.theme)
        self.cursor_row.set_choice("shown" if choices.shows_cursor else "hidden")
        self.title_row.set_choice("shown" if choices.shows_title else "hidden")

    # Building

    def _lay_out(self) -> None:
        layout = QGridLayout(self)
        rows: Sequence[tuple[str, QWidget]] = (
            ("&View", self.view_box),
            ("&Format", self.kind_row),
            ("&Size", self.preset_box),
            ("&Width", self.width_field),
            ("&Height", self.height_field),
            ("&Resolution", self.dpi_field),
            ("&Theme", self.theme_box),
            ("&Cursor", self.cursor_row),
            ("T&itle", self.title_row),
        )
        for row, (text, field) in enumerate(rows):
            label = QLabel(text)
            label.setBuddy(field)
            self._labels.append(label)
            layout.addWidget(label, row, 0)
            if isinstance(field, NumberField):
                layout.addWidget(field, row, 1)
                layout.addWidget(self.notes[field], row, 2)
            else:
                layout.addWidget(field, row, 1, 1, 2)
        layout.setColumnStretch(2, 1)
        layout.setRowStretch(len(rows), 1)
        for name, segments in (
            ("Format", self.kind_row),
            ("Cursor", self.cursor_row),
            ("Title", self.title_row),
        ):
            segments.setAccessibleName(name)

    def _connect(self) -> None:
        for box in (self.view_box, self.theme_box):
            box.currentIndexChanged.connect(self._change)
        for field in self.notes:
            field.value_changed.connect(self._change)
        for row, choices in ((self.kind_row, _KINDS), (self.cursor_row, _SHOWN), (self.title_row, _SHOWN)):
            row.chosen.connect(self._change)
            for key, _, _ in choices:
                row.button(key).installEventFilter(self)
        self.preset_box.activated.connect(self._take_preset)

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._theme, px = theme, theme.px
        self.setStyleSheet(
            f"#figure-form {{ background: {theme.card}; border: 1px solid {theme.border};"
            f" border-radius: {px(6):.0f}px; }}"
        )
        rows = (
            self.kind_row,
            self.cursor_row,
            self.title_row,
            self.view_box,
            self.preset_box,
            self.theme_box,
        )
        for row in rows:
            row.apply_theme(theme)
        for label in self._labels:
            label.setStyleSheet(f"color: {theme.muted}")
        for field in self.notes:
            field.setFont(ui_font(px(12.5)))
            field.set_room(6, px(22))
        margin = round(px(16))
        layout = self.layout()
        assert isinstance(layout, QGridLayout)
        layout.setContentsMargins(margin, margin, margin, margin)
        layout.setHorizontalSpacing(round(px(10)))
        layout.setVerticalSpacing(round(px(9)))
        self.setFixedWidth(round(px(340)))
        self._show_notes()

    # Reacting

    def _change(self, *_: object) -> None:
        self._show_notes()
        self.changed.emit()

    def _take_preset(self) -> None:
        if self.preset_box.choice in _PRESETS:
            width, height = _PRESETS[self.preset_box.choice]
            self.width_field.set_value(width)
            self.height_field.set_value(height)

    def _show_notes(self) -> None:
        """Say beside the fields what is wrong, or what follows from them."""
        is_png = self.kind_row.choice == "png"
        for field in (self.width_field, self.height_field):
            self._show_note(field, field.problem or "mm", is_error=bool(field.problem))
        if not is_png:
            self._show_note(self.dpi_field, "dpi, for PNG only", is_error=False)
        elif self.dpi_field.problem or self.size_problem:
            self._show_note(self.dpi_field, self.dpi_field.problem or "dpi", is_error=bool(self.dpi_field.problem))
        else:
            width, height = self.size_px
            is_huge = bool(self.raster_problem)
            self._show_note(self.dpi_field, _TOO_MANY if is_huge else f"dpi: {width} × {height} px", is_error=is_huge)
        self.dpi_field.setEnabled(is_png)
        for key, _, _ in _SHOWN:
            self.title_row.set_disabled(key, "The window has no title of its own" if self.view == WINDOW else None)
        size = (self.width_field.value, self.height_field.value)
        self.preset_box.set_choice(next((name for name, preset in _PRESETS.items() if preset == size), _OWN_SIZE))

    def _show_note(self, field: NumberField, text: str, *, is_error: bool) -> None:
        note = self.notes[field]
        note.setStyleSheet(f"color: {self._theme.warning if is_error else self._theme.muted}")
        note.setText(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let Enter on a format press the dialog's default button, as it does everywhere else."""
        enter = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in enter:
            QApplication.sendEvent(self.window(), event)
            return True
        return super().eventFilter(watched, event)
