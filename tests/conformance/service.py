"""A server of the platform's protocol, as its tests call it: JSON or binary, HTTP/1.1 or HTTP/2."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from google.protobuf import json_format
from google.protobuf.message import Message

from console.server.proto.tailor.v1 import workflow_pb2 as pb
from console.server.proto.wfc.v1 import console_pb2 as wfc

OPERATOR = "/tailor.v1.OperatorService/"
CONSOLE = "/wfc.v1.ConsoleService/"
TYPES = {"json": "application/json", "proto": "application/proto"}
STRANGER = "0193a000-0000-7000-8000-00000000dead"
"""A UUID that is nobody's."""
FINISHED = ("SUCCESS", "FAILED", "CANCELED")


class Refused(Exception):
    """The server answered with an error."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


@dataclass
class Startable:
    """A workflow that the tests may start."""

    workflow: str
    user: str = ""
    argument: str | None = None
    ends: str = ""
    """The state it comes to; empty where any end will do."""


@dataclass
class Service:
    """One server, and what its tests may do there."""

    url: str
    """`http://…`, `https://…` or `unix:/path`."""
    token: str = ""
    workspace: str = ""
    """The workspace that is looked at; the only one where none is named."""
    is_open: bool = False
    """It says that it takes any workspace's id."""
    startable: list[Startable] = field(default_factory=list)
    _clients: dict[bool, httpx.Client] = field(default_factory=dict)

    def client(self, *, http2: bool = False) -> httpx.Client:
        """Give a client; over plain HTTP it speaks one version only, without an upgrade."""
        if http2 not in self._clients:
            path = self.url.removeprefix("unix:") if self.url.startswith("unix:") else None
            transport = httpx.HTTPTransport(uds=path, http1=not http2, http2=http2)
            headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
            self._clients[http2] = httpx.Client(
                transport=transport,
                base_url="http://localhost" if path else self.url,
                headers=headers,
                timeout=30.0,
            )
        return self._clients[http2]

    def close(self) -> None:
        """Close the connections."""
        for client in self._clients.values():
            client.close()

    def post(
        self, path: str, body: bytes, kind: str = "application/json", **options: Any
    ) -> httpx.Response:
        """Post bytes to a path, as they are."""
        headers = {"content-type": kind} | options.pop("headers", {})
        http2 = options.pop("http2", False)
        return self.client(http2=http2).post(path, content=body, headers=headers, **options)

    def call(self, method: str, encoding: str = "json", **fields: Any) -> Any:
        """Call a method; fields are named as in JSON. Raises Refused."""
        request, response = message_types(method)
        if "workspaceId" not in fields and "workspace_id" in request.DESCRIPTOR.fields_by_name:
            fields["workspaceId"] = self.workspace
        message = json_format.ParseDict(fields, request())
        if encoding == "json":
            body = json_format.MessageToJson(message).encode()
        else:
            body = message.SerializeToString()
        answer = self.post(path_of(method), body, TYPES[encoding])
        if answer.status_code != 200:
            error = answer.json()
            raise Refused(error.get("code", ""), error.get("message", ""))
        assert answer.headers["content-type"] == TYPES[encoding]
        if encoding == "json":
            return json_format.Parse(answer.content, response(), ignore_unknown_fields=True)
        return response.FromString(answer.content)

    def refusal(self, method: str, encoding: str = "json", **fields: Any) -> str:
        """Call a method that must be refused; gives the code."""
        with pytest.raises(Refused) as refused:
            self.call(method, encoding, **fields)
        return refused.value.code

    def pages(self, method: str, items: str, **fields: Any) -> list[list[Any]]:
        """Read every page of a listing."""
        found: list[list[Any]] = []
        token = ""
        while not found or token:
            answer = self.call(method, **fields, pageToken=token)
            found.append(list(getattr(answer, items)))
            token = answer.next_page_token
            assert len(found) < 500, "the listing has no end"
        return found

    def execution(self, identifier: str) -> Any:
        """Read one execution."""
        return self.call("GetWorkflowExecution", executionId=identifier).execution

    def start(self, what: Startable, method: str = "StartWorkflow") -> str:
        """Start a workflow; gives the id of the execution."""
        workflow = self.call("GetWorkflowByName", workflowName=what.workflow).workflow
        fields: dict[str, Any] = {"workflowId": workflow.id}
        if what.user:
            namespace = self.call("ListApplications").applications[0].auth_namespace
            fields["authInvoker"] = {"namespace": namespace, "machineUserName": what.user}
        if what.argument is not None:
            fields["arg"] = what.argument
        return str(self.call(method, **fields).execution_id)

    def ended(self, identifier: str, seconds: float = 60.0) -> Any:
        """Wait until an execution has ended."""
        deadline = time.monotonic() + seconds
        while True:
            execution = self.execution(identifier)
            if status_of(execution) in FINISHED:
                return execution
            assert time.monotonic() < deadline, f"{identifier} is {status_of(execution)}"
            time.sleep(0.05)


def status_of(execution: Any) -> str:
    """Give the state of an execution, without its prefix."""
    return str(pb.WorkflowExecution.Status.Name(execution.status)).removeprefix("STATUS_")


def path_of(method: str) -> str:
    """Give the path of a method of either service."""
    operator = pb.DESCRIPTOR.services_by_name["OperatorService"].methods_by_name
    return (OPERATOR if method in operator else CONSOLE) + method


def message_types(method: str) -> tuple[type[Message], type[Message]]:
    """Give the messages of a method."""
    place: Any = pb if path_of(method).startswith(OPERATOR) else wfc
    return getattr(place, method + "Request"), getattr(place, method + "Response")
