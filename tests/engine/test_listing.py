"""Lists, totals, counts and changes: whole, in order, and each token for its own filter."""

from __future__ import annotations

import base64
import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.engine.claims import Claims
from console.engine.database import ReaderPool
from console.engine.fence import Fence, OpenJob
from console.engine.interface import InvalidPageToken
from console.engine.logs import LogFolder
from console.engine.progress import Progress
from console.engine.prune import Pruning
from console.engine.reads import Reads
from console.engine.replay import Ask
from console.engine.requests import Requests
from console.engine.writing import NewExecution
from console.model.execution import Execution
from console.model.ids import ExecutionId, new_id
from console.model.query import ExecutionQuery
from console.model.states import ExecutionStatus
from console.workflow.failure import Failure
from tests.engine.blank import open_blank

START = datetime(2026, 11, 24, tzinfo=UTC)
STATES = ("PENDING", "FAILED", "SUCCESS", "RUNNING")


class Shelf:
    """A journal with executions in chosen states."""

    def __init__(self, folder: Path) -> None:
        self.wall = START
        self.seconds = 0.0
        self.path = folder / "journal.db"
        self.database = open_blank(folder)
        self.requests = Requests(self.database, self)
        self.claims = Claims(self.database, self)
        self.reads = Reads(ReaderPool(self.path))
        self.pruning = Pruning(self.database, LogFolder(folder / "logs"), self)

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        raise NotImplementedError

    def add(self, workflow: str, status: str) -> str:
        identifier = new_id()
        self.requests.start(NewExecution(identifier, workflow, "{}", ""))
        if status != "PENDING":
            others = {name: 0 for name in ("one", "two") if name != workflow}
            claim = self.claims.claim("w", others)
            while claim is not None and claim.execution_id != identifier:
                claim = self.claims.claim("w", others)
            assert claim is not None
            progress = Progress(Fence(self.database, self, claim))
            job = progress.begin(None, 0, Ask("main-job", "{}", "h"), None)
            assert isinstance(job, OpenJob)
            if status == "SUCCESS":
                progress.succeed(job, "{}")
            elif status == "FAILED":
                progress.fail(job, Failure("E", "m", ""))
        return identifier


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    made = Shelf(tmp_path)
    yield made
    made.database.close()


