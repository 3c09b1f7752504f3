"""The engine of one machine: one project, one SQLite journal, worker processes of its own.

    async with open_engine(project_root, workers=2) as engine:     # or: await engine.open()
        identifier = await engine.start("order-processing", '{"orderId": "o-1"}')
    # leaving the block (or `await engine.close()`) ends the workers and closes the journal

`open_engine` reads the definitions and opens `.wfc/journal.db`; no process is started before the
`async with` (or `open()`). It raises `console.engine.project.ProjectError` for wrong definitions
and `EngineUnavailable` for a journal that cannot be used. That only one server uses a project is
the caller's lock, taken before.
"""

from __future__ import annotations
