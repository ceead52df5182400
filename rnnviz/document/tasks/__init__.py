"""The tasks: one file each, found by looking into this folder."""

from __future__ import annotations

import importlib
import pkgutil

from rnnviz.document.tasks._base import Task
from rnnviz.document.values import DocumentError


def _discover() -> dict[str, Task]:
    names = [module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")]
    found: list[Task] = [importlib.import_module(f"{__name__}.{name}").TASK for name in names]
    return {task.key: task for task in found}


TASKS = _discover()


def task_named(key: str) -> Task:
    """Return a task; DocumentError if there is none of that name."""
    if key not in TASKS:
        raise DocumentError(f"there is no task {key!r}; choose one of {', '.join(TASKS)}")
    return TASKS[key]
