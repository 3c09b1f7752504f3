"""Workflow definitions as a backend lists them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How a failed execution is tried again by itself."""

    max_retries: int
    initial_backoff: timedelta
    max_backoff: timedelta
    backoff_multiplier: float


@dataclass(frozen=True, slots=True)
class Workflow:
    """A named definition with one main job."""

    id: str
    name: str
    main_job: str
    job_versions: Mapping[str, int] = field(default_factory=dict)
    """Version of each job the workflow uses, by job name."""
    created_at: datetime | None = None
    updated_at: datetime | None = None
    """When it was last deployed."""
    retry: RetryPolicy | None = None
    """None where a failure is left to a person."""
    max_concurrent: int | None = None
    """How many executions of it may run at once; None for any number."""


@dataclass(frozen=True, slots=True)
class Invoker:
    """The machine user an execution runs as."""

    machine_user: str
    namespace: str = ""
    """The auth namespace it belongs to; empty lets the adapter take the project's."""
