"""The log of one attempt of a job, followed to its end."""

from __future__ import annotations

from collections.abc import Callable

from console.backend.errors import BackendError
from console.backend.protocol import Backend
from console.clock import Clock
from console.model.ids import FunctionExecutionId
from console.sync.freshness import Freshness
from console.sync.spool import LogSpool


class LogFeed:
    """Appends a log to a spool, each byte once."""

    def __init__(
        self,
        backend: Backend,
        clock: Clock,
        function_execution_id: FunctionExecutionId,
        *,
        on_grow: Callable[[], None],
        on_freshness: Callable[[Freshness], None],
        on_bug: Callable[[Exception], None] | None = None,
    ) -> None:
        self.function_execution_id: FunctionExecutionId = function_execution_id
        self.spool: LogSpool = LogSpool()
        self.has_times: bool = False
        self.is_complete: bool = False
        """The job has ended and all of its log is here; nothing is asked any more."""
        self.error: BackendError | None = None
        """Why the last try brought nothing."""
        self.skipped: int = 0
        """Bytes that are not in the spool, at its beginning: the log was too long to load."""
        self.freshness: Freshness = Freshness()

    def start(self) -> None:
        """Begin to poll."""
        raise NotImplementedError

    async def stop(self) -> None:
        """End at once, and give the spool's space back."""
        raise NotImplementedError

    def poke(self) -> None:
        """Ask now."""
        raise NotImplementedError

    def pause(self) -> None:
        """Ask no more by itself."""
        raise NotImplementedError

    def go_on(self) -> None:
        """Ask again by itself, beginning now."""
        raise NotImplementedError

    def set_visible(self, is_visible: bool) -> None:
        """Ask by itself only while it is seen."""
        raise NotImplementedError
