"""The plots: one file each, found by looking into this folder."""

from __future__ import annotations

import importlib
import pkgutil

from rnnviz.views.plots._base import Plot


def _discover() -> dict[str, type[Plot]]:
    names = [module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")]
    plots = [importlib.import_module(f"{__name__}.{name}").PLOT for name in names]
    return {plot.spec.key: plot for plot in sorted(plots, key=lambda plot: plot.spec.order)}


PLOTS = _discover()
