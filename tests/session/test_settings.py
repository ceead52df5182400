"""Settings: what is remembered, and that what is damaged reads as if it were not there."""

import math
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QSettings

from rnnviz.session.settings import Settings


@pytest.fixture
def file(tmp_path):
    return tmp_path / "settings.ini"


def stored_in(file):
    return Settings(QSettings(str(file), QSettings.Format.IniFormat))


def written(file, **values):
    """Return settings read from a file that says this, right or wrong."""
    file.write_text("[General]\n" + "".join(f"{key}={value}\n" for key, value in values.items()))
    return stored_in(file)


def through_the_file(file, change):
    """Return settings read back from the file after a change."""
    store = QSettings(str(file), QSettings.Format.IniFormat)
    change(Settings(store))
    store.sync()
    return stored_in(file)


def test_at_first_everything_is_as_by_default(file):
    settings = stored_in(file)
    assert settings.theme == "system"
    assert settings.speed == 5.0
    assert settings.geometry() is None
    assert settings.layout() is None
    assert settings.recent_files == []


@pytest.mark.parametrize("name", ["light", "dark", "system"])
def test_the_theme_is_remembered(file, name):
    assert through_the_file(file, lambda settings: setattr(settings, "theme", name)).theme == name


def test_an_unknown_theme_is_that_of_the_system(file):
    assert written(file, theme="purple").theme == "system"


@pytest.mark.parametrize("speed", [0.5, 1.0, 20.0, 100.0])
def test_the_speed_is_remembered(file, speed):
    assert through_the_file(file, lambda settings: setattr(settings, "speed", speed)).speed == speed


@pytest.mark.parametrize(
    ("text", "speed"),
    [
        ("fast", 5.0),
        ("", 5.0),
        ("nan", 5.0),
        ("-3", 0.5),
        ("0", 0.5),
        ("1e9", 100.0),
        ("inf", 100.0),
        ("7", 7.0),
    ],
)
def test_a_speed_is_always_one_that_can_be_played(file, text, speed):
    settings = written(file, speed=text)
    assert math.isfinite(settings.speed)
    assert settings.speed == speed


def test_the_window_is_remembered(file):
    geometry, layout = QByteArray(b"\x00\x01geometry"), QByteArray(b"layout\xff")
    settings = through_the_file(file, lambda settings: settings.remember_window(geometry, layout))
    assert settings.geometry() == geometry
    assert settings.layout() == layout


@pytest.mark.parametrize("text", ["text", "@Invalid()", "", "7"])
def test_a_damaged_window_is_forgotten(file, text):
    file.write_text(f"[window]\ngeometry={text}\nlayout={text}\n")
    settings = stored_in(file)
    assert settings.geometry() is None
    assert settings.layout() is None


def test_recent_files_are_remembered_newest_first_and_once_each(file, tmp_path):
    def remember(settings):
        for name in ("a", "b", "c", "a"):
            settings.remember_file(tmp_path / name)

    settings = through_the_file(file, remember)
    assert settings.recent_files == [tmp_path / "a", tmp_path / "c", tmp_path / "b"]


def test_one_recent_file_is_a_list_too(file, tmp_path):
    settings = through_the_file(file, lambda settings: settings.remember_file(tmp_path / "a, b.json"))
    assert settings.recent_files == [tmp_path / "a, b.json"]


def test_ten_recent_files_are_enough(file, tmp_path):
    settings = stored_in(file)
    for number in range(15):
        settings.remember_file(tmp_path / str(number))
    assert [path.name for path in settings.recent_files] == [str(number) for number in range(14, 4, -1)]


def test_a_recent_file_is_the_same_from_every_folder(file, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = stored_in(file)
    settings.remember_file(Path("a"))
    settings.remember_file(tmp_path / "folder" / ".." / "a")
    assert settings.recent_files == [tmp_path / "a"]


@pytest.mark.parametrize("text", ["@Invalid()", "@ByteArray(a)", ""])
def test_damaged_recent_files_are_forgotten(file, text):
    assert written(file, recent=text).recent_files == []
