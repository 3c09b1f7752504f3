"""What became of each execution of a run over several."""

from __future__ import annotations

from enum import StrEnum


class Fate(StrEnum):
    """What became of one of them."""

    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    """The backend, or a look at its state, said no."""
    FAILED = "failed"
    """It was answered with an error, or its state could not be read."""
    UNKNOWN = "outcome unknown"
    """It was sent and no answer came."""
    UNSENT = "not sent"


RETRIED = frozenset({Fate.REFUSED, Fate.FAILED, Fate.UNSENT})
