"""All of a log in the person's pager, or given to a command; the console steps aside meanwhile.

What is written for it is cleaned line by line: nothing in a log controls the terminal on that way
either. It goes through a nameless file, so that a pager can go back and forth in it and a log of
any length costs no memory.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from textual.app import App, SuspendNotSupported

from console.backend.errors import BackendError
from console.commands.extras import CommandRefused
from console.present.clean import clean
from console.present.errors import error_sentence

USUAL = "less -R"
"""The pager of somebody who set none."""
PAGERS = frozenset({"less", "more", "most", "lv", "pg", "vim", "vi", "view", "nvim", "nano", "bat"})
"""Programs that have the screen until they are left: nothing is waited for after them."""
NOT_FOUND, NOT_RUN = 127, 126
"""What a shell ends with when there is no such command, or it cannot be run."""


def pager_command(typed: str, environment: Mapping[str, str]) -> str:
    """Give the shell command that reads the log; raises `CommandRefused` where there is no program.

    What is typed wins over PAGER, and that over `less -R`.
    """
    command = typed.strip() or environment.get("PAGER", "").strip() or USUAL
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise CommandRefused(f"{command} cannot be read: {error}") from error
    program = words[0] if words else ""
    is_plain = program and not set(command) & set("|&;<>()$`\\\"'*?[]#~=%{}!\n")
    if is_plain and shutil.which(program, path=environment.get("PATH")) is None:
        advice = "" if typed.strip() else "; set PAGER, or type :pipe COMMAND"
        raise CommandRefused(f"there is no program {program} to read it with{advice}")
    return command


async def write_clean(all_lines: AsyncIterator[Sequence[bytes]], file: IO[bytes]) -> int:
    """Write every line, safe to show on any terminal; gives how many there were."""
    count = 0
    async for lines in all_lines:
        texts = [clean(line.rstrip(b"\r").decode("utf-8", "replace")) for line in lines]
        file.write("".join(text + "\n" for text in texts).encode("utf-8", "replace"))
        count += len(lines)
    return count


async def page_log(
    app: App[Any], all_lines: AsyncIterator[Sequence[bytes]], typed: str = ""
) -> str:
    """Show the log in the pager; gives what is said afterwards. Raises `CommandRefused`."""
    command = pager_command(typed, os.environ)
    try:
        with tempfile.TemporaryFile(prefix="wfc-log-") as file:
            count = await write_clean(all_lines, file)
            file.seek(0)
            with app.suspend():
                code = run_aside(command, file, waits=bool(typed) and not _is_pager(command))
    except SuspendNotSupported as error:
        raise CommandRefused("this terminal cannot be handed over to a pager") from error
    except OSError as error:
        raise CommandRefused(f"the log cannot be handed over: {error.strerror}") from error
    except BackendError as error:
        raise CommandRefused(f"all of the log cannot be read: {error_sentence(error)}") from error
    if code in (NOT_FOUND, NOT_RUN):
        raise CommandRefused(f"{command}: there is no such command")
    lines = f"{count:,} line{'' if count == 1 else 's'}"
    return f"{lines} read by {command}" if code == 0 else f"{command} ended with {code}"


def run_aside(command: str, file: IO[bytes], *, waits: bool) -> int:
    """Run a shell command on a file while it has the terminal; gives how it ended."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGQUIT)}
    try:
        for number in kept:  # ctrl+c there is the pager's; a child gets the usual handlers back
            signal.signal(number, _pass_over)
        # The Linux driver paints to stderr, and no child may keep it longer than it lives.
        code = subprocess.run(["/bin/sh", "-c", command], stdin=file, check=False).returncode
        if waits:
            _wait_for_enter()
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
    return code


def _pass_over(number: int, frame: object) -> None:
    """Leave a signal to the child."""


def _wait_for_enter() -> None:
    """Leave what a command said on the screen until it is read."""
    if sys.__stdin__ is None or not sys.__stdin__.isatty():
        return
    print("\nenter goes back to wfc ", end="", file=sys.__stderr__, flush=True)
    sys.__stdin__.readline()


def _is_pager(command: str) -> bool:
    words = command.split()
    return bool(words) and Path(words[0]).name in PAGERS
