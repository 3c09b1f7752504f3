"""Real executions of the example project, kept as a file that a backend can be filled from."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter

from console.clock import Clock
from console.model.capabilities import Capabilities
from console.model.execution import AttemptHistory, Execution, FunctionExecution
from console.model.ids import ExecutionId, FunctionExecutionId
from console.model.workflow import Workflow
from tests.fakes.backend import FakeBackend

K = TypeVar("K")
V = TypeVar("V")

FILE = Path(__file__).parent / "recording.json"


@dataclass(frozen=True, slots=True)
class Moment:
    """Everything the backend knew at one time; a later one holds only what differs."""

    now: datetime
    executions: tuple[Execution, ...]
    histories: dict[ExecutionId, AttemptHistory] = field(default_factory=dict)
    functions: dict[FunctionExecutionId, FunctionExecution] = field(default_factory=dict)
    logs: dict[FunctionExecutionId, str] = field(default_factory=dict)
    hint: str = ""
    """What the demo's guide said then."""

    def after(self, earlier: Moment) -> Moment:
        """Give this moment with what it left to the one before."""
        known = {one.id: one for one in earlier.executions} | {
            one.id: one for one in self.executions
        }
        return replace(
            self,
            executions=tuple(known.values()),
            histories={**earlier.histories, **self.histories},
            functions={**earlier.functions, **self.functions},
            logs={**earlier.logs, **self.logs},
        )

    def beyond(self, earlier: Moment) -> Moment:
        """Give only what differs from the moment before."""
        return replace(
            self,
            executions=tuple(one for one in self.executions if one not in earlier.executions),
            histories=_differing(self.histories, earlier.histories),
            functions=_differing(self.functions, earlier.functions),
            logs=_differing(self.logs, earlier.logs),
        )


def _differing(mine: dict[K, V], theirs: dict[K, V]) -> dict[K, V]:
    return {key: value for key, value in mine.items() if theirs.get(key) != value}


@dataclass(frozen=True, slots=True)
class Recording:
    """A backend at several moments, in their order."""

    capabilities: Capabilities
    workflows: tuple[Workflow, ...]
    users: tuple[str, ...]
    moments: dict[str, Moment]

    def at(self, name: str) -> Moment:
        """Give a moment, whole."""
        whole: Moment | None = None
        for key, moment in self.moments.items():
            whole = moment if whole is None else moment.after(whole)
            if key == name:
                return whole
        raise KeyError(name)

    def backend(self, name: str, clock: Clock) -> FakeBackend:
        """Fill a backend with a moment."""
        moment = self.at(name)
        backend = FakeBackend(clock, capabilities=self.capabilities)
        backend.users = self.users
        backend.workflows = {workflow.name: workflow for workflow in self.workflows}
        for execution in moment.executions:
            backend.put(execution)
        backend.histories.update(moment.histories)
        backend.functions.update(moment.functions)
        for identifier, log in moment.logs.items():
            backend.logs[identifier] = bytearray(log.encode())
        return backend


def load(path: Path = FILE) -> Recording:
    """Read a recording."""
    return TypeAdapter(Recording).validate_json(path.read_bytes())


def save(recording: Recording, path: Path = FILE) -> None:
    """Write a recording; what has its default is left out."""
    adapter = TypeAdapter(Recording)
    path.write_bytes(adapter.dump_json(recording, exclude_defaults=True) + b"\n")
