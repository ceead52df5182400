"""rnnviz code: what it writes, and what it says of bad usage."""

import pytest

from rnnviz.app.main import main
from rnnviz.document.code import FRAMEWORKS, script
from rnnviz.document.presets import built_in


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    """Return a function that runs a command in an empty folder and returns its exit code and what it says."""
    monkeypatch.chdir(tmp_path)

    def run_it(*words):
        try:
            code = main(list(words))
        except SystemExit as stop:
            code = stop.code
        said = capsys.readouterr()
        return code, said.out, said.err

    return run_it


@pytest.mark.parametrize("framework", sorted(FRAMEWORKS))
def test_the_command_writes_the_script_of_a_scene_and_says_nothing(run, tmp_path, framework):
    assert run("code", "gru", "--framework", framework, "-o", "gru.py") == (0, "", "")
    assert (tmp_path / "gru.py").read_text(encoding="utf-8") == script(built_in("gru"), framework)


def test_an_existing_script_is_replaced(run, tmp_path):
    (tmp_path / "a.py").write_text("another")
    assert run("code", "golden", "--framework", "numpy", "-o", "a.py")[0] == 0
    assert (tmp_path / "a.py").read_text(encoding="utf-8") == script(built_in("golden"), "numpy")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["golden", "-o", "a.py"], "--framework"),
        (["golden", "--framework", "numpy"], "--output"),
        (["golden", "--framework", "jax", "-o", "a.py"], "'numpy', 'torch', 'keras'"),
        (["golden", "--framework", "numpy", "-o", "a.txt"], "a.txt: the file must end in .py"),
        (["golden", "--framework", "numpy", "-o", "none/a.py"], "none/a.py: cannot be written"),
        (["nothing", "--framework", "numpy", "-o", "a.py"], "nothing: no such file"),
    ],
)
def test_bad_usage_gives_one_line_and_writes_nothing(run, tmp_path, words, complaint):
    code, out, err = run("code", *words)
    assert (code, out) == (2, "")
    assert complaint in err
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_the_command_offers_just_the_frameworks_that_there_are(run):
    assert f"{{{','.join(FRAMEWORKS)}}}" in run("code", "--help")[1]
