"""Sending a change: its outcome becomes a result or an error."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from console.backend.errors import OutcomeUnknown, RateLimited
from console.cli.codes import ExitCode
from console.cli.connected import Connected
from console.cli.diagnostics import CliError
from console.cli.output import say
from console.commands.operations import Outcome, Result

LOOK = "wfc workflow executions"
"""Where one looks whether something was done."""


async def sent(connected: Connected, operate: Callable[[], Awaitable[Outcome]]) -> Outcome:
    """Send a change, once; only one that the server refused for now is sent again.

    Raises:
        CliError: it was not done, or nobody knows.
    """

    async def once() -> Outcome:
        outcome = await operate()
        if isinstance(outcome.error, RateLimited):
            raise outcome.error
        return outcome

    try:
        outcome = await connected.ask(once)
    except asyncio.CancelledError:  # Ctrl-C, or SIGTERM
        say(f"no longer waiting for an answer; it may have been done: {LOOK}")
        raise
    if outcome.result is Result.DONE:
        return outcome
    raise _refusal(outcome)


def _refusal(outcome: Outcome) -> Exception:
    error = outcome.error
    if error is None:
        return CliError(outcome.message, ExitCode.FAILED)
    if isinstance(error, OutcomeUnknown):
        look = LOOK
        if outcome.execution_id:
            look += f" {outcome.execution_id}"
        words = f"outcome unknown: {error.detail or 'it was sent, and no answer came'}"
        return CliError(f"{words}; look before you try again: {look}", ExitCode.UNKNOWN)
    return error
