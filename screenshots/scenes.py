"""The pictures there are, as plays: walks through the console, stopped where it is worth a look."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import timedelta

from console.backend.errors import Unreachable
from console.backend.protocol import Backend
from console.commands.extras import CommandRefused
from console.commands.journal import Action
from console.commands.twins import Twins
from console.model.execution import AttemptHistory
from console.model.profile import Profile
from console.model.states import ExecutionStatus
from console.model.target import Target
from console.ui.dialogs.form import FormDialog
from console.ui.dialogs.start import StartDialog
from console.ui.screens.base import ConsoleScreen
from console.ui.screens.execution import ExecutionScreen
from screenshots.stage import Play, StillClock
from tests.ui.consoles import Console

PROD = Target(
    "url",
    "shop-prod",
    url="https://workflows.shop.example",
    token="-",
    is_protected=True,
    shell_words=("--profile", "shop-prod"),
)
DEMO = Target("project", "demo")
SHOP = Target("project", "shop")
MIDDLE = ((120, 40),)
OUTAGE = 34
"""Seconds the backend is away."""
_NONE = AttemptHistory((), ())


class Places:
    """The profiles of somebody who looks after the shop."""

    def profiles(self) -> Sequence[Profile]:
        """Give them."""
        return (
            Profile("shop-prod", "url", PROD.url, is_protected=True),
            Profile(
                "shop-audit", "url", PROD.url, is_protected=True, is_read_only=True, color="yellow"
            ),
            Profile("staging", "url", "https://staging.shop.example", color="cyan"),
            Profile(
                "platform",
                "tailor",
                "0193f3a0-0000-7000-8000-000000000001",
                is_protected=True,
                problem="SHOP_TOKEN is not set, and token_env names it",
            ),
            Profile("shop", "project", "/home/ops/shop", is_here=True),
        )

    def open(self, name: str) -> tuple[Target, Callable[[], Awaitable[Backend]]]:
        """Stay: a picture goes nowhere."""
        raise CommandRefused(f"{name} is not opened here")


async def incident(console: Console) -> AsyncIterator[str]:
    """Mail is refused: what is wrong, why, what a resume would do, and what was done."""
    await _caused(console)
    yield "executions"
    await console.do("help.open")
    yield "help"
    await console.do("nav.back")
    await _open(console)
    await console.until(lambda: "connecting to" in console.text(), "the log")
    yield "jobs"
    await console.do("execution.show-log")
    await console.until(lambda: "421 too many" in console.text(), "the log's last line")
    yield "log"
    await console.do("find.open")
    await console.type("421")
    await console.press("enter")
    yield "search"
    await console.do("nav.escape")
    await console.do("execution.data")
    await console.until(lambda: "Traceback" in console.text(), "its error")
    yield "data"
    await console.do("execution.jobs")
    await _asked(console, "execution.resume", "Runs again")
    await console.type("the mail server is back")
    yield "resume"
    await console.press("escape")
    console.backend.capability(schemas=True)
    console.backend.schemas["order-processing"] = json.dumps(ORDER)
    await console.command("start order-processing")
    await console.until(lambda: isinstance(console.screen, StartDialog), "the form")
    await console.until(lambda: "Can run as" in console.text(), "the machine users")
    await console.type("the mail server is back")
    yield "start"


async def around(console: Console) -> AsyncIterator[str]:
    """What else there is to look at than executions."""
    await _caused(console)
    await console.command("workflows")
    await console.until(lambda: "make-report" in console.text(), "the workflows")
    await console.settle()
    yield "workflows"
    await console.do("nav.back")
    await console.command("profiles")
    await console.until(lambda: "url" in console.text(), "the profiles")
    yield "profiles"
    await console.do("nav.back")
    _act(console)
    await console.do("journal.open")
    await console.until(lambda: "is it the pool?" in console.text(), "the actions")
    yield "journal"


async def through(console: Console) -> AsyncIterator[str]:
    """The mail server is back and the order is through; its card was charged once."""
    await console.do("list.toggle-all")
    again = next(
        one.id
        for one in console.backend.executions.values()
        if one.status is ExecutionStatus.SUCCESS
        and len(console.backend.histories.get(one.id, _NONE).attempts) > 1
    )
    console.app.first.list.cursor_to(again)
    if console.app.size.width < 100:
        await _open(console)
    await console.until(lambda: "reused from attempt 1" in console.text(), "what was reused")
    yield "resumed"


async def nothing(console: Console) -> AsyncIterator[str]:
    """A project in which nothing has run yet."""
    await console.until(lambda: " live " in console.lines()[0], "the first answer")
    await console.settle()
    yield "empty"


async def lost(console: Console) -> AsyncIterator[str]:
    """The backend is gone: the last rows stay, subdued, with their age."""
    await _caused(console)
    if console.app.size.width >= 100:
        await console.until(lambda: "connecting to" in console.text(), "the log")
    assert isinstance(console.clock, StillClock)
    console.clock.is_still = False
    console.backend.fail(Unreachable("connection refused"))
    await console.do("view.refresh")  # the outage begins with this answer, whenever the last was
    for _ in range(OUTAGE):
        await console.settle(1)
    screen = console.app.screen
    assert isinstance(screen, ConsoleScreen)
    screen.tick()  # what ages on the screen is told by timers, for which no time has passed
    await console.settle()
    assert " lost 3" in console.text(), "the top line says for how long"
    yield "lost"


ORDER = {
    "type": "object",
    "properties": {
        "orderId": {"type": "string", "pattern": "^o-\\d{4}$"},
        "customerId": {"type": "string"},
    },
    "required": ["orderId", "customerId"],
}
"""What the pictured workflow takes."""


def themed(name: str) -> Callable[[Console], AsyncIterator[str]]:
    """Show the first screen in another theme."""

    async def scene(console: Console) -> AsyncIterator[str]:
        await console.until(lambda: "connecting to" in console.text(), "the log")
        yield name

    return scene


def _act(console: Console) -> None:
    """Write down three actions, as the console does when it sends them."""
    journal, now = console.app.session.journal, console.clock.now()
    failed = [one for one in console.backend.executions.values() if one.status.can_resume]
    for execution, reason, ago, outcome, detail in zip(
        failed,
        ("", "is it the pool?", "the mail server is back"),
        (3720, 1500, 40),
        ("refused", "unknown", "done"),
        ("it is RUNNING", "no answer came in time", ""),
        strict=False,
    ):
        sent = now - timedelta(seconds=ago)
        command = Twins(PROD).resume(execution.id, reason)
        action = Action("resume", command, execution.workflow_name, execution.id, reason)
        journal.answered(journal.sent(action, sent), sent, outcome, detail)


async def _caused(console: Console) -> None:
    """Wait for why the rows failed, and for whatever else is read about it."""
    await console.until(lambda: "421 too many" in console.text(), "the cause")
    for _ in range(4):
        await console.settle(0.5)


async def _open(console: Console) -> None:
    await console.do("list.open")
    screen = console.screen
    assert isinstance(screen, ExecutionScreen)
    await console.do("execution.jobs")
    await console.until(lambda: screen.pane.watch_feeds.history, "its attempts")
    await console.settle()


async def _asked(console: Console, command: str, part: str) -> None:
    await console.do(command)
    await console.until(lambda: isinstance(console.screen, FormDialog), "the dialog")
    await console.until(lambda: part in console.text(), "the check")
    await console.settle()


PLAYS = (
    Play(incident, PROD, "refused"),
    Play(around, PROD, "refused", profiles=Places()),
    Play(through, DEMO, "resumed", has_hint=True),
    Play(nothing, SHOP),
    Play(lost, PROD, "refused"),
    Play(themed("light"), PROD, "refused", sizes=MIDDLE, theme="wfc-light"),
    Play(themed("contrast"), PROD, "refused", sizes=MIDDLE, theme="high-contrast"),
)
