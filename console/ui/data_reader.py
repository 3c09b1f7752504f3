"""Reads what only the data tab shows: results of jobs, and the workflow's versions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from console.backend.errors import BackendError
from console.model.execution import FunctionExecution, JobExecution
from console.model.ids import FunctionExecutionId, JobExecutionId
from console.present.errors import error_sentence
from console.present.line import Line, Span
from console.present.tone import Tone
from console.ui.execution_watch import ExecutionWatch, cause_error
from console.ui.session import Session

if TYPE_CHECKING:  # the first frame needs none of it
    from console.model.workflow import Workflow
    from console.present.data import Section


class DataReader:
    """Asks for the rest once the tab is looked at; each thing once, a finished one never again."""

    def __init__(
        self,
        session: Session,
        on_read: Callable[[], None],
        number_of: Callable[[JobExecutionId], int] = lambda _: 0,
    ) -> None:
        self._session = session
        self._number_of = number_of
        self._on_read = on_read
        self.forget()

    def forget(self) -> None:
        """Begin anew: another execution is watched."""
        self._main: FunctionExecution | None = None
        self._main_missing = ""
        self._runs: dict[FunctionExecutionId, FunctionExecution] = {}
        self._runs_missing: dict[FunctionExecutionId, str] = {}
        self._workflow: Workflow | None = None
        self._workflow_missing = ""
        self._asked: set[tuple[str, str]] = set()

    def want(self, watch: ExecutionWatch) -> None:
        """Ask for what is not there yet."""
        execution = watch.execution
        if execution is None or self._session.backend is None:
            return
        name = execution.workflow_name
        if ("workflow", name) not in self._asked:
            self._asked.add(("workflow", name))
            self._session.end_later(self._read_workflow(name))
        self._want_job(watch)
        main = execution.jobs[0].function_execution_id if execution.jobs else None
        if not execution.status.is_finished:
            return
        if main is None:
            self._main_missing = "not available from this backend"
        elif ("main", main) not in self._asked:
            self._asked.add(("main", main))
            self._session.end_later(self._read_main(watch, main))

    def _want_job(self, watch: ExecutionWatch) -> None:
        job = _job_below(watch)
        run = job.function_execution_id if job is not None else None
        if job is None or run is None or not job.status.is_finished:
            return
        if ("job", run) not in self._asked:
            self._asked.add(("job", run))
            self._session.end_later(self._read_run(watch, run))

    async def _read_run(self, watch: ExecutionWatch, identifier: FunctionExecutionId) -> None:
        detail = watch.detail
        if detail is None:
            return
        try:
            self._runs[identifier] = await detail.function(identifier)
        except BackendError as error:
            self._runs_missing[identifier] = error_sentence(error)
            self._asked.discard(("job", identifier))
        self._on_read()

    async def _read_workflow(self, name: str) -> None:
        assert self._session.backend is not None
        try:
            self._workflow = await self._session.backend.get_workflow(name)
            self._workflow_missing = ""
        except BackendError as error:
            self._workflow_missing = error_sentence(error)
        self._on_read()

    async def _read_main(self, watch: ExecutionWatch, identifier: FunctionExecutionId) -> None:
        detail = watch.detail
        if detail is None:
            return
        try:
            self._main = await detail.function(identifier)
        except BackendError as error:
            self._main_missing = error_sentence(error)
            self._asked.discard(("main", identifier))
        self._on_read()

    def sections(self, watch: ExecutionWatch) -> tuple[Section, ...]:
        """Give the data tab's sections."""
        from console.present.data import NOT_HERE, DataFacts, Section, data_sections

        execution, detail, session = watch.execution, watch.detail, self._session
        if execution is None or detail is None:
            reading: Line = (Span("Reading…", Tone.DIM),)
            return (Section("", (reading,)),) if detail is not None else ()
        able = session.capabilities
        facts = DataFacts(
            execution,
            watch.history,
            detail.missing,
            self._main,
            self._main_missing,
            self._workflow,
            cause_error(watch),
            detail.wait_points,
            NOT_HERE if able is not None and not able.wait_points else "",
            self._workflow_missing,
        )
        sections = data_sections(facts, zone=session.zone, glyphs=session.glyphs)
        of_job = self._job_sections(watch)
        if watch.chosen_job is not None:
            return (*of_job, *sections)
        told = [list(one.parts) for one in sections if one.label == "Error"]
        of_job = tuple(one for one in of_job if list(one.parts) not in told)
        at = next((n for n, one in enumerate(sections) if one.label == "Ids"), len(sections))
        return (*sections[:at], *of_job, *sections[at:])

    def _job_sections(self, watch: ExecutionWatch) -> tuple[Section, ...]:
        """Give those of the job under the cursor; the main job's are the execution's."""
        from console.present.data import NOT_HERE
        from console.present.job_data import JobFacts, job_sections

        job, detail, session = _job_below(watch), watch.detail, self._session
        if job is None or detail is None:
            return ()
        run = job.function_execution_id
        facts = JobFacts(
            job,
            self._number_of(job.id),
            watch.history,
            detail.missing,
            self._runs.get(run) if run is not None else None,
            NOT_HERE if run is None else self._runs_missing.get(run, ""),
            detail.errors.get(job.id),
        )
        return job_sections(facts, zone=session.zone, glyphs=session.glyphs)


def _job_below(watch: ExecutionWatch) -> JobExecution | None:
    job = watch.job
    return job if job is not None and job.depth > 0 else None
