"""The tree of one execution with very many jobs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from benchmarks.bare_stages import BareStage
from console.model.execution import Execution, JobExecution
from console.model.ids import ExecutionId, FunctionExecutionId, JobExecutionId
from console.model.states import ExecutionStatus, JobStatus
from console.ui.widgets.job_tree import JobTreeView


class TreeStage(BareStage):
    """The tree of one execution."""

    def __init__(self, number: str) -> None:
        self.execution = big_execution(int(number))

    def make_widget(self) -> JobTreeView:
        """Make the tree."""
        return JobTreeView(lambda: datetime.now(UTC))

    async def build(self) -> float:
        """Show all jobs; gives the CPU seconds until they are painted."""
        tree = self.app.widget
        assert isinstance(tree, JobTreeView)
        return await self.painted(lambda: tree.show(self.execution))


def big_execution(number: int) -> Execution:
    """Make an execution with so many jobs, three levels of them, some failed.

    Enough of a thousand fail that its tree takes as many rows on the screen as ten thousand's.
    """
    began = datetime.now(UTC) - timedelta(hours=1)
    jobs = []
    for index in range(number):
        if index == 0:
            path = "main"
        elif index % 10 == 1:
            path = "main/collect-orders"
        else:
            path = f"main/collect-orders/fetch-{index % 10}"
        start = began + timedelta(milliseconds=100 * index)
        is_bad = index % 31 == 30
        jobs.append(
            JobExecution(
                JobExecutionId(f"job-{index}"),
                path,
                JobStatus.FAILED if is_bad else JobStatus.SUCCESS,
                FunctionExecutionId(f"run-{index}"),
                start,
                start + timedelta(milliseconds=90),
            )
        )
    return Execution(
        ExecutionId("01900000-0000-7000-8000-000000000000"),
        "order-processing",
        ExecutionStatus.FAILED,
        tuple(jobs),
        began,
        datetime.now(UTC),
    )
