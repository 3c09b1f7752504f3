"""An engine's desk without processes: a journal, its claims, and a clock that only a test moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from console.engine.claims import Claim, Claims
from console.engine.replay import Ask
from console.engine.requests import Requests
from console.engine.writing import NewExecution
from console.model.ids import new_id
from tests.engine.blank import open_blank

ASK = Ask("main", "{}", "h")
LIMITS: dict[str, int | None] = {"flow": None}


class StepClock:
    """A clock that only moves when it is told to."""

    def __init__(self) -> None:
        self.wall = datetime(2026, 11, 24, tzinfo=UTC)
        self.seconds = 1000.0

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        self.seconds += seconds
        self.wall += timedelta(seconds=seconds)


class Desk:
    """A journal, and two who work on it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "journal.db"
        self.clock = StepClock()
        self.database = open_blank(folder)
        self.requests = Requests(self.database, self.clock)
        self.claims = Claims(self.database, self.clock, 5.0)

    def start(self, workflow: str = "flow") -> str:
        self.clock.advance(0.001)
        identifier = new_id()
        self.requests.start(NewExecution(identifier, workflow, "{}", ""))
        return identifier

    def claim(self, worker: str = "w") -> Claim:
        claim = self.claims.claim(worker, LIMITS)
        assert claim is not None
        return claim

    def status(self, identifier: str) -> str:
        row = self.database.execute("SELECT status FROM execution WHERE id = ?", (identifier,))
        return str(row.fetchone()[0])

    def everything(self) -> list[tuple[object, ...]]:
        tables = ("execution", "attempt", "job_execution", "function_execution", "step", "tally")
        return [
            tuple(row)
            for table in (*tables, "wait_point", "identity")
            for row in self.database.execute(f"SELECT * FROM {table}")
        ]
