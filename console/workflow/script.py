"""Starting and answering executions from a plain script: through the server that runs.

`WFC_URL` says where it is, with `WFC_TOKEN`; without it the nearest `wfc.toml` upwards does. Only
the standard library is used: a script imports no more for it.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from console.model.ids import new_id
from console.workflow.errors import EngineRefused, EngineUnreachable

SERVICE = "/wfc.v1.ConsoleService/"
TIMEOUT = 30.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Address:
    """One server's address."""

    name: str
    """What messages call it."""
    url: str = ""
    socket: str = ""
    """The Unix socket to speak through, where there is one."""
    token: str = field(default="", repr=False)


def find_server(environ: Mapping[str, str], folder: Path) -> Address:
    """Find the server a script means. Raises EngineUnreachable."""
    if url := environ.get("WFC_URL"):
        token = environ.get("WFC_TOKEN", "")
        path = url.removeprefix("unix:").removeprefix("//")
        if url.startswith("unix:") and path.startswith("/"):
            return Address(url, socket=path, token=token)
        return Address(url, url=url, token=token)
    for place in (folder, *folder.parents):
        if (place / "wfc.toml").is_file():
            return _project_server(place, environ)
    raise EngineUnreachable(
        f"no wfc.toml in {folder} or above it, and no WFC_URL: nothing says where workflows run"
    )


async def start(workflow: str, argument: str, machine_user: str | None) -> str:
    """Start an execution and give its id. Raises EngineRefused, EngineUnreachable."""
    identifier = new_id()
    fields: dict[str, Any] = {
        "workflowName": workflow,
        "machineUserName": machine_user or "",
        "arg": argument,
        "executionId": identifier,
    }
    try:
        answer = await _call("Start", fields)
    except _AnswerLost:
        # The id is ours: asked twice is one execution.
        try:
            answer = await _call("Start", fields)
        except _AnswerLost as lost:
            raise EngineUnreachable(
                f"{lost}; execution {identifier} may have been started"
            ) from lost
    return str(answer.get("executionId") or identifier)


async def resolve(execution_id: str, key: str, result: str) -> None:
    """Answer a wait point. Raises EngineRefused, EngineUnreachable."""
    await _call("Resolve", {"executionId": execution_id, "key": key, "result": result})


async def wait_payload(execution_id: str, key: str) -> str:
    """Read what an open wait point was given. Raises EngineRefused, EngineUnreachable."""
    answer = await _call("ListWaitPoints", {"executionId": execution_id})
    for point in answer.get("waitPoints", []):
        if point.get("key") == key and "resolvedAt" not in point:
            return str(point.get("payload", "{}"))
    raise EngineRefused(f"execution {execution_id} does not wait at {key!r}")


class _AnswerLost(EngineUnreachable):
    """The request was sent, and no answer came."""


async def _call(method: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    address = find_server(os.environ, Path.cwd())
    return await asyncio.to_thread(_post, address, method, json.dumps(fields))


def _post(address: Address, method: str, body: str) -> dict[str, Any]:
    connection = _connection(address)
    try:
        connection.connect()
    except OSError as error:
        raise EngineUnreachable(f"{address.name} does not answer: {error}") from error
    headers = {"Content-Type": "application/json"}
    if address.token:
        headers["Authorization"] = f"Bearer {address.token}"
    try:
        path = urlsplit(address.url).path.rstrip("/") + SERVICE + method
        connection.request("POST", path, body.encode(), headers)
        response = connection.getresponse()
        text = response.read()
    except (OSError, http.client.HTTPException) as error:
        raise _AnswerLost(
            f"{address.name} gave no answer: {error or type(error).__name__}"
        ) from error
    finally:
        connection.close()
    return _answer(address, response.status, text)


def _answer(address: Address, status: int, text: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(text)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise EngineRefused(f"{address.name} is no server of workflows: it answered {status}")
    if status == 200:
        return answer
    reason = answer.get("message") or answer.get("code") or f"status {status}"
    raise EngineRefused(f"{address.name} refused: {reason}")


class _SocketConnection(http.client.HTTPConnection):
    """HTTP through a Unix socket."""

    def __init__(self, path: str) -> None:
        super().__init__("wfc", timeout=TIMEOUT)
        self._path = path

    def connect(self) -> None:
        """Connect to the socket."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(TIMEOUT)
        self.sock.connect(self._path)


def _connection(address: Address) -> http.client.HTTPConnection:
    if address.socket:
        return _SocketConnection(address.socket)
    try:
        parts = urlsplit(address.url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https"):
        raise EngineUnreachable(
            f'WFC_URL={address.url!r} is not "http://host:port" and not "unix:/path"'
        )
    make = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    return make(host, port, timeout=TIMEOUT)


def _project_server(project: Path, environ: Mapping[str, str]) -> Address:
    """Read where the server of a project listens."""
    name = f"the server of {project}"
    absent = f"no server runs for {project}; start it with `wfc up`"
    try:
        record = json.loads((project / ".wfc" / "server.json").read_text(encoding="utf-8"))
        path, url = record.get("socket") or "", record.get("url") or ""
    except (OSError, ValueError, AttributeError):
        raise EngineUnreachable(absent) from None
    if not path and not url:
        raise EngineUnreachable(absent)
    return Address(name, url=url, socket=path, token=environ.get("WFC_TOKEN", ""))
