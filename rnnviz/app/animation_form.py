"""How an animation is to be made: the fields of the animation dialog."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QLineEdit, QWidget

from rnnviz.app.animations import BACKWARD, FEWEST_VALUES, FORWARD, USUAL_VALUES, WEIGHT, AnimationOrder, Journey
from rnnviz.app.exports import WINDOW
from rnnviz.document.document import Document
from rnnviz.document.values import DocumentError
from rnnviz.document.weight_names import first_weight, full_weight_name, weight_named
from rnnviz.session.session import Selection
from rnnviz.views.animation import FPS, FRAMES, MOST_FRAMES, SIDE_PX, check_animation
from rnnviz.views.fonts import number, ui_font
from rnnviz.views.plots import PLOTS
from rnnviz.views.plots._swept import LARGEST, usual_limit
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.choice_box import ChoiceBox
from rnnviz.views.widgets.number_field import NumberField
from rnnviz.views.widgets.segmented import Segmented

_WAYS = (
    (FORWARD, "Forward", "The cursor goes through time, as states are computed"),
    (BACKWARD, "Backward", "The cursor goes back through time, as gradients are"),
    (WEIGHT, "A weight", "One weight goes from one value to another; the cursor stays where it is"),
)
_KINDS = (
    ("gif", "GIF", "256 colours; plays everywhere"),
    ("apng", "APNG", "Every colour as it is; plays in browsers"),
    ("mp4", "MP4", "A video, for slides"),
    (FRAMES, "PNGs", "A folder with a PNG file for each frame, for LaTeX and for editing"),
)
_SIZES = {"Slide 16:9": (960, 540), "Large 16:9": (1920, 1080), "Web page": (640, 400), "Square": (720, 720)}
_OWN_SIZE = "own"
_THEMES = (("screen", "As on screen"), ("light", "Light"), ("dark", "Dark"), ("print", "Print"))
_TITLES = (("shown", "Shown", "Part of the picture"), ("hidden", "Left out", "Not part of the picture"))


class AnimationForm(QFrame):
    """View, what goes on and how far, format, size, speed, theme and title.

    Signals:
        changed(): the user has set something else, or is about to.
    """

    changed = Signal()

    def __init__(self, document: Document, selection: Selection, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("animation-form")
        self._document, self._selection = document, selection
        views = [(plot.spec.key, plot.spec.title) for plot in PLOTS.values()]
        self.view_box = ChoiceBox("View", [*views, (WINDOW, "Whole window")], theme)
        self.way_row, self.kind_row = Segmented(_WAYS, theme), Segmented(_KINDS, theme)
        last = document.timesteps
        self.first_field = NumberField("From step", "", (0, last), is_whole=True)
        self.last_field = NumberField("To step", "", (0, last), is_whole=True)
        self.weight_field = QLineEdit()
        self.start_field, self.stop_field = (NumberField(name, "", (-LARGEST, LARGEST)) for name in ("From", "To"))
        self.count_field = NumberField("Frames", "", (FEWEST_VALUES, MOST_FRAMES), is_whole=True)
        self.size_box = ChoiceBox("Usual sizes", [*((name, name) for name in _SIZES), (_OWN_SIZE, "Own size")], theme)
        self.width_field, self.height_field = (
            NumberField(name, "px", SIDE_PX, is_whole=True) for name in ("Width", "Height")
        )
        self.fps_field = NumberField("Speed", "frames per second", FPS)
        self.theme_box, self.title_row = ChoiceBox("Theme", _THEMES, theme), Segmented(_TITLES, theme)
        self._notes: dict[QLineEdit, QLabel] = {}
        self._labels: list[QLabel] = []
        self._of: dict[str, list[QWidget]] = {FORWARD: [], WEIGHT: []}
        self._lay_out()
        self._set_usual()
        self._connect()
        self.apply_theme(theme)

    # What was chosen

    @property
    def problem(self) -> str:
        """What keeps the animation from being made; empty if nothing does."""
        fields = {"Width": self.width_field, "Height": self.height_field, "Speed": self.fps_field}
        if self.way_row.choice == WEIGHT:
            fields |= {"From": self.start_field, "To": self.stop_field, "Frames": self.count_field}
        else:
            fields |= {"From step": self.first_field, "To step": self.last_field}
        for name, field in fields.items():
            if field.problem:
                return f"{name}: {field.problem}"
        return self._problem_of_all()

    def _problem_of_all(self) -> str:
        if self.way_row.choice != WEIGHT and self.first_field.value > self.last_field.value:
            return "To step: it is before the first one"
        if self.way_row.choice == WEIGHT and self.start_field.value == self.stop_field.value:
            return "To: it is the first value"
        try:
            order = self.order(self._theme)
            check_animation(order.kind, order.size_px, order.fps, order.count)
        except DocumentError as error:
            return str(error)
        return ""

    def order(self, screen: Theme) -> AnimationOrder:
        """Return the animation that was asked for, without a look; ``screen`` is the theme of the window.

        Raises:
            DocumentError: there is no such weight.
        """
        theme, is_weight = self.theme_box.choice, self.way_row.choice == WEIGHT
        return AnimationOrder(
            view=self.view_box.choice,
            kind=self.kind_row.choice,
            first=round(self.first_field.value),
            last=round(self.last_field.value),
            is_backward=self.way_row.choice == BACKWARD,
            journey=self._journey() if is_weight else None,
            size_px=(round(self.width_field.value), round(self.height_field.value)),
            fps=self.fps_field.value,
            theme=screen.name if theme == "screen" else theme,
            shows_title=self.title_row.choice == "shown",
        )

    def _journey(self) -> Journey:
        place, index = weight_named(self._document, self.weight_field.text(), self._selection.layer)
        return Journey(place, index, self.start_field.value, self.stop_field.value, round(self.count_field.value))

    def follow(self, document: Document, selection: Selection) -> None:
        """Be about another document, or another layer of it."""
        is_other = document.timesteps != self._document.timesteps
        self._document, self._selection = document, selection
        if is_other:
            for field in (self.first_field, self.last_field):
                field.set_limits((0, document.timesteps))
            self.first_field.set_value(0)
            self.last_field.set_value(document.timesteps)
        self._show_notes()

    def _set_usual(self) -> None:
        self.view_box.set_choice("hidden")
        self.first_field.set_value(0)
        self.last_field.set_value(self._document.timesteps)
        place, index = first_weight(self._document, self._selection.layer)
        if self._selection.entry is not None:
            place, row, column = self._selection.entry
            index = (row, column)[: self._document.weight(place).ndim]
        self.weight_field.setText(full_weight_name(place, index, self._selection.layer))
        limit = usual_limit(float(self._document.weight(place)[index]))
        self.start_field.set_value(-limit)
        self.stop_field.set_value(limit)
        self.count_field.set_value(USUAL_VALUES)
        self._set_size(*_SIZES["Slide 16:9"])
        self.fps_field.set_value(5)

    def _set_size(self, width: int, height: int) -> None:
        self.width_field.set_value(width)
        self.height_field.set_value(height)

    # Building

    def _lay_out(self) -> None:
        layout = QGridLayout(self)
        rows: Sequence[tuple[str, QWidget, str]] = (
            ("&View", self.view_box, ""),
            ("&Along", self.way_row, ""),
            ("&From step", self.first_field, FORWARD),
            ("&To step", self.last_field, FORWARD),
            ("Wei&ght", self.weight_field, WEIGHT),
            ("&From", self.start_field, WEIGHT),
            ("&To", self.stop_field, WEIGHT),
            ("F&rames", self.count_field, WEIGHT),
            ("F&ormat", self.kind_row, ""),
            ("&Size", self.size_box, ""),
            ("&Width", self.width_field, ""),
            ("&Height", self.height_field, ""),
            ("S&peed", self.fps_field, ""),
            ("Th&eme", self.theme_box, ""),
            ("T&itle", self.title_row, ""),
        )
        for row, (text, field, way) in enumerate(rows):
            label = QLabel(text)
            label.setBuddy(field)
            self._labels.append(label)
            layout.addWidget(label, row, 0)
            parts: list[QWidget] = [label, field]
            if isinstance(field, QLineEdit):
                self._notes[field] = QLabel()
                layout.addWidget(field, row, 1)
                layout.addWidget(self._notes[field], row, 2)
                parts.append(self._notes[field])
            else:
                layout.addWidget(field, row, 1, 1, 2)
            if way:
                self._of[way] += parts
        layout.setColumnStretch(2, 1)
        layout.setRowStretch(len(rows), 1)
        for name, part in (("Along", self.way_row), ("Format", self.kind_row), ("Title", self.title_row)):
            part.setAccessibleName(name)
        self.weight_field.setAccessibleName("Weight")
        self.weight_field.setToolTip("A weight by its name: W_hh[2,1] is row 2, column 1")

    def _connect(self) -> None:
        for box in (self.view_box, self.theme_box):
            box.currentIndexChanged.connect(self._change)
        for field in self._notes:
            field.textChanged.connect(self._change)
        for row in (self.way_row, self.kind_row, self.title_row):
            row.chosen.connect(self._change)
        self.size_box.activated.connect(self._take_size)

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._theme, px = theme, theme.px
        self.setStyleSheet(
            f"#animation-form {{ background: {theme.card}; border: 1px solid {theme.border};"
            f" border-radius: {px(6):.0f}px; }}"
        )
        for part in (self.way_row, self.kind_row, self.title_row, self.view_box, self.size_box, self.theme_box):
            part.apply_theme(theme)
        for label in self._labels:
            label.setStyleSheet(f"color: {theme.muted}")
        for field in self._notes:
            field.setFont(ui_font(px(12.5)))
            field.setFixedWidth(round(px(96)))
        margin = round(px(16))
        layout = self.layout()
        assert isinstance(layout, QGridLayout)
        layout.setContentsMargins(margin, margin, margin, margin)
        layout.setHorizontalSpacing(round(px(10)))
        layout.setVerticalSpacing(round(px(9)))
        self.setFixedWidth(round(px(350)))
        self._show_notes()

    # Reacting

    def _change(self, *_: object) -> None:
        self._show_notes()
        self.changed.emit()

    def _take_size(self) -> None:
        if self.size_box.choice in _SIZES:
            self._set_size(*_SIZES[self.size_box.choice])

    def _show_notes(self) -> None:
        """Show the fields of what goes on, and say beside them what is wrong."""
        is_weight = self.way_row.choice == WEIGHT
        for way, parts in self._of.items():
            for part in parts:
                part.setVisible((way == WEIGHT) == is_weight)
        for field, note in self._notes.items():
            problem = field.problem if isinstance(field, NumberField) else self._weight_problem()
            note.setStyleSheet(f"color: {self._theme.warning if problem else self._theme.muted}")
            note.setText(problem or self._remark_on(field))
        for key, _, _ in _TITLES:
            is_window = self.view_box.choice == WINDOW
            self.title_row.set_disabled(key, "The window has no title of its own" if is_window else None)
        size = (self.width_field.value, self.height_field.value)
        self.size_box.set_choice(next((name for name, usual in _SIZES.items() if usual == size), _OWN_SIZE))

    def _weight_problem(self) -> str:
        try:
            weight_named(self._document, self.weight_field.text(), self._selection.layer)
        except DocumentError:
            return "no such weight"
        return ""

    def _remark_on(self, field: QLineEdit) -> str:
        """Return the unit of a number, or the value that the weight has now."""
        if field is self.weight_field:
            place, index = weight_named(self._document, field.text(), self._selection.layer)
            return f"is {number(float(self._document.weight(place)[index]), 3)} now"
        if field in (self.width_field, self.height_field):
            return "px"
        return "frames per second" if field is self.fps_field else ""
