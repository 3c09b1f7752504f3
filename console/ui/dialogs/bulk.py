"""One action on all marked executions: which ones it would be, which not and why, and how fast.

Resume 3 marked executions   shop-prod PROTECTED

States, read just now   3 of 5 can be resumed
                        01f3…9a2c  order-processing
                        …
▲ skipped 2             resume needs FAILED; this is RUNNING: 01f3…11aa, 01f3…22bb
Rate                    2/s
Reason                  smtp pool raised
Type the number to go on   3▏

wfc workflow resume 01f3… 01f4… 01f5… --reason '…' --rate 2/s
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult

from console.backend.errors import BackendError
from console.commands.availability import why_not
from console.commands.bulk import PER_SECOND, BulkRun, parse_rate
from console.commands.catalogue import by_id
from console.commands.operations import Outcome
from console.commands.twins import Twins
from console.model.execution import Execution
from console.model.ids import ExecutionId, short_id
from console.present.clean import clean
from console.present.errors import error_sentence
from console.present.line import Line, Span
from console.present.resume import Fact
from console.present.tone import Tone
from console.ui.dialogs.field import Field
from console.ui.dialogs.form import LABEL, FormDialog
from console.ui.session import UNKNOWN, Session

if TYPE_CHECKING:
    from console.ui.app import ConsoleApp

READ_AT_ONCE = 8
"""States that are asked for at the same time."""
NAMED, NAMED_LOW, LOW = 6, 3, 30
"""Executions that are named before the rest is counted; fewer on a screen lower than `LOW`."""


class BulkDialog(FormDialog):
    """Asks once, for all marked executions; what follows is a run on the list."""

    PROOF: ClassVar[str] = "the number"
    ACTION: ClassVar[str] = ""
    """`resume`, the name of the operation and of the shell command."""
    PARTICIPLE: ClassVar[str] = ""
    """`resumed`."""

    def __init__(
        self,
        session: Session,
        identifiers: Sequence[ExecutionId],
        begin: Callable[[BulkDialog, BulkRun], None],
    ) -> None:
        super().__init__(session, "")
        self._identifiers = tuple(identifiers)
        self._begin = begin
        self._read: dict[ExecutionId, Execution | str] = {}
        """What was read just now, or why it could not be."""
        self._eligible: list[Execution] = []
        self._skipped: dict[str, list[ExecutionId]] = {}
        self.is_read = False
        self.rate = Field("Rate", LABEL, value=f"{PER_SECOND:g}/s", hint="2/s")

    @property
    def console_app(self) -> ConsoleApp:
        """The app, by its own type."""
        return cast("ConsoleApp", self.app)

    def on_mount(self) -> None:
        """Read all states now."""
        self.run_worker(self._read_all(), exit_on_error=False)

    async def _read_all(self) -> None:
        gate = asyncio.Semaphore(READ_AT_ONCE)

        async def read(identifier: ExecutionId) -> None:
            backend = self.session.backend
            assert backend is not None
            async with gate:
                try:
                    self._read[identifier] = await backend.get_execution(identifier)
                except BackendError as error:
                    self._read[identifier] = error_sentence(error)
            self.review()

        await asyncio.gather(*(read(identifier) for identifier in self._identifiers))
        self._split()
        self.is_read = True
        if not self._eligible:
            self.tell(f"none of the marked executions can be {self.PARTICIPLE}")
        self.retitle()  # it counts what is eligible
        self.review()

    def _split(self) -> None:
        for identifier in self._identifiers:
            execution = self._read[identifier]
            reason = execution if isinstance(execution, str) else self._refusal(execution)
            if reason:
                self._skipped.setdefault(reason, []).append(identifier)
            elif isinstance(execution, Execution):
                self._eligible.append(execution)

    def _refusal(self, execution: Execution) -> str:
        action = self.session.under_way.get(execution.id)
        if action is not None and action.word == UNKNOWN:
            return "its last action's outcome is unknown; look at it by itself"
        situation = self.session.situation(execution)
        return why_not(by_id(f"execution.{self.ACTION}"), situation)

    # What it says

    def title_line(self) -> Line:
        """Say how many."""
        count = len(self._eligible) if self.is_read else len(self._identifiers)
        plural = "" if count == 1 else "s"
        return (Span(f"{self.ACTION.title()} {count:,} marked execution{plural}", Tone.TITLE),)

    def fact_lines(self, width: int) -> Sequence[Line]:
        """Give the two parts."""
        total = len(self._identifiers)
        if not self.is_read:
            return ((Span(f"Reading the states… {len(self._read):,} of {total:,}", Tone.DIM),),)
        glyphs = self.session.glyphs
        count = f"{len(self._eligible):,} of {total:,} can be {self.PARTICIPLE}"
        facts = [Fact("States, read just now", (Span(count),))]
        named = NAMED if self.size.height >= LOW else NAMED_LOW
        for execution in self._eligible[:named]:
            name = clean(execution.workflow_name)
            facts.append(
                Fact("", (Span(f"{short_id(clean(execution.id))}  ", Tone.DIM), Span(name)))
            )
        more = Counter(clean(e.workflow_name) for e in self._eligible[named:])
        if more:
            names = ", ".join(f"{name} {glyphs.times} {n:,}" for name, n in more.most_common(4))
            facts.append(Fact("", (Span(f"and {more.total():,} more: {names}", Tone.DIM),)))
        for reason, identifiers in self._skipped.items():
            ids = ", ".join(short_id(clean(one)) for one in identifiers[:named])
            ids += f" and {len(identifiers) - named:,} more" if len(identifiers) > named else ""
            value: Line = (Span(clean(reason), Tone.WARNING), Span(f": {ids}", Tone.DIM))
            facts.append(Fact(f"skipped {len(identifiers):,}", value, is_warning=True))
        facts += self.consequences()
        return tuple(fact.line(glyphs) for fact in facts)

    def consequences(self) -> Sequence[Fact]:
        """Say what it means for each of them."""
        return ()

    def compose_fields(self) -> ComposeResult:
        """Ask how fast."""
        yield self.rate

    def proofs(self) -> Sequence[str]:
        """The number of executions, or the profile's name."""
        return (str(len(self._eligible)), self.session.target.label)

    def twin(self) -> str:
        """Give the shell command, with every id: what cannot be pasted is no command."""
        if not self._eligible:
            return ""
        try:
            rate = parse_rate(self.rate.text)
        except ValueError:
            rate = PER_SECOND
        ids = [execution.id for execution in self._eligible]
        return Twins(self.session.target).bulk(self.ACTION, ids, self.reason.text.strip(), rate)

    def obstacle(self) -> str:
        """Something must be eligible, and the rate make sense."""
        if not self.is_read:
            return "the states are being read"
        if not self._eligible:
            return f"none of the marked executions can be {self.PARTICIPLE}"
        try:
            parse_rate(self.rate.text)
        except ValueError as error:
            return str(error)
        return ""

    # What it does

    async def operate(
        self, execution: Execution, reason: str, on_send: Callable[[], None]
    ) -> Outcome:
        """Do it to one."""
        raise NotImplementedError

    async def _go(self) -> None:
        count = await self.console_app.keys_at_once()
        if count > 1:
            self.tell(f"{count} keys came at once, as in a paste; nothing was sent")
            return
        obstacle = self._obstacle()
        if obstacle:
            self.tell(obstacle)
            return
        if self._is_left:
            return
        self.is_sending = True
        reason, first = self.reason.text.strip(), self.console_app.first
        operations = self.session.operations
        assert operations is not None
        run = BulkRun(
            self._eligible,
            lambda execution, on_send: self.operate(execution, reason, on_send),
            self.session.clock,
            per_second=parse_rate(self.rate.text),
            on_change=first.run_changed,
            on_outcome=first.run_outcome,
            on_unsent=lambda executions, why: operations.not_sent(
                self.ACTION, executions, why, reason=reason
            ),
        )
        self.leave()
        self._begin(self, run)


