"""What the caller of a resolver hears where the engine refused what the body asked, uncaught.

The engine's own words name what is there and what was meant: they are for the body, and for the
log. A refusal that is not in here is the author's to mend, or the engine's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from console.engine import interface
from console.workflow.in_place import QUERY_CHANGES_NOTHING

QUERY_WRITES: Mapping[str, str] = {
    "refused": QUERY_CHANGES_NOTHING,
    "code": "permission_denied",
    "told": "a query changes nothing",
}

_TOLD: Sequence[tuple[type[interface.EngineError], str, str]] = (
    (interface.UnknownMachineUser, "invalid_argument", "there is no such machine user"),
    (interface.InvalidArgument, "invalid_argument", "this is not what the workflow takes"),
    (interface.UnknownExecution, "not_found", "there is no such execution"),
    (interface.UnknownWaitPoint, "not_found", "the execution does not wait for this"),
    (interface.NotInState, "failed_precondition", "the execution is past this, or not there yet"),
)


def of_engine(error: interface.EngineError) -> dict[str, str]:
    """Write an engine's refusal as the process gets it: its words, and what the caller may hear."""
    for kind, code, told in _TOLD:
        if isinstance(error, kind):
            return {"refused": str(error), "code": code, "told": told}
    return {"refused": str(error)}
