"""Whether a command can be done now, and if not, why: one sentence for the message line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.commands.catalogue import Command
from console.model.execution import Execution
from console.model.states import ExecutionStatus
from console.model.target import Target
from console.present.clean import clean

if TYPE_CHECKING:
    from console.model.capabilities import Capabilities

NEEDS_EXECUTION = frozenset(
    {
        "execution.resume",
        "execution.resolve",
        "execution.cancel",
        "execution.log",
        "execution.jobs",
        "execution.show-log",
        "execution.data",
        "list.open",
        "copy.id",
        "copy.command",
        "copy.menu",
        "web.open",
    }
)


@dataclass(frozen=True, slots=True)
class Situation:
    """What availability depends on."""

    target: Target
    capabilities: Capabilities | None = None
    """None while there is no connection."""
    execution: Execution | None = None
    """The one under the cursor, or on the screen."""
    under_way: str = ""
    """The word of an action on it that was sent and is not confirmed: `resuming`."""


def why_not(command: Command, situation: Situation) -> str:
    """Give the reason why a command cannot be done now; empty when it can."""
    name, target = command.label, situation.target
    if command.is_change and target.is_read_only:
        return f"{name}: {clean(target.label)} is read-only"
    execution = situation.execution
    if command.id in NEEDS_EXECUTION and execution is None:
        return f"{name} needs an execution; none is selected"
    if not command.is_change:
        return ""
    able = situation.capabilities
    if able is None:
        return f"{name}: not connected yet"
    if able.role == "read-only":
        return f"{name}: the token for {clean(target.label)} is read-only"
    if command.id == "execution.cancel" and not able.cancel:
        return f"{name} is not available from this backend"
    if command.id == "execution.resolve" and not able.wait_points:
        return f"{name} is not available from this backend"
    if execution is None or command.id == "workflow.start":
        return ""
    if situation.under_way:
        return f"{name}: {situation.under_way} already; wait for the answer"
    return _wrong_state(command, execution)


def _wrong_state(command: Command, execution: Execution) -> str:
    status = execution.status
    state = clean(execution.status_word or status.value)
    if command.id == "execution.resume" and not status.can_resume:
        return f"resume needs FAILED; this is {state}"
    if command.id == "execution.resolve" and status is not ExecutionStatus.WAITING:
        return f"resolve needs WAITING; this is {state}"
    if command.id == "execution.cancel" and status.is_finished:
        return f"cancel needs an execution that has not ended; this is {state}"
    return ""
