"""The rules for definitions, each with the words for the one who broke it."""

from __future__ import annotations

import ast
import sys
import traceback
import types
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from console.engine.problems import Problem
from console.workflow.definitions import Definitions
from console.workflow.errors import DefinitionError
from console.workflow.job import Job
from console.workflow.json_text import one_line
from console.workflow.resolver import Resolver
from console.workflow.workflow import Workflow

ReadFile = Mapping[Path, types.ModuleType]
"""The project's files that could be imported."""

Named = TypeVar("Named", Job[Any, Any], Workflow[Any], Resolver[Any])


def check_definitions(
    root: Path, files: Iterable[Path], read: ReadFile, definitions: Definitions
) -> list[Problem]:
    """Check every rule on what was defined while the files were imported."""
    return [
        *(problem_of(error) for error in definitions.problems),
        *check_names(definitions.jobs, "job", read),
        *check_names(definitions.workflows, "workflow", read),
        *_check_public(root, files, read, definitions.jobs),
        *_check_annotations(definitions.jobs),
        *(
            problem
            for file, module in read.items()
            for problem in _check_default(file, module, definitions)
        ),
    ]


def import_problem(root: Path, file: Path, error: BaseException) -> Problem:
    """Say why a file could not be imported, and at which line of the project."""
    if isinstance(error, DefinitionError) and error.file:
        return problem_of(error)
    if isinstance(error, SyntaxError) and error.filename:
        broken = Path(error.filename)
        return Problem(broken, error.lineno or 0, f"{type(error).__name__}: {error.msg}")
    line = 0
    for entry in traceback.extract_tb(error.__traceback__):
        if Path(entry.filename).is_relative_to(root) and "site-packages" not in entry.filename:
            file, line = Path(entry.filename), entry.lineno or 0
    said = one_line(error)
    kind = type(error).__name__
    return Problem(file, line, f"{kind}: {said}" if said else kind)


def problem_of(error: DefinitionError) -> Problem:
    """Make a problem of a broken rule."""
    return Problem(Path(error.file), error.line, error.message)


def check_names(named: Iterable[Named], kind: str, read: ReadFile) -> Iterable[Problem]:
    """Check that no two things of a kind have one name."""
    first: dict[str, Named] = {}
    for one in named:
        other = first.setdefault(one.name, one)
        if other is one:
            continue
        place = f"{other.module_file}:{other.line}"
        if (other.module_file, other.line) != (one.module_file, one.line):
            yield Problem(
                one.module_file,
                one.line,
                f"{kind} name {one.name!r} is taken by {place}; give one of them another name",
            )
        elif one.module_file in read:
            yield Problem(
                one.module_file,
                one.line,
                f"{kind} {one.name!r} is defined twice by this one line: it runs twice, or the "
                "file is imported under two names; import it as "
                f"`{read[one.module_file].__name__}`",
            )


def _check_public(
    root: Path, files: Iterable[Path], read: ReadFile, jobs: Iterable[Job[Any, Any]]
) -> Iterable[Problem]:
    names = _names_of(read)
    unread = set(files) - set(read)
    for job in jobs:
        bound = names.get(id(job), [])
        file = job.module_file
        if any(not name.startswith("_") for name in bound):
            continue
        if bound:
            public = bound[0].strip("_") or "job"
            advice = f"the name `{bound[0]}` is private; write `{public}`"
        elif file in unread or job.module not in sys.modules:
            continue  # its file failed half-way, and that is told
        elif file in read:
            advice = (
                "no public name at the top level of its file is this job; "
                "define it there, under a name of its own"
            )
        elif file.is_relative_to(root):
            advice = (
                "its file is not one of the project's; add "
                f'"{file.relative_to(root)}" to files in wfc.toml'
            )
        else:
            advice = "no file of the project has it as a public name; import it by its name"
        yield Problem(file, job.line, f"job {job.name!r}: {advice}")


def _names_of(read: ReadFile) -> Mapping[int, list[str]]:
    """Give the top-level names each job has, by the job's identity; `default` is for others."""
    names: dict[int, list[str]] = {}
    for module in read.values():
        for name, value in vars(module).items():
            if isinstance(value, Job) and name != "default":
                names.setdefault(id(value), []).append(name)
    return names


def _check_annotations(jobs: Iterable[Job[Any, Any]]) -> Iterable[Problem]:
    for job in jobs:
        try:
            job.check()
        except DefinitionError as error:
            yield problem_of(error)


def _check_default(
    file: Path, module: types.ModuleType, definitions: Definitions
) -> Iterable[Problem]:
    """Check that the one workflow or resolver of a file is its `default`."""
    defined: list[Workflow[Any] | Resolver[Any]] = [*definitions.workflows, *definitions.resolvers]
    here = sorted((one for one in defined if one.module_file == file), key=lambda one: one.line)
    for extra in here[1:]:
        yield Problem(
            file,
            extra.line,
            f"{_words(extra)} is the second one in this file, after {here[0].name!r} in "
            f"line {here[0].line}; move it to a file of its own",
        )
    default = vars(module).get("default")
    if default is not None and not isinstance(default, Workflow | Resolver):
        yield Problem(
            file,
            _line_of_default(file),
            f"`default` is a {type(default).__qualname__}; only the file's workflow has that name, "
            "or its resolver",
        )
        return
    if len(here) != 1 or default is here[0]:
        return
    only = here[0]
    name = next(
        (name for name, value in vars(module).items() if value is only and name != "default"),
        None,
    )
    maker = "create_workflow" if isinstance(only, Workflow) else "create_resolver"
    line = f"default = {name}" if name else f"default = {maker}(name={only.name!r}, …)"
    what = "is not the file's default" if default is None else "is not what `default` names"
    yield Problem(file, only.line, f"{_words(only)} {what}; add the line `{line}`")


def _words(one: Workflow[Any] | Resolver[Any]) -> str:
    return f"{'workflow' if isinstance(one, Workflow) else 'resolver'} {one.name!r}"


def _line_of_default(file: Path) -> int:
    """Find the last line at the top level that gives `default` a value."""
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"))
    except (OSError, SyntaxError, UnicodeDecodeError):
        return 0
    line = 0
    for node in tree.body:
        bound = {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
        bound.add(getattr(node, "name", ""))
        if "default" in bound:
            line = node.lineno
    return line
