"""Keys: every one is bound to what the catalogue says, lumps of keys are harmless, habits too."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from textual import events

from console.commands.catalogue import CATALOGUE, Place
from console.commands.keymap import build_keymap, canonical_key
from console.model.target import Target
from console.present.line import plain
from console.ui.burst import GAP, Burst
from console.ui.dialogs.form import FormDialog
from console.ui.dialogs.pick_columns import PickColumns
from console.ui.screens.execution import ExecutionScreen
from console.ui.screens.executions import ExecutionsScreen
from console.ui.screens.help import HelpScreen
from tests.ui.consoles import Console, run
from tests.ui.shop import Shop


def bound(console: Console) -> dict[str, str]:
    """Give the command of each key that works now."""
    return {
        key: active.binding.id or ""
        for key, active in console.screen.active_bindings.items()
        if active.binding.id
    }


def test_every_key_of_the_catalogue_is_bound_where_it_belongs() -> None:
    usual, _ = build_keymap({})

    async def body(console: Console) -> None:
        found: dict[Place, dict[str, str]] = {}
        found[Place.LIST] = bound(console)
        await console.do("list.open")
        found[Place.TREE] = bound(console)
        await console.do("execution.show-log")
        found[Place.LOG] = bound(console)
        await console.do("execution.data")
        found[Place.TEXT] = found[Place.DATA] = bound(console)
        assert isinstance(console.screen, ExecutionScreen)
        await console.command("workflows")
        found[Place.ROWS] = bound(console)
        for command in CATALOGUE:
            for key in usual.keys(command.id):
                places = set(command.places)
                if Place.EVERYWHERE in places or Place.PANES in places:
                    places = set(found)
                if Place.EXECUTIONS in places:
                    places = places - {Place.EXECUTIONS} | {Place.LIST}
                if Place.EXECUTION in places:
                    places = places - {Place.EXECUTION} | {Place.TREE}
                if Place.WORKFLOWS in places:
                    places = places - {Place.WORKFLOWS} | {Place.ROWS}
                if Place.TEXT in places:
                    places |= {Place.LOG}
                for place in places:
                    assert found[place].get(key) == command.id, (command.id, key, place)

    run(body)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_help_keeps_its_columns_at_every_width_and_cuts_nothing(width: int) -> None:
    async def body(console: Console) -> None:
        await console.do("help.open")
        screen = console.screen
        assert isinstance(screen, HelpScreen)
        lines = [plain(line) for line in screen.text.lines]
        words = " ".join(" ".join(lines).split())
        assert ":sort [COLUMN [asc|desc]] Sort by a column" in words
        assert ":time [relative|local|utc] Times as ages, local, UTC" in words
        assert "…" not in words.replace("[COLUMN…]", "")
        assert max(map(len, lines)) < width
        column = next(line.index(":resume") for line in lines if ":resume" in line)
        summary = next(line.index("Resume from") for line in lines if "Resume from" in line)
        for line in filter(None, lines[1:]):
            start = len(line) - len(line.lstrip())
            assert start in (0, 1, column, summary), line
            assert line[column - 1] == " " if len(line) >= column and start else True, line

    run(body, size=(width, 24))


def test_the_help_shows_the_keys_there_are_and_why_some_do_nothing() -> None:
    async def body(console: Console) -> None:
        await console.do("help.open")
        assert isinstance(console.screen, HelpScreen)
        text = console.text()
        assert ":resume" in text and "Resume from the point of failure" in text
        assert "cancel needs an execution that has not ended; this is FAILED" in text
        assert "Show only the path to what failed" not in text, "that is the tree's"
        await console.do("find.open")
        await console.type("journal")
        await console.press("enter")
        assert "Show what was done here" in console.text()
        await console.do("help.open")
        assert isinstance(console.screen, ExecutionsScreen)

    run(body, size=(140, 50))


def test_sixty_keys_in_one_lump_move_sixty_rows() -> None:
    shop = Shop()
    for number in range(100):
        shop.backend.failed(f"workflow-{number}")

    async def body(console: Console) -> None:
        await console.until(lambda: len(console.app.first.rows.ids) > 100)
        await console.do("move.top")
        lump(console, "j" * 60)
        await console.until(lambda: console.app.first.list.cursor_index == 60, "sixty rows")

    run(body, shop=shop, burst=Burst())


def lump(console: Console, keys: str) -> None:
    """Let keys arrive as one read of the terminal gives them: of one time, queued in a row."""
    now = time.monotonic()
    for char in keys:
        name = {"\r": "enter", "\t": "tab", " ": "space"}.get(char) or canonical_key(char)
        event = events.Key(name, char if char.isprintable() else None)
        event.time = now
        event.set_sender(console.app)
        console.app.post_message(event)


def test_a_command_that_comes_at_once_is_typed_not_done_key_by_key() -> None:
    async def body(console: Console) -> None:
        lump(console, ":problems\r")
        await console.until(
            lambda: console.app.session.history.lines == ["problems"], "the command"
        )
        lump(console, "/refund\rGk")
        await console.until(lambda: console.app.first.rows.filter.text == "refund", "the filter")
        await console.settle()
        assert isinstance(console.screen, ExecutionsScreen)

    run(body, burst=Burst())


@pytest.mark.parametrize("keys", ["Rx", "jjR", "R\r", "+\t\r", "R\t\r", "R" * 5])
def test_what_changes_something_is_not_done_from_a_lump(keys: str) -> None:
    async def body(console: Console) -> None:
        lump(console, keys)
        await console.until(
            lambda: "keys came at once" in plain(console.app.first._notice), "the note"
        )
        await console.settle(0.1)
        assert not isinstance(console.screen, FormDialog)
        assert console.backend.actions == []

    run(body, burst=Burst())


def test_nothing_of_a_lump_is_kept_on_the_disk(tmp_path: Path) -> None:
    async def body(console: Console) -> None:
        for keys in ("clear; wfc\r", "c \r", "ss\r", "cj \rsj\r"):
            lump(console, keys)
            await console.until(
                lambda: "keys came at once" in plain(console.app.first._notice), keys
            )
            await console.settle(0.1)
            while not isinstance(console.screen, ExecutionsScreen):
                await console.press("q")
            console.app.first.hush()
        lump(console, "c")
        await console.until(lambda: isinstance(console.screen, PickColumns), "the picker")
        await console.settle()
        lump(console, "j \r")
        await console.until(lambda: "keys came at once" in console.text(), "the note")
        assert isinstance(console.screen, PickColumns)
        assert not (tmp_path / "view.json").exists()
        await asyncio.sleep(2 * GAP)  # what makes a key one that a person pressed
        lump(console, "\r")
        await console.until(lambda: (tmp_path / "view.json").exists(), "what was chosen")

    run(body, burst=Burst(), state_folder=tmp_path)


def test_a_lone_key_opens_its_dialog_even_while_lumps_are_watched_for() -> None:
    async def body(console: Console) -> None:
        lump(console, "R")
        await console.until(lambda: isinstance(console.screen, FormDialog), "the dialog")
        await console.until(lambda: "send-notification" in console.text(), "the check")
        lump(console, "\t\r")
        await console.until(
            lambda: "keys came at once, as in a paste; nothing was sent" in console.text(),
            "the note",
        )
        assert console.backend.actions == []

    run(body, burst=Burst())


def test_pasted_text_is_never_taken_as_keys() -> None:
    async def body(console: Console) -> None:
        for target in (console.app, console.screen):
            event = events.Paste("R\r+\rq:quit\rX")
            event.set_sender(console.app)
            target.post_message(event)
        await console.settle(1)
        assert isinstance(console.screen, ExecutionsScreen)
        assert console.backend.actions == [] and console.app.is_running
        await console.do("command.open")
        event = events.Paste("copy")
        event.set_sender(console.app)
        console.app.post_message(event)
        await console.until(lambda: console.app.first.prompt.text == "copy")

    run(body)


HABITS = {
    "less": "q space b j k G g d u f r R F h",
    "vim": "j k g g G ctrl+d ctrl+u d d x p y y u o O i a escape ctrl+r ctrl+w",
    "htop": "f9 k enter f10 space t",
    "k9s": "ctrl+d ctrl+k ctrl+r s e y l d enter escape r shift+f space ctrl+z",
    "lazygit": "d c x space enter escape r R P p s f a A m y e o backspace delete",
    "sofka": "ctrl+d ctrl+k d e y s n N t i r",
    "lnav": "space b e E w W t F G g r R d i",
    "tempo": "c t s d r q space escape enter",
    "shells": "ctrl+a ctrl+e ctrl+k ctrl+u ctrl+w ctrl+s ctrl+q backspace delete tab",
}


@pytest.mark.parametrize("tool", HABITS)
def test_habits_from_other_tools_change_nothing(tool: str) -> None:
    async def body(console: Console) -> None:
        for key in HABITS[tool].split():
            if not console.app.is_running or key in ("ctrl+z",):
                break
            if isinstance(console.screen, ExecutionsScreen) and key in ("q", "f10"):
                continue
            await console.press(key)
        assert console.backend.actions == []
        assert all(not console.backend.calls[name] for name in ("start", "resume", "cancel"))

    run(body)


def test_keys_can_be_moved_swapped_and_taken_away() -> None:
    async def body(console: Console) -> None:
        await console.press("R")
        assert console.notice == "R does nothing here; ? shows the keys"
        await console.press("p")
        await console.settle()
        assert "paused" not in console.lines()[0], "p refreshes now"
        await console.press("r")
        assert "paused" in console.lines()[0]
        await console.press("k")
        assert console.notice == "k does nothing here; ? shows the keys"
        assert "M resume" in console.footer
        await console.press("M")
        await console.until(lambda: isinstance(console.screen, FormDialog))
        await console.press("escape", "f4")

    app = run(
        body,
        keys={
            "execution.resume": "M",
            "view.refresh": "p",
            "view.pause": "r",
            "move.up": "",
            "app.quit": "f4",
        },
    )
    assert app.return_value == 0


def test_a_key_that_cannot_be_given_is_noted_and_the_usual_one_stays() -> None:
    async def body(console: Console) -> None:
        assert console.notice.startswith("keys.toml: view.refresh: j is move.down too")

    run(body, keys={"view.refresh": "j"}, size=(100, 24))


def test_on_a_read_only_target_a_change_says_why_not() -> None:
    async def body(console: Console) -> None:
        assert console.lines()[0].startswith(" shop-prod read-only")
        assert "R resume" not in console.footer
        for key, word in {"R": "resume", "+": "start", "W": "resolve", "X": "cancel"}.items():
            await console.press(key)
            assert console.notice == f"{word}: shop-prod is read-only"
        await console.command("resume")
        assert console.notice == "resume: shop-prod is read-only"
        assert console.backend.actions == []

    run(body, target=Target("url", "shop-prod", is_read_only=True))
