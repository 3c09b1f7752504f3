"""The tree reads as drawn, folds what is equal, and is quick for ten thousand jobs."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from console.model.execution import AttemptHistory, Execution, JobError
from console.model.states import ExecutionStatus, JobStatus
from console.present.glyphs import ASCII
from console.present.job_tree import JobTree
from console.present.line import Span, line_width, plain
from console.present.timeline import Axis, bar_cells
from console.present.tone import Tone
from console.present.tree_rows import Folds
from tests.present.samples import NOW, REFUSED, archive, execution, failed_order, job, two_attempts

J = JobStatus


def text(tree: JobTree, width: int = 120) -> list[str]:
    return [plain(tree.line(index, width, NOW)).rstrip() for index in range(len(tree.rows))]


def order_tree(**options: object) -> JobTree:
    order = failed_order()
    return JobTree(order, two_attempts(order), **options)  # type: ignore[arg-type]


def tone_of(tree: JobTree, row: int, word: str) -> Span:
    return next(span for span in tree.line(row, 120, NOW) if word in span.text)


def test_the_tree_of_a_failed_order_reads_as_drawn() -> None:
    lines = text(order_tree())
    assert [line[:22].rstrip() for line in lines] == [
        "✗ process-order",
        "├ ✓ fetch-customer",
        "├ ✓ reserve-stock",
        "├ ✓ charge-card",
        "└ ✗ send-notification",
        "    SMTPServerError: 4",
    ]
    assert all(line.endswith("reused from attempt 1") for line in lines[1:4])
    assert lines[4].endswith("attempt 2 · your code")
    assert " 8.4 s" in lines[3] and "32.0 s" in lines[4]


def test_the_failed_path_says_which_of_the_equal_siblings_failed() -> None:
    jobs = [job("main", J.FAILED, 100, 1)]
    jobs += [
        job("main/step", J.FAILED if n in (7, 31) else J.SUCCESS, 99 - n, 98.5 - n, number=n)
        for n in range(60)
    ]
    jobs += [job("main/last", J.FAILED, 3, 1)]
    many = execution("many", ExecutionStatus.FAILED, 100, 1, jobs=tuple(jobs))
    lines = text(JobTree(many, only_failed=True))
    assert [line.split("  ")[0] for line in lines] == [
        "✗ main", "├ ✗ step #8", "├ ✗ step #32", "└ ✗ last",
    ]  # fmt: skip


def test_only_the_cause_is_loud() -> None:
    tree = order_tree()
    assert tone_of(tree, 0, "✗").tone == Tone.MUTED
    assert tone_of(tree, 4, "✗").tone == Tone.FAILED
    assert tone_of(tree, 4, "send-notification").bold
    assert tone_of(tree, 5, "SMTP").tone == Tone.FAILED
    assert tree.failed_rows == [4]


def test_the_hour_between_two_attempts_takes_no_room() -> None:
    tree = order_tree()
    assert tree.times(NOW).axis.length == pytest.approx(73)
    assert " 73.0 s" in text(tree)[0]


def test_a_bar_tells_own_time_callees_and_waiting_apart() -> None:
    axis = Axis([(0.0, 10.0)])
    cells = bar_cells(axis, 10, own=[(0.0, 10.0)], callees=[(2.0, 5.0), (6.0, 8.0)])
    assert "".join(kind[0] for kind in cells) == "ooccco" + "cc" + "oo"
    waiting = bar_cells(axis, 10, own=[(4.0, 10.0)], is_waiting=True)
    assert waiting == [""] * 4 + ["waits"] * 6


def test_the_shortest_job_still_has_a_cell() -> None:
    axis = Axis([(0.0, 1000.0)])
    for start in (0.0, 500.0, 999.999):
        assert bar_cells(axis, 10, own=[(start, start + 0.001)]).count("own") == 1


def test_the_main_job_shows_its_callees_time_as_theirs() -> None:
    line = text(order_tree())[0]
    assert "─" in line and line.count("━") <= 3


def test_equal_siblings_fold_to_one_row_that_counts_them() -> None:
    tree = JobTree(archive())
    lines = text(tree)
    assert "archive-batch × 40 · 37 ok · 2 failed · 1 running" in lines[1]
    assert [line.split("  ")[1].strip() or line for line in lines[2:]]
    assert [lines[i].strip()[:21] for i in (2, 3, 4)] == [
        "├ ✗ archive-batch #38", "├ ✗ archive-batch #39", "└ ▸ archive-batch #40",
    ]  # fmt: skip


def test_where_there_is_little_room_a_group_counts_what_went_wrong() -> None:
    tree = JobTree(archive())
    assert "archive-batch × 40 · 2 failed · 1 running" in text(tree, 76)[1]
    assert "archive-batch × 40  " in text(tree, 50)[1]


def test_a_group_opens_to_all_of_its_members_and_closes_to_none() -> None:
    key = JobTree(archive()).rows[1].key
    assert len(JobTree(archive(), folds=Folds().toggled(key, is_open=True)).rows) == 42
    assert len(JobTree(archive(), folds=Folds().toggled(key, is_open=False)).rows) == 2


def test_a_group_keeps_its_key_while_it_grows() -> None:
    assert JobTree(archive(10, 20)).rows[1].key == JobTree(archive(30, 40)).rows[1].key


def report(status: ExecutionStatus = ExecutionStatus.RUNNING) -> Execution:
    jobs = [job("main", J.SUSPEND, 100)]
    for part in range(3):
        jobs.append(job(f"main/part-{part}", J.SUCCESS, 90 - part, 80 - part))
        jobs += [job(f"main/part-{part}/step-{n}", J.SUCCESS, 89, 85, number=n) for n in range(3)]
    return execution("report", status, 100, jobs=tuple(jobs))


def test_finished_branches_fold_when_the_tree_outgrows_its_pane() -> None:
    assert len(JobTree(report(), height=20).rows) == 13
    folded = JobTree(report(), height=8)
    assert len(folded.rows) == 4
    assert "part-0 · 3 jobs" in text(folded)[1]


def test_only_the_failed_path_is_shown_when_asked() -> None:
    tree = order_tree(only_failed=True)
    assert [row.node.job.name for row in tree.rows if not row.is_error] == [
        "process-order", "send-notification",
    ]  # fmt: skip


def test_what_failed_before_a_resume_steps_back_while_it_runs_again() -> None:
    order = replace(failed_order(), status=ExecutionStatus.RUNNING)
    history = two_attempts(failed_order())
    third = replace(history.attempts[1], number=3, status=ExecutionStatus.RUNNING, finished_at=None)
    tree = JobTree(order, AttemptHistory((*history.attempts, third), history.jobs))
    index = tree.index_of(order.jobs[4].id)
    assert index is not None
    assert tone_of(tree, index, "✗").tone == Tone.MUTED
    assert text(tree)[index].endswith("failed in attempt 2")


def test_a_backend_without_history_still_gives_the_cause() -> None:
    order = failed_order()
    tree = JobTree(order, errors={order.jobs[4].id: REFUSED})
    assert text(tree)[5].strip() == "SMTPServerError: 421 too many connections from 10.2.0.7"
    assert "attempt" not in "".join(text(tree))


@pytest.mark.parametrize("width", [20, 40, 58, 78, 118, 198])
@pytest.mark.parametrize("source", [failed_order(), archive(), report()])
def test_each_line_is_exactly_as_wide_as_its_pane(width: int, source: Execution) -> None:
    for tree in (JobTree(source), JobTree(source, glyphs=ASCII)):
        assert all(line_width(tree.line(i, width, NOW)) == width for i in range(len(tree.rows)))


def test_names_and_errors_from_outside_are_only_text() -> None:
    jobs = (job("a\x1b[2J", J.FAILED, 9, 1),)
    bad = execution("w", ExecutionStatus.FAILED, 9, 1, jobs=jobs)
    tree = JobTree(bad, errors={jobs[0].id: JobError("E", "[red]\x1b]0;own\x07\nnext")})
    assert all(line.isprintable() for line in text(tree))
    assert "[red]" in text(tree)[1]


def test_an_execution_without_jobs_has_no_rows() -> None:
    assert JobTree(execution("w", ExecutionStatus.PENDING, 1)).rows == []


def test_ten_thousand_jobs_build_at_once() -> None:
    def cpu(count: int) -> float:
        source = archive(count - 3, count)
        key = JobTree(source).rows[1].key
        begin = time.process_time()
        tree = JobTree(source, folds=Folds().toggled(key, is_open=True))
        for index in range(40):
            tree.line(index, 120, NOW)
        assert len(tree.rows) == count + 2
        return time.process_time() - begin

    assert cpu(10_000) < max(0.6, 30 * cpu(1_000))
