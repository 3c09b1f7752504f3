"""One run of the command line, from the words to the exit code; nothing gets past it.

    run(["workflow", "list"], wiring)  →  0

Every known error is one clear line on stderr. Any other is a mistake of ours: one line that names
the file its report was written to, and exit code 70.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from console import __version__
from console.cli.codes import ExitCode
from console.cli.ending import Terminated, terminating
from console.cli.plain import open_console, plain_flags
from console.cli.session import Session, Wiring
from console.cli.streams import have_streams, let_go, output_fault

COMPLETE = "_WFC_COMPLETE"
"""The variable by which a shell's completion script asks."""

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF})
"""Why nothing more can be written: no mistake of ours."""


def run(arguments: Sequence[str], wiring: Wiring) -> int:
    """Run one command line and give the exit code."""
    have_streams()
    if instruction := os.environ.get(COMPLETE):
        from console.cli.worded import complete

        return complete(Session(wiring), COMPLETE, instruction)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # What the terminal's encoding lacks is shown by its code; stderr does so by itself.
        sys.stdout.reconfigure(errors="backslashreplace")
    with terminating():
        try:
            code = _invoke(arguments, wiring)
            fault = output_fault()
            return code if fault is None else _unwritten(fault)
        except BrokenPipeError:
            let_go()
            return ExitCode.BROKEN_PIPE
        except KeyboardInterrupt:
            return ExitCode.INTERRUPTED
        except Terminated:
            return ExitCode.TERMINATED


def _invoke(arguments: Sequence[str], wiring: Wiring) -> int:
    try:
        flags = plain_flags(arguments)
        if flags is not None:
            return open_console(Session(wiring, flags=flags))
        from console.cli.worded import invoke

        return invoke(arguments, Session(wiring))
    except BrokenPipeError:
        raise
    except Exception as error:
        from console.cli.diagnostics import diagnose

        found = diagnose(error)
        if found is None and isinstance(error, OSError) and error.errno in FULL:
            return _unwritten(error)
        if found is None:
            return _bug(error, arguments, os.environ)
        from console.cli.output import say

        first, *more = found.lines
        say("\n".join([f"wfc: {first}", *more]))
        return found.exit_code


def _unwritten(fault: OSError) -> int:
    """Say that the output could not be written; what is left of it is let go."""
    let_go()
    from console.cli.output import say

    say(f"wfc: the output cannot be written: {(fault.strerror or 'it failed').lower()}")
    return ExitCode.FAILED


def _bug(error: Exception, arguments: Sequence[str], env: Mapping[str, str]) -> int:
    import platform
    import traceback

    from console.cli.output import say
    from console.config.paths import state_folder
    from console.present.clean import clean

    now = datetime.now(UTC)
    report = "".join(
        [
            f"wfc {__version__}, Python {platform.python_version()}, {platform.platform()}\n",
            f"{now.isoformat()}\n",
            f"wfc {' '.join(map(repr, _without_tokens(arguments)))}\n\n",
            *traceback.format_exception(error),
        ]
    )
    what = clean(f"{type(error).__name__}: {error}".splitlines()[0])
    folder = state_folder(env) / "reports"
    file = folder / f"{now:%Y%m%dT%H%M%S}-{os.getpid()}.txt"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:  # noqa: PTH123
            stream.write(report)
    except OSError as failure:
        where = f"its report could not be written: {failure.strerror}"
    else:
        where = f"please send {file}"
    say(f"wfc: a mistake of ours: {what}; {where}")
    return ExitCode.BUG


def _without_tokens(arguments: Sequence[str]) -> Iterator[str]:
    """Give the words of the command line, tokens left out."""
    is_token = False
    for word in arguments:
        yield "…" if is_token else "--token=…" if word.startswith("--token=") else word
        is_token = word == "--token"
