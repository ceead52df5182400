"""Make the pictures of this folder, and views.md, which shows those of the views: `python3 tasks.py pictures`.

Every picture is made by the rnnviz command that stands below it in views.md.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from rnnviz.views.plots import PLOTS

DOCS = Path(__file__).resolve().parent
VIEWS = DOCS / "views"
PAGE = DOCS / "views.md"
DEFAULT_SCENE = "default"

WINDOWS = {
    "window-light.png": ["default", "--view", "window", "--dpi", "144"],
    "window-dark.png": ["saturation", "--view", "window", "--dpi", "144", "--theme", "dark"],
}
# the scene in which a view has most to show, and what it is asked for; of the default scene as it is, elsewhere
BEST = {
    "cell": ["lstm-memory", "--at", "3"],
    "connectivity": ["orthogonal"],
    "gates": ["gru"],
    "gradients": ["default", "--lines", "radius"],
    "phase": ["default", "--nullclines", "--fixed-points"],
    "spectrum": ["default", "--jacobian"],
    "sweep": ["default", "--weight", "W_hh[1,1]", "--range", "-2", "2"],
    "training": ["adding", "--updates", "400", "--random-search"],
}
FIGURE = ["--size-mm", "150", "84", "--dpi", "120"]

HEAD = """# Every view

What the program can show, each as it writes it into a figure. View > Panels brings a view up, and the command below its
picture makes that picture again. This page and its pictures are made by `python3 tasks.py pictures`.
"""


def words(key: str) -> list[str]:
    """Return the arguments of `rnnviz export` that make the picture of a view, without the file."""
    scene, *looks = BEST.get(key, [DEFAULT_SCENE])
    return [scene, "--view", key, *looks, *FIGURE]


def page() -> str:
    """Return views.md, from what the views declare."""
    return "\n".join([HEAD, *(line for key in PLOTS for line in section(key))])


def section(key: str) -> Iterator[str]:
    """Yield the lines about one view."""
    spec = PLOTS[key].spec
    yield f"## {spec.title}\n"
    yield f"![{spec.title}: {spec.look_at}](views/{key}.png)\n"
    yield spec.meaning + "\n"
    yield f"```\nrnnviz export {shlex.join(words(key))} -o {key}.png\n```\n"


def export(arguments: list[str], file: Path) -> None:
    """Run `rnnviz export`."""
    subprocess.run([sys.executable, "-m", "rnnviz", "export", *arguments, "-o", str(file)], check=True)


def main() -> None:
    """Make all of them."""
    VIEWS.mkdir(exist_ok=True)
    for old in VIEWS.glob("*.png"):
        if old.stem not in PLOTS:
            old.unlink()
    for key in PLOTS:
        export(words(key), VIEWS / f"{key}.png")
    for name, arguments in WINDOWS.items():
        export(arguments, DOCS / name)
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
