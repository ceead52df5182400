"""How a network is trained, as a form: every change holds from the next update on."""

from __future__ import annotations

import math
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from rnnviz.core.optimisers import OPTIMISERS
from rnnviz.document.training import Training
from rnnviz.views.editors.setting_field import SettingField
from rnnviz.views.fonts import ui_font
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.choice_box import ChoiceBox
from rnnviz.views.widgets.plain_slider import PlainSlider

SPEEDS = (1.0, 2.0, 5.0, 10.0, 30.0, 100.0)  # updates per second
_FASTEST = "fastest"
_LOWEST, _HIGHEST, _PER_DECADE = -5, 1, 50  # of the slider of the learning rate: exponents, steps
_RATES, _POSITIVE, _COUNTS = (1e-9, 100.0), (1e-12, 1e12), (1, 10_000_000)
_CLIPPINGS = (("none", "off"), ("norm", "by norm"), ("value", "by value"))


class TrainingSettings(QWidget):
    """The settings of a training.

    Signals:
        changed(Training): the user wants other settings.
        speed_changed(object): the most updates per second, a float, or None for as many as there can be.
    """

    changed = Signal(object)
    speed_changed = Signal(object)

    def __init__(self, settings: Training, theme: Theme) -> None:
        super().__init__()
        self._settings, self._theme = settings, theme
        self.optimiser = ChoiceBox("Optimiser", [(key, each.title) for key, each in OPTIMISERS.items()], theme)
        self.rate_slider = PlainSlider(
            "Learning rate",
            "Learning rate η, on a logarithmic scale: a change holds from the next update on",
            (_HIGHEST - _LOWEST) * _PER_DECADE,
            theme,
        )
        self.rate = SettingField("Learning rate", "", _RATES, theme)
        self.batch = SettingField("Batch", "sequences", _COUNTS, theme, is_whole=True)
        self.clipping = ChoiceBox("Clipping", _CLIPPINGS, theme)
        self.clip_at = SettingField("Clip at", "", _POSITIVE, theme)
        self.cut_after = SettingField("Window", "steps", _COUNTS, theme, is_whole=True, empty="all")
        self.stop_at_loss = SettingField("Stop at a loss", "loss below", _POSITIVE, theme, empty="never")
        self.stop_after = SettingField("Stop after", "updates made", _COUNTS, theme, is_whole=True, empty="never")
        self.stop_above = SettingField("Diverged above", "loss above: diverged", _POSITIVE, theme, empty="never")
        speeds = [(_FASTEST, "as fast as it can"), *((f"{speed:g}", f"{speed:g} updates / s") for speed in SPEEDS)]
        self.speed = ChoiceBox("Speed", speeds, theme)
        self._labels: list[QLabel] = []
        self._tell()
        self._lay_out()
        self._connect()
        self.show_settings(settings)
        self.apply_theme(theme)

    def _tell(self) -> None:
        """Say what each control is for."""
        self.optimiser.setToolTip("How a gradient becomes a change of the weights")
        for number, optimiser in enumerate(OPTIMISERS.values()):
            about = (type(optimiser).__doc__ or "").partition("\n")[0]
            self.optimiser.setItemData(number, about, Qt.ItemDataRole.ToolTipRole)
        self.clipping.setToolTip(
            "by norm: a gradient longer than the limit is shortened to it and keeps its direction; "
            "by value: each number is cut to ± the limit"
        )
        for field, words in (
            (self.batch, "So many sequences are looked at by one update; all of them if there are fewer"),
            (
                self.cut_after,
                "Truncated backpropagation through time: the state goes on, the gradient is cut. "
                "Empty: as the scene says",
            ),
            (self.stop_at_loss, "Stop when the loss of an update is below this; empty: never"),
            (self.stop_after, "Stop after this update; empty: never"),
            (self.stop_above, "Stop when the loss is above this: it has diverged; empty: only a number that overflows"),
        ):
            field.field.setToolTip(words)
        self.speed.setToolTip("The most updates per second")

    def _lay_out(self) -> None:
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        rows: list[tuple[str, tuple[QWidget, ...]]] = [
            ("Optimiser", (self.optimiser,)),
            ("Learning rate", (self.rate_slider, self.rate)),
            ("Batch", (self.batch,)),
            ("Clipping", (self.clipping, self.clip_at)),
            ("Window", (self.cut_after,)),
            ("Stop at", (self.stop_at_loss,)),
            ("", (self.stop_after,)),
            ("", (self.stop_above,)),
            ("Speed", (self.speed,)),
        ]
        self._rows: list[QHBoxLayout] = []
        for number, (words, controls) in enumerate(rows):
            label, row = QLabel(words), QHBoxLayout()
            for control in controls:
                row.addWidget(control, 1 if isinstance(control, (SettingField, PlainSlider)) else 0)
            if isinstance(controls[-1], ChoiceBox):
                row.addStretch(1)
            if controls[0] is self.rate_slider:
                row.setStretch(1, 0)
            self._labels.append(label)
            self._rows.append(row)
            self._grid.addWidget(label, number, 0)
            self._grid.addLayout(row, number, 1)
        self._grid.setColumnStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self._grid)

    def _connect(self) -> None:
        self.optimiser.activated.connect(self._choose_optimiser)
        self.rate_slider.moved.connect(self._slide_rate)
        self.rate.typed.connect(self._type_rate)
        self.batch.typed.connect(self._type_batch)
        self.clipping.activated.connect(self._choose_clipping)
        self.clip_at.typed.connect(self._type_limit)
        self.cut_after.typed.connect(self._type_window)
        self.stop_at_loss.typed.connect(self._type_loss)
        self.stop_after.typed.connect(self._type_last)
        self.stop_above.typed.connect(self._type_worst)
        self.speed.activated.connect(self._choose_speed)

    def show_settings(self, settings: Training) -> None:
        """Show the settings that hold; what is being typed stays."""
        self._settings = settings
        self.optimiser.set_choice(settings.optimiser)
        exponent = math.log10(settings.learning_rate)
        self.rate_slider.set_value(round((exponent - _LOWEST) * _PER_DECADE), f"{settings.learning_rate:g}")
        self.rate.show_value(settings.learning_rate)
        self.batch.show_value(settings.batch)
        self.clipping.set_choice(settings.clipping)
        self.clip_at.show_value(settings.clip_at)
        self.clip_at.setEnabled(settings.clipping != "none")
        self.cut_after.show_value(settings.window)
        self.stop_at_loss.show_value(settings.stop_at_loss)
        self.stop_after.show_value(settings.stop_after)
        self.stop_above.show_value(settings.stop_above)

    def show_speed(self, speed: float | None) -> None:
        """Show the most updates per second."""
        self.speed.set_choice(_FASTEST if speed is None else f"{speed:g}")

    def apply_theme(self, theme: Theme) -> None:
        """Take on other colours and sizes."""
        self._theme, px = theme, theme.px
        self._grid.setHorizontalSpacing(round(px(8)))
        self._grid.setVerticalSpacing(round(px(4)))
        for row in self._rows:
            row.setSpacing(round(px(6)))
        for label in self._labels:
            label.setFont(ui_font(px(11.5)))
            label.setStyleSheet(f"color: {theme.muted}")
        for box in (self.optimiser, self.clipping, self.speed):
            box.setFont(ui_font(px(12)))
            box.apply_theme(theme)
        for part in (self.rate_slider, self.rate, self.batch, self.clip_at, self.cut_after):
            part.apply_theme(theme)
        for field in (self.stop_at_loss, self.stop_after, self.stop_above):
            field.apply_theme(theme)

    # What is chosen

    def _choose_optimiser(self, _: int) -> None:
        key = self.optimiser.choice
        self._want(replace(self._settings, optimiser=key, learning_rate=OPTIMISERS[key].learning_rate))

    def _slide_rate(self, position: int) -> None:
        rate = float(f"{10.0 ** (_LOWEST + position / _PER_DECADE):.2g}")
        self._want(replace(self._settings, learning_rate=rate))

    def _type_rate(self, rate: float) -> None:
        self._want(replace(self._settings, learning_rate=rate))

    def _type_batch(self, batch: float) -> None:
        self._want(replace(self._settings, batch=round(batch)))

    def _choose_clipping(self, _: int) -> None:
        self._want(replace(self._settings, clipping=self.clipping.choice))

    def _type_limit(self, limit: float) -> None:
        self._want(replace(self._settings, clip_at=limit))

    def _type_window(self, steps: float | None) -> None:
        self._want(replace(self._settings, window=None if steps is None else round(steps)))

    def _type_loss(self, loss: float | None) -> None:
        self._want(replace(self._settings, stop_at_loss=loss))

    def _type_last(self, updates: float | None) -> None:
        self._want(replace(self._settings, stop_after=None if updates is None else round(updates)))

    def _type_worst(self, loss: float | None) -> None:
        self._want(replace(self._settings, stop_above=loss))

    def _choose_speed(self, _: int) -> None:
        key = self.speed.choice
        self.speed_changed.emit(None if key == _FASTEST else float(key))

    def _want(self, settings: Training) -> None:
        self.show_settings(settings)
        self.changed.emit(settings)
