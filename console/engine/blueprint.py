"""What the engine needs of a project's definitions, and the questions it asks of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from console.engine.interface import InvalidArgument, UnknownMachineUser, UnknownWorkflow
from console.engine.requests import Deployment
from console.workflow.errors import InvalidInput
from console.workflow.job import Job
from console.workflow.json_text import normal_input
from console.workflow.workflow import Workflow


@dataclass(frozen=True, slots=True)
class Blueprint:
    """One reading of a project's definitions."""

    workflows: Mapping[str, Workflow[Any]]
    jobs: Mapping[str, Job[Any, Any]]
    env: Mapping[str, str] = field(default_factory=dict)
    machine_users: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By name: what the user may do, `rw` or `ro`, by database."""
    databases: Mapping[str, str] = field(default_factory=dict)
    """URLs by name."""
    uses: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By workflow: the names of the jobs it may run; its main job at the least."""
    hashes: Mapping[str, str] = field(default_factory=dict)
    """By job: a hash of its source."""

    @property
    def limits(self) -> dict[str, int | None]:
        """By workflow: how many executions of it may be RUNNING."""
        return {
            name: workflow.concurrency_policy.max_concurrent_executions
            if workflow.concurrency_policy
            else None
            for name, workflow in self.workflows.items()
        }

    def jobs_of(self, workflow: str) -> frozenset[str]:
        """Name the jobs a workflow may run."""
        main = self.workflows[workflow].main_job.name
        return self.uses.get(workflow, frozenset()) | {main}

    def deployment(self) -> Deployment:
        """Sum the definitions up for the journal."""
        return Deployment(
            workflows={name: self._fingerprint(name) for name in self.workflows},
            jobs={name: self._hash(name) for name in self.jobs},
        )

    def _hash(self, job: str) -> str:
        return self.hashes.get(job) or _digest(self.jobs[job].source)

    def _fingerprint(self, name: str) -> str:
        workflow = self.workflows[name]
        jobs = [f"{job}={self._hash(job)}" for job in sorted(self.jobs_of(name))]
        policies = [repr(workflow.retry_policy), repr(workflow.concurrency_policy)]
        return _digest("\n".join([workflow.main_job.name, *policies, *jobs]))

    def check_start(self, workflow: str, argument: str | None, invoker: str | None) -> str:
        """Give the argument as canonical JSON when this could be started.

        Raises UnknownWorkflow, UnknownMachineUser, InvalidArgument.
        """
        definition = self.workflows.get(workflow)
        if definition is None:
            raise UnknownWorkflow(f"there is no workflow {workflow!r}{_near(workflow, self.workflows)}")
        if invoker is not None and invoker not in self.machine_users:
            near = _near(invoker, self.machine_users)
            raise UnknownMachineUser(f"there is no machine user {invoker!r}{near}")
        try:
            text = normal_input(argument)
            definition.main_job.read_input(text)
        except InvalidInput as error:
            raise InvalidArgument(str(error)) from None
        return text

    def database(self, name: str, invoker: str | None) -> tuple[str, str]:
        """Give a database's URL and the user's permission. Raises LookupError, PermissionError."""
        url = self.databases.get(name)
        if url is None:
            raise LookupError(f"there is no database {name!r}{_near(name, self.databases)}")
        if invoker is None:
            raise PermissionError(
                f"the execution runs as no machine user, and so may not use database {name!r};"
                " start it with one"
            )
        permission = self.machine_users.get(invoker, {}).get(name)
        if permission is None:
            raise PermissionError(
                f"machine user {invoker!r} may not use database {name!r}:"
                f' grant it "ro" or "rw" in wfc.toml'
            )
        return url, permission


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _near(name: str, names: Mapping[str, object]) -> str:
    close = get_close_matches(name, names, n=1)
    return f"; did you mean {close[0]!r}?" if close else ""
