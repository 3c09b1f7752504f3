"""One seeded drill: work, kills at drawn moments, and the verdict.

What is killed: a worker, the server, both in one moment, or a process at a planned commit of its
own (before it, in it, after it).
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from console.server import background
from tests.durability.driver import Driver
from tests.durability.story import Drawing, write_story
from tests.durability.verdict import deaths, judge, last_sign, standstill, takeovers

KINDS = ("worker", "server", "both", "commits", "mixed")
STANDSTILL_SECONDS = 5.0
"""No drill may go so long without a sign of any body: restarts, a body's second to clean up, and
the takeover included, on a machine with other things to do. A lease alone would take longer."""
LONGEST_SECONDS = 40.0
"""From the last death to the last end, all the work that was left included."""


@dataclass
class Outcome:
    """What one drill came to."""

    seed: int
    kind: str
    kills: Counter[str] = field(default_factory=Counter)
    executions: int = 0
    jobs: int = 0
    lines: int = 0
    standstill: float = 0.0
    """The longest time without a sign of any body, in seconds."""
    takeovers: list[float] = field(default_factory=list)
    recovery: float = 0.0
    """Seconds from the last death to the last end."""
    problems: list[str] = field(default_factory=list)


def drill(seed: int, folder: Path, kind: str = "") -> Outcome:
    """Run one drill in an empty folder."""
    return asyncio.run(run_drill(seed, folder, kind or KINDS[seed % len(KINDS)]))


async def run_drill(seed: int, folder: Path, kind: str, largest: int = 14) -> Outcome:
    """Run one drill of some executions, at most so many; several may run at a time."""
    draw = random.Random(f"{seed} {kind}")
    outcome = Outcome(seed, kind)
    root = write_story(folder / "story", workers=draw.choice([1, 2, 3, 3]))
    drawing = Drawing(draw)
    tellings = [drawing.telling() for _ in range(draw.randint(largest // 2, largest))]
    driver = Driver(root, tellings, draw)
    if kind in ("commits", "mixed"):
        _plan_deaths(root, draw)
    try:
        await driver.up()
        await _work(driver, draw, kind, outcome)
        if not outcome.problems:
            outcome.problems = await judge(driver, outcome)
        outcome.takeovers = takeovers(root, driver.kills)
    finally:
        await driver.close()
        await asyncio.to_thread(_end, driver, outcome)
    return outcome


def _plan_deaths(root: Path, draw: random.Random) -> None:
    """Have some processes die at commits; each takes one plan when it starts."""
    roles = ["worker"] * draw.randint(1, 3) + ["server"] * draw.randint(0, 2)
    for number, role in enumerate(roles):
        commit = draw.randint(1, 40 if role == "worker" else 12)
        moment = draw.choice(["before", "within", "after"])
        (root / "deaths" / f"{role}-{number}-{commit}-{moment}").touch()


async def _work(driver: Driver, draw: random.Random, kind: str, outcome: Outcome) -> None:
    ending = asyncio.Event()
    following = asyncio.create_task(driver.follow(ending.is_set))
    drives = [asyncio.create_task(driver.drive(seen)) for seen in driver.seen.values()]
    try:
        await _kill_for_a_while(driver, draw, kind, outcome)
        for plan in (driver.root / "deaths").iterdir():
            plan.unlink(missing_ok=True)
        killed_at = driver.killed_at or time.monotonic()
        waiting = set(drives)
        while waiting:
            now = time.monotonic()
            if now - last_sign(driver.root, killed_at) > STANDSTILL_SECONDS:
                break
            if now - max([killed_at, *deaths(driver.root)]) > LONGEST_SECONDS:
                break
            done, waiting = await asyncio.wait(waiting, timeout=0.25)
            for task in done:
                task.result()
            if following.done():
                following.result()
        last = max([killed_at, *deaths(driver.root)])
        outcome.recovery = max(0.0, driver.ended_at - last)
        outcome.standstill = standstill(driver.root)
        if waiting or outcome.standstill > STANDSTILL_SECONDS:
            outcome.problems += await _stuck(driver)
        for role in ("worker", "server"):
            outcome.kills[f"{role} at a commit"] += len(deaths(driver.root, role))
    finally:
        ending.set()
        for task in drives:
            task.cancel()
        await asyncio.gather(*drives, return_exceptions=True)
        await following


async def _stuck(driver: Driver) -> list[str]:
    problems = [f"nothing happened for {standstill(driver.root):.1f} s"]
    for seen in driver.seen.values():
        if not seen.final:
            execution = await driver.get(seen.telling.execution_id)
            status = execution["status"]
            problems.append(f"stuck: {seen.telling.execution_id} is {status} ({seen.cancel=})")
    return problems


async def _kill_for_a_while(
    driver: Driver, draw: random.Random, kind: str, outcome: Outcome
) -> None:
    if kind == "commits":
        await asyncio.sleep(2.0)
        return
    for _ in range(draw.randint(2, 5)):
        await asyncio.sleep(draw.expovariate(2.5))
        what = draw.choice(["worker", "server", "both"]) if kind == "mixed" else kind
        if what == "worker":
            if driver.workers:
                outcome.kills[what] += _kill_now(driver, [draw.choice(driver.workers)])
            continue
        # The workers are not warned by the end of their pipe: all stand still, then all die.
        victims = [driver.server, *(driver.workers if what == "both" else ())]
        outcome.kills[what] += _kill_now(driver, victims)
        await asyncio.sleep(draw.choice([0.0, 0.0, draw.uniform(0, 0.5)]))
        await driver.up()


def _kill_now(driver: Driver, pids: list[int]) -> bool:
    driver.killed_at = time.monotonic()
    # The workers of a killed server end by themselves; what they held is to be taken over as well.
    also = driver.workers if driver.server in pids else []
    driver.kills.append((driver.killed_at, [*pids, *also]))
    return _kill(driver.root, pids)


def _kill(root: Path, pids: Iterable[int]) -> bool:
    """Kill processes of a project, all at one moment; False where there was none.

    A number may be another process's by now.
    """
    ours = [pid for pid in pids if is_ours(root, pid)]
    for number in (signal.SIGSTOP, signal.SIGKILL):
        for pid in ours:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass
    return bool(ours)


def is_ours(root: Path, pid: int) -> bool:
    """Tell whether a number is that of a living process of the project."""
    command = Path(f"/proc/{pid}/cmdline")
    try:
        if command.parent.parent.joinpath("self").exists():
            words = command.read_bytes()
        else:
            words = subprocess.run(
                ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, check=False
            ).stdout
    except OSError:
        return False
    return b"console." in words and os.fsencode(root) in words


def _end(driver: Driver, outcome: Outcome) -> None:
    """End the server, and see that nothing of it is left."""
    background.down(driver.root)
    give_up = time.monotonic() + 5
    left = driver.pids
    while left and time.monotonic() < give_up:
        left = {pid for pid in left if is_ours(driver.root, pid)}
        time.sleep(0.02)
    for pid in left:
        outcome.problems.append(f"process {pid} outlived its server")
    _kill(driver.root, left)
