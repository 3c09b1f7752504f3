"""The stock ledger, packed into forty files: many small jobs in one loop."""

from __future__ import annotations

from workflows.jobs.archive_batch import archive_batch
from workflows.models import Archive, Batch

from console.workflow import create_workflow, create_workflow_job

BATCHES = 40


@create_workflow_job(name="archive-all")
async def archive_all() -> Archive:
    """Pack one batch after the other, and add up what it saved."""
    parts = [
        await archive_batch.trigger(Batch(number=number, of=BATCHES)) for number in range(BATCHES)
    ]
    return Archive(
        files=len(parts),
        movements=sum(part.movements for part in parts),
        bytes_before=sum(part.bytes_before for part in parts),
        bytes_after=sum(part.bytes_after for part in parts),
    )


nightly_archive = create_workflow(name="nightly-archive", main_job=archive_all)
default = nightly_archive
