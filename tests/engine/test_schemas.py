"""What arguments and answers have to be, as JSON schemas of the project's own types."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from console.engine.deployment import schema_of
from console.engine.interface import UnknownWorkflow
from console.engine.project import Project, load_project

FILES = {
    "wfc.toml": '[project]\nname = "shop"\nfiles = ["workflows/*.py"]\n',
    "workflows/order.py": """
from decimal import Decimal
from typing import Literal
from console.workflow import CamelModel, create_workflow, create_workflow_job, define_wait_point

class Line(CamelModel):
    sku: str
    count: int = 1

class Order(CamelModel):
    order_id: str
    lines: list[Line]
    size: Literal["big", "small"] = "small"

class Answer(CamelModel):
    is_approved: bool

approval = define_wait_point("approval", result=Answer)

@create_workflow_job(name="process-order")
def process_order(input: Order) -> None: ...

default = create_workflow(name="order", main_job=process_order)
""",
    "workflows/odd.py": """
from typing import Annotated, Any
from pydantic import PlainValidator
from console.workflow import create_workflow, create_workflow_job

class Strange:
    pass

def strange(value: Any) -> Strange:
    return Strange()

@create_workflow_job(name="odd-job")
def odd_job(input: Annotated[Strange, PlainValidator(strange)]) -> None: ...

default = create_workflow(name="odd", main_job=odd_job)
""",
    "workflows/idle.py": """
from console.workflow import create_workflow, create_workflow_job

@create_workflow_job(name="idle-job")
def idle_job() -> None: ...

default = create_workflow(name="idle", main_job=idle_job)
""",
}


def read(text: str) -> dict[str, Any]:
    """Read a schema, with the type it names put in."""
    schema = json.loads(text)
    if "$ref" in schema:
        return {**schema, **schema["$defs"][schema["$ref"].rpartition("/")[2]]}
    return dict(schema)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "workflows").mkdir()
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return load_project(tmp_path)


def test_a_workflow_tells_what_its_argument_has_to_be_by_the_keys_on_the_wire(
    project: Project,
) -> None:
    schema = read(schema_of(project, workflow="order"))
    assert schema["required"] == ["orderId", "lines"]
    assert schema["properties"]["size"]["enum"] == ["big", "small"]
    line = schema["$defs"]["Line"]
    assert line["properties"]["count"]["type"] == "integer" and line["required"] == ["sku"]


def test_a_wait_point_tells_what_its_answer_has_to_be(project: Project) -> None:
    assert read(schema_of(project, key="approval"))["required"] == ["isApproved"]
    assert schema_of(project, key="nobody") == "{}"


def test_what_no_schema_can_be_made_of_is_not_known_and_no_error(project: Project) -> None:
    assert isinstance(json.loads(schema_of(project, workflow="odd")), dict)
    assert json.loads(schema_of(project, workflow="idle")) == {"type": "object", "properties": {}}
    with pytest.raises(UnknownWorkflow, match="did you mean 'order'"):
        schema_of(project, workflow="ordr")
