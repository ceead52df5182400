"""The page about every view says what the views themselves declare, and its pictures exist."""

import importlib.util
import struct
from pathlib import Path

from rnnviz.app.main import main
from rnnviz.views.plots import PLOTS

DOCS = Path(__file__).resolve().parent.parent / "docs"

spec = importlib.util.spec_from_file_location("make_pictures", DOCS / "make_pictures.py")
assert spec is not None
assert spec.loader is not None
make_pictures = importlib.util.module_from_spec(spec)
spec.loader.exec_module(make_pictures)


def test_the_page_is_the_one_that_the_views_make():
    assert (DOCS / "views.md").read_text(encoding="utf-8") == make_pictures.page()


def test_every_view_has_a_picture_and_every_picture_a_view():
    assert {path.stem for path in (DOCS / "views").glob("*.png")} == set(PLOTS)


def test_the_command_below_a_picture_makes_one_of_that_size(tmp_path):
    made = tmp_path / "spectrum.png"
    assert main(["export", *make_pictures.words("spectrum"), "-o", str(made)]) == 0
    kept = DOCS / "views" / "spectrum.png"
    assert size(made) == size(kept)


def size(png):
    return struct.unpack(">II", png.read_bytes()[16:24])
