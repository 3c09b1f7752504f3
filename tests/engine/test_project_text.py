"""Processes that start later are made of the text that the server has read and checked."""

from __future__ import annotations

import asyncio
import inspect
import os
import shutil
import signal
from pathlib import Path

import pytest

from console.engine.interface import EngineUnavailable
from console.engine.project import load_project
from console.engine.project_text import keep_text, kept_text
from console.model.states import ExecutionStatus
from tests.engine.trial import ended, marks, opened, until


def test_a_project_is_made_of_its_text_whatever_became_of_its_files(
    root: Path, tmp_path: Path
) -> None:
    before = load_project(root)
    kept = tmp_path / "kept.json"
    keep_text(kept, root, before.whole_text)
    text = kept_text(kept, root)
    assert text == before.whole_text

    (root / "workflows" / "jobs.py").write_text("no python at all")
    (root / "workflows" / "jobs").mkdir()
    (root / "workflows" / "jobs" / "__init__.py").write_text("hides = 'the file'")
    (root / "workflows" / "flow.py").unlink()
    (root / "wfc.toml").write_text("[project")
    again = load_project(root, text)

    assert again.whole_text == before.whole_text
    assert list(again.workflows) == list(before.workflows)
    assert again.sources == before.sources, "the versions of the jobs"
    assert 'note(f"step' in inspect.getsource(again.jobs["step"].body)

    shutil.rmtree(root / "workflows")
    assert list(load_project(root, text).jobs) == list(before.jobs)


@pytest.mark.parametrize("content", [None, b"", b"{", b"\xff"])
def test_without_a_whole_text_the_files_are_read(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "definitions.json").write_bytes(content)
    assert kept_text(tmp_path / "definitions.json", tmp_path) is None


def test_a_text_that_cannot_be_kept_is_told(root: Path, tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="cannot write"):
        keep_text(tmp_path / "nowhere" / "kept.json", root, load_project(root).whole_text)


def test_a_worker_that_dies_while_a_file_is_half_edited_is_followed_by_one_like_it(
    root: Path,
) -> None:
    async def scenario() -> None:
        async with opened(root) as engine:
            (root / "workflows" / "jobs.py").write_text("def half(")
            (root / "workflows" / "flow.py").unlink()
            (worker,) = await engine.workers()
            os.kill(worker.process_id, signal.SIGKILL)
            await until(lambda: engine._supervisor.alive == 0)
            execution = await ended(engine, await engine.start("flow", "{}"))
            assert execution.status is ExecutionStatus.SUCCESS

    asyncio.run(scenario())
    assert [line.split()[0] for line in marks(root)] == ["step", "misbehave", "step"]
