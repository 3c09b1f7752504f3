"""Copying by OSC 52 and into a file, and opening an execution in the web console."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest

from console.commands.links import web_address
from console.model.execution import JobError
from console.model.target import Target
from console.present.copying import error_text, log_text, row_text
from console.ui.browser import browse, opener
from console.ui.clipboard import LONGEST
from console.ui.dialogs.address import AddressDialog
from console.ui.dialogs.copy_menu import CopyMenu
from tests.present.samples import REFUSED, archive, failed_order
from tests.ui.consoles import Console, run
from tests.ui.shop import Shop

ORDER = failed_order()
LINKED = Target(
    "url", "shop-prod", console_url="https://console.example/w/{workspace}/x/{execution}"
)


@pytest.mark.parametrize(
    ("console_url", "address"),
    [
        ("", ""),
        ("https://c.example", "https://c.example"),
        ("https://c.example/{workspace}/{execution}", f"https://c.example/a%20b/{ORDER.id}"),
        ("http://c.example/{workflow}", f"http://c.example/{ORDER.workflow_name}"),
        ("javascript:alert(1)", ""),
        ("file:///etc/passwd", ""),
        ("https://c.example/\x1b[2J", ""),
        ("https://c.example/ {execution}", ""),
        ("--help", ""),
    ],
)
def test_an_address_is_filled_in_and_only_a_web_address_is_one(
    console_url: str, address: str
) -> None:
    target = Target("url", "x", console_url=console_url, workspace_id="a b")
    assert web_address(target, ORDER) == address


def test_a_row_and_an_error_are_texts_that_control_nothing() -> None:
    assert row_text(ORDER, REFUSED) == (
        f"FAILED  order-processing  {ORDER.id}  started 2026-11-24T03:10:11Z  took 42.0 s"
        "  SMTPServerError: 421 too many connections from 10.2.0.7"
    )
    assert row_text(archive()).startswith("RUNNING  ")
    hostile = JobError("E\x1b[2J", "a\nb\x07", "one\r\ntwo\x9b1m\n")
    assert error_text(hostile) == "E␛[2J: a␊b␇\none\ntwo\\x9b1m"
    assert log_text([b"a\x1b]52;c;eA==\x07\r", b"\xff"]) == "a␛]52;c;eA==␇\n\ufffd"


async def menu(console: Console) -> CopyMenu:
    await console.do("copy.menu")
    screen = console.screen
    assert isinstance(screen, CopyMenu)
    return screen


async def chosen(console: Console, identifier: str) -> None:
    screen = await menu(console)
    assert screen.list.cursor_to(identifier)
    await console.press("enter")


def test_the_menu_copies_what_is_chosen_and_says_where_it_is_besides(tmp_path: Path) -> None:
    async def body(console: Console) -> None:
        await console.do("execution.log")
        await console.until(lambda: "3 lines" in console.text())
        await console.until(lambda: console.screen.pane.watch_feeds.history)  # type: ignore[attr-defined]
        await menu(console)
        for part in ("Id", "Row", "Command", "Link", "Error", "Log on the screen"):
            assert console.row(f" {part} "), part
        assert "Line found" not in console.text()
        await console.press("escape")
        order = console.shop.order
        for identifier, text in {
            "id": order,
            "command-log": f"wfc workflow executions {order} --logs",
            "link": f"https://console.example/w//x/{order}",
        }.items():
            await chosen(console, identifier)
            assert console.app.clipboard == text
            assert (tmp_path / "clipboard").read_text() == text + "\n"
        assert stat.S_IMODE((tmp_path / "clipboard").stat().st_mode) == 0o600
        await chosen(console, "error")
        assert console.notice.startswith("copied error, 5 lines; also in ")
        assert console.app.clipboard.startswith("SMTPServerError: 421 too many connections")
        assert "send_notification.py" in console.app.clipboard
        await chosen(console, "seen")
        assert console.app.clipboard.count("\n") == 2
        assert "Z connecting smtp.internal:25" in console.app.clipboard
        await console.command("find 421")
        await chosen(console, "line")
        assert console.app.clipboard.endswith("Z 421 too many connections from 10.2.0.7")
        await chosen(console, "row")
        assert console.app.clipboard.startswith("FAILED  order-processing")

    run(body, target=LINKED, state_folder=tmp_path, size=(120, 24))


def test_control_sequences_of_a_log_do_not_reach_the_clipboard() -> None:
    async def body(console: Console) -> None:
        await console.do("execution.log")
        await console.until(lambda: "4 lines" in console.text())
        await chosen(console, "seen")
        assert "\x1b" not in console.app.clipboard and "\x07" not in console.app.clipboard
        assert "␛]0;owned␇" in console.app.clipboard

    shop = Shop()
    mail = shop.backend.executions[shop.order].jobs[4].id
    shop.backend.write(mail, b"2026-11-24T03:10:22.000Z \x1b]0;owned\x07\n")
    run(body, shop=shop)


def test_what_is_too_long_for_a_terminal_is_in_the_file(tmp_path: Path) -> None:
    async def body(console: Console) -> None:
        before = console.app.clipboard
        console.screen.copy_text("x" * (LONGEST + 1), "the log")  # type: ignore[attr-defined]
        assert console.app.clipboard == before
        assert "the log: too long for the terminal's clipboard; it is in " in console.notice
        assert len((tmp_path / "clipboard").read_text()) == LONGEST + 2

    run(body, state_folder=tmp_path, size=(200, 24))


# The web console


@pytest.mark.parametrize(
    ("environment", "platform", "opens"),
    [
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "w"}, "linux", True),
        ({}, "linux", False),
        ({}, "darwin", True),
        ({"DISPLAY": ":0", "SSH_CONNECTION": "1 2 3 4"}, "linux", False),
        ({"SSH_TTY": "/dev/pts/1"}, "darwin", False),
        ({"DISPLAY": ":10", "SSH_CLIENT": "1 2 3"}, "linux", False),
    ],
)
def test_a_browser_is_tried_only_where_it_can_be_seen(
    environment: dict[str, str], platform: str, opens: bool, tmp_path: Path
) -> None:
    for name in ("open", "xdg-open"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    assert bool(opener({"PATH": str(tmp_path), **environment}, platform)) is opens
    assert opener({"PATH": str(tmp_path / "none"), **environment}, platform) == ()


def test_an_opener_that_fails_is_noticed() -> None:
    assert asyncio.run(browse(["true"], "https://c.example"))
    assert not asyncio.run(browse(["false"], "https://c.example"))
    assert not asyncio.run(browse(["/no/such/opener"], "https://c.example"))


def test_over_ssh_the_address_is_printed_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "1 2 3 4")

    async def body(console: Console) -> None:
        await console.do("web.open")
        assert isinstance(console.screen, AddressDialog)
        printed = "".join(line.strip() for line in console.lines())
        assert f"https://console.example/w//x/{console.shop.order}" in printed
        assert console.app.clipboard.endswith(str(console.shop.order))
        await console.press("escape")

    run(body, target=LINKED)


def test_with_a_display_the_opener_gets_the_address(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "xdg-open").write_text(f'#!/bin/sh\nprintf %s "$1" > {tmp_path}/got\n')
    (tmp_path / "open").symlink_to(tmp_path / "xdg-open")
    (tmp_path / "xdg-open").chmod(0o755)
    for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("PATH", str(tmp_path))

    async def body(console: Console) -> None:
        await console.do("web.open")
        assert console.notice.startswith("opened https://console.example/")
        assert (tmp_path / "got").read_text().endswith(str(console.shop.order))

    run(body, target=LINKED, size=(160, 24))


def test_without_a_web_console_there_is_none() -> None:
    async def body(console: Console) -> None:
        await console.do("web.open")
        assert console.notice == "shop-prod has no web console: no console_url is set for it"

    run(body)
