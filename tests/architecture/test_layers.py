"""Imports only point left: core, document, session, views, app. Every import counts, lazy ones too."""

import ast
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import rnnviz

PACKAGE = Path(__file__).resolve().parents[2] / "rnnviz"
LAYERS = ("core", "document", "session", "views", "app")
QT = {"PySide6", "shiboken6", "pyqtgraph"}
NUMPY_ONLY = {"numpy"}
MODULES = sorted(PACKAGE.rglob("*.py"))


def layer_of(module: Path, package: Path = PACKAGE) -> str:
    """Return a module's layer; outside them __init__ hands out documents and __main__ starts the program."""
    first = module.relative_to(package).parts[0]
    return {"__init__.py": "document", "__main__.py": "app"}.get(first, first)


def imports(tree: ast.AST) -> Iterator[str]:
    """Yield the full name of everything that is imported, wherever the import stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            prefix = "." * node.level + (node.module or "")
            yield from (f"{prefix}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and called(node) in ("import_module", "__import__") and node.args:
            yield written_out(node.args[0])


def called(node: ast.Call) -> str:
    """Return the last name of what is called: f for f(), and for a.b.f() too."""
    return getattr(node.func, "attr", None) or getattr(node.func, "id", "")


def written_out(argument: ast.expr) -> str:
    """Return the beginning of a module's name, as far as it is written in the source."""
    if isinstance(argument, ast.JoinedStr):
        argument = argument.values[0]
    return str(argument.value) if isinstance(argument, ast.Constant) else ""


def offences(source: str, layer: str) -> list[str]:
    """Return the imports of a module that its layer must not have."""
    return [name for name in imports(ast.parse(source)) if name and not allowed(name, layer)]


def allowed(name: str, layer: str) -> bool:
    top, *rest = name.split(".")
    if top == "":
        return False  # relative
    if top == "rnnviz":
        # what the package itself offers are documents and frames
        target = rest[0] if rest and rest[0] in LAYERS else "document"
        return rest[:1] == ["__version__"] or LAYERS.index(target) <= LAYERS.index(layer)
    if top == "pickle":
        return layer == "session"  # between our own two processes
    return {
        "core": top in sys.stdlib_module_names | NUMPY_ONLY,
        "document": top not in QT,
        "session": top not in QT or name.startswith("PySide6.QtCore"),
    }.get(layer, True)


def calls(source: str, names: set[str]) -> list[str]:
    """Return the calls of plain functions of these names; methods do not count, Qt's exec() is one."""
    nodes = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return [node.func.id for node in nodes if isinstance(node.func, ast.Name) and node.func.id in names]


def test_there_is_something_to_check():
    assert {layer_of(module) for module in MODULES} >= {"core", "document"}


def found_in(modules: list[Path], search: Callable[[str, str], list]) -> dict[str, list]:
    """Return what a search finds in the sources, with their layers, of modules; those without a find are left out."""
    finds = {module: search(module.read_text(encoding="utf-8"), layer_of(module)) for module in modules}
    return {str(module.relative_to(PACKAGE)): find for module, find in finds.items() if find}


def test_every_module_belongs_to_a_layer():
    assert [module for module in MODULES if layer_of(module) not in LAYERS] == []


def test_imports_only_point_left():
    assert found_in(MODULES, offences) == {}


def test_nothing_is_evaluated_or_executed():
    assert found_in(MODULES, lambda source, _: calls(source, {"eval", "exec"})) == {}


def test_nothing_pickled_is_loaded_with_numpy():
    assert found_in(MODULES, lambda source, _: pickles_allowed(source)) == {}


def pickles_allowed(source: str) -> list[int]:
    """Return the lines that allow NumPy to load pickled objects."""
    keywords = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.keyword)]
    return [node.lineno for node in keywords if node.arg == "allow_pickle" and is_true(node.value)]


def is_true(value: ast.expr) -> bool:
    return not (isinstance(value, ast.Constant) and value.value is False)


def test_only_the_command_line_prints():
    silent = [module for module in MODULES if layer_of(module) != "app"]
    assert found_in(silent, lambda source, _: calls(source, {"print"})) == {}


def test_a_call_that_allows_pickles_is_found():
    assert pickles_allowed("np.load(a, allow_pickle=True)\nnp.load(a, allow_pickle=False)") == [1]


@pytest.mark.parametrize(
    ("layer", "source"),
    [
        ("core", "from rnnviz.document.values import Array"),
        ("core", "from rnnviz import document"),
        ("core", "from rnnviz import compute"),
        ("core", "import rnnviz"),
        ("core", "import msgspec"),
        ("core", "def f():\n    import PySide6.QtCore"),
        ("core", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from rnnviz.app.main import main"),
        ("core", "try:\n    import scipy\nexcept ImportError:\n    pass"),
        ("core", "from . import cells"),
        ("core", "from .cells import CELLS"),
        ("core", "import importlib\nimportlib.import_module('rnnviz.session')"),
        ("document", "from importlib import import_module\nimport_module(f'rnnviz.views.{name}')"),
        ("document", "import pyqtgraph as pg"),
        ("document", "from PySide6 import QtCore"),
        ("document", "import pickle"),
        ("session", "from PySide6 import QtWidgets"),
        ("session", "from PySide6.QtGui import QColor"),
        ("session", "import PySide6"),
        ("session", "import pyqtgraph"),
        ("session", "from rnnviz.views import theme"),
        ("views", "from rnnviz.app.actions import ACTIONS"),
        ("views", "import pickle"),
        ("app", "from .main import main"),
    ],
)
def test_an_import_that_points_right_is_found(layer, source):
    assert offences(source, layer) != []


@pytest.mark.parametrize(
    ("layer", "source"),
    [
        (
            "core",
            "import math, numpy as np\nfrom rnnviz.core.unroll import Trace\nfrom rnnviz import __version__",
        ),
        ("document", "import msgspec, numpy\nfrom rnnviz.core import network\nimport rnnviz"),
        ("session", "from PySide6.QtCore import QObject\nfrom PySide6 import QtCore\nimport pickle"),
        (
            "views",
            "import pyqtgraph\nfrom PySide6.QtWidgets import QWidget\nfrom rnnviz.session import session",
        ),
        ("app", "from rnnviz.views import theme\nfrom rnnviz.core import cells"),
    ],
)
def test_an_import_that_points_left_is_not(layer, source):
    assert offences(source, layer) == []


def test_evaluation_is_told_from_a_method_of_that_name():
    assert calls("eval('1')\nexec('1')\ndialog.exec()\nre.compile('a')", {"eval", "exec"}) == ["eval", "exec"]


def modules_after(code: str) -> set[str]:
    """Return the top-level modules that are loaded after running code in a fresh Python."""
    report = f"{code}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    run = subprocess.run([sys.executable, "-c", report], capture_output=True, text=True, check=True, cwd=PACKAGE.parent)
    return set(run.stdout.split())


def test_documents_are_computed_loaded_and_saved_without_qt():
    loaded = modules_after("import rnnviz; rnnviz.compute; rnnviz.load_scene; rnnviz.save_scene")
    assert "numpy" in loaded
    assert not loaded & QT


def test_importing_the_package_alone_loads_neither_numpy_nor_qt():
    assert not modules_after("import rnnviz; rnnviz.__version__") & (QT | NUMPY_ONLY)


def test_an_unknown_public_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'nope'"):
        _ = rnnviz.nope  # type: ignore[attr-defined]
