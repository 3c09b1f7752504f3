"""What the engine asks of a project's definitions: limits, fingerprints, what may be started."""

from __future__ import annotations

import hashlib
import json
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from console.engine.interface import InvalidArgument, UnknownMachineUser, UnknownWorkflow
from console.engine.project_file import PROJECT_FILE
from console.engine.requests import Deployment
from console.model.workflow import RetryPolicy, Workflow
from console.workflow.errors import DefinitionError, InvalidInput, NotJson
from console.workflow.job import Job
from console.workflow.json_text import dump_json, load_json, normal_input

if TYPE_CHECKING:
    from console.engine.project import Project
    from console.engine.reads import Deployed


def running_limits(project: Project) -> dict[str, int | None]:
    """Give, by workflow, how many executions of it may be RUNNING; None for any number."""
    return {
        name: workflow.concurrency_policy.max_concurrent_executions
        if workflow.concurrency_policy
        else None
        for name, workflow in project.workflows.items()
    }


def check_start(project: Project, workflow: str, argument: str | None, invoker: str | None) -> str:
    """Give the argument as canonical JSON when this may be started.

    Raises UnknownWorkflow, UnknownMachineUser, InvalidArgument.
    """
    definition = project.workflows.get(workflow)
    if definition is None:
        near = _near(workflow, project.workflows)
        raise UnknownWorkflow(f"there is no workflow {workflow!r}{near}")
    if invoker is not None and invoker not in project.machine_users:
        near = _near(invoker, project.machine_users)
        raise UnknownMachineUser(f"there is no machine user {invoker!r}{near}")
    try:
        text = normal_input(argument)
        definition.main_job.read_input(text)
    except (InvalidInput, DefinitionError) as error:
        raise InvalidArgument(str(error)) from None
    return text


def check_answer(project: Project, key: str, answer: str) -> str:
    """Give an answer as canonical JSON when the wait point of that key takes it.

    Where several places define that key one of them has to; a key that no project file defines at
    its top level takes any JSON. Raises InvalidArgument.
    """
    try:
        text = dump_json(load_json(answer))
    except InvalidInput as error:
        raise InvalidArgument(f"the answer is {error}") from None
    except NotJson as error:  # 1e999, which reads as no number
        raise InvalidArgument(f"the answer is not JSON: {error}") from None
    refusal = ""
    for point in project.wait_points.get(key, ()):
        try:
            point.read_result(text)
        except InvalidInput as error:
            refusal = refusal or str(error)
        else:
            return text
    if refusal:
        raise InvalidArgument(refusal)
    return text


def schema_of(project: Project, *, workflow: str = "", key: str = "") -> str:
    """Give the JSON schema of a workflow's argument, or of a wait point's answer, as JSON text.

    `{}` stands for what is not known: a type that no schema can be made of, a key that no project
    file defines at its top level or several define. Raises UnknownWorkflow.
    """
    read: Callable[[], dict[str, Any]]
    if workflow:
        if workflow not in project.workflows:
            near = _near(workflow, project.workflows)
            raise UnknownWorkflow(f"there is no workflow {workflow!r}{near}")
        read = project.workflows[workflow].main_job.input_schema
    else:
        points = project.wait_points.get(key, ())
        if len(points) != 1:
            return "{}"
        read = points[0].result_schema
    try:
        return json.dumps(read(), ensure_ascii=False)
    except Exception:  # whatever pydantic or the author's type raises; it is only an explanation
        return "{}"


def summary(project: Project) -> Deployment:
    """Sum the definitions up for the journal: hashes that change when the definitions do."""
    return Deployment(
        workflows={name: _fingerprint(project, name) for name in project.workflows},
        jobs=dict(project.sources),
    )


def later_settings(before: Project, now: Project) -> Sequence[str]:
    """Name the settings that changed and are taken when the server is started the next time."""
    names = ("name", "workers", "resolver_processes", "listen", "token_file")
    return tuple(
        f"`{name}` of {PROJECT_FILE} has changed; it is taken when the server is started next"
        for name in names
        if getattr(before, name) != getattr(now, name)
    )


def workflow_record(
    project: Project, name: str, deployed: Deployed, versions: Mapping[str, int]
) -> Workflow:
    """Show a definition, with what the journal says of it."""
    definition = project.workflows[name]
    retry, limit = definition.retry_policy, definition.concurrency_policy
    return Workflow(
        id=deployed.id,
        name=name,
        main_job=definition.main_job.name,
        job_versions={job: versions[job] for job in jobs_of(project, name) if job in versions},
        created_at=deployed.created_at,
        updated_at=deployed.updated_at,
        retry=RetryPolicy(
            retry.max_retries,
            timedelta(seconds=retry.initial_seconds),
            timedelta(seconds=retry.max_seconds),
            float(retry.backoff_multiplier),
        )
        if retry
        else None,
        max_concurrent=limit.max_concurrent_executions if limit else None,
    )


def jobs_of(project: Project, workflow: str) -> list[str]:
    """Name the jobs a workflow may run: those its bodies name, and those these name, in name order.

    A job that is reached by other ways, from a table for instance, is not seen.
    """
    found: dict[str, Job[Any, Any]] = {}
    waiting = [project.workflows[workflow].main_job]
    while waiting:
        job = waiting.pop()
        if job.name not in found:
            found[job.name] = job
            waiting += _named_jobs(job.body)
    return sorted(found)


def _named_jobs(body: Any) -> Iterator[Job[Any, Any]]:
    functions = [body]
    seen: set[int] = set()
    while functions:
        function = functions.pop()
        code = getattr(function, "__code__", None)
        if code is None or id(function) in seen:
            continue
        seen.add(id(function))
        names = set(_names(code))
        scope: Mapping[str, Any] = function.__globals__
        for value in [scope[name] for name in names if name in scope]:
            members = [value]
            if isinstance(value, types.ModuleType):
                members = [vars(value)[name] for name in names if name in vars(value)]
            for member in members:
                if isinstance(member, Job):
                    yield member
                elif isinstance(member, types.FunctionType):
                    functions.append(member)


def _names(code: types.CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _names(constant)


def _fingerprint(project: Project, name: str) -> str:
    workflow = project.workflows[name]
    jobs = [f"{job}={project.sources.get(job, '')}" for job in jobs_of(project, name)]
    policies = [repr(workflow.retry_policy), repr(workflow.concurrency_policy)]
    text = "\n".join([workflow.main_job.name, *policies, *jobs])
    return hashlib.sha256(text.encode()).hexdigest()


def _near(name: str, names: Mapping[str, object]) -> str:
    close = get_close_matches(name, names, n=1)
    return f"; did you mean {close[0]!r}?" if close else ""
