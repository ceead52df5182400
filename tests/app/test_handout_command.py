"""rnnviz handout: what is on the pages, and what it says when it cannot."""

import re
import shlex
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from pypdf import PdfReader
from pypdf.generic import DecodedStreamObject, NameObject

import rnnviz
from rnnviz.app.main import main
from rnnviz.document.compute import compute
from rnnviz.document.presets import SCENES, built_in
from rnnviz.session.session import Selection
from rnnviz.views.figures import Moment
from rnnviz.views.handout import handout
from rnnviz.views.handout.steps import BLANK


@pytest.fixture
def run(capsys, tmp_path, monkeypatch, qapp):  # noqa: ARG001 - one application for all
    """Return a function that runs a command within this process; it returns the exit code and what was said."""
    monkeypatch.chdir(tmp_path)

    def run_it(*words):
        try:
            code = main(["handout", *(str(word) for word in words)])
        except SystemExit as stop:
            code = stop.code
        captured = capsys.readouterr()
        assert captured.out == ""
        return code, captured.err

    return run_it


class Tables(HTMLParser):
    """Collects the tables of a page, each a list of rows of texts, and every tag with its attributes."""

    def __init__(self):
        super().__init__()
        self.tables, self.tags, self.open, self.said = [], [], [], ""

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in ("img", "meta"):
            self.open.append(tag)
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
        elif tag == "img" and {"td", "th"} & set(self.open):
            self.tables[-1][-1][-1] += dict(attributes)["alt"]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, "elements are nested"

    def handle_data(self, data):
        if {"td", "th"} & set(self.open):
            self.tables[-1][-1][-1] += data
        if "style" not in self.open:
            self.said += data


def page_of(path):
    """Return what a reader of an HTML handout finds."""
    page = Tables()
    page.feed(Path(path).read_text("utf-8"))
    page.close()
    assert page.open == []
    return page


def number_of(text):
    return float(text.replace("−", "-"))


def texts_of(pdf):
    """Return the words of each page. What is drawn there is left out before: pypdf reads it for a second."""
    texts = []
    for page in PdfReader(pdf).pages:
        words = DecodedStreamObject()
        words.set_data(b"\n".join(re.findall(rb"BT\s.*?\sET", page.get_contents().get_data(), re.DOTALL)))
        page[NameObject("/Contents")] = words
        texts.append(page.extract_text().replace("\t", " "))
    return texts


# What is on it


def test_the_table_is_blank_and_its_solution_is_what_the_program_computes(run):
    assert run("golden", "-o", "a.html") == (0, "")
    blank, _, solution, _ = page_of("a.html").tables
    trace = rnnviz.compute(built_in("golden")).trace()
    head = solution[0]
    assert head == ["t", "x_t", r"\hat{y}_t", "h_{1}", "h_{2}", "y_t", r"\ell_t", r"\|\partial L/\partial h_t\|"]
    for t, (asked, row) in enumerate(zip(blank[1:], solution[1:], strict=True)):
        answers = [*trace["l0.h"][0, t], *([trace["y"][0, t - 1, 0], trace["loss_steps"][0, t - 1]] if t else [])]
        shown = [number_of(text) for text in row[3:7] if text]
        assert shown == pytest.approx(answers, abs=5.1e-4)
        assert number_of(row[7]) == pytest.approx(np.linalg.norm(trace["l0.grad.h"][0, t]), abs=5.1e-4)
        assert asked[:3] == row[:3]
        assert asked[3:] == (["0.000", "0.000", "", "", ""] if t == 0 else [""] * 5)
        if t:
            assert number_of(row[1]) == trace["x"][0, t - 1, 0]


def test_one_step_has_its_weights_given_and_its_results_left_blank(run):
    assert run("golden", "-o", "a.html", "--at", 3, "--unit", 2) == (0, "")
    _, asked, _, solved = page_of("a.html").tables
    trace = rnnviz.compute(built_in("golden")).trace()
    results = [row[3] for row in solved if len(row) == 4]
    assert number_of(results[-2]) == pytest.approx(trace["l0.h"][0, 3, 1], abs=5.1e-4)
    assert number_of(results[-1]) == pytest.approx(trace["l0.grad.a.h"][0, 2, 1], abs=5.1e-4)
    rows = [row for row in asked if len(row) == 4]
    assert rows[0][1] == next(row for row in solved if len(row) == 4)[1]
    assert "+0.80 × " in rows[0][1]
    assert [row[3] for row in rows if row[3]] == ["+0.000"]  # the bias is given
    assert rows[-1][1].count(BLANK) == 3
    assert rows[-2][1] == f"tanh({BLANK})"


