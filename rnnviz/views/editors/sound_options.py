"""How a sound becomes a series: how many steps, and as amplitude or in bands of frequencies."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from rnnviz.document.audio import MAX_BANDS, MAX_SOUND_STEPS, AudioError, Sound, sound_series
from rnnviz.document.series import Series
from rnnviz.views.fonts import ui_font
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.number_field import NumberField
from rnnviz.views.widgets.segmented import Segmented

_KINDS = (
    ("amplitude", "Amplitude", "Each step is the root of the mean square of its part of the sound: how loud it is"),
    ("bands", "Bands", "How loud each step is in bands of frequencies, equally wide on a logarithmic scale"),
)
_FIRST_STEPS, _FIRST_BANDS = 200, 4


class SoundOptions(QWidget):
    """One row: amplitude or bands, and how many of each.

    Signals:
        changed(): the user wants the sound used in another way.
    """

    changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.kind = Segmented(_KINDS, theme, is_narrow=True)
        self.kind.setAccessibleName("What is taken from the sound")
        self.steps = NumberField("Number of steps", "steps", (2, MAX_SOUND_STEPS), is_whole=True)
        self.bands = NumberField("Number of bands", "bands", (1, MAX_BANDS), is_whole=True)
        self.steps.set_value(_FIRST_STEPS)
        self.bands.set_value(_FIRST_BANDS)
        self._label = QLabel("T")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self.kind)
        self._row.addWidget(self.bands)
        self._row.addStretch(1)
        self._row.addWidget(self._label)
        self._row.addWidget(self.steps)
        self.bands.hide()
        self.kind.chosen.connect(self._choose)
        self.steps.value_changed.connect(self.changed)
        self.bands.value_changed.connect(self.changed)
        self.apply_theme(theme)

    def series(self, sound: Sound) -> Series:
        """Return the sound as the options say.

        Raises:
            AudioError: a number is out of its limits, or the sound is too short for that.
        """
        in_bands = self.kind.choice == "bands"
        for field in (self.steps, self.bands) if in_bands else (self.steps,):
            if field.problem:
                raise AudioError(field.problem[0].upper() + field.problem[1:] + ".")
        return sound_series(sound, int(self.steps.value), int(self.bands.value) if in_bands else None)

    def apply_theme(self, theme: Theme) -> None:
        """Take on other colours and sizes."""
        px = theme.px
        self._row.setSpacing(round(px(5)))
        self.kind.apply_theme(theme)
        self._label.setFont(ui_font(px(12)))
        self._label.setStyleSheet(f"color: {theme.muted}")
        for field, digits in ((self.steps, 5), (self.bands, 3)):
            field.setFont(ui_font(px(12)))
            field.set_room(digits, px(10))
            field.setStyleSheet(f"padding: {px(2):.0f}px {px(4):.0f}px")

    def _choose(self, kind: str) -> None:
        self.bands.setVisible(kind == "bands")
        self.changed.emit()
