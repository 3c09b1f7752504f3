"""A project whose bodies note what they do, and what each of its executions must come to.

An execution is a tree of jobs, drawn from a seed and given as its input, so that the test knows
every job, every line of every log and the result before anything has run.
"""

from __future__ import annotations

import json
import random
import textwrap
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LIMIT = 2
LIMITED = ("limited", "narrow")
"""Workflows of which so many may run at a time: one of `def` bodies, one of `async def` bodies."""

JOBS = '''
import asyncio, fcntl, os, time
from contextlib import contextmanager
from pathlib import Path

from console.workflow import JobContext, create_workflow_job, define_wait_point
import workflows.death  # dies at planned commits

HERE = Path(__file__).parent.parent
approval = define_wait_point("approval")


def note(*words):
    """Leave a mark that outlives this process: one write, appended."""
    text = " ".join(map(str, (round(time.monotonic() * 1000), *words))) + "\\n"
    file = os.open(HERE / "marks", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(file, text.encode())
    os.close(file)


@contextmanager
def slot(input, context):
    """Hold one of the limit's seats; the system frees it when its holder dies."""
    if not input.get("seats"):
        yield
        return
    for number in range(input["seats"]):
        name = f"seat-{input['flow']}-{number}"
        seat = os.open(HERE / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC)
        try:
            fcntl.flock(seat, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            os.close(seat)
    else:
        note("overfull", context.execution_id, input["id"], context.attempt, os.getpid())
        yield
        return
    try:
        yield
    except BaseException:
        time.sleep(input["slow"] / 1000)  # cleaning up takes its time
        raise
    finally:
        os.close(seat)


@contextmanager
def noted(input, context):
    who = (context.execution_id, input["id"], context.attempt, os.getpid())
    note("begin", *who)
    with slot(input, context):
        for number in range(input["lines"]):
            print(input["id"], "line", number)
        for number in range(input["raw"]):
            os.write(1, f"{input['id']} raw {number}\\n".encode())
        yield
    print(input["id"], "done")
    note("end", *who)


def fail(input, context):
    if context.attempt <= input["fails"]:
        print(input["id"], "done")
        raise ValueError(f"{input['id']} in attempt {context.attempt}")


@create_workflow_job(name="tree")
async def tree(input: dict, context: JobContext) -> dict:
    from workflows.child import default as child
    with noted(input, context):
        await asyncio.sleep(input["ms"] / 1000)
        total = input["number"]
        for below in input["children"]:
            job = tree_sync if below["sync"] else tree
            total += (await job.trigger(below))["total"]
        if input["starts"]:
            await child.trigger({"by": context.execution_id + input["id"]})
        if input["waits"]:
            total += (await approval.wait({"node": input["id"]}))["points"]
        fail(input, context)
        return {"total": total}


@create_workflow_job(name="tree-sync")
def tree_sync(input: dict, context: JobContext) -> dict:
    from workflows.child import default as child
    with noted(input, context):
        time.sleep(input["ms"] / 1000)
        total = input["number"]
        for below in input["children"]:
            job = tree_sync if below["sync"] else tree
            total += job.trigger_sync(below)["total"]
        if input["starts"]:
            child.trigger_sync({"by": context.execution_id + input["id"]})
        if input["waits"]:
            total += approval.wait_sync({"node": input["id"]})["points"]
        fail(input, context)
        return {"total": total}


@create_workflow_job(name="small")
async def small(input: dict) -> dict:
    return {}
'''

DEATH = '''
"""Processes of this project die at planned commits: before one, in one, or after it."""
import os, signal, sys, time
from contextlib import contextmanager
from pathlib import Path

from console.engine.database import Database

PLANS = Path(__file__).parent.parent / "deaths"
command = Path("/proc/self/cmdline")
words = command.read_bytes().split(b"\\0") if command.exists() else []
role = next((r for r in ("worker", "server") if f"console.{r}".encode() in words
             or f"console.engine.{r}".encode() in words), "")
plan = None
for file in sorted(PLANS.glob(f"{role}-*")) if role else ():
    try:
        file.unlink()  # whoever removes it takes it
    except FileNotFoundError:
        continue
    _, _, number, moment = file.name.split("-")
    plan = [int(number), moment]
    break

original = Database.transaction


def die():
    text = f"{round(time.monotonic() * 1000)} death {role} {os.getpid()}\\n"
    file = os.open(PLANS.parent / "marks", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(file, text.encode())
    os.kill(os.getpid(), signal.SIGKILL)


@contextmanager
def mortal(self):
    if plan is None:
        with original(self) as connection:
            yield connection
        return
    plan[0] -= 1
    is_due = plan[0] == 0
    if is_due and plan[1] == "before":
        die()
    with original(self) as connection:
        yield connection
        if is_due and plan[1] == "within":
            die()
    if is_due:
        die()


if plan is not None:
    Database.transaction = mortal
'''

