"""What is typed: filters, commands, completions, the host's own words and its guidance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from console.commands.extras import ExtraCommand
from console.model.execution import Execution
from console.model.ids import ExecutionId
from console.model.states import ExecutionStatus
from console.ui.screens.help import HelpScreen
from tests.ui.consoles import Console, run


def test_a_filter_shows_while_it_is_typed_and_stays_after_enter() -> None:
    async def body(console: Console) -> None:
        await console.do("find.open")
        await console.type("payment")
        assert "status=failed" in console.footer, "the hint below the prompt"
        assert console.text().count("✗ failed") == 1
        await console.press("enter")
        assert console.row(" problems").startswith(" problems   here: payment")
        assert console.focused.id == console.shop.customer
        await console.do("nav.escape")
        assert console.text().count("✗ failed") == 4

    run(body)


def test_escape_takes_back_a_filter_that_is_being_typed() -> None:
    async def body(console: Console) -> None:
        await console.command("filter wf=order-*")
        assert console.text().count("order-processing ") >= 3 and "refund" not in console.text()
        await console.do("find.open")
        await console.type(" status=waiting")
        assert "✗ failed" not in console.text()
        await console.press("escape")
        assert console.text().count("✗ failed") == 3

    run(body)


def test_escape_puts_the_cursor_back_on_its_row() -> None:
    async def body(console: Console) -> None:
        await console.press("j", "j", "j", "j")
        row = console.focused.id
        await console.do("find.open")
        await console.type("nothing-has-this")
        assert "✗ failed" not in console.text()
        await console.press("escape")
        assert console.focused.id == row

    run(body)


def test_a_field_that_has_no_value_yet_is_completed_and_not_complained_of() -> None:
    async def body(console: Console) -> None:
        await console.do("find.open")
        await console.type("status=")
        assert "failed" in console.footer and "needs a value" not in console.footer
        await console.type("fai")
        await console.press("tab", "enter")
        assert console.row(" problems").startswith(" problems   server: status=failed")

    run(body)


def test_a_bad_filter_says_where_and_the_list_stays() -> None:
    async def body(console: Console) -> None:
        await console.do("find.open")
        await console.type("wf=order-* statsu=x")
        assert "column 12: no field statsu" in console.footer
        assert console.text().count("✗ failed") >= 1
        await console.press("enter")
        prompt = console.app.first.prompt
        assert "filter: column 12: no field statsu" in console.footer
        assert prompt.is_open and prompt.text == "wf=order-* statsu=x", "it is there to be mended"
        await console.press("escape")
        await console.settle()
        assert not prompt.is_open
        assert console.text().count("✗ failed") == 4

    run(body)


def test_states_and_one_workflow_are_asked_of_the_server() -> None:
    async def body(console: Console) -> None:
        await console.command("filter wf=stock-sync status=success")
        await console.until(lambda: "✓ success" in console.text(), "what only the server had")
        feed = console.app.first.rows.feed
        assert feed is not None
        assert feed.query.workflow == "stock-sync"
        assert feed.query.statuses == {ExecutionStatus.SUCCESS}
        await console.do("nav.escape")
        await console.until(lambda: "✓ success" not in console.text())

    run(body)


def test_words_are_completed_and_recalled() -> None:
    async def body(console: Console) -> None:
        await console.do("command.open")
        await console.type("jour")
        assert console.footer.strip() == "journal"
        await console.press("tab")
        assert console.app.first.prompt.text == "journal "
        await console.press("escape")
        await console.do("command.open")
        await console.type("the")
        await console.press("tab")
        await console.type("wfc-l")
        assert console.footer.strip() == "theme wfc-light"
        await console.press("tab", "enter")
        assert console.app.theme == "wfc-light"
        await console.do("command.open")
        await console.press("up")
        assert console.app.first.prompt.text.strip() == "theme wfc-light"
        await console.press("down")
        assert console.app.first.prompt.text == ""
        await console.press("escape")

    run(body)


def test_what_was_typed_is_there_the_next_time(tmp_path: Path) -> None:
    async def first(console: Console) -> None:
        await console.command("time utc")
        await console.command("theme wfc-light")

    async def second(console: Console) -> None:
        await console.do("command.open")
        await console.press("up", "up")
        assert console.app.first.prompt.text == "time utc"
        await console.press("escape")

    run(first, state_folder=tmp_path / "state")
    run(second, state_folder=tmp_path / "state")


def test_a_word_there_is_not_is_refused_with_the_nearest() -> None:
    async def body(console: Console) -> None:
        await console.command("resumee")
        assert console.notice == "there is no command resumee; did you mean resume?"

    run(body)


def test_words_reach_what_keys_reach() -> None:
    async def body(console: Console) -> None:
        first = console.app.first
        await console.command("bottom")
        assert first.list.cursor_index == 6
        await console.command("previous-failed")
        assert first.list.cursor_index == 3
        await console.command("top")
        assert first.list.cursor_index == 0
        await console.command("help")
        assert isinstance(console.screen, HelpScreen)
        await console.command("back")
        await console.command("pause")
        assert "paused" in console.lines()[0]
        await console.command("follow")
        assert console.notice == "follow is not in this pane"
        await console.command("quit")

    app = run(body)
    assert app.return_value == 0


def test_ctrl_c_leaves_the_prompt_first() -> None:
    async def body(console: Console) -> None:
        await console.do("command.open")
        await console.type("quit")
        await console.press("ctrl+c")
        assert not console.app.first.prompt.is_open
        assert console.app.first.focused is console.app.first.list

    run(body)


class Guidance:
    """Says what the executions and the focus are."""

    seen: ExecutionId | None = None

    def look_at(self) -> ExecutionId | None:
        return self.seen

    def hint(self, executions: Iterable[Execution], focused: Execution | None) -> str:
        failed = sum(1 for one in executions if one.status is ExecutionStatus.FAILED)
        name = focused.workflow_name if focused is not None else "nothing"
        return f"{failed} failed; the cursor is on {name}. :mail on, then R"


def test_the_hosts_words_and_its_guidance_are_there() -> None:
    said: list[Sequence[str]] = []

    async def mail(words: Sequence[str]) -> str:
        said.append(words)
        return "the mail server takes mail"

    extras = (ExtraCommand("mail", "mail on|off", "The mail server", mail, choices=("on", "off")),)

    async def body(console: Console) -> None:
        await console.until(lambda: "4 failed; the cursor is on order-processing" in console.notice)
        await console.do("move.bottom")
        await console.until(lambda: "the cursor is on nightly-archive" in console.notice)
        await console.do("command.open")
        await console.type("mail o")
        assert console.footer.split() == ["mail", "on", "mail", "off"]
        await console.type("n")
        await console.press("enter")
        await console.until(lambda: console.notice == "the mail server takes mail")
        assert said == [("on",)]
        await console.clock.advance(2)
        await console.do("move.up")
        await console.until(lambda: ":mail on, then R" in console.notice, "the hint again")
        await console.do("help.open")
        await console.do("move.bottom")
        assert ":mail on|off" in console.text()

    run(body, extras=extras, guide=Guidance(), size=(100, 24))


def test_notes_about_the_configuration_are_said_once() -> None:
    async def body(console: Console) -> None:
        assert console.notice == "config.toml: no key colour (1 of 2; wfc config show)"

    run(body, notes=("config.toml: no key colour", "another"))


def test_what_the_host_points_to_takes_the_cursor_once() -> None:
    guide = Guidance()

    async def body(console: Console) -> None:
        failed = console.focused.id
        await console.do("move.bottom")
        archive = console.focused.id
        await console.do("move.top")
        guide.seen = archive
        await console.until(lambda: console.focused.id == archive)
        await console.do("move.top")
        await console.settle(2)
        console.app.guidance.changed()
        assert console.focused.id == failed, "the cursor is the person's again"
        await console.do("help.open")
        guide.seen = ExecutionId(failed)
        console.app.guidance.changed()
        guide.seen = archive
        console.app.guidance.changed()
        await console.do("nav.escape")
        console.app.guidance.changed()
        assert console.focused.id == failed, "another screen covered the list"

    run(body, guide=guide)
