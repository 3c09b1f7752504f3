"""Wait points, steps to other executions, and cancelling what is not running."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.engine.interface import NotInState, UnknownExecution, UnknownWaitPoint
from console.engine.stops import Parked
from console.engine.writing import NewExecution
from console.model.ids import new_id
from console.model.query import ExecutionQuery
from console.model.states import ExecutionStatus, JobStatus
from console.workflow import (
    JobContext,
    create_workflow,
    create_workflow_job,
    define_wait_point,
)
from tests.engine.bench import Bench, make_project

approval = define_wait_point("approval")


class Approvals:
    """A workflow that waits in its second job, and one that answers."""

    def __init__(self, folder: Path) -> None:
        self.calls: list[str] = []
        self.fails_after = False

        @create_workflow_job(name="prepare")
        async def prepare() -> None:
            self.calls.append("prepare")

        @create_workflow_job(name="ask-boss")
        async def ask() -> dict[str, object]:
            self.calls.append("ask")
            print("asking")
            answer = await approval.wait({"amount": 5})
            print("answered")
            return dict(answer)

        @create_workflow_job(name="buy-it")
        async def buy() -> dict[str, object]:
            await prepare.trigger()
            answer = await ask.trigger()
            if self.fails_after:
                raise ValueError("after the answer")
            return answer

        @create_workflow_job(name="decide")
        async def decide(input: dict[str, str], context: JobContext) -> None:
            await approval.resolve(input["id"], lambda payload: {"ok": payload["amount"] < 10})
            self.calls.append("decided")
            if context.attempt == 1:
                raise ValueError("once")

        self.flow = create_workflow(name="buying", main_job=buy)
        deciding = create_workflow(name="deciding", main_job=decide)
        project = make_project(folder, [self.flow, deciding], [prepare, ask, buy, decide])
        self.bench = Bench(folder, project)

    def park(self) -> str:
        """Start a buying execution and run it until it waits."""
        execution_id = self.bench.start("buying")
        claim = self.bench.claim()
        assert claim is not None
        assert isinstance(self.bench.execute(claim), Parked)
        return execution_id


@pytest.fixture
def approvals(tmp_path: Path) -> Iterator[Approvals]:
    made = Approvals(tmp_path)
    yield made
    made.bench.close()


def test_a_wait_parks_the_execution_and_gives_the_worker_back(approvals: Approvals) -> None:
    execution_id = approvals.park()
    execution = approvals.bench.get(execution_id)
    assert execution.status is ExecutionStatus.WAITING
    assert [job.status for job in execution.jobs] == [
        JobStatus.SUSPEND,
        JobStatus.SUCCESS,
        JobStatus.WAITING,
    ]
    assert approvals.bench.claims.held() == []
    (wait,) = approvals.bench.reads.wait_points(execution_id)
    assert (wait.key, wait.stacked_name, json.loads(wait.payload)) == (
        "approval",
        "buy-it/ask-boss",
        {"amount": 5},
    )
    assert wait.resolved_at is None


def test_the_answer_lets_it_go_on_in_the_same_attempt(approvals: Approvals) -> None:
    execution_id = approvals.park()
    parked = approvals.bench.get(execution_id)
    approvals.bench.answer(execution_id, "approval", '{"ok":true}')
    assert approvals.bench.get(execution_id).status is ExecutionStatus.PENDING_RESUME
    approvals.bench.work()
    execution = approvals.bench.get(execution_id)
    assert execution.status is ExecutionStatus.SUCCESS
    assert json.loads(approvals.bench.result(execution_id)) == {"ok": True}
    assert approvals.calls == ["prepare", "ask", "ask"]
    assert [job.function_execution_id for job in execution.jobs] == [
        job.function_execution_id for job in parked.jobs
    ]
    assert len(approvals.bench.reads.attempts(execution_id).attempts) == 1
    (wait,) = approvals.bench.reads.wait_points(execution_id)
    assert (wait.actor, wait.reason, wait.result) == ("cy", "seen", '{"ok":true}')
    assert approvals.bench.log(execution_id, 2).split() == ["asking", "asking", "answered"]


def test_an_answer_goes_through_once_and_a_wrong_key_is_an_error(approvals: Approvals) -> None:
    execution_id = approvals.park()
    bench = approvals.bench
    with pytest.raises(UnknownWaitPoint, match="has no wait point 'wrong'; open: approval turn 0"):
        bench.answer(execution_id, "wrong", "{}")
    with pytest.raises(UnknownWaitPoint, match="at 'approval' turn 1; open: approval turn 0"):
        bench.answer(execution_id, "approval", "{}", turn=1)
    with pytest.raises(UnknownExecution):
        bench.answer("no-such", "approval", "{}")
    bench.answer(execution_id, "approval", "{}")
    with pytest.raises(NotInState, match="answered already"):
        bench.answer(execution_id, "approval", "{}")
    bench.work()
    with pytest.raises(NotInState, match="'approval' turn 0 was answered already"):
        bench.answer(execution_id, "approval", "{}", turn=0)


def test_a_later_resume_does_not_ask_again(approvals: Approvals) -> None:
    approvals.fails_after = True
    execution_id = approvals.park()
    approvals.bench.answer(execution_id, "approval", '{"ok":true}')
    approvals.bench.work()
    assert approvals.bench.get(execution_id).status is ExecutionStatus.FAILED
    approvals.fails_after = False
    approvals.bench.resume(execution_id)
    approvals.bench.work()
    assert approvals.bench.get(execution_id).status is ExecutionStatus.SUCCESS
    assert approvals.calls == ["prepare", "ask", "ask"]


def test_a_job_answers_another_execution_once_over_all_replays(approvals: Approvals) -> None:
    bench = approvals.bench
    waiting = approvals.park()
    deciding = bench.start("deciding", json.dumps({"id": waiting}))
    bench.work()
    assert bench.get(waiting).status is ExecutionStatus.SUCCESS
    assert bench.get(deciding).status is ExecutionStatus.FAILED
    bench.resume(deciding)
    bench.work()
    assert bench.get(deciding).status is ExecutionStatus.SUCCESS
    assert approvals.calls.count("decided") == 2
    (wait,) = bench.reads.wait_points(waiting)
    assert wait.actor == f"execution {deciding}" and json.loads(wait.result) == {"ok": True}


def test_an_answer_that_nobody_waits_for_fails_the_job_that_gives_it(approvals: Approvals) -> None:
    bench = approvals.bench
    deciding = bench.start("deciding", json.dumps({"id": "0" * 8}))
    bench.work()
    error = bench.reads.attempts(deciding).attempts[0].error
    assert error is not None and error.type == "LookupError"


class Asker:
    """A workflow that waits, and one that answers it, catches a refusal and triggers by it."""

    def __init__(self, folder: Path) -> None:
        self.said: list[str] = []
        self.dies_at = 0
        self.fails = False
        self.has_callable = False

        @create_workflow_job(name="told")
        async def told(input: dict[str, str]) -> None:
            self.said.append(input["what"])
            if len(self.said) == self.dies_at:
                raise Died

        @create_workflow_job(name="answers")
        async def answers(input: dict[str, str]) -> None:
            answer = (lambda asked: {"ok": asked["amount"] < 9}) if self.has_callable else {}
            try:
                await approval.resolve(input["id"], answer)
            except LookupError as refused:
                await told.trigger({"what": str(refused)})
            else:
                await told.trigger({"what": "answered"})
            if self.fails:
                raise ValueError("on purpose")

        @create_workflow_job(name="asks")
        async def asks() -> None:
            await approval.wait({"amount": 5})

        asking = create_workflow(name="asking", main_job=asks)
        answering = create_workflow(name="answering", main_job=answers)
        project = make_project(folder, [asking, answering], [told, answers, asks])
        self.bench = Bench(folder, project)


class Died(BaseException):
    """The worker's process is gone."""


