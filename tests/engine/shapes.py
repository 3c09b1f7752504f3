"""Workflows of every shape, whose bodies check the journal's promises as they run.

A job triggers its children in turn, may catch their failures, may wait, may start another
workflow, and fails as often as its plan says. The worker may die at any commit, before or after.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from console.engine.database import Database
from console.workflow import Job, JobContext, JobFailed, create_workflow_job, define_wait_point


@dataclass(frozen=True)
class Shape:
    """One job and what it triggers."""

    children: tuple[Shape, ...] = ()
    catches: bool = False
    """Go on when a child has failed."""
    reports: bool = False
    """Trigger one job more for each failure it catches, with what it said."""
    failures: int = 0
    """In how many attempts it fails before it succeeds."""
    waits: bool = False
    starts: bool = False
    is_async: bool = True
    number: int = 0

    def total(self) -> int:
        """What it gives when everything has succeeded."""
        return self.number + sum(child.total() for child in self.children) + 100 * self.waits

    def count(self) -> int:
        """How many jobs there are."""
        return 1 + sum(child.count() for child in self.children)


def shapes() -> st.SearchStrategy[Shape]:
    """Generate shapes with up to about a dozen jobs."""
    flags = st.tuples(
        *[st.booleans()] * 2, st.integers(0, 2), st.booleans(), st.booleans(), st.booleans()
    )

    def build(children: tuple[Shape, ...], flag: tuple[Any, ...], number: int) -> Shape:
        return Shape(children, *flag, number)

    leaf = st.builds(build, st.just(()), flags, st.integers(0, 9))
    return st.recursive(
        leaf,
        lambda inner: st.builds(
            build, st.lists(inner, min_size=1, max_size=3).map(tuple), flags, st.integers(0, 9)
        ),
        max_leaves=6,
    )


@dataclass
class Ledger:
    """What the bodies have done, and the promises they found broken."""

    journal: Path
    runs: Counter[str] = field(default_factory=Counter)
    failed: dict[str, set[int]] = field(default_factory=dict)
    """By job: the attempts it has failed in."""
    broken: list[str] = field(default_factory=list)
    _stack: list[str] = field(default_factory=list)

    def enter(self, name: str, attempt: int, *, may_differ: bool = False) -> None:
        """A body begins."""
        self.runs[name] += 1
        with sqlite3.connect(self.journal) as connection:
            rows = connection.execute(
                "SELECT f.status, f.attempt FROM function_execution f JOIN job_execution j"
                " ON j.id = f.job_execution_id WHERE j.name = ?",
                (name,),
            ).fetchall()
        connection.close()
        if may_differ:
            return  # each time with another input, and so another job execution
        if any(status == "SUCCESS" for status, _ in rows):
            self.broken.append(f"{name} ran after it had succeeded")
        if ("FAILED", attempt) in rows:
            self.broken.append(f"{name} ran again in attempt {attempt}, in which it had failed")

    def must_fail(self, name: str, attempt: int, times: int) -> bool:
        """Tell whether a body is to fail in this attempt; a re-run in it fares the same."""
        attempts = self.failed.setdefault(name, set())
        if attempt not in attempts and len(attempts) < times:
            attempts.add(attempt)
        return attempt in attempts


def make_jobs(shape: Shape, ledger: Ledger, child_workflow: Any) -> list[Job[Any, Any]]:
    """Make the jobs of a shape, the main one first."""
    approval = define_wait_point("approval")
    made: list[Job[Any, Any]] = []

    def make(node: Shape, place: str) -> Job[Any, Any]:
        name = f"job{place}"
        here = len(made)
        made.append(None)  # type: ignore[arg-type]
        children = [make(child, f"{place}-{i}") for i, child in enumerate(node.children)]

        @create_workflow_job(name=f"report{place}")
        async def report(input: dict[str, str], context: JobContext) -> None:
            ledger.enter(f"report{place}", context.attempt, may_differ=True)

        made.append(report)

        async def body(input: dict[str, int], context: JobContext) -> dict[str, int]:
            ledger.enter(name, context.attempt)
            total = node.number
            for index, child in enumerate(children):
                try:
                    total += (await child.trigger({"index": index}))["total"]
                except JobFailed as error:
                    if not node.catches:
                        raise
                    if node.reports:
                        await report.trigger({"error": str(error)})
            if node.starts:
                await child_workflow.trigger({"by": name})
            if node.waits:
                total += (await approval.wait({"by": name}))["points"]
            if ledger.must_fail(name, context.attempt, node.failures):
                raise ValueError(f"{name} in attempt {context.attempt}")
            return {"total": total}

        def blocking(input: dict[str, int], context: JobContext) -> dict[str, int]:
            ledger.enter(name, context.attempt)
            total = node.number
            for index, child in enumerate(children):
                try:
                    total += child.trigger_sync({"index": index})["total"]
                except JobFailed as error:
                    if not node.catches:
                        raise
                    if node.reports:
                        report.trigger_sync({"error": str(error)})
            if node.starts:
                child_workflow.trigger_sync({"by": name})
            if node.waits:
                total += approval.wait_sync({"by": name})["points"]
            if ledger.must_fail(name, context.attempt, node.failures):
                raise ValueError(f"{name} in attempt {context.attempt}")
            return {"total": total}

        job: Job[Any, Any] = create_workflow_job(
            name=name, body=body if node.is_async else blocking
        )
        made[here] = job
        return job

    make(shape, "-0")
    return made


class Died(BaseException):
    """The worker's process is gone."""


class MortalDatabase(Database):
    """A worker's connection, which dies at planned commits: before them, or after."""

    def plan(self, deaths: list[tuple[int, bool]]) -> None:
        """Die at the n-th commit from the last death on; True: when it is on the disk."""
        self.deaths = list(deaths)
        self._commits = 0

    deaths: list[tuple[int, bool]] = []  # noqa: RUF012
    _commits = 0

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write in one transaction, or die."""
        is_due = bool(self.deaths) and self._commits == self.deaths[0][0]
        self._commits += 1
        if not is_due:
            with super().transaction() as connection:
                yield connection
            return
        _, is_after = self.deaths.pop(0)
        self._commits = 0
        with super().transaction() as connection:
            yield connection
            if not is_after:
                raise Died
        raise Died
