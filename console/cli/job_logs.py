"""The logs of an execution's jobs, read as far as they are written."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from console.backend.errors import BackendError, NotFound
from console.backend.protocol import Backend
from console.cli.diagnostics import CliError
from console.cli.patience import is_transient
from console.model.execution import Execution, JobExecution
from console.model.ids import FunctionExecutionId
from console.present.clean import clean
from console.present.errors import error_sentence
from console.present.logs import split_time


@dataclass(frozen=True, slots=True)
class LogPiece:
    """One line of one job's log, as bytes, or why the log cannot be read."""

    job: JobExecution
    line: bytes = b""
    has_time: bool = False
    error: BackendError | None = None

    @property
    def time(self) -> str | None:
        """The UTC time of the line, where the backend keeps times."""
        if not self.has_time:
            return None
        stamp, rest = self.line[:40].partition(b" ")[0], split_time(self.line)
        return stamp.decode("ascii") if rest[0] is not None else None

    @property
    def text(self) -> str:
        """The line without its time."""
        line = split_time(self.line)[1] if self.has_time else self.line
        return line.decode("utf-8", "replace").rstrip("\r")


@dataclass(slots=True)
class _Tail:
    """Where reading one log stands."""

    offset: int = 0
    unfinished: bytes = b""
    is_done: bool = False


@dataclass(slots=True)
class JobLogs:
    """Reads the logs of jobs; each byte once."""

    backend: Backend
    tails: dict[FunctionExecutionId, _Tail] = field(default_factory=dict)

    def pass_over(self, execution: Execution) -> None:
        """Leave out what is in the logs already: the attempts before this one."""
        for job in execution.jobs:
            if job.function_execution_id is not None:
                self.tails[job.function_execution_id] = _Tail(is_done=True)

    async def new_lines(
        self, execution: Execution, *, job: str = "", is_last: bool = False
    ) -> AsyncIterator[LogPiece]:
        """Give the lines that came since the last time, job by job in start order.

        `is_last` gives the unfinished last lines as well. What cannot be read now, and may be
        later, is left for later, unless it is the last time.
        """
        for one in matching_jobs(execution, job):
            identifier = one.function_execution_id
            if identifier is None:
                continue
            tail = self.tails.setdefault(identifier, _Tail())
            try:
                async for piece in self._read(one, identifier, tail):
                    yield piece
            except BackendError as error:
                if is_transient(error) and not is_last:
                    continue
                tail.is_done = True
                yield LogPiece(one, error=error)
            if is_last and tail.unfinished:
                line, tail.unfinished = tail.unfinished, b""
                yield LogPiece(one, line, has_time=split_time(line)[0] is not None)

    async def _read(
        self, job: JobExecution, identifier: FunctionExecutionId, tail: _Tail
    ) -> AsyncIterator[LogPiece]:
        while not tail.is_done:
            chunk = await self.backend.read_log(identifier, offset=tail.offset)
            tail.offset = chunk.next_offset
            *lines, tail.unfinished = (tail.unfinished + chunk.data).split(b"\n")
            for line in lines:
                yield LogPiece(job, line, chunk.has_times)
            if chunk.is_complete:
                tail.is_done = True
                if tail.unfinished:
                    line, tail.unfinished = tail.unfinished, b""
                    yield LogPiece(job, line, chunk.has_times)
            if not chunk.data or chunk.next_offset >= chunk.size:
                return


def matching_jobs(execution: Execution, name: str) -> list[JobExecution]:
    """Give the jobs that a person means: by stacked name, by name, or by id.

    Raises:
        CliError: there are jobs, and none is meant by that name.
    """
    jobs = execution.jobs
    if not name:
        return list(jobs)
    for meant in (
        [job for job in jobs if job.stacked_name == name],
        [job for job in jobs if job.name == name],
        [job for job in jobs if job.id.startswith(name)],
    ):
        if meant:
            return meant
    return []


def check_job(execution: Execution, name: str) -> None:
    """Refuse a name that no job of a finished execution has."""
    if name and execution.jobs and not matching_jobs(execution, name):
        names = ", ".join(dict.fromkeys(clean(job.stacked_name) for job in execution.jobs))
        raise CliError(f"no job {name!r} in this execution; it has: {names}")


def unreadable(job: JobExecution, error: BackendError) -> str:
    """Say why a log cannot be shown."""
    name = clean(job.stacked_name)
    if isinstance(error, NotFound):
        return f"the log of {name} is no longer kept ({error_sentence(error)})"
    return f"the log of {name} cannot be read: {error_sentence(error)}"
