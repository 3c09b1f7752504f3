"""How much one GraphQL request may ask: its operation is measured with its fragments put in."""

from __future__ import annotations

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
)

LONGEST_DOCUMENT = 64 << 10
"""Characters."""
MOST_TOKENS = 2000
MOST_SELECTIONS = 500
"""Fields and fragments; the usual introspection query has about half as many."""
DEEPEST = 20
"""Levels of fields; the usual introspection query has 15."""
MOST_CALLS = 10
"""Resolvers that one request calls."""


class TooMuch(Exception):
    """A request asks more than it may."""


def selections(document: DocumentNode, operation: OperationDefinitionNode) -> int:
    """Count what an operation selects. Raises TooMuch.

    A fragment counts each time it is used, and one that uses itself never ends: both come to the
    limit before they cost anything.
    """
    fragments = {
        definition.name.value: definition
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }
    count = calls = 0
    waiting = [(operation.selection_set, 1)]
    while waiting:
        selected, depth = waiting.pop()
        if depth > DEEPEST:
            raise TooMuch(f"the request is more than {DEEPEST} levels deep")
        for selection in selected.selections:
            count += 1
            if count > MOST_SELECTIONS:
                raise TooMuch(f"the request selects more than {MOST_SELECTIONS} fields")
            if isinstance(selection, FragmentSpreadNode):
                fragment = fragments.get(selection.name.value)
                if fragment is not None:
                    waiting.append((fragment.selection_set, depth))
            elif isinstance(selection, FieldNode):
                calls += depth == 1 and not selection.name.value.startswith("__")
                if selection.selection_set is not None:
                    waiting.append((selection.selection_set, depth + 1))
            else:
                waiting.append((selection.selection_set, depth))  # type: ignore[attr-defined]
        if calls > MOST_CALLS:
            raise TooMuch(f"the request calls more than {MOST_CALLS} resolvers")
    return count
