"""Cancel: what stops, and that it cannot be taken back."""

from __future__ import annotations

from collections.abc import Sequence

from console.commands.operations import Outcome
from console.commands.twins import Twins
from console.model.execution import Execution
from console.model.ids import short_id
from console.present.clean import clean
from console.present.executions import status_look
from console.present.focus import job_to_watch
from console.present.line import Line, Span
from console.present.resume import Fact
from console.present.tone import Tone
from console.ui.dialogs.form import FormDialog
from console.ui.session import Session


class CancelDialog(FormDialog):
    """Cancels one execution."""

    VERB = "Cancel execution"
    DOING = "canceling"

    def __init__(self, session: Session, execution: Execution) -> None:
        super().__init__(session, execution.workflow_name)
        self.execution = execution

    def title_line(self) -> Line:
        """Say which execution."""
        return (
            Span("Cancel", Tone.TITLE),
            Span(f" {short_id(clean(self.execution.id))}  ", Tone.DIM),
            Span(clean(self.subject), Tone.TITLE),
        )

    def fact_lines(self, width: int) -> Sequence[Line]:
        """Say what is stopped and what is kept."""
        execution, glyphs = self.execution, self.session.glyphs
        look = status_look(execution, glyphs)
        job = job_to_watch(execution)
        facts = [Fact("State", (Span(look.word, look.tone),))]
        if job is not None and not job.status.is_finished:
            facts.append(Fact("Stops", (Span(clean(job.stacked_name)),)))
        count = execution.jobs_done
        kept = f"{count} result{'' if count == 1 else 's'}; nothing that was done is undone"
        facts.append(Fact("Keeps", (Span(kept, Tone.DIM),)))
        facts.append(Fact("After it", (Span("a canceled execution cannot be resumed", Tone.DIM),)))
        return tuple(fact.line(glyphs) for fact in facts)

    def twin(self) -> str:
        """Give the shell command."""
        return Twins(self.session.target).cancel(self.execution.id, self.reason.text.strip())

    async def act(self) -> Outcome:
        """Send it, if it has not ended meanwhile."""
        operations = self.session.operations
        assert operations is not None
        return await operations.cancel(
            self.execution,
            reason=self.reason.text.strip(),
            on_send=lambda: self.sent(self.execution),
        )
