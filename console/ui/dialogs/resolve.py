"""Resolve: what the job asked, and the answer; it can be given once."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.widgets import TextArea

from console.backend.errors import BackendError
from console.commands.operations import Outcome, Result
from console.commands.twins import Twins
from console.model.execution import Execution, WaitPoint
from console.model.ids import short_id
from console.present.clean import clean
from console.present.data import json_lines
from console.present.durations import format_age
from console.present.errors import error_sentence
from console.present.line import Line, Span
from console.present.resume import Fact
from console.present.schema_help import Schema, parse_schema, schema_lines
from console.present.tone import Tone
from console.ui.dialogs.form import LABEL, FormDialog
from console.ui.dialogs.frame import LOW
from console.ui.dialogs.json_editor import JsonEditor
from console.ui.session import Session

PAYLOAD_LINES = 8
FIELDS, FIELDS_LOW = 20, 6
"""Fields of the answer that are explained; fewer on a low screen."""


class ResolveDialog(FormDialog):
    """Answers the open wait point of one execution."""

    VERB = "Resolve"
    DOING = "resolving"

    def __init__(self, session: Session, execution: Execution) -> None:
        super().__init__(session, execution.workflow_name)
        self.execution = execution
        self._wait: WaitPoint | None = None
        self._others = 0
        self._trouble = ""
        self._schema: Schema = {}
        self.answer = JsonEditor("Answer", LABEL, "{}")

    def on_mount(self) -> None:
        """Read what it waits for."""
        self.run_worker(self._read(), exit_on_error=False)

    async def _read(self) -> None:
        backend = self.session.backend
        assert backend is not None
        try:
            points = await backend.wait_points(self.execution.id)
        except BackendError as error:
            self._trouble = error_sentence(error)
            self.tell(f"what it waits for could not be read: {self._trouble}")
            return
        is_open = [point for point in points if point.resolved_at is None]
        if not is_open:
            self._trouble = "it waits for nothing any more"
            self.tell(self._trouble)
            return
        self._wait, self._others = is_open[0], len(is_open) - 1
        self.review()
        try:
            self._schema = parse_schema(await backend.schema(key=self._wait.key))
        except BackendError:
            return  # it is only an explanation, and not every backend has it
        self.answer.take_schema(self._schema)
        self.review()

    def title_line(self) -> Line:
        """Say which execution."""
        return (
            Span("Resolve", Tone.TITLE),
            Span(f" {short_id(clean(self.execution.id))}  ", Tone.DIM),
            Span(clean(self.subject), Tone.TITLE),
        )

    def fact_lines(self, width: int) -> Sequence[Line]:
        """Give the wait point and what the job gave with it."""
        wait, session = self._wait, self.session
        if wait is None:
            return () if self._trouble else ((Span("Reading what it waits for…", Tone.DIM),),)
        since = ""
        if wait.created_at is not None:
            since = f"   for {format_age((session.now() - wait.created_at).total_seconds())}"
        more = f"   and {self._others} more after it" if self._others else ""
        facts = [
            Fact("Waits for", (Span(clean(wait.key)), Span(since + more, Tone.DIM))),
            Fact("Asked by", (Span(clean(wait.stacked_name), Tone.DIM),)),
        ]
        payload = json_lines(wait.payload)
        for index, line in enumerate(payload[:PAYLOAD_LINES]):
            facts.append(Fact("Payload" if index == 0 else "", line))
        if len(payload) > PAYLOAD_LINES:
            rest = f"… {len(payload) - PAYLOAD_LINES} lines more, in its data"
            facts.append(Fact("", (Span(rest, Tone.DIM),)))
        facts.append(Fact("Can be answered", (Span("once", Tone.WARNING),)))
        most = FIELDS_LOW if self.size.height < LOW else FIELDS
        for index, line in enumerate(schema_lines(self._schema, most)):
            facts.append(Fact("With" if index == 0 else "", line))
        return tuple(fact.line(session.glyphs) for fact in facts)

    def compose_fields(self) -> ComposeResult:
        """Give the answer."""
        yield self.answer

    def on_text_area_changed(self, message: TextArea.Changed) -> None:
        """Check the answer as it is typed."""
        message.stop()
        self.edited()

    def twin(self) -> str:
        """Give the shell command."""
        key = self._wait.key if self._wait is not None else "KEY"
        return Twins(self.session.target).resolve(
            self.execution.id, key, self.answer.shown, self.reason.text.strip()
        )

    def obstacle(self) -> str:
        """There must be an open wait point, and the answer must be JSON."""
        if self._wait is None:
            return self._trouble or "what it waits for is being read"
        if complaint := self.answer.complaint:
            return f"the answer is not right yet: {complaint}"
        return ""

    async def act(self) -> Outcome:
        """Send it."""
        operations = self.session.operations
        if operations is None or self._wait is None:
            return Outcome(Result.REFUSED, "it waits for nothing any more")
        return await operations.resolve(
            self.execution,
            self._wait,
            self.answer.sent,
            reason=self.reason.text.strip(),
            # The dialog stays: an answer that is refused is mended where it was typed.
            on_send=lambda: self.mark(self.execution),
        )
