"""Testing jobs with plain pytest: what an engine would give, given by the test.

    def test_an_order_waits_for_the_manager(tmp_path):
        with run_in_place(
            invoker="manager-machine-user",
            databases={"tailordb": f"sqlite:///{tmp_path}/shop.db"},
            answers={"manager-approval": lambda asked: {"approved": asked["amount"] < 100}},
        ) as run:
            result = asyncio.run(process_order.trigger({"orderId": "o-1"}))
        assert run.waits == [Wait("manager-approval", {"orderId": "o-1", "amount": 40})]

Without it `trigger` runs the body in place too; what is asked of an engine besides is an error.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from console.workflow.errors import WorkflowMisuse
from console.workflow.in_place import InPlaceRuntime
from console.workflow.json_text import dump_json
from console.workflow.runtime import JobContext, current_runtime


@dataclass(frozen=True, slots=True)
class Start:
    """A workflow that was started."""

    workflow: str
    args: Any
    """The argument, as JSON has it."""
    invoker: str | None
    execution_id: str


@dataclass(frozen=True, slots=True)
class Wait:
    """A wait that was answered."""

    key: str
    payload: Any
    """What was asked, as JSON has it."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """Another execution's wait that was resolved."""

    execution_id: str
    key: str
    result: Any
    """The answer, as JSON has it."""


@dataclass(slots=True, kw_only=True)
class InPlaceRun(InPlaceRuntime):
    """What the jobs of a test were given, and what they asked for."""

    given: JobContext = field(default_factory=JobContext)
    databases: Mapping[str, str | tuple[str, str]] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)
    payloads: Mapping[str, Any] = field(default_factory=dict)
    starts: list[Start] = field(default_factory=list)
    """The workflows that were started, in order; none of them runs."""
    waits: list[Wait] = field(default_factory=list)
    resolutions: list[Resolution] = field(default_factory=list)

    @property
    def context(self) -> JobContext:
        """What the job that is triggered first sees."""
        return self.given

    async def start_child(self, workflow: str, argument: str, invoker: str | None) -> str:
        """Note the start and give a new id."""
        start = Start(workflow, json.loads(argument), invoker, str(uuid4()))
        self.starts.append(start)
        return start.execution_id

    async def wait(self, key: str, payload: str) -> str:
        """Give the test's answer."""
        if key not in self.answers:
            raise WorkflowMisuse(
                f"the test has no answer at {key!r}; write answers={{{key!r}: …}} in run_in_place"
            )
        asked = json.loads(payload)
        self.waits.append(Wait(key, asked))
        answer = self.answers[key]
        return dump_json(answer(asked) if callable(answer) else answer)

    async def wait_payload(self, execution_id: str, key: str) -> str:
        """Give what the test says is asked there."""
        if key not in self.payloads:
            raise WorkflowMisuse(
                f"the test does not say what is asked at {key!r}; "
                f"write payloads={{{key!r}: …}} in run_in_place"
            )
        return dump_json(self.payloads[key])

    async def resolve(self, execution_id: str, key: str, result: str) -> None:
        """Note the answer; a second one for the same wait is refused."""
        if any((past.execution_id, past.key) == (execution_id, key) for past in self.resolutions):
            raise LookupError(f"{key!r} of {execution_id} is resolved already")
        self.resolutions.append(Resolution(execution_id, key, json.loads(result)))

    def database(self, name: str) -> tuple[str, str]:
        """Give the test's database; its permission is `rw` unless a pair says another."""
        if name not in self.databases:
            raise LookupError(f"the test has no database {name!r}; it has: {list(self.databases)}")
        entry = self.databases[name]
        return (entry, "rw") if isinstance(entry, str) else entry


Answer = Any | Callable[[Any], Any]


@contextmanager
def run_in_place(
    *,
    env: Mapping[str, str] | None = None,
    invoker: str | None = None,
    execution_id: str = "test",
    databases: Mapping[str, str | tuple[str, str]] | None = None,
    answers: Mapping[str, Answer] | None = None,
    payloads: Mapping[str, Any] | None = None,
) -> Iterator[InPlaceRun]:
    """Stand in for the engine while the block runs.

    `databases` are URLs, or pairs of URL and `"ro"`; `answers` are, by the wait point's key, the
    answer or a function of what was asked; `payloads` are what `resolve()` finds asked.
    """
    run = InPlaceRun(
        given=JobContext(env=dict(env or {}), invoker=invoker, execution_id=execution_id),
        databases=databases or {},
        answers=answers or {},
        payloads=payloads or {},
    )
    token = current_runtime.set(run)
    try:
        yield run
    finally:
        current_runtime.reset(token)