@pytest.mark.parametrize("scene", SCENES)
def test_no_answer_is_on_the_page_for_students(scene):
    frame = compute(built_in(scene))
    for t in (1, frame.document.input.length(0)):
        content = handout(Moment(frame, Selection(), t), 0, min(frame.document.input.length(0), 8))
        for asked, solved in zip(content.exercise, content.solution, strict=True):
            assert asked.label == solved.label
            assert not (asked.is_result and asked.value)
            assert not asked.is_result or not re.search(r"\d\.\d", asked.made)
        assert any(row.is_result and row.value for row in content.solution)


@pytest.mark.parametrize(
    ("scene", "kind"), [*((scene, "pdf") for scene in SCENES), *((scene, "html") for scene in ("gru", "batch"))]
)
def test_every_scene_can_be_handed_out(run, scene, kind):
    assert run(scene, "-o", f"a.{kind}") == (0, "")
    title = built_in(scene).title
    if kind == "pdf":
        first, second = texts_of("a.pdf")
        assert title in first
        assert f"{title}: solution" in second
    else:
        assert f"{title}: solution" in page_of("a.html").said


@pytest.mark.parametrize("scene", ["lstm-memory", "gru", "stacked", "truncated", "batch", "many-to-one"])
def test_every_step_and_layer_can_be_worked_out(qapp, scene):  # noqa: ARG001
    frame = compute(built_in(scene))
    for layer in range(len(frame.document.layers)):
        for sample in range(frame.document.batch):
            for t in range(frame.document.input.length(sample) + 1):
                content = handout(Moment(frame, Selection(layer, sample, 1), t), 0, 4)
                assert content.solution[-1].is_result
                assert content.solution[-1].value


def test_an_inner_layer_is_not_asked_for_outputs(run):
    assert run("stacked", "-o", "a.html") == (0, "")
    assert "y_t" not in page_of("a.html").tables[0][0]
    assert run("stacked", "-o", "a.html", "--layer", 2) == (0, "")
    assert "y_t" in page_of("a.html").tables[0][0]


def test_there_is_no_output_to_ask_for_before_the_only_one(run):
    assert run("many-to-one", "-o", "a.html") == (0, "")
    assert "y_t" not in page_of("a.html").tables[0][0]
    last = built_in("many-to-one").input.length(0)
    assert run("many-to-one", "-o", "a.html", "--from", last - 2, "--to", last) == (0, "")
    solution = page_of("a.html").tables[2]
    column = solution[0].index("y_t")
    assert [bool(row[column]) for row in solution[1:]] == [False, False, True]


def test_what_is_too_large_for_a_page_is_said(run, tmp_path):
    rng = np.random.default_rng(0)
    from rnnviz.document.document import Document, Input, Layer, Objective

    weights = {"W_xh": rng.normal(size=(40, 2)), "W_hh": rng.normal(size=(40, 40)) / 7}
    layer = Layer("rnn", weights)
    data = Input(("a", "b"), rng.normal(size=(1, 5, 2)))
    document = Document((layer,), None, data, Objective("sum"), title="Large & <wide>")
    rnnviz.save_scene(document, tmp_path / "a.rnnviz.json")
    assert run("a.rnnviz.json", "-o", "a.html") == (0, "")
    page = page_of("a.html")
    assert "W_hh is 40 × 40" in page.said
    assert "Large & <wide>" in page.said
    assert run("a.rnnviz.json", "-o", "a.pdf") == (0, "")
    assert "W_hh is 40 × 40" in texts_of("a.pdf")[0]


# The file