class BulkResume(BulkDialog):
    """Resumes all that are marked and FAILED."""

    VERB: ClassVar[str] = "Resume"
    DOING: ClassVar[str] = "resuming"
    ACTION: ClassVar[str] = "resume"
    PARTICIPLE: ClassVar[str] = "resumed"

    def consequences(self) -> Sequence[Fact]:
        """Say what runs."""
        text = "each from its point of failure; what had succeeded is reused"
        return (Fact("Runs again", (Span(text, Tone.DIM),)),)

    async def operate(
        self, execution: Execution, reason: str, on_send: Callable[[], None]
    ) -> Outcome:
        """Resume one."""
        assert self.session.operations is not None
        return await self.session.operations.resume(execution, reason=reason, on_send=on_send)


class BulkCancel(BulkDialog):
    """Cancels all that are marked and have not ended."""

    VERB: ClassVar[str] = "Cancel executions"
    DOING: ClassVar[str] = "canceling"
    ACTION: ClassVar[str] = "cancel"
    PARTICIPLE: ClassVar[str] = "canceled"

    def consequences(self) -> Sequence[Fact]:
        """Say that it is for good."""
        text = "a canceled execution cannot be resumed"
        return (Fact("After it", (Span(text, Tone.DIM),)),)

    async def operate(
        self, execution: Execution, reason: str, on_send: Callable[[], None]
    ) -> Outcome:
        """Cancel one."""
        assert self.session.operations is not None
        return await self.session.operations.cancel(execution, reason=reason, on_send=on_send)
