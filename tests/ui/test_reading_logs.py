"""Reading a log in the console: some of its lines, JSON, times, and all of it in a pager."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
import signal
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest

from console.backend.errors import Unreachable
from console.commands.extras import CommandRefused
from console.present.clean import clean
from console.sync.spool import LogSpool
from console.ui import pager
from console.ui.pager import USUAL, pager_command, run_aside, write_clean
from console.ui.save_log import save_log
from console.ui.screens.execution import ExecutionScreen
from tests.ui.consoles import Console, run
from tests.ui.shop import Shop

HOSTILE = "\x1b]0;owned\x07\x1b[2J\x1b[31mred \x9b5n\x00 \u202egnp.exe [b]not markup[/b]\r"


async def on_its_log(console: Console, lines: int = 3) -> ExecutionScreen:
    await console.do("execution.log")
    screen = console.screen
    assert isinstance(screen, ExecutionScreen)
    await console.until(lambda: f"{lines} lines" in console.text(), "the log")
    return screen


async def pieces_of(spool: LogSpool) -> AsyncIterator[Sequence[bytes]]:
    for first in range(0, spool.line_count, 1000):
        yield spool.lines(first, min(first + 1000, spool.line_count))


def with_log(text: str, count: int = 1) -> Shop:
    """Give a shop whose failing job has written this besides."""
    shop = Shop()
    mail = shop.backend.executions[shop.order].jobs[4].id
    shop.backend.write(mail, (f"2026-11-24T03:10:22.000Z {text}\n" * count).encode())
    return shop


def test_an_ampersand_shows_only_matching_lines_and_esc_leaves_it() -> None:
    async def body(console: Console) -> None:
        screen = await on_its_log(console, 103)
        await console.do("log.filter")
        assert "and neighbours" in console.footer
        await console.type("SMTP")
        await console.press("enter")
        await console.until(lambda: "1 of 103 lines with SMTP" in console.text(), "the match")
        assert "… 99 lines" in console.text()
        assert console.row("connecting smtp") and not console.text().count("filler") > 2
        await console.do("nav.escape")
        assert isinstance(console.screen, ExecutionScreen)
        assert "103 lines" in console.text() and "with SMTP" not in console.text()
        await console.command("only 421")
        await console.until(lambda: "with 421" in console.text())
        await console.do("log.filter")
        assert screen.prompt.text == "421"
        await console.press("ctrl+u", "enter")
        await console.until(lambda: "with 421" not in console.text(), "empty leaves")

    run(body, shop=with_log("filler", 100), size=(100, 24))


@pytest.mark.parametrize(("command", "word"), [("log.filter", "only"), ("find.open", "find")])
def test_a_bad_expression_stays_in_the_prompt_with_where_it_is_wrong(
    command: str, word: str
) -> None:
    async def body(console: Console) -> None:
        screen = await on_its_log(console, 4)
        await console.do(command)
        assert "~regex" in console.footer
        await console.type("~conn(")
        await console.press("enter")
        assert console.footer.strip().startswith("column 6: no regular expression: missing )")
        assert screen.prompt.is_open and screen.prompt.text == "~conn("
        await console.press("backspace")
        assert "~regex" in console.footer
        await console.press("enter")
        await console.until(lambda: not screen.prompt.is_open)
        assert screen.pane.log_pane.view.is_searching
        await console.command(f"{word} ~*")
        assert console.notice.startswith("column 2: no regular expression: nothing to repeat")
        assert screen.pane.log_pane.view.is_searching, "what was looked for stays"

    run(body, shop=with_log("filler"))


def test_an_expression_that_would_take_years_is_told_and_the_log_shown_whole() -> None:
    async def body(console: Console) -> None:
        await on_its_log(console, 4)
        await console.command("only ~(a+)+$")
        await console.until(lambda: "takes too long on line 4 and was given up" in console.notice)
        assert "4 lines" in console.text() and " of 4 lines" not in console.text()
        await console.do("move.top")
        await console.command("find ~(a+)+$")
        await console.until(lambda: "takes too long on line 4" in console.notice)

    run(body, shop=with_log("a" * 40 + "b"))


def test_marked_lines_are_counted_copied_saved_and_there_again_after_another_tab(
    tmp_path: Path,
) -> None:
    async def body(console: Console) -> None:
        screen = await on_its_log(console, 4)
        path = tmp_path / "some.log"
        await console.command(f"save-marked {path}")
        assert console.notice == "no line is marked; m marks one"
        await console.press("m", "shift+up", "shift+up", "m")
        assert "2 marked · 4 lines" in console.row("── send-notification")
        await console.do("execution.data")
        await console.do("execution.show-log")
        await console.do("job.previous")
        await console.until(lambda: "2 marked" not in console.text(), "another log")
        await console.do("job.next")
        await console.until(lambda: "2 marked" in console.row("── send-notification"))
        assert "Marked lines" in [c.label for c in screen.copy_choices()]
        await console.command("save-marked")
        assert console.notice == ":save-marked needs the name of a file"
        await console.command(f"save-marked {path}")
        await console.until(lambda: "saved 2 lines" in console.notice)
        assert path.read_text().count("\n") == 2 and "the last one" in path.read_text()
        await console.command("unmark-lines")
        assert console.notice == "2 marks cleared"

    run(body, shop=with_log("the last one"))


def test_parts_of_a_log_are_asked_for_by_time_and_by_count() -> None:
    async def body(console: Console) -> None:
        await on_its_log(console, 103)
        await console.command("time utc")
        rule = "── send-notification"
        await console.command("since 03:10:22")
        await console.until(lambda: "100 of 103 lines: since 03:10:22" in console.row(rule))
        assert "connecting smtp" not in console.text()
        await console.command("until +9")
        await console.until(lambda: "until +9" in console.row(rule))
        await console.command("since")
        assert "since 03" not in console.row(rule) and "until +9" in console.row(rule)
        await console.command("tail 2")
        assert "2 of 103 lines: tail 2" in console.row(rule)
        await console.do("nav.escape")
        assert isinstance(console.screen, ExecutionScreen) and "tail" not in console.row(rule)
        await console.command("head 1")
        await console.until(lambda: "1 of 103 lines: head 1" in console.row(rule))
        await console.until(lambda: "customer" in console.text())
        await console.command("head")
        assert console.notice == "all of the log is shown"
        await console.command("tail some")
        assert console.notice == "some is no number of lines; :tail 100"
        await console.command("since soon")
        assert console.notice.startswith("soon is no time; there are 5m, 10:32")
        await console.do("command.open")
        await console.type("since 1")
        assert "since 15m" in console.footer

    run(body, shop=with_log("filler", 100), size=(120, 24))


def test_a_log_without_line_times_says_that_it_cannot_be_asked_by_time() -> None:
    async def body(console: Console) -> None:
        screen = await on_its_log(console)
        screen.pane.log_pane.view._has_times = False
        await console.command("since 5m")
        assert (
            console.notice == "the lines of this log have no times; :tail 100 shows the last ones"
        )

    run(body)


def test_json_lines_are_spread_on_demand() -> None:
    async def body(console: Console) -> None:
        await on_its_log(console, 4)
        await console.do("log.pretty")
        assert console.notice == "lines that are JSON are spread"
        await console.until(lambda: '"attempt": 2,' in console.text(), "its rows")
        assert console.row("connecting smtp"), "other lines stay"
        await console.do("log.pretty")
        await console.until(lambda: '"attempt": 2,' not in console.text())

    shop = with_log('{"event":"send","to":"' + "x" * 70 + '","attempt":2,"ok":false}')
    run(body, shop=shop)


def test_times_of_lines_follow_t_and_say_their_zone() -> None:
    async def body(console: Console) -> None:
        await on_its_log(console)
        assert "since it began" in console.row("── send-notification")
        assert console.row("connecting smtp").strip().startswith("+0.400  connecting")
        await console.command("time utc")
        assert "· UTC ──" in console.row("── send-notification")
        assert console.row("connecting smtp").strip().startswith("03:10:21.400  connecting")
        await console.command("time local")
        name = console.clock.now().astimezone().tzname() or "?"
        assert f"· {name} ──" in console.row("── send-notification")
        await console.command("time relative")
        assert "+0.400" in console.text()

    run(body)


def test_what_is_not_loaded_of_a_long_log_is_said_first() -> None:
    async def body(console: Console) -> None:
        screen = await on_its_log(console)
        feed = screen.pane.watch_feeds.log
        assert feed is not None
        feed.skipped = 48 * 1024 * 1024
        screen.pane.log_pane.show()
        await console.do("move.top")
        await console.until(
            lambda: "… 48 MiB earlier not loaded; s saves and | pages all of it" in console.text(),
            "the note",
        )

    run(body)


@pytest.mark.parametrize("width", [80, 120])
def test_a_log_that_comes_no_more_says_how_old_it_is_why_and_when_it_is_tried_again(
    width: int,
) -> None:
    async def body(console: Console) -> None:
        await console.command(f"open {console.shop.archive}")
        await console.until(lambda: isinstance(console.screen, ExecutionScreen))
        await console.do("execution.show-log")
        rule = "── archive-batch"
        await console.until(lambda: "following · 30 lines" in console.row(rule), "the log")
        console.backend.fail(Unreachable("connection refused"), method="read_log")
        await console.until(lambda: " stale " in console.row(rule), "the trouble")
        await console.until(lambda: "· next try in " in console.row(rule), "the next try")
        assert "· connection refused · " in console.row(rule)
        assert " live " in console.lines()[0], "the execution itself is read on"
        assert ("following" in console.row(rule)) is (width == 120), "how late it is comes first"
        assert isinstance(console.screen, ExecutionScreen)
        bar = console.screen.pane.log_pane.rule
        before = bar._lines
        console.clock._pass(1.0)  # nothing is tried meanwhile: only the tick can tell
        console.screen.tick()
        assert bar._lines != before, "its age goes on"
        console.backend.fail(None, method="read_log")
        await console.until(lambda: "stale" not in console.row(rule), "it came again")
        assert "following · 30 lines" in console.row(rule)
        console.backend.fail(Unreachable("connection refused"))
        await console.until(lambda: " stale " in console.lines()[0], "the loss of all")
        await console.until(lambda: " stale " in console.row(rule), "the loss of all")
        await console.until(lambda: "connection refused" not in console.row(rule), "told once")
        assert "connection refused" in console.lines()[0]

    run(body, size=(width, 24))


# The pager


def spool_of(text: str) -> LogSpool:
    spool = LogSpool()
    spool.append(text.encode())
    return spool


def test_what_is_written_for_a_pager_controls_nothing(tmp_path: Path) -> None:
    spool = spool_of(f"{HOSTILE}\n" * 5000 + "ünfinished")
    path = tmp_path / "log"
    with path.open("wb") as file:
        assert asyncio.run(write_clean(pieces_of(spool), file)) == 5001
    lines = path.read_text("utf-8").split("\n")
    assert len(lines) == 5002 and lines[-2:] == ["ünfinished", ""]
    assert set(lines[:5000]) == {clean(HOSTILE.rstrip("\r"))}
    assert lines[0].isprintable() and "␛[2J" in lines[0] and "[b]not markup[/b]" in lines[0]


def test_a_log_that_cannot_be_read_whole_leaves_no_file(tmp_path: Path) -> None:
    async def some() -> AsyncIterator[Sequence[bytes]]:
        yield [b"one", b"two"]
        raise Unreachable("connection refused")

    path = tmp_path / "log"
    with pytest.raises(CommandRefused, match=r"nothing was written: .*connection refused"):
        asyncio.run(save_log(some(), str(path)))
    assert not path.exists()


@pytest.mark.parametrize(
    ("typed", "environment", "command"),
    [
        ("", {}, USUAL),
        ("", {"PAGER": " "}, USUAL),
        ("", {"PAGER": "more -x"}, "more -x"),
        ("grep 421 | wc -l", {"PAGER": "more"}, "grep 421 | wc -l"),
        (" sort ", {}, "sort"),
    ],
)
def test_what_is_typed_wins_over_the_persons_pager(
    typed: str, environment: dict[str, str], command: str, tmp_path: Path
) -> None:
    for name in ("less", "more", "sort"):
        program = tmp_path / name
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
    assert pager_command(typed, {"PATH": str(tmp_path), **environment}) == command


@pytest.mark.parametrize(
    ("typed", "environment", "complaint"),
    [
        ("", {}, "there is no program less to read it with; set PAGER, or type :pipe COMMAND"),
        ("", {"PAGER": "lost -R"}, "there is no program lost to read it with; set PAGER, or"),
        ("lost", {}, "there is no program lost to read it with"),
        ("grep 'x", {}, "grep 'x cannot be read: No closing quotation"),
    ],
)
def test_a_pager_that_is_not_there_is_one_clear_line(
    typed: str, environment: dict[str, str], complaint: str, tmp_path: Path
) -> None:
    with pytest.raises(CommandRefused) as refused:
        pager_command(typed, {"PATH": str(tmp_path), **environment})
    assert str(refused.value).startswith(complaint)


def test_ctrl_c_in_the_pager_ends_the_pager_and_not_the_console(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"one\n")
    before = signal.getsignal(signal.SIGINT)
    code = f"import os, signal; os.kill({os.getpid()}, signal.SIGINT)"
    with path.open("rb") as file:
        command = f"{shlex.quote(sys.executable)} -c {shlex.quote(code)}; kill -INT $$; exit 7"
        assert run_aside(command, file, waits=False) != 0
    assert signal.getsignal(signal.SIGINT) is before


def test_the_bar_gives_all_of_the_log_to_the_pager_and_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = tmp_path / "seen"
    monkeypatch.setenv("PAGER", f"cat > {seen}")
    order: list[str] = []

    async def body(console: Console) -> None:
        @contextlib.contextmanager
        def suspend() -> Iterator[None]:
            order.append("aside")
            yield
            order.append("back")

        await on_its_log(console, 4)
        await console.do("log.pipe")
        await console.until(lambda: console.notice)
        assert console.notice == "this terminal cannot be handed over to a pager"
        console.app.suspend = suspend  # type: ignore[method-assign, assignment]
        await console.do("log.pipe")
        await console.until(lambda: len(order) == 2 and "read by" in console.notice)
        assert order == ["aside", "back"]
        assert console.notice == f"4 lines read by cat > {seen}"
        assert "connecting smtp.internal:25" in seen.read_text()
        assert seen.read_text().count("\x1b") == 0 and "␛[2J" in seen.read_text()
        await console.command("pipe false")
        assert console.notice == "false ended with 1"
        await console.command("pipe no-such-thing | cat; no-such-thing")
        assert console.notice.endswith("there is no such command")
        await console.command("pipe no-such-thing")
        assert console.notice == "there is no program no-such-thing to read it with"
        assert "4 lines" in console.text(), "the log is where it was"

    assert pager.USUAL == "less -R"
    run(body, shop=with_log(HOSTILE), size=(120, 24))
