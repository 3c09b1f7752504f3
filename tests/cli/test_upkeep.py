"""`wfc reload` and `wfc prune` on a real server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.test_local import PROJECT, WORKFLOW, wfc


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    """A project of two jobs; its server is ended."""
    folder = tmp_path / "place"  # the name that is told is the one in wfc.toml
    (folder / "workflows").mkdir(parents=True)
    (folder / "wfc.toml").write_text(PROJECT)
    (folder / "workflows" / "doubling.py").write_text(WORKFLOW)
    try:
        yield folder
    finally:
        wfc(folder, "down", "--now")


def double(project: Path) -> object:
    """Start the workflow on 21 and give what comes of it."""
    done = wfc(project, "workflow", "start", "doubling", "-m", "bot", "-a", '{"n": 21}', "-W", "-j")
    assert done.returncode == 0, done.stderr
    shown = json.loads(wfc(project, "workflow", "executions", "@latest", "--logs", "-j").stdout)
    return shown["jobDetails"][0]["result"]


def test_a_reload_takes_what_was_edited_and_a_mistake_changes_nothing(project: Path) -> None:
    file = project / "workflows" / "doubling.py"
    early = wfc(project, "reload")
    assert (early.returncode, early.stdout) == (6, "")
    assert early.stderr == "wfc: tiny is not up; `wfc up` reads its definitions\n"
    process = json.loads(wfc(project, "up", "--json").stdout)["pid"]
    assert double(project) == {"n": 42}

    file.write_text(WORKFLOW.replace("* 2", "* 3"))
    assert wfc(project, "reload").stdout == "tiny has 1 workflow\n"
    assert double(project) == {"n": 63}

    file.write_text(WORKFLOW + "\nthis is no python\n")
    (project / "workflows" / "other.py").write_text("import nowhere\n")
    broken = wfc(project, "reload")
    assert (broken.returncode, broken.stdout) == (2, "")
    first, second, third = broken.stderr.splitlines()
    assert first == "wfc: the project was not read anew, and tiny goes on as it was"
    assert "doubling.py:15: SyntaxError" in second and "other.py:1: ModuleNotFound" in third
    assert double(project) == {"n": 63}

    file.write_text(WORKFLOW)
    (project / "workflows" / "other.py").unlink()
    (project / "wfc.toml").write_text(PROJECT.replace("workers = 1", "workers = 3"))
    noted = wfc(project, "reload", "--json")
    (note,) = json.loads(noted.stdout)["notes"]
    assert "`workers` of wfc.toml has changed" in note and note in noted.stderr
    assert double(project) == {"n": 42}
    assert json.loads(wfc(project, "status", "--json").stdout)["pid"] == process


def test_prune_counts_first_and_removes_what_ended_before(project: Path) -> None:
    for _ in range(2):
        double(project)
    kept = wfc(project, "prune")
    assert kept.returncode == 0, kept.stderr
    assert kept.stdout.startswith("tiny: removed 0 executions that ended before 20")
    counted = wfc(project, "prune", "--days", "0", "--dry-run")
    assert counted.stdout.startswith("tiny: would remove 2 executions that ended before ")
    refused = wfc(project, "--read-only", "prune", "--days", "0")
    assert (refused.returncode, refused.stdout) == (5, "")
    removed = json.loads(wfc(project, "prune", "--days", "0", "--json").stdout)
    assert (removed["executions"], removed["dryRun"]) == (2, False)
    assert wfc(project, "workflow", "executions", "--json").stdout == "[]\n"
    assert wfc(project, "prune", "--days", "-1").returncode == 2
