"""Log and result of each job of an execution, read whole."""

from __future__ import annotations

import json
from collections.abc import Sequence

from console.backend.errors import BackendError
from console.backend.protocol import Backend
from console.cli.documents import JobRecord, iso, job_status_name, parsed
from console.cli.output import Output
from console.model.execution import Execution
from console.present.clean import clean
from console.present.errors import error_sentence


async def read_records(backend: Backend, execution: Execution) -> list[JobRecord]:
    """Read every job's log and result; what cannot be read says why."""
    records: list[JobRecord] = []
    for job in execution.jobs:
        if job.function_execution_id is None:
            records.append(JobRecord(job))
            continue
        try:
            function = await backend.get_function_execution(job.function_execution_id)
        except BackendError as error:
            records.append(JobRecord(job, error=error_sentence(error)))
        else:
            records.append(JobRecord(job, function.logs, function.result))
    return records


def print_records(output: Output, records: Sequence[JobRecord]) -> None:
    """Print logs and results for a person, job by job."""
    for record in records:
        job = record.job
        output.line()
        output.line(f"--- {clean(job.stacked_name)} ---")
        output.pairs(
            {
                "  status": job_status_name(job),
                "  started": iso(job.started_at) or "",
                "  finished": iso(job.finished_at) or "",
            }
        )
        _print_text(output, "logs", record.logs)
        _print_text(output, "result", _pretty(record.result))
        if record.error:
            output.warn(f"the log of {clean(job.stacked_name)} cannot be read: {record.error}")


def _print_text(output: Output, title: str, text: str) -> None:
    if text:
        output.line(f"  {title}")
        for line in text.removesuffix("\n").split("\n"):
            output.line(f"    {clean(line)}".rstrip())


def _pretty(text: str) -> str:
    value = parsed(text)
    return text if value == text else json.dumps(value, ensure_ascii=False, indent=2)
