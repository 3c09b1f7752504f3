"""Start: as whom, and with what."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.widgets import TextArea

from console.backend.errors import BackendError, NotFound
from console.commands.operations import Outcome
from console.commands.past_starts import PastStart, past_starts
from console.commands.twins import Twins
from console.model.execution import Execution
from console.model.ids import short_id
from console.model.workflow import Workflow
from console.present.clean import clean
from console.present.durations import format_age
from console.present.errors import error_sentence
from console.present.json_layout import indented_json
from console.present.line import Line, Span
from console.present.resume import Fact
from console.present.schema_help import Schema, parse_schema, schema_lines
from console.present.tone import Tone
from console.ui.dialogs.field import Field
from console.ui.dialogs.form import LABEL, FormDialog
from console.ui.dialogs.frame import LOW
from console.ui.dialogs.json_editor import JsonEditor
from console.ui.session import Session
from console.ui.widgets.push_button import PushButton

EMPTY = "{}"
FIELDS, FIELDS_LOW = 20, 8
"""Fields of the argument that are explained; fewer on a low screen."""


class StartDialog(FormDialog):
    """Starts one workflow."""

    VERB = "Start"
    DOING = "starting"

    def __init__(self, session: Session, workflow: str, like: Execution | None = None) -> None:
        """Offer what an execution of that workflow was started with, where there is one."""
        super().__init__(session, workflow)
        self._like = like if like is not None and like.workflow_name == workflow else None
        self._is_like = False
        """The first of the past arguments is that execution's."""
        self._workflow: Workflow | None = None
        self._users: tuple[str, ...] = ()
        self._missing = ""
        """Why there is nothing to start."""
        self._schema: Schema = {}
        self._past = past_starts(session.journal.entries(), workflow)
        self._place = 0
        """Which of the past arguments is in the editor."""
        last = self._past[0] if self._past else None
        self.user = Field("Machine user", LABEL, value=last.machine_user if last else "")
        self.argument = JsonEditor("Argument", LABEL, last.argument if last else EMPTY)
        self.argument.note = self._past_note()
        self.earlier = PushButton("Earlier argument", id="earlier")

    def on_mount(self) -> None:
        """Read the workflow and the machine users there are."""
        self.run_worker(self._read(), exit_on_error=False)

    async def _read(self) -> None:
        backend = self.session.backend
        assert backend is not None
        try:
            self._workflow = await backend.get_workflow(self.subject)
            self._users = await backend.machine_users()
        except BackendError as error:
            if isinstance(error, NotFound) and self._workflow is None:
                self._missing = error_sentence(error)
            self.tell(error_sentence(error))
        try:
            self._schema = parse_schema(await backend.schema(workflow=self.subject))
        except BackendError:
            pass  # it is only an explanation, and not every backend has it
        self.argument.take_schema(self._schema)
        await self._read_like()
        if len(self._users) == 1 and not self.user.text:
            self.user.input.value = self._users[0]
        self.review()

    async def _read_like(self) -> None:
        """Put there what the execution was started with, unless something was typed already."""
        backend, like = self.session.backend, self._like
        if backend is None or like is None:
            return
        try:
            history = await backend.list_attempts(like.id)
        except BackendError:
            return  # it is only an offer, and not every backend has it
        if not history.input:
            return
        argument = indented_json(history.input)
        offer = PastStart(argument, history.invoker)
        self._past = (offer, *(one for one in self._past if one.argument != argument))
        self._is_like, self._place = True, 0
        if self.argument.is_untouched:
            self.argument.put(argument, self._past_note())
        if history.invoker in self._users and self.user.is_untouched:
            self.user.put(history.invoker)
        self.earlier.display = len(self._past) > 1

    def fact_lines(self, width: int) -> Sequence[Line]:
        """Say what would run, and as whom it can."""
        facts: list[Fact] = []
        workflow, session = self._workflow, self.session
        if workflow is not None:
            facts.append(Fact("Runs", (Span(clean(workflow.main_job)),)))
            if workflow.updated_at is not None:
                age = format_age((session.now() - workflow.updated_at).total_seconds())
                facts.append(Fact("Deployed", (Span(f"{age} ago", Tone.DIM),)))
        if self._users:
            facts.append(Fact("Can run as", (Span(", ".join(map(clean, self._users)), Tone.DIM),)))
        most = FIELDS_LOW if self.size.height < LOW else FIELDS
        for index, line in enumerate(schema_lines(self._schema, most)):
            facts.append(Fact("Takes" if index == 0 else "", line))
        return tuple(fact.line(session.glyphs) for fact in facts)

    def compose_fields(self) -> ComposeResult:
        """Give machine user and argument."""
        yield self.user
        yield self.argument

    def compose_buttons(self) -> ComposeResult:
        """Give a way to the arguments used before."""
        self.earlier.display = len(self._past) > 1
        yield self.earlier

    def resize_buttons(self, *, is_narrow: bool) -> None:
        """Say the buttons long or short."""
        super().resize_buttons(is_narrow=is_narrow)
        self.earlier.say("Earlier" if is_narrow else "Earlier argument")

    def on_text_area_changed(self, message: TextArea.Changed) -> None:
        """Check the argument as it is typed."""
        message.stop()
        self.edited()

    @on(PushButton.Pressed, "#earlier")
    def _earlier_pressed(self, message: PushButton.Pressed) -> None:
        """Put the argument before into the editor; after the oldest the newest comes again."""
        message.stop()
        self._place = (self._place + 1) % len(self._past)
        self.argument.put(self._past[self._place].argument, self._past_note())

    def _past_note(self) -> str:
        if not self._past:
            return ""
        if self._is_like and self._like is not None and self._place == 0:
            return f"; what {short_id(self._like.id)} was started with"
        back = self._place if self._is_like else self._place + 1
        return "; the last argument used here" if back == 1 else "; used here before that"

    def twin(self) -> str:
        """Give the shell command."""
        user, reason = self.user.text.strip(), self.reason.text.strip()
        return Twins(self.session.target).start(self.subject, user, self.argument.shown, reason)

    def obstacle(self) -> str:
        """The argument must be JSON, and the machine user one there is."""
        if self._missing:
            return self._missing
        if complaint := self.argument.complaint:
            return f"the argument is not right yet: {complaint}"
        user = self.user.text.strip()
        if self._users and not user:
            return f"say as which machine user: {', '.join(self._users)}"
        if self._users and user not in self._users:
            return f"there is no machine user {user}; there are {', '.join(self._users)}"
        return ""

    def first_field(self) -> Field:
        """Begin with the machine user while there is none."""
        return self.reason if self.user.text else self.user

    async def act(self) -> Outcome:
        """Send it."""
        operations = self.session.operations
        assert operations is not None
        return await operations.start(
            self.subject,
            machine_user=self.user.text.strip(),
            argument=self.argument.sent,
            reason=self.reason.text.strip(),
        )
