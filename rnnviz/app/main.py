"""The command line, and the program itself."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from rnnviz import __version__

TEXT_PX = (6.0, 72.0)
TEXT_SCALE = (0.25, 4.0)
MOST_COLUMNS = 6
CELLS = ("rnn", "gru", "lstm")
OPTIMISERS = ("sgd", "momentum", "rmsprop", "adam")


class _Parser(argparse.ArgumentParser):
    """Complains in one line, with exit code 2."""

    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {message} (see {self.prog} --help)", file=sys.stderr)
        raise SystemExit(2)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; return its exit code: 0 on success, 2 on bad usage or input, with one line that says why.

    1 is the answer of `rnnviz check` when a gradient is wrong.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if words and words[0] in COMMANDS:
            return _run_command(words)
        return _run_window(words)
    except BrokenPipeError:  # the reader of our output has gone, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


def _run_command(words: list[str]) -> int:
    parser = _Parser(prog="rnnviz")
    subparsers = parser.add_subparsers(dest="command", parser_class=_Parser)
    for name, (summary, add_arguments) in COMMANDS.items():
        subparser = subparsers.add_parser(name, help=summary, description=summary)
        add_arguments(subparser)
    options = parser.parse_args(words)
    from rnnviz.app import commands

    return commands.run(options)


def _run_window(words: list[str]) -> int:
    parser = _Parser(
        prog="rnnviz",
        description="See a recurrent network, and its gradients, while your hands are on the weights.",
        epilog="Without a display: "
        + " · ".join(f"rnnviz {name}" for name in COMMANDS)
        + " (each has its own --help).",
    )
    parser.add_argument("scene", nargs="?", help="a scene file, or the name of a built-in scene (default: default)")
    parser.add_argument("--version", action="version", version=f"rnnviz {__version__}")
    options = parser.parse_args(words)
    if not has_display():
        print(f"rnnviz: {_instead_of_a_window(options.scene or 'default')}", file=sys.stderr)
        return 2
    from rnnviz.app import program

    return program.run(options.scene)


def _instead_of_a_window(scene: str) -> str:
    """Return how to see a scene without a display; or what is wrong with the scene, for that would not help."""
    from rnnviz.app.scenes import open_scene
    from rnnviz.document.values import DocumentError

    try:
        open_scene(scene)
    except DocumentError as error:
        return str(error)
    command = shlex.join(["rnnviz", "export", scene, "--view", "all", "-o", "FOLDER"])
    return f"there is no display to open a window on; render instead: {command}"


def has_display() -> bool:
    """Return whether a window can be opened here, as far as the environment tells."""
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


# The commands. Their arguments are declared here, without Qt or NumPy, so that --help and mistakes answer at once.


def _scene_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("scene", help="a scene file, or the name of a built-in scene (see rnnviz scenes)")


def _json_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for programs")


def _export_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("scene", help="a scene file, the name of a built-in scene (see rnnviz scenes), or of a task")
    parser.add_argument(
        "--view",
        required=True,
        action="append",
        dest="views",
        metavar="NAME",
        help="a view (see rnnviz views), all, or window; several times for a grid of views",
    )
    parser.add_argument(
        "-o",
        "--output",
        required=True,
        type=Path,
        metavar="FILE",
        help="PNG, SVG or PDF by its ending, LaTeX (.tex) of the view step; a folder for all",
    )
    parser.add_argument("--format", choices=("png", "svg", "pdf"), help="of --view all (default: png)")
    parser.add_argument("--size-mm", nargs=2, type=float, metavar=("W", "H"), help="size of the figure in millimetres")
    parser.add_argument("--dpi", type=int, default=200, help="pixels per inch of a PNG (default: 200)")
    parser.add_argument(
        "--at", type=int, metavar="T", help="where the cursor stands, 0 to T (default: as the window opens)"
    )
    for option, dest, end in (("--from", "first", "first"), ("--to", "last", "last")):
        parser.add_argument(option, dest=dest, type=int, metavar="T", help=f"the {end} step shown over time")
    parser.add_argument("--theme", choices=("light", "dark", "print"), default="light", help="colours (default: light)")
    parser.add_argument("--no-cursor", action="store_true", help="leave the cursor out")
    parser.add_argument("--no-title", action="store_true", help="leave the title out")
    for what in ("legend", "letters"):
        parser.add_argument(f"--no-{what}", action="store_true", help=f"leave the {what} out")
    parser.add_argument("--transparent", action="store_true", help="leave the ground out")
    parser.add_argument("--title", default="", metavar="WORDS", help="instead of the view's own, or above a grid")
    parser.add_argument("--caption", default="", metavar="WORDS", help="words below")
    parser.add_argument("--columns", type=_columns, metavar="N", help="of a grid (default: about as many as rows)")
    parser.add_argument("--font", metavar="NAME", help="the typeface of words and numbers (default: Inter)")
    parser.add_argument(
        "--text-px",
        type=_text_px,
        metavar="PX",
        help="height of ordinary words, 96 px to the inch; lines follow it (default: in proportion to the figure)",
    )
    parser.add_argument(
        "--text-scale", type=_text_scale, default=1.0, metavar="X", help="that many times as large (default: 1)"
    )
    _selection_options(parser)
    parser.add_argument(
        "--ghost",
        action="append",
        default=[],
        dest="ghosts",
        metavar="[NAME=]SCENE",
        help="another scene, dashed behind this one; up to three times",
    )
    parser.add_argument(
        "--scale",
        action="append",
        default=[],
        dest="scales",
        metavar="VIEW.NAME=LOW:HIGH",
        help="hold a scale, an exponent of ten on a logarithmic one, as hidden.h=-2:2; several times for several",
    )
    parser.add_argument("--weight", metavar="NAME", help='the weight of the view sweep, as "W_hh[2,1]"')
    parser.add_argument("--range", nargs=2, type=float, metavar=("LOW", "HIGH"), help="how far the view sweep moves it")
    ways = ("forward", "backward", "both")
    parser.add_argument("--direction", choices=ways, help="which way the view unrolled looks (default: forward)")
    _look_options(parser)


def _selection_options(parser: argparse.ArgumentParser) -> None:
    for name in ("layer", "sequence", "unit"):
        parser.add_argument(f"--{name}", type=int, default=1, metavar="N", help=f"the {name} to look at (default: 1)")


def _look_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--nudge", choices=("x", "h", "c"), help="what the view perturbation moves (default: x)")
    parser.add_argument("--nudge-at", type=int, metavar="K", help="when it does (default: the first step)")
    parser.add_argument("--nudge-size", type=float, metavar="E", help="how far (default: 0.001)")
    kinds, lines = ("total", "direct", "carried", "delta", "last"), ("radius", "bound", "layers")
    parser.add_argument("--gradient", choices=kinds, help="what the view gradients draws (default: total)")
    parser.add_argument("--lines", nargs="+", choices=lines, metavar="LINE", help=f"with lines: {', '.join(lines)}")
    parser.add_argument("--block", metavar="B", help="whose matrix the view spectrum draws: i, f, z …")
    for name, what in (
        ("jacobian", "the view spectrum with the eigenvalues of J at the cursor"),
        ("nullclines", "the view phase with nullclines"),
        ("fixed-points", "the view phase with fixed points"),
        ("by-row", "the view connectivity with each row divided by its largest"),
        ("folded", "the view unrolled folded up into its loop"),
    ):
        parser.add_argument(f"--{name}", action="store_const", const=True, help=what)
    parser.add_argument("--part", metavar="KEY", help="of the view step: a block, h, back, readout, loss …")
    parser.add_argument("--output-number", type=int, metavar="N", help="which output --part readout is about")
    parser.add_argument("--updates", type=int, metavar="N", help="after how many updates the view training stops")
    curves = ("all", "loss", "gradient", "weights", "radius")
    parser.add_argument("--curves", choices=curves, help="what the view training draws (default: all)")
    parser.add_argument("--per", choices=("layer", "block"), help="whose norms it draws (default: layer)")
    for name, what in (
        ("linear", "the view training with loss and norms on linear axes"),
        ("log-updates", "the view training with updates on a logarithmic axis"),
        ("random-search", "the view training with the loss that random search finds"),
    ):
        parser.add_argument(f"--{name}", action="store_const", const=True, help=what)
    parser.add_argument("--plane", choices=("units", "components"), help="the plane of the view phase (default: units)")


def _animate_arguments(parser: argparse.ArgumentParser) -> None:
    _scene_argument(parser)
    parser.add_argument("--view", required=True, metavar="NAME", help="a view (see rnnviz views), or window")
    parser.add_argument(
        "-o",
        "--output",
        required=True,
        type=Path,
        metavar="FILE",
        help="GIF, APNG or MP4 by its ending (.gif, .apng, .mp4); a folder for PNG frames",
    )
    parser.add_argument(
        "--along",
        choices=("forward", "backward", "weight"),
        default="forward",
        help="what goes on: the cursor, forward through time or backward through the gradient, or a weight's value",
    )
    parser.add_argument("--from", dest="first", type=int, metavar="T", help="the first step (default: 0)")
    parser.add_argument("--to", dest="last", type=int, metavar="T", help="the last step (default: of the sequence)")
    parser.add_argument("--weight", metavar="NAME", help='the weight that is moved (or swept), as "W_hh[2,1]"')
    parser.add_argument("--range", nargs=2, type=float, metavar=("A", "B"), help="the weight's first and last value")
    parser.add_argument("--frames", type=int, metavar="N", help="how many values the weight is given (default: 41)")
    parser.add_argument("--at", type=int, metavar="T", help="where the cursor stands while a weight is moved")
    parser.add_argument("--fps", type=float, default=5.0, metavar="N", help="frames per second (default: 5)")
    parser.add_argument(
        "--size-px", nargs=2, type=int, default=(960, 540), metavar=("W", "H"), help="size (default: 960 540)"
    )
    parser.add_argument("--theme", choices=("light", "dark", "print"), default="light", help="colours (default: light)")
    parser.add_argument("--no-title", action="store_true", help="leave the title out")
    parser.add_argument("--text-scale", type=_text_scale, default=1.0, metavar="X", help="larger words (default: 1)")
    _selection_options(parser)
    _look_options(parser)


def _text_px(word: str) -> float:
    return _within(word, TEXT_PX, " pixels")


def _text_scale(word: str) -> float:
    return _within(word, TEXT_SCALE, "")


def _within(word: str, limits: tuple[float, float], unit: str) -> float:
    low, high = limits
    try:
        size = float(word)
    except ValueError:
        size = 0.0
    if not low <= size <= high:
        raise argparse.ArgumentTypeError(f"{word}: choose {low:g} to {high:g}{unit}")
    return size


def _columns(word: str) -> int:
    columns = int(word) if word.isdecimal() else 0
    if not 1 <= columns <= MOST_COLUMNS:
        raise argparse.ArgumentTypeError(f"{word}: choose 1 to {MOST_COLUMNS}")
    return columns


def _trace_arguments(parser: argparse.ArgumentParser) -> None:
    _scene_argument(parser)
    parser.add_argument("-o", "--output", type=Path, metavar="FILE.npz", help="every array that the plots draw")
    parser.add_argument("--csv", type=Path, metavar="FOLDER", help="the same as one table for each array")


def _code_arguments(parser: argparse.ArgumentParser) -> None:
    _scene_argument(parser)
    parser.add_argument("--framework", required=True, choices=("numpy", "torch", "keras"), help="what computes it")
    parser.add_argument("-o", "--output", required=True, type=Path, metavar="FILE.py", help="the script")


def _handout_arguments(parser: argparse.ArgumentParser) -> None:
    _scene_argument(parser)
    parser.add_argument(
        "-o", "--output", required=True, type=Path, metavar="FILE", help="one PDF or HTML file, by its ending"
    )
    parser.add_argument("--at", type=int, metavar="T", help="the step that is worked out (default: 2)")
    parser.add_argument("--from", dest="first", type=int, metavar="T", help="the table's first step (default: 0)")
    parser.add_argument("--to", dest="last", type=int, metavar="T", help="its last step (default: at most 8 on)")
    parser.add_argument("--no-solution", action="store_true", help="without the page of the solution")
    _selection_options(parser)


def _check_arguments(parser: argparse.ArgumentParser) -> None:
    _scene_argument(parser)
    parser.add_argument("--all", action="store_true", help="compare every entry, not a sample of each large array")


def _measures_arguments(parser: argparse.ArgumentParser) -> None:
    _scene_argument(parser)
    parser.add_argument("--layer", type=int, metavar="N", help="the layer to measure (default: each of them)")
    parser.add_argument("--sequence", type=int, default=1, metavar="N", help="the sequence to measure (default: 1)")
    parser.add_argument("--json", action="store_true", help='for programs: all values; "nan" and "inf" are words')


def _train_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "scene", metavar="SCENE|TASK", help="a task (see rnnviz tasks), a scene file, or a built-in scene"
    )
    parser.add_argument("-o", "--output", required=True, type=Path, metavar="SCENE", help="the trained scene")
    parser.add_argument(
        "--updates", type=_whole, metavar="N", help="how many (default: as a task says; 500 for a scene)"
    )
    parser.add_argument("--cell", choices=CELLS, help="another cell in every layer, with about as many parameters")
    parser.add_argument(
        "--optimiser", choices=OPTIMISERS, help="how the weights are changed (default: the task's, or adam)"
    )
    parser.add_argument("--learning-rate", type=float, metavar="RATE", help="default: the task's, or 0.01")
    parser.add_argument("--batch", type=_whole, metavar="N", help="sequences per update (default: the task's, or 16)")
    clipping = parser.add_mutually_exclusive_group()
    clipping.add_argument("--clip", type=float, metavar="NORM", help="shorten a longer gradient to this (default: 1)")
    clipping.add_argument(
        "--clip-value", type=float, metavar="LIMIT", help="cut every number of the gradient to ±LIMIT"
    )
    clipping.add_argument("--no-clip", action="store_true", help="take the gradient as it is")
    parser.add_argument("--window", type=_whole, metavar="STEPS", help="cut the gradient after so many steps back")
    parser.add_argument("--stop-at-loss", type=float, metavar="LOSS", help="end when an update's loss is below this")
    parser.add_argument(
        "--seed", type=int, default=0, help="of a task's data and weights, and of the order of sequences (default: 0)"
    )
    parser.add_argument("--size", action="append", default=[], metavar="NAME=N", help="a size of a task, as steps=40")
    parser.add_argument("--text", type=Path, metavar="FILE", help="the text that next-character is to learn")
    parser.add_argument("--series", type=Path, metavar="FILE.csv", help="the table that series is to learn")
    parser.add_argument(
        "--pieces",
        type=_whole,
        metavar="STEPS",
        help="cut a scene's long sequence into pieces; the last ones are held out",
    )


def _whole(word: str) -> int:
    if not word.isdecimal() or int(word) < 1:
        raise argparse.ArgumentTypeError(f"{word}: use a whole number from 1")
    return int(word)


COMMANDS: dict[str, tuple[str, Callable[[argparse.ArgumentParser], None]]] = {
    "scenes": ("list the built-in scenes", _json_option),
    "views": ("list the views", _json_option),
    "export": ("write one figure, or all of them", _export_arguments),
    "animate": ("write an animation: through time, back through the gradient, or of a weight", _animate_arguments),
    "trace": ("write every array that the plots draw", _trace_arguments),
    "code": ("write a script that computes the same in NumPy, PyTorch or Keras", _code_arguments),
    "handout": (
        "write a page for students, with a table to fill in, and its solution",
        _handout_arguments,
    ),
    "train": ("train a scene or a task, print the loss, and write the trained scene", _train_arguments),
    "tasks": ("list the tasks that can be trained", _json_option),
    "check": ("compare every gradient with central differences; exit code 1 if any differs", _check_arguments),
    "measures": ("print what is measured of states and gradients, with definitions", _measures_arguments),
}
