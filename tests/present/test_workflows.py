"""The workflows screen as text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from console.model.execution import Execution
from console.model.ids import ExecutionId
from console.model.states import ExecutionStatus
from console.model.workflow import RetryPolicy, Workflow
from console.present.columns import GAP
from console.present.line import plain
from console.present.profiles import COLOR, label_tone
from console.present.tone import Tone
from console.present.workflows import (
    Tally,
    counted_note,
    retry_text,
    tally,
    workflow_cells,
    workflow_columns,
    workflow_story,
)

NOW = datetime(2026, 11, 24, 3, 12, tzinfo=UTC)
FLOW = Workflow(
    "id",
    "order-[b]processing\x1b[31m",
    "process-order",
    {"process-order": 3, "charge-card": 1},
    updated_at=NOW - timedelta(hours=2),
    max_concurrent=1500,
)


def test_columns_fill_their_width_but_for_a_margin() -> None:
    for width in (60, 68, 77, 92):
        columns = workflow_columns(width)
        assert sum(c.width for c in columns) + GAP * (len(columns) - 1) == width - 1


def test_on_a_very_wide_screen_the_numbers_stay_by_their_names() -> None:
    assert workflow_columns(200) == workflow_columns(400)
    assert "retry" not in {c.name for c in workflow_columns(77)}


def test_cells_say_what_is_known_and_a_dash_where_nothing_is() -> None:
    cells = {name: plain(line) for name, line in workflow_cells(FLOW, NOW, Tally(2, 0)).items()}
    assert cells["deployed"] == "2 h" and cells["jobs"] == "2"
    assert (cells["retry"], cells["limit"]) == ("—", "1,500")
    assert (cells["running"], cells["failed"]) == ("2", "")
    assert "\x1b" not in cells["workflow"] and "[b]" in cells["workflow"]


def test_the_story_names_policies_and_versions() -> None:
    story = "\n".join(plain(line) for line in workflow_story(FLOW, NOW, 100))
    assert "at most 1,500 at once, a failure is left to a person" in story
    assert "process-order v3 · charge-card v1" in story
    assert "deployed 2 h ago" in story


@pytest.mark.parametrize(
    ("retry", "text"),
    [
        (RetryPolicy(1, timedelta(seconds=5), timedelta(seconds=5), 2.0), "once after 5 s"),
        (
            RetryPolicy(4, timedelta(seconds=0.5), timedelta(minutes=5), 1.5),
            "4 times after 0.5 s, each time ×1.5, up to 5 m",
        ),
    ],
)
def test_a_retry_policy_is_said_in_words(retry: RetryPolicy, text: str) -> None:
    assert retry_text(retry) == f"tried again {text}"


def test_executions_are_counted_by_workflow() -> None:
    def execution(name: str, status: ExecutionStatus) -> Execution:
        return Execution(ExecutionId(name), name, status)

    running, failed = ExecutionStatus.RUNNING, ExecutionStatus.FAILED
    pairs = [
        ("a", running),
        ("a", failed),
        ("a", failed),
        ("b", running),
        ("c", ExecutionStatus.SUCCESS),
    ]
    assert tally(execution(*pair) for pair in pairs) == {"a": Tally(1, 2), "b": Tally(1, 0)}
    assert counted_note(1).endswith("among the 1 execution of the list")


def test_a_profiles_color_takes_the_themes_own_shade_where_it_has_one() -> None:
    assert label_tone("Red", Tone.TITLE) is Tone.FAILED
    assert label_tone("", Tone.TITLE) is Tone.TITLE
    assert label_tone("#ff8800", Tone.TITLE) == COLOR + "#ff8800"
