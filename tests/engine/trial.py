"""A small project on the disk, and an engine with real worker processes."""

from __future__ import annotations

import asyncio
import textwrap
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from console.engine.local import LocalEngine, open_engine
from console.model.execution import Execution
from console.model.ids import ExecutionId
from console.model.states import ExecutionStatus

WORKFLOWS = '''
import asyncio, ctypes, os, signal, subprocess, sys, threading, time
from pathlib import Path

from console.workflow import (
    ConcurrencyPolicy, JobContext, create_workflow, create_workflow_job, define_wait_point,
)

HERE = Path(__file__).parent.parent
if (HERE / "no-import").exists():
    raise OSError("no such thing")
approval = define_wait_point("approval")


def note(text: str) -> None:
    """Leave a mark that outlives this process."""
    file = os.open(HERE / "marks", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(file, (text + "\\n").encode())
    os.close(file)


@create_workflow_job(name="step")
async def step(input: dict) -> dict:
    note(f"step {input['n']} {os.getpid()}")
    return input


def detached() -> int:
    """Start a program in a session of its own, which starts another; gives the latter."""
    script = "sleep 600 & echo $!; wait"
    child = subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE, start_new_session=True)
    return int(child.stdout.readline())


@create_workflow_job(name="misbehave")
def misbehave(input: dict, context: JobContext) -> dict:
    how = input.get("how")
    note(f"misbehave {os.getpid()}")
    print("about to", how)
    if how == "fail" and context.attempt == 1:
        raise ValueError("broken on purpose")
    if how == "die-once" and not (HERE / "died").exists():
        (HERE / "died").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "crash":
        ctypes.string_at(0)
    if how == "hang":
        child = subprocess.Popen(["sleep", "600"])
        note(f"child {child.pid}")
        time.sleep(600)
    if how == "detach":
        note(f"child {detached()}")
        time.sleep(600)
    if how == "hold":
        while not (HERE / "go").exists():
            time.sleep(0.01)
        print("goes on", os.getpid())
    return {"worker": os.getpid()}


@create_workflow_job(name="main-job")
async def main_job(input: dict) -> dict:
    await step.trigger({"n": 1})
    result = await misbehave.trigger({"how": input.get("how", "")})
    await step.trigger({"n": 2})
    return result


@create_workflow_job(name="tidy")
async def tidy() -> None:
    note(f"tidy {os.getpid()}")
    try:
        await asyncio.Event().wait()
    finally:
        note("cleaned up")


@create_workflow_job(name="block")
async def block() -> None:
    note(f"child {detached()}")
    note(f"block {os.getpid()}")
    time.sleep(600)


@create_workflow_job(name="shell-out")
async def shell_out() -> dict:
    subprocess.run(["sh", "-c", "echo from a child; echo and its stderr >&2"], check=True)
    await whisper.trigger()
    os.system("seq 20000")
    before = os.getcwd()
    os.chdir("/")
    return {"cwd": before}


@create_workflow_job(name="whisper")
def whisper() -> None:
    subprocess.run(["echo", "from the callee's child"], check=True)


@create_workflow_job(name="overlap")
async def overlap() -> None:
    note("in")
    await asyncio.sleep(0.05)
    note("out")


@create_workflow_job(name="ask")
async def ask() -> dict:
    return await approval.wait({"for": "money"})
'''

FLOWS = {
    "flow": "main_job=main_job",
    "tidy-flow": "main_job=tidy",
    "one-at-a-time": "main_job=overlap, concurrency_policy=ConcurrencyPolicy(1)",
    "asking": "main_job=ask",
    "blocking": "main_job=block",
    "shelling": "main_job=shell_out",
}


def write_project(root: Path) -> Path:
    """Write a project: jobs in one file, each workflow in one of its own."""
    folder = root / "workflows"
    folder.mkdir(parents=True)
    (root / "wfc.toml").write_text('[project]\nname = "trial"\n[machine_users.ops-bot]\n')
    (folder / "jobs.py").write_text(textwrap.dedent(WORKFLOWS))
    for name, settings in FLOWS.items():
        (folder / f"{name.replace('-', '_')}.py").write_text(
            "from console.workflow import ConcurrencyPolicy, create_workflow\n"
            "from workflows.jobs import ask, block, main_job, overlap, shell_out, tidy\n\n"
            f"default = create_workflow(name={name!r}, {settings})\n"
        )
    return root


@asynccontextmanager
async def opened(root: Path, workers: int = 1, lease: float = 5.0) -> AsyncIterator[LocalEngine]:
    """Open an engine on a project, and close it."""
    engine = open_engine(root, workers=workers, lease_seconds=lease)
    async with engine:
        yield engine


async def until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.01)


async def ended(engine: LocalEngine, execution_id: ExecutionId) -> Execution:
    """Wait until an execution has ended, or waits."""
    deadline = time.monotonic() + 20
    while True:
        execution = await engine.get(execution_id)
        if execution.status.is_finished or execution.status is ExecutionStatus.WAITING:
            return execution
        assert time.monotonic() < deadline, execution
        await asyncio.sleep(0.01)


def marks(root: Path) -> list[str]:
    """Read what the bodies have left."""
    path = root / "marks"
    return path.read_text().splitlines() if path.exists() else []
