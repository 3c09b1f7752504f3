"""`wfc workflow logs`: every line once, whose it is, and why one cannot be shown."""

from __future__ import annotations

from console.backend.errors import NotFound, Unreachable
from console.model.execution import JobError
from console.model.ids import ExecutionId
from console.model.states import ExecutionStatus
from tests.cli.harness import Cli

T = b"2026-11-24T03:12:55.000Z "


def shop(wfc: Cli) -> ExecutionId:
    """An execution of two jobs that both wrote something."""
    backend = wfc.backend
    one = backend.add()
    main = backend.start_job(one, "process-order")
    backend.write(main, T + b"first\n")
    mail = backend.start_job(one, "process-order/send-mail")
    backend.write(mail, T + b"connecting\n" + T + b"421\n")
    backend.end_job(mail, error=JobError("SMTPError", "421"))
    backend.end_job(main, error=JobError("SMTPError", "421"))
    backend.end(one)
    return one


def test_the_logs_of_all_jobs_stand_under_their_names(wfc: Cli) -> None:
    result = wfc("workflow", "logs", shop(wfc))
    assert result.code == 0
    assert result.out == (
        "==> process-order <==\n"
        "2026-11-24T03:12:55.000Z first\n"
        "\n"
        "==> process-order/send-mail <==\n"
        "2026-11-24T03:12:55.000Z connecting\n"
        "2026-11-24T03:12:55.000Z 421\n"
    )


def test_one_job_is_named_by_its_stacked_name_its_name_or_its_id(wfc: Cli) -> None:
    one = shop(wfc)
    lines = "2026-11-24T03:12:55.000Z connecting\n2026-11-24T03:12:55.000Z 421\n"
    job = wfc.backend.executions[one].jobs[1]
    for name in ("process-order/send-mail", "send-mail", job.id):
        assert wfc("workflow", "logs", one, name).out == lines
    wrong = wfc("workflow", "logs", one, "send-male")
    assert wrong.code == 2
    assert wrong.err == (
        "wfc: no job 'send-male' in this execution; "
        "it has: process-order, process-order/send-mail\n"
    )


def test_the_log_of_the_failed_job_alone_is_found_by_a_flag(wfc: Cli) -> None:
    one = shop(wfc)
    lines = "2026-11-24T03:12:55.000Z connecting\n2026-11-24T03:12:55.000Z 421\n"
    assert wfc("workflow", "logs", one, "--failed").out == lines
    details = wfc("workflow", "logs", one, "--failed", "--json").document
    assert [job["stackedJobName"] for job in details] == ["process-order/send-mail"]
    wfc.backend.add("calm", status=ExecutionStatus.SUCCESS, identifier="c0" * 8)
    calm = wfc("workflow", "logs", "c0" * 8, "--failed")
    assert (calm.code, calm.out) == (1, "")
    assert calm.err == "wfc: no job failed in this execution; it is SUCCESS\n"
    for words in (("send-mail",), ("--follow",)):
        both = wfc("workflow", "logs", one, "--failed", *words)
        assert both.code == 2 and "--failed finds the job itself" in both.err


def test_logs_as_ndjson_have_time_and_job_of_each_line(wfc: Cli) -> None:
    one = shop(wfc)
    job = wfc.backend.executions[one].jobs[1]
    last = wfc("workflow", "logs", one, "--ndjson").documents[-1]
    assert list(last.items()) == [
        ("stackedJobName", "process-order/send-mail"),
        ("id", job.id),
        ("executionId", job.function_execution_id),
        ("time", "2026-11-24T03:12:55.000Z"),
        ("line", "421"),
    ]


def test_logs_as_json_are_the_jobs_details(wfc: Cli) -> None:
    one = shop(wfc)
    document = wfc("workflow", "logs", one, "send-mail", "--json").document
    assert [entry["stackedJobName"] for entry in document] == ["process-order/send-mail"]
    assert document[0]["logs"].endswith("421\n")


def test_a_backend_without_line_times_has_lines_without_times(wfc: Cli) -> None:
    one = wfc.backend.failed(log=b"2026-01-01T00:00:00Z is mine\nplain\n")
    wfc.backend.has_log_times = False
    result = wfc("workflow", "logs", one, "send-notification")
    assert result.out == "2026-01-01T00:00:00Z is mine\nplain\n"
    assert wfc("workflow", "logs", one, "--ndjson").documents[0]["time"] is None


def test_following_prints_each_line_once_until_the_end(wfc: Cli) -> None:
    backend, clock = wfc.backend, wfc.clock
    one = backend.add()
    main = backend.start_job(one, "main")
    backend.write(main, T + b"a\n" + T + b"b")
    clock.at(2, lambda: backend.write(main, b"c\n"))
    clock.at(3, lambda: backend.fail_next(Unreachable("blip"), method="read_log"))
    clock.at(5, lambda: backend.write(main, T + b"end"))
    clock.at(6, lambda: (backend.end_job(main), backend.end(one)))
    result = wfc("workflow", "logs", one, "main", "-f")
    assert result.code == 0
    words = [line.split(" ", 1)[1] for line in result.out.splitlines()]
    assert words == ["a", "bc", "end"]


def test_following_a_job_that_has_not_started_waits_for_it(wfc: Cli) -> None:
    backend = wfc.backend
    one = backend.add()
    wfc.clock.at(4, lambda: backend.write(backend.start_job(one, "main"), T + b"here\n"))
    wfc.clock.at(8, lambda: backend.set_status(one, ExecutionStatus.CANCELED))
    result = wfc("workflow", "logs", one, "main", "--follow")
    assert result.out.split() == ["2026-11-24T03:12:55.000Z", "here"]


def test_a_log_that_is_gone_says_so_and_the_others_are_shown(wfc: Cli) -> None:
    one = shop(wfc)
    del wfc.backend.functions[wfc.backend.function_of(wfc.backend.executions[one].jobs[0].id)]
    result = wfc("workflow", "logs", one)
    assert "wfc: the log of process-order is no longer kept (not found: no function" in result.err
    assert result.out.startswith("==> process-order/send-mail <==\n")
    assert result.code == 0


def test_when_no_log_can_be_read_the_exit_code_says_so(wfc: Cli) -> None:
    one = shop(wfc)
    wfc.backend.fail(NotFound("expired"), method="read_log")
    assert wfc("workflow", "logs", one).code == 1
    wfc.backend.fail(Unreachable("refused"), method="read_log")
    result = wfc("workflow", "logs", one)
    assert result.code == 6
    assert "the log of process-order cannot be read: backend unreachable: refused" in result.err


def test_one_json_document_cannot_follow(wfc: Cli) -> None:
    result = wfc("workflow", "logs", "@latest", "-f", "--json")
    assert (result.code, wfc.backend.total_calls) == (2, 0)
    assert "use --ndjson" in result.err


def test_a_log_longer_than_one_answer_is_read_to_its_end(wfc: Cli) -> None:
    one = wfc.backend.failed(log=b"".join(b"line %d\n" % n for n in range(60_000)))
    wfc.backend.has_log_times = False
    lines = wfc("workflow", "logs", one, "send-notification").out.splitlines()
    assert (len(lines), lines[-1]) == (60_000, "line 59999")
