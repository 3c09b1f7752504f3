"""What is read of a job's log, with the journal's word on whether more may come."""

from __future__ import annotations

from dataclasses import replace

from console.engine.logs import LogFolder
from console.engine.reads import Reads
from console.model.execution import FunctionExecution
from console.model.ids import FunctionExecutionId
from console.model.log import LogChunk

LONGEST_LOG = 4 * 1024 * 1024
"""Bytes of a log that are given as one text."""


class LogReads:
    """Reads logs by the function execution that wrote them."""

    def __init__(self, reads: Reads, logs: LogFolder):
        self._reads = reads
        self._logs = logs

    def whole(self, identifier: FunctionExecutionId) -> FunctionExecution:
        """Read one attempt of a job, its log without times and cut at 4 MiB from the end."""
        found = self._reads.function_execution(identifier)
        logs = self._logs.text(found.execution_id, identifier, LONGEST_LOG)
        return replace(found.record, logs=logs)

    def part(self, identifier: FunctionExecutionId, offset: int, limit: int) -> LogChunk:
        """Read log bytes, with times, from an offset."""
        # The state first: a log that is whole then is whole when it is read.
        found = self._reads.function_execution(identifier)
        start = max(0, offset)
        data, size = self._logs.read(found.execution_id, identifier, start, limit)
        end = min(start, size) + len(data)
        is_complete = found.record.status.is_finished and end == size
        return LogChunk(data, end, size, is_complete, has_times=True)
