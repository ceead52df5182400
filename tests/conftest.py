"""What every test needs: an environment without a screen, and small networks to look at."""

import os

# Both are read once, when Qt and NumPy are first imported.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["OPENBLAS_NUM_THREADS"] = "1"

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from rnnviz.document.document import Document
from rnnviz.document.presets import built_in
from rnnviz.document.scenes import save_scene

settings.register_profile(
    "rnnviz",
    deadline=None,
    derandomize="CI" in os.environ,
    max_examples=60,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("rnnviz")


@pytest.fixture
def golden() -> Document:
    """Two units, four steps, one input, one output, a target at every step."""
    return built_in("golden")


@pytest.fixture
def scene_file(tmp_path: Path, golden: Document) -> Path:
    """A scene file with the golden network in it."""
    path = tmp_path / "golden.rnnviz.json"
    save_scene(golden, path)
    return path
