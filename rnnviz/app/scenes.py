"""Find the scene that a word on the command line means."""

from __future__ import annotations

from pathlib import Path

from rnnviz.document.document import Document
from rnnviz.document.presets import SCENES, built_in
from rnnviz.document.scenes import load_scene
from rnnviz.document.tasks import TASKS
from rnnviz.document.tasks._base import Task
from rnnviz.document.values import DocumentError


def open_scene(name: str) -> tuple[Document, Path | None]:
    """Return a built-in scene, or the scene in a file with its path.

    Raises:
        DocumentError: there is neither, or the file cannot be read as a scene.
    """
    path = Path(name)
    if name in SCENES:
        return built_in(name), None
    if not path.exists():
        raise DocumentError(f"{name}: no such file, and no built-in scene of that name ({', '.join(SCENES)})")
    return load_scene(path), path


def open_scene_or_task(name: str) -> tuple[Document, Task | None]:
    """Return a scene, as `open_scene` does, and None; or the network of a task, and the task.

    Raises:
        DocumentError: there is nothing of that name, or the file cannot be read as a scene.
    """
    if name in SCENES or Path(name).exists():
        return open_scene(name)[0], None
    if name not in TASKS:
        scenes, tasks = ", ".join(SCENES), ", ".join(TASKS)
        raise DocumentError(f"{name}: no such file, and no built-in scene ({scenes}) or task ({tasks}) of that name")
    return TASKS[name].document(), TASKS[name]
