"""Workers that are lost: an execution that gets on may lose many, one that does not fails."""

from __future__ import annotations

from console.engine.claims import MAX_LOSSES
from console.engine.fence import Fence
from console.engine.progress import Progress
from console.model.states import ExecutionStatus
from tests.engine.desk import ASK, Desk


def test_an_execution_that_costs_too_many_workers_fails_naming_the_job(desk: Desk) -> None:
    execution_id = desk.start()
    for number in range(MAX_LOSSES):
        progress = Progress(Fence(desk.database, desk.clock, desk.claim()))
        progress.begin(None, 0, ASK, *(progress.left_triggers(None) or [None]))
        (held,) = desk.claims.held()
        status = desk.claims.release(held, "the process was ended by SIGSEGV", is_loss=True)
        is_last = number == MAX_LOSSES - 1
        assert status is (ExecutionStatus.FAILED if is_last else ExecutionStatus.PENDING_RESUME)
    row = desk.database.execute(
        "SELECT error_type, error_message FROM attempt WHERE execution_id = ?", (execution_id,)
    ).fetchone()
    assert (
        row[0] == "WorkerLost"
        and "SIGSEGV; 3 workers were lost and no job finished between" in row[1]
    )
    job = desk.database.execute("SELECT status FROM job_execution").fetchone()
    assert job[0] == "FAILED"
    desk.requests.resume(execution_id, "", "")
    desk.claim()
    (held,) = desk.claims.held()
    assert desk.claims.release(held, "died", is_loss=True) is ExecutionStatus.PENDING_RESUME


def _lose(desk: Desk) -> ExecutionStatus | None:
    """Let the worker that holds the execution die."""
    (held,) = desk.claims.held()
    return desk.claims.release(held, "the process was ended by SIGKILL", is_loss=True)


def test_an_execution_that_gets_on_may_lose_any_number_of_workers(desk: Desk) -> None:
    desk.start()
    for turn in range(2 * MAX_LOSSES):
        progress = Progress(Fence(desk.database, desk.clock, desk.claim()))
        main = progress.begin(None, 0, ASK, *(progress.left_triggers(None) or [None]))
        progress.succeed(progress.begin(main, turn, ASK, None), "{}")
        assert _lose(desk) is ExecutionStatus.PENDING_RESUME


def test_the_callers_of_a_job_that_cost_too_many_workers_fail_with_it(desk: Desk) -> None:
    desk.start()
    status = None
    for _ in range(MAX_LOSSES):
        progress = Progress(Fence(desk.database, desk.clock, desk.claim()))
        main = progress.begin(None, 0, ASK, *(progress.left_triggers(None) or [None]))
        if not progress.left_triggers(main):
            progress.succeed(progress.begin(main, 0, ASK, None), "{}")
        progress.begin(main, 1, ASK, *(progress.left_triggers(main)[1:] or [None]))
        status = _lose(desk)
    # The first loss came after a job had finished, and none did since.
    assert status is ExecutionStatus.FAILED
    states = desk.database.execute(
        "SELECT j.status, f.status, f.cause_place FROM job_execution j JOIN function_execution f"
        " ON f.id = j.function_execution_id ORDER BY j.place"
    ).fetchall()
    place = f"{ASK.name}/{ASK.name}"
    assert [tuple(row) for row in states] == [
        ("FAILED", "FAILED", place),
        ("SUCCESS", "SUCCESS", None),
        ("FAILED", "FAILED", place),
    ]


def test_a_server_that_stops_costs_no_worker(desk: Desk) -> None:
    desk.start()
    for _ in range(MAX_LOSSES + 1):
        desk.claim()
        (held,) = desk.claims.held()
        assert desk.claims.release(held, "the server was stopped") is (
            ExecutionStatus.PENDING_RESUME
        )
