"""Themes and keys are taken over when their files change; what is wrong is said, and stays out."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from console.config.load import load_keys
from console.present.line import plain
from console.ui.launch import Preferences
from console.ui.screens.help import HelpScreen
from tests.ui.consoles import Console, run

THEME = """
name = "mine"
inherits = "wfc-dark"
[tones]
failed = "{color}"
"""


def write(path: Path, text: str) -> None:
    """Write a file, with another time than before whatever the disk keeps of it."""
    path.write_text(text)
    write.count += 1  # type: ignore[attr-defined]
    os.utime(path, (1_000_000 + write.count, 1_000_000 + write.count))  # type: ignore[attr-defined]


write.count = 0  # type: ignore[attr-defined]


def painted(console: Console) -> set[str]:
    """Give the colours of the first row that failed."""
    strips = console.screen._compositor.render_strips()
    strip = next(strip for strip in strips if "✗ failed" in strip.text)
    colors = (segment.style.color for segment in strip if segment.style and segment.style.color)
    return {color.get_truecolor().hex for color in colors}


def said(console: Console) -> str:
    """Give the message of the list's screen in full."""
    return plain(console.app.first._notice)


def test_a_theme_that_is_edited_is_seen_and_a_bad_one_is_not_taken(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    write(path, THEME.format(color="#ff0000"))

    async def body(console: Console) -> None:
        look = console.app.reloading.look
        await console.until(lambda: "#ff0000" in painted(console))
        write(path, THEME.format(color="#00ff00"))
        await look()
        await console.until(lambda: "#00ff00" in painted(console))
        write(path, THEME.format(color="greenish"))
        await look()
        assert said(console).startswith("mine.toml: line 5: failed: 'greenish' is no colour")
        await console.settle()
        assert "#00ff00" in painted(console) and console.app.theme == "mine"
        path.unlink()
        await look()
        assert console.app.theme == "mine"
        write(tmp_path / "other.toml", 'name = "other"\ninherits = "mine"\n')
        write(path, THEME.format(color="#0000ff"))
        await look()
        assert "other" in console.app.theme_names()
        await console.until(lambda: "#0000ff" in painted(console))

    run(body, theme="mine", theme_folders=(tmp_path,))


def test_the_chosen_theme_is_worn_once_it_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    write(path, THEME.format(color="greenish"))

    async def body(console: Console) -> None:
        look = console.app.reloading.look
        assert console.app.theme == "wfc-dark"
        write(path, THEME.format(color="#0000ff"))
        await look()
        await console.until(lambda: "#0000ff" in painted(console))
        assert console.app.theme == "mine"
        console.app.use_theme("wfc-light")
        write(path, THEME.format(color="#00ff00"))
        await look()
        assert console.app.theme == "wfc-light", "another one was taken since"

    run(body, theme="mine", theme_folders=(tmp_path,))


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Callable[[], Preferences]]:
    """A keys.toml, and what reads it again."""
    path = tmp_path / "keys.toml"
    write(path, "")

    def reread() -> Preferences:
        found, mistakes = load_keys({"WFC_CONFIG": str(tmp_path / "config.toml")})
        return Preferences(keys=found, notes=tuple(map(str, mistakes)), files=(path,))

    return path, reread


def test_keys_that_are_edited_hold_at_once_on_every_screen(
    keys: tuple[Path, Callable[[], Preferences]],
) -> None:
    path, reread = keys

    async def body(console: Console) -> None:
        look = console.app.reloading.look
        await console.do("help.open")
        write(path, '[view]\npause = "P"\n[help]\nopen = "H"\n[move]\ndown = ""\n')
        await look()
        await console.press("q")
        assert not isinstance(console.screen, HelpScreen)
        here = console.focused.id
        await console.press("j")
        assert console.focused.id == here
        await console.press("P")
        assert console.app.session.is_paused
        await console.press("H")
        assert isinstance(console.screen, HelpScreen)
        await console.press("q")
        write(path, "")
        await look()
        await console.press("j")
        assert console.focused.id != here
        await console.press("p")
        assert not console.app.session.is_paused

    run(body, files=(path,), reread=reread)


@pytest.mark.parametrize(
    ("text", "line", "complaint"),
    [
        ("[view]\npause = 3\n", 2, "view.pause: must be a key's name in quotes"),
        ("nonsense", 1, "not TOML"),
        ('[view]\n\npawse = "P"\n', 3, "view.pawse: there is no such command"),
        ('[execution]\nresume = "r"\n', 2, "execution.resume: no change sits on r"),
        ('view.time = "T"\nlist.next-failure = "f"\n', 2, "list.next-failure: f is view.full too"),
    ],
)
def test_bad_keys_are_said_with_their_line_and_the_old_ones_stay(
    keys: tuple[Path, Callable[[], Preferences]], text: str, line: int, complaint: str
) -> None:
    path, reread = keys

    async def body(console: Console) -> None:
        before = console.app.session.keymap
        write(path, text)
        await console.app.reloading.look()
        words = said(console)
        assert words.startswith(f"keys.toml:{line}: ") and complaint in words
        assert len(words) <= 79, "all of it is seen at 80 columns"
        assert console.app.session.keymap is before

    run(body, files=(path,), reread=reread)


def test_of_several_mistakes_the_first_is_told_and_what_tells_the_others(
    keys: tuple[Path, Callable[[], Preferences]],
) -> None:
    path, reread = keys
    write(path, 'list.next-failure = "f"\nexecution.resume = "r"\nview.pawse = "P"\n')

    async def body(console: Console) -> None:
        line = console.row("keys.toml:")
        assert line.startswith(" keys.toml:2: execution.resume: no change sits on r"), line
        assert line.endswith("(1 of 3; wfc config show)")

    preferences = reread()
    run(body, files=(path,), keys=preferences.keys, reread=reread)


def test_a_theme_whose_file_is_faulty_says_what_is_wrong_when_it_is_asked_for(
    tmp_path: Path,
) -> None:
    path = tmp_path / "mine.toml"
    write(path, THEME.format(color="greenish"))

    async def body(console: Console) -> None:
        await console.command("theme mine")
        assert console.notice.startswith("mine.toml: line 5: failed: 'greenish' is no colour")
        await console.command("theme hers")
        assert console.notice.startswith("there is no theme hers; there are ")
        write(path, THEME.format(color="#00ff00"))
        await console.app.reloading.look()
        await console.command("theme mine")
        assert console.app.theme == "mine"

    run(body, theme_folders=(tmp_path,))


def test_files_that_did_not_change_are_not_read(
    keys: tuple[Path, Callable[[], Preferences]],
) -> None:
    path, _ = keys

    def reread() -> Preferences:
        raise AssertionError("read again")

    async def body(console: Console) -> None:
        await console.app.reloading.look()
        await console.app.reloading.look()
        assert not said(console)

    run(body, files=(path,), reread=reread)
