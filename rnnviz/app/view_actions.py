"""What can be done to the look of the window: its arrangement, and presenting it."""

from __future__ import annotations

from rnnviz.app.action import Action
from rnnviz.app.layout import LAYOUTS, Layout

LAYOUT_MENU = "&View>La&yout"
FORGET_LAYOUT_MENU = "&View>La&yout>Dele&te a layout"


def _layout_action(layout: Layout, number: int) -> Action:
    return Action(
        id=f"view.layout.{layout.key}",
        menu=LAYOUT_MENU,
        text=layout.title,
        tip=layout.tip,
        run=lambda window: window.arrange(layout),
        shortcut=f"Ctrl+{number}",
    )


VIEW_ACTIONS: tuple[Action, ...] = (
    Action(
        "view.present",
        "&View",
        "Pr&esent",
        "Fill the screen with the plots, readable from the back row; Esc comes back",
        lambda w: w.present(),
        "F5",
    ),
    *(_layout_action(layout, number) for number, layout in enumerate(LAYOUTS, start=1)),
    Action(
        "view.layout.save",
        LAYOUT_MENU,
        "&Save this layout…",
        "Keep the present arrangement of the panels under a name of its own",
        lambda w: w.ask_save_layout(),
        separated=True,
    ),
    Action(
        "view.reset",
        "&View",
        "&Reset layout",
        "Bring every panel back to its place",
        lambda w: w.reset_layout(),
    ),
)
