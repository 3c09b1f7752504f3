"""Whoever uses the service while it is being killed: starts, answers, resumes, cancels, watches.

It speaks Connect over the project's socket, asks again what was not answered, and writes down what
it was told: what was told once must stay true.
"""

from __future__ import annotations

import asyncio
import base64
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from console.server import background
from console.server.errors import ServeError
from console.server.places import socket_path
from tests.durability.story import POINTS, Telling

Fields = dict[str, Any]
FINAL = ("SUCCESS", "CANCELED")


class Refused(Exception):
    """The server answered, and said no."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class Down(Exception):
    """No answer: the server is dead, or died over it."""


@dataclass
class Seen:
    """What was told of one execution."""

    telling: Telling
    final: str = ""
    cancel: str = ""
    """What became of canceling it: empty, `taken`, `refused` or `unknown`."""
    succeeded: dict[str, int] = field(default_factory=dict)
    """Function executions that were seen as SUCCESS: when, in ms of the monotonic clock."""
    logs: dict[str, bytes] = field(default_factory=dict)
    """What was read of each log, the longest."""
    resumes: int = 0


class Driver:
    """Drives some executions to their ends, over any number of servers."""

    def __init__(self, root: Path, tellings: list[Telling], draw: random.Random) -> None:
        self.root = root
        self.seen = {telling.execution_id: Seen(telling) for telling in tellings}
        self.mirror: dict[str, str] = {}
        """What the feed of changes has told: the state of each execution."""
        self.workers: list[int] = []
        self.pids: set[int] = set()
        """Every server and worker there was."""
        self.server: int = 0
        self.restarts = 0
        self.killed_at = 0.0
        """When something was killed last, in seconds of the monotonic clock."""
        self.kills: list[tuple[float, list[int]]] = []
        """When something was killed, and which processes died by that."""
        self.ended_at = 0.0
        """When the last execution was seen to have ended."""
        self._draw = draw
        self._client = httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(uds=str(socket_path(root)), verify=False),
            base_url="http://wfc",
            timeout=20.0,
        )
        self._cursor = ""
        self._rising = asyncio.Lock()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def up(self) -> None:
        """Have a server, however often that takes."""
        give_up = time.monotonic() + 20
        async with self._rising:
            while True:
                try:
                    record = await asyncio.to_thread(background.up, self.root)
                    break
                except ServeError as error:
                    if "died at its start" not in str(error) or time.monotonic() > give_up:
                        raise
            if record.pid != self.server:
                self.restarts += 1
                self.server = record.pid
                self.pids.add(record.pid)

    async def call(self, method: str, **fields: Any) -> Fields:
        """Call one method of the console's service. Raises Refused and Down."""
        return await self.post(f"/wfc.v1.ConsoleService/{method}", fields)

    async def post(self, path: str, fields: Fields) -> Fields:
        """Call any method by its path. Raises Refused and Down."""
        try:
            response = await self._client.post(path, json=fields)
            answer: Fields = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise Down(repr(error)) from None
        if response.status_code != 200:
            if answer.get("code") == "unavailable":
                raise Down(answer.get("message", ""))
            raise Refused(answer.get("code", "?"), answer.get("message", ""))
        return answer

    async def surely(self, method: str, **fields: Any) -> Fields:
        """Call until there is an answer."""
        while True:
            try:
                return await self.call(method, **fields)
            except Down:
                await self._rise()

    async def _rise(self) -> None:
        await asyncio.sleep(0.02)  # a client's own pause between two tries
        await self.up()

    async def get(self, execution_id: str) -> Fields:
        """Read one execution, of whatever server lives."""
        workspace = (await self.surely("GetCapabilities")) and await self._workspace()
        while True:
            try:
                answer = await self.post(
                    "/tailor.v1.OperatorService/GetWorkflowExecution",
                    {"workspaceId": workspace, "executionId": execution_id},
                )
                execution: Fields = answer["execution"]
                return execution
            except Down:
                await self._rise()

    async def _workspace(self) -> str:
        while True:
            try:
                answer = await self.post("/tailor.v1.OperatorService/ListWorkspaces", {})
                return str(answer["workspaces"][0]["id"])
            except Down:
                await self._rise()

    async def drive(self, seen: Seen) -> None:
        """Start one execution and bring it to its end, as an operator would."""
        telling = seen.telling
        await self.surely(
            "Start",
            workflowName=telling.workflow,
            machineUserName="bot",
            arg=telling.argument,
            executionId=telling.execution_id,
        )
        started = time.monotonic()
        while True:
            execution = await self.get(telling.execution_id)
            self._note(seen, execution)
            status = execution["status"].removeprefix("STATUS_")
            if status in FINAL:
                seen.final = status
                self.ended_at = time.monotonic()
                return
            late = time.monotonic() - started
            if telling.cancel_after is not None and not seen.cancel and late > telling.cancel_after:
                await self._cancel(seen)
            elif status == "FAILED":
                seen.resumes += await self._once("Resume", executionId=telling.execution_id)
            elif status == "WAITING":
                await self._answer(telling.execution_id)
            elif self._draw.random() < 0.3:
                await self._peek(seen, execution)
            await asyncio.sleep(self._draw.uniform(0.01, 0.08))

    def _note(self, seen: Seen, execution: Fields) -> None:
        now = round(time.monotonic() * 1000)
        for job in execution.get("jobExecutions", []):
            if job["status"] == "STATUS_SUCCESS":
                seen.succeeded.setdefault(job["executionId"], now)

    async def _once(self, method: str, **fields: Any) -> bool:
        """Ask for something once; what came of it is seen by the next look."""
        try:
            await self.call(method, **fields)
        except (Refused, Down):
            return False
        return True

    async def _cancel(self, seen: Seen) -> None:
        try:
            await self.call("Cancel", executionId=seen.telling.execution_id, reason="a drill")
            seen.cancel = "taken"
        except Refused:
            seen.cancel = "refused"
        except Down:
            seen.cancel = "unknown"

    async def _answer(self, execution_id: str) -> None:
        try:
            points = await self.call("ListWaitPoints", executionId=execution_id)
            for point in points.get("waitPoints", []):
                if not point.get("resolvedAt"):
                    await self._once(
                        "Resolve",
                        executionId=execution_id,
                        key=point["key"],
                        turn=point.get("turn", 0),
                        result=f'{{"points":{POINTS}}}',
                    )
        except Down:
            pass

    async def _peek(self, seen: Seen, execution: Fields) -> None:
        """Read the log of a job as it is now."""
        for job in execution.get("jobExecutions", []):
            if job["status"] == "STATUS_RUNNING" and job.get("executionId"):
                try:
                    data = await self.read_log(job["executionId"])
                except Down:
                    return
                known = seen.logs.get(job["executionId"], b"")
                seen.logs[job["executionId"]] = max(known, data, key=len)

    async def read_log(self, function_execution_id: str) -> bytes:
        """Read a whole log. Raises Down."""
        answer = await self.call(
            "ReadLog", functionExecutionId=function_execution_id, limit=4 << 20
        )
        return base64.b64decode(answer.get("data", ""))

    async def follow(self, is_over: Callable[[], bool]) -> None:
        """Follow the feed of changes and the workers, over every restart."""
        while not is_over():
            await self.follow_once()
            try:
                workers = await self.call("ListWorkers")
                self.workers = [int(worker["processId"]) for worker in workers.get("workers", [])]
                self.pids.update(self.workers)
            except Down:
                pass
            await asyncio.sleep(0.03)

    async def _listed(self) -> list[Fields]:
        """Give all executions, of whatever server lives."""
        while True:
            try:
                answer = await self.post(
                    "/tailor.v1.OperatorService/ListWorkflowExecutions",
                    {"workspaceId": await self._workspace(), "pageSize": 1000},
                )
                listed: list[Fields] = answer.get("executions", [])
                return listed
            except Down:
                await self._rise()

    async def follow_once(self) -> None:
        """Take what has changed since the last time."""
        answer = await self.surely("Changes", cursor=self._cursor)
        if answer.get("reset"):
            assert not self.mirror, "the feed lost its place"
            # What happened before the first answer is not told: it may be late, after a death.
            self._cursor = answer["cursor"]
            for execution in await self._listed():
                self.mirror[execution["id"]] = execution["status"].removeprefix("STATUS_")
        for execution in answer.get("changed", []):
            self.mirror[execution["id"]] = execution["status"].removeprefix("STATUS_")
        self._cursor = answer["cursor"]
