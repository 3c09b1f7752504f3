"""Start: as whom, and with what."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence

from textual.app import ComposeResult
from textual.widgets import TextArea

from console.backend.errors import BackendError
from console.commands.journal import Journal
from console.commands.operations import Outcome
from console.commands.twins import start_twin
from console.model.workflow import Workflow
from console.present.clean import clean
from console.present.durations import format_age
from console.present.errors import error_sentence
from console.present.line import Line, Span
from console.present.resume import Fact
from console.present.tone import Tone
from console.ui.dialogs.field import Field
from console.ui.dialogs.form import LABEL, FormDialog
from console.ui.dialogs.json_editor import UNFINISHED, JsonEditor, compact_json
from console.ui.session import Session

EMPTY = "{}"


class StartDialog(FormDialog):
    """Starts one workflow."""

    VERB = "Start"
    DOING = "starting"

    def __init__(self, session: Session, workflow: str) -> None:
        super().__init__(session, workflow)
        self._workflow: Workflow | None = None
        self._users: tuple[str, ...] = ()
        last = last_argument(session.journal, workflow)
        user = last_machine_user(session.journal, workflow)
        self.user = Field("Machine user", LABEL, value=user)
        note = "; the last argument used here" if last else ""
        self.argument = JsonEditor("Argument", LABEL, last or EMPTY, note)

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
            self.tell(error_sentence(error))
        if len(self._users) == 1 and not self.user.text:
            self.user.input.value = self._users[0]
        self.review()

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
        return tuple(fact.line(session.glyphs) for fact in facts)

    def compose_fields(self) -> ComposeResult:
        """Give machine user and argument."""
        yield self.user
        yield self.argument

    def on_text_area_changed(self, message: TextArea.Changed) -> None:
        """Check the argument as it is typed."""
        message.stop()
        self.edited()

    def _argument(self) -> str:
        return UNFINISHED if self.argument.complaint else compact_json(self.argument.text)

    def twin(self) -> str:
        """Give the shell command."""
        return start_twin(
            self.subject, self.user.text.strip(), self._argument(), self.reason.text.strip()
        )

    def obstacle(self) -> str:
        """The argument must be JSON, and the machine user one there is."""
        if complaint := self.argument.complaint:
            return f"the argument is no JSON: {complaint}"
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
            argument=self._argument(),
            reason=self.reason.text.strip(),
        )


def last_argument(journal: Journal, workflow: str) -> str:
    """Give the JSON this workflow was last started with from here, indented."""
    text = _last_flag(journal, workflow, "-a")
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except ValueError:
        return ""


def last_machine_user(journal: Journal, workflow: str) -> str:
    """Give the machine user this workflow was last started as from here."""
    return _last_flag(journal, workflow, "-m")


def _last_flag(journal: Journal, workflow: str, flag: str) -> str:
    for entry in journal.entries():
        if entry.action.name == "start" and entry.action.workflow == workflow:
            try:
                words = shlex.split(entry.action.command)
            except ValueError:
                return ""
            return words[words.index(flag) + 1] if flag in words[:-1] else ""
    return ""