def test_a_pdf_is_two_pages_of_a4_with_its_typefaces(run):
    assert run("golden", "-o", "a.pdf") == (0, "")
    reader = PdfReader("a.pdf")
    assert len(reader.pages) == 2
    fonts = []
    for page in reader.pages:
        assert (float(page.cropbox.width), float(page.cropbox.height)) == pytest.approx((595.28, 841.89), abs=0.01)
        fonts += [font.get_object() for font in page["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor)
    first, second = texts_of("a.pdf")
    assert "0.701" in second
    assert "0.701" not in first
    assert shlex.split(reader.xmp_metadata.dc_description["x-default"])[:3] == ["rnnviz", "handout", "golden"]


def test_a_web_page_needs_nothing_else_and_runs_nothing(run):
    assert run("golden", "-o", "a.html") == (0, "")
    text = Path("a.html").read_text("utf-8")
    page = page_of("a.html")
    assert "script" not in [tag for tag, _ in page.tags]
    for tag, attributes in page.tags:
        assert not any(name.startswith("on") for name in attributes)
        if tag == "img":
            assert attributes["src"].startswith("data:image/svg+xml;base64,")
            assert attributes["alt"]
    assert not re.search(r'(?:src|href)="(?!data:)', text)
    assert re.findall(r"url\((.{5})", text) == ['"data'] * 2


@pytest.mark.parametrize("name", ["a.pdf", "a.html"])
def test_the_same_order_gives_the_same_bytes_and_replaces_the_old_file(run, name):
    Path(name).write_text("old")
    assert run("lstm-memory", "-o", name) == (0, "")
    first = Path(name).read_bytes()
    assert run("lstm-memory", "-o", name) == (0, "")
    assert Path(name).read_bytes() == first


def test_every_run_of_the_program_gives_the_same_bytes(tmp_path):
    found = set()
    for number in range(4):  # what depends on a random seed may be the same twice
        words = ["handout", "golden", "-o", f"{number}.pdf"]
        subprocess.run([sys.executable, "-m", "rnnviz", *words], cwd=tmp_path, check=True, timeout=120)
        found.add((tmp_path / f"{number}.pdf").read_bytes())
    assert len(found) == 1


def test_the_solution_can_be_left_out(run):
    for name in ("a.pdf", "a.html"):
        assert run("golden", "-o", name, "--no-solution") == (0, "")
    assert len(texts_of("a.pdf")) == 1
    assert len(page_of("a.html").tables) == 2
    assert "0.701" not in Path("a.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["golden", "-o", "a.txt"], "a.txt: a handout ends in .pdf or .html"),
        (["golden", "-o", "a"], "a: a handout ends in"),
        (["golden", "-o", "none/a.pdf"], "none/a.pdf: cannot be written"),
        (["nothing", "-o", "a.pdf"], "nothing: no such file"),
        (["golden", "-o", "a.pdf", "--at", 5], "step 5 does not exist; choose from 0 to 4"),
        (["golden", "-o", "a.pdf", "--to", -1], "step -1 does not exist"),
        (["golden", "-o", "a.pdf", "--from", 3, "--to", 2], "from step 3 to 2"),
        (["default", "-o", "a.pdf", "--to", 12], "13 rows; a page has room for 12"),
        (["golden", "-o", "a.pdf", "--unit", 3], "--unit: there is no unit 3"),
    ],
)
def test_bad_usage_gives_one_line_and_writes_nothing(run, tmp_path, words, complaint):
    code, said = run(*words)
    assert code == 2
    assert complaint in said
    assert said.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_an_overflow_is_an_answer_too(qapp):  # noqa: ARG001
    from rnnviz.document.document import Document, Input, Layer, Objective

    layer = Layer("rnn", {"W_xh": np.ones((1, 1)), "W_hh": np.full((1, 1), 1e200)}, activation="linear")
    frame = compute(Document((layer,), None, Input(("x",), np.ones((1, 4, 1))), Objective("sum")))
    content = handout(Moment(frame, Selection(), 4), 0, 4)
    states = [row[2] for row in content.rows]
    assert [cell.text for cell in states] == ["0", "1.00 × 10⁰", "1.00 × 10²⁰⁰", "overflow", "overflow"]
    assert [cell.is_asked for cell in states] == [False, True, True, True, True]
