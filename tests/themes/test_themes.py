"""Every theme that ships can be read, also where colours are few; a bad one says what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.color import Color, ColorSystem
from textual.theme import Theme

from console.present.tone import GROUNDS, Tone
from console.resources import resource
from console.ui.paint import Painter
from console.ui.themes import TONES, load_themes

SHIPPED = load_themes([resource("themes")])
WORDS = [tone.value or "text" for tone in Tone if tone not in GROUNDS and tone is not Tone.RULE]
COLOURED = ["wfc-dark", "wfc-light", "high-contrast", "color-blind"]
SYSTEMS = [None, ColorSystem.EIGHT_BIT, ColorSystem.STANDARD]


def rgb(theme: Theme, tone: str, system: ColorSystem | None) -> tuple[int, int, int]:
    color = Color.parse(theme.variables[f"tone-{tone}"])
    if system is not None:
        color = color.downgrade(system)
    red, green, blue = color.get_truecolor()
    return red, green, blue


def luminance(color: tuple[int, int, int]) -> float:
    parts = [value / 255 for value in color]
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """WCAG 2.2, 1.4.3."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_six_themes_ship_without_complaint() -> None:
    assert SHIPPED.notes == ()
    assert set(SHIPPED.themes) == {*COLOURED, "sixteen", "mono"}
    for name, theme in SHIPPED.themes.items():
        assert {f"tone-{tone}" for tone in TONES} <= theme.variables.keys(), name
        assert theme.name == name


@pytest.mark.parametrize("system", SYSTEMS, ids=["true", "256", "16"])
@pytest.mark.parametrize("name", COLOURED)
def test_every_word_can_be_read(name: str, system: ColorSystem | None) -> None:
    theme = SHIPPED.themes[name]
    # Sixteen colours are the terminal's own; theme `sixteen` is for those. This one must do.
    least = 3.5 if system is ColorSystem.STANDARD else 7.0 if name == "high-contrast" else 4.5
    for ground in ("ground", "selection", "selection-blur"):
        under = rgb(theme, ground, system)
        floor = 4.5 if ground != "ground" and least == 7.0 else least
        for tone in WORDS:
            ratio = contrast(rgb(theme, tone, system), under)
            assert ratio >= floor, (tone, ground, round(ratio, 2))


@pytest.mark.parametrize("name", COLOURED)
@pytest.mark.parametrize("system", SYSTEMS[:2], ids=["true", "256"])
def test_a_match_can_be_read(name: str, system: ColorSystem | None) -> None:
    theme = SHIPPED.themes[name]
    assert contrast(rgb(theme, "text", system), rgb(theme, "match", system)) >= 4.5


@pytest.mark.parametrize("name", COLOURED)
def test_what_is_wrong_stands_out_from_what_is_not(name: str) -> None:
    theme = SHIPPED.themes[name]
    failed = rgb(theme, "failed", None)
    for tone in ("success", "running", "text", "dim"):
        other = rgb(theme, tone, None)
        assert sum(abs(a - b) for a, b in zip(failed, other, strict=True)) > 90, tone


def test_the_terminals_own_colours_stay_the_terminals() -> None:
    for name in ("sixteen", "mono"):
        theme = SHIPPED.themes[name]
        assert theme.ansi
        painter = Painter(theme.variables)
        assert all(painter.color(tone) is not None for tone in Tone if tone not in GROUNDS)
        row = painter.style("dim", ground="selection")
        assert row.reverse and row.bgcolor is None
    mono = SHIPPED.themes["mono"]
    assert {mono.variables[f"tone-{tone}"] for tone in WORDS} == {"ansi_default"}


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text)
    return path


def test_a_persons_theme_inherits_and_comes_before_ours(tmp_path: Path) -> None:
    write(tmp_path, "mine", 'inherits = "wfc-light"\n[tones]\nfailed = "#990000"\n')
    write(tmp_path, "other", 'name = "wfc-dark"\ninherits = "wfc-light"\n')
    shelf = load_themes([tmp_path, resource("themes")])
    assert shelf.notes == ()
    mine = shelf.themes["mine"]
    assert mine.variables["tone-failed"] == "#990000"
    assert mine.variables["tone-ground"] == SHIPPED.themes["wfc-light"].variables["tone-ground"]
    assert not mine.dark
    assert not shelf.themes["wfc-dark"].dark, "the person's own, of that name"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('name = "x"\ninherit = "wfc-dark"\n', "line 2: inherit: is not known; did you mean inh"),
        (
            'inherits = "wfc-dark"\n[tones]\nfaild = "#fff"\n',
            "line 3: faild: is not known; did you",
        ),
        (
            'inherits = "wfc-dark"\n[tones]\nfailed = "redd"\n',
            "line 3: failed: 'redd' is no colour",
        ),
        ('inherits = "wfc-dark"\n[tones]\nfailed = 3\n', "line 3: failed: must be a colour in quo"),
        ('inherits = "wfc-dark"\n[tones]\nfailed = "reverse"\n', "line 3: failed: 'reverse' is no"),
        ('inherits = "nowhere"\n', "line 1: inherits: no theme 'nowhere'"),
        ('inherits = "x"\n', "inherits: x → x is a circle"),
        ('[tones]\nfailed = "#ff0000"\n', "[tones] lacks ground, text, dim"),
        ("dark = 1\n", "line 1: dark: must be true or false"),
        ("tones = 3\n", "line 1: tones: must be a table"),
        ("name = \n", "is no TOML: "),
    ],
)
def test_a_bad_theme_says_file_line_and_key(tmp_path: Path, text: str, complaint: str) -> None:
    path = write(tmp_path, "x", text)
    shelf = load_themes([tmp_path, resource("themes")])
    (note,) = shelf.notes
    assert note.startswith(f"{path}: {complaint}"), note
    assert set(shelf.themes) == set(SHIPPED.themes)


def test_a_file_that_is_no_text_is_no_theme(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_bytes(b"\xff\xfe\x00")
    (note,) = load_themes([tmp_path]).notes
    assert "cannot be read" in note
