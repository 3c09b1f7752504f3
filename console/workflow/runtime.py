"""What a running engine gives to the job, or the resolver, that runs in it.

`trigger`, `wait`, `resolve` and `workflow.trigger` reach it through one `ContextVar`: the only
module-level state of the program. Without an engine they run in place, which is how jobs are
tested with plain pytest.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Protocol

JsonText = str


@dataclass(frozen=True, slots=True)
class RunContext:
    """What every body may know."""

    env: Mapping[str, str] = field(default_factory=dict)
    """The project's `[env]`."""
    invoker: str | None = None
    """The machine user the body runs as."""


@dataclass(frozen=True, slots=True)
class JobContext(RunContext):
    """What a job's body may know of the run it is part of."""

    execution_id: str = ""
    job_name: str = ""
    stacked_name: str = ""
    attempt: int = 1
    """The execution's attempt, counted from 1."""


@dataclass(frozen=True, slots=True)
class ResolverContext(RunContext):
    """What a resolver's body may know of the request it answers."""

    user: str | None = None
    """The machine user the request named; the resolver's own `auth_invoker` leaves it as it is."""


class JobRuntime(Protocol):
    """The engine's side of one running body; every value crosses as JSON text."""

    @property
    def context(self) -> RunContext:
        """What the body is part of: a `JobContext`, in a resolver a `ResolverContext`."""
        ...

    async def call(self, job: Any, argument: JsonText) -> JsonText:
        """Run another job, or answer from the journal; one at a time in an execution.

        `job` is a `Job`. Raises `JobFailed` when it failed, or had failed in this attempt.
        """
        ...

    async def start_child(self, workflow: str, argument: JsonText, invoker: str | None) -> str:
        """Start an execution of another workflow, once over all replays; gives its id."""
        ...

    async def wait(self, key: str, payload: JsonText) -> JsonText:
        """Park the execution until the wait point is resolved; gives the answer."""
        ...

    async def resolve(self, execution_id: str, key: str, result: JsonText) -> None:
        """Answer another execution's wait point, once over all replays."""
        ...

    async def wait_payload(self, execution_id: str, key: str) -> JsonText:
        """Read what an open wait point was given."""
        ...

    def database(self, name: str) -> tuple[str, str]:
        """Give a database's URL and the invoker's permission: `rw` or `ro`.

        Raises `LookupError` for a wrong name and `PermissionError` for one that is not granted.
        """
        ...


current_runtime: ContextVar[JobRuntime | None] = ContextVar("current_runtime", default=None)
