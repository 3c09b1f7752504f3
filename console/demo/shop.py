"""The shop a demo shows: a copy of the example, its server, its mail sink and its books."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from console.config.address import SOCKET_URL
from console.demo import children
from console.demo.children import Child, DemoFailed
from console.demo.place import copy_shop
from console.model.target import Target
from console.resources import resource
from console.server.places import socket_path

BOOKS_SECONDS = 20.0
"""How long a look into the books may take."""


@dataclass(frozen=True, slots=True)
class Charges:
    """What the shop's payments table has for one order."""

    charged: int
    """Rows of payment: how often the card was charged."""
    attempts: int
    """How often charge-card began."""


@dataclass(frozen=True, slots=True)
class Order:
    """An order that nobody has paid."""

    id: str
    argument: str
    """JSON text for order-processing."""


class Shop:
    """A running shop; its methods wait for processes in threads."""

    def __init__(self, project: Path, sink: Child, server: Child) -> None:
        self.project = project
        self.target = Target(
            kind="project",
            label="demo",
            project=project,
            shell_words=("--url", f"unix:{socket_path(project)}"),
        )
        self.is_mail_on = True
        self.sink = sink
        self.server = server
        self._address: Target | None = None
        # One asks, one answers: two at once would take each other's line.
        self._turn = asyncio.Lock()

    async def wait_for_server(self) -> Target:
        """Give the server's address once it answers. Raises `DemoFailed` if it will not."""
        async with self._turn:
            if self._address is None:
                record = json.loads(await children.hear(self.server))
                if "error" in record:
                    raise DemoFailed(str(record["error"]))
                self._address = replace(
                    self.target,
                    url=SOCKET_URL,
                    socket=Path(record["socket"]),
                    workspace_id=record["workspace_id"],
                )
        return self._address

    async def switch_mail(self, on: bool) -> None:
        """Let the mail sink take mail, or turn everybody away."""
        async with self._turn:
            await children.ask(self.sink, "on" if on else "off")
            self.is_mail_on = on

    async def open_orders(self) -> list[Order]:
        """Read the unpaid orders, oldest first."""
        lines = await self._books("--limit", "1000000")
        return [Order(json.loads(line)["orderId"], line) for line in lines.decode().splitlines()]

    async def charges(self, order: str) -> Charges:
        """Count in the payments table what was charged for an order."""
        found = json.loads(await self._books(order, "--json"))
        return Charges(charged=found["charged"], attempts=found["attempts"])

    async def _books(self, *arguments: str) -> bytes:
        """Run the shop's own script: only the engine's layer knows SQLite here."""
        return await children.run(["orders.py", *arguments], self.project, BOOKS_SECONDS)


@contextmanager
def open_shop(folder: Path) -> Iterator[Shop]:
    """Set a shop up in a folder and start its processes; they end with the block."""
    log = folder / "demo.log"
    script = resource("examples") / "shop" / "mail_sink.py"
    running: list[Child] = []
    try:
        sink = children.start(
            "the mail sink", [str(script), "--port", "0", "--control"], folder, log
        )
        running.append(sink)
        project = copy_shop(folder, children.read_line(sink).rpartition(" ")[2])
        # -P: the project's folders must not hide ours.
        serve = ["-P", "-m", "console.server", str(project), "--until-eof"]
        server = children.start("the server", serve, project, log, report_option="--report-to")
        running.append(server)
        yield Shop(project, sink, server)
    finally:
        children.end(running)
