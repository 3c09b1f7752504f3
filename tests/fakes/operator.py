"""A server of the operator protocol in memory, behind `httpx.MockTransport`.

operator = FakeOperator()                         both services, as our own server
operator = FakeOperator(console=False)            tailor.v1 only, as the hosted platform
operator = FakeOperator(console=False, old=True)  and in the names and states of an older release
client   = httpx.AsyncClient(transport=operator.transport)

one = operator.add("order-processing", "FAILED")  an execution, in a state of the protocol
job = operator.add_job(one, "main/mail", "FAILED", logs="…")   gives the function execution's id
operator.set_status(one, "RUNNING")

operator.answer(Answer(503, …))                   instead of everything, until answer(None)
operator.answer(Answer(200, …), method="ListWorkflows")   instead of that method
operator.lose(method)      the next call of it is carried out, and its answer lost
operator.drop(method)      the next call of it is dropped before it is carried out
operator.hang(method)      the next call of it is never answered
operator.requests          what came: method, message, headers, in order
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from console.model.ids import new_id

WORKSPACE = "0b5a7a30-6f0a-4b60-9d5a-4f3e2d1c0b0a"
START = datetime(2026, 11, 24, 3, 12, 53, tzinfo=UTC)
OPERATOR = "/tailor.v1.OperatorService/"
CONSOLE = "/wfc.v1.ConsoleService/"
EXECUTION_STATES = (
    "UNSPECIFIED",
    "PENDING",
    "PENDING_RESUME",
    "RUNNING",
    "SUCCESS",
    "FAILED",
    "PENDING_RETRY",
    "WAITING",
    "CANCELED",
)
FINISHED = ("SUCCESS", "FAILED", "CANCELED")
FEATURES = (
    *("attempts", "log_offsets", "reasons", "counts", "changes", "cancel", "wait_points"),
    "schemas",
)
HTTP = {
    "invalid_argument": 400,
    "failed_precondition": 400,
    "not_found": 404,
    "already_exists": 409,
    "unimplemented": 404,
    "permission_denied": 403,
}

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer in place of the fake's own."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def error(cls, code: str, message: str = "", status: int = 0, **headers: str) -> Answer:
        """Make an error of the Connect protocol; `retry_after="3"` is a header."""
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        body = json.dumps({"code": code, "message": message}).encode()
        return cls(
            status or HTTP.get(code, 500), body, fields | {"content-type": "application/json"}
        )

    @classmethod
    def json(cls, value: Any) -> Answer:
        """Make a success that holds this value, whatever it is."""
        return cls(200, json.dumps(value).encode(), {"content-type": "application/json"})

    @classmethod
    def html(cls, status: int = 200) -> Answer:
        """Make a web page."""
        page = b"<!doctype html><title>Sign in</title>"
        return cls(status, page, {"content-type": "text/html; charset=utf-8"})


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that came."""

    method: str
    message: Json
    headers: httpx.Headers


