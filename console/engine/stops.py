"""How the engine ends a body in the middle; no body catches these by accident."""

from __future__ import annotations

from console.workflow.errors import EngineStop
from console.workflow.failure import Failure


class LeaseLost(EngineStop):
    """Another worker may hold the execution: nothing more can be written for it."""


class Parked(EngineStop):
    """The execution waits for an answer and has given its worker back."""


class Canceled(EngineStop):
    """Somebody canceled the execution."""


class ServerGone(EngineStop):
    """The server ended; what runs now is interrupted and counts as not run."""


class HandedOver(EngineStop):
    """The server is ending: the job that ran has ended, and the next server goes on from there."""


class JournalGone(EngineStop):
    """The journal cannot be written for too long; what runs now counts as not run."""


class ReplayMismatch(EngineStop):
    """A replay did something else than what the journal has at that place."""

    def __init__(self, place: str, recorded: str, now: str):
        super().__init__(
            f"argument hash mismatch at {place}: recorded was {recorded}, now came {now};"
            " take times, random numbers and ids from a job's result"
        )

    def failure(self) -> Failure:
        """Give what is kept of it."""
        return Failure("ArgumentHashMismatch", str(self), "")
