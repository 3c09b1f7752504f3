"""Themes, glyphs and NO_COLOR in a running console."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from console.present.glyphs import ASCII, UNICODE
from console.ui.terminal import choose_glyphs, default_theme
from tests.ui.consoles import Console, run


def test_a_bad_theme_is_one_message_and_the_default_instead(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('inherits = "wfc-dark"\n[tones]\nfailed = "redd"\n')

    async def body(console: Console) -> None:
        assert console.app.theme == "wfc-dark"
        assert "line 3: failed: 'redd' is no colour" in console.notice
        assert "(1 of 2; :theme NAME)" in console.notice

    run(body, theme="mine", theme_folders=(tmp_path,), size=(160, 24))


def test_a_persons_theme_is_used_and_themes_are_changed_by_command(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('inherits = "wfc-dark"\n[tones]\nfailed = "#ff0000"\n')

    async def body(console: Console) -> None:
        assert console.app.theme == "mine"
        assert "#ff0000" in console.app.export_screenshot(simplify=True)
        await console.command("theme color-blind")
        assert console.app.theme == "color-blind"
        svg = console.app.export_screenshot(simplify=True)
        assert "#ff9a3c" in svg and "#ff0000" not in svg
        await console.command("theme nothing")
        assert "there is no theme nothing; there are color-blind, high-contrast" in console.notice

    run(body, theme="mine", theme_folders=(tmp_path,), size=(100, 24))


@pytest.mark.parametrize("theme", ["sixteen", "mono", "wfc-light", "high-contrast"])
def test_every_theme_shows_every_screen(theme: str) -> None:
    async def body(console: Console) -> None:
        for key in ("list.open", "execution.show-log", "execution.data", "help.open"):
            await console.do(key)
        await console.do("nav.back")
        await console.do("nav.back")
        await console.do("execution.resume")
        await console.until(lambda: "Runs again" in console.text())
        await console.press("escape")
        await console.do("command.open")
        await console.press("escape")

    run(body, theme=theme)


def test_no_color_means_no_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def body(console: Console) -> None:
        assert console.app.theme == "mono"
        styles = {
            segment.style.color.name
            for strip in console.screen._compositor.render_strips()
            for segment in strip
            if segment.style is not None and segment.style.color is not None
        }
        assert styles == {"default"}

    run(body, theme="wfc-light")


def test_ascii_glyphs_leave_nothing_that_is_not_ascii() -> None:
    async def body(console: Console) -> None:
        text = console.text().replace("…", "")
        foreign = set(re.findall(r"[^\x00-\x7f]", text))
        assert foreign <= {"Æ", "ø", "·", "″"}, foreign
        assert "x failed" in text and "w waiting" in text and "> running" in text
        assert "`" in text and "=" in text

    run(body, glyphs=ASCII, size=(140, 40))


@pytest.mark.parametrize(
    ("wanted", "environment", "glyphs"),
    [
        ("ascii", {"TERM": "xterm-256color"}, ASCII),
        ("unicode", {"TERM": "dumb"}, UNICODE),
        ("auto", {"TERM": "linux"}, ASCII),
        ("auto", {"TERM": "dumb"}, ASCII),
    ],
)
def test_glyphs_are_what_was_asked_for_or_what_the_terminal_can(
    wanted: str, environment: dict[str, str], glyphs: object
) -> None:
    assert choose_glyphs(wanted, environment) is glyphs


@pytest.mark.parametrize(
    ("environment", "theme"),
    [
        ({"TERM": "xterm-256color"}, "wfc-dark"),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, "wfc-dark"),
        ({"TERM": "xterm"}, "sixteen"),
        ({"TERM": "linux"}, "sixteen"),
        ({"TERM": "screen-256color"}, "wfc-dark"),
        ({}, "wfc-dark"),
    ],
)
def test_a_terminal_with_few_colours_gets_a_theme_of_few(
    environment: dict[str, str], theme: str
) -> None:
    assert default_theme(environment) == theme
