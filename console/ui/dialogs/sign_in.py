"""Somebody has to sign in; until then nothing is asked of the backend."""

from __future__ import annotations

from collections.abc import Sequence

from console.backend.errors import BackendError
from console.present.clean import clean
from console.present.errors import error_lines
from console.present.line import Line, Span
from console.present.tone import Tone
from console.ui.dialogs.notice import NoticeDialog
from console.ui.session import Session


class SignInDialog(NoticeDialog):
    """Says what to do when the token is missing or expired."""

    def __init__(self, session: Session, error: BackendError) -> None:
        super().__init__(session)
        self._error = error

    def title_line(self) -> Line:
        """Say where."""
        return (
            Span("Not signed in", Tone.TITLE),
            Span(f"   {clean(self.session.target.label)}", Tone.DIM),
        )

    def lines(self) -> Sequence[Line]:
        """Say what the server said, and what to do."""
        key = self.session.keymap.shown("view.refresh") or ":refresh"
        after = f"Polling rests meanwhile. What was read stays on the screen; {key} tries again."
        return (*error_lines(self._error)[1:], (), (Span(after, Tone.DIM),))
