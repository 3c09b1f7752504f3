"""A shop at night on a fake backend: what the console's tests and pictures look at."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from console.model.execution import (
    AttemptHistory,
    Execution,
    ExecutionAttempt,
    JobAttempt,
    JobError,
    JobExecution,
    WaitPoint,
)
from console.model.ids import ExecutionId, FunctionExecutionId, JobExecutionId
from console.model.states import ExecutionStatus, JobStatus
from console.model.workflow import Workflow
from tests.fakes.backend import FakeBackend
from tests.fakes.clock import ManualClock

REFUSED = JobError(
    "SMTPServerError",
    "421 too many connections from 10.2.0.7",
    "Traceback (most recent call last):\n"
    '  File "workflows/jobs/send_notification.py", line 18, in send_notification\n'
    "    await smtp.send_message(message)\n"
    "SMTPServerError: 421 too many connections from 10.2.0.7",
    "your code",
)
NO_PAYMENT = JobError("LookupError", "customer 4417 has no payment")


class Shop:
    """Executions in every state, one of them failed twice."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.backend = FakeBackend(self.clock)
        now = self.clock.now()
        for name, main in (
            ("order-processing", "process-order"),
            ("refund-approval", "approve-refund"),
            ("nightly-archive", "archive-night"),
            ("stock-sync", "sync-stock"),
        ):
            self.backend.workflows[name] = Workflow(
                f"wf-{name}", name, main, {main: 3, "fetch-customer": 1}, now, now
            )
        for number in range(40):
            self._done("stock-sync", 3600 + number * 300)
        self.archive = self._archive()
        self.refund = self._waiting()
        self.retry = self._retrying()
        self.others = [self.failed_order(200 + 40 * number) for number in range(2)]
        self.customer = self._other_failure()
        self.order = self.failed_order(162, attempts=2)
        self.backend.users = ("ops-bot", "manager-machine-user")

    def _job(
        self,
        path: str,
        status: JobStatus,
        start: float,
        end: float | None = None,
        log: str = "",
        error: JobError | None = None,
    ) -> JobExecution:
        now = self.clock.now()
        job = JobExecution(
            id=JobExecutionId(self.backend.make_id(now - timedelta(seconds=start))),
            stacked_name=path,
            status=status,
            function_execution_id=FunctionExecutionId(self.backend.make_id()),
            started_at=now - timedelta(seconds=start),
            finished_at=now - timedelta(seconds=end) if end is not None else None,
        )
        assert job.function_execution_id is not None
        self.backend.write(job.function_execution_id, self._log(log, start))
        self._errors.setdefault(job.function_execution_id, error)
        return job

    @property
    def _errors(self) -> dict[FunctionExecutionId, JobError | None]:
        if not hasattr(self, "_error_by_function"):
            self._error_by_function: dict[FunctionExecutionId, JobError | None] = {}
        return self._error_by_function

    def _log(self, text: str, start: float) -> bytes:
        lines = []
        for index, line in enumerate(text.splitlines()):
            when = self.clock.now() - timedelta(seconds=start - index * 0.4)
            stamp = when.isoformat(timespec="milliseconds").replace("+00:00", "Z")
            lines.append(f"{stamp} {line}\n")
        return "".join(lines).encode()

    def _add(
        self,
        workflow: str,
        status: ExecutionStatus,
        start: float,
        end: float | None,
        *jobs: JobExecution,
        retry_count: int = 0,
        retry_in: float | None = None,
    ) -> ExecutionId:
        now = self.clock.now()
        identifier = ExecutionId(self.backend.make_id(now - timedelta(seconds=start)))
        self.backend.put(
            Execution(
                identifier,
                workflow,
                status,
                jobs,
                now - timedelta(seconds=start),
                now - timedelta(seconds=end) if end is not None else None,
                retry_count,
                now + timedelta(seconds=retry_in) if retry_in is not None else None,
            )
        )
        for job in jobs:
            function_id = job.function_execution_id
            assert function_id is not None
            self.backend.functions[function_id] = replace(
                self.backend.functions[function_id],
                error=self._errors.get(function_id),
                result='{"orderId": "A-17", "charged": true}',
            )
        return identifier

    def _done(self, workflow: str, start: float) -> ExecutionId:
        main = self._job("sync-stock", JobStatus.SUCCESS, start, start - 20)
        return self._add(workflow, ExecutionStatus.SUCCESS, start, start - 21, main)

    def _archive(self) -> ExecutionId:
        main = "archive-night"
        jobs = [self._job(main, JobStatus.SUSPEND, 302)]
        for index in range(12):
            begin = 300 - index * 24.0
            jobs.append(
                self._job(f"{main}/archive-batch", JobStatus.SUCCESS, begin, begin - 23, "batch ok")
            )
        jobs.append(
            self._job(f"{main}/archive-batch", JobStatus.RUNNING, 11, None, "reading rows\n" * 30)
        )
        return self._add("nightly-archive", ExecutionStatus.RUNNING, 302, None, *jobs)

    def _waiting(self) -> ExecutionId:
        main = self._job("approve-refund", JobStatus.WAITING, 3700)
        identifier = self._add("refund-approval", ExecutionStatus.WAITING, 3700, None, main)
        self.backend.waits[identifier] = [
            WaitPoint(
                identifier,
                "approval",
                0,
                "approve-refund",
                '{"amount": 49.9, "customer": "Ærø Møbler", "note": "[b]not markup[/b]"}',
                self.clock.now() - timedelta(seconds=3600),
            )
        ]
        return identifier

    def _retrying(self) -> ExecutionId:
        main = "sync-stock"
        error = JobError("HTTPStatusError", "503 from supplier")
        jobs = (
            self._job(main, JobStatus.FAILED, 240, 200, error=error),
            self._job(f"{main}/fetch-stock", JobStatus.FAILED, 239, 201, error=error),
        )
        return self._add(
            "stock-sync",
            ExecutionStatus.PENDING_RETRY,
            240,
            None,
            *jobs,
            retry_count=2,
            retry_in=14,
        )

    def _other_failure(self) -> ExecutionId:
        main = "approve-refund"
        log = "looking for the payment\nLookupError: customer 4417 has no payment"
        jobs = (
            self._job(main, JobStatus.FAILED, 540, 539, error=NO_PAYMENT),
            self._job(f"{main}/load-payment", JobStatus.FAILED, 540, 539, log, error=NO_PAYMENT),
        )
        return self._add("refund-approval", ExecutionStatus.FAILED, 540, 539, *jobs)

    def failed_order(self, start: float, *, attempts: int = 1) -> ExecutionId:
        """An order whose mail was refused."""
        main = "process-order"
        mail = (
            "customer Ærø Møbler <post@aeroe.example>\n"
            "connecting smtp.internal:25\n"
            "421 too many connections from 10.2.0.7"
        )
        first = start + 600 if attempts > 1 else start
        jobs = (
            self._job(main, JobStatus.FAILED, start, start - 42, error=REFUSED),
            self._job(f"{main}/fetch-customer", JobStatus.SUCCESS, first - 0.1, first - 0.4),
            self._job(f"{main}/reserve-stock", JobStatus.SUCCESS, first - 0.4, first - 1.6),
            self._job(
                f"{main}/charge-card", JobStatus.SUCCESS, first - 1.6, first - 10, "charged 49.90"
            ),
            self._job(
                f"{main}/send-notification", JobStatus.FAILED, start - 10, start - 42, mail, REFUSED
            ),
        )
        identifier = self._add("order-processing", ExecutionStatus.FAILED, start, start - 42, *jobs)
        if attempts > 1:
            self.backend.histories[identifier] = self._history(identifier, jobs, start)
        return identifier

    def _history(
        self, identifier: ExecutionId, jobs: tuple[JobExecution, ...], start: float
    ) -> AttemptHistory:
        now = self.clock.now()
        first = start + 600

        def tried(index: int, attempt: int, begin: float, end: float) -> JobAttempt:
            job = jobs[index]
            is_bad = index in (0, 4)
            function_id = job.function_execution_id
            assert function_id is not None
            return JobAttempt(
                job.id,
                function_id if attempt == 2 else FunctionExecutionId(self.backend.make_id()),
                job.stacked_name,
                index,
                attempt,
                JobStatus.FAILED if is_bad else JobStatus.SUCCESS,
                now - timedelta(seconds=begin),
                now - timedelta(seconds=end),
                REFUSED if is_bad else None,
                '{"orderId": "A-17"}',
            )

        failed = ExecutionStatus.FAILED
        return AttemptHistory(
            (
                ExecutionAttempt(
                    1,
                    failed,
                    now - timedelta(seconds=first),
                    now - timedelta(seconds=first - 31),
                    REFUSED,
                    "ci",
                ),
                ExecutionAttempt(
                    2,
                    failed,
                    now - timedelta(seconds=start),
                    now - timedelta(seconds=start - 42),
                    REFUSED,
                    "ops-bot",
                    "INC-4410",
                ),
            ),
            (
                tried(0, 1, first, first - 31),
                tried(1, 1, first - 0.1, first - 0.4),
                tried(2, 1, first - 0.4, first - 1.6),
                tried(3, 1, first - 1.6, first - 10),
                tried(4, 1, first - 10, first - 31),
                tried(0, 2, start, start - 42),
                tried(4, 2, start - 10, start - 42),
            ),
            '{"orderId": "A-17", "customerId": 4417, "lines": [{"sku": "chair", "count": 2}]}',
            "ops-bot",
        )
