"""What can go wrong while workflows are written and run.

Exception
├ DefinitionError       a definition breaks a rule; has file and line
├ JobFailed             a triggered job failed; has its place, type, message and traceback
├ WorkflowMisuse        the wrong call at this place: not awaited, the other kind of body, no engine
├ NotJson               a value JSON cannot carry, with its path
├ InvalidInput          the JSON is not what the job, the workflow or the wait point takes
├ InvalidResult         the body's result is not what it is annotated with
├ EngineUnreachable     a script found no server, or got no answer from it
├ EngineRefused         the server refused what a script or a resolver asked of it
├ ResolverError         a resolver refuses its request; the message goes to the caller
├ DatabaseUnavailable   the database does not answer, or its driver is missing
└ DatabaseReadOnly      a write by a machine user that may only read
BaseException
└ EngineStop            the engine ends a body in the middle; user code does not catch it
"""

from __future__ import annotations

from collections.abc import Sequence

Location = tuple[int | str, ...]
"""A place in JSON: keys and indexes, from the top."""


class DefinitionError(Exception):
    """A definition breaks a rule; the message says what to write instead."""

    def __init__(self, message: str, *, file: str = "", line: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.file = file
        self.line = line

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}" if self.file else self.message


class JobFailed(Exception):
    """A triggered job failed, and here is what is known of it."""

    def __init__(
        self,
        message: str,
        *,
        type: str = "Exception",
        traceback: str = "",
        place: str = "",
        cause_place: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        """The message of the exception that ended the body of the deepest failed job."""
        self.type = type
        """The name of that exception's class."""
        self.traceback = traceback
        self.place = place
        """The stacked name of the job that was triggered: `process-order/fetch-customer`."""
        self.cause_place = cause_place or place
        """The stacked name of the deepest failed job, where it began."""

    def __str__(self) -> str:
        said = f"{self.type}: {self.message}" if self.message else self.type
        return f"{self.cause_place} failed: {said}" if self.cause_place else said

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (
            self.message,
            self.type,
            self.traceback,
            self.place,
            self.cause_place,
        )


def _rebuild(message: str, type: str, traceback: str, place: str, cause_place: str) -> JobFailed:
    return JobFailed(message, type=type, traceback=traceback, place=place, cause_place=cause_place)


class WorkflowMisuse(RuntimeError):
    """A call that cannot work where it stands; the message has file, line and what to write."""


class NotJson(TypeError):
    """A value that JSON cannot carry; `path` says where, as in `$.items[2].when`."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class InvalidInput(ValueError):
    """The JSON is not what is taken here; the message has the path of each mistake."""

    def __init__(self, message: str, mistakes: Sequence[tuple[Location, str]] = ()) -> None:
        super().__init__(message)
        self.mistakes = tuple(mistakes)
        """Where each mistake is, and what is wrong there; empty where the text is no JSON."""


class InvalidResult(ValueError):
    """The body's result is not what it is annotated with; the message has the paths."""


class EngineUnreachable(Exception):
    """Nothing says where workflows run, or the server there gave no answer."""


class EngineRefused(Exception):
    """The server refused what a script or a resolver asked of it, and says why."""

    def __init__(self, message: str, *, code: str = "", told: str = "") -> None:
        super().__init__(message)
        self.code = code
        """A word for programs: `not_found`; empty where the server gave none."""
        self.told = told
        """What the caller of a resolver that does not catch this hears: nothing of the inside."""


class ResolverError(Exception):
    """A resolver refuses its request: the caller gets this message, and of other errors nothing."""

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        """A word for programs, as `extensions.code`: `not_found`."""


class DatabaseUnavailable(Exception):
    """The database does not answer, does not exist, or its driver is not installed."""


class DatabaseReadOnly(PermissionError):
    """The machine user of the execution may read this database and not write to it."""


class EngineStop(BaseException):
    """The engine ends a body in the middle: parked, cancelled, taken over, out of order.

    It is no `Exception`, so that a body's `except Exception` does not swallow it. Engines raise
    subclasses of it out of `JobRuntime`; what is raised once in a body is raised by each later
    step of that body too, and by the end of it.
    """
