"""One part of the stock ledger, packed."""

from __future__ import annotations

import json
import lzma

from sqlalchemy import select
from workflows.database import shop_db_sync
from workflows.files import write_whole
from workflows.models import ArchivedBatch, Batch

from console.workflow import create_workflow_job


@create_workflow_job(name="archive-batch")
def archive_batch(input: Batch) -> ArchivedBatch:
    """Write the batch's movements as compressed lines of JSON."""
    with shop_db_sync().begin() as tx:
        movement = tx.tables.StockMovement
        mine = select(movement).where(movement.c.id % input.of == input.number)
        rows = tx.fetch_all(mine.order_by(movement.c.id))
    plain = "".join(json.dumps(dict(row)) + "\n" for row in rows).encode()
    packed = lzma.compress(plain, preset=9)
    file = write_whole(f"archive/movements-{input.number:02}.jsonl.xz", packed)
    print(f"{file}: {len(rows)} movements, {len(plain):,} → {len(packed):,} bytes")
    return ArchivedBatch(
        number=input.number,
        file=file,
        movements=len(rows),
        bytes_before=len(plain),
        bytes_after=len(packed),
    )
