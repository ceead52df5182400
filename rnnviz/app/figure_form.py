"""How a figure is to be made: the fields of the figure dialog."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QWidget,
)

from rnnviz.app.exports import WINDOW, FigureOrder
from rnnviz.app.window_dialog import dialog_button
from rnnviz.session.figure_choices import STEPS, TEXT_PERCENT, FigureChoices
from rnnviz.session.time_range import TimeRange
from rnnviz.views.figure import DPI, MEGAPIXELS, SIDE_MM, pixels
from rnnviz.views.fonts import families, ui_font
from rnnviz.views.plots import PLOTS
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.check_box import CheckBox
from rnnviz.views.widgets.choice_box import ChoiceBox
from rnnviz.views.widgets.number_field import NumberField
from rnnviz.views.widgets.segmented import Segmented
from rnnviz.views.widgets.view_list import ViewList

SEVERAL, UNROLLED, AS_SHOWN = "several", "unrolled", "shown"
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
    "Poster": (594.0, 420.0),
}
_OWN = "own"
_THEMES = (("screen", "As on screen"), ("light", "Light"), ("dark", "Dark"), ("print", "Print"))
_COLUMNS = (("0", "auto", "About as many as rows"), *((f"{n}", f"{n}", f"{n} beside each other") for n in (1, 2, 3, 4)))
_WAYS = (
    (AS_SHOWN, "shown", "As the window shows it"),
    ("forward", "→", "Forward: how states come about"),
    ("backward", "←", "Backward: how the gradient comes back"),
    ("both", "both", "Forward above, backward below"),
)
_EXCERPTS = (
    (AS_SHOWN, "shown", "The part of time that the window shows"),
    ("all", "all", "The whole sequence"),
    (_OWN, "steps", "From one step to another"),
)
_PARTS = {
    "shows_title": ("Title", "The name of each view, with what it shows"),
    "shows_legend": ("Legend", "What colours and dashes mean"),
    "shows_cursor": ("Cursor", "The line at the current step"),
    "shows_ghosts": ("Pinned", "Pinned states, as dashed ghosts"),
    "has_letters": ("Letters", "a, b, c … before the views of a grid"),
    "is_transparent": ("No ground", "A transparent ground, for coloured slides and pages"),
}
_TOO_MANY = "too many pixels"
_NOTHING_CHOSEN = "Views: check at least one"


class FigureForm(QFrame):
    """What is in the figure, its format, size, resolution and theme, words, and what is left out.

    Signals:
        changed(): the user has set something else, or is about to.
        style_chosen(str): the name of a style that is to be used.
        style_kept(): the user wants to keep this style under a name.
        style_forgotten(str): the name of a style that is to be forgotten.
    """

    changed = Signal()
    style_chosen = Signal(str)
    style_kept = Signal()
    style_forgotten = Signal(str)

    def __init__(self, choices: FigureChoices, styles: Mapping[str, FigureChoices], theme: Theme) -> None:
        super().__init__()
        self.setObjectName("figure-form")
        self._kept, self._styles, self._theme = choices, dict(styles), theme
        views = [(plot.spec.key, plot.spec.title) for plot in PLOTS.values()]
        self.style_box = ChoiceBox("Style", [(_OWN, "Own")], theme)
        self.keep_button = dialog_button(
            "Keep…", "Keep size, format, theme and what is left out as a style with a name"
        )
        self.forget_button = dialog_button("Forget", "Forget this style")
        self.view_box = ChoiceBox("View", [*views, (SEVERAL, "Several views"), (WINDOW, "Whole window")], theme)
        self.view_list = ViewList(views, theme)
        self.columns_row = Segmented(_COLUMNS, theme, is_narrow=True)
        self.way_row = Segmented(_WAYS, theme, is_narrow=True)
        self.excerpt_row = Segmented(_EXCERPTS, theme, is_narrow=True)
        self.first_field = NumberField("First step", "", STEPS, is_whole=True)
        self.last_field = NumberField("Last step", "", STEPS, is_whole=True)
        self.kind_row = Segmented(_KINDS, theme)
        sizes = [(name, f"{name}  {width:g} × {height:g}") for name, (width, height) in _PRESETS.items()]
        self.preset_box = ChoiceBox("Usual sizes", [*sizes, (_OWN, "Own size")], theme)
        self.width_field = NumberField("Width", "mm", SIDE_MM)
        self.height_field = NumberField("Height", "mm", SIDE_MM)
        self.dpi_field = NumberField("Resolution", "dpi", DPI, is_whole=True)
        self.theme_box = ChoiceBox("Theme", _THEMES, theme)
        self.font_box = ChoiceBox("Font", [(family, family) for family in families()], theme)
        self.text_field = NumberField("Text", "%", TEXT_PERCENT, is_whole=True)
        self.title_field, self.caption_field = QLineEdit(), QLineEdit()
        self.boxes = {name: CheckBox(words, theme) for name, (words, _) in _PARTS.items()}
        self.notes = {
            field: QLabel() for field in (self.width_field, self.height_field, self.dpi_field, self.text_field)
        }
        self._labels: dict[QWidget, QLabel] = {}
        self._until = QLabel("to")
        for box in (self.style_box, self.view_box, self.font_box):  # names of any length do not widen the form
            box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._lay_out()
        self.list_styles(styles)
        self._set(choices)
        self._connect()
        self.apply_theme(theme)

    # What was chosen

    @property
    def view(self) -> str:
        """A plot's key, ``several`` or ``window``."""
        return self.view_box.choice

    @property
    def views(self) -> tuple[str, ...]:
        """Everything that is in the figure; nothing if no view of several is checked."""
        return self.view_list.chosen if self.view == SEVERAL else (self.view,)

    @property
    def size_problem(self) -> str:
        """What is wrong with the views, the size or the words; empty if nothing is."""
        if not self.views:
            return _NOTHING_CHOSEN
        named = (("Width", self.width_field), ("Height", self.height_field), ("Text", self.text_field))
        found = next((f"{name}: {field.problem}" for name, field in named if field.problem), "")
        return found or self.excerpt_problem

    @property
    def excerpt_problem(self) -> str:
        """What is wrong with the steps from one to another; empty if nothing is, or others are shown."""
        first, last = self.first_field, self.last_field
        if self.excerpt_row.choice != _OWN:
            return ""
        if first.problem or last.problem:
            return f"Excerpt: {first.problem or last.problem}"
        return "" if first.value < last.value else "Excerpt: the first step has to come before the last"

    def time_range(self, shown: TimeRange | None, last: int) -> TimeRange | None:
        """Return the part of time in the figure, None for all; ``shown`` is the window's, ``last`` the last step."""
        if self.excerpt_row.choice != _OWN or self.excerpt_problem:
            return shown if self.excerpt_row.choice == AS_SHOWN else None
        chosen = TimeRange(round(self.first_field.value), round(self.last_field.value)).within(last)
        return None if chosen == TimeRange(0, last) else chosen

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
        """Return the figure that was asked for, but for looks; ``screen`` is the theme of the window."""
        choices, theme = self.choices, self.theme_box.choice
        first, *others = self.views
        is_screen = theme == "screen"
        return FigureOrder(
            view=first,
            also=tuple(others),
            kind=choices.kind,
            size_mm=(self.width_field.value, self.height_field.value),
            dpi=choices.dpi,
            theme=screen.name if is_screen else theme,
            text_px=screen.text_px if is_screen and first == WINDOW else None,
            text_scale=choices.text_percent / 100,
            font=choices.font,
            shows_cursor=choices.shows_cursor,
            shows_title=choices.shows_title,
            shows_legend=choices.shows_legend,
            shows_ghosts=choices.shows_ghosts,
            is_transparent=choices.is_transparent and first != WINDOW,
            columns=choices.columns or None,
            has_letters=choices.has_letters,
            title=choices.title,
            caption=choices.caption,
        )

    @property
    def choices(self) -> FigureChoices:
        """What is to be remembered: a number that is out of bounds is not."""
        kept, width, height, dpi, text = (
            self._kept,
            self.width_field,
            self.height_field,
            self.dpi_field,
            self.text_field,
        )
        first, last = self.first_field, self.last_field
        return FigureChoices(
            view=self.view,
            kind=self.kind_row.choice,
            width_mm=kept.width_mm if width.problem else width.value,
            height_mm=kept.height_mm if height.problem else height.value,
            dpi=kept.dpi if dpi.problem else round(dpi.value),
            theme=self.theme_box.choice,
            folder=kept.folder,
            several=self.view_list.chosen or kept.several,
            columns=int(self.columns_row.choice),
            font=self.font_box.choice,
            text_percent=kept.text_percent if text.problem else round(text.value),
            title=self.title_field.text().strip(),
            caption=self.caption_field.text().strip(),
            way=self.way_row.choice,
            excerpt=self.excerpt_row.choice,
            first=kept.first if first.problem else round(first.value),
            last=kept.last if last.problem else round(last.value),
            **{name: box.isChecked() for name, box in self.boxes.items()},
        )

    def use_style(self, style: FigureChoices) -> None:
        """Set everything that a style is made of."""
        self._set(self.choices.styled(style))
        self._change()

    def list_styles(self, styles: Mapping[str, FigureChoices]) -> None:
        """Offer these styles."""
        self._styles = dict(styles)
        self.style_box.blockSignals(True)
        self.style_box.set_choices([(_OWN, "Own"), *((f"={name}", name) for name in styles)])
        self.style_box.blockSignals(False)
        self._show_style()

    def _set(self, choices: FigureChoices) -> None:
        self.view_box.set_choice(choices.view)
        self.view_list.set_chosen(choices.several)
        self.columns_row.set_choice(str(choices.columns))
        self.way_row.set_choice(choices.way)
        self.excerpt_row.set_choice(choices.excerpt)
        self.first_field.set_value(choices.first)
        self.last_field.set_value(choices.last)
        self.kind_row.set_choice(choices.kind)
        self.width_field.set_value(choices.width_mm)
        self.height_field.set_value(choices.height_mm)
        self.dpi_field.set_value(choices.dpi)
        self.theme_box.set_choice(choices.theme)
        self.font_box.set_choice(choices.font)
        self.text_field.set_value(choices.text_percent)
        self.title_field.setText(choices.title)
        self.caption_field.setText(choices.caption)
        for name, is_on in (
            ("shows_title", choices.shows_title),
            ("shows_legend", choices.shows_legend),
            ("shows_cursor", choices.shows_cursor),
            ("shows_ghosts", choices.shows_ghosts),
            ("has_letters", choices.has_letters),
            ("is_transparent", choices.is_transparent),
        ):
            self.boxes[name].setChecked(is_on)

    # Building

    def _lay_out(self) -> None:
        layout = QGridLayout(self)
        self._excerpt_line = _beside(self.excerpt_row, self.first_field, self._until, self.last_field, stretch=4)
        self._style_line = _beside(self.style_box, self.keep_button, self.forget_button)
        lines: dict[QWidget, QHBoxLayout] = {self.excerpt_row: self._excerpt_line, self.style_box: self._style_line}
        for row, (text, field) in enumerate(self._rows()):
            if text:
                label = QLabel(text)
                label.setBuddy(field)
                self._labels[field] = label
                layout.addWidget(label, row, 0)
            if isinstance(field, NumberField):
                layout.addWidget(field, row, 1)
                layout.addWidget(self.notes[field], row, 2)
            elif field in lines:
                layout.addLayout(lines[field], row, 1, 1, 2)
            else:
                layout.addWidget(field, row, 1, 1, 2)
        row = layout.rowCount()
        self._checks = self._boxes_in_rows()
        layout.addLayout(self._checks, row, 0, 1, 3)
        layout.setColumnStretch(2, 1)
        layout.setRowStretch(row + 1, 1)
        named = (
            ("Format", self.kind_row),
            ("Columns", self.columns_row),
            ("Direction", self.way_row),
            ("Excerpt", self.excerpt_row),
            ("Title", self.title_field),
            ("Caption", self.caption_field),
        )
        for name, field in named:
            field.setAccessibleName(name)
        self.caption_field.setPlaceholderText("none")
        self.style_box.setToolTip("A style that was kept: size, format, theme, words, and what is left out")

    def _boxes_in_rows(self) -> QGridLayout:
        checks = QGridLayout()
        for number, (name, box) in enumerate(self.boxes.items()):
            box.setToolTip(_PARTS[name][1])
            checks.addWidget(box, number // 3, number % 3)
        checks.setColumnStretch(3, 1)
        return checks

    def _rows(self) -> tuple[tuple[str, QWidget], ...]:
        return (
            ("St&yle", self.style_box),
            ("&View", self.view_box),
            ("", self.view_list),
            ("C&olumns", self.columns_row),
            ("&Direction", self.way_row),
            ("Ex&cerpt", self.excerpt_row),
            ("&Format", self.kind_row),
            ("&Size", self.preset_box),
            ("&Width", self.width_field),
            ("&Height", self.height_field),
            ("&Resolution", self.dpi_field),
            ("&Theme", self.theme_box),
            ("Fo&nt", self.font_box),
            ("Te&xt", self.text_field),
            ("T&itle", self.title_field),
            ("C&aption", self.caption_field),
        )

    def _connect(self) -> None:
        for box in (self.view_box, self.theme_box, self.font_box):
            box.currentIndexChanged.connect(self._change)
        for number in self.notes:
            number.value_changed.connect(self._change)
        for step in (self.first_field, self.last_field):
            step.value_changed.connect(self._change)
        for words in (self.title_field, self.caption_field):
            words.textChanged.connect(self._change)
        for check in self.boxes.values():
            check.toggled.connect(self._change)
        rows = (
            (self.kind_row, _KINDS),
            (self.columns_row, _COLUMNS),
            (self.way_row, _WAYS),
            (self.excerpt_row, _EXCERPTS),
        )
        for row, choices in rows:
            row.chosen.connect(self._change)
            for key, _, _ in choices:
                row.button(key).installEventFilter(self)
        self.view_list.changed.connect(self._change)
        self.preset_box.activated.connect(self._take_preset)
        self.style_box.activated.connect(self._choose_style)
        self.keep_button.clicked.connect(self.style_kept)
        self.forget_button.clicked.connect(self._forget_style)

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._theme, px = theme, theme.px
        self.setStyleSheet(
            f"#figure-form {{ background: {theme.card}; border: 1px solid {theme.border};"
            f" border-radius: {px(6):.0f}px; }}"
        )
        self.view_list.apply_theme(theme)
        for row in (self.kind_row, self.columns_row, self.way_row, self.excerpt_row):
            row.apply_theme(theme)
        for step in (self.first_field, self.last_field):
            step.setFont(ui_font(px(12)))
            step.set_room(3, px(18))
        self._excerpt_line.setSpacing(round(px(5)))
        for box in (self.view_box, self.preset_box, self.theme_box, self.font_box, self.style_box):
            box.apply_theme(theme)
        for check in self.boxes.values():
            check.apply_theme(theme)
        for label in self._labels.values():
            label.setStyleSheet(f"color: {theme.muted}")
        for field in self.notes:
            field.setFont(ui_font(px(12.5)))
            field.set_room(6, px(22))
        margin = round(px(14))
        layout = self.layout()
        assert isinstance(layout, QGridLayout)
        layout.setContentsMargins(margin, margin, margin, margin)
        layout.setHorizontalSpacing(round(px(10)))
        layout.setVerticalSpacing(round(px(7)))
        self._style_line.setSpacing(round(px(6)))
        self._checks.setHorizontalSpacing(round(px(16)))
        self._checks.setVerticalSpacing(round(px(3)))
        self.setFixedWidth(round(px(350)))
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

    def _choose_style(self) -> None:
        if self.style_box.choice != _OWN:
            self.style_chosen.emit(self.style_box.choice.removeprefix("="))

    def _forget_style(self) -> None:
        self.style_forgotten.emit(self.style_box.choice.removeprefix("="))

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
        self._show_note(
            self.text_field, self.text_field.problem or self._points(), is_error=bool(self.text_field.problem)
        )
        size = (self.width_field.value, self.height_field.value)
        self.preset_box.set_choice(next((name for name, preset in _PRESETS.items() if preset == size), _OWN))
        self._show_parts()
        self._show_style()

    def _points(self) -> str:
        """Return how high words are on paper."""
        if self.size_problem:
            return "%"
        return "%" if self.view == WINDOW else f"% of usual: {self.order(self._theme).drawn_text_px * 0.75:.3g} pt"

    def _show_parts(self) -> None:
        """Offer what the chosen views can do."""
        is_window, is_several = self.view == WINDOW, self.view == SEVERAL
        for field, is_seen in (
            (self.view_list, is_several),
            (self.columns_row, is_several),
            (self.way_row, UNROLLED in self.views),
        ):
            field.setVisible(is_seen)
            if field in self._labels:
                self._labels[field].setVisible(is_seen)
        for part in (self.first_field, self._until, self.last_field):
            part.setVisible(self.excerpt_row.choice == _OWN)
        for name in ("shows_title", "shows_legend", "is_transparent"):
            self.boxes[name].setEnabled(not is_window)
        self.boxes["has_letters"].setEnabled(is_several)
        for words in (self.title_field, self.caption_field):
            words.setEnabled(not is_window)
        own = "none" if is_several else "the view's own"
        self.title_field.setPlaceholderText("the window has none" if is_window else own)

    def _show_style(self) -> None:
        """Say which of the styles this is, if it is one."""
        shown = self.choices
        name = next((name for name, style in self._styles.items() if shown.styled(style) == shown), None)
        self.style_box.set_choice(_OWN if name is None else f"={name}")
        self.forget_button.setEnabled(name is not None)

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


def _beside(*widgets: QWidget, stretch: int = 0) -> QHBoxLayout:
    """Return widgets in a line; what is left over goes to the one of that number, or behind the last."""
    line = QHBoxLayout()
    for widget in widgets:
        line.addWidget(widget)
    line.addStretch(0)
    line.setStretch(stretch, 1)
    return line
