"""What the screens of one console share: the backend, the clock, the looks, and what is under way.

Nothing here paints. The backend is None until `connect` succeeded; everything that changes it goes
through `operations`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cached_property
from typing import TYPE_CHECKING, Any

from console.commands.availability import Situation
from console.commands.keymap import Keymap
from console.model.execution import Execution
from console.model.ids import ExecutionId
from console.present.glyphs import Glyphs
from console.sync.freshness import Freshness
from console.ui.command_history import CommandHistory
from console.ui.launch import Launch

if TYPE_CHECKING:
    from console.backend.protocol import Backend
    from console.commands.journal import Journal
    from console.commands.operations import Operations
    from console.model.capabilities import Capabilities
    from console.model.query import Counts

TIME_MODES = ("relative", "local", "UTC")
UNKNOWN = "outcome unknown"
"""What a row says when its action was sent and never answered, until it is read again."""


@dataclass(frozen=True, slots=True)
class UnderWay:
    """An action that was sent and that no poll has confirmed yet."""

    word: str
    """`resuming`, `canceling`, `resolving`, or that its outcome is unknown."""
    before: Execution
    """What the execution was when it was sent."""


class Session:
    """One start of the console."""

    def __init__(
        self,
        launch: Launch,
        glyphs: Glyphs,
        keymap: Keymap,
        *,
        on_bug: Callable[[Exception], None],
    ) -> None:
        self.launch = launch
        self.target = launch.target
        self.clock = launch.clock
        self.glyphs = glyphs
        self.keymap = keymap
        self.on_bug = on_bug
        self.backend: Backend | None = None
        self.capabilities: Capabilities | None = None
        self.operations: Operations | None = None
        self.connecting = Freshness()
        """How the first connection goes, until there is a feed."""
        self.counts: Counts | None = None
        self.skew = timedelta(0)
        self.time_mode = TIME_MODES[0]
        self.is_paused = False
        self.under_way: dict[ExecutionId, UnderWay] = {}
        self.queued: set[ExecutionId] = set()
        """Those whose turn in a run over marked rows is still to come."""
        self.progress = ""
        """How far that run is; empty while there is none."""
        self.history = CommandHistory(launch.state_folder)
        self._ends: set[asyncio.Task[None]] = set()

    @cached_property
    def journal(self) -> Journal:
        """What was sent from here, and what came of it."""
        from console.commands.journal import Journal  # the first frame needs none of it

        return Journal(self.launch.state_folder, self.launch.target)

    def connected(self, backend: Backend, capabilities: Capabilities) -> None:
        """Take over a backend that answers."""
        self.backend = backend
        self.capabilities = capabilities
        from console.commands.operations import Operations

        self.operations = Operations(backend, self.target, capabilities, self.journal, self.clock)

    # Time

    def now(self) -> datetime:
        """Give the time as the server has it, as far as that is known."""
        return self.clock.now() + self.skew

    @property
    def zone(self) -> tzinfo | None:
        """The zone times are shown in; None is local."""
        return UTC if self.time_mode == "UTC" else None

    @property
    def zone_name(self) -> str:
        """What the zone is called: `UTC`, `CET`."""
        return self.now().astimezone(self.zone).tzname() or "local time"

    # Actions

    def situation(self, execution: Execution | None) -> Situation:
        """Give what a command's availability depends on."""
        action = self.under_way.get(execution.id) if execution is not None else None
        word = action.word if action is not None else ""
        if execution is not None and execution.id in self.queued:
            word = "queued with others"
        return Situation(self.target, self.capabilities, execution, "" if word == UNKNOWN else word)

    def is_under_way(self, execution: Execution | None) -> bool:
        """Tell whether an action on it was sent and is not confirmed."""
        return execution is not None and execution.id in self.under_way

    def begin(self, execution: Execution, word: str) -> None:
        """Remember that an action on it is being sent."""
        self.under_way[execution.id] = UnderWay(word, execution)

    def settle(self, execution: Execution) -> bool:
        """Take a newer reading of it: an action is confirmed when it is not what it was."""
        action = self.under_way.get(execution.id)
        if action is None:
            return False
        from console.commands.operations import is_same_state

        if is_same_state(action.before, execution):
            return False
        del self.under_way[execution.id]
        return True

    def anew(self, launch: Launch) -> Session:
        """Give a session on another backend: of this one only the person's own is kept."""
        other = Session(launch, self.glyphs, self.keymap, on_bug=self.on_bug)
        other.time_mode = self.time_mode
        other.history = self.history
        return other

    # Ends

    def end_later(self, end: Coroutine[Any, Any, None]) -> None:
        """Let something end while the person goes on."""
        task = asyncio.get_running_loop().create_task(end)
        self._ends.add(task)
        task.add_done_callback(self._ends.discard)

    async def close(self) -> None:
        """Wait for what is ending, and close the backend."""
        await asyncio.gather(*self._ends, return_exceptions=True)
        if self.backend is not None:
            await self.backend.aclose()