@pytest.fixture
def asker(tmp_path: Path) -> Iterator[Asker]:
    made = Asker(tmp_path)
    yield made
    made.bench.close()


@pytest.mark.parametrize("has_callable", [False, True])
def test_a_refused_answer_is_refused_again_by_a_replay_also_when_it_would_be_taken_now(
    asker: Asker, has_callable: bool
) -> None:
    bench, asker.has_callable = asker.bench, has_callable
    waiting, answering = new_id(), bench.start("answering", '{"id": "ID"}')
    bench.database.execute("UPDATE execution SET argument = ?", (json.dumps({"id": waiting}),))
    asker.dies_at = 1
    claim = bench.claim()
    assert claim is not None
    with pytest.raises(Died):
        bench.execute(claim)
    bench.lose()
    bench.requests.start(NewExecution(waiting, "asking", "{}", ""))
    bench.work()
    assert bench.get(answering).status is ExecutionStatus.SUCCESS
    assert bench.get(waiting).status is ExecutionStatus.WAITING
    assert len(asker.said) == 2 and asker.said[0] == asker.said[1] != "answered"


@pytest.mark.parametrize("has_callable", [False, True])
def test_a_resume_gives_a_refused_answer_again_and_may_go_another_way(
    asker: Asker, has_callable: bool
) -> None:
    bench, asker.has_callable, asker.fails = asker.bench, has_callable, True
    waiting, answering = new_id(), bench.start("answering", '{"id": "ID"}')
    bench.database.execute("UPDATE execution SET argument = ?", (json.dumps({"id": waiting}),))
    bench.work()
    assert bench.get(answering).status is ExecutionStatus.FAILED
    asker.fails = False
    bench.requests.start(NewExecution(waiting, "asking", "{}", ""))
    bench.resume(answering)
    claims = [bench.claim(), bench.claim()]
    for claim in sorted(claims, key=lambda claim: claim.workflow == "answering"):
        bench.execute(claim)
    assert bench.get(answering).status is ExecutionStatus.SUCCESS
    assert asker.said[-1] == "answered"
    bench.work()
    assert bench.get(waiting).status is ExecutionStatus.SUCCESS


