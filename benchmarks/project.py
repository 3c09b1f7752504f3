"""The project that the engine's benchmarks run."""

from __future__ import annotations

import asyncio
import textwrap
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from console.engine.local import LocalEngine, open_engine
from console.model.execution import Execution
from console.model.ids import ExecutionId

JOBS = 11
"""Jobs of one execution of `eleven`."""
LINES = 100_000
"""Log lines of one execution of `talking`."""

WORKFLOWS = f"""
import os, signal, time
from pathlib import Path

from console.workflow import create_workflow_job

HERE = Path(__file__).parent.parent


@create_workflow_job(name="small")
async def small(input: dict) -> dict:
    return {{"n": input["n"] + 1}}


@create_workflow_job(name="ten-small")
async def ten_small() -> dict:
    n = 0
    for _ in range({JOBS - 1}):
        n = (await small.trigger({{"n": n}}))["n"]
    return {{"n": n}}


@create_workflow_job(name="talk")
def talk() -> dict:
    began = time.perf_counter()
    for number in range({LINES}):
        print(f"{{number:08}} connecting to smtp.internal:25, 17 messages of 4 senders wait")
    return {{"seconds": time.perf_counter() - began}}


@create_workflow_job(name="linger")
def linger() -> dict:
    mark = HERE / "began"
    with mark.open("a") as file:
        file.write(f"{{os.getpid()}} {{time.time()}}\\n")
    while len(mark.read_text().splitlines()) < 2:
        time.sleep(0.01)
    return {{}}
"""

MAIN = {"eleven": "ten_small", "talking": "talk", "lingering": "linger"}


def written(root: Path) -> Path:
    """Write the project into a folder."""
    folder = root / "workflows"
    folder.mkdir(parents=True)
    (root / "wfc.toml").write_text('[project]\nname = "bench"\n[machine_users.ops-bot]\n')
    (folder / "jobs.py").write_text(textwrap.dedent(WORKFLOWS))
    for name, main in MAIN.items():
        (folder / f"{name}.py").write_text(
            "from console.workflow import create_workflow\n"
            f"from workflows.jobs import {main}\n\n"
            f"default = create_workflow(name={name!r}, main_job={main})\n"
        )
    return root


@asynccontextmanager
async def opened(root: Path, workers: int, lease: float = 5.0) -> AsyncIterator[LocalEngine]:
    """Open an engine on the project, and wait until its workers are there."""
    async with open_engine(root, workers=workers, lease_seconds=lease) as engine:
        yield engine


async def ended(engine: LocalEngine, identifier: ExecutionId) -> Execution:
    """Wait until an execution has ended."""
    for _ in range(3000):
        execution = await engine.get(identifier)
        if execution.status.is_finished:
            return execution
        await asyncio.sleep(0.02)
    raise AssertionError("it never ended")
