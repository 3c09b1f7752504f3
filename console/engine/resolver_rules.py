"""The rules for resolvers, each with the words for the one who broke it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.engine.definition_rules import ReadFile, check_names, problem_of
from console.engine.problems import Problem
from console.engine.project_file import PROJECT_FILE, ProjectFile
from console.workflow.errors import DefinitionError

if TYPE_CHECKING:
    from console.workflow.resolver import Resolver


def check_resolvers(
    settings: ProjectFile,
    files: Sequence[Path],
    read: ReadFile,
    resolvers: Sequence[Resolver[Any]],
) -> tuple[str, list[Problem]]:
    """Check every rule for resolvers; gives their GraphQL schema with what is wrong."""
    if not resolvers:
        return "", []
    schema, problems = _schema(resolvers)
    problems += check_names(resolvers, "resolver", read)
    problems += _check_places(settings.root, files, resolvers)
    for resolver in resolvers:
        user = resolver.auth_invoker
        if user is not None and user not in settings.machine_users:
            problems.append(
                Problem(
                    resolver.module_file,
                    resolver.line,
                    f"resolver {resolver.name!r}: there is no machine user {user!r}; "
                    f"write [machine_users.{user}] in {PROJECT_FILE}",
                )
            )
    return schema, problems


def _schema(resolvers: Sequence[Resolver[Any]]) -> tuple[str, list[Problem]]:
    from console.workflow.resolver_schema import ResolverSchema

    schema = ResolverSchema()
    problems: list[Problem] = []
    for resolver in sorted(resolvers, key=lambda resolver: str(resolver.name)):
        try:
            resolver.check()
            schema.add(resolver)
        except DefinitionError as error:
            problems.append(problem_of(error))
    return schema.text(), problems


def _check_places(
    root: Path, files: Sequence[Path], resolvers: Iterable[Resolver[Any]]
) -> Iterable[Problem]:
    for resolver in resolvers:
        file = resolver.module_file
        if file in files:
            continue
        advice = "a resolver is defined in a file of the project"
        if file.is_relative_to(root):
            advice = f'add "{file.relative_to(root)}" to resolvers in {PROJECT_FILE}'
        yield Problem(file, resolver.line, f"resolver {resolver.name!r}: {advice}")
