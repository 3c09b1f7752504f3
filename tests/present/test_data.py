"""The data tab, the footer, the empty list, and the job one wants to see."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.backend.errors import Unreachable
from console.model.execution import Execution, FunctionExecution, JobError, WaitPoint
from console.model.ids import FunctionExecutionId
from console.model.states import ExecutionStatus, JobStatus
from console.model.workflow import Workflow
from console.present.data import DataFacts, data_lines, json_lines
from console.present.focus import job_to_watch
from console.present.footer import footer_line
from console.present.job_data import JobFacts, job_sections
from console.present.line import Span, line_width, plain
from console.present.list_notes import empty_lines
from console.present.log_lines import wrapped
from console.sync.freshness import Freshness
from tests.present.samples import (
    NOW,
    REFUSED,
    ago,
    archive,
    execution,
    failed_order,
    job,
    two_attempts,
)

ORDER = failed_order()
HISTORY = replace(two_attempts(ORDER), input='{"orderId": "A-17"}', invoker="ops-bot")
MAIN = FunctionExecution(FunctionExecutionId("run"), JobStatus.FAILED, result="")


def text(facts: DataFacts) -> list[str]:
    return [plain(line) for line in data_lines(facts, zone=UTC)]


def section(lines: list[str], label: str) -> list[str]:
    """Give the lines of one section, without label and indent."""
    start = next(index for index, line in enumerate(lines) if line.startswith(label))
    end = next((i for i in range(start, len(lines)) if not lines[i]), len(lines))
    return [line[14:] for line in lines[start:end]]


def test_what_is_wrong_comes_first_with_its_traceback() -> None:
    lines = text(DataFacts(ORDER, HISTORY, main=MAIN))
    assert lines[0] == "Error         SMTPServerError: 421 too many connections from 10.2.0.7"
    assert section(lines, "Error")[1:] == ["your code", "Traceback…"]


def test_attempts_are_newest_first_with_who_and_why() -> None:
    attempts = section(text(DataFacts(ORDER, HISTORY)), "Attempts")
    assert attempts == [
        "2  ✗ failed   2026-11-24 03:10:11    32.0 s   by ops-bot",
        "1  ✗ failed   2026-11-24 02:10:11    41.0 s   by ci",
    ]


def test_an_attempt_that_failed_otherwise_says_how() -> None:
    other = JobError("TimeoutError", "no answer")
    first = replace(HISTORY.attempts[0], error=other, reason="try again")
    attempts = section(
        text(DataFacts(ORDER, replace(HISTORY, attempts=(first, HISTORY.attempts[1])))), "Attempts"
    )
    assert attempts[1].endswith("by ci   try again")
    assert attempts[2] == "   TimeoutError: no answer"


def test_input_and_result_are_indented_json() -> None:
    done = replace(ORDER, status=ExecutionStatus.SUCCESS)
    lines = text(DataFacts(done, HISTORY, main=replace(MAIN, result='{"a":[1]}')))
    assert section(lines, "Input") == ["{", '  "orderId": "A-17"', "}"]
    assert section(lines, "Result") == ["{", '  "a": [', "    1", "  ]", "}"]


@pytest.mark.parametrize(
    ("facts", "label", "said"),
    [
        (DataFacts(ORDER), "Attempts", "reading…"),
        (
            DataFacts(ORDER, missing="not available from this backend"),
            "Input",
            "not available from this backend",
        ),
        (DataFacts(ORDER, replace(HISTORY, input="")), "Input", "not available from this backend"),
        (DataFacts(archive()), "Result", "none yet"),
        (DataFacts(ORDER), "Result", "reading…"),
        (DataFacts(ORDER, main_missing="not found: gone"), "Result", "not found: gone"),
        (DataFacts(ORDER, main=MAIN), "Result", "none"),
    ],
)
def test_what_is_not_there_says_so(facts: DataFacts, label: str, said: str) -> None:
    assert section(text(facts), label) == [said]


def test_without_a_history_the_cause_is_told_by_its_own_error() -> None:
    assert section(text(DataFacts(ORDER, error=REFUSED)), "Error")[0].startswith("SMTPServerError")


def test_ids_wait_points_and_versions_are_listed() -> None:
    waiting = execution("refund", ExecutionStatus.WAITING, 60)
    points = (
        WaitPoint(waiting.id, "approval", 0, "refund", '{"amount": 5}', ago(50)),
        WaitPoint(waiting.id, "second", 1, "refund", "{}", ago(50), ago(40), "{}", "eva", "paid"),
    )
    workflow = Workflow("1", "refund", "refund", {"load": 2, "refund": 7})
    lines = text(DataFacts(waiting, HISTORY, wait_points=points, workflow=workflow))
    assert section(lines, "Wait points") == [
        "approval   waits",
        "  {",
        '    "amount": 5',
        "  }",
        "second   resolved 2026-11-24 03:12:13   by eva   paid",
        "  {}",
        "  answered with",
        "  {}",
    ]
    assert section(lines, "Jobs now") == ["load  version 2", "refund  version 7"]
    assert f"execution  {waiting.id}" in section(lines, "Ids")[0]


def test_text_that_is_no_json_or_very_long_is_shown_as_it_is() -> None:
    assert [plain(line) for line in json_lines("not json")] == ["not json"]
    assert [plain(line) for line in json_lines("")] == [""]
    long = [plain(line) for line in json_lines("x" * 300_000)]
    assert long[-1] == "… 100,000 characters more"
    assert [plain(line) for line in json_lines('"\\u001b[31m"')] == ['"\\u001b[31m"']


@pytest.mark.parametrize(
    ("one", "name"),
    [
        (ORDER, "send-notification"),
        (archive(), "archive-batch"),
        (execution("w", ExecutionStatus.PENDING, 3), None),
        (
            execution(
                "w",
                ExecutionStatus.WAITING,
                30,
                jobs=(job("m", JobStatus.WAITING, 30), job("m/a", JobStatus.SUCCESS, 20, 10)),
            ),
            "m",
        ),
        (
            execution(
                "w",
                ExecutionStatus.SUCCESS,
                30,
                1,
                jobs=(job("m", JobStatus.SUCCESS, 30, 1), job("m/a", JobStatus.SUCCESS, 20, 10)),
            ),
            "a",
        ),
    ],
)
def test_the_job_to_watch_is_the_cause_or_what_runs_or_the_last(
    one: Execution, name: str | None
) -> None:
    found = job_to_watch(one)
    assert (found.name if found is not None else None) == name


KEYS = [("R", "resume"), ("l", "log"), ("enter", "open"), ("?", "keys")]


def test_the_footer_drops_what_does_not_fit_and_keeps_the_way_to_the_rest() -> None:
    assert plain(footer_line(KEYS, 80)) == " R resume   l log   enter open   ? keys"
    assert plain(footer_line(KEYS, 37)) == " R resume  l log  enter open  ? keys"
    assert plain(footer_line(KEYS, 30)) == " R resume  l log  ? keys"
    assert plain(footer_line(KEYS, 3)) == " ? keys"
    assert plain(footer_line([("", "gone"), ("?", "keys")], 30)) == " ? keys"


def empty(freshness: Freshness, *, is_filtered: bool = False, is_showing_all: bool = False) -> str:
    lines = empty_lines(
        freshness,
        is_filtered=is_filtered,
        is_showing_all=is_showing_all,
        refresh_key="r",
        escape_key="esc",
        all_key="z",
        start_key="+",
    )
    return "\n".join(plain(line) for line in lines)


def test_an_empty_list_says_why_and_what_to_do() -> None:
    live = Freshness("live", NOW)
    assert empty(live) == "No problems. z shows all executions."
    assert empty(live, is_filtered=True) == "Nothing matches. esc clears the filter."
    assert empty(live, is_showing_all=True) == "No executions yet. + starts one."
    assert empty(Freshness()) == "Connecting…"
    trying = Freshness("connecting", None, Unreachable("refused"), 1, 1001.0)
    assert empty(trying).splitlines() == [
        "backend unreachable",
        "refused",
        "check the address and that the server runs",
        "It is tried again by itself; r tries now.",
    ]
    assert empty(replace(trying, next_try=None)).endswith("\nr tries now.")
    assert empty(Freshness("stale", NOW, Unreachable("refused"), 2)) == (
        "No problems. z shows all executions."
    ), "what was read is still what is known"


@given(st.text("ab c漢", max_size=80), st.integers(16, 40), st.integers(0, 6))
def test_text_that_is_read_is_broken_at_blanks_and_loses_nothing(
    words: str, width: int, indent: int
) -> None:
    rows = wrapped((Span(words),), width, indent, at_blanks=True)
    assert all(line_width(row) <= width for row in rows)
    first, *rest = (plain(row) for row in rows)
    kept = first + "".join(row[indent:] for row in rest)
    if words.isascii():
        assert kept.replace(" ", "") == words.replace(" ", "")


def test_equal_siblings_are_numbered_among_the_ids_and_both_ids_are_labelled() -> None:
    ids = section(text(DataFacts(archive())), "Ids")
    third = ids.index("✓ archive-night/archive-batch #3")
    assert ids[third + 1] == "  job execution       job-archive-night/archive-batch-2"
    assert ids[third + 2] == "  function execution  run-archive-night/archive-batch-2"
    assert any(line.endswith(" archive-night") for line in ids), "the main job has no number"


def test_a_job_without_a_run_says_what_is_not_there() -> None:
    bare = replace(ORDER.jobs[3], function_execution_id=None)
    facts = JobFacts(bare, 3, missing="not available from this backend", run_missing="gone")
    sections = job_sections(facts, zone=UTC)
    said = {one.label: "".join(plain(part) for part in one.parts) for one in sections[1:]}  # type: ignore[arg-type]
    assert said == {
        "Job tried": "not available from this backend",
        "Job input": "not available from this backend",
        "Job result": "gone",
    }
