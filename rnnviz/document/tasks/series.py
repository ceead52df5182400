"""Forecast a noisy series, its own or one that is loaded from a table: its last part is held out."""

from __future__ import annotations

import numpy as np

from rnnviz.document.document import Input, Objective
from rnnviz.document.generators import Numbers
from rnnviz.document.scaling import scaled, scaling_of
from rnnviz.document.series import Series, with_next_value_targets
from rnnviz.document.tasks._base import Goal, Network, Source, Task, whole
from rnnviz.document.training import Training
from rnnviz.document.training_data import TrainingData, cut_into_pieces

_ROWS = 1000


def own_series(seed: int = 0, noise: float = 0.1) -> Series:
    """Return two waves of unequal period with noise: what a thermometer shows over days and weeks."""
    t = np.arange(_ROWS)
    values = np.sin(2 * np.pi * t / 12) + 0.6 * np.sin(2 * np.pi * t / 31)
    values += noise * np.random.default_rng(seed).standard_normal(_ROWS)
    return Series(("value",), values[:, None], separator="", decimal=".", has_header=True)


def _data(numbers: Numbers, source: Source, seed: int) -> TrainingData:
    series = source if isinstance(source, Series) else own_series(seed)
    scaling = scaling_of(series.values, "z-score")
    values, following = with_next_value_targets(scaled(series.values, scaling))
    return cut_into_pieces(
        Input(series.names, values[None], scaling=scaling),
        Objective("half_squared_error", "all", "mean", following[None]),
        int(numbers["steps"]),
    )


TASK = Task(
    "series",
    "Noisy series forecast",
    "At every step the next row of a noisy series is asked for; its last part is held out.",
    "many-to-many",
    "It stands for forecasts from measurements: temperatures, sales, traffic.",
    (whole("steps", "rows in a piece", 25, 2, 500),),
    _data,
    Network("gru", 12),
    Training("adam", 0.01, batch=8),
    Goal(0.05, 400),
    source="series",
)
