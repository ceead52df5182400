"""Every action of the program, as data: menus, shortcuts and their help derive from this table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rnnviz.core.activations import ACTIVATIONS
from rnnviz.document.edits import set_loss_steps
from rnnviz.document.network_edits import set_activation
from rnnviz.document.presets import SCENES, Scene

if TYPE_CHECKING:
    from rnnviz.app.window import MainWindow
    from rnnviz.session.session import Session


RECENT_MENU = "&File>Open &recent"


def always(session: Session) -> bool:  # noqa: ARG001
    """Say yes: the action can be done in every state."""
    return True


@dataclass(frozen=True, slots=True)
class Action:
    """Something the user can do.

    Attributes:
        id: its name; stable, for tests and settings.
        menu: the path of its menu; ``>`` separates a submenu.
        text: what the menu says; & marks the mnemonic.
        tip: one sentence for the status bar and the shortcut sheet.
        run: does it.
        shortcut: keys that work in the whole window; they carry a modifier unless they are function keys, for a
            bare key would be stolen from whatever has the focus.
        enabled, checked: pure questions, asked again after every change; ``checked`` is None for plain actions.
        dynamic_text: another text for the present state, such as which edit would be undone.
        separated: a line stands above it.
    """

    id: str
    menu: str
    text: str
    tip: str
    run: Callable[[MainWindow], object]
    shortcut: str = ""
    enabled: Callable[[Session], bool] = always
    checked: Callable[[MainWindow], bool] | None = None
    dynamic_text: Callable[[Session], str] | None = None
    separated: bool = False


def _undo_text(session: Session) -> str:
    return f"&Undo {session.history.undo_label or ''}".rstrip()


def _redo_text(session: Session) -> str:
    return f"&Redo {session.history.redo_label or ''}".rstrip()


def _scene_action(scene: Scene) -> Action:
    return Action(
        id=f"scene.{scene.name}",
        menu="&File>Open s&cene",
        text=scene.title,
        tip=scene.look_at,
        run=lambda window: window.open_built_in(scene),
        separated=scene.name == "golden",
    )


def _activation_action(name: str) -> Action:
    return Action(
        id=f"model.activation.{name}",
        menu="&Model>&Activation",
        text={"relu": "ReLU"}.get(name, name),
        tip=f"Let every unit of the selected layer use {name}",
        run=lambda window: window.apply(set_activation(window.session.selection.layer, name)),
        enabled=lambda session: session.document.layers[session.selection.layer].cell == "rnn",
        checked=lambda window: window.session.document.layers[window.session.selection.layer].activation == name,
    )


def _loss_action(steps: str, text: str, tip: str) -> Action:
    return Action(
        id=f"model.loss.{steps}",
        menu="&Model>&Loss",
        text=text,
        tip=tip,
        run=lambda window: window.apply(set_loss_steps(steps)),  # type: ignore[arg-type]  # "all" or "last"
        checked=lambda window: window.session.document.objective.steps == steps,
    )


def _theme_action(name: str, text: str) -> Action:
    return Action(
        id=f"view.theme.{name}",
        menu="&View>&Theme",
        text=text,
        tip=f"Use the {name} colours" if name != "system" else "Follow the system's colours",
        run=lambda window: window.choose_theme(name),
        checked=lambda window: window.settings.theme == name,
    )


ACTIONS: tuple[Action, ...] = (
    Action("file.open", "&File", "&Open…", "Open a scene file", lambda w: w.ask_open(), "Ctrl+O"),
    Action(
        "file.forget",
        RECENT_MENU,
        "&Forget these",
        "Empty the list of recent files",
        lambda w: w.forget_recent(),
    ),
    *(_scene_action(scene) for scene in SCENES.values()),
    Action(
        "file.data", "&File", "Open &data…", "Feed a CSV or text file to the network", lambda w: w.ask_data(), "Ctrl+D"
    ),
    Action("file.save", "&File", "&Save", "Write the scene to its file", lambda w: w.save(), "Ctrl+S", separated=True),
    Action(
        "file.save_as", "&File", "Save &as…", "Write the scene to another file", lambda w: w.ask_save(), "Ctrl+Shift+S"
    ),
    Action(
        "file.export",
        "&File",
        "&Export figure…",
        "Write a view or the whole window as PNG, SVG or PDF",
        lambda w: w.export_figure(),
        "Ctrl+E",
        separated=True,
    ),
    Action("file.quit", "&File", "&Quit", "End the program", lambda w: w.close(), "Ctrl+Q", separated=True),
    Action(
        "edit.undo",
        "&Edit",
        "&Undo",
        "Take the last edit back",
        lambda w: w.session.undo(),
        "Ctrl+Z",
        enabled=lambda s: s.history.undo_label is not None,
        dynamic_text=_undo_text,
    ),
    Action(
        "edit.redo",
        "&Edit",
        "&Redo",
        "Do the last undone edit again",
        lambda w: w.session.redo(),
        "Ctrl+Shift+Z",
        enabled=lambda s: s.history.redo_label is not None,
        dynamic_text=_redo_text,
    ),
    Action(
        "edit.history",
        "&Edit",
        "&History…",
        "List every edit and go back to any of them",
        lambda w: w.show_card("history"),
        "Ctrl+H",
    ),
    Action(
        "edit.rename",
        "&Edit",
        "Re&name scene…",
        "Give the scene another title",
        lambda w: w.ask_rename(),
        separated=True,
    ),
    *(_activation_action(name) for name in ACTIVATIONS),
    _loss_action("last", "&Last step", "Let only the last step's loss count"),
    _loss_action("all", "&Every step", "Let the loss of every step count"),
    Action(
        "time.play",
        "&Time",
        "&Play or pause",
        "Let the cursor walk through time",
        lambda w: w.playback.toggle(),
        "Ctrl+Space",
    ),
    Action(
        "time.forward",
        "&Time",
        "Step &forward",
        "Show the next time step",
        lambda w: w.session.move_cursor(+1),
        "Ctrl+Right",
        enabled=lambda s: s.cursor < s.frame.last_step,
        separated=True,
    ),
    Action(
        "time.back",
        "&Time",
        "Step &back",
        "Show the time step before",
        lambda w: w.session.move_cursor(-1),
        "Ctrl+Left",
        enabled=lambda s: s.cursor > 0,
    ),
    Action(
        "time.first", "&Time", "To the f&irst", "Show the initial state", lambda w: w.session.set_cursor(0), "Ctrl+Home"
    ),
    Action(
        "time.last",
        "&Time",
        "To the &last",
        "Show the last time step",
        lambda w: w.session.set_cursor(w.session.frame.last_step),
        "Ctrl+End",
    ),
    _theme_action("system", "As the &system"),
    _theme_action("light", "&Light"),
    _theme_action("dark", "&Dark"),
    Action(
        "view.larger",
        "&View",
        "&Larger text",
        "Make all words larger",
        lambda w: w.change_text(+1),
        "Ctrl++",
        separated=True,
    ),
    Action("view.smaller", "&View", "S&maller text", "Make all words smaller", lambda w: w.change_text(-1), "Ctrl+-"),
    Action(
        "view.notice",
        "&View",
        "To the &notice",
        "Give the keyboard to the notice under the header",
        lambda w: w.enter_notice(),
        "F6",
    ),
    Action(
        "view.reset",
        "&View",
        "&Reset layout",
        "Bring every panel back to its place",
        lambda w: w.reset_layout(),
        separated=True,
    ),
    Action("help.shortcuts", "&Help", "&Keys and mouse", "Show what keys and mouse do", lambda w: w.show_keys(), "F1"),
    Action("help.about", "&Help", "&About rnnviz", "Show the version and the licences", lambda w: w.show_about()),
)
