"""Every action of the program, as data: menus, shortcuts and their help derive from this table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rnnviz.app.action import Action
from rnnviz.app.compare_actions import COMPARE_ACTIONS
from rnnviz.app.input_actions import INPUT_ACTIONS
from rnnviz.app.model_actions import MODEL_ACTIONS
from rnnviz.app.time_range_actions import TIME_RANGE_ACTIONS
from rnnviz.app.training_actions import TRAINING_ACTIONS
from rnnviz.app.view_actions import VIEW_ACTIONS
from rnnviz.document.presets import SCENES, Scene

if TYPE_CHECKING:
    from rnnviz.app.window import MainWindow
    from rnnviz.session.session import Session


RECENT_MENU = "&File>Open &recent"


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


def _theme_action(name: str, text: str) -> Action:
    return Action(
        id=f"view.theme.{name}",
        menu="&View>&Theme",
        text=text,
        tip=f"Use the {name} colours" if name != "system" else "Follow the system's colours",
        run=lambda window: window.choose_theme(name),
        checked=lambda window: window.settings.theme == name,
    )


def _show_sequence(window: MainWindow, step: int) -> None:
    selection = window.session.selection
    window.session.select(replace(selection, sample=selection.sample + step))


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
    Action(
        "file.animation",
        "&File",
        "Export ani&mation…",
        "Write an animation: through time, back through the gradient, or of a weight",
        lambda w: w.export_animation(),
    ),
    Action(
        "file.code",
        "&File",
        "E&xport code…",
        "Write a script that computes the same in NumPy, PyTorch or Keras",
        lambda w: w.export_code(),
    ),
    Action(
        "file.handout",
        "&File",
        "Export &handout…",
        "Write a page for students: picture, equations, a table to fill in, and its solution",
        lambda w: w.export_handout(),
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
    *MODEL_ACTIONS,
    *INPUT_ACTIONS,
    *TRAINING_ACTIONS,
    *COMPARE_ACTIONS,
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
    Action(
        "time.previous_sequence",
        "&Time",
        "Pre&vious sequence",
        "Show the sequence of the batch before",
        lambda w: _show_sequence(w, -1),
        "Ctrl+PgUp",
        enabled=lambda s: s.selection.sample > 0,
        separated=True,
    ),
    Action(
        "time.next_sequence",
        "&Time",
        "&Next sequence",
        "Show the next sequence of the batch",
        lambda w: _show_sequence(w, +1),
        "Ctrl+PgDown",
        enabled=lambda s: s.selection.sample < s.document.batch - 1,
    ),
    *VIEW_ACTIONS,
    *TIME_RANGE_ACTIONS,
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
    Action("help.shortcuts", "&Help", "&Keys and mouse", "Show what keys and mouse do", lambda w: w.show_keys(), "F1"),
    Action(
        "help.check",
        "&Help",
        "&Check gradients…",
        "Compare every gradient with a slope that is measured",
        lambda w: w.check_gradients(),
    ),
    Action("help.about", "&Help", "&About rnnviz", "Show the version and the licences", lambda w: w.show_about()),
)
