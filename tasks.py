#!/usr/bin/env python3
"""Set rnnviz up on a fresh machine, then run, test or lint it.

    python3 tasks.py run [arguments]     start rnnviz; the arguments are those of the rnnviz command
    python3 tasks.py test [arguments]    run the tests; the arguments are those of pytest
    python3 tasks.py lint                ruff, its formatter's check, and mypy
    python3 tasks.py pictures            make the pictures in docs anew

Needs Python 3.11 or newer and nothing else. The first start makes .venv beside this file from
requirements.lock; on Debian and Ubuntu it also installs the system libraries that are missing, where it has
the right to. Later starts compare .venv with its stamp and go straight on.
"""

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

if sys.version_info < (3, 11):  # noqa: UP036 - this is where an older Python is told so
    sys.exit(f"rnnviz needs Python 3.11 or newer; this is Python {sys.version_info[0]}.{sys.version_info[1]}")

REPOSITORY = Path(__file__).resolve().parent
ENVIRONMENT = REPOSITORY / ".venv"
STAMP = ENVIRONMENT / "rnnviz-stamp.json"
PICTURES = REPOSITORY / "rnnviz-pictures"

RUNTIME = ("libgl1", "libegl1", "libglib2.0-0", "libfontconfig1", "libxkbcommon0", "libdbus-1-3")
X11 = ("libxcb-cursor0", "libxcb-icccm4", "libxcb-keysyms1", "libxcb-shape0", "libxkbcommon-x11-0")
GUI_TESTS = ("xvfb", "xauth", "xdotool")
RENAMED = {"libglib2.0-0": "libglib2.0-0t64"}  # since Ubuntu 24.04 and Debian 13

SHOWN_LINES = 8


class SetupError(Exception):
    """Something outside this repository has to change first; the message says what."""


class Stamp(NamedTuple):
    """What a finished .venv was made from, and what was already found installed."""

    base: str  # digest of requirements.lock, the Python and the folder
    project: str  # digest of pyproject.toml
    distributions: Sequence[str]
    system: Sequence[str]


# --- decisions: what is to be done, from values alone


def has_display(platform: str, environ: Mapping[str, str]) -> bool:
    """Return whether a window can be opened; on Linux alone that is in doubt."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return platform != "linux" or any(environ.get(name) for name in names)


def draws_pictures_instead(arguments: Sequence[str], platform: str, environ: Mapping[str, str]) -> bool:
    """Return whether `run` was asked for a window that cannot be opened."""
    return not arguments and not has_display(platform, environ)


def system_packages(command: str, platform: str, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the Debian packages that a command needs beside Python; none where there is no Debian."""
    if platform != "linux" or command == "lint":
        return ()
    if command == "test":
        return RUNTIME + X11 + GUI_TESTS
    return RUNTIME + X11 if has_display(platform, environ) else RUNTIME


def missing_packages(wanted: Sequence[str], installed: Collection[str]) -> list[str]:
    """Return the wanted packages that are installed under neither their old nor their new name."""
    return [name for name in wanted if name not in installed and RENAMED.get(name) not in installed]


def apt_name(name: str, is_known: Callable[[str], bool]) -> str:
    """Return the name by which this release of Debian or Ubuntu knows a package."""
    renamed = RENAMED.get(name)
    return renamed if renamed and is_known(renamed) else name


def install_line(names: Sequence[str]) -> str:
    """Return the one line that tells a user without rights what to install."""
    return f"system packages are missing, please run: sudo apt-get install {' '.join(names)}"


def environment_is_whole(stamp: Stamp | None, base: str, present: Collection[str]) -> bool:
    """Return whether .venv was finished, from this lock and Python, and has lost no package since."""
    return stamp is not None and stamp.base == base and set(stamp.distributions) <= set(present)


def last_lines(output: str, count: int = SHOWN_LINES) -> str:
    """Return the last lines that say something, indented."""
    lines = [line.rstrip() for line in output.splitlines() if line.strip()]
    return "\n".join(f"    {line}" for line in lines[-count:])


# --- steps


def say(message: str) -> None:
    """Print one line of progress; on stderr, because stdout belongs to the command that is started."""
    print(f"rnnviz: {message}", file=sys.stderr, flush=True)


def output_of(command: Sequence[str | Path]) -> str:
    """Return what a command prints, in English; whether it fails does not matter."""
    environ = os.environ | {"LC_ALL": "C"}
    try:
        result = subprocess.run(command, env=environ, capture_output=True, text=True, errors="replace", check=False)
    except OSError:
        return ""
    return result.stdout