class Refused(Exception):
    """The fake refuses a call."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message)
        self.code = code


class FakeOperator:
    """Speaks both services; see the module's text."""

    def __init__(
        self,
        *,
        console: bool = True,
        old: bool = False,
        workflow_in_filter: bool = True,
        features: tuple[str, ...] = FEATURES,
        start: datetime = START,
    ) -> None:
        self.has_console = console
        self.is_old = old
        self.reads_workflow_in_filter = workflow_in_filter
        self.features = features
        self.workspaces: list[Json] = [{"id": WORKSPACE, "name": "shop"}]
        self.applications: list[Json] = [{"name": "my-app", "authNamespace": "my-auth"}]
        self.machine_users = ["manager-machine-user", "ops-bot"]
        self.workflows: dict[str, Json] = {}
        self.executions: dict[str, Json] = {}
        self.functions: dict[str, Json] = {}
        self.attempts: dict[str, list[Json]] = {}
        self.job_attempts: dict[str, list[Json]] = {}
        self.inputs: dict[str, str] = {}
        self.invokers: dict[str, Json] = {}
        self.waits: dict[str, list[Json]] = {}
        self.requests: list[Asked] = []
        self._time = start
        self._feed: list[str] = []
        self._answers: dict[str | None, Answer | BaseException] = {}
        self._accidents: dict[str, str] = {}
        self.transport = httpx.MockTransport(self._answer)
        for name in ("order-processing", "nightly-report"):
            self.add_workflow(name)

    # What it holds

    def add_workflow(self, name: str, **fields: Any) -> Json:
        """Define a workflow."""
        self.workflows[name] = {
            "id": new_id(),
            "name": name,
            "mainJobFunctionName": "main",
            "jobFunctions": {"main": "2", "fetch-customer": "1"},
            "createdAt": stamp(START),
            "updatedAt": stamp(START + timedelta(hours=1)),
        } | fields
        return self.workflows[name]

    def add(
        self, workflow: str = "order-processing", status: str = "PENDING", identifier: str = ""
    ) -> str:
        """Add an execution; each is a second younger than the one before."""
        self._time += timedelta(seconds=1)
        identifier = identifier or new_id()
        self.executions[identifier] = {
            "id": identifier,
            "workflowName": workflow,
            "status": f"STATUS_{status}",
            "startedAt": stamp(self._time),
            "jobExecutions": [],
        }
        self.attempts[identifier] = [{"number": 1, "startedAt": stamp(self._time)}]
        self.set_status(identifier, status)
        return identifier

    def set_status(self, execution_id: str, status: str) -> None:
        """Move an execution to a state."""
        execution = self.executions[execution_id]
        execution["status"] = f"STATUS_{status}"
        execution.pop("finishedAt", None)
        if status in FINISHED:
            execution["finishedAt"] = stamp(self._time + timedelta(seconds=1))
        self.attempts[execution_id][-1]["status"] = status
        self._feed.append(execution_id)

    def add_job(
        self, execution_id: str, stacked_name: str, status: str = "SUCCESS", *, logs: str = ""
    ) -> str:
        """Add a job to an execution; gives the id of its function execution."""
        job, run = new_id(), new_id()
        times = {"startedAt": stamp(self._time)}
        if status in FINISHED:
            times["finishedAt"] = stamp(self._time + timedelta(seconds=1))
        state = {"status": f"STATUS_{status}"}
        self.executions[execution_id]["jobExecutions"].append(
            {"id": job, "stackedJobName": stacked_name, "executionId": run} | times | state
        )
        self.functions[run] = {"id": run, "logs": logs} | times | state
        if status == "SUCCESS":
            self.functions[run]["result"] = '{"ok": true}'
        row: Json = {
            "jobExecutionId": job,
            "functionExecutionId": run,
            "stackedJobName": stacked_name,
            "attempt": 1,
            "status": status,
            "input": '{"orderId": "o-1"}',
        }
        if status == "FAILED":
            row["error"] = {"type": "MailError", "message": "refused", "traceback": "File …"}
            self.functions[run] |= {
                "error": {"name": "MailError", "message": "refused"},
                "errorKind": "FUNCTION_ERROR_KIND_USER_RUNTIME",
            }
        self.job_attempts.setdefault(execution_id, []).append(row | times)
        return run

    def add_wait(self, execution_id: str, key: str, turn: int = 0) -> None:
        """Let an execution wait."""
        point = {"key": key, "turn": turn, "stackedJobName": "main", "payload": '{"sum": 5}'}
        self.waits.setdefault(execution_id, []).append(point | {"createdAt": stamp(self._time)})

    # How it fails

    def answer(self, answer: Answer | BaseException | None, *, method: str | None = None) -> None:
        """Answer everything (of that method) with this, until told None."""
        if answer is None:
            self._answers.pop(method, None)
        else:
            self._answers[method] = answer

    def lose(self, method: str) -> None:
        """Carry the next call of a method out, and lose its answer."""
        self._accidents[method] = "lose"

    def drop(self, method: str) -> None:
        """Drop the next call of a method before it is carried out."""
        self._accidents[method] = "drop"

    def hang(self, method: str) -> None:
        """Never answer the next call of a method; it is not carried out."""
        self._accidents[method] = "hang"

    def asked(self, method: str) -> list[Json]:
        """Give the messages of a method that came."""
        return [request.message for request in self.requests if request.method == method]

    @property
    def calls(self) -> Counter[str]:
        """How often each method was called."""
        return Counter(request.method for request in self.requests)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        service, _, method = request.url.path.rpartition("/")
        message = json.loads(request.content or b"{}")
        self.requests.append(Asked(method, message, request.headers))
        for name in (method, None):
            instead = self._answers.get(name)
            if isinstance(instead, BaseException):
                raise instead
            if instead is not None:
                return httpx.Response(instead.status, content=instead.body, headers=instead.headers)
        accident = self._accidents.pop(method, "")
        if accident == "drop":
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
        if accident == "hang":
            await asyncio.Event().wait()
        try:
            found = self._call(service + "/", method, message)
        except Refused as refused:
            answer = Answer.error(refused.code, str(refused))
        else:
            answer = Answer.json(found)
        if accident == "lose":
            raise httpx.ReadError("")
        return httpx.Response(answer.status, content=answer.body, headers=answer.headers)

    def _call(self, service: str, method: str, message: Json) -> Json:
        handlers = self._operator_methods() if service == OPERATOR else {}
        if service == CONSOLE and self.has_console:
            handlers = self._console_methods()
        handler = handlers.get(method)
        if handler is None:
            raise Refused("unimplemented", f"no method {method}")
        workspace = message.get("workspaceId", "")
        is_needed = service == OPERATOR and method != "ListWorkspaces"
        if workspace != WORKSPACE and (workspace or is_needed):
            raise Refused("not_found", f"no workspace {workspace}")
        return handler(message)

    # tailor.v1

    def _operator_methods(self) -> dict[str, Callable[[Json], Json]]:
        start, resume = self._start_workflow, self._resume
        methods: dict[str, Callable[[Json], Json]] = {
            "ListWorkspaces": lambda message: self._paged(message, "workspaces", self.workspaces),
            "ListApplications": lambda message: self._paged(
                message, "applications", self.applications
            ),
            "GetApplication": self._get_application,
            "ListAuthMachineUsers": self._list_machine_users,
            "ListWorkflows": lambda message: self._paged(
                message, "workflows", list(self.workflows.values())
            ),
            "GetWorkflowByName": self._get_workflow,
            "ListWorkflowExecutions": self._list_executions,
            "GetWorkflowExecution": lambda message: {"execution": self._execution(message)},
            "ListFunctionExecutions": self._list_functions,
            "TestStartWorkflow": start,
            "TestResumeWorkflow": resume,
        }
        if not self.is_old:
            methods |= {
                "GetFunctionExecution": lambda message: {"execution": self._function(message)},
                "StartWorkflow": start,
                "ResumeWorkflowExecution": resume,
            }
        return methods

    def _paged(self, message: Json, name: str, rows: list[Json]) -> Json:
        begin = int(message.get("pageToken") or 0)
        end = begin + (message.get("pageSize") or 50)
        answer: Json = {}
        if rows[begin:end]:
            answer[name] = rows[begin:end]
        if rows[end:]:
            answer["nextPageToken"] = str(end)
        if rows:
            answer["totalCount"] = str(len(rows))
        return answer

    def _get_application(self, message: Json) -> Json:
        for application in self.applications:
            if application["name"] == message["applicationName"]:
                return {"application": application}
        raise Refused("not_found", f"no application {message['applicationName']}")

    def _list_machine_users(self, message: Json) -> Json:
        if message["authNamespace"] != self.applications[0]["authNamespace"]:
            raise Refused("not_found", "no such auth namespace")
        rows = [{"name": name, "clientSecret": "s-3cr3t"} for name in self.machine_users]
        return self._paged(message, "machineUsers", rows)

    def _get_workflow(self, message: Json) -> Json:
        name = message["workflowName"]
        if name not in self.workflows:
            raise Refused("not_found", f"no workflow {name}")
        return {"workflow": self.workflows[name]}

    def _list_executions(self, message: Json) -> Json:
        rows = [row for row in self.executions.values() if self._holds(message, row)]
        if message.get("pageDirection") == "PAGE_DIRECTION_DESC":
            rows.reverse()
        return self._paged(message, "executions", [self._shown(row) for row in rows])

    def _shown(self, row: Json) -> Json:
        if not self.is_old:
            return row
        status = row["status"].removeprefix("STATUS_")
        return row | {"status": EXECUTION_STATES.index(status)}

    def _holds(self, message: Json, row: Json) -> bool:
        if name := message.get("workflowName"):
            if self.is_old:
                raise Refused("invalid_argument", "unknown field workflowName")
            if row["workflowName"] != name:
                return False
        return self._node_holds(message.get("filter") or {}, row)

    def _node_holds(self, node: Json, row: Json) -> bool:
        if "condition" in node and not self._condition_holds(node["condition"], row):
            return False
        if not all(self._node_holds(child, row) for child in node.get("and", ())):
            return False
        choices = node.get("or", ())
        return not choices or any(self._node_holds(child, row) for child in choices)

    def _condition_holds(self, condition: Json, row: Json) -> bool:
        field_name, value = condition["field"], condition["value"]
        operator = condition["operator"]
        if field_name == "workflow_name" and operator == "OPERATOR_EQ":
            if not self.reads_workflow_in_filter:
                raise Refused("invalid_argument", "filter: unknown field workflow_name")
            return bool(row["workflowName"] == value)
        if field_name == "status" and operator == "OPERATOR_EQ":
            known = 6 if self.is_old else len(EXECUTION_STATES)
            if not isinstance(value, int) or not 0 <= value < known:
                raise Refused("invalid_argument", f"filter: no status {value}")
            return bool(row["status"] == f"STATUS_{EXECUTION_STATES[value]}")
        if field_name == "created_at" and operator == "OPERATOR_GE" and self.has_console:
            return datetime.fromisoformat(row["startedAt"]) >= datetime.fromisoformat(value)
        raise Refused("invalid_argument", f"filter: unknown field {field_name}")

    def _execution(self, message: Json) -> Json:
        identifier = message["executionId"]
        if identifier not in self.executions:
            raise Refused("not_found", f"no execution {identifier}")
        return self._shown(self.executions[identifier])

    def _function(self, message: Json) -> Json:
        identifier = message["executionId"]
        if identifier not in self.functions:
            raise Refused("not_found", f"no function execution {identifier}")
        return self.functions[identifier]

    def _list_functions(self, message: Json) -> Json:
        condition = message["filter"]["condition"]
        assert (condition["field"], condition["operator"]) == ("id", "OPERATOR_EQ")
        found = self.functions.get(condition["value"])
        return {"executions": [found]} if found else {}

    def _start_workflow(self, message: Json) -> Json:
        for name, workflow in self.workflows.items():
            if workflow["id"] == message["workflowId"]:
                return self._begin(name, message, message.get("authInvoker") or {})
        raise Refused("not_found", f"no workflow {message['workflowId']}")

    def _begin(self, name: str, message: Json, invoker: Json, identifier: str = "") -> Json:
        user = invoker.get("machineUserName")
        if user and user not in self.machine_users:
            raise Refused("not_found", f"no machine user {user}")
        try:
            json.loads(message.get("arg", "{}"))
        except ValueError:
            raise Refused("invalid_argument", "arg: not JSON") from None
        identifier = self.add(name, "PENDING", identifier)
        self.inputs[identifier] = message.get("arg", "{}")
        self.invokers[identifier] = invoker
        return {"executionId": identifier}

    def _resume(self, message: Json) -> Json:
        execution = self._execution(message)
        identifier = execution["id"]
        if self.executions[identifier]["status"] != "STATUS_FAILED":
            raise Refused("failed_precondition", "it is not resumable")
        number = len(self.attempts[identifier]) + 1
        self.attempts[identifier].append(
            {"number": number, "reason": message.get("reason", ""), "startedAt": stamp(self._time)}
        )
        self.set_status(identifier, "PENDING_RESUME")
        return {"executionId": identifier}

    # wfc.v1

    def _console_methods(self) -> dict[str, Callable[[Json], Json]]:
        return {
            "GetCapabilities": lambda message: {
                "server": "fake 1",
                "project": "shop",
                "features": list(self.features),
                "isLocal": True,
                "role": "operator",
            },
            "GetCounts": self._counts,
            "Changes": self._changes,
            "ListAttempts": self._list_attempts,
            "ReadLog": self._read_log,
            "Start": self._start,
            "Resume": self._resume,
            "Cancel": self._cancel,
            "ListWaitPoints": lambda message: {
                "waitPoints": self.waits.get(self._execution(message)["id"], [])
            },
            "GetSchema": self._schema,
            "Resolve": self._resolve,
        }

    def _schema(self, message: Json) -> Json:
        name = message.get("workflowName", "")
        if not name:
            return {"jsonSchema": "{}"}
        if name not in self.workflows:
            raise Refused("not_found", f"no workflow {name}")
        return {"jsonSchema": '{"type": "object", "additionalProperties": true}'}

    def _counts(self, message: Json) -> Json:
        since = datetime.fromisoformat(message["since"]) if "since" in message else START
        rows = [
            row
            for row in self.executions.values()
            if datetime.fromisoformat(row["startedAt"]) >= since
        ]
        found = Counter(row["status"].removeprefix("STATUS_") for row in rows)
        return {"byStatus": {name: str(number) for name, number in found.items()}}

    def _changes(self, message: Json) -> Json:
        cursor = message.get("cursor", "")
        if not cursor.isdigit():
            return {"cursor": str(len(self._feed)), "reset": True}
        changed = dict.fromkeys(self._feed[int(cursor) :])
        rows = [self.executions[name] for name in changed if name in self.executions]
        gone = [name for name in changed if name not in self.executions]
        return {"changed": rows, "gone": gone, "cursor": str(len(self._feed))}

    def prune(self, execution_id: str) -> None:
        """Forget an execution."""
        del self.executions[execution_id]
        self._feed.append(execution_id)

    def _list_attempts(self, message: Json) -> Json:
        identifier = self._execution(message)["id"]
        return {
            "attempts": self.attempts[identifier],
            "jobs": self.job_attempts.get(identifier, []),
            "input": self.inputs.get(identifier, "{}"),
            "invoker": self.invokers.get(identifier, {}).get("machineUserName", ""),
        }

    def _read_log(self, message: Json) -> Json:
        run = self._function({"executionId": message["functionExecutionId"]})
        whole = "".join(
            f"{stamp(START)} {line}\n" for line in run["logs"].splitlines() if line
        ).encode()
        offset = int(message.get("offset", 0))
        data = whole[offset : offset + message["limit"]]
        following = min(offset, len(whole)) + len(data)
        is_ended = run["status"].removeprefix("STATUS_") in FINISHED
        return {
            "data": base64.b64encode(data).decode(),
            "nextOffset": str(following),
            "size": str(len(whole)),
            "eof": is_ended and following >= len(whole),
        }

    def _start(self, message: Json) -> Json:
        identifier = message.get("executionId", "")
        if identifier in self.executions:
            return {"executionId": identifier}
        name = message["workflowName"]
        if name not in self.workflows:
            raise Refused("not_found", f"no workflow {name}")
        user = message.get("machineUserName", "")
        return self._begin(name, message, {"machineUserName": user} if user else {}, identifier)

    def _cancel(self, message: Json) -> Json:
        execution = self._execution(message)
        if execution["status"].removeprefix("STATUS_") in FINISHED:
            raise Refused("failed_precondition", "it has finished")
        self.set_status(execution["id"], "CANCELED")
        return {}

    def _resolve(self, message: Json) -> Json:
        execution = self._execution(message)
        points = [
            point
            for point in self.waits.get(execution["id"], [])
            if point["key"] == message["key"]
            and message.get("turn", point["turn"]) == point["turn"]
        ]
        if not points:
            raise Refused("not_found", f"no wait point {message['key']}")
        if "resolvedAt" in points[-1]:
            raise Refused("failed_precondition", "it was answered already")
        points[-1] |= {"resolvedAt": stamp(self._time), "result": message["result"]}
        points[-1]["reason"] = message.get("reason", "")
        self.set_status(execution["id"], "PENDING_RESUME")
        return {}


def stamp(time: datetime) -> str:
    """Write a time as proto3 JSON has it."""
    return time.isoformat().replace("+00:00", "Z")
