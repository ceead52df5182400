"""Figures of the program's own views: the same picture in every format, with every number on its tick."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader

from rnnviz.document.compute import compute
from rnnviz.document.document import Document, Input, Layer, Objective, Readout
from rnnviz.document.presets import built_in
from rnnviz.session.session import Selection
from rnnviz.views.figure import save_figure
from rnnviz.views.figures import FigureStyle, Moment, plot_figure, plots_figure, prepared_plot
from rnnviz.views.fonts import load_fonts
from rnnviz.views.plots import PLOTS
from rnnviz.views.theme import LIGHT, THEMES

KINDS = ("png", "svg", "pdf")
WIDTH_MM, HEIGHT_MM = (px * 25.4 / 96 for px in (600, 340))  # whole pixels, for programs differ in rounding


@pytest.fixture(autouse=True)
def _fonts(qapp):  # noqa: ARG001
    load_fonts()


@pytest.fixture(scope="module")
def moment():
    return Moment(compute(built_in("default")), Selection(), 17)


def style_of(theme=LIGHT, **changes):
    return FigureStyle(theme, **{"width_mm": WIDTH_MM, "height_mm": HEIGHT_MM} | changes)


def grid_of(keys, moment, style):
    """Return a figure of several views."""
    plots = [prepared_plot(PLOTS[key], moment, style) for key in keys]
    for plot in plots:
        if (question := plot.question()) is not None:
            plot.show_answer(question.answer())
    return plots_figure(plots, moment, style, "rnnviz export")


# The same picture


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("key", PLOTS)
def test_another_program_draws_the_svg_of_a_view_as_its_png(key, theme, moment, tmp_path, rasterise, read_png):
    figure = plot_figure(PLOTS[key], moment, style_of(theme))
    save_figure(figure, tmp_path / "a.png", 192)
    save_figure(figure, tmp_path / "a.svg")
    png, svg = read_png(tmp_path / "a.png"), rasterise(tmp_path / "a.svg", 192)
    assert svg.shape == png.shape
    difference = np.abs(png - svg).mean(axis=2)
    assert difference.mean() < 2
    rows, columns = (side // 20 for side in difference.shape)
    blocks = difference[: rows * 20, : columns * 20].reshape(rows, 20, columns, 20).mean(axis=(1, 3))
    assert blocks.max() < 30
    assert png.std() > 5  # there is something to compare


def test_a_grid_is_the_same_picture_too(moment, tmp_path, rasterise, read_png):
    style = style_of(has_letters=True, caption="What it shows: “h”, <&> and α", title="Three of them")
    figure = grid_of(["hidden", "gradients", "phase"], moment, style)
    save_figure(figure, tmp_path / "a.png", 96)
    save_figure(figure, tmp_path / "a.svg")
    assert np.abs(read_png(tmp_path / "a.png") - rasterise(tmp_path / "a.svg", 96)).mean() < 2


# Numbers on their ticks


def powers_of_ten() -> Document:
    """A network whose gradient at step t is 10^(t − T) exactly."""
    layer = Layer("rnn", {"W_xh": np.ones((1, 1)), "W_hh": np.full((1, 1), 0.1)}, activation="linear")
    readout = Readout("linear", {"W_hy": np.ones((1, 1)), "b_y": np.zeros(1)})
    data = Input(("x",), np.zeros((1, 5, 1)))
    return Document((layer,), readout, data, Objective("sum", steps="last"))


def ones() -> Document:
    """A network whose state is 1 from the first step on."""
    layer = Layer("rnn", {"W_xh": np.ones((1, 1)), "W_hh": np.zeros((1, 1))}, activation="linear")
    readout = Readout("linear", {"W_hy": np.ones((1, 1)), "b_y": np.zeros(1)})
    data = Input(("x",), np.ones((1, 5, 1)))
    return Document((layer,), readout, data, Objective("sum"))


def figure_of(key, document):
    style = style_of(shows_cursor=False, shows_legend=False)
    return plot_figure(PLOTS[key], Moment(compute(document), Selection(), 0), style)


def is_red(pixels):
    return pixels[..., 0] - pixels[..., 1] > 40


def runs(mask):
    """Return the first and the last index of each run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(int), [0]])))
    return list(zip(edges[::2], edges[1::2] - 1, strict=True))