@pytest.mark.parametrize("state", ["pending", "waiting", "failed-then-resumed"])
def test_what_no_worker_holds_is_canceled_at_once(approvals: Approvals, state: str) -> None:
    bench = approvals.bench
    if state == "waiting":
        execution_id: str = approvals.park()
    elif state == "pending":
        execution_id = bench.start("buying")
    else:
        approvals.fails_after = True
        execution_id = approvals.park()
        bench.answer(execution_id, "approval", "{}")
        bench.work()
        bench.resume(execution_id)
    assert bench.requests.cancel(execution_id, "dan", "not needed") is ExecutionStatus.CANCELED
    execution = bench.get(execution_id)
    assert execution.status is ExecutionStatus.CANCELED and execution.finished_at is not None
    assert not any(job.status in (JobStatus.SUSPEND, JobStatus.WAITING) for job in execution.jobs)
    error = bench.reads.attempts(execution_id).attempts[-1].error
    assert error is not None and error.message == "canceled by dan: not needed"
    assert bench.claim() is None
    with pytest.raises(NotInState, match="is CANCELED already"):
        bench.requests.cancel(execution_id, "dan", "")
    with pytest.raises(NotInState):
        bench.resume(execution_id)
    if state == "waiting":
        with pytest.raises(NotInState, match="waits for no answer"):
            bench.answer(execution_id, "approval", "{}")


def test_a_canceled_running_execution_ends_canceled_and_is_not_retried(tmp_path: Path) -> None:
    @create_workflow_job(name="unlucky")
    async def unlucky() -> None:
        assert bench.requests.cancel(execution_id, "dan", "") is ExecutionStatus.RUNNING
        raise ValueError("the cancel made it fail")

    flow = create_workflow(name="flow", main_job=unlucky)
    bench = Bench(tmp_path, make_project(tmp_path, [flow], [unlucky]))
    execution_id = bench.start("flow")
    bench.work()
    assert bench.get(execution_id).status is ExecutionStatus.CANCELED
    bench.close()


def test_a_worker_lost_while_a_cancel_was_asked_leaves_it_canceled(approvals: Approvals) -> None:
    bench = approvals.bench
    execution_id = bench.start("buying")
    assert bench.claim() is not None
    bench.requests.cancel(execution_id, "dan", "")
    bench.lose()
    assert bench.get(execution_id).status is ExecutionStatus.CANCELED


def test_started_children_say_who_started_them(tmp_path: Path) -> None:
    @create_workflow_job(name="leaf")
    def leaf() -> None:
        return None

    @create_workflow_job(name="starter")
    async def starter() -> list[str]:
        return [await child.trigger(), await child.trigger({"x": 1}, auth_invoker="ops-bot")]

    child = create_workflow(name="child", main_job=leaf)
    flow = create_workflow(name="flow", main_job=starter)
    users = {"ops-bot": {}, "night-bot": {}}
    project = make_project(tmp_path, [flow, child], [leaf, starter], machine_users=users)
    bench = Bench(tmp_path, project)
    execution_id = bench.start("flow", invoker="night-bot")
    bench.work()
    ids = json.loads(bench.result(execution_id))
    children = [bench.reads.attempts(identifier) for identifier in ids]
    assert [found.invoker for found in children] == ["night-bot", "ops-bot"]
    assert children[0].attempts[0].actor == f"execution {execution_id}"
    assert bench.reads.list(ExecutionQuery(workflow="child")).total == 2
    bench.close()
