"""Resume: what will run, what will not, what to know first; and the state, read again."""

from __future__ import annotations

from collections.abc import Sequence

from console.backend.errors import BackendError, Unsupported
from console.commands.operations import Outcome
from console.commands.twins import Twins
from console.model.execution import AttemptHistory, Execution
from console.model.ids import short_id
from console.model.workflow import Workflow
from console.present.clean import clean
from console.present.errors import error_sentence
from console.present.line import Line, Span
from console.present.resume import FlightCheck, flight_check
from console.present.tone import Tone
from console.ui.dialogs.form import FormDialog
from console.ui.session import Session


class ResumeDialog(FormDialog):
    """Resumes one failed execution."""

    VERB = "Resume"
    DOING = "resuming"

    def __init__(self, session: Session, execution: Execution) -> None:
        super().__init__(session, execution.workflow_name)
        self.execution = execution
        self._check: FlightCheck | None = None
        self._trouble = ""

    def on_mount(self) -> None:
        """Read the state now; what was on the list may be seconds old."""
        self.run_worker(self._read(), exit_on_error=False)

    async def _read(self) -> None:
        backend = self.session.backend
        assert backend is not None
        history: AttemptHistory | None = None
        workflow: Workflow | None = None
        try:
            self.execution = await backend.get_execution(self.execution.id)
        except BackendError as error:
            self._trouble = error_sentence(error)
            self.tell(f"the state could not be read: {self._trouble}")
            return
        try:
            history = await backend.list_attempts(self.execution.id)
        except BackendError as error:
            if not isinstance(error, Unsupported):
                self.tell(f"earlier attempts could not be read: {error_sentence(error)}")
        try:
            workflow = await backend.get_workflow(self.execution.workflow_name)
        except BackendError:
            pass  # without it one warning less can be given
        self._show(history, workflow)

    def _show(self, history: AttemptHistory | None, workflow: Workflow | None) -> None:
        session = self.session
        self._check = flight_check(
            self.execution,
            session.now(),
            history=history,
            workflow=workflow,
            zone=session.zone,
            glyphs=session.glyphs,
        )
        if self._check.refusal and not self._message:  # what was said of the call says more
            self.tell(self._check.refusal)
        self.review()

    def title_line(self) -> Line:
        """Say which execution."""
        return (
            Span("Resume", Tone.TITLE),
            Span(f" {short_id(clean(self.execution.id))}  ", Tone.DIM),
            Span(clean(self.subject), Tone.TITLE),
        )

    def fact_lines(self, width: int) -> Sequence[Line]:
        """Give the flight check."""
        if self._check is None:
            return () if self._trouble else ((Span("Reading the state…", Tone.DIM),),)
        glyphs = self.session.glyphs
        facts = [fact.line(glyphs) for fact in self._check.facts]
        warnings = [fact.line(glyphs) for fact in self._check.warnings]
        return (*facts, *(((),) if warnings else ()), *warnings)

    def twin(self) -> str:
        """Give the shell command."""
        return Twins(self.session.target).resume(self.execution.id, self.reason.text.strip())

    def obstacle(self) -> str:
        """Only what was read, and is FAILED, can be resumed."""
        if self._check is None:
            return self._trouble or "the state is being read"
        return self._check.refusal

    async def act(self) -> Outcome:
        """Look once more, and send it if nothing moved."""
        operations = self.session.operations
        assert operations is not None
        reason = self.reason.text.strip()
        return await operations.resume(
            self.execution, reason=reason, on_send=lambda: self.sent(self.execution)
        )

    def stays(self, outcome: Outcome) -> None:
        """Say what changed; what was read just before is what is shown now."""
        if outcome.execution is not None:
            self.execution = outcome.execution
            self._show(None, None)
            self.run_worker(self._read(), exit_on_error=False)  # attempts and warnings, too
        super().stays(outcome)
