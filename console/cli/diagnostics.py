"""What went wrong, said in clear lines, and the exit code of it: all in one place."""

from __future__ import annotations

from dataclasses import dataclass

from console.backend.errors import (
    BackendError,
    Conflict,
    Forbidden,
    InvalidRequest,
    NotFound,
    NotResumable,
    OutcomeUnknown,
    TimedOut,
    Unauthenticated,
    Unsupported,
)
from console.cli.codes import ExitCode
from console.commands.extras import CommandRefused
from console.config.mistakes import ConfigError, NothingChosen, NoToken
from console.present.clean import clean
from console.present.errors import error_sentence
from console.server.errors import ServeError


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Lines for stderr, and the exit code."""

    lines: tuple[str, ...]
    exit_code: int


class CliError(Exception):
    """The command line itself refuses; one line that says what to do."""

    def __init__(self, message: str, exit_code: int = ExitCode.WRONG, *more: str) -> None:
        super().__init__(message)
        self.lines = (message, *more)
        self.exit_code = exit_code


WHERE_TO = """\
  wfc demo                     look at it, with a project of its own
  cd PROJECT                   a folder with a wfc.toml in it or above it
  wfc --url URL …              a server: http://host:port, or https://api.tailor.tech
  wfc --profile NAME …         a profile of config.toml; `wfc profile list` shows them"""
"""What to do when nothing says which backend is meant."""

_CODES: tuple[tuple[type[BackendError], ExitCode], ...] = (
    (OutcomeUnknown, ExitCode.UNKNOWN),
    (TimedOut, ExitCode.TIMED_OUT),
    (Unauthenticated, ExitCode.NOT_ALLOWED),
    (Forbidden, ExitCode.NOT_ALLOWED),
    (NotFound, ExitCode.FAILED),
    (Conflict, ExitCode.FAILED),
    (NotResumable, ExitCode.FAILED),
    (InvalidRequest, ExitCode.FAILED),
    (Unsupported, ExitCode.FAILED),
    (BackendError, ExitCode.UNREACHABLE),
)


def backend_code(error: BackendError) -> ExitCode:
    """Give the exit code of a backend's error."""
    return next(code for kind, code in _CODES if isinstance(error, kind))


def backend_line(error: BackendError) -> str:
    """Say in one line what was wrong and what to do."""
    sentence = error_sentence(error)
    return f"{sentence}; {clean(error.advice)}" if error.advice else sentence


def diagnose(error: BaseException) -> Diagnosis | None:
    """Explain an error that is no mistake of ours; None for one that is."""
    match error:
        case CliError():
            return Diagnosis(tuple(map(_clean, error.lines)), error.exit_code)
        case NothingChosen():
            first = clean(str(error))
            return Diagnosis((first, *WHERE_TO.splitlines()), ExitCode.WRONG)
        case ConfigError():
            code = ExitCode.NOT_ALLOWED if isinstance(error, NoToken) else ExitCode.WRONG
            return Diagnosis(tuple(clean(str(mistake)) for mistake in error.mistakes), code)
        case BackendError():
            return Diagnosis((backend_line(error),), backend_code(error))
        case ServeError():
            return Diagnosis(tuple(map(_clean, error.message.splitlines())), error.exit_code)
        case CommandRefused():
            return Diagnosis((clean(str(error)),), ExitCode.FAILED)
    return None


def _clean(line: str) -> str:
    return clean(line)
