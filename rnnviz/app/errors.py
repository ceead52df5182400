"""What happens to an error that nobody expected: it is written down, shown once, and nothing is lost."""

from __future__ import annotations

import sys
import traceback
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rnnviz.app.window import MainWindow


def install_error_report(window: MainWindow) -> None:
    """Report unexpected errors in the status bar and on the standard error, instead of ending the program."""

    def report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        traceback.print_exception(kind, error, trace)
        if issubclass(kind, Exception):
            window.show_message(
                f"Something went wrong inside rnnviz ({kind.__name__}: {error}). Your scene is unchanged; save it and "
                "report what you did."
            )

    sys.excepthook = report
