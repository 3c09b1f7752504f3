"""Calling a project's own server in JSON, as any client of its protocol would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx

from console.server.places import socket_path


class Client(httpx.AsyncClient):
    """A client of one project's server."""

    def __init__(self, root: Path) -> None:
        transport = httpx.AsyncHTTPTransport(uds=str(socket_path(root)), verify=False)
        super().__init__(transport=transport, base_url="http://wfc", timeout=20.0)

    async def call(self, method: str, **fields: Any) -> dict[str, Any]:
        """Call a method of the console's service; it must succeed."""
        return await self._post("/wfc.v1.ConsoleService/" + method, fields)

    async def status(self, execution_id: str) -> str:
        """Give an execution's state: `SUCCESS`."""
        operator = "/tailor.v1.OperatorService/"
        workspaces = await self._post(operator + "ListWorkspaces", {})
        answer = await self._post(
            operator + "GetWorkflowExecution",
            {"workspaceId": workspaces["workspaces"][0]["id"], "executionId": execution_id},
        )
        return str(answer["execution"]["status"]).removeprefix("STATUS_")

    async def _post(self, path: str, fields: dict[str, Any]) -> dict[str, Any]:
        response = await self.post(path, json=fields)
        answer: dict[str, Any] = response.json()
        assert response.status_code == 200, answer
        return answer
