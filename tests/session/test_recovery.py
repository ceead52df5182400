"""Unsaved work: what is kept of it, when, and who may take it."""

import os
import subprocess
import sys
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from rnnviz.document.document import Place
from rnnviz.document.edits import set_entry, set_title
from rnnviz.document.presets import SCENES, built_in
from rnnviz.document.scenes import SceneError, save_scene, scene_text
from rnnviz.session.kept import Kept, orphans, recovery_folder
from rnnviz.session.recovery import LONGEST_MS, REST_MS, Recovery
from rnnviz.session.session import Session

W_HH = Place(0, "W_hh")
NOW = datetime.now().astimezone()


def weight(value, merge_key=None):
    return set_entry(W_HH, (0, 0), value, merge_key)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data" / "recovery"


@pytest.fixture
def session(golden, qapp):  # noqa: ARG001
    session = Session(golden)
    yield session
    session.close()


@pytest.fixture
def recovery(session, folder):
    return Recovery(session, folder, rest_ms=20, longest_ms=60)


def left_behind(folder, name, content):
    """Put a file there as a program leaves it that was killed."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.recovery"
    file.write_bytes(content)
    return file


def files_in(folder):
    return sorted(path.suffix for path in folder.iterdir())


# What is kept


@pytest.mark.parametrize("name", SCENES)
def test_what_is_kept_comes_back_to_the_last_bit(name):
    document = built_in(name)
    kept = Kept(document, Path("/tmp/a scene.json"), NOW)
    again = Kept.parsed(kept.content())
    assert scene_text(again.document) == scene_text(document)
    assert (again.path, again.time) == (kept.path, kept.time)


def test_a_scene_without_a_file_and_a_name_that_is_not_unicode_can_be_kept(golden):
    assert Kept.parsed(Kept(golden, None, NOW).content()).path is None
    odd = Path(os.fsdecode(b"/tmp/\xff.json"))
    assert Kept.parsed(Kept(golden, odd, NOW).content()).path == odd


@pytest.mark.parametrize("share", [0.0, 0.01, 0.1, 0.5, 0.99])
def test_a_part_of_it_is_recognised_as_damaged(golden, share):
    content = Kept(golden, None, NOW).content()
    with pytest.raises(SceneError, match="is not a whole recovery file"):
        Kept.parsed(content[: round(share * len(content))])


@pytest.mark.parametrize("content", [b"\x00" * 4096, b"[]\n{}", b'{"path": 3}\n', b"null", b"\xff\xfe\n"])
def test_anything_else_is_recognised_as_damaged(content):
    with pytest.raises(SceneError):
        Kept.parsed(content)


def test_the_file_counts_as_the_saved_state_unless_it_is_newer_or_gone(golden, tmp_path):
    path = tmp_path / "golden.rnnviz.json"
    kept = Kept(built_in("vanishing"), path, NOW)
    assert kept.saved() is None
    save_scene(golden, path)
    for minutes, saved in ((-5, golden), (5, None)):
        moment = (NOW + timedelta(minutes=minutes)).timestamp()
        os.utime(path, (moment, moment))
        assert kept.saved() == saved


# When


def test_a_change_is_kept_with_the_file_it_belongs_to(session, recovery, folder, qtbot, tmp_path):
    session.save_file(tmp_path / "mine.rnnviz.json")
    with qtbot.waitSignal(recovery.kept):
        session.apply(weight(1 / 3))
    kept = Kept.parsed(recovery.file.read_bytes())
    assert kept.document == session.document
    assert kept.path == tmp_path / "mine.rnnviz.json"
    assert files_in(folder) == [".lock", ".recovery"]


def test_a_few_seconds_are_the_most_that_is_lost():
    assert REST_MS <= 2000
    assert LONGEST_MS <= 5000


def test_without_unsaved_changes_nothing_is_made(session, recovery, folder, tmp_path):
    session.save_file(tmp_path / "mine.rnnviz.json")
    recovery.keep()
    session.open_document(built_in("vanishing"))
    recovery.keep()
    session.close()
    assert not folder.exists()


def test_while_the_hand_never_rests_it_is_kept_all_the_same(session, folder, qtbot):
    recovery = Recovery(session, folder, rest_ms=3_600_000, longest_ms=30)
    with qtbot.waitSignal(recovery.kept):
        session.apply(weight(0.1, "drag"))
    with qtbot.waitSignal(recovery.kept):
        session.apply(weight(0.2, "drag"))
    assert Kept.parsed(recovery.file.read_bytes()).document == session.document


@pytest.mark.parametrize("way", ["save", "undo", "open"])
def test_when_nothing_is_unsaved_any_more_the_file_goes(session, recovery, qtbot, tmp_path, way):
    with qtbot.waitSignal(recovery.kept):
        session.apply(weight(0.9))
    {
        "save": lambda: session.save_file(tmp_path / "mine.rnnviz.json"),
        "undo": session.undo,
        "open": lambda: session.open_document(built_in("vanishing")),
    }[way]()
    qtbot.waitUntil(lambda: not recovery.file.exists())


def test_a_clean_close_leaves_nothing_even_with_changes_that_were_given_up(session, recovery, folder, qtbot):
    with qtbot.waitSignal(recovery.kept):
        session.apply(weight(0.9))
    session.apply(weight(0.8))
    session.close()
    assert list(folder.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_said_once_and_nothing_else_happens(session, folder, qtbot):
    folder.parent.write_text("in the way")
    recovery = Recovery(session, folder, rest_ms=3_600_000, longest_ms=3_600_000)
    said = []
    recovery.failed.connect(said.append)
    session.apply(weight(0.9))
    recovery.keep()
    session.apply(weight(0.8))
    recovery.keep()
    (message,) = said
    assert message.startswith(f"Unsaved changes are not kept: {folder}: ")
    folder.parent.unlink()
    with qtbot.waitSignal(recovery.kept):
        recovery.keep()
    assert Kept.parsed(recovery.file.read_bytes()).document == session.document


# Whose


def test_what_a_program_has_left_is_found_newest_first(folder, golden):
    for minutes, title in ((3, "third"), (1, "first"), (2, "second")):
        kept = Kept(replace(golden, title=title), None, NOW - timedelta(minutes=minutes))
        left_behind(folder, f"{minutes}-1", kept.content())
    found, damaged = orphans(folder)
    assert [orphan.kept.document.title for orphan in found] == ["first", "second", "third"]
    assert damaged == []


def test_no_folder_means_that_nothing_was_left(folder):
    assert orphans(folder) == ([], [])


def test_the_file_of_a_running_program_is_not_taken(session, recovery, folder, qtbot):
    with qtbot.waitSignal(recovery.kept):
        session.apply(weight(0.9))
    assert orphans(folder) == ([], [])
    assert recovery.file.exists()


def test_what_one_program_offers_no_other_does(folder, golden):
    left_behind(folder, "1-1", Kept(golden, None, NOW).content())
    (orphan,), _ = orphans(folder)
    assert orphans(folder) == ([], [])
    orphan.let_go()
    (orphan,), _ = orphans(folder)
    orphan.remove()
    assert orphans(folder) == ([], [])
    assert list(folder.iterdir()) == []


def test_a_damaged_file_is_set_aside_and_hides_no_other(folder, golden):
    content = Kept(golden, None, NOW).content()
    left_behind(folder, "1-1", content[:100])
    left_behind(folder, "2-1", content)
    found, (aside,) = orphans(folder)
    assert [orphan.kept.document for orphan in found] == [golden]
    assert aside.read_bytes() == content[:100]
    for orphan in found:
        orphan.let_go()
    assert orphans(folder)[1] == []


def test_what_is_adopted_is_deleted_only_when_it_is_kept_again(session, recovery, folder, golden, qtbot):
    document = replace(golden, title="lost")
    file = left_behind(folder, "1-1", Kept(document, None, NOW).content())
    (orphan,), _ = orphans(folder)
    recovery.file.mkdir()  # where ours would be
    with qtbot.waitSignal(recovery.failed):
        recovery.adopt(orphan)
    assert file.exists()
    recovery.file.rmdir()
    with qtbot.waitSignal(recovery.kept):
        recovery.keep()
    assert session.document == document
    assert session.is_modified
    assert not file.exists()
    assert Kept.parsed(recovery.file.read_bytes()).document == document
    session.undo()
    assert session.document == golden


def test_rubbish_that_a_killed_program_leaves_is_swept_away(folder):
    folder.mkdir(parents=True)
    old, new = folder / ".rnnviz-old", folder / ".rnnviz-new"
    old.touch()
    new.touch()
    long_ago = time.time() - 86_400
    os.utime(old, (long_ago, long_ago))
    orphans(folder)
    assert [path.name for path in folder.iterdir()] == [".rnnviz-new"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the variable is of Linux")
def test_the_folder_is_where_the_system_keeps_data(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert recovery_folder() == tmp_path / "rnnviz" / "recovery"


LEAVE = """
import os, sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from rnnviz.document.edits import set_title
from rnnviz.document.presets import SCENES, built_in
from rnnviz.session.recovery import Recovery
from rnnviz.session.session import Session