def _fill(shelf: Shelf, entries: list[tuple[str, str]]) -> None:
    # Pending ones last: what is claimed to be finished must not be one of them.
    for index, (workflow, status) in enumerate(sorted(entries, key=lambda e: e[1] == "PENDING")):
        shelf.wall = START + timedelta(minutes=20 * (index // 3))
        shelf.add(workflow, status)


def _pages(shelf: Shelf, query: ExecutionQuery) -> list[Execution]:
    found: list[Execution] = []
    token = ""
    while True:
        page = shelf.reads.list(replace(query, token=token))
        assert page.total is not None and len(page.items) <= query.limit
        found += page.items
        if not (token := page.next_token):
            assert page.total == len(found)
            return found


ENTRIES = st.lists(st.tuples(st.sampled_from(["one", "two"]), st.sampled_from(STATES)), max_size=25)


@given(
    entries=ENTRIES,
    workflow=st.sampled_from([None, "one", "two", "none"]),
    statuses=st.frozensets(st.sampled_from([ExecutionStatus(name) for name in STATES])),
    limit=st.integers(1, 7),
    newest_first=st.booleans(),
    since=st.one_of(st.none(), st.sampled_from([0, 1, 20, 21, 60, 100, 120, 900])),
)
@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
def test_pages_together_are_the_whole_list_in_order(
    tmp_path_factory: pytest.TempPathFactory,
    entries: list[tuple[str, str]],
    workflow: str | None,
    statuses: frozenset[ExecutionStatus],
    limit: int,
    newest_first: bool,
    since: int | None,
) -> None:
    shelf = Shelf(tmp_path_factory.mktemp("shelf"))
    _fill(shelf, entries)
    moment = None if since is None else START + timedelta(minutes=since)
    query = ExecutionQuery(workflow, statuses, limit, newest_first=newest_first, since=moment)
    with sqlite3.connect(shelf.path) as connection:
        everything = connection.execute(
            "SELECT created_at, id, workflow, status FROM execution"
        ).fetchall()
    connection.close()
    expected = [
        identifier
        for created_at, identifier, name, status in sorted(everything, reverse=newest_first)
        if workflow in (None, name)
        and (not statuses or status in statuses)
        and (moment is None or created_at >= moment.timestamp() * 1000)
    ]
    assert [item.id for item in _pages(shelf, query)] == expected
    counted = Counter(
        status
        for created_at, _, _, status in everything
        if moment is None or created_at >= moment.timestamp() * 1000
    )
    assert shelf.reads.counts(moment).by_status == counted
    shelf.database.close()


def test_a_page_does_not_slip_when_newer_ones_come(shelf: Shelf) -> None:
    _fill(shelf, [("one", "PENDING")] * 6)
    query = ExecutionQuery(limit=4)
    first = shelf.reads.list(query)
    shelf.wall += timedelta(seconds=9)
    shelf.add("one", "PENDING")
    second = shelf.reads.list(replace(query, token=first.next_token))
    assert len(second.items) == 2 and not second.next_token
    assert not {item.id for item in first.items} & {item.id for item in second.items}


@pytest.mark.parametrize(
    "other",
    [
        {"workflow": "one"},
        {"statuses": frozenset({ExecutionStatus.FAILED})},
        {"newest_first": False},
        {"since": START},
    ],
)
def test_a_token_is_refused_for_another_filter(shelf: Shelf, other: dict[str, object]) -> None:
    _fill(shelf, [("one", "PENDING")] * 3)
    token = shelf.reads.list(ExecutionQuery(limit=2)).next_token
    assert token
    with pytest.raises(InvalidPageToken, match="another filter"):
        shelf.reads.list(replace(ExecutionQuery(limit=2, token=token), **other))  # type: ignore[arg-type]
    assert shelf.reads.list(ExecutionQuery(limit=1, token=token)).items


@pytest.mark.parametrize(
    "token", ["x", "!!", "ä", base64.urlsafe_b64encode(b"a:b:c").decode(), "A" * 9999, "\x00"]
)
def test_a_token_that_is_not_ours_is_refused(shelf: Shelf, token: str) -> None:
    with pytest.raises(InvalidPageToken, match="not one of this server's"):
        shelf.reads.list(ExecutionQuery(token=token))


def test_a_page_has_at_least_one_and_at_most_a_thousand(shelf: Shelf) -> None:
    _fill(shelf, [("one", "PENDING")] * 2)
    assert len(shelf.reads.list(ExecutionQuery(limit=0)).items) == 1
    assert len(shelf.reads.list(ExecutionQuery(limit=10**9)).items) == 2


@pytest.mark.parametrize(
    "query",
    [
        ExecutionQuery(),
        ExecutionQuery(workflow="one"),
        ExecutionQuery(statuses=frozenset({ExecutionStatus.FAILED})),
        ExecutionQuery("one", frozenset({ExecutionStatus.FAILED, ExecutionStatus.RUNNING})),
        ExecutionQuery("one", frozenset({ExecutionStatus.FAILED}), since=START),
    ],
)
def test_a_listing_walks_an_index_and_sorts_no_table(shelf: Shelf, query: ExecutionQuery) -> None:
    from console.engine.paging import Position, select_page

    plans: list[str] = []

    class Explaining:
        def execute(self, statement: str, values: object) -> sqlite3.Cursor:
            rows = shelf.database.execute(f"EXPLAIN QUERY PLAN {statement}", tuple(values))  # type: ignore[arg-type]
            plans.extend(row["detail"] for row in rows)
            return shelf.database.execute("SELECT 1 WHERE 0")

    select_page(Explaining(), query, Position(5, "x"))  # type: ignore[arg-type]
    assert any("USING INDEX execution_by" in plan for plan in plans)
    assert not any(plan.startswith("SCAN execution") and "USING" not in plan for plan in plans)
    is_merged = len(query.statuses) > 1
    assert is_merged or sum("TEMP B-TREE" in plan for plan in plans) <= 1


def _follow(shelf: Shelf, cursor: str, limit: int) -> tuple[dict[str, Execution], set[str], str]:
    changed: dict[str, Execution] = {}
    gone: set[str] = set()
    while True:
        found = shelf.reads.changes(cursor, limit)
        assert not found.reset
        if not found.changed and not found.gone:
            return changed, gone, found.cursor
        changed |= {item.id: item for item in found.changed}
        gone |= set(found.gone)
        cursor = found.cursor


@given(
    rounds=st.lists(
        st.lists(st.sampled_from(["add", "claim", "cancel", "prune"]), max_size=8), max_size=5
    ),
    limit=st.integers(1, 5),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_following_the_changes_gives_what_a_new_listing_gives(
    tmp_path_factory: pytest.TempPathFactory, rounds: list[list[str]], limit: int
) -> None:
    shelf = Shelf(tmp_path_factory.mktemp("shelf"))
    cursor = shelf.reads.changes("", limit).cursor
    known: dict[str, Execution] = {}
    for events in rounds:
        for event in events:
            shelf.wall += timedelta(milliseconds=1)
            if event == "add":
                shelf.add("one", "PENDING")
            elif event == "claim":
                claim = shelf.claims.claim("w", {})
                if claim is not None:
                    progress = Progress(Fence(shelf.database, shelf, claim))
                    progress.begin(None, 0, Ask("main-job", "{}", "h"), None)
            elif event == "cancel":
                for item in shelf.reads.list(ExecutionQuery()).items:
                    if item.status is ExecutionStatus.PENDING:
                        shelf.requests.cancel(item.id, "", "")
                        break
            else:
                shelf.pruning.prune_some(round(shelf.wall.timestamp() * 1000))
        changed, gone, cursor = _follow(shelf, cursor, limit)
        known = {name: item for name, item in (known | changed).items() if name not in gone}
        listed = {item.id: item for item in shelf.reads.list(ExecutionQuery(limit=1000)).items}
        assert known == listed
    quiet = shelf.reads.changes(cursor, limit)
    assert (quiet.changed, quiet.gone, quiet.reset, quiet.cursor) == ((), (), False, cursor)
    shelf.database.close()


def test_a_change_of_a_job_is_a_change_of_its_execution(shelf: Shelf) -> None:
    identifier = shelf.add("one", "PENDING")
    cursor = shelf.reads.changes("", 9).cursor
    claim = shelf.claims.claim("w", {})
    assert claim is not None
    cursor = shelf.reads.changes(cursor, 9).cursor
    Progress(Fence(shelf.database, shelf, claim)).begin(None, 0, Ask("main-job", "{}", "h"), None)
    found = shelf.reads.changes(cursor, 9)
    assert [(item.id, len(item.jobs)) for item in found.changed] == [(identifier, 1)]


@pytest.mark.parametrize("cursor", ["", "x", "12345678.1", "..", "12345678.-1", "ä.٣"])
def test_a_cursor_that_is_not_this_journals_resets(shelf: Shelf, cursor: str) -> None:
    shelf.add("one", "PENDING")
    found = shelf.reads.changes(cursor, 9)
    assert found.reset and found.changed == ()
    assert not shelf.reads.changes(found.cursor, 9).reset


def test_a_cursor_from_the_future_or_from_before_what_is_remembered_resets(shelf: Shelf) -> None:
    old = shelf.reads.changes("", 9).cursor
    shelf.add("one", "SUCCESS")
    owner, _, number = shelf.reads.changes("", 9).cursor.partition(".")
    assert shelf.reads.changes(f"{owner}.{int(number) + 1}", 9).reset
    for odd in ("9" * 5000, "٣", ""):  # Python reads no number of more than 4300 digits
        assert shelf.reads.changes(f"{owner}.{odd}", 9).reset
    assert shelf.pruning.prune_some(round(shelf.wall.timestamp() * 1000) + 1) == 1
    assert not shelf.reads.changes(old, 9).reset
    shelf.wall += timedelta(days=8)
    shelf.pruning.forget()
    assert shelf.reads.changes(old, 9).reset
    assert not shelf.reads.changes(shelf.reads.changes("", 9).cursor, 9).reset


def test_pruning_takes_what_finished_before_and_its_logs(shelf: Shelf, tmp_path: Path) -> None:
    old, failed = shelf.add("one", "SUCCESS"), shelf.add("one", "FAILED")
    shelf.wall += timedelta(days=2)
    fresh, pending = shelf.add("one", "SUCCESS"), shelf.add("two", "PENDING")
    # Made long ago, and finished only now: kept.
    shelf.database.execute("UPDATE execution SET created_at = 5 WHERE id = ?", (fresh,))
    logs = LogFolder(tmp_path / "logs")
    for identifier in (old, fresh):
        logs.path(identifier, "f").parent.mkdir(parents=True)
        logs.path(identifier, "f").write_text("line\n")
    before = round((START + timedelta(days=1)).timestamp() * 1000)
    assert shelf.pruning.count(before) == 2
    assert shelf.pruning.prune_some(before) == 2
    assert shelf.pruning.prune_some(before) == 0
    left = {item.id for item in shelf.reads.list(ExecutionQuery()).items}
    assert left == {fresh, pending} and failed not in left
    assert not logs.path(old, "f").parent.exists() and logs.path(fresh, "f").exists()
    assert shelf.reads.counts(None).by_status == {
        ExecutionStatus.SUCCESS: 1,
        ExecutionStatus.PENDING: 1,
    }
    for table in ("attempt", "job_execution", "function_execution"):
        rows = shelf.database.execute(f"SELECT DISTINCT execution_id FROM {table}")
        assert {ExecutionId(row[0]) for row in rows} <= left
