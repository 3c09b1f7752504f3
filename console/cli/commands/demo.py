"""`wfc demo`."""

from __future__ import annotations

import click

from console.cli.session import Session
from console.cli.shared import Command


@click.command("demo", cls=Command)
@click.option("--headless", is_flag=True, help="Play the story without a screen, a line a step.")
@click.pass_obj
def demo(session: Session, headless: bool) -> int:
    """Try the console on a shop with real orders, in a temporary folder."""
    if not headless:
        session.need_terminal("wfc demo")
    return session.wiring.run_demo(headless, session)