application = QCoreApplication([])
session = Session(built_in("golden"))
recovery = Recovery(session, Path(sys.argv[1]), rest_ms=0)
recovery.kept.connect(lambda: (print("kept", flush=True), sys.argv[2] == "die" and os.abort()))
session.apply(set_title("of another program"))
application.exec()
"""


def test_of_two_programs_at_once_neither_takes_the_others(session, recovery, folder, qtbot):
    other = subprocess.Popen([sys.executable, "-c", LEAVE, str(folder), "live"], stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout.readline() == "kept\n"
        with qtbot.waitSignal(recovery.kept):
            session.apply(set_title("of this program"))
        assert files_in(folder) == [".lock", ".lock", ".recovery", ".recovery"]
        assert orphans(folder) == ([], [])
    finally:
        other.kill()
        other.communicate(timeout=20)
    (orphan,), _ = orphans(folder)
    assert orphan.kept.document.title == "of another program"
    assert recovery.file.exists()
    orphan.remove()


@pytest.fixture
def large(golden):
    """A document of some ten megabytes."""
    layer = golden.layers[0]
    values = np.random.default_rng(0).normal(size=(1, 4, 200_000))
    weights = {**layer.weights, "W_xh": np.zeros((2, 200_000))}
    return replace(
        golden,
        layers=(replace(layer, weights=weights),),
        input=replace(golden.input, features=("x",) * 200_000, values=values),
    )


def test_a_large_document_is_kept_while_everything_goes_on(session, recovery, qtbot, large):
    with qtbot.waitSignal(recovery.kept):
        session.restore(large, None, None)
        session.apply(set_title("edited while the first is written"))
    assert Kept.parsed(recovery.file.read_bytes()).document == large
    qtbot.waitSignal(recovery.kept).wait()
    assert Kept.parsed(recovery.file.read_bytes()).document == session.document


@pytest.mark.parametrize("way", ["save", "close"])
def test_what_is_being_written_is_given_up_when_it_is_saved_or_closed(session, recovery, folder, tmp_path, large, way):  # noqa: ARG001
    session.restore(large, None, None)
    session.save_file(tmp_path / "mine.rnnviz.json") if way == "save" else session.close()
    session.close()
    assert list(folder.iterdir()) == []
