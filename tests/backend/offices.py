"""A backend on a fake operator, for the tests of one behaviour."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from console.backend.tailor import TailorBackend, open_backend
from console.backend.transport import Timeouts
from console.model.target import Target
from tests.fakes.clock import ManualClock
from tests.fakes.operator import FakeOperator

URL = "http://operator.test"
QUICK = Timeouts(connect=0.2, answer=0.2, change=0.2, whole=0.2)
"""For calls that are never answered."""


@dataclass(frozen=True)
class Office:
    """A backend and the operator behind it."""

    backend: TailorBackend
    operator: FakeOperator
    clock: ManualClock


@asynccontextmanager
async def office(
    operator: FakeOperator | None = None,
    *,
    timeouts: Timeouts | None = None,
    actor: str = "",
    **fields: Any,
) -> AsyncIterator[Office]:
    """Open a backend on an operator; `fields` are the target's."""
    operator = operator if operator is not None else FakeOperator()
    clock = ManualClock()
    target = Target(**({"kind": "url", "label": "shop", "url": URL} | fields))
    backend = open_backend(
        target, clock, actor=actor, transport=operator.transport, timeouts=timeouts
    )
    try:
        yield Office(backend, operator, clock)
    finally:
        await backend.aclose()
