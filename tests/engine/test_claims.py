"""Claims: oldest first, never more than the limit, fenced by their epoch, lost with the lease."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.engine.claims import Claim, Claims
from console.engine.database import Database
from console.engine.fence import Fence, OpenJob
from console.engine.lease import LeaseKeeper
from console.engine.progress import Progress
from console.engine.requests import Requests
from console.engine.stops import LeaseLost
from console.engine.writing import Answer, NewExecution
from console.model.ids import new_id
from console.model.states import ExecutionStatus
from console.workflow.failure import Failure
from tests.engine.blank import open_blank
from tests.engine.desk import ASK, LIMITS, Desk


def test_the_oldest_is_taken_first_and_a_resumed_one_queues_behind(desk: Desk) -> None:
    first, second, third = desk.start(), desk.start(), desk.start()
    claim = desk.claim()
    assert claim.execution_id == first
    progress = Progress(Fence(desk.database, desk.clock, claim))
    progress.reject(Failure("ValueError", "no", ""))
    desk.clock.advance(1)
    desk.requests.resume(first, "", "")
    assert [desk.claim().execution_id for _ in range(3)] == [second, third, first]
    assert desk.claims.claim("w", LIMITS) is None


def test_one_taken_from_a_dead_worker_goes_first_again(desk: Desk) -> None:
    first, _ = desk.start(), desk.start()
    desk.claim()
    desk.clock.advance(10)
    desk.claims.release(desk.claims.held()[0], "died", is_loss=True)
    assert desk.claim().execution_id == first


def test_a_start_is_that_of_the_latest_attempt_whatever_it_lost_on_the_way(desk: Desk) -> None:
    execution_id = desk.start()

    def started() -> list[int]:
        rows = desk.database.execute(
            "SELECT started_at FROM execution WHERE id = ? UNION ALL"
            " SELECT started_at FROM attempt WHERE execution_id = ?",
            (execution_id, execution_id),
        )
        return [row[0] - first for row in rows]

    claim = desk.claim()
    (first,) = desk.database.execute("SELECT started_at FROM execution").fetchone()
    desk.clock.advance(10)
    desk.claims.release(desk.claims.held()[0], "died", is_loss=True)
    claim = desk.claim()
    assert started() == [0, 0]
    Progress(Fence(desk.database, desk.clock, claim)).reject(Failure("ValueError", "no", ""))
    desk.clock.advance(3600)
    desk.requests.resume(execution_id, "ann", "")
    desk.clock.advance(1)
    desk.claim()
    assert started() == [3_611_000, 0, 3_611_000]


def _writes(progress: Progress, job: OpenJob) -> dict[str, Callable[[], object]]:
    return {
        "begin": lambda: progress.begin(job, 0, ASK, None),
        "succeed": lambda: progress.succeed(job, "{}"),
        "fail": lambda: progress.fail(job, Failure("E", "m", "t")),
        "retry": lambda: progress.fail(job, Failure("E", "m", "t"), retry_in=1.0),
        "reject": lambda: progress.reject(Failure("E", "m", "t")),
        "wait": lambda: progress.steps.park(job, 0, ASK, is_new=True),
        "start": lambda: progress.steps.start(
            job, 0, ASK, NewExecution(new_id(), "flow", "{}", "")
        ),
        "resolve": lambda: progress.steps.resolve(job, 0, ASK, Answer(new_id(), "key", "{}")),
    }


@pytest.mark.parametrize("write", list(_writes(None, None)))  # type: ignore[arg-type]
@pytest.mark.parametrize("how", ["taken over", "released", "canceled", "finished"])
def test_a_worker_that_lost_its_claim_changes_nothing(desk: Desk, write: str, how: str) -> None:
    execution_id = desk.start()
    old = Progress(Fence(desk.database, desk.clock, desk.claim("old")))
    job = old.begin(None, 0, ASK, None)
    assert isinstance(job, OpenJob)
    if how == "finished":
        old.succeed(job, "{}")
    else:
        if how == "canceled":
            desk.requests.cancel(execution_id, "dan", "")
        desk.claims.release(desk.claims.held()[0], "gone")
    if how == "taken over":
        newer = Progress(Fence(desk.database, desk.clock, desk.claim("new")))
        assert isinstance(newer.begin(None, 0, ASK, *newer.left_triggers(None)), OpenJob)
    before = desk.everything()
    with pytest.raises(LeaseLost):
        _writes(old, job)[write]()
    assert desk.everything() == before
    assert not desk.claims.renew(old.claim)
    assert desk.everything() == before


def test_releasing_twice_is_releasing_once(desk: Desk) -> None:
    execution_id = desk.start()
    desk.claim("old")
    (held,) = desk.claims.held()
    assert desk.claims.release(held, "died") is ExecutionStatus.PENDING_RESUME
    desk.claim("new")
    assert desk.claims.release(held, "died") is None
    assert desk.status(execution_id) == "RUNNING"


def test_a_lease_is_late_when_nobody_renewed_it_and_not_when_the_wall_clock_jumped(
    desk: Desk,
) -> None:
    desk.start()
    claim = desk.claim()
    desk.clock.wall += timedelta(days=2)
    assert desk.claims.held()[0].late_seconds < 0
    desk.clock.seconds += 4
    assert desk.claims.renew(claim)
    desk.clock.seconds += 4
    assert desk.claims.held()[0].late_seconds < 0
    desk.clock.seconds += 2
    assert desk.claims.held()[0].late_seconds > 0


def test_a_lease_from_before_the_machine_started_anew_is_late(desk: Desk) -> None:
    desk.start()
    desk.claim()
    desk.clock.seconds = 3.0
    assert desk.claims.held()[0].late_seconds > 0


def test_the_limit_holds_the_rest_back_until_one_has_ended(desk: Desk) -> None:
    limits: dict[str, int | None] = {"flow": 2}
    ids = [desk.start() for _ in range(4)]
    claims = [desk.claims.claim("w", limits) for _ in range(3)]
    assert [claim and claim.execution_id for claim in claims] == [ids[0], ids[1], None]
    assert claims[0] is not None
    Progress(Fence(desk.database, desk.clock, claims[0])).reject(Failure("E", "m", ""))
    claims = [desk.claims.claim("w", limits) for _ in range(2)]
    assert [claim and claim.execution_id for claim in claims] == [ids[2], None]


def test_a_retry_that_is_due_and_held_back_is_not_waited_for(desk: Desk) -> None:
    desk.start()
    progress = Progress(Fence(desk.database, desk.clock, desk.claim()))
    job = progress.begin(None, 0, ASK, None)
    progress.fail(job, Failure("E", "m", ""), retry_in=7.0)
    assert desk.claims.next_due() == 7.0
    desk.clock.advance(8)
    assert desk.claims.next_due() is None
    assert desk.claims.claim("w", {"flow": 0}) is None
    assert desk.claims.claim("w", {"flow": 1}) is not None


EVENTS = ("start", "start", "other", "claim", "claim", "claim", "end", "lose")


@given(
    limit=st.integers(1, 2),
    events=st.lists(st.sampled_from(EVENTS), min_size=8, max_size=40),
)
@settings(max_examples=60)
def test_never_more_than_the_limit_run_and_none_starves(
    tmp_path_factory: pytest.TempPathFactory, limit: int, events: list[str]
) -> None:
    desk = Desk(tmp_path_factory.mktemp("desk"))
    limits = {"flow": limit, "other": None}
    running: dict[str, Claim] = {}
    waiting: list[str] = []
    order: list[str] = []
    try:
        for event in events:
            if event == "start":
                order.append(desk.start("flow"))
                waiting.append(order[-1])
            elif event == "other":
                desk.start("other")
            elif event == "claim":
                claim = desk.claims.claim("w", limits)
                if claim is None:
                    assert not waiting or len(running) == limit
                elif claim.workflow == "flow":
                    assert claim.execution_id == waiting.pop(0)
                    running[claim.execution_id] = claim
            elif running:
                identifier, claim = running.popitem()
                if event == "end":
                    Progress(Fence(desk.database, desk.clock, claim)).reject(Failure("E", "m", ""))
                else:
                    held = [h for h in desk.claims.held() if h.execution_id == identifier]
                    desk.claims.release(held[0], "gone")
                    waiting.append(identifier)
                    waiting.sort(key=order.index)
            count = desk.database.execute(
                "SELECT count(*) FROM execution WHERE workflow = 'flow' AND status = 'RUNNING'"
            ).fetchone()[0]
            assert count == len(running) <= limit
    finally:
        desk.database.close()


def test_workers_that_contend_take_each_execution_once_and_keep_the_limit(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    limits: dict[str, int | None] = {"flow": 2, "other": None}
    ids = [desk.start("flow") for _ in range(30)] + [desk.start("other") for _ in range(30)]
    taken: Counter[str] = Counter()
    errors: list[BaseException] = []
    most = [0]
    lock = threading.Lock()

    def work(name: str) -> None:
        database = Database(desk.path)
        database.execute("PRAGMA synchronous = OFF")
        claims = Claims(database, desk.clock, 5.0)
        try:
            while sum(taken.values()) < len(ids):
                claim = claims.claim(name, limits)
                if claim is None:
                    continue
                with lock:
                    taken[claim.execution_id] += 1
                # Long enough for the others to take one more, if they could.
                threading.Event().wait(0.001)
                running = database.execute(
                    "SELECT count(*) FROM execution WHERE workflow = 'flow' AND status = 'RUNNING'"
                ).fetchone()[0]
                most[0] = max(most[0], running)
                Progress(Fence(database, desk.clock, claim)).reject(Failure("E", "m", ""))
        except BaseException as error:
            errors.append(error)
            raise
        finally:
            database.close()

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert errors == []
    assert set(taken) == set(ids) and set(taken.values()) == {1}
    assert most[0] <= 2
    desk.database.close()


def test_the_keeper_renews_until_the_claim_is_lost_and_then_says_so(tmp_path: Path) -> None:
    from console.clock import SystemClock

    clock = SystemClock()
    database = open_blank(tmp_path)
    requests, claims = Requests(database, clock), Claims(database, clock, 0.15)
    requests.start(NewExecution(new_id(), "flow", "{}", ""))
    claim = claims.claim("w", LIMITS)
    assert claim is not None
    keeper = LeaseKeeper(tmp_path / "journal.db", clock, 0.15)
    lost = threading.Event()
    keeper.hold(claim, lost.set)
    first = claims.held()[0].late_seconds
    assert not lost.wait(0.4)
    (held,) = claims.held()
    assert held.late_seconds < 0 and first < 0
    claims.release(held, "taken")
    assert lost.wait(2)
    keeper.close()
    database.close()
