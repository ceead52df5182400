"""Saving is all or nothing: the new file is there, or the old one still is, and nothing lies beside it."""

import json
import os
import stat
import subprocess
import sys
from dataclasses import replace

import pytest

from rnnviz.document.presets import built_in
from rnnviz.document.scenes import SceneError, load_scene, save_scene

posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX permissions and limits")
not_root = pytest.mark.skipif(
    hasattr(os, "geteuid") and os.geteuid() == 0, reason="no folder is closed to the superuser"
)

SAVE_WITH_A_FULL_DISK = """
import resource, sys
from rnnviz.document.presets import built_in
from rnnviz.document.scenes import SceneError, save_scene

resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))  # no file may grow beyond 100 bytes
try:
    save_scene(built_in("default"), sys.argv[1])
except SceneError as error:
    sys.exit(str(error))
"""


SAVE_UNTIL_KILLED = """
import json, os, random, signal, sys
import numpy as np
from dataclasses import replace
from pathlib import Path
from rnnviz.document.presets import built_in
from rnnviz.document.scenes import load_scene, save_scene

path, times = Path(sys.argv[1]), int(sys.argv[2])
start = built_in("default")
long = replace(start.input, values=np.random.default_rng(0).normal(size=(40, 40, start.input.values.shape[2])))
targets = np.zeros((40, *start.objective.targets.shape[1:]))
documents = [
    replace(start, title=title, input=long, objective=replace(start.objective, targets=targets))
    for title in ("old", "new")
]
save_scene(documents[0], path)
seen, unfinished = [], 0
for turn in range(times):
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        while True:
            for document in documents:
                os.write(writer, b".")
                save_scene(document, path)
    for _ in range(random.randint(1, 4)):  # saves begun
        os.read(reader, 1)
    if turn % 2:  # while a file is being written
        while len(list(path.parent.iterdir())) - 1 <= unfinished:
            pass
    else:
        for _ in range(random.randrange(3000)):  # some moments of a save
            os.getpid()
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(reader)
    os.close(writer)
    found = load_scene(path)  # an error if it is half of one
    seen.append(documents.index(found))
    unfinished += len(list(path.parent.iterdir())) - 1 > unfinished
print(json.dumps([seen, unfinished]))
"""


@pytest.fixture
def other(golden):
    return replace(golden, title="another")


def files_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_saving_replaces_the_file_and_leaves_nothing_beside_it(scene_file, other):
    save_scene(other, scene_file)
    assert load_scene(scene_file) == other
    assert files_in(scene_file.parent) == [scene_file.name]


@posix
def test_who_reads_the_old_file_while_it_is_saved_reads_all_of_it(scene_file, other):
    before = scene_file.read_bytes()
    with scene_file.open("rb") as reader:
        save_scene(other, scene_file)
        assert reader.read() == before


def test_a_relative_path_is_relative_to_the_working_folder(tmp_path, monkeypatch, golden):
    monkeypatch.chdir(tmp_path)
    save_scene(golden, "scene.rnnviz.json")
    assert files_in(tmp_path) == ["scene.rnnviz.json"]


@posix
def test_a_write_that_fails_half_way_leaves_the_old_file(scene_file):
    before = scene_file.read_bytes()
    run = subprocess.run(
        [sys.executable, "-c", SAVE_WITH_A_FULL_DISK, str(scene_file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert run.stderr.startswith(f"{scene_file}: cannot be written: ")
    assert scene_file.read_bytes() == before
    assert files_in(scene_file.parent) == [scene_file.name]


@posix
def test_whenever_the_program_is_killed_the_file_is_the_old_one_or_the_new_one(tmp_path):
    times = 20
    run = subprocess.run(
        [sys.executable, "-c", SAVE_UNTIL_KILLED, str(tmp_path / "scene.rnnviz.json"), str(times)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert run.returncode == 0, run.stderr
    seen, interrupted = json.loads(run.stdout)
    assert len(seen) == times
    assert set(seen) <= {0, 1}
    assert interrupted > 0, "no save was interrupted: the test has shown nothing"


@pytest.mark.parametrize("name", ["missing/scene.rnnviz.json", "file/scene.rnnviz.json", "."])
def test_a_place_where_no_file_can_be_is_refused_by_name(tmp_path, golden, name):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(SceneError) as refusal:
        save_scene(golden, tmp_path / name)
    assert str(refusal.value).startswith(f"{tmp_path / name}: cannot be written: ")
    assert files_in(tmp_path) == ["file"]


@posix
@not_root
def test_a_folder_that_is_closed_to_us_is_refused(scene_file, other):
    before = scene_file.read_bytes()
    scene_file.parent.chmod(0o500)
    try:
        with pytest.raises(SceneError, match="cannot be written"):
            save_scene(other, scene_file)
    finally:
        scene_file.parent.chmod(0o700)
    assert scene_file.read_bytes() == before


@posix
def test_a_device_is_not_replaced_by_a_file(tmp_path, golden):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(SceneError, match="it is not a file"):
        save_scene(golden, pipe)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@posix
def test_a_symbolic_link_keeps_pointing_at_the_file_that_changes(tmp_path, scene_file, other):
    link = tmp_path / "link.rnnviz.json"
    link.symlink_to(scene_file.name)
    save_scene(other, link)
    assert link.is_symlink()
    assert load_scene(scene_file) == other


@posix
def test_links_in_a_circle_are_refused(tmp_path, golden):
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")
    with pytest.raises(SceneError, match="cannot be written"):
        save_scene(golden, tmp_path / "one")
    assert files_in(tmp_path) == ["one", "two"]


@posix
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_saving_keeps_the_permissions_of_the_file(scene_file, other, mode):
    scene_file.chmod(mode)
    save_scene(other, scene_file)
    assert stat.S_IMODE(scene_file.stat().st_mode) == mode


@posix
def test_a_new_file_gets_the_permissions_of_any_new_file(tmp_path, golden):
    (tmp_path / "plain").touch()
    save_scene(golden, tmp_path / "scene.rnnviz.json")
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert len(modes) == 1


def test_a_name_as_long_as_the_system_allows_can_be_saved(tmp_path, golden):
    path = tmp_path / ("a" * 242 + ".rnnviz.json")
    save_scene(golden, path)
    assert load_scene(path) == golden


def test_a_text_that_is_not_unicode_is_refused_and_the_old_file_stays(scene_file):
    before = scene_file.read_bytes()
    with pytest.raises(SceneError, match="not a Unicode character"):
        save_scene(replace(built_in("golden"), title="\udc80"), scene_file)
    assert scene_file.read_bytes() == before
