"""Servers the contract is held against, each with executions in the states a test needs.

platform    tailor.v1 only, as the hosted platform          FakeOperator(console=False)
older       an older release of it: other names, numbers    FakeOperator(console=False, old=True)
ours        both services                                   FakeOperator()
real        our own server and engine over a Unix socket    a process
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from console.backend.tailor import TailorBackend, open_backend
from console.clock import SystemClock
from console.model.execution import Execution
from console.model.ids import ExecutionId
from console.model.states import ExecutionStatus
from console.model.target import Target
from console.model.workflow import Invoker
from tests.fakes.operator import FakeOperator

WORKFLOW = "order-processing"
OTHER_WORKFLOW = "ask-first"
WAIT_KEY = "manager-approval"
USER = Invoker("ops-bot")
MAIN, CHILD = "process-order", "process-order/fetch-customer"
LOG = "connecting\nasking for c-1\n"
PATIENCE = 20.0


class Stage(Protocol):
    """A backend, and executions of its server in known states."""

    backend: TailorBackend
    is_ours: bool
    """The server has the second service."""

    async def succeeded(self) -> ExecutionId:
        """Make an execution that succeeded; its job `CHILD` wrote `LOG`."""
        ...

    async def failed(self) -> ExecutionId:
        """Make an execution that failed in `CHILD`, which wrote `LOG`."""
        ...

    async def waiting(self) -> ExecutionId:
        """Make an execution that waits at `WAIT_KEY`."""
        ...


OpenStage = Callable[[], AbstractAsyncContextManager[Stage]]


@dataclass
class FakeStage:
    """A stage on the fake operator."""

    backend: TailorBackend
    operator: FakeOperator
    is_ours: bool

    def _made(self, status: str) -> ExecutionId:
        identifier = self.operator.add(WORKFLOW, status)
        self.operator.add_job(identifier, MAIN, status)
        self.operator.add_job(identifier, CHILD, status, logs=LOG)
        return ExecutionId(identifier)

    async def succeeded(self) -> ExecutionId:
        """Make it."""
        return self._made("SUCCESS")

    async def failed(self) -> ExecutionId:
        """Make it."""
        return self._made("FAILED")

    async def waiting(self) -> ExecutionId:
        """Make it."""
        identifier = self.operator.add(OTHER_WORKFLOW, "WAITING")
        self.operator.add_wait(identifier, WAIT_KEY)
        return ExecutionId(identifier)


def fake_stage(*, console: bool, old: bool) -> OpenStage:
    """Give a way to open a stage on a fake operator."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Stage]:
        # Who counts a window counts it from the machine's own time.
        operator = FakeOperator(console=console, old=old, start=datetime.now(UTC))
        operator.add_workflow(OTHER_WORKFLOW)
        target = Target(kind="url", label="fake", url="http://operator.test")
        backend = open_backend(target, SystemClock(), actor="ada", transport=operator.transport)
        try:
            yield FakeStage(backend, operator, console)
        finally:
            await backend.aclose()

    return opened


@dataclass
class RealStage:
    """A stage on our own server."""

    backend: TailorBackend
    is_ours: bool = True

    async def _until(self, identifier: ExecutionId, status: ExecutionStatus) -> ExecutionId:
        async with asyncio.timeout(PATIENCE):
            while (found := await self.backend.get_execution(identifier)).status is not status:
                assert not found.status.is_finished, found
                await asyncio.sleep(0.02)
        return identifier

    async def _run(self, workflow: str, argument: str, status: ExecutionStatus) -> ExecutionId:
        started = await self.backend.start(workflow, invoker=USER, argument=argument)
        return await self._until(started, status)

    async def succeeded(self) -> ExecutionId:
        """Run one to its end."""
        return await self._run(WORKFLOW, '{"orderId": "o-1"}', ExecutionStatus.SUCCESS)

    async def failed(self) -> ExecutionId:
        """Run one that fails."""
        return await self._run(WORKFLOW, '{"fails": true}', ExecutionStatus.FAILED)

    async def waiting(self) -> ExecutionId:
        """Run one until it waits."""
        return await self._run(OTHER_WORKFLOW, "{}", ExecutionStatus.WAITING)


PROJECT = {
    "wfc.toml": """
[project]
name = "contract"
files = ["workflows/*.py"]
[machine_users.ops-bot]
[machine_users.manager-machine-user]
[server]
workers = 1
""",
    "workflows/orders.py": """
from typing import Any
from console.workflow import create_workflow, create_workflow_job

@create_workflow_job(name="fetch-customer")
def fetch_customer(input: dict[str, Any]) -> dict[str, bool]:
    print("connecting")
    print("asking for c-1")
    if input.get("fails"):
        raise LookupError("no customer c-1")
    return {"ok": True}

@create_workflow_job(name="process-order")
async def process_order(input: dict[str, Any]) -> dict[str, bool]:
    return await fetch_customer.trigger(input)

default = create_workflow(name="order-processing", main_job=process_order)
""",
    "workflows/asking.py": """
from typing import Any
from console.workflow import create_workflow, create_workflow_job, define_wait_point

approval = define_wait_point("manager-approval")

@create_workflow_job(name="ask")
async def ask(input: dict[str, Any]) -> dict[str, Any]:
    return {"answer": await approval.wait({"sum": 5})}

default = create_workflow(name="ask-first", main_job=ask)
""",
}


@contextmanager
def real_server() -> Iterator[Path]:
    """Run our own server in a process of its own; gives the Unix socket it answers on."""
    with tempfile.TemporaryDirectory(prefix="wfc-", dir="/tmp") as name:
        project = Path(name, "project")
        (project / "workflows").mkdir(parents=True)
        for path, text in PROJECT.items():
            (project / path).write_text(text)
        run = Path(name, "run")
        run.mkdir(mode=0o700)
        reading, writing = os.pipe()
        server = subprocess.Popen(
            [
                *(sys.executable, "-m", "console.server", str(project)),
                *("--until-eof", "--report-to", str(writing)),
            ],
            env=os.environ | {"XDG_RUNTIME_DIR": str(run)},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=[writing],
        )
        os.close(writing)
        try:
            with os.fdopen(reading) as report:
                fields = json.loads(report.readline() or "{}")
            assert "socket" in fields, (fields, server.stderr and server.stderr.read())
            yield Path(fields["socket"])
        finally:
            assert server.stdin is not None
            server.stdin.close()
            try:
                server.wait(PATIENCE)
            finally:
                server.kill()
                server.wait()
                if server.stderr is not None:
                    server.stderr.close()


def real_stage(socket: Path) -> OpenStage:
    """Give a way to open a stage on a running server of ours."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Stage]:
        target = Target(kind="project", label="contract", socket=socket)
        backend = open_backend(target, SystemClock(), actor="ada")
        try:
            yield RealStage(backend)
        finally:
            await backend.aclose()

    return opened


def is_listed(page: tuple[Execution, ...], identifier: ExecutionId) -> bool:
    """Tell whether an execution is on a page."""
    return any(row.id == identifier for row in page)