def bars_and_grid(pixels):
    """Return the top row of each bar, from the left, and the rows of the grid, from the bottom."""
    red = is_red(pixels)
    floor = np.flatnonzero(red.any(axis=1)).max() - 3
    bars = runs(red[floor])
    tops = [next(y for y in range(floor, 0, -1) if not red[y - 1, (a + b) // 2]) for a, b in bars]
    gap = (bars[0][1] + bars[1][0]) // 2
    grid = [(a + b) / 2 for a, b in runs(pixels[:floor, gap].mean(axis=1) < 248)]
    return tops, grid[::-1]


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_powers_of_ten_lie_on_the_ticks_of_a_log_axis(kind, tmp_path, rasterise, read_png):
    path = tmp_path / f"a.{kind}"
    save_figure(figure_of("gradients", powers_of_ten()), path, 96)
    tops, grid = bars_and_grid(read_png(path) if kind == "png" else rasterise(path, 96))
    assert len(tops) == 6
    nearest = [min(range(len(grid)), key=lambda row, top=top: abs(grid[row] - top)) for top in tops]
    assert nearest == list(range(nearest[0], nearest[0] + 6))  # each step is the next power of ten
    assert max(abs(grid[row] - top) for row, top in zip(nearest, tops, strict=True)) <= 1


def test_powers_of_ten_lie_on_the_ticks_of_a_log_axis_in_a_pdf_too(tmp_path):
    save_figure(figure_of("gradients", powers_of_ten()), tmp_path / "a.pdf")
    shapes = painted(tmp_path / "a.pdf")
    red = {round(low, 2) for (low, _), fill, _ in shapes if fill is not None and fill[0] - fill[1] > 0.15}
    tops = sorted(red, reverse=True)  # that of the last bar twice: all of it is direct
    grid = sorted({low for (low, high), _, stroke in shapes if stroke is not None and high - low < 0.1}, reverse=True)
    assert len(tops) == 6
    nearest = [min(range(len(grid)), key=lambda row, top=top: abs(grid[row] - top)) for top in tops]
    assert nearest == list(range(nearest[0], nearest[0] + 6))
    assert max(abs(grid[row] - top) for row, top in zip(nearest, tops, strict=True)) <= 1


class Painted:
    """Collects the paths of a PDF: their vertical extents, in logical pixels, and their colours."""

    def __init__(self, page):
        self._top = float(page.mediabox.top)
        self._matrix, self._stack, self._points = np.eye(3), [], []
        self._colours = {"scn": None, "SCN": None}
        self.found = []
        for operands, operator in page.get_contents().operations:
            self._take(operator.decode(), operands)

    def _take(self, operator, operands):
        if operator == "q":
            self._stack.append((self._matrix, dict(self._colours)))
        elif operator == "Q":
            self._matrix, self._colours = self._stack.pop()
        elif operator == "cm":
            a, b, c, d, e, f = map(float, operands)
            self._matrix = np.array([[a, b, 0], [c, d, 0], [e, f, 1]]) @ self._matrix
        elif operator in self._colours:
            self._colours[operator] = tuple(map(float, operands[:3]))
        else:
            self._draw(operator, operands)

    def _draw(self, operator, operands):
        if operator in ("m", "l", "c"):
            self._points.append([*map(float, operands[-2:]), 1.0])
        elif operator == "re":
            x, y, width, height = map(float, operands)
            self._points += [[x, y, 1.0], [x + width, y + height, 1.0]]
        elif operator[0] in "fSsBn":
            if self._points and operator != "n":
                heights = (self._top - (np.array(self._points) @ self._matrix)[:, 1]) / 0.75
                fill = self._colours["scn"] if operator[0] in "fB" else None
                stroke = self._colours["SCN"] if operator[0] in "SsB" else None
                self.found.append(((heights.min(), heights.max()), fill, stroke))
            self._points = []


def painted(path):
    """Return the paths of a PDF's page: (top, bottom), the colour of the fill and of the stroke, or None."""
    return Painted(PdfReader(path).pages[0]).found


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_a_state_of_one_lies_on_the_tick_of_one(kind, tmp_path, rasterise, read_png):
    path = tmp_path / f"a.{kind}"
    save_figure(figure_of("hidden", ones()), path, 96)
    pixels = read_png(path) if kind == "png" else rasterise(path, 96)
    blue = pixels[..., 2] - pixels[..., 0] > 90
    rows = np.flatnonzero(blue.sum(axis=1) > 300)  # the flat part of the curve
    assert 1 <= len(rows) <= 3
    # nothing but the grid is at the left of h_0: its upper line is the tick of 1
    first = np.flatnonzero(blue[rows[0]]).min()
    left = pixels[: rows[-1] + 5, first - 120].mean(axis=1)
    [(a, b)] = runs(left < 248)[-1:]
    assert abs((a + b) / 2 - rows.mean()) <= 1


def test_a_state_of_one_lies_on_the_tick_of_one_in_a_pdf_too(tmp_path):
    save_figure(figure_of("hidden", ones()), tmp_path / "a.pdf")
    shapes = painted(tmp_path / "a.pdf")
    blue = [extent for extent, _, stroke in shapes if stroke is not None and stroke[2] - stroke[0] > 0.5]
    assert blue
    top = min(low for low, _ in blue)
    is_curve = [stroke is not None and stroke[2] - stroke[0] > 0.5 for _, _, stroke in shapes]
    flat = [
        low
        for ((low, high), _, stroke), curve in zip(shapes, is_curve, strict=True)
        if stroke and high - low < 0.1 and not curve
    ]
    assert min(abs(y - top) for y in flat) <= 1


@pytest.mark.parametrize("font", ["Inter", "STIX Two Math"])
@pytest.mark.parametrize("key", PLOTS)
def test_the_words_and_numbers_of_a_pdf_can_be_copied(key, font, moment, tmp_path):
    save_figure(plot_figure(PLOTS[key], moment, style_of(font=font)), tmp_path / "a.pdf")
    words = PdfReader(tmp_path / "a.pdf", strict=True).pages[0].extract_text()
    assert PLOTS[key].spec.title[:8] in words
    noise = [
        letter for letter in words if (not letter.isprintable() and letter != "\n") or 0xE000 <= ord(letter) < 0xF900
    ]
    assert noise == []


def test_numbers_are_copied_from_a_pdf_with_their_signs(moment, tmp_path):
    save_figure(plot_figure(PLOTS["step"], moment, style_of()), tmp_path / "a.pdf")
    words = PdfReader(tmp_path / "a.pdf", strict=True).pages[0].extract_text()
    for number in ("−1.225", "+0.710", "tanh(−1.645)", "−3.39 × 10⁻⁵"):
        assert number in words


# Sizes and words


def test_a_figure_twice_as_large_is_the_same_picture_in_proportion(moment, tmp_path, read_png):
    pictures = {}
    for name, factor, text_px in (("small", 1, 12), ("large", 2, 24), ("small words", 2, 12)):
        style = style_of(LIGHT.with_text(text_px), width_mm=WIDTH_MM * factor, height_mm=HEIGHT_MM * factor)
        save_figure(plot_figure(PLOTS["hidden"], moment, style), tmp_path / "a.png", round(192 / factor))
        pictures[name] = read_png(tmp_path / "a.png")
    differences = {name: np.abs(picture - pictures["small"]).mean() for name, picture in pictures.items()}
    assert differences["large"] < 0.25 * differences["small words"]  # letters have whole pixels, so not 0


@pytest.mark.parametrize("size", [(85.0, 60.0), (254.0, 143.0), (841.0, 594.0)])
def test_a_pdf_of_several_views_is_one_page_of_its_size_with_its_fonts_inside(size, moment, tmp_path):
    style = style_of(width_mm=size[0], height_mm=size[1], has_letters=True, caption="Two views")
    save_figure(grid_of(["hidden", "step"], moment, style), tmp_path / "a.pdf")
    reader = PdfReader(tmp_path / "a.pdf", strict=True)
    [page] = reader.pages
    assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx(
        [side / 25.4 * 72 for side in size], abs=0.01
    )
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        descriptor = font["/DescendantFonts"][0]["/FontDescriptor"]
        assert descriptor.keys() & {"/FontFile", "/FontFile2", "/FontFile3"}
    words = page.extract_text()
    assert "Two views" in words
    assert "Hidden state h" in words


def labels(path):
    """Return the words of an SVG, in the order they are painted."""
    return re.findall(r'aria-label="([^"]*)"', path.read_text("utf-8"))


def test_the_views_of_a_grid_have_letters_titles_a_heading_and_a_caption(moment, tmp_path):
    style = style_of(has_letters=True, title="All of it", caption="Seen at once")
    save_figure(grid_of(["hidden", "gradients", "spectrum"], moment, style), tmp_path / "a.svg")
    words = labels(tmp_path / "a.svg")
    assert [word for word in words if word in "abc"] == ["a", "b", "c"]
    for title in ("All of it", "Seen at once", "Hidden state h", "Eigenvalues"):
        assert title in words
    root = ElementTree.parse(tmp_path / "a.svg").getroot()
    assert root[0].text == "All of it: Sine with pulses"


def test_a_long_caption_is_broken_into_lines_and_leaves_the_plot_room(moment, tmp_path):
    caption = "word " * 80
    save_figure(plot_figure(PLOTS["hidden"], moment, style_of(caption=caption)), tmp_path / "a.svg")
    lines = [label for label in labels(tmp_path / "a.svg") if label.startswith("word word")]
    assert len(lines) >= 3
    assert sum(len(line.split()) for line in lines) == 80
    assert "h6" in labels(tmp_path / "a.svg")


def test_a_title_of_ones_own_takes_the_place_of_the_views(moment, tmp_path):
    save_figure(plot_figure(PLOTS["hidden"], moment, style_of(title="What it remembers")), tmp_path / "a.svg")
    assert labels(tmp_path / "a.svg")[0] == "What it remembers"
    assert "Hidden state h" not in labels(tmp_path / "a.svg")


@pytest.mark.parametrize("columns", [1, 2, 3, None])
def test_columns_are_as_many_as_asked_for(columns, moment, tmp_path):
    style = style_of(columns=columns, has_letters=True, shows_title=False)
    save_figure(grid_of(["weights", "hidden", "gradients", "phase"], moment, style), tmp_path / "a.pdf")
    letters = []

    def note(text, page_matrix, matrix, _font, _size):
        if text.strip() in ("a", "b", "c", "d"):
            letters.append((text.strip(), round(matrix[4]), round(matrix[5] * page_matrix[3])))

    PdfReader(tmp_path / "a.pdf").pages[0].extract_text(visitor_text=note)
    assert [letter for letter, _, _ in letters] == ["a", "b", "c", "d"]
    assert len({x for _, x, _ in letters}) == (columns or 2)


def test_words_can_be_set_in_another_typeface(moment, tmp_path):
    save_figure(plot_figure(PLOTS["hidden"], moment, style_of(font="STIX Two Math")), tmp_path / "a.pdf")
    fonts = PdfReader(tmp_path / "a.pdf").pages[0]["/Resources"]["/Font"].values()
    names = {str(font.get_object()["/BaseFont"]) for font in fonts}
    assert names
    assert all("STIX" in name for name in names)


# The ground


@pytest.mark.parametrize("key", PLOTS)
def test_without_a_ground_the_corners_are_clear_and_the_ink_is_not(key, moment, tmp_path):
    save_figure(plot_figure(PLOTS[key], moment, style_of(is_transparent=True)), tmp_path / "a.png", 60)
    with Image.open(tmp_path / "a.png") as image:
        alpha = np.asarray(image.convert("RGBA"))[..., 3]
    assert alpha[0, 0] == alpha[-1, -1] == alpha[2, -3] == 0
    assert alpha.max() == 255


@pytest.mark.parametrize("kind", ["svg", "pdf"])
def test_without_a_ground_a_drawing_has_no_shape_of_the_pages_size(kind, moment, tmp_path):
    for name, is_transparent in (("with", False), ("without", True)):
        figure = plot_figure(PLOTS["gradients"], moment, style_of(is_transparent=is_transparent))
        save_figure(figure, tmp_path / f"{name}.{kind}")
    if kind == "svg":
        whole = 'd="M0 0L600 0L600 340L0 340L0 0Z"'
        found = [whole in (tmp_path / f"{name}.svg").read_text("utf-8") for name in ("with", "without")]
    else:
        height = HEIGHT_MM / 25.4 * 96
        found = [
            any(fill is not None and high - low > height - 1 for (low, high), fill, _ in painted(tmp_path / f"{n}.pdf"))
            for n in ("with", "without")
        ]
    assert found == [True, False]


# What files say of themselves


def test_every_format_names_the_scene_the_program_and_the_command(moment, tmp_path):
    from rnnviz import __version__

    figure = plot_figure(PLOTS["hidden"], moment, style_of(), "rnnviz export default")
    for kind in KINDS:
        save_figure(figure, tmp_path / f"a.{kind}")
    program = f"rnnviz {__version__}"
    with Image.open(tmp_path / "a.png") as image:
        png = {name: image.info[name] for name in ("Title", "Software", "Description")}
    assert png == {
        "Title": "Hidden state h: Sine with pulses",
        "Software": program,
        "Description": "rnnviz export default",
    }
    reader = PdfReader(tmp_path / "a.pdf")
    assert (reader.metadata.title, reader.metadata.creator) == (png["Title"], program)
    xmp = reader.xmp_metadata
    assert xmp.dc_title["x-default"] == png["Title"]
    assert xmp.xmp_creator_tool == program
    assert xmp.dc_description["x-default"] == png["Description"]
    svg = ElementTree.parse(tmp_path / "a.svg").getroot()
    namespace = {"s": "http://www.w3.org/2000/svg", "xmp": "http://ns.adobe.com/xap/1.0/"}
    assert svg.find("s:title", namespace).text == png["Title"]
    assert svg.find("s:desc", namespace).text == png["Description"]
    assert svg.find(".//xmp:CreatorTool", namespace).text == program
