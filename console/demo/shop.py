"""The shop a demo shows: a copy of the example, its server, its mail sink and its books."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from console.demo import children
from console.demo.children import DemoFailed
from console.demo.place import copy_shop
from console.model.target import Target
from console.resources import resource

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
    """A running shop. Its methods wait for processes: call them in a thread."""

    def __init__(
        self, project: Path, sink: subprocess.Popen[bytes], server: subprocess.Popen[bytes]
    ) -> None:
        self.project = project
        self.target = Target(kind="project", label="demo", project=project)
        self.is_mail_on = True
        self.sink = sink
        self.server = server
        self._turn = threading.Lock()

    def wait_for_server(self) -> None:
        """Come back when the server answers. Raises `DemoFailed` with what it said if it died."""
        report = json.loads(children.listen(self.server, "the server"))
        if "error" in report:
            raise DemoFailed(str(report["error"]))

    def switch_mail(self, on: bool) -> None:
        """Let the mail sink take mail, or turn everybody away."""
        # One asks, one answers: two at once would take each other's line.
        with self._turn:
            children.tell(self.sink, "on" if on else "off")
            self.is_mail_on = on

    def open_orders(self) -> list[Order]:
        """Read the unpaid orders, oldest first."""
        lines = self._books("--limit", "1000000").splitlines()
        return [Order(json.loads(line)["orderId"], line) for line in lines]

    def charges(self, order: str) -> Charges:
        """Count in the payments table what was charged for an order."""
        found = json.loads(self._books(order, "--json"))
        return Charges(charged=found["charged"], attempts=found["attempts"])

    def _books(self, *arguments: str) -> str:
        """Run the shop's own script: only the engine's layer knows SQLite here."""
        try:
            done = children.run(["orders.py", *arguments], self.project, BOOKS_SECONDS)
        except (subprocess.SubprocessError, OSError) as error:
            raise DemoFailed(f"cannot read the shop's books: {error}") from None
        return done


@contextmanager
def open_shop(folder: Path) -> Iterator[Shop]:
    """Set a shop up in a folder and start its processes; they end with the block."""
    log = folder / "demo.log"
    script = resource("examples") / "shop" / "mail_sink.py"
    running = []
    try:
        sink = children.start([str(script), "--port", "0", "--control"], folder, log)
        running.append(sink)
        address = children.listen(sink, "the mail sink").rpartition(" ")[2]
        project = copy_shop(folder, address)
        # -P: the project's folders must not hide ours.
        serve = ["-P", "-m", "console.server", str(project), "--until-eof", "--report-to", "1"]
        server = children.start(serve, project, log)
        running.append(server)
        yield Shop(project, sink, server)
    finally:
        children.end(running)
