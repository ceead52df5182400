"""The scene's file under other hands: what is a change, and what is none."""

from dataclasses import replace

import pytest

from rnnviz.document.edits import set_title
from rnnviz.document.presets import built_in
from rnnviz.document.scenes import load_scene, save_scene
from rnnviz.session.file_watch import FileState, FileWatch
from rnnviz.session.session import Session


@pytest.fixture
def session(scene_file, qapp):  # noqa: ARG001
    session = Session(built_in("default"))
    session.open_file(scene_file)
    return session


@pytest.fixture
def watch(session):
    return FileWatch(session)


@pytest.fixture
def other(golden):
    return replace(golden, title="by somebody else")


def in_place(document, path):
    """Write into the file itself, as some editors do."""
    beside = path.with_name("beside")
    save_scene(document, beside)
    content = beside.read_bytes()
    beside.unlink()
    with path.open("r+b") as file:
        file.truncate()
        file.write(content)


@pytest.mark.parametrize("write", [save_scene, in_place])
def test_a_change_is_noticed_however_it_is_written(watch, scene_file, other, golden, qtbot, write):
    for document, state in ((other, FileState.CHANGED), (golden, FileState.SAME), (other, FileState.CHANGED)):
        with qtbot.waitSignal(watch.state_changed) as heard:
            write(document, scene_file)
        assert heard.args == [state]


def test_a_file_that_is_changed_again_is_announced_again(watch, scene_file, other, qtbot):
    for title in ("one", "two"):
        with qtbot.waitSignal(watch.state_changed):
            save_scene(replace(other, title=title), scene_file)
        assert watch.state is FileState.CHANGED


def test_our_own_saves_are_no_change(session, watch, scene_file, other, qtbot):
    heard = []
    watch.state_changed.connect(heard.append)
    for title in ("one", "two", "three"):
        session.apply(set_title(title))
        session.save_file(scene_file)
        assert watch.look() is FileState.SAME
    with qtbot.waitSignal(watch.state_changed):
        save_scene(other, scene_file)
    assert heard == [FileState.CHANGED]


def test_the_same_scene_written_otherwise_is_no_change(watch, scene_file):
    scene_file.write_text(scene_file.read_text().replace("\n", "\n\n"))
    assert watch.look() is FileState.SAME


def test_what_somebody_else_saves_just_as_we_have_it_is_no_change(session, watch, scene_file):
    session.apply(set_title("agreed"))
    save_scene(session.document, scene_file)
    assert watch.look() is FileState.SAME
    assert not session.is_modified


def test_a_file_that_no_longer_is_a_scene_has_changed(watch, scene_file):
    scene_file.write_text("{")
    assert watch.look() is FileState.CHANGED


def test_a_deleted_file_is_missing_and_back_when_it_comes_back(watch, scene_file, golden, qtbot):
    with qtbot.waitSignal(watch.state_changed) as heard:
        scene_file.unlink()
    assert heard.args == [FileState.MISSING]
    with qtbot.waitSignal(watch.state_changed) as heard:
        save_scene(golden, scene_file)
    assert heard.args == [FileState.SAME]


def test_keeping_mine_accepts_what_the_file_holds_and_marks_the_document_as_modified(
    session, watch, scene_file, other, golden
):
    save_scene(other, scene_file)
    watch.look()
    watch.keep_mine()
    assert watch.look() is FileState.SAME
    assert session.document == golden
    assert session.is_modified
    save_scene(replace(other, title="again"), scene_file)
    assert watch.look() is FileState.CHANGED


def test_another_file_is_watched_when_the_session_goes_there(session, watch, scene_file, tmp_path, other, qtbot):
    second = tmp_path / "folder" / "second.rnnviz.json"
    second.parent.mkdir()
    session.save_file(second)
    save_scene(other, scene_file)
    assert watch.look() is FileState.SAME
    with qtbot.waitSignal(watch.state_changed):
        save_scene(other, second)
    with qtbot.waitSignal(watch.state_changed) as heard:
        session.open_document(built_in("vanishing"))  # which has no file
    assert heard.args == [FileState.SAME]


def test_undoing_a_reload_leaves_the_file_a_changed_one(session, watch, scene_file, other, golden, qtbot):
    save_scene(other, scene_file)
    watch.look()
    session.reload()
    assert watch.look() is FileState.SAME
    with qtbot.waitSignal(watch.state_changed) as heard:
        session.undo()
    assert heard.args == [FileState.CHANGED]
    assert session.document == golden
    assert load_scene(scene_file) == other
