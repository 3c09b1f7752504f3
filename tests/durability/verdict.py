"""What must be true after a drill, of the service's answers, the journal and the bodies' marks."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.durability.driver import Driver, Seen
from tests.durability.story import Node

if TYPE_CHECKING:
    from tests.durability.drill import Outcome

TIME_WIDTH = len("2026-11-24T03:10:21.003Z ")


def marks(root: Path) -> list[list[str]]:
    """Read what the bodies noted: time in ms, word, and what belongs to it."""
    path = root / "marks"
    return [line.split() for line in path.read_text().splitlines()] if path.exists() else []


def deaths(root: Path, role: str = "") -> list[float]:
    """Give when processes died at a planned commit, in seconds of the monotonic clock."""
    return [
        int(mark[0]) / 1000 for mark in marks(root) if mark[1] == "death" and role in ("", mark[2])
    ]


def last_sign(root: Path, since: float) -> float:
    """Give when anything was noted last, in seconds; not before `since`."""
    return max([since, *(int(mark[0]) / 1000 for mark in marks(root))])


def standstill(root: Path) -> float:
    """Give the longest time between two signs of bodies or deaths, in seconds."""
    times = sorted(int(mark[0]) / 1000 for mark in marks(root))
    return max((after - before for before, after in pairwise(times)), default=0.0)


def takeovers(root: Path, kills: Sequence[tuple[float, Sequence[int]]]) -> list[float]:
    """Give how long each execution that lost its worker stood still, in seconds.

    That is from the death to the first sign of a body of it in another process; with it goes the
    time in which the workers that were left had other work.
    """
    noted = [mark for mark in marks(root) if mark[1] in ("begin", "end")]
    died = {pid: at for at, pids in kills for pid in pids}
    died |= {int(mark[3]): int(mark[0]) / 1000 for mark in marks(root) if mark[1] == "death"}
    last: dict[str, tuple[float, int]] = {}
    found: list[float] = []
    for time, _, execution, _, _, pid in noted:
        at, who = last.get(execution, (0.0, int(pid)))
        if who != int(pid) and who in died and died[who] > at:
            found.append(int(time) / 1000 - died[who])
        last[execution] = int(time) / 1000, int(pid)
    return found


async def judge(driver: Driver, outcome: Outcome) -> list[str]:
    """Give everything that is wrong."""
    problems: list[str] = []
    noted = marks(driver.root)
    for mark in noted:
        if mark[1] == "overfull":
            problems.append(f"the limit was exceeded: {mark}")
    begun: dict[tuple[str, str], list[int]] = defaultdict(list)
    for mark in noted:
        if mark[1] == "begin":
            begun[mark[2], mark[3]].append(int(mark[0]))
    outcome.executions = len(driver.seen)
    for seen in driver.seen.values():
        problems += [
            f"{seen.telling.workflow} {seen.telling.execution_id}: {problem}"
            for problem in await _judge_one(driver, seen, begun, outcome)
        ]
    await driver.follow_once()
    problems += await _judge_all(driver)
    return problems


async def _judge_one(
    driver: Driver, seen: Seen, begun: dict[tuple[str, str], list[int]], outcome: Outcome
) -> list[str]:
    telling = seen.telling
    problems: list[str] = []
    may_be_canceled = seen.cancel in ("taken", "unknown")
    if seen.final == "CANCELED" and not may_be_canceled:
        problems.append("it was canceled, and nobody asked for that")
    if seen.final == "SUCCESS" and seen.cancel == "taken":
        problems.append("it succeeded after it was canceled")
    history = await driver.surely("ListAttempts", executionId=telling.execution_id)
    execution = await driver.get(telling.execution_id)
    runs: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for job in history.get("jobs", []):
        runs[job["jobExecutionId"]].append(job)
    nodes = {node.id: node for node in telling.root.walk()}
    done: set[str] = set()
    for tries in runs.values():
        node = nodes[json.loads(tries[0]["input"])["id"]]
        outcome.jobs += 1
        succeeded = [job for job in tries if job["status"] == "SUCCESS"]
        if len(succeeded) > 1 or (succeeded and tries[-1] is not succeeded[0]):
            problems.append(f"{node.id} ran after it had succeeded: {_states(tries)}")
        if succeeded:
            if node.id in done:
                problems.append(f"{node.id} has two job executions")
            done.add(node.id)
        times = begun[telling.execution_id, node.id]
        if len(times) > len(tries) and not node.is_parked:
            problems.append(f"{node.id} began {len(times)} times, recorded are {_states(tries)}")
        if succeeded and not times:
            problems.append(f"{node.id} succeeded, and its body never began")
        for job in succeeded:
            told = seen.succeeded.get(job["functionExecutionId"])
            if told is not None and any(time > told for time in times):
                problems.append(f"{node.id} began again after it was told that it had succeeded")
        for job in tries:
            problems += await _judge_log(driver, seen, node, job, outcome)
    known = {
        job["functionExecutionId"] for job in history.get("jobs", []) if job["status"] == "SUCCESS"
    }
    for told_id in seen.succeeded.keys() - known:
        problems.append(f"function execution {told_id} was told as SUCCESS and is not any more")
    if seen.final == "SUCCESS":
        missing = nodes.keys() - done
        if missing:
            problems.append(f"it succeeded without {sorted(missing)}")
        problems += await _judge_result(driver, execution, telling.root)
    ended = ("STATUS_SUCCESS", "STATUS_FAILED", "STATUS_CANCELED")
    if any(job["status"] not in ended for job in execution.get("jobExecutions", [])):
        problems.append("it has ended, and a job of it has not")
    return problems


def _states(tries: list[dict[str, Any]]) -> str:
    return ", ".join(f"{job['status']} in {job['attempt']}" for job in tries)


async def _judge_result(driver: Driver, execution: dict[str, Any], root: Node) -> list[str]:
    workspaces = await driver.post("/tailor.v1.OperatorService/ListWorkspaces", {})
    answer = await driver.post(
        "/tailor.v1.OperatorService/GetFunctionExecution",
        {
            "workspaceId": workspaces["workspaces"][0]["id"],
            "executionId": execution["jobExecutions"][0]["executionId"],
        },
    )
    expected = f'{{"total":{root.total()}}}'
    found = answer["execution"]["result"]
    return [] if found == expected else [f"its result is {found}, not {expected}"]


async def _judge_log(
    driver: Driver, seen: Seen, node: Node, job: dict[str, Any], outcome: Outcome
) -> list[str]:
    data = await driver.read_log(job["functionExecutionId"])
    problems: list[str] = []
    if not data.startswith(seen.logs.get(job["functionExecutionId"], b"")):
        problems.append(f"the log of {node.id} changed after it was read")
    lines = [line[TIME_WIDTH:] for line in data.decode().split("\n")]
    if lines.pop():
        problems.append(f"the log of {node.id} ends in the middle of a line")
    outcome.lines += len(lines)
    printed = [line for line in lines if " raw " not in line]
    raw = [line for line in lines if " raw " in line]
    expected, expected_raw = node.expected_lines()
    if job["status"] == "SUCCESS":
        front = expected[:-1]
        # Each run that was parked printed its beginning; the last one came to its end.
        rounds = (len(printed) - 1) // len(front) if front and node.is_parked else 1
        rounds = max(rounds, 1)
        if printed != front * rounds + expected[-1:]:
            problems.append(f"{node.id} has {len(printed)} lines, not {len(expected)}")
        if raw != expected_raw * rounds and not (node.is_parked and not front):
            problems.append(f"{node.id} has {len(raw)} raw lines, not {len(expected_raw)}")
    elif job["status"] == "FAILED" and not node.is_parked and job["error"]["type"] != "WorkerLost":
        if printed not in (expected, expected[:-1]):
            problems.append(f"{node.id} failed and has {len(printed)} of {len(expected)} lines")
        if raw != expected_raw:
            problems.append(f"{node.id} failed and has {len(raw)} of {len(expected_raw)} raw lines")
    elif not node.is_parked and printed != expected[: len(printed)]:
        problems.append(f"{node.id} was interrupted, and its log is none of its beginnings")
    return problems


async def _judge_all(driver: Driver) -> list[str]:
    problems: list[str] = []
    connection = sqlite3.connect(f"file:{driver.root / '.wfc' / 'journal.db'}?mode=ro", uri=True)
    try:
        (found,) = connection.execute("PRAGMA integrity_check").fetchone()
        if found != "ok":
            problems.append(f"the journal is damaged: {found}")
        rows = dict(connection.execute("SELECT id, status FROM execution").fetchall())
        tally = dict(
            connection.execute(
                "SELECT status, sum(count) FROM tally GROUP BY status HAVING sum(count) > 0"
            ).fetchall()
        )
        children = Counter(
            argument
            for (argument,) in connection.execute(
                "SELECT argument FROM execution WHERE workflow = 'child'"
            )
        )
        starts = connection.execute("SELECT count(*) FROM step WHERE kind = 'start'").fetchone()[0]
        foreign = connection.execute("PRAGMA foreign_key_check").fetchall()
    finally:
        connection.close()
    if tally != Counter(rows.values()):
        problems.append(f"the tally is {tally}, there are {Counter(rows.values())}")
    counts = await driver.surely("GetCounts")
    told = {status: int(number) for status, number in counts["byStatus"].items() if int(number)}
    settled = Counter(rows.values())
    if settled.keys() <= {"SUCCESS", "CANCELED"} and told != settled:
        problems.append(f"counts tells {told}, there are {settled}")
    missing = [one for one in driver.seen if driver.mirror.get(one) != rows.get(one)]
    if missing:
        problems.append(f"the feed of changes never told the end of {missing}")
    twice = [argument for argument, number in children.items() if number > 1]
    if twice or sum(children.values()) != starts:
        problems.append(f"children: {sum(children.values())}, starts: {starts}, twice: {twice}")
    if foreign:
        problems.append(f"rows without their execution: {foreign[:3]}")
    wanted = {
        f'{{"by":"{seen.telling.execution_id}{node.id}"}}'
        for seen in driver.seen.values()
        if seen.final == "SUCCESS"
        for node in seen.telling.root.walk()
        if node.starts
    }
    if wanted - children.keys():
        problems.append(f"children never started: {wanted - children.keys()}")
    return problems
