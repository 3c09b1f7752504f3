"""A bug of ours: what happened, as a text that can be copied and sent."""

from __future__ import annotations

import platform
import traceback
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import ClassVar

from textual.binding import Binding, BindingType

from console.present.clean import clean_lines
from console.present.line import Line, Span
from console.present.tone import Tone
from console.ui.clipboard import copy
from console.ui.dialogs.notice import NoticeDialog
from console.ui.session import Session


class BugDialog(NoticeDialog):
    """Shows a bug; the console goes on behind it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "copy", "Copy", show=False)]

    def __init__(self, session: Session, bug: BaseException) -> None:
        super().__init__(session)
        self._report = bug_report(bug)
        self._note = "y copies this text. The console goes on."

    def title_line(self) -> Line:
        """Say what it is."""
        return (Span("A bug in the console", Tone.FAILED, bold=True), Span(f"   {self._note}"))

    def lines(self) -> Sequence[Line]:
        """Give the report."""
        return [(Span(line, Tone.DIM),) for line in clean_lines(self._report)]

    def action_copy(self) -> None:
        """Copy the report."""
        from console.ui.app import ConsoleApp

        app = self.app
        assert isinstance(app, ConsoleApp)
        copy(app, self._report, self.session.launch.state_folder)
        app.say("copied the report")
        self.dismiss()


def bug_report(bug: BaseException) -> str:
    """Give versions and traceback; nothing of what the backend holds."""
    try:
        release = version("workflow-console")
    except PackageNotFoundError:
        release = "from a checkout"
    lines = traceback.format_exception(type(bug), bug, bug.__traceback__)
    head = f"wfc {release}, Python {platform.python_version()}, {platform.system()}"
    what = "".join(traceback.format_exception_only(bug))
    return f"{what}{head}\n\n{''.join(lines)}"


def bug_place(bug: BaseException) -> str:
    """Name a bug by its kind and the line it came from, so that it is shown once."""
    frames = traceback.extract_tb(bug.__traceback__)
    where = f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else "?"
    return f"{type(bug).__name__} at {where}"
