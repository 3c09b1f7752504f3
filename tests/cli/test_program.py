"""How the program ends: signals, closed pipes, and mistakes of ours. Real processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.drive import EXECUTION

ROOT = Path(__file__).parent.parent.parent


def start(*words: str, **options: object) -> subprocess.Popen[str]:
    """Start the program in one of the scenes of `drive`."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.cli.drive", *words],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        text=True,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options,  # type: ignore[call-overload]
    )


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_wait_and_says_that_the_execution_goes_on(
    number: signal.Signals, code: int
) -> None:
    process = start("one", "workflow", "wait", EXECUTION, "-t", "60s")
    try:
        assert process.stderr is not None
        assert "RUNNING" in process.stderr.readline()
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    finally:
        process.kill()
    assert process.returncode == code
    assert out == ""
    assert err == f"no longer waiting; it goes on: wfc workflow wait {EXECUTION}\n"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_who_does_not_wait_for_an_answer_is_told_that_it_may_have_been_done(
    number: signal.Signals, code: int
) -> None:
    process = start("silent", "workflow", "cancel", EXECUTION)
    try:
        assert process.stderr is not None
        assert process.stderr.readline() == "asked\n"
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    finally:
        process.kill()
    assert (process.returncode, out) == (code, "")
    words = "no longer waiting for an answer; it may have been done"
    assert err == f"{words}: wfc workflow executions\n"


def test_an_interrupt_while_the_program_is_loaded_is_no_traceback() -> None:
    process = subprocess.Popen(
        [sys.executable, "-X", "importtime", "-m", "console", "workflow", "list"],
        cwd=ROOT, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stderr is not None
        next(line for line in process.stderr if "console.cli.codes" in line)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    finally:
        process.kill()
    assert process.returncode in (-signal.SIGINT, 130)
    assert "Traceback" not in err and "KeyboardInterrupt" not in err


def test_a_reader_that_goes_away_is_no_error() -> None:
    process = start("many", "workflow", "executions", "--limit", "0", "--ndjson")
    try:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline().startswith('{"id":')
        process.stdout.close()
        err = process.stderr.read()
        assert process.wait(20) == 141
    finally:
        process.kill()
    assert err == ""


def test_a_stdout_that_is_closed_from_the_start_is_no_error_either() -> None:
    read, write = os.pipe()
    os.close(read)
    process = start("one", "workflow", "executions", stdout=write)
    os.close(write)
    _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (141, "")


@pytest.mark.parametrize("words", [("workflow", "executions"), ("--help",), ("completion", "zsh")])
@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_stream_that_was_closed_before_is_no_error(number: int, words: tuple[str, ...]) -> None:
    """As `wfc … >&-` does."""
    program = f"import os, sys; os.close({number}); os.execv(sys.argv[1], sys.argv[1:])"
    child = [sys.executable, "-m", "tests.cli.drive", "one", *words]
    done = subprocess.run(
        [sys.executable, "-c", program, *child], capture_output=True, text=True, timeout=30
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert bool(done.stdout) is (number != 1)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a full disk at hand")
@pytest.mark.parametrize("words", [("workflow", "executions"), ("--help",)])
def test_a_full_disk_is_told_in_one_line(words: tuple[str, ...], home: Path) -> None:
    with Path("/dev/full").open("w") as full:
        process = start("one", *words, stdout=full.fileno())
        _, err = process.communicate(timeout=20)
    assert process.returncode == 1
    assert err == "wfc: the output cannot be written: no space left on device\n"
    assert list(home.rglob("reports")) == []


def test_what_the_terminals_encoding_lacks_is_shown_by_its_code() -> None:
    env = dict(os.environ) | {"PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}
    listed = start("names", "workflow", "executions", env=env, encoding="latin-1")
    out, err = listed.communicate(timeout=20)
    assert (listed.returncode, err) == (0, "")
    assert "caf\u00e9-\\u20ac" in out
    listed = start("names", "workflow", "executions", "--json", env=env, encoding="latin-1")
    document = json.loads(listed.communicate(timeout=20)[0])
    assert document[0]["workflowName"] == "café-€"


def test_a_mistake_of_ours_is_one_line_with_a_report_and_no_traceback(home: Path) -> None:
    process = start("bug", "--token", "hunter2", "workflow", "list", "--token=hunter2")
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (70, "")
    (report,) = (home / "state" / "wfc" / "reports").iterdir()
    assert err == (
        f"wfc: a mistake of ours: KeyError: 'a\\x1b[31m secret place'; please send {report}\n"
    )
    text = report.read_text()
    assert "Traceback (most recent call last)" in text and "list_workflows" in text
    assert "hunter2" not in text
    assert report.stat().st_mode & 0o777 == 0o600


def test_a_mistake_whose_report_cannot_be_written_says_so(home: Path) -> None:
    (home / "state").write_text("in the way")
    process = start("bug", "workflow", "list")
    _, err = process.communicate(timeout=20)
    assert process.returncode == 70
    assert "its report could not be written: " in err
    assert err.count("\n") == 1