FLOWS = {
    "plain": "main_job=tree",
    "limited": f"main_job=tree_sync, concurrency_policy=ConcurrencyPolicy({LIMIT})",
    "narrow": f"main_job=tree, concurrency_policy=ConcurrencyPolicy({LIMIT})",
    "retrying": 'main_job=tree, retry_policy=RetryPolicy(4, "30ms", "200ms", 2)',
    "child": "main_job=small",
}


def write_story(root: Path, workers: int) -> Path:
    """Write the project: its jobs in one file, each workflow in one of its own."""
    folder = root / "workflows"
    folder.mkdir(parents=True)
    (root / "deaths").mkdir()
    (root / "wfc.toml").write_text(
        f'[project]\nname = "story"\n[machine_users.bot]\n[server]\nworkers = {workers}\n'
    )
    (folder / "jobs.py").write_text(textwrap.dedent(JOBS))
    (folder / "death.py").write_text(textwrap.dedent(DEATH))
    for name, settings in FLOWS.items():
        (folder / f"{name}.py").write_text(
            "from console.workflow import ConcurrencyPolicy, RetryPolicy, create_workflow\n"
            "from workflows.jobs import small, tree, tree_sync\n\n"
            f"default = create_workflow(name={name!r}, {settings})\n"
        )
    return root


@dataclass(frozen=True)
class Node:
    """One job of an execution."""

    id: str
    ms: int
    lines: int
    raw: int
    number: int
    fails: int
    sync: bool
    slow: int
    """Milliseconds it takes to clean up when it is interrupted."""
    waits: bool
    starts: bool
    children: tuple[Node, ...] = ()

    def input(self, flow: str = "") -> dict[str, Any]:
        """Give the job's input; of a main job with the workflow it is of."""
        return {
            "id": self.id,
            "flow": flow,
            "seats": LIMIT if flow in LIMITED else 0,
            "slow": self.slow,
            "ms": self.ms,
            "lines": self.lines,
            "raw": self.raw,
            "number": self.number,
            "fails": self.fails,
            "sync": self.sync,
            "waits": self.waits,
            "starts": self.starts,
            "children": [child.input() for child in self.children],
        }

    def walk(self) -> Iterator[Node]:
        """Give it and all below it, in the order they begin."""
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def is_parked(self) -> bool:
        """It, or a job below it, waits: after the answer the same run of it goes on."""
        return any(node.waits for node in self.walk())

    def total(self) -> int:
        """What it gives in the end."""
        return self.number + POINTS * self.waits + sum(child.total() for child in self.children)

    def expected_lines(self) -> tuple[list[str], list[str]]:
        """What one run of its body prints, and what it writes past Python."""
        lines = [f"{self.id} line {number}" for number in range(self.lines)]
        return [*lines, f"{self.id} done"], [f"{self.id} raw {n}" for n in range(self.raw)]


POINTS = 1000
"""What an answer adds to a result."""


@dataclass
class Telling:
    """One execution that is to be started, and what it must come to."""

    execution_id: str
    workflow: str
    root: Node
    cancel_after: float | None = None
    """Seconds after its start at which it is canceled."""

    @property
    def argument(self) -> str:
        """JSON text of its input."""
        return json.dumps(self.root.input(self.workflow))


@dataclass
class Drawing:
    """Draws executions from a seed."""

    random: random.Random
    size: int = 5
    """About how many jobs an execution has."""
    _numbers: Iterator[int] = field(default_factory=lambda: iter(range(1_000_000)))

    def telling(self) -> Telling:
        """Draw one execution."""
        draw = self.random
        workflow = draw.choice(["plain", "plain", "limited", "narrow", "narrow", "retrying"])
        root = self._node(depth=0, workflow=workflow)
        identifier = self._uuid()
        canceled = draw.random() < 0.12
        return Telling(identifier, workflow, root, draw.uniform(0.0, 1.5) if canceled else None)

    def _uuid(self) -> str:
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def _node(self, depth: int, workflow: str) -> Node:
        draw = self.random
        many = draw.choice([0, 0, 1, 2]) if depth else draw.choice([1, 2, self.size - 1])
        if depth > 2:
            many = 0
        identifier = f"n{next(self._numbers)}"
        children = tuple(self._node(depth + 1, workflow) for _ in range(many))
        return Node(
            id=identifier,
            ms=draw.choice([0, 5, 20, 60, 150]),
            lines=draw.choice([0, 1, 30, 400]),
            raw=draw.choice([0, 0, 0, 3, 50]),
            number=draw.randrange(100),
            fails=draw.choice([0] * 9 + [1, 2]) if workflow not in LIMITED else 0,
            sync=workflow == "limited" if depth == 0 else draw.random() < 0.4,
            slow=draw.choice([0, 10, 300, 800]),
            waits=draw.random() < 0.08 and depth > 0,
            starts=draw.random() < 0.1,
            children=children,
        )
