"""What tasks.py decides, without a network and without installing anything."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent

spec = importlib.util.spec_from_file_location("tasks", REPOSITORY / "tasks.py")
assert spec is not None
assert spec.loader is not None
tasks = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tasks)

BASE = "base"
DISTRIBUTIONS = ("numpy-2.4.6.dist-info", "pyqtgraph-0.14.0.dist-info")
STAMP = tasks.Stamp(base=BASE, project="project", distributions=DISTRIBUTIONS, system=("libgl1",))


def knows(*names):
    return lambda name: name in names


def test_a_linux_machine_without_display_variables_has_no_display():
    assert not tasks.has_display("linux", {})
    assert not tasks.has_display("linux", {"DISPLAY": ""})


@pytest.mark.parametrize("name", ["DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"])
def test_one_display_variable_is_enough_to_open_a_window(name):
    assert not tasks.draws_pictures_instead([], "linux", {name: "something"})


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_macos_and_windows_always_open_the_window(platform):
    assert not tasks.draws_pictures_instead([], platform, {})


def test_run_alone_without_a_display_draws_pictures():
    assert tasks.draws_pictures_instead([], "linux", {})


def test_run_with_arguments_never_draws_pictures_instead():
    assert not tasks.draws_pictures_instead(["views", "--json"], "linux", {})


def test_only_the_tests_need_a_virtual_display():
    environ = {"DISPLAY": ":0"}
    assert set(tasks.GUI_TESTS) <= set(tasks.system_packages("test", "linux", environ))
    assert not set(tasks.GUI_TESTS) & set(tasks.system_packages("run", "linux", environ))


def test_a_machine_without_a_display_needs_no_x11_libraries_to_run():
    assert tasks.system_packages("run", "linux", {}) == tasks.RUNTIME


@pytest.mark.parametrize(("command", "platform"), [("lint", "linux"), ("test", "darwin"), ("run", "win32")])
def test_linting_and_other_systems_need_no_debian_packages(command, platform):
    assert tasks.system_packages(command, platform, {"DISPLAY": ":0"}) == ()


def test_a_package_that_is_not_installed_is_missing():
    assert tasks.missing_packages(("libgl1", "xvfb"), {"libgl1"}) == ["xvfb"]


def test_a_package_installed_under_its_new_name_is_not_missing():
    assert tasks.missing_packages(("libglib2.0-0",), {"libglib2.0-0t64"}) == []


def test_a_package_without_a_new_name_is_missing_from_an_empty_machine():
    assert tasks.missing_packages(tasks.RUNTIME, set()) == list(tasks.RUNTIME)


def test_glib_is_asked_for_by_the_name_that_apt_knows():
    assert tasks.apt_name("libglib2.0-0", knows("libglib2.0-0t64")) == "libglib2.0-0t64"
    assert tasks.apt_name("libglib2.0-0", knows("libglib2.0-0")) == "libglib2.0-0"
    assert tasks.apt_name("libglib2.0-0", knows()) == "libglib2.0-0"


def test_a_user_without_rights_gets_one_line_to_type():
    line = tasks.install_line(["libegl1", "xdotool"])
    assert line.endswith("sudo apt-get install libegl1 xdotool")
    assert "\n" not in line


def test_a_finished_environment_is_trusted():
    assert tasks.environment_is_whole(STAMP, BASE, DISTRIBUTIONS)


def test_a_package_added_by_hand_does_not_spoil_the_environment():
    assert tasks.environment_is_whole(STAMP, BASE, (*DISTRIBUTIONS, "ipython-9.0.dist-info"))


def test_an_environment_without_a_stamp_is_not_trusted():
    assert not tasks.environment_is_whole(None, BASE, DISTRIBUTIONS)


def test_an_environment_of_another_lock_or_python_is_not_trusted():
    assert not tasks.environment_is_whole(STAMP, "another base", DISTRIBUTIONS)


def test_an_environment_that_lost_a_package_is_not_trusted():
    assert not tasks.environment_is_whole(STAMP, BASE, DISTRIBUTIONS[:1])


def test_a_stamp_is_read_back_as_it_was_written(tmp_path):
    path = tmp_path / "stamp.json"
    tasks.write_stamp(path, STAMP)
    stamp = tasks.read_stamp(path)
    assert (stamp.base, stamp.project) == (STAMP.base, STAMP.project)
    assert (tuple(stamp.distributions), tuple(stamp.system)) == (STAMP.distributions, STAMP.system)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"text"', json.dumps({"base": BASE}), '{"other": 1}'])
def test_a_damaged_stamp_counts_as_none(tmp_path, text):
    path = tmp_path / "stamp.json"
    path.write_text(text, encoding="utf-8")
    assert tasks.read_stamp(path) is None


def test_an_absent_stamp_counts_as_none(tmp_path):
    assert tasks.read_stamp(tmp_path / "stamp.json") is None


def test_a_digest_depends_on_where_one_part_ends():
    assert tasks.digest(b"ab", b"c") != tasks.digest(b"a", b"bc")


def test_only_the_last_lines_that_say_something_are_shown():
    assert tasks.last_lines("one\n\ntwo\nthree\n\n", count=2) == "    two\n    three"


def test_a_failing_step_says_what_failed_and_shows_its_last_words():
    command = [sys.executable, "-c", "print('no space left'); raise SystemExit(3)"]
    with pytest.raises(tasks.SetupError, match="cannot unpack\n    no space left"):
        tasks.step("unpacking", command, "cannot unpack")


def test_a_step_whose_program_is_absent_is_an_ordinary_error(tmp_path):
    with pytest.raises(tasks.SetupError, match="cannot unpack"):
        tasks.step("unpacking", [tmp_path / "absent"], "cannot unpack")


def test_a_step_that_lost_its_connection_says_so_in_one_line():
    said = "Retrying after connection broken by a cut cable\\nRetrying again\\nNo matching distribution"
    with pytest.raises(tasks.SetupError) as caught:
        tasks.step("fetching", [sys.executable, "-c", f"print('{said}'); raise SystemExit(1)"], "cannot fetch")
    assert str(caught.value) == "cannot fetch: is there a network? a cut cable"


@pytest.mark.parametrize("arguments", [[], ["fly"]])
def test_an_unknown_command_answers_with_the_usage(arguments, capsys):
    assert tasks.main(arguments) == 2
    assert "run|test|lint" in capsys.readouterr().err


def test_the_lock_names_no_place_to_download_from():
    lock = (REPOSITORY / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    assert "--hash=sha256:" in lock


def test_an_unfinished_environment_has_no_packages_to_trust(tmp_path):
    """A copy of the script with a folder .venv that has no Python in it: nothing there is counted."""
    shutil.copy(REPOSITORY / "tasks.py", tmp_path)
    (tmp_path / ".venv").mkdir()
    code = "import tasks; print(tasks.present_distributions(), tasks.read_stamp(tasks.STAMP))"
    environ = os.environ | {"PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, env=environ, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[] None"
