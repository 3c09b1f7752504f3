"""An answer to a wait point is checked by the project's own definition before anything is kept."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from console.engine.deployment import check_answer
from console.engine.interface import InvalidArgument
from console.engine.project import load_project
from console.model.states import ExecutionStatus
from tests.engine.trial import ended, opened

POINTS = """
from pydantic import BaseModel
from console.workflow import create_workflow_job, define_wait_point, define_wait_points


class Answer(BaseModel):
    approved: bool


approval = define_wait_point("approval", result=Answer)
anything = define_wait_point("anything")


@define_wait_points
class Reviews:
    legal_review = define_wait_point(result=int)


@create_workflow_job(name="ask")
async def ask() -> bool:
    return (await approval.wait()).approved
"""
OTHER = """
from console.workflow import create_workflow, define_wait_point
from workflows.points import ask

approval = define_wait_point("approval", result=str)
default = create_workflow(name="asking", main_job=ask)
"""


@pytest.fixture
def asking(tmp_path: Path) -> Path:
    """A project with typed wait points; `approval` is defined twice, for two kinds of answers."""
    folder = tmp_path / "workflows"
    folder.mkdir()
    (tmp_path / "wfc.toml").write_text('[project]\nname = "asking"\n')
    (folder / "points.py").write_text(POINTS)
    (folder / "asking.py").write_text(OTHER)
    return tmp_path


@pytest.mark.parametrize(
    ("key", "answer", "problem"),
    [
        ("approval", '{"approved": true}', ""),
        ("approval", '"by word of mouth"', ""),
        ("approval", '{"approved": "perhaps"}', "answer at wait point approval"),
        ("approval", "{}", "approved"),
        ("approval", "[1", "not JSON"),
        ("legal-review", "3", ""),
        ("legal-review", '"three"', "answer at wait point legal-review"),
        ("anything", "[null]", ""),
        ("anything", '{"a": 1e999}', r"not JSON: \$\.a: inf"),
        ("anything", '"\\ud800"', "surrogate"),
        ("anything", "[" * 400 + "]" * 400, "nested deeper"),
        ("of-a-job-made-elsewhere", "[null]", ""),
    ],
)
def test_an_answer_is_checked_by_the_wait_points_of_its_key(
    asking: Path, key: str, answer: str, problem: str
) -> None:
    project = load_project(asking)
    if problem:
        with pytest.raises(InvalidArgument, match=problem):
            check_answer(project, key, answer)
    else:
        check_answer(project, key, answer)


def test_a_wrong_answer_is_refused_and_the_right_one_can_still_be_given(asking: Path) -> None:
    async def scenario() -> None:
        async with opened(asking) as engine:
            execution_id = await engine.start("asking", None)
            assert (await ended(engine, execution_id)).status is ExecutionStatus.WAITING
            with pytest.raises(InvalidArgument, match="approved"):
                await engine.resolve(execution_id, "approval", '{"approve": true}')
            assert (await engine.get(execution_id)).status is ExecutionStatus.WAITING
            await engine.resolve(execution_id, "approval", '{"approved": true}')
            execution = await ended(engine, execution_id)
            assert execution.status is ExecutionStatus.SUCCESS

    asyncio.run(scenario())
