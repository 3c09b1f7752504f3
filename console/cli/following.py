"""Waiting with a person or a script looking on: changes to stderr, logs to stdout, then the end."""

from __future__ import annotations

import asyncio

from console.backend.errors import BackendError
from console.cli.codes import ExitCode
from console.cli.connected import Connected
from console.cli.documents import Document, execution_document, job_details, status_name
from console.cli.format import Format
from console.cli.job_logs import JobLogs
from console.cli.log_printer import LogPrinter
from console.cli.output import say
from console.cli.records import read_records
from console.cli.summary import open_wait_points, print_execution
from console.cli.watch import Patience, Until, Waited, Watch
from console.model.execution import Execution
from console.model.ids import ExecutionId
from console.model.states import ExecutionStatus, JobStatus
from console.present.clean import clean
from console.present.errors import error_sentence


class Following:
    """Follows one execution until it is over."""

    def __init__(self, connected: Connected, patience: Patience, *, logs: bool = False) -> None:
        self._connected, self._patience = connected, patience
        self._output = connected.output
        self._logs = JobLogs(connected.backend) if logs and self._is_streamed else None
        self._is_asked_for_logs = logs
        self._printer = LogPrinter(connected.output)
        self._said = ""

    @property
    def _is_streamed(self) -> bool:
        return self._output.format is not Format.JSON

    async def run(self, execution_id: ExecutionId, *, before: Execution | None = None) -> ExitCode:
        """Wait, then print how it ended; gives the exit code.

        `before` is how it was before it was resumed: what it had written then is not printed.
        """
        if before is not None and self._logs is not None:
            self._logs.pass_over(before)
        watch = Watch(
            self._connected.backend,
            self._connected.clock,
            self._patience,
            on_look=self._look,
            on_trouble=self._trouble,
            before=before,
        )
        try:
            waited = await watch.run(execution_id)
        except asyncio.CancelledError:
            say(f"no longer waiting; it goes on: wfc workflow wait {clean(execution_id)}")
            raise
        return await self._conclude(waited)

    async def _look(self, execution: Execution) -> None:
        running = [j.stacked_name for j in execution.jobs if j.status is JobStatus.RUNNING]
        words = f"{status_name(execution)}  {', '.join(dict.fromkeys(running))}".rstrip()
        if words != self._said:
            self._said = words
            self._say(words)
            if self._output.format is Format.NDJSON:
                self._output.document(execution_document(execution))
        await self._print_logs(execution)

    async def _print_logs(self, execution: Execution, *, is_last: bool = False) -> None:
        if self._logs is not None:
            async for piece in self._logs.new_lines(execution, is_last=is_last):
                self._printer.print(piece)
            self._output.flush()

    def _trouble(self, error: BackendError, pause: float) -> None:
        words = f"{error_sentence(error)}; trying again in {pause:.3g} s"
        if words != self._said:
            self._said = words
            self._say(words)

    def _say(self, words: str) -> None:
        say(f"{self._connected.clock.now():%H:%M:%S}  {clean(words)}")

    async def _conclude(self, waited: Waited) -> ExitCode:
        output, execution = self._output, waited.execution
        if execution is not None:
            await self._print_logs(execution, is_last=True)
        if output.format is not Format.TEXT:
            output.document(await self._document(waited))
        elif execution is not None:
            if self._printer.last:
                output.line()
            await print_execution(output, self._connected.backend, execution)
        await self._say_end(waited)
        return waited.exit_code(self._patience.until)

    async def _document(self, waited: Waited) -> Document:
        document = waited.document()
        if self._is_asked_for_logs and not self._is_streamed and waited.execution is not None:
            records = await read_records(self._connected.backend, waited.execution)
            document["jobDetails"] = job_details(records)
        return document

    async def _say_end(self, waited: Waited) -> None:
        execution = waited.execution
        if waited.timed_out or execution is None:
            state = "never seen" if execution is None else status_name(execution)
            why = f"; {error_sentence(waited.last_error)}" if waited.last_error else ""
            self._output.warn(f"timed out after {waited.elapsed:.3g} s: it is {state}{why}")
        elif execution.status is ExecutionStatus.WAITING:
            for point in await open_wait_points(self._connected.backend, execution):
                answer = f"wfc workflow resolve {execution.id} {point.key} --result JSON"
                say(f"it waits for {clean(point.key)}: {clean(answer)}")
        elif self._patience.until is Until.SUSPENDED:
            self._output.warn(f"it ended {status_name(execution)} without waiting for anybody")
