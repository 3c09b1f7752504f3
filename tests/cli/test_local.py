"""A real project with its real server: up, down, status, serve, and starting on demand."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PROJECT = """
[project]
name = "tiny"
files = ["workflows/*.py"]
[machine_users.bot]
[server]
workers = 1
"""
WORKFLOW = """
from console.workflow import create_workflow, create_workflow_job

@create_workflow_job(name="double")
async def double(input: dict) -> dict:
    print("doubling", input["n"])
    return {"n": input["n"] * 2}

@create_workflow_job(name="main-job")
async def main_job(input: dict) -> dict:
    return await double.trigger(input)

default = create_workflow(name="doubling", main_job=main_job)
"""


def wfc(folder: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the installed program's module in a folder."""
    return subprocess.run(
        [sys.executable, "-m", "console", *words],
        cwd=folder,
        env=dict(os.environ) | {"PYTHONPATH": str(ROOT)} | env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    """A project of two jobs; its server is ended."""
    folder = tmp_path / "tiny"
    (folder / "workflows").mkdir(parents=True)
    (folder / "wfc.toml").write_text(PROJECT)
    (folder / "workflows" / "doubling.py").write_text(WORKFLOW)
    try:
        yield folder
    finally:
        wfc(folder, "down")


def test_a_projects_server_starts_on_demand_tells_how_it_is_and_ends(project: Path) -> None:
    inside = project / "workflows"
    status = wfc(inside, "status")
    assert (status.returncode, status.stdout) == (6, "tiny is not up; `wfc up` starts it\n")
    started = wfc(
        inside, "workflow", "start", "doubling", "-m", "bot", "-a", '{"n": 21}', "-W", "-j"
    )
    assert started.returncode == 0, started.stderr
    document = json.loads(started.stdout)
    assert (document["status"], document["jobExecutions"]) == ("SUCCESS", 2)
    shown = json.loads(wfc(inside, "workflow", "executions", "@latest", "--logs", "-j").stdout)
    assert [job.get("result") for job in shown["jobDetails"]] == [{"n": 42}, {"n": 42}]
    logs = wfc(inside, "workflow", "logs", document["id"], "double").stdout
    assert logs.endswith("Z doubling 21\n")
    status = wfc(inside, "status", "--json")
    answer = json.loads(status.stdout)
    assert (answer["isUp"], answer["label"], answer["executions"]) == (True, "tiny", {"SUCCESS": 1})
    again = wfc(project, "up")
    assert again.stdout.startswith(f"tiny was up already: process {answer['pid']}, ")
    elsewhere = wfc(project, "down", WFC_URL="https://far.example")
    assert elsewhere.stdout == "tiny is down\n"
    assert wfc(project, "down").stdout == "tiny was not up\n"


def test_a_server_that_was_stopped_is_not_called_down_by_any_command(project: Path) -> None:
    process = json.loads(wfc(project, "up", "--json").stdout)["pid"]
    os.kill(process, signal.SIGSTOP)
    go_on = f"`kill -CONT {process}` lets it go on, `wfc down` ends it\n"
    stopped = f"the server (process {process}) is stopped; {go_on}"

    said = {
        ("status",): "",
        ("status", "--json"): "",
        ("up",): stopped,
        ("workflow", "list"): stopped,
        ("reload",): f"tiny was not read anew: {stopped}",
    }
    try:
        with ThreadPoolExecutor() as threads:  # each waits some seconds for an answer
            done = dict(
                zip(said, threads.map(lambda words: wfc(project, *words), said), strict=True)
            )
        for words, complaint in said.items():
            told = f"wfc: {complaint}" if complaint else ""
            assert (done[words].returncode, done[words].stderr) == (6, told)
        assert done["status",].stdout == f"tiny does not answer: {stopped}"
        document = json.loads(done["status", "--json"].stdout)
        assert (document["isUp"], document["isStopped"], document["pid"]) == (False, True, process)

        assert wfc(project, "down").stdout == "tiny is down\n"
    finally:
        with contextlib.suppress(ProcessLookupError):  # left stopped, nothing would end it
            os.kill(process, signal.SIGCONT)
    assert wfc(project, "status").stdout == "tiny is not up; `wfc up` starts it\n"


def test_what_is_wrong_with_a_project_is_told_in_one_go(project: Path) -> None:
    (project / "workflows" / "other.py").write_text("x = (\n")
    (project / "workflows" / "third.py").write_text("import nowhere\n")
    for words in (("workflow", "list"), ("up",), ("serve",)):
        done = wfc(project, *words)
        assert (done.returncode, done.stdout) == (2, "")
        assert "Traceback" not in done.stderr
        first, second = done.stderr.splitlines()
        assert first.startswith("wfc: ") and "other.py:1: SyntaxError" in first
        assert "third.py:1: ModuleNotFoundError" in second


def test_serve_listens_until_it_is_told_to_end(project: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "console", "serve", str(project), "--listen", "127.0.0.1:0"],
        cwd=project.parent,
        env=dict(os.environ) | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        words = process.stderr.readline()
        assert words.startswith(f"serving {project} on http://127.0.0.1:")
        url = words.split()[3]
        assert process.stderr.readline().startswith("tokens: ")
        refused = wfc(project.parent, "--url", url, "workflow", "list")
        assert refused.returncode == 5, refused.stderr
        taken = wfc(project, "serve")
        assert taken.returncode == 1
        assert taken.stderr.startswith("wfc: the project is served already, by process")
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.communicate()
