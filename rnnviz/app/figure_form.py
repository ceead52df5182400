"""How a figure is to be made: the fields of the figure dialog."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QFrame, QGridLayout, QLabel, QWidget

from rnnviz.app.exports import WINDOW, FigureOrder
from rnnviz.session.settings import FigureChoices
from rnnviz.views.figure import DPI, MEGAPIXELS, SIDE_MM, pixels
from rnnviz.views.fonts import ui_font
from rnnviz.views.plots import PLOTS
from rnnviz.views.theme import LIGHT, Theme
from rnnviz.views.widgets.number_field import NumberField
from rnnviz.views.widgets.segmented import Segmented

_KINDS = (
    ("png", "PNG", "Pixels, for slides and web pages"),
    ("svg", "SVG", "A drawing that stays sharp at any size, for web pages and for editing"),
    ("pdf", "PDF", "A page that stays sharp at any size, for LaTeX and print"),
)
_PRESETS: tuple[tuple[str, float, float], ...] = (
    ("Single column", 85, 60),
    ("Double column", 180, 100),
    ("Slide 16:9", 254, 143),
    ("A4 handout", 170, 120),
)
_THEMES = (("screen", "As on screen"), ("light", "Light"), ("dark", "Dark"), ("print", "Print"))
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
        self.view_box = _combo("View", [(plot.spec.key, plot.spec.title) for plot in PLOTS.values()])
        self.view_box.addItem("Whole window", WINDOW)
        self.kind_row = Segmented(_KINDS, theme)
        self.preset_box = _combo("Usual sizes", [])
        for name, width, height in _PRESETS:
            self.preset_box.addItem(f"{name}  {width:g} × {height:g}", (width, height))
        self.preset_box.addItem("Own size")
        self.width_field = NumberField("Width", "mm", SIDE_MM, decimals=1)
        self.height_field = NumberField("Height", "mm", SIDE_MM, decimals=1)
        self.dpi_field = NumberField("Resolution", "dpi", DPI)
        self.theme_box = _combo("Theme", _THEMES)
        self.cursor_box = QCheckBox("Show the &cursor")
        self.title_box = QCheckBox("Show the t&itle")
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
        return str(self.view_box.currentData())

    @property
    def size_problem(self) -> str:
        """What is wrong with the size; empty if nothing is."""
        for field in (self.width_field, self.height_field):
            if field.problem:
                return f"{field.accessibleName()}: {field.problem}"
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
        dpi = self.dpi_field.value()
        return pixels(self.width_field.value(), dpi), pixels(self.height_field.value(), dpi)

    def order(self, screen: Theme) -> FigureOrder:
        """Return the figure that was asked for; ``screen`` is the theme of the window."""
        theme = str(self.theme_box.currentData())
        return FigureOrder(
            view=self.view,
            kind=self.kind_row.choice,
            size_mm=(self.width_field.value(), self.height_field.value()),
            dpi=round(self.dpi_field.value()),
            theme=screen.name if theme == "screen" else theme,
            text_px=screen.text_px if theme == "screen" else LIGHT.text_px,
            shows_cursor=self.cursor_box.isChecked(),
            shows_title=self.title_box.isChecked(),
        )

    @property
    def choices(self) -> FigureChoices:
        """What is to be remembered: a number that is out of bounds is not."""
        kept, width, height, dpi = self._kept, self.width_field, self.height_field, self.dpi_field
        return FigureChoices(
            view=self.view,
            kind=self.kind_row.choice,
            width_mm=kept.width_mm if width.problem else width.value(),
            height_mm=kept.height_mm if height.problem else height.value(),
            dpi=kept.dpi if dpi.problem else round(dpi.value()),
            theme=str(self.theme_box.currentData()),
            shows_cursor=self.cursor_box.isChecked(),
            shows_title=self.title_box.isChecked(),
            folder=kept.folder,
        )

    def _set(self, choices: FigureChoices) -> None:
        self.view_box.setCurrentIndex(max(0, self.view_box.findData(choices.view)))
        self.kind_row.set_choice(choices.kind)
        self.width_field.setValue(choices.width_mm)
        self.height_field.setValue(choices.height_mm)
        self.dpi_field.setValue(choices.dpi)
        self.theme_box.setCurrentIndex(self.theme_box.findData(choices.theme))
        self.cursor_box.setChecked(choices.shows_cursor)
        self.title_box.setChecked(choices.shows_title)

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
            ("", self.cursor_box),
            ("", self.title_box),
        )
        for row, (text, field) in enumerate(rows):
            if text:
                label = QLabel(text)
                label.setBuddy(field)
                self._labels.append(label)
                layout.addWidget(label, row, 0)
            note = self.notes.get(field)  # type: ignore[call-overload]  # not every field has one
            layout.addWidget(field, row, 1, 1, 1 if note else 2, Qt.AlignmentFlag.AlignLeft)
            if note is not None:
                layout.addWidget(note, row, 2)
        layout.setColumnStretch(2, 1)
        layout.setRowStretch(len(rows), 1)
        self.kind_row.setAccessibleName("Format")

    def _connect(self) -> None:
        for box in (self.view_box, self.theme_box):
            box.currentIndexChanged.connect(self._change)
        for field in self.notes:
            field.valueChanged.connect(self._change)
        self.kind_row.chosen.connect(self._change)
        self.cursor_box.toggled.connect(self._change)
        self.title_box.toggled.connect(self._change)
        self.preset_box.activated.connect(self._take_preset)
        for kind, _, _ in _KINDS:
            self.kind_row.button(kind).installEventFilter(self)

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._theme, px = theme, theme.px
        self.setStyleSheet(
            f"#figure-form {{ background: {theme.card}; border: 1px solid {theme.border}; border-radius: {px(6):.0f}px; }}"
        )
        self.kind_row.apply_theme(theme)
        for label in self._labels:
            label.setStyleSheet(f"color: {theme.muted}")
        for field, digits in ((self.width_field, "0000.0"), (self.height_field, "0000.0"), (self.dpi_field, "0000.0")):
            field.setFont(ui_font(px(12.5)))
            field.set_width_for(digits, px(22))
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

    def _take_preset(self, index: int) -> None:
        size = self.preset_box.itemData(index)
        if size is not None:
            self.width_field.setValue(size[0])
            self.height_field.setValue(size[1])

    def _show_notes(self) -> None:
        """Say beside the fields what is wrong, or what follows from them."""
        is_png = self.kind_row.choice == "png"
        for field, note in self.notes.items():
            self._show_note(note, field.problem, is_error=True)
        if self.kind_row.choice != "png":
            self._show_note(self.notes[self.dpi_field], "for PNG only", is_error=False)
        elif not self.raster_problem:
            width, height = self.size_px
            self._show_note(self.notes[self.dpi_field], f"{width} × {height} px", is_error=False)
        elif not (self.size_problem or self.dpi_field.problem):
            self._show_note(self.notes[self.dpi_field], _TOO_MANY, is_error=True)
        self.dpi_field.setEnabled(is_png)
        self.title_box.setEnabled(self.view != WINDOW)
        size = (self.width_field.value(), self.height_field.value())
        places = [index for index, (_, *preset) in enumerate(_PRESETS) if tuple(preset) == size]
        self.preset_box.setCurrentIndex(places[0] if places else len(_PRESETS))

    def _show_note(self, note: QLabel, text: str, *, is_error: bool) -> None:
        note.setStyleSheet(f"color: {self._theme.warning if is_error else self._theme.muted}")
        note.setText(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let Enter on a format press the dialog's default button, as it does everywhere else."""
        enter = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in enter:
            QApplication.sendEvent(self.window(), event)
            return True
        return super().eventFilter(watched, event)


def _combo(name: str, choices: Sequence[tuple[str, str]]) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    for key, words in choices:
        box.addItem(words, key)
    return box
