"""The filter tree of a listing as what the engine can select by.

and  narrows      workflow_name = a  and  status in (3, 5)
or   widens       on one field at a time: status = 3 or status = 5
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from typing import TypeVar

from google.protobuf.struct_pb2 import Value

from console.model.states import ExecutionStatus
from console.server.codes import ConnectError, invalid
from console.server.proto.tailor.v1 import workflow_pb2 as pb

T = TypeVar("T")

EQ = pb.Condition.OPERATOR_EQ
GE = pb.Condition.OPERATOR_GE


@dataclass(frozen=True, slots=True)
class Selection:
    """A set of executions: what holds for each field; None where it may be anything."""

    workflows: frozenset[str] | None = None
    statuses: frozenset[ExecutionStatus] | None = None
    since: datetime | None = None
    """Created at or after."""

    @property
    def is_empty(self) -> bool:
        """Nothing can be in it."""
        return self.workflows == frozenset() or self.statuses == frozenset()

    def both(self, other: Selection) -> Selection:
        """Narrow by another one."""
        times = [time for time in (self.since, other.since) if time is not None]
        return Selection(
            _both(self.workflows, other.workflows),
            _both(self.statuses, other.statuses),
            max(times, default=None),
        )

    def either(self, other: Selection) -> Selection:
        """Widen by another one that differs in one field. Raises `ConnectError`."""
        if (self.workflows, self.since) == (other.workflows, other.since):
            return Selection(self.workflows, _either(self.statuses, other.statuses), self.since)
        if (self.statuses, self.since) == (other.statuses, other.since):
            return Selection(_either(self.workflows, other.workflows), self.statuses, self.since)
        raise invalid("filter.or", "its conditions must all be on the same field")


def select(node: pb.Filter) -> Selection:
    """Read a filter tree over executions. Raises `ConnectError`."""
    parts = [select(child) for child in getattr(node, "and")]
    if node.HasField("condition"):
        parts.append(_condition(node.condition))
    choices = [select(child) for child in getattr(node, "or")]
    if choices:
        parts.append(reduce(Selection.either, choices))
    return reduce(Selection.both, parts, Selection())


def function_execution_id(node: pb.Filter) -> str:
    """Read the one filter over function executions: `id` EQ. Raises `ConnectError`."""
    conditions = [node.condition] if node.HasField("condition") else []
    for child in getattr(node, "and"):
        conditions.append(child.condition)
    if len(conditions) != 1 or conditions[0].field != "id" or getattr(node, "or"):
        raise invalid("filter", "function executions are listed by one condition: id OPERATOR_EQ")
    condition = conditions[0]
    if condition.operator != EQ or condition.value.WhichOneof("kind") != "string_value":
        raise invalid("filter", "id takes OPERATOR_EQ and a string")
    return str(condition.value.string_value)


def _condition(condition: pb.Condition) -> Selection:
    """Read one condition."""
    field, value = condition.field, condition.value
    readers: dict[str, tuple[pb.Condition.Operator, Callable[[Value], Selection]]] = {
        "workflow_name": (EQ, _workflow),
        "workflowName": (EQ, _workflow),
        "status": (EQ, _status),
        "created_at": (GE, _created_at),
        "createdAt": (GE, _created_at),
    }
    if field not in readers:
        known = "workflow_name, status, created_at"
        raise invalid("filter", f"there is no field {field[:60]!r}; there are {known}")
    operator, read = readers[field]
    if condition.operator != operator:
        raise invalid("filter", f"{field} takes {pb.Condition.Operator.Name(operator)} only")
    return read(value)


def _workflow(value: Value) -> Selection:
    if value.WhichOneof("kind") != "string_value":
        raise invalid("filter", "workflow_name takes a string")
    return Selection(workflows=frozenset({value.string_value}))


def _status(value: Value) -> Selection:
    """Read a state by its number, as the platform's command sends it, or by its name."""
    kind = value.WhichOneof("kind")
    name: str | None = None
    if kind == "number_value" and value.number_value in pb.WorkflowExecution.Status.values():
        name = pb.WorkflowExecution.Status.Name(int(value.number_value))
    elif kind == "string_value":
        name = value.string_value
    name = (name or "").removeprefix("STATUS_")
    if name == "UNSPECIFIED":
        return Selection(statuses=frozenset())
    if name not in tuple(ExecutionStatus) or name == ExecutionStatus.UNKNOWN:
        raise invalid("filter", "status takes the number or the name of a state")
    return Selection(statuses=frozenset({ExecutionStatus(name)}))


def _created_at(value: Value) -> Selection:
    if value.WhichOneof("kind") != "string_value":
        raise _not_a_time()
    try:
        time = datetime.fromisoformat(value.string_value)
    except ValueError:
        raise _not_a_time() from None
    return Selection(since=time.replace(tzinfo=time.tzinfo or UTC))


def _not_a_time() -> ConnectError:
    return invalid("filter", "created_at takes an RFC 3339 time")


def _both(one: frozenset[T] | None, other: frozenset[T] | None) -> frozenset[T] | None:
    if one is None or other is None:
        return other if one is None else one
    return one & other


def _either(one: frozenset[T] | None, other: frozenset[T] | None) -> frozenset[T] | None:
    return None if one is None or other is None else one | other
