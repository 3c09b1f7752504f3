"""What can go wrong between the console and a backend.

BackendError
├ Unreachable          nobody answered: refused, no such host, no such socket, TLS
├ TimedOut             no answer in time
├ Unauthenticated      not signed in, or the token expired
├ Forbidden            signed in, and not allowed
├ NotFound
├ Conflict             it was changed meanwhile, or exists already
├ NotResumable         a resume was asked for in a state that allows none
├ InvalidRequest       the server refused the request as it was made
├ RateLimited          too many requests; `retry_after` says when to try again
├ ServerFault          the server failed
├ Malformed            the answer could not be understood
├ Unsupported          this backend cannot do that
└ OutcomeUnknown       a change was sent and no answer came: it may or may not have happened
"""

from __future__ import annotations

from typing import ClassVar


class BackendError(Exception):
    """Something went wrong between the console and a backend."""

    title: ClassVar[str] = "the backend failed"
    hint: ClassVar[str] = ""

    def __init__(
        self,
        detail: str = "",
        *,
        hint: str = "",
        short: str = "",
        retry_after: float | None = None,
    ):
        super().__init__(detail)
        self.detail = detail
        """What exactly was wrong, in one line, safe to show."""
        self.short = short or detail or self.title
        """The same in two or three words, for where there is little room; without an address."""
        self.advice = hint or type(self).hint
        """What to do next."""
        self.retry_after = retry_after
        """Seconds the server asked to wait; None where it did not."""

    def __str__(self) -> str:
        return f"{self.title}: {self.detail}" if self.detail else self.title


class Unreachable(BackendError):
    """Nobody answered at that address."""

    title = "backend unreachable"
    hint = "check the address and that the server runs"


class TimedOut(BackendError):
    """No answer came in time."""

    title = "no answer in time"
    hint = "the server may be busy; try again"


class Unauthenticated(BackendError):
    """The token is missing, wrong or expired."""

    title = "not signed in"
    hint = "give a valid token: WFC_TOKEN, or token_env in the profile"


class Forbidden(BackendError):
    """The token does not allow this."""

    title = "not allowed"
    hint = "ask for the role that may do this"


class NotFound(BackendError):
    """There is no such thing on the server."""

    title = "not found"


class Conflict(BackendError):
    """It was changed by somebody else meanwhile."""

    title = "changed meanwhile"


class NotResumable(BackendError):
    """The execution is in a state that allows no resume."""

    title = "not resumable"
    hint = "only a FAILED execution can be resumed"


class InvalidRequest(BackendError):
    """The server refused the request as it was made."""

    title = "refused"


class RateLimited(BackendError):
    """The server asks for fewer requests."""

    title = "rate limited"


class ServerFault(BackendError):
    """The server failed while answering."""

    title = "the server failed"


class Malformed(BackendError):
    """The answer could not be understood."""

    title = "the answer makes no sense"
    hint = "is this the address of a workflow server?"


class Unsupported(BackendError):
    """This backend cannot do that."""

    title = "not available from this backend"


class OutcomeUnknown(BackendError):
    """A change was sent and no answer came: it may or may not have happened."""

    title = "outcome unknown"
    hint = "look the execution up before trying again"
