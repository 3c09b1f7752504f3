"""One project: its file, and the workflows, jobs and resolvers its code defines."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.engine.problems import Problem, ProjectInvalid
from console.engine.project_file import (
    PROJECT_FILE,
    ProjectFile,
    examine_project_file,
    find_project,
    read_project_file,
)
from console.engine.project_text import ProjectText

if TYPE_CHECKING:
    from collections.abc import Iterator

    from console.engine.definition_rules import ReadFile
    from console.workflow.definitions import Definitions
    from console.workflow.job import Job
    from console.workflow.resolver import Resolver
    from console.workflow.wait_point import WaitPoint
    from console.workflow.workflow import Workflow

__all__ = [
    "PROJECT_FILE",
    "Problem",
    "Project",
    "ProjectFile",
    "ProjectInvalid",
    "find_project",
    "load_project",
    "read_project_file",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Project(ProjectFile):
    """A project that keeps every rule: `wfc.toml`, and what its files define."""

    workflows: Mapping[str, Workflow[Any]] = field(default_factory=dict)
    jobs: Mapping[str, Job[Any, Any]] = field(default_factory=dict)
    resolvers: Mapping[str, Resolver[Any]] = field(default_factory=dict)
    wait_points: Mapping[str, Sequence[WaitPoint[Any, Any]]] = field(default_factory=dict)
    """By key; several places may define the same one, each for its own answers."""
    schema: str = ""
    """The GraphQL schema of the resolvers, as text; empty where there are none."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """For each job, the hash of its body's source text: its version counts these."""
    files: tuple[Path, ...] = ()
    """The files that were read, in the order they were."""
    imported: Mapping[Path, bytes] = field(default_factory=dict)
    """The text of every file of the project that was imported."""

    @property
    def whole_text(self) -> ProjectText:
        """What another process needs to read the same project, whatever is on the disk by then."""
        return ProjectText(self.text, self.files, self.imported)

    def require_job(self, job: Job[Any, Any]) -> None:
        """Refuse a job that the project does not define: one made while another job ran.

        Raises DefinitionError, naming job, file and line.
        """
        from console.workflow.errors import DefinitionError

        if self.jobs.get(job.name) is job:
            return
        raise DefinitionError(
            f"job {job.name!r} is not a public name at the top level of a project file; "
            "a job made inside a function cannot be triggered: define it at the top level",
            file=str(job.module_file),
            line=job.line,
        )


def load_project(root: Path, text: ProjectText | None = None) -> Project:
    """Read a project and import its files, its folder first on the path.

    With `text` it is made of that, and not of what is on the disk by now. It becomes the process's
    active project: the modules of one that was read before are let go. Raises ProjectInvalid with
    every mistake of the project file and of the definitions.
    """
    from console.engine.definition_rules import check_definitions
    from console.engine.project_import import activate
    from console.engine.project_patterns import matching_files
    from console.engine.resolver_rules import check_resolvers

    settings, problems = examine_project_file(root, text.settings if text else None)
    patterns = (*settings.patterns, *settings.resolver_patterns)
    if text is None:
        files = matching_files(settings.root, patterns, settings.ignores)
    else:
        files = list(text.files)
    finder = activate(settings.root, files, text.sources if text else None)
    definitions, read, import_problems = _import(settings.root, files)
    problems += import_problems
    problems += check_definitions(settings.root, files, read, definitions)
    schema, resolver_problems = check_resolvers(settings, files, read, definitions.resolvers)
    problems += resolver_problems
    if problems:
        raise ProjectInvalid(problems)
    jobs = {job.name: job for job in definitions.jobs}
    return Project(
        **{entry.name: getattr(settings, entry.name) for entry in fields(settings)},
        workflows={
            workflow.name: workflow
            for workflow in sorted(definitions.workflows, key=lambda workflow: workflow.name)
        },
        jobs=dict(sorted(jobs.items())),
        resolvers={resolver.name: resolver for resolver in definitions.resolvers},
        wait_points={
            key: [point for point in definitions.wait_points if point.key == key]
            for key in {point.key for point in definitions.wait_points if point.key}
        },
        schema=schema,
        sources={name: source_hash(job.source) for name, job in sorted(jobs.items())},
        files=tuple(files),
        imported=dict(finder.sources),
    )


def source_hash(source: str) -> str:
    """Hash a body's source text."""
    return hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()


def _import(root: Path, files: list[Path]) -> tuple[Definitions, ReadFile, list[Problem]]:
    from console.engine.definition_rules import import_problem
    from console.engine.project_import import RESERVED, import_file, module_name

    read: dict[Path, Any] = {}
    problems: list[Problem] = []
    with _collected() as definitions:
        for file in files:
            name = module_name(root, file)
            top = name.partition(".")[0]
            if top in RESERVED:
                problems.append(
                    Problem(file, 0, f"the name {top!r} is a module of Python; rename it")
                )
                continue
            if name.count(".") != len(file.relative_to(root).with_suffix("").parts) - 1 and (
                file.name != "__init__.py"
            ):
                problems.append(Problem(file, 0, "a dot in the path cannot be imported; rename it"))
                continue
            try:
                read[file] = import_file(root, file)
            except (Exception, SystemExit) as error:  # the author's code; told, with its place
                problems.append(import_problem(root, file, error))
    return definitions, read, problems


@contextmanager
def _collected() -> Iterator[Definitions]:
    from console.workflow.definitions import Definitions, current_definitions

    definitions = Definitions()
    token = current_definitions.set(definitions)
    try:
        yield definitions
    finally:
        current_definitions.reset(token)
