"""The tree keeps its cursor on its job, folds, and moves between failures."""

from __future__ import annotations

from dataclasses import replace

from textual.pilot import Pilot

from console.model.states import ExecutionStatus, JobStatus
from console.present.line import Span
from console.ui.widgets.job_tree import JobTreeView
from tests.present.samples import NOW, archive, execution, failed_order, job, two_attempts
from tests.ui.widgets.pilots import Bench, Repaints, run

App = Bench[JobTreeView]


def view() -> JobTreeView:
    return JobTreeView(lambda: NOW)


def test_a_failed_order_opens_on_its_cause() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        order = failed_order()
        app.widget.show(order, two_attempts(order))
        assert app.widget.go_to_cause()
        await pilot.pause()
        assert app.widget.cursor_job == order.jobs[4].id
        text = app.screen_text()
        assert text[4].startswith("┃ └ ✗ send-notification")
        assert "SMTPServerError: 421" in text[5]

    run(view(), body, size=(120, 20))


def test_the_cursor_stays_on_its_job_while_jobs_arrive() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        order = failed_order()
        app.widget.show(replace(order, jobs=order.jobs[:3]))
        await pilot.press("j")
        assert app.widget.cursor_job == order.jobs[1].id
        app.widget.show(order)
        assert app.widget.cursor_job == order.jobs[1].id

    run(view(), body)


def test_another_execution_begins_at_its_top() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        app.widget.show(failed_order())
        await pilot.press("G")
        other = archive()
        app.widget.show(other)
        assert app.widget.cursor_job == other.jobs[0].id
        app.widget.show(None)
        assert app.widget.cursor_job is None

    run(view(), body)


def test_the_error_line_is_passed_over() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        order = failed_order()
        app.widget.show(order, two_attempts(order))
        await pilot.press("G")
        assert app.widget.cursor_job == order.jobs[4].id
        await pilot.press("j", "j")
        assert app.widget.cursor_job == order.jobs[4].id
        await pilot.press("k")
        assert app.widget.cursor_job == order.jobs[3].id

    run(view(), body)


def test_a_job_knows_which_of_its_equal_siblings_it_is_folded_or_not() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        tree, many = app.widget, archive()
        tree.show(many)
        batches = [one.id for one in many.jobs if one.name == "archive-batch"]
        numbers = [tree.number_of(one) for one in batches]
        assert numbers == list(range(1, len(batches) + 1))
        assert tree.number_of(many.jobs[0].id) == 0
        assert tree.cursor_to(batches[0])
        await pilot.press("enter")
        assert [tree.number_of(one) for one in batches] == numbers

    run(view(), body)


def test_e_goes_from_failure_to_failure() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        source = archive()
        app.widget.show(source)
        failed = [j.id for j in source.jobs if j.status is JobStatus.FAILED]
        await pilot.press("e")
        assert app.widget.cursor_job == failed[0]
        await pilot.press("e")
        assert app.widget.cursor_job == failed[1]
        await pilot.press("e", "E")
        assert app.widget.cursor_job == failed[0]

    run(view(), body)


def test_e_opens_the_group_that_hides_a_failure_and_goes_to_the_job_itself() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        tree, source = app.widget, archive(done=39)
        failed = replace(source.jobs[7], status=JobStatus.FAILED)
        jobs = (*source.jobs[:7], failed, *source.jobs[8:-1])
        tree.show(replace(source, jobs=jobs))
        await pilot.press("j", "right", "left")
        assert tree.line_count == 2, "folded, with what failed in it"
        assert tree.cursor_job == failed.id, "the group shows the log of what failed"
        await pilot.press("k", "e")
        row = tree.cursor_row
        assert row is not None and row.job_id == failed.id and not row.members
        await pilot.press("e")
        assert tree.cursor_job == failed.id, "there is no other one"

    run(view(), body)


def test_left_and_right_fold_and_unfold() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        app.widget.show(archive())
        await pilot.press("j", "right")
        assert app.widget.line_count == 42
        await pilot.press("left")
        assert app.widget.line_count == 2
        await pilot.press("h", "left")
        assert app.widget.line_count == 1
        await pilot.press("space")
        assert app.widget.line_count == 2

    run(view(), body)


def test_left_on_a_leaf_goes_to_its_caller() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        order = failed_order()
        app.widget.show(order)
        await pilot.press("j", "j", "left")
        assert app.widget.cursor_job == order.jobs[0].id

    run(view(), body)


def test_enter_opens_a_job_and_unfolds_a_group() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        source = archive()
        app.widget.show(source)
        await pilot.press("enter")
        (opened,) = app.names(JobTreeView.JobOpened)
        assert isinstance(opened, JobTreeView.JobOpened)
        assert opened.job_id == source.jobs[0].id
        await pilot.press("j", "enter")
        assert app.widget.line_count == 42

    run(view(), body)


def test_a_tick_repaints_only_what_runs() -> None:
    moments = [NOW]
    widget = JobTreeView(lambda: moments[-1])

    async def body(app: App, pilot: Pilot[None]) -> None:
        jobs = (
            job("main", JobStatus.SUSPEND, 20),
            job("main/one", JobStatus.SUCCESS, 20, 15),
            job("main/two", JobStatus.RUNNING, 15),
        )
        widget.show(execution("w", ExecutionStatus.RUNNING, 20, jobs=jobs))
        await pilot.pause()
        repaints = Repaints(widget)
        widget.tick()
        assert repaints.regions == []
        moments.append(NOW.replace(second=NOW.second + 1))
        widget.tick()
        assert {region[1] for region in repaints.regions} >= {0, 2}
        assert repaints.whole == 0 and repaints.cells < 80

    run(widget, body)


def test_a_finished_execution_never_ticks() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        order = failed_order()
        app.widget.show(order, two_attempts(order))
        await pilot.pause()
        repaints = Repaints(app.widget)
        app.widget.tick()
        app.widget.show(order, two_attempts(order))
        assert repaints.regions == []

    run(view(), body)


def test_only_the_failed_path_keeps_the_cursor() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        order = failed_order()
        app.widget.show(order)
        app.widget.go_to_cause()
        app.widget.only_failed = True
        await pilot.pause()
        assert app.widget.line_count == 2
        assert app.widget.cursor_job == order.jobs[4].id

    run(view(), body)


def test_an_empty_tree_says_why() -> None:
    widget = view()
    widget.empty = ((Span("Nothing has started yet.", "dim"),),)

    async def body(app: App, pilot: Pilot[None]) -> None:
        widget.show(execution("w", ExecutionStatus.PENDING, 1))
        await pilot.pause()
        assert "Nothing has started yet." in app.screen_text()[0]

    run(widget, body)