def step(message: str, command: Sequence[str | Path], problem: str) -> None:
    """Say what is being done and do it.

    Raises:
        SetupError: it failed; the message is `problem` and the last lines that the command printed.
    """
    say(message)
    try:
        result = subprocess.run(
            command,
            cwd=REPOSITORY,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise SetupError(f"{problem}: {error}") from error
    if result.returncode:
        _, is_cut_off, reason = result.stdout.partition("connection broken by ")
        if is_cut_off:  # pip repeats this for every package that it tries
            raise SetupError(f"{problem}: is there a network? {reason.splitlines()[0]}")
        raise SetupError(f"{problem}\n{last_lines(result.stdout)}")


def is_known_to_apt(name: str) -> bool:
    """Return whether apt could install a package of this name."""
    answer = output_of(["apt-cache", "policy", name])
    return "Candidate:" in answer and "Candidate: (none)" not in answer


def installed_packages(names: Sequence[str]) -> set[str]:
    """Return which of these Debian packages, or of their renamed successors, are installed."""
    asked = [*names, *(RENAMED[name] for name in names if name in RENAMED)]
    answer = output_of(["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *asked])
    return {line.split()[0] for line in answer.splitlines() if line.endswith(" installed")}


def rights_prefix() -> list[str] | None:
    """Return what to put before a command that needs root, or None without the rights."""
    if os.geteuid() == 0:
        return []
    if not shutil.which("sudo"):
        return None
    asks_no_password = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    return ["sudo", "-n"] if asks_no_password else None


def ensure_system_packages(wanted: Sequence[str]) -> None:
    """Install the wanted Debian packages that are missing; other systems are left alone.

    Raises:
        SetupError: they are missing and cannot be installed from here; the message is the line that does it.
    """
    if not (wanted and shutil.which("apt-get") and shutil.which("dpkg-query")):
        return
    missing = missing_packages(wanted, installed_packages(wanted))
    if not missing:
        return
    prefix = rights_prefix()
    if prefix is None:
        raise SetupError(install_line([apt_name(name, is_known_to_apt) for name in missing]))
    apt = [
        *prefix,
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "-qy",
        "-o",
        "DPkg::Lock::Timeout=120",
    ]
    say("reading the package lists")
    # may fail over some unrelated source; what matters is whether the packages can be installed
    output_of([*apt, "update"])
    names = [apt_name(name, is_known_to_apt) for name in missing]
    step(
        f"installing system packages: {' '.join(names)}",
        [*apt, "install", "--no-install-recommends", *names],
        f"{install_line(names)} (apt-get failed here)",
    )


def venv_packages() -> list[str]:
    """Return the Debian package that lets the system's own Python make a .venv, if it cannot yet."""
    is_system_python = sys.platform == "linux" and sys.base_prefix == "/usr"
    if importlib.util.find_spec("ensurepip") or not is_system_python:
        return []
    return [f"python{sys.version_info.major}.{sys.version_info.minor}-venv"]


def digest(*parts: bytes) -> str:
    """Return a fingerprint of the parts, in order."""
    return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def base_digest() -> str:
    """Return the fingerprint of everything whose change makes .venv worthless."""
    # the folder counts because an environment that was moved or copied points to its old place
    python = f"{sys.version_info[:2]} {sys.base_prefix} {REPOSITORY}"
    return digest((REPOSITORY / "requirements.lock").read_bytes(), python.encode())


def project_digest() -> str:
    """Return the fingerprint of what the installed rnnviz command and its metadata come from."""
    return digest((REPOSITORY / "pyproject.toml").read_bytes())


def environment_python() -> Path:
    """Return the Python of .venv."""
    return ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def present_distributions() -> list[str]:
    """Return the Python packages in .venv, as `name-version.dist-info`; none if its Python is gone."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    folder = ENVIRONMENT / ("Lib/site-packages" if os.name == "nt" else f"lib/{version}/site-packages")
    if not (environment_python().is_file() and folder.is_dir()):
        return []
    return sorted(name for name in os.listdir(folder) if name.endswith(".dist-info"))


def read_stamp(path: Path) -> Stamp | None:
    """Return the stamp of a finished environment, or None if there is none that can be read."""
    try:
        return Stamp(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write_stamp(path: Path, stamp: Stamp) -> None:
    """Declare the environment finished."""
    path.write_text(json.dumps(stamp._asdict(), indent=1), encoding="utf-8")


def make_environment() -> None:
    """Make .venv anew, with every package of requirements.lock in it."""
    importlib.invalidate_caches()
    if not importlib.util.find_spec("ensurepip"):
        raise SetupError(f"{sys.executable} came without its venv part (ensurepip), please install that")
    if ENVIRONMENT.exists():
        say("removing .venv, which is unfinished, damaged or out of date")
        try:
            shutil.rmtree(ENVIRONMENT)
        except OSError as error:
            raise SetupError(f"cannot remove {ENVIRONMENT}, please do so by hand: {error}") from error
    # not sys.executable, which may be the Python of the .venv just removed
    python = sys._base_executable  # type: ignore[attr-defined]
    step("making .venv", [python, "-m", "venv", ENVIRONMENT], "cannot make .venv")
    step(
        "installing the Python packages of requirements.lock (a minute or two)",
        [*pip_install(), "--require-hashes", "-r", "requirements.lock"],
        "cannot install the Python packages",
    )


def install_project() -> None:
    """Install rnnviz itself into .venv as an editable package, byte-compiled."""
    step(
        "installing rnnviz into .venv",
        [*pip_install(), "--no-deps", "--no-build-isolation", "-e", "."],
        "cannot install rnnviz into .venv",
    )
    # only saves time at the first start: a file with a syntax error in it is not this script's business
    output_of([environment_python(), "-m", "compileall", "-q", REPOSITORY / "rnnviz"])


def pip_install() -> list[str | Path]:
    """Return the start of a pip command that asks nothing and byte-compiles what it installs."""
    options = ["-q", "--compile", "--no-input", "--disable-pip-version-check"]
    return [environment_python(), "-m", "pip", "install", *options]


def ensure_ready(wanted: Sequence[str]) -> None:
    """Do whatever is still to be done before a command can start; nothing, the second time.

    Raises:
        SetupError: it cannot be done from here.
    """
    stamp, base, project = read_stamp(STAMP), base_digest(), project_digest()
    system = set(stamp.system) if stamp else set()
    is_whole = environment_is_whole(stamp, base, present_distributions())
    is_current = is_whole and stamp is not None and stamp.project == project
    if is_current and set(wanted) <= system:
        return
    unconfirmed = [name for name in wanted if name not in system]
    ensure_system_packages(unconfirmed if is_whole else venv_packages() + unconfirmed)
    if not is_current:
        STAMP.unlink(missing_ok=True)
        if not is_whole:
            make_environment()
        install_project()
    write_stamp(STAMP, Stamp(base, project, present_distributions(), sorted(system.union(wanted))))


# --- commands


def become(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Go on as the Python of .venv with these arguments; on Windows, call it and return its exit code."""
    command = [str(environment_python()), *arguments]
    if os.name != "nt":  # there, exec hands the terminal back before the program has ended
        os.execve(command[0], command, environ)
    return subprocess.call(command, env=environ)


def draw_pictures() -> int:
    """Draw the default scene into a folder, for who has no display, and return an exit code."""
    say("there is no display to open a window on, so the default scene is drawn into files instead")
    PICTURES.mkdir(exist_ok=True)
    environ = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    for view, target in (("window", PICTURES / "window.png"), ("all", PICTURES)):
        command = ["-m", "rnnviz", "export", "default", "--view", view, "-o", str(target)]
        code = subprocess.call([str(environment_python()), *command], env=environ)
        if code:
            return code
    say(f"the pictures are in {PICTURES}")
    return 0


def run(arguments: Sequence[str]) -> int:
    """Start rnnviz, in the folder of the caller so that file names mean what they say."""
    ensure_ready(system_packages("run", sys.platform, os.environ))
    if draws_pictures_instead(arguments, sys.platform, os.environ):
        return draw_pictures()
    return become(["-m", "rnnviz", *arguments], os.environ)


def test(arguments: Sequence[str]) -> int:
    """Run the tests, in the top folder, without a screen unless one is asked for; all of them on every core."""
    ensure_ready(system_packages("test", sys.platform, os.environ))
    os.chdir(REPOSITORY)
    chosen = arguments or ["-n", "auto", "--dist", "worksteal"]
    return become(["-m", "pytest", *chosen], {"QT_QPA_PLATFORM": "offscreen"} | os.environ)


def lint(arguments: Sequence[str]) -> int:
    """Run every check of the source, and return 1 if any of them fails."""
    if arguments:
        raise SetupError("lint takes no arguments")
    ensure_ready(system_packages("lint", sys.platform, os.environ))
    checks = (["ruff", "check"], ["ruff", "format", "--check"], ["mypy", "rnnviz"])
    codes = [subprocess.call([str(environment_python()), "-m", *check], cwd=REPOSITORY) for check in checks]
    return int(any(codes))


def pictures(arguments: Sequence[str]) -> int:
    """Make the pictures of the documentation anew, without a screen."""
    if arguments:
        raise SetupError("pictures takes no arguments")
    ensure_ready(system_packages("run", sys.platform, {}))
    command = [str(environment_python()), str(REPOSITORY / "docs" / "make_pictures.py")]
    return subprocess.call(command, env=os.environ | {"QT_QPA_PLATFORM": "offscreen"})


COMMANDS = {"run": run, "test": test, "lint": lint, "pictures": pictures}


def main(arguments: Sequence[str]) -> int:
    """Return the exit code of the command that the arguments name."""
    if arguments[:1] in (["-h"], ["--help"]):
        print(__doc__)
        return 0
    if not arguments or arguments[0] not in COMMANDS:
        say("usage: python3 tasks.py run|test|lint|pictures [arguments]")
        return 2
    try:
        return COMMANDS[arguments[0]](arguments[1:])
    except (SetupError, OSError) as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("interrupted")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
