"""The options of everything that waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from console.cli.values import Duration
from console.cli.watch import INTERVAL, TIMEOUT, Patience, Until

F = TypeVar("F", bound=Callable[..., Any])

wait_option = click.option(
    "--wait", "-W", is_flag=True, help="Wait until it ended, or waits for somebody."
)
reason_option = click.option(
    "--reason",
    metavar="TEXT",
    default="",
    help="Why; kept in your journal, and by servers that keep reasons.",
)


def patience_options(function: F) -> F:
    """Add `--interval`, `--timeout` and `--until`."""
    for decorate in (
        click.option(
            "--until",
            "-u",
            type=click.Choice([value.value for value in Until], case_sensitive=False),
            default=Until.TERMINAL.value,
            show_default=True,
            help="What to wait for; WAITING for somebody ends `terminal` too, with exit code 3.",
        ),
        click.option(
            "--timeout",
            "-t",
            type=Duration(zero=True),
            default=f"{TIMEOUT / 60:.0f}m",
            show_default=True,
            help="How long to wait; 0s for ever.",
        ),
        click.option(
            "--interval",
            "-i",
            type=Duration(),
            metavar="DURATION",
            help=f"Time between two looks; else quickly at first, then {INTERVAL:.0f}s.",
        ),
    ):
        function = decorate(function)
    return function


def patience(until: str, timeout: float, interval: float | None) -> Patience:
    """Put the options together."""
    return Patience(Until(until.lower()), interval, timeout)
