"""Whatever the shape, the failures, the resumes and the deaths: a success never runs again."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.model.execution import Execution
from console.model.states import ExecutionStatus, JobStatus
from console.workflow import create_workflow, create_workflow_job
from tests.engine.bench import Bench, make_project
from tests.engine.blank import blank_journal
from tests.engine.shapes import Died, Ledger, MortalDatabase, Shape, make_jobs, shapes

DEATHS = st.lists(st.tuples(st.integers(0, 12), st.booleans()), max_size=4)


@given(shape=shapes(), deaths=DEATHS)
@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
def test_a_succeeded_body_never_runs_again_and_the_result_is_the_same(
    shape: Shape, deaths: list[tuple[int, bool]]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        _run_to_success(Path(name), shape, deaths)


def _run_to_success(folder: Path, shape: Shape, deaths: list[tuple[int, bool]]) -> None:
    ledger = Ledger(folder / "journal.db")

    @create_workflow_job(name="noted")
    def noted(input: dict[str, str]) -> None:
        return None

    child = create_workflow(name="child-flow", main_job=noted)
    jobs = make_jobs(shape, ledger, child)
    flow = create_workflow(name="flow", main_job=jobs[0])
    blank_journal(folder)
    database = MortalDatabase(folder / "journal.db")
    bench = Bench(folder, make_project(folder, [flow, child], [*jobs, noted]), database)
    try:
        execution_id = bench.start("flow")
        database.plan(deaths)
        for _ in range(200):
            try:
                while claim := bench.claim():
                    bench.execute(claim)
            except Died:
                # The server's part: it lets go of what the dead worker held.
                kept, database.deaths = database.deaths, []
                bench.lose(is_loss=False)
                database.deaths = kept
                continue
            execution = bench.get(execution_id)
            if execution.status is ExecutionStatus.SUCCESS:
                break
            kept, database.deaths = database.deaths, []
            if execution.status is ExecutionStatus.WAITING:
                bench.answer(execution_id, "approval", '{"points":100}')
            else:
                assert execution.status is ExecutionStatus.FAILED, execution.status
                bench.resume(execution_id)
            database.deaths = kept
        _check(bench, bench.get(execution_id), shape, ledger, has_deaths=bool(deaths))
    finally:
        bench.close()


def _check(
    bench: Bench, execution: Execution, shape: Shape, ledger: Ledger, *, has_deaths: bool
) -> None:
    assert ledger.broken == []
    assert execution.status is ExecutionStatus.SUCCESS
    names = [job.name for job in execution.jobs]
    if not any(name.startswith("report") for name in names):
        assert names == [name for name in _preorder(shape) if name in names]
    # A failure that was caught in the last attempt stays; everything else has succeeded.
    assert execution.jobs[0].status is JobStatus.SUCCESS
    if all(job.status is JobStatus.SUCCESS for job in execution.jobs):
        assert json.loads(bench.result(execution.id)) == {"total": shape.total()}
    started = _starters(shape)
    children = [
        json.loads(bench.reads.attempts(found.id).input)["by"]
        for found in bench.reads.list(_all_of("child-flow")).items
    ]
    assert len(children) == len(set(children)), "an execution was started twice"
    assert set(children) <= started
    if not has_deaths:
        for name, node in _leaves(shape):
            if node.waits or names.count(name) != 1:
                continue
            failures = len(ledger.failed.get(name, ()))
            job = execution.jobs[names.index(name)]
            assert ledger.runs[name] == failures + (job.status is JobStatus.SUCCESS)


def _all_of(workflow: str):  # type: ignore[no-untyped-def]
    from console.model.query import ExecutionQuery

    return ExecutionQuery(workflow=workflow, limit=1000)


def _walk(shape: Shape, place: str = "-0"):  # type: ignore[no-untyped-def]
    yield f"job{place}", shape
    for index, child in enumerate(shape.children):
        yield from _walk(child, f"{place}-{index}")


def _preorder(shape: Shape) -> list[str]:
    return [name for name, _ in _walk(shape)]


def _leaves(shape: Shape) -> list[tuple[str, Shape]]:
    return [(name, node) for name, node in _walk(shape) if not node.children]


def _starters(shape: Shape) -> set[str]:
    return {name for name, node in _walk(shape) if node.starts}
